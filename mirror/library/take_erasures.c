/*
 * Erasing on the way in, and in what is held (FORMAT.md section 7).
 *
 * Orders are collected before the first bundle is written, so text that must go never reaches the disk.  On
 * what is held they are carried out right after the bundle that orders them is durable: earlier, zeros would
 * look like damage; later, a run that is cut short would leave the text.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library/take_inside.h"

#define ORDERS_MAX ((size_t)500000) /* different ones */

/* ---- the set ---- */

static int compare(const struct record_erase *a, const struct record_erase *b)
{
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    if (a->block != b->block)
        return a->block < b->block ? -1 : 1;
    return memcmp(a->hash.bytes, b->hash.bytes, HASH_LEN);
}

static int compare_orders(const void *a, const void *b)
{
    const struct erase_order *x = a, *y = b;
    int c = compare(&x->what, &y->what);
    return c != 0 ? c : x->by < y->by ? -1 : x->by > y->by;
}

/* Erasures are stated again in every catalog for 90 days: one of each is enough, by the first who said it. */
static void squeeze(struct erase_orders *o)
{
    size_t n = 0;
    if (o->count > 0)
        qsort(o->items, o->count, sizeof(*o->items), compare_orders);
    for (size_t i = 0; i < o->count; i++)
        if (n == 0 || compare(&o->items[n - 1].what, &o->items[i].what) != 0)
            o->items[n++] = o->items[i];
    o->count = n;
}

static int make_room(struct taking *t, struct erase_orders *o)
{
    if (o->count < o->cap)
        return 0;
    squeeze(o);
    if (o->cap > 0 && o->count <= o->cap / 2)
        return 0;
    if (o->count > ORDERS_MAX)
        return ctx_error(t->ctx, MIMEO_EMALFORMED, "more than %zu erasures are ordered", ORDERS_MAX);
    /* Twice what may be ordered: half of it is free after each squeeze, so squeezing stays rare. */
    size_t cap = o->cap == 0 ? 64 : 2 * o->cap < 2 * ORDERS_MAX ? 2 * o->cap : 2 * ORDERS_MAX;
    struct erase_order *items = realloc(o->items, cap * sizeof(*items));
    if (items == NULL)
        return ctx_error_nomem(t->ctx);
    o->items = items;
    o->cap = cap;
    return 0;
}

static int hear_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct taking *t = ((void **)payload)[0];
    const struct held_bundle *h = ((void **)payload)[1];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->erase_count; i++) {
        if (r->erase[i].seq >= h->seq)
            continue; /* nobody orders what is still to come */
        rc = make_room(t, &t->orders);
        if (rc == 0)
            t->orders.items[t->orders.count++] = (struct erase_order){r->erase[i], h->seq};
    }
    return rc;
}

int orders_collect(struct taking *t, struct held_bundle *h)
{
    size_t erased;
    void *payload[] = {t, h};
    int rc = bundle_each_record(&h->bundle, t->ctx, h->name, hear_record, payload, &erased);
    /* A catalog with a fault is refused when its bundle's turn comes. */
    return take_is_our_trouble(rc) ? rc : 0;
}

static int compare_due(const void *a, const void *b, void *payload)
{
    const struct erase_orders *o = payload;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (o->items[x].by != o->items[y].by)
        return o->items[x].by < o->items[y].by ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int compare_media(const void *a, const void *b)
{
    return memcmp(((const struct hash *)a)->bytes, ((const struct hash *)b)->bytes, HASH_LEN);
}

static void sort_media(struct erase_orders *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].what.table == ERASE_MEDIA)
            o->media[o->media_count++] = o->items[i].what.hash;
    qsort(o->media, o->media_count, sizeof(*o->media), compare_media);
}

int orders_close(struct taking *t)
{
    struct erase_orders *o = &t->orders;
    squeeze(o);
    if (o->count == 0)
        return 0;
    o->due = malloc(o->count * sizeof(*o->due));
    o->media = malloc(o->count * sizeof(*o->media));
    if (o->due == NULL || o->media == NULL)
        return ctx_error_nomem(t->ctx);
    sort_media(o);
    for (size_t i = 0; i < o->count; i++)
        o->due[i] = i;
    qsort_r(o->due, o->count, sizeof(*o->due), compare_due, o);
    return 0;
}

void orders_dispose(struct erase_orders *o)
{
    free(o->items);
    free(o->due);
    free(o->media);
    *o = (struct erase_orders){0};
}

/* The first that is not below `key`. */
static size_t lower_bound(const struct erase_orders *o, const struct record_erase *key)
{
    size_t low = 0, high = o->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (compare(&o->items[mid].what, key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct erase_order *orders_for(const struct erase_orders *o, uint64_t seq, size_t *count)
{
    const struct record_erase key = {.seq = seq}, next = {.seq = seq + 1};
    size_t first = lower_bound(o, &key);
    *count = lower_bound(o, &next) - first;
    return *count == 0 ? NULL : o->items + first;
}

bool orders_explain(const struct erase_orders *o, const struct record_erase *zeroed)
{
    size_t i = lower_bound(o, zeroed);
    return i < o->count && compare(&o->items[i].what, zeroed) == 0;
}

bool orders_have_media(const struct erase_orders *o, const struct hash *h)
{
    return o->media_count > 0 && bsearch(h, o->media, o->media_count, sizeof(*o->media), compare_media) != NULL;
}

/* ---- zeros ---- */

static bool zero_block(mimeo_ctx *ctx, const struct bundle *b, uint8_t *bytes, const struct record_erase *e)
{
    struct block_entry entry;
    struct view packed;
    enum bundle_table t = e->table == ERASE_CATALOG ? BUNDLE_CATALOG : BUNDLE_BODY;
    if (bundle_block(b, ctx, t, e->block, &entry, &packed) < 0 || !hash_equal(&entry.hash, &e->hash) ||
        view_is_zero(packed))
        return false;
    memset(bytes + (packed.ptr - b->bytes.ptr), 0, packed.len);
    return true;
}

size_t orders_apply(const struct erase_orders *o, mimeo_ctx *ctx, const struct bundle *b, uint8_t *bytes)
{
    size_t count, changed = 0;
    const struct erase_order *orders = orders_for(o, b->header.seq, &count);
    for (size_t i = 0; i < count; i++)
        if (orders[i].what.table != ERASE_MEDIA)
            changed += zero_block(ctx, b, bytes, &orders[i].what);
    return changed;
}

/* ---- carrying out ---- */

static int rewrite(struct taking *t, struct held_bundle *h, struct buf *bytes)
{
    int rc = take_announce_loss(t);
    if (rc == 0)
        rc = take_put(t, h->name, buf_view(bytes));
    if (rc < 0 || t->options->taken == NULL)
        return rc;
    struct held_bundle *again = calloc(1, sizeof(*again));
    if (again == NULL)
        return ctx_error_nomem(t->ctx);
    again->seq = h->seq;
    strcpy(again->name, h->name);
    again->stored.view = buf_view(bytes);
    held_judge(again, t->from, t->ctx);
    rc = held_join_alone(again, t->from, t->ctx);
    again->stored.view = view_of(NULL, 0);
    if (rc == 0)
        rc = t->options->taken(again, t->options->payload);
    held_dispose(again);
    free(again);
    return rc;
}

static int erase_in_bundle(struct taking *t, uint64_t seq)
{
    struct held_bundle *h = malloc(sizeof(*h));
    struct buf bytes;
    if (h == NULL)
        return ctx_error_nomem(t->ctx);
    buf_init(&bytes, LIMIT_BUNDLE);
    int rc = take_load_held(h, t, seq);
    if (rc == 0 && h->verdict == MIMEO_GOOD) {
        if (buf_append_view(&bytes, h->stored.view) < 0)
            rc = ctx_error_nomem(t->ctx);
        size_t changed = rc < 0 ? 0 : orders_apply(&t->orders, t->ctx, &h->bundle, bytes.ptr);
        if (changed > 0)
            rc = rewrite(t, h, &bytes);
        if (rc == 0)
            t->result->erased += changed;
    }
    held_dispose(h);
    free(h);
    buf_dispose(&bytes);
    return rc;
}

static int erase_media(struct taking *t, const struct record_erase *e)
{
    char name[STORE_NAME_MAX];
    store_name_media(name, e->seq, &e->hash);
    if (faccessat(t->dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
        return 0; /* not held */
    int rc = take_announce_loss(t);
    if (rc == 0)
        rc = take_remove(t, name);
    if (rc == 0)
        t->result->erased++;
    return rc;
}

int orders_carry_out(struct taking *t, uint64_t by)
{
    struct erase_orders *o = &t->orders;
    uint64_t last = 0;
    int rc = 0;
    for (; rc == 0 && o->next_due < o->count; o->next_due++) {
        const struct erase_order *e = &o->items[o->due[o->next_due]];
        if (e->by > by)
            break;
        if (e->what.table == ERASE_MEDIA)
            rc = erase_media(t, &e->what);
        else if (e->what.seq != last)
            rc = erase_in_bundle(t, e->what.seq); /* all orders for it at once */
        if (e->what.table != ERASE_MEDIA)
            last = e->what.seq;
    }
    return rc;
}
