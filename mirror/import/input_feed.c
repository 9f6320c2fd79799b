/*
 * Feeds, cut into their entries, each a record as a line of JSON is.
 *
 * What an entry's pictures are had from is the directory beside the file, or the network where the feed came from there.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "feed/feed.h"
#include "import/cutter.h"

struct feed_cutter {
    struct cutter base;
    struct feed *feed;
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

/* A feed whose entries are all beginnings was not meant to be read here: that is said, once. */
static int at_end(struct feed_cutter *f, mimeo_ctx *ctx)
{
    struct feed_info info = feed_info(f->feed);
    f->base.done = true;
    if (info.entries == 0 || info.summaries < info.entries)
        return 0;
    return ctx_error(ctx, MIMEO_ENOTFOUND,
                     "%s: carries only summaries, not whole articles: publish the pages that it links to", f->base.file.where);
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
    return give(f, ctx, &entry, out);
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
