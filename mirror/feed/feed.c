/*
 * A feed, read in a child: see feed/feed.h.  Each part that comes over the pipe is a letter, the entry's number (8 bytes) and
 *
 *     e  the JSON object       s  the same, of a summary alone       d  the same, of a deleted entry
 *     x  words: why it is none
 */
#include "feed/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/child_stream.h"
#include "feed/entry.h"
#include "feed/reader.h"

#define CHILD_MEMORY (256 * MIB)
#define CHILD_CPU_SECONDS 600  /* of all of a feed */
#define CHILD_WAIT_SECONDS 120 /* for one entry */
#define PART_MAX (LIMIT_INPUT_LINE + KIB)
#define PART_HEAD 9

struct feed {
    struct child_stream *stream;
    struct buf part;
    struct feed_info info;
};

/* ---- in the child ---- */

struct work {
    const struct feed_source *source;
    enum feed_kind kind;
    struct child_pipe *pipe;
    struct buf part, reason;
};

static int give(struct work *w, mimeo_ctx *ctx, char letter, uint64_t number)
{
    w->part.ptr[0] = (uint8_t)letter;
    for (int i = 0; i < 8; i++)
        w->part.ptr[1 + i] = (uint8_t)(number >> (56 - 8 * i));
    return child_give(w->pipe, ctx, buf_view(&w->part));
}

static int entry_done(struct parse *p, mimeo_ctx *ctx)
{
    static const uint8_t head[PART_HEAD];
    struct work *w = p->payload;
    bool summary_only;
    buf_clear(&w->part);
    buf_clear(&w->reason);
    if (buf_append(&w->part, head, sizeof(head)) < 0)
        return ctx_error_nomem(ctx);
    int rc = entry_write(&w->part, &w->reason, &summary_only, ctx, p);
    if (rc == 0 && w->reason.len > 0) {
        w->part.len = PART_HEAD;
        buf_append_view(&w->part, buf_view(&w->reason));
        return buf_status(&w->part) < 0 ? ctx_error_nomem(ctx) : give(w, ctx, 'x', p->number);
    }
    if (rc < 0)
        return rc;
    return give(w, ctx, p->entry.deleted ? 'd' : summary_only ? 's' : 'e', p->number);
}

static int read_in_child(struct child_pipe *pipe, mimeo_ctx *ctx, void *payload)
{
    struct work *w = payload;
    struct parse *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return ctx_error_nomem(ctx);
    w->pipe = pipe;
    buf_init(&w->part, PART_MAX);
    buf_init(&w->reason, CTX_MESSAGE_MAX);
    parse_init(p, w->source, entry_done, w);
    p->kind = w->kind;
    int rc = w->kind == FEED_JSON ? read_json_feed(p, ctx, w->source) : read_xml_feed(p, ctx, w->source);
    parse_dispose(p);
    free(p);
    buf_dispose(&w->part);
    buf_dispose(&w->reason);
    return rc;
}

int read_xml_feed(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source)
{
    struct decode decode;
    struct xml xml;
    int rc = decode_init(&decode, ctx, source);
    xml_init(&xml, &decode);
    if (rc == 0)
        rc = parse_xml(p, ctx, &xml);
    xml_dispose(&xml);
    decode_dispose(&decode);
    return rc;
}

/* ---- in the parent ---- */

int feed_open(struct feed **out, mimeo_ctx *ctx, const struct feed_source *source)
{
    struct child_limits limits = {.memory = child_memory(CHILD_MEMORY), .seconds = CHILD_CPU_SECONDS,
                                  .output = PART_MAX, .wall_seconds = CHILD_WAIT_SECONDS};
    struct work work = {.source = source, .kind = feed_sniff(source->head)};
    if (work.kind == FEED_NONE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: is no feed", source->where);
    struct feed *f = calloc(1, sizeof(*f));
    if (f == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&f->part, PART_MAX);
    f->info.kind = work.kind;
    int rc = child_stream_open(&f->stream, ctx, source->where, &limits, read_in_child, &work);
    if (rc < 0) {
        free(f);
        return rc;
    }
    *out = f;
    return 0;
}

/* What a child says is as hostile as the feed. */
static bool take_part(struct feed *f, struct feed_item *item)
{
    struct cursor c = cursor_of(buf_view(&f->part));
    uint8_t letter;
    uint64_t number;
    if (!cursor_u8(&c, &letter) || !cursor_u64be(&c, &number) || letter == 0 || strchr("esdx", letter) == NULL)
        return false;
    *item = (struct feed_item){.kind = letter == 'x' ? FEED_SKIPPED : FEED_ENTRY, .number = number,
                               .text = view_of(c.ptr, c.left), .summary_only = letter == 's'};
    f->info.entries += letter != 'x';
    f->info.summaries += letter == 's';
    f->info.deleted += letter == 'd';
    f->info.skipped += letter == 'x';
    return true;
}

int feed_next(struct feed *f, mimeo_ctx *ctx, struct feed_item *item)
{
    int rc = child_stream_next(f->stream, ctx, &f->part);
    if (rc == 1 && !take_part(f, item))
        return ctx_error(ctx, MIMEO_EMALFORMED, "the feed's reader talked nonsense");
    return rc;
}

struct feed_info feed_info(const struct feed *f) { return f->info; }

void feed_close(struct feed *f)
{
    if (f == NULL)
        return;
    child_stream_close(f->stream);
    buf_dispose(&f->part);
    free(f);
}
