/*
 * Matching blocks of zeros with the retractions that ordered them.  Only joined headers' catalogs
 * count: an unjoined one, whose place in the history is not proven, cannot excuse damage.
 *
 * Both may be many, and each catalog states the orders of 90 days again: so claims are looked up, not gone through.
 */
#include "library/erasure.h"

#include <stdlib.h>
#include <string.h>

#define CLAIMS_MAX ((size_t)1000000)

int erasure_claims_add(struct erasure_claims *c, const struct record_erase *item)
{
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 16 : 2 * c->cap < CLAIMS_MAX ? 2 * c->cap : CLAIMS_MAX;
        struct record_erase *items = c->count == CLAIMS_MAX ? NULL : realloc(c->items, cap * sizeof(*items));
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
    free(c->told);
    *c = (struct erasure_claims){0};
}

/* ---- finding ---- */

static int compare(const void *a, const void *b)
{
    const struct record_erase *x = a, *y = b;
    if (x->seq != y->seq)
        return x->seq < y->seq ? -1 : 1;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
}

int erasure_claims_close(struct erasure_claims *c)
{
    bool *told = calloc(c->count + 1, sizeof(*told));
    if (told == NULL)
        return MIMEO_ENOMEM;
    if (c->count > 0)
        qsort(c->items, c->count, sizeof(*c->items), compare);
    free(c->told);
    c->told = told;
    c->left = c->count;
    return 0;
}

const struct record_erase *erasure_claims_explain(struct erasure_claims *c, const struct record_erase *order)
{
    const struct record_erase *found =
        c->left == 0 ? NULL : bsearch(order, c->items, c->count, sizeof(*c->items), compare);
    if (found == NULL || c->told[found - c->items])
        return NULL;
    c->told[found - c->items] = true;
    c->left--;
    return found;
}

/* ---- reading who ordered it ---- */

struct settling {
    struct erasure_claims *claims;
    uint64_t seq; /* of the bundle being read */
    void (*explained)(const struct record_erase *claim, uint64_t by, void *payload);
    void *payload;
};

static void explain(struct settling *s, const struct record_erase *order, uint64_t by)
{
    const struct record_erase *claim = erasure_claims_explain(s->claims, order);
    if (claim != NULL)
        s->explained(claim, by, s->payload);
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
    if (s->claims->left == 0)
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
    int rc = erasure_claims_close(claims) < 0 ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = mirror_each_bundle(m, ctx, settle_bundle, &s);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < claims->count; i++)
        if (!claims->told[i])
            unexplained(&claims->items[i], payload);
    claims->count = 0;
    return 0;
}
