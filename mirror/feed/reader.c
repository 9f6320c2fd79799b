/* From a feed's bytes to parts: see feed/reader.h. */
#include "feed/reader.h"

#include <stdlib.h>
#include <string.h>

#include "feed/entry.h"

#define PART_HEAD 9

struct work {
    int (*give)(mimeo_ctx *ctx, struct view part, void *payload);
    void *payload;
    struct buf part, reason;
};

static int give(struct work *w, mimeo_ctx *ctx, char letter, uint64_t number)
{
    w->part.ptr[0] = (uint8_t)letter;
    for (int i = 0; i < 8; i++)
        w->part.ptr[1 + i] = (uint8_t)(number >> (56 - 8 * i));
    return w->give(ctx, buf_view(&w->part), w->payload);
}

static int give_reason(struct work *w, mimeo_ctx *ctx, uint64_t number)
{
    w->part.len = PART_HEAD;
    w->part.failed = 0;
    return buf_append_view(&w->part, buf_view(&w->reason)) < 0 ? ctx_error_nomem(ctx) : give(w, ctx, 'x', number);
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
    if (rc < 0)
        return rc;
    if (w->reason.len > 0)
        return give_reason(w, ctx, p->number);
    return give(w, ctx, p->entry.deleted ? 'd' : summary_only ? 's' : 'e', p->number);
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

static int read_kind(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source)
{
    switch (p->kind) {
    case FEED_JSON: return read_json_feed(p, ctx, source);
    case FEED_WXR: return read_wxr(p, ctx, source);
    default: return read_xml_feed(p, ctx, source);
    }
}

int feed_read_all(mimeo_ctx *ctx, const struct feed_source *source,
                  int (*give_part)(mimeo_ctx *ctx, struct view part, void *payload), void *payload)
{
    struct work w = {.give = give_part, .payload = payload};
    struct parse *p = calloc(1, sizeof(*p)); /* tens of kilobytes: too much for a stack */
    if (p == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&w.part, READER_PART_MAX);
    buf_init(&w.reason, CTX_MESSAGE_MAX);
    parse_init(p, source, entry_done, &w);
    p->kind = feed_sniff(source->head);
    int rc = read_kind(p, ctx, source);
    parse_dispose(p);
    free(p);
    buf_dispose(&w.part);
    buf_dispose(&w.reason);
    return rc;
}
