/*
 * Walking newest first has a reason: an erasure is met before what it erased, so whatever lacks further
 * down is known to lack for a reason or not.
 */
#include "library/survey.h"

#include <stdlib.h>
#include <string.h>

#include "library/change.h"
#include "library/erasure.h"

#define ORDERS_MAX ((size_t)1000000)
#define MISSING_MAX ((size_t)100000) /* so many pictures were not erased: they are not held */

/* ---- orders ---- */

/* Orders are restated for 90 days: each is kept once. */
static size_t sort_unique(struct record_erase *items, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(items, count, sizeof(*items), record_erase_compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || record_erase_compare(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    return kept;
}

static int add_order(struct record_erase **items, size_t *count, size_t *cap, mimeo_ctx *ctx, const struct record_erase *e)
{
    bool full = *count == *cap;
    if (full)
        *count = sort_unique(*items, *count);
    if (full && 2 * *count >= *cap) {
        size_t more = *cap == 0 ? 64 : 2 * *cap;
        struct record_erase *grown = more > ORDERS_MAX ? NULL : realloc(*items, more * sizeof(*grown));
        if (grown == NULL)
            return more > ORDERS_MAX ? ctx_error(ctx, MIMEO_EMALFORMED, "the catalogs order too many erasures")
                                     : ctx_error_nomem(ctx);
        *items = grown;
        *cap = more;
    }
    (*items)[(*count)++] = *e;
    return 0;
}

static size_t first_order(const struct survey *s, const struct record_erase *at)
{
    size_t low = 0, high = s->order_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (record_erase_compare(&s->orders[mid], at) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool survey_orders(const struct survey *s, uint64_t seq, enum erase_table table, uint32_t block, const struct hash *hash)
{
    struct record_erase at = {seq, table, block, *hash};
    size_t i = first_order(s, &at);
    return i < s->order_count && record_erase_compare(&s->orders[i], &at) == 0;
}

size_t survey_orders_of(const struct record_erase **first, const struct survey *s, uint64_t seq)
{
    struct record_erase at = {.seq = seq};
    size_t i = first_order(s, &at), count = 0;
    *first = i < s->order_count ? &s->orders[i] : NULL;
    while (i + count < s->order_count && s->orders[i + count].seq == seq)
        count++;
    return count;
}

/* ---- pictures ---- */

static int compare_hashes(const void *a, const void *b)
{
    const struct surveyed_picture *x = a, *y = b;
    int by_hash = memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
    return by_hash != 0 ? by_hash : x->place < y->place ? -1 : x->place > y->place;
}

static int compare_cited(const void *a, const void *b)
{
    const struct surveyed_picture *x = a, *y = b;
    return x->cited != y->cited ? (x->cited < y->cited ? -1 : 1) : memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
}

static int list_picture(uint64_t place, const struct hash *h, void *payload)
{
    struct survey *s = payload;
    if (s->picture_count == s->picture_cap) {
        size_t cap = s->picture_cap == 0 ? 256 : 2 * s->picture_cap;
        struct surveyed_picture *grown = realloc(s->pictures, cap * sizeof(*grown));
        if (grown == NULL)
            return MIMEO_ENOMEM;
        s->pictures = grown;
        s->picture_cap = cap;
    }
    s->pictures[s->picture_count++] = (struct surveyed_picture){*h, place, 0};
    return 0;
}

/* Those held, each once, by hash. */
static int list_pictures(struct survey *s, mimeo_ctx *ctx)
{
    size_t kept = 0;
    int rc = store_each_media(s->mirror->store, ctx, list_picture, s);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx) : rc;
    if (s->picture_count > 0)
        qsort(s->pictures, s->picture_count, sizeof(*s->pictures), compare_hashes);
    for (size_t i = 0; i < s->picture_count; i++)
        if (kept == 0 || !hash_equal(&s->pictures[kept - 1].hash, &s->pictures[i].hash))
            s->pictures[kept++] = s->pictures[i];
    s->picture_count = kept;
    return 0;
}

static int cite(struct survey *s, mimeo_ctx *ctx, const struct hash *h, uint64_t seq)
{
    struct surveyed_picture *picture = hash_find(h, s->pictures, s->picture_count, sizeof(*s->pictures));
    if (picture != NULL) {
        picture->cited = seq; /* the walk goes down: the last one said is the first */
        return 0;
    }
    struct record_erase missing = {0, ERASE_MEDIA, 0, *h};
    if (s->too_many_missing)
        return 0;
    if (s->missing_count >= MISSING_MAX)
        s->missing_count = sort_unique(s->missing, s->missing_count);
    s->too_many_missing = s->too_many_missing || s->missing_count >= MISSING_MAX;
    return s->too_many_missing ? 0 : add_order(&s->missing, &s->missing_count, &s->missing_cap, ctx, &missing);
}

static int compare_order_hashes(const void *a, const void *b)
{
    const struct record_erase *x = a, *y = b;
    return memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
}

/* Of the pictures not held, those that nobody ordered to go. */
static void count_lacking(struct survey *s)
{
    struct record_erase *erased = calloc(s->order_count + 1, sizeof(*erased));
    size_t count = 0;
    s->missing_count = sort_unique(s->missing, s->missing_count);
    s->lacking = s->missing_count + s->too_many_missing;
    for (size_t i = 0; erased != NULL && i < s->order_count; i++)
        if (s->orders[i].table == ERASE_MEDIA)
            erased[count++] = s->orders[i];
    if (count > 0)
        qsort(erased, count, sizeof(*erased), compare_order_hashes);
    for (size_t i = 0; count > 0 && i < s->missing_count; i++)
        s->lacking -= bsearch(&s->missing[i], erased, count, sizeof(*erased), compare_order_hashes) != NULL;
    free(erased);
}

/* ---- the walk ---- */

struct survey_walk {
    struct survey *s;
    mimeo_ctx *ctx;
    uint64_t expect, known, down_to, seq;
};

static int survey_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct survey_walk *w = payload;
    struct survey *s = w->s;
    int rc = 0;
    for (size_t i = 0; s->with_pictures && rc == 0 && i < r->media_count; i++)
        rc = cite(s, w->ctx, &r->media[i].hash, w->seq);
    for (size_t i = 0; rc == 0 && i < r->erase_count; i++) {
        rc = add_order(&s->orders, &s->order_count, &s->order_cap, w->ctx, &r->erase[i]);
        if (r->restates > 0)
            continue;
        if (s->begins == 0)
            s->begins = w->seq;
        if (s->media_begins == 0 && r->erase[i].table == ERASE_MEDIA)
            s->media_begins = w->seq;
    }
    return rc;
}

static bool is_held(const mimeo_mirror *m, uint64_t seq)
{
    for (size_t i = m->seq_count; i-- > 0;)
        if (m->seqs[i] <= seq)
            return m->seqs[i] == seq;
    return false;
}

/* The walk passed over these: they are not there, or do not hold. */
static int say_gap(const struct survey_walk *w, uint64_t from, uint64_t to)
{
    if (is_held(w->s->mirror, to))
        return ctx_error(w->ctx, MIMEO_EFORGED, "bundle %llu is damaged here: get it again ('mimeo verify' tells more)",
                         (unsigned long long)to);
    while (from < to && is_held(w->s->mirror, from))
        from++;
    if (from == to)
        return ctx_error(w->ctx, MIMEO_EINCOMPLETE, "bundle %llu is missing here, and a git history needs all of them",
                         (unsigned long long)from);
    return ctx_error(w->ctx, MIMEO_EINCOMPLETE, "bundles %llu to %llu are missing here, and a git history needs all of them",
                     (unsigned long long)from, (unsigned long long)to);
}

static int survey_bundle(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct survey_walk *w = payload;
    size_t erased;
    if (h->seq > w->s->mirror->head.seq)
        return 0; /* beyond what holds: no part of the history */
    if (h->seq <= w->down_to && w->s->begins <= w->known)
        return 1;
    if (h->verdict != MIMEO_GOOD)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "%s: %s", h->name, h->message);
    if (h->seq != w->expect)
        return say_gap(w, h->seq + 1, w->expect);
    w->seq = h->seq;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, survey_record, w, &erased);
    if (rc == 0 && w->s->begins == 0 && change_begins_history(&h->bundle.header, &w->s->mirror->chain))
        w->s->begins = h->seq;
    w->expect--;
    if (rc == 0)
        ctx_progress(ctx, "reading", w->s->mirror->head.seq - w->expect, w->s->mirror->head.seq, "bundles");
    return rc;
}

int survey_mirror(struct survey *out, mimeo_ctx *ctx, mimeo_mirror *m, uint64_t known, uint64_t down_to,
                  bool with_pictures)
{
    struct survey s = {.mirror = m, .with_pictures = with_pictures};
    struct survey_walk w = {&s, ctx, m->head.seq, known, down_to, 0};
    int rc = with_pictures ? list_pictures(&s, ctx) : 0;
    if (rc == 0)
        rc = mirror_each_bundle(m, ctx, survey_bundle, &w);
    uint64_t bottom = s.begins > known ? 0 : down_to;
    if (rc >= 0 && w.expect > bottom)
        rc = say_gap(&w, bottom + 1, w.expect);
    if (rc < 0) {
        survey_dispose(&s);
        return rc;
    }
    s.order_count = sort_unique(s.orders, s.order_count);
    count_lacking(&s);
    if (s.picture_count > 0)
        qsort(s.pictures, s.picture_count, sizeof(*s.pictures), compare_cited);
    s.down_to = w.expect;
    *out = s;
    return 0;
}

void survey_dispose(struct survey *s)
{
    if (s == NULL)
        return;
    free(s->orders);
    free(s->pictures);
    free(s->missing);
}
