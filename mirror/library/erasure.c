/*
 * Matching blocks of zeros with the retractions that ordered them.  Only joined headers' catalogs
 * count: an unjoined one, whose place in the history is not proven, cannot excuse damage.
 */
#include "library/erasure.h"

#include <stdlib.h>
#include <string.h>

#define CLAIMS_MAX ((size_t)1000000)

int erasure_claims_add(struct erasure_claims *c, const struct record_erase *item)
{
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
        struct record_erase *items = cap > CLAIMS_MAX ? NULL : realloc(c->items, cap * sizeof(*items));
        if (items == NULL)
            return MIMEO_ENOMEM;
        c->items = items;
        c->cap = cap;
    }
    c->items[c->count++] = *item;
    return 0;
}

int erasure_claims_take(struct erasure_claims *to, struct erasure_claims *from)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < from->count; i++)
        rc = erasure_claims_add(to, &from->items[i]);
    from->count = 0;
    return rc;
}

void erasure_claims_dispose(struct erasure_claims *c)
{
    if (c == NULL)
        return;
    free(c->items);
    *c = (struct erasure_claims){0};
}

struct settling {
    struct erasure_claims *claims;
    uint64_t seq; /* of the bundle being read */
    void (*explained)(const struct record_erase *claim, uint64_t by, void *payload);
    void *payload;
};

static bool same(const struct record_erase *a, const struct record_erase *b)
{
    return a->seq == b->seq && a->table == b->table && a->block == b->block &&
           hash_equal(&a->hash, &b->hash);
}

static void explain(struct settling *s, const struct record_erase *order, uint64_t by)
{
    for (size_t i = 0; i < s->claims->count; i++) {
        if (!same(&s->claims->items[i], order))
            continue;
        s->explained(&s->claims->items[i], by, s->payload);
        s->claims->items[i] = s->claims->items[--s->claims->count];
        return;
    }
}

static int settle_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct settling *s = payload;
    for (size_t i = 0; i < r->erase_count; i++)
        explain(s, &r->erase[i], r->restates > 0 ? r->restates : s->seq);
    return 0;
}

static int settle_bundle(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct settling *s = payload;
    if (s->claims->count == 0)
        return 1;
    if (h->verdict != MIMEO_GOOD)
        return 0;
    s->seq = h->seq;
    size_t erased;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, settle_record, s, &erased);
    /* A catalog that is itself at fault was told by the check of its blocks. */
    return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED ? rc : 0;
}

int erasure_settle(struct erasure_claims *claims, mimeo_mirror *m, mimeo_ctx *ctx,
                   void (*explained)(const struct record_erase *claim, uint64_t by, void *payload),
                   void (*unexplained)(const struct record_erase *claim, void *payload),
                   void *payload)
{
    struct settling s = {claims, 0, explained, payload};
    int rc = mirror_each_bundle(m, ctx, settle_bundle, &s);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < claims->count; i++)
        unexplained(&claims->items[i], payload);
    claims->count = 0;
    return 0;
}
