/*
 * Archives, cut into their pages; the pages' pictures come out of the same archive.
 *
 * A crawl that ran for days holds a page several times: the newest is the article.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/stretch.h"
#include "base/limits.h"
#include "import/cutter.h"

#define DAMAGED_TOLD 10 /* records, a line each */

/* ---- pictures ---- */

struct archive_pictures {
    struct picture_source base;
    struct archive *archive;
};

static int archive_picture_get(struct buf *out, mimeo_ctx *ctx, struct picture_source *s, const char *name)
{
    struct archive *a = ((struct archive_pictures *)s)->archive;
    struct archive_place place;
    int rc = archive_find(&place, a, ctx, name);
    if (rc == MIMEO_ENOTFOUND)
        return ctx_error(ctx, rc, "it is not in the archive");
    return rc < 0 ? rc : archive_read(out, a, ctx, &place, LIMIT_PICTURE);
}

static void archive_pictures_free(struct picture_source *s)
{
    archive_free(((struct archive_pictures *)s)->archive);
    free(s);
}

static int pictures_of(struct picture_source **out, mimeo_ctx *ctx, struct archive *a)
{
    static const struct picture_source_kind kind = {archive_picture_get, archive_pictures_free};
    struct archive_pictures *s = calloc(1, sizeof *s);
    if (s == NULL) {
        archive_free(a);
        return ctx_error_nomem(ctx);
    }
    picture_source_init(&s->base, &kind);
    s->archive = a;
    *out = &s->base;
    return 0;
}

/* ---- the cutter ---- */

struct archive_cutter {
    struct cutter base;
    struct archive *archive; /* of the picture source, which every item holds */
    uint64_t pages;
    uint64_t damaged;        /* records that were left out */
};

/* What came through a pipe or from a server can be read only once and in order, and an archive is read here and there: it goes
 * to a temporary file, the part that told its kind in front. */
static int keep_in_file(struct input_file *f, mimeo_ctx *ctx)
{
    int fd = spool_open(ctx);
    int rc = fd < 0 ? fd : spool_write(ctx, fd, window_view(&f->window));
    if (rc == 0 && f->window.fd >= 0 && !f->window.eof)
        rc = spool_rest(ctx, fd, f->window.fd, f->where);
    if (rc < 0) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    if (f->window.fd >= 0)
        close(f->window.fd);
    f->window.fd = fd;
    return 0;
}

static int open_archive(struct archive_cutter *c, mimeo_ctx *ctx)
{
    struct input_file *f = &c->base.file;
    int rc = f->regular ? 0 : keep_in_file(f, ctx);
    if (rc < 0)
        return rc;
    rc = archive_open(&c->archive, ctx, f->window.fd, f->where);
    f->window.fd = -1;
    picture_source_drop(f->pictures);
    f->pictures = NULL;
    return rc < 0 ? rc : pictures_of(&f->pictures, ctx, c->archive);
}

/* Of "https://archive.invalid/A/The%20story.html" "The story": such an address was made up for a page that has none. */
static char *stem_of_made(const char *url)
{
    const char *slash = strrchr(url, '/'), *last = slash == NULL ? url : slash + 1;
    const char *dot = strrchr(last, '.');
    return strndup(last, dot == NULL || dot == last ? strcspn(last, "?#") : (size_t)(dot - last));
}

static int make_item(struct input_item **out, struct archive_cutter *c, mimeo_ctx *ctx, const struct archive_record *r)
{
    struct input_item *item = input_item_of(&c->base.file, INPUT_PAGE, 0, false);
    char *where = NULL;
    if (item == NULL || asprintf(&where, "%s: %s", c->base.file.where, r->url) < 0) {
        input_item_free(item);
        return ctx_error_nomem(ctx);
    }
    free(item->where);
    item->where = where;
    item->named = false;
    item->url = strdup(r->url);
    item->url_made = r->url_made;
    item->content_type = strdup(r->content_type);
    item->captured = r->date;
    item->note = r->note == NULL ? NULL : strdup(r->note);
    item->stem = r->url_made ? stem_of_made(r->url) : NULL;
    int rc = item->url == NULL || item->content_type == NULL || (r->url_made && item->stem == NULL)
                 ? ctx_error_nomem(ctx)
                 : archive_read(&item->bytes, c->archive, ctx, &r->place, LIMIT_HTML);
    if (rc < 0) {
        if (rc == MIMEO_EMALFORMED)
            ctx_error_prefix(ctx, rc, "%s", item->where);
        input_item_free(item);
        return rc;
    }
    *out = item;
    return 1;
}

/* The words for a record that was left out; a file of garbage has hundreds, of which the first say enough. */
static int damaged(struct archive_cutter *c, mimeo_ctx *ctx)
{
    const char *where = c->base.file.where;
    bool named = strncmp(mimeo_ctx_message(ctx), where, strlen(where)) == 0;
    return named ? MIMEO_EMALFORMED : ctx_error_prefix(ctx, MIMEO_EMALFORMED, "%s", where);
}

/* At the end: how many more there were; and an archive in which nothing is a page is not passed over in silence. */
static int at_end(struct archive_cutter *c, mimeo_ctx *ctx)
{
    const struct input_file *f = &c->base.file;
    c->base.done = true;
    if (c->damaged > DAMAGED_TOLD)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: and %llu more records that cannot be read", f->where,
                         (unsigned long long)(c->damaged - DAMAGED_TOLD));
    if (c->pages + c->damaged > 0)
        return 0;
    return ctx_error(ctx, f->named ? MIMEO_EMALFORMED : MIMEO_ENOTFOUND,
                     "%s: there is no page in this %s archive, nothing that a server gave as HTML", f->where,
                     archive_kind_name(archive_kind_of(c->archive)));
}

static int next_page(struct archive_cutter *c, mimeo_ctx *ctx, struct input_item **out)
{
    struct archive_record r;
    for (;;) {
        bool newest = true;
        int rc = archive_next(&r, c->archive, ctx);
        if (rc == 0)
            return at_end(c, ctx);
        if (rc == MIMEO_EMALFORMED && ++c->damaged <= DAMAGED_TOLD)
            return damaged(c, ctx);
        c->base.done = rc < 0 && rc != MIMEO_EMALFORMED;
        if (c->base.done)
            return rc;
        if (rc == 1 && r.what == ARCHIVE_PAGE) {
            c->pages++;
            rc = archive_newest(&newest, c->archive, ctx, &r);
            if (rc < 0)
                return rc;
            return newest ? make_item(out, c, ctx, &r)
                          : ctx_error(ctx, MIMEO_ENOTFOUND, "%s: %s: the archive has a newer copy of this page",
                                      c->base.file.where, r.url);
        }
        rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
    }
}

static int archive_cutter_next(struct cutter *base, mimeo_ctx *ctx, struct input_item **out)
{
    struct archive_cutter *c = (struct archive_cutter *)base;
    if (base->done)
        return 0;
    if (c->archive == NULL) {
        int rc = open_archive(c, ctx);
        if (rc < 0) {
            base->done = true;
            return rc;
        }
    }
    return next_page(c, ctx, out);
}

static uint64_t archive_cutter_passed(const struct cutter *base)
{
    const struct archive_cutter *c = (const struct archive_cutter *)base;
    return c->archive == NULL ? 0 : archive_done(c->archive);
}

int cutter_archive(struct cutter **out, mimeo_ctx *ctx, struct input_file *f)
{
    struct archive_cutter *c = calloc(1, sizeof *c);
    if (c == NULL) {
        input_file_dispose(f);
        return ctx_error_nomem(ctx);
    }
    *c = (struct archive_cutter){.base = {.next = archive_cutter_next, .passed = archive_cutter_passed, .file = *f}};
    *out = &c->base;
    return 0;
}
