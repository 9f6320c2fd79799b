/*
 * Files that are open: their names, and the two cutters of one's own formats: a file that is one article, and
 * records of JSON.
 *
 * JSON is read through a window that holds one record at a time: so a file of any size takes the memory of its largest
 * record.  What a reader would get wrong: a `.jsonl` is cut at line ends whatever the lines hold, so one broken line
 * costs one record; a `.json` is cut by counting brackets, so there a broken object costs the rest of the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "extract/text_page.h"
#include "import/cutter.h"

static char *copy_str(const char *s) { return s == NULL ? NULL : strdup(s); }

void input_file_dispose(struct input_file *f)
{
    window_dispose(&f->window);
    free(f->where);
    free(f->stem);
    free(f->url);
    free(f->content_type);
    picture_source_drop(f->pictures);
    *f = (struct input_file){.window.fd = -1};
}

void cutter_free(struct cutter *c)
{
    if (c == NULL)
        return;
    if (c->dispose != NULL)
        c->dispose(c);
    input_file_dispose(&c->file);
    free(c);
}

void input_item_free(struct input_item *item)
{
    if (item == NULL)
        return;
    free(item->where);
    free(item->stem);
    free(item->url);
    free(item->content_type);
    free(item->note);
    picture_source_drop(item->pictures);
    buf_dispose(&item->bytes);
    free(item);
}

struct input_item *input_item_of(const struct input_file *f, enum input_format format, uint64_t line, bool with_stem)
{
    struct input_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return NULL;
    item->format = format;
    item->named = f->named;
    item->captured = f->captured;
    item->pictures = picture_source_hold(f->pictures);
    item->stem = with_stem ? copy_str(f->stem) : NULL;
    item->url = copy_str(f->url);
    item->content_type = copy_str(f->content_type);
    bool lost = (with_stem && f->stem != NULL && item->stem == NULL) || (f->url != NULL && item->url == NULL) ||
                (f->content_type != NULL && item->content_type == NULL);
    int len = line == 0 ? asprintf(&item->where, "%s", f->where)
                        : asprintf(&item->where, "%s:%llu", f->where, (unsigned long long)line);
    if (len < 0)
        item->where = NULL;
    if (len < 0 || lost) {
        input_item_free(item);
        return NULL;
    }
    return item;
}

char *input_where(const char *file, const char *what, uint64_t number)
{
    char *where;
    return asprintf(&where, "%s, %s %llu", file, what, (unsigned long long)number) < 0 ? NULL : where;
}

/* ---- one article a file ---- */

struct whole {
    struct cutter base;
    struct input_kind kind;
};

/* The text of a whole page, saved or copied: with front matter it is one's own. */
static bool is_text_page(struct input_kind kind, struct view text)
{
    return kind.format == INPUT_TEXT && !kind.sure && !view_starts_with(text, "---") && text_page_sniff(text);
}

static int whole_next(struct cutter *c, mimeo_ctx *ctx, struct input_item **out)
{
    struct input_file *f = &c->file;
    struct input_kind kind = ((struct whole *)c)->kind;
    if (c->done)
        return 0;
    c->done = true;
    struct input_item *item = input_item_of(f, kind.format, 0, true);
    int rc = item == NULL ? ctx_error_nomem(ctx) : window_fill_to(&f->window, ctx, f->where, LIMIT_HTML + 1);
    struct view all = window_view(&f->window);
    if (rc == 0 && all.len > LIMIT_HTML)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: larger than %zu MiB", f->where, LIMIT_HTML / MIB);
    if (rc == 0 && all.len == 0)
        rc = ctx_error(ctx, f->named ? MIMEO_EMALFORMED : MIMEO_ENOTFOUND, "%s: is empty", f->where);
    if (rc == 0 && is_text_page(kind, all))
        item->format = INPUT_TEXT_PAGE;
    if (rc == 0)
        item->bytes = window_give(&f->window, LIMIT_HTML);
    if (rc < 0) {
        input_item_free(item);
        return rc;
    }
    *out = item;
    return 1;
}

int cutter_whole(struct cutter **out, mimeo_ctx *ctx, struct input_file *f, struct input_kind kind)
{
    struct whole *w = calloc(1, sizeof *w);
    if (w == NULL) {
        input_file_dispose(f);
        return ctx_error_nomem(ctx);
    }
    if (kind.format != INPUT_PAGE && kind.format != INPUT_TEXT_PAGE) /* a page's mark says how it is encoded */
        window_skip_bom(&f->window);
    *w = (struct whole){.base = {.next = whole_next, .file = *f}, .kind = kind};
    *out = &w->base;
    return 0;
}

/* ---- records of JSON ---- */

static int json_next(struct cutter *c, mimeo_ctx *ctx, struct input_item **out)
{
    struct view record;
    uint64_t line;
    bool only;
    int rc = c->done ? 0 : window_next(&c->file.window, ctx, c->file.where, &record, &line, &only);
    if (rc <= 0) {
        c->done = c->done || rc == 0 || c->file.window.done;
        return rc;
    }
    struct input_item *item = input_item_of(&c->file, INPUT_JSONL, line, only);
    if (item == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&item->bytes, LIMIT_INPUT_LINE);
    if (buf_append_view(&item->bytes, record) < 0) {
        input_item_free(item);
        return ctx_error_nomem(ctx);
    }
    *out = item;
    return 1;
}

int cutter_json(struct cutter **out, mimeo_ctx *ctx, struct input_file *f, bool lines)
{
    struct cutter *c = calloc(1, sizeof *c);
    if (c == NULL) {
        input_file_dispose(f);
        return ctx_error_nomem(ctx);
    }
    window_skip_bom(&f->window);
    window_begin_records(&f->window, lines);
    *c = (struct cutter){.next = json_next, .file = *f};
    *out = c;
    return 0;
}
