/*
 * Feeds, cut into their entries, each a record as a line of JSON is.
 *
 * What an entry's pictures are had from is the directory beside the file, or the network where the feed came from there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "extract/json_text.h"
#include "feed/feed.h"
#include "import/cutter.h"
#include "import/fetch.h"

struct feed_cutter {
    struct cutter base;
    struct feed *feed;
    unsigned followed;
};

static void feed_dispose(struct cutter *c)
{
    feed_close(((struct feed_cutter *)c)->feed);
}

static int open_feed(struct feed_cutter *f, mimeo_ctx *ctx)
{
    const struct input_file *file = &f->base.file;
    struct feed_source source = {.head = window_view(&file->window),
                                 .fd = file->window.eof ? -1 : file->window.fd,
                                 .where = file->where,
                                 .url = file->url,
                                 .content_type = file->content_type};
    return feed_open(&f->feed, ctx, &source);
}

/* A feed without entries is not passed over in silence; one whose entries are all beginnings was not meant to be read
 * here: that is said, once. */
static int at_end(struct feed_cutter *f, mimeo_ctx *ctx)
{
    struct feed_info info = feed_info(f->feed);
    f->base.done = true;
    if (info.entries + info.skipped == 0)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: this feed (%s) has no entry", f->base.file.where,
                         feed_kind_name(info.kind));
    if (info.entries == 0 || info.summaries < info.entries || f->followed > 0)
        return 0;
    return ctx_error(ctx, MIMEO_ENOTFOUND,
                     "%s: carries only summaries, not whole articles, and those were taken: better publish the pages "
                     "that it links to (--follow fetches them)", f->base.file.where);
}

static int give(struct feed_cutter *f, mimeo_ctx *ctx, const struct feed_item *entry, struct input_item **out)
{
    struct input_item *item = input_item_of(&f->base.file, INPUT_JSONL, 0, false);
    char *where = item == NULL ? NULL : input_where(f->base.file.where, "entry", entry->number);
    if (where == NULL) {
        input_item_free(item);
        return ctx_error_nomem(ctx);
    }
    free(item->where);
    item->where = where;
    item->of_feed = true;
    buf_init(&item->bytes, LIMIT_INPUT_LINE);
    if (buf_append_view(&item->bytes, entry->text) < 0) {
        input_item_free(item);
        return ctx_error_nomem(ctx);
    }
    *out = item;
    return 1;
}

/* ---- the pages that entries link to ---- */

/* The entry's address in fresh memory; NULL where it has none, or is a retraction. */
static char *address_of(mimeo_ctx *ctx, const struct feed_cutter *f, struct view entry)
{
    json_t *object;
    if (json_text_parse(&object, ctx, f->base.file.where, entry) < 0)
        return NULL;
    const char *url = json_string_value(json_object_get(object, "url"));
    const char *action = json_string_value(json_object_get(object, "action"));
    bool good = url != NULL && fetch_is_address(url) && (action == NULL || strcmp(action, "retract") != 0);
    char *copy = good ? strdup(url) : NULL;
    json_decref(object);
    return copy;
}

/* The page as an item; what is no page there stays an entry (0). */
static int give_page(struct feed_cutter *f, mimeo_ctx *ctx, const struct feed_item *entry, struct input_item **out)
{
    struct input_file page, like = f->base.file;
    char *url = f->followed < like.follow && like.fetcher != NULL ? address_of(ctx, f, entry->text) : NULL;
    if (url == NULL)
        return 0;
    if (like.url == NULL)
        like.pictures = NULL; /* the feed's are beside its file, the page's are where it is */
    f->followed++;
    like.named = false;
    int rc = fetch_file(&page, ctx, &like, url, like.url == NULL ? "" : like.url);
    free(url);
    if (rc < 0)
        return rc;
    if (kind_of_file(NULL, window_view(&page.window), page.content_type, INPUT_AUTO).format != INPUT_PAGE) {
        input_file_dispose(&page);
        return 0;
    }
    struct input_item *item = input_item_of(&page, INPUT_PAGE, 0, false);
    rc = item == NULL ? ctx_error_nomem(ctx) : 1;
    if (rc == 1) {
        buf_init(&item->bytes, LIMIT_HTML);
        if (buf_append_view(&item->bytes, window_view(&page.window)) < 0)
            rc = ctx_error_nomem(ctx);
    }
    input_file_dispose(&page);
    if (rc < 0)
        input_item_free(item);
    else
        *out = item;
    return rc;
}

static int feed_cutter_next(struct cutter *c, mimeo_ctx *ctx, struct input_item **out)
{
    struct feed_cutter *f = (struct feed_cutter *)c;
    struct feed_item entry;
    int rc = c->done ? 0 : f->feed == NULL ? open_feed(f, ctx) : 0;
    if (rc < 0 || c->done) {
        c->done = true;
        return rc;
    }
    rc = feed_next(f->feed, ctx, &entry);
    if (rc == 0)
        return at_end(f, ctx);
    c->done = rc < 0;
    if (rc < 0)
        return rc;
    if (entry.kind == FEED_SKIPPED)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "%s, entry %llu: %.*s", c->file.where, (unsigned long long)entry.number,
                         (int)entry.text.len, (const char *)entry.text.ptr);
    rc = give_page(f, ctx, &entry, out);
    return rc == 0 ? give(f, ctx, &entry, out) : rc;
}

int cutter_feed(struct cutter **out, mimeo_ctx *ctx, struct input_file *file)
{
    struct feed_cutter *f = calloc(1, sizeof *f);
    if (f == NULL) {
        input_file_dispose(file);
        return ctx_error_nomem(ctx);
    }
    *f = (struct feed_cutter){.base = {.next = feed_cutter_next, .dispose = feed_dispose, .file = *file}};
    *out = &f->base;
    return 0;
}
