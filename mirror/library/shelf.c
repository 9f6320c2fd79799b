/*
 * Records by their place.  A place comes from a cache or from a walk a moment ago; neither is believed: the bundle
 * is judged and joined when it comes onto the shelf, its block is hashed, and the record must be the one meant.
 */
#include <stdlib.h>
#include <string.h>

#include "library/article_view.h"
#include "library/listing.h"

int shelf_init(struct shelf *s, mimeo_ctx *ctx, mimeo_mirror *m)
{
    *s = (struct shelf){.m = m, .ctx = ctx, .block = -1};
    s->held = malloc(sizeof(*s->held));
    if (s->held == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&s->raw, LIMIT_BODY_BLOCK);
    return 0;
}

void shelf_dispose(struct shelf *s)
{
    if (s->open)
        held_dispose(s->held);
    free(s->held);
    s->held = NULL;
    s->open = false;
    buf_dispose(&s->raw);
}

static bool may_be_shown(const struct held_bundle *h)
{
    return h->verdict == MIMEO_GOOD || h->verdict == MIMEO_UNJOINED;
}

static int put_on(struct shelf *s, uint64_t seq, bool unjoined)
{
    if (s->open && s->held->seq == seq)
        return 0;
    if (s->open)
        held_dispose(s->held);
    s->open = false;
    s->block = -1;
    int rc = held_load(s->held, s->m, s->ctx, seq);
    if (rc < 0)
        return rc;
    s->open = true;
    held_judge(s->held, s->m, s->ctx);
    if (!s->walked)
        return held_join_alone(s->held, s->m, s->ctx);
    if (s->held->verdict == MIMEO_GOOD && unjoined)
        s->held->verdict = MIMEO_UNJOINED;
    return 0;
}

/* 1 and *line, 0 where there is none. */
static int find_line(struct shelf *s, const struct place *place, struct view *line)
{
    struct held_bundle *h = s->held;
    if (place->block >= bundle_block_count(&h->bundle, BUNDLE_CATALOG))
        return 0;
    if (s->block != (int64_t)place->block) {
        s->block = -1;
        int rc = bundle_inflate(&h->bundle, s->ctx, h->name, BUNDLE_CATALOG, place->block, NULL, NULL, &s->raw);
        if (rc < 0)
            return rc == MIMEO_ENOTFOUND ? 0 : rc; /* erased since */
        s->block = place->block;
    }
    struct cursor c = cursor_of(buf_view(&s->raw));
    for (uint32_t n = 0; catalog_next_line(&c, line); n++)
        if (n == (place->line & ~PLACE_UNJOINED))
            return 1;
    return 0;
}

int shelf_record(struct record *out, struct shelf *s, const struct place *place, const char *id)
{
    struct view line;
    int rc = put_on(s, place->seq, (place->line & PLACE_UNJOINED) != 0);
    if (rc == 0 && may_be_shown(s->held))
        rc = find_line(s, place, &line);
    if (rc == 1)
        rc = record_parse(out, s->ctx, s->held->name, line);
    if (rc == 1 && id != NULL && strcmp(out->id, id) != 0) {
        record_dispose(out);
        rc = 0;
    }
    return rc;
}

int shelf_show(struct shelf *s, const struct place *place, const char *id, bool *missing,
               int (*fn)(const struct mimeo_article *article, void *payload), void *payload)
{
    struct record r;
    int rc = shelf_record(&r, s, place, id);
    *missing = rc == 0 || rc == MIMEO_EFORGED || rc == MIMEO_EMALFORMED;
    if (*missing)
        return 0;
    if (rc < 0)
        return rc;
    struct article_view v;
    rc = article_view_init(&v, s->ctx, &r, &s->held->bundle.header, s->held->verdict == MIMEO_GOOD);
    if (rc == 0) {
        rc = fn(&v.article, payload);
        article_view_dispose(&v);
    }
    record_dispose(&r);
    return rc;
}
