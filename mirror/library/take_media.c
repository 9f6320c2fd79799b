/*
 * Pictures: only those that a joined record cites, each at the place of the bundle that cites it first, each
 * hashed.  A mirror's own word for where a picture belongs is a hint that the catalog of that bundle has to bear
 * out; so a stranger's extra files never fill the disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/take_inside.h"

/* A picture: what the target has, or what the source offers for one bundle. */
struct picture {
    struct hash hash;
    uint64_t seq; /* where it stands */
    bool cited;
};
struct picture_list {
    struct taking *t;
    struct picture *items;
    size_t count, cap;
};

static int push(struct picture_list *l, uint64_t seq, const struct hash *h)
{
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
        struct picture *items = realloc(l->items, cap * sizeof(*items));
        if (items == NULL)
            return ctx_error_nomem(l->t->ctx);
        l->items = items;
        l->cap = cap;
    }
    l->items[l->count++] = (struct picture){*h, seq, false};
    return 0;
}

static int compare_pictures(const void *a, const void *b)
{
    const struct picture *x = a, *y = b;
    int c = memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
    return c != 0 ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void sort(struct picture_list *l)
{
    if (l->count > 0)
        qsort(l->items, l->count, sizeof(*l->items), compare_pictures);
}

/* The first place of a hash in a list that is sorted. */
static struct picture *find(const struct picture_list *l, const struct hash *h)
{
    return hash_find(h, l->items, l->count, sizeof(*l->items));
}

static int note_have(uint64_t seq, const struct hash *h, void *payload)
{
    return push(payload, seq, h);
}

/* ---- one picture ---- */

static int take_picture(const struct picture_list *have, const struct hash *h, uint64_t source_seq, uint64_t seq)
{
    struct taking *t = have->t;
    char name[STORE_NAME_MAX], message[CTX_MESSAGE_MAX + STORE_NAME_MAX];
    struct stored s;
    store_name_media(name, seq, h);
    int rc = store_get_media(&s, t->from->store, t->ctx, source_seq, h);
    if (rc == MIMEO_ENOMEM)
        return rc;
    struct hash is = rc < 0 ? *h : hash_of(s.view);
    if (rc < 0 || !hash_equal(&is, h)) {
        snprintf(message, sizeof(message), "%s: %s", name,
                 rc < 0 ? mimeo_ctx_message(t->ctx) : "damaged picture: get it from another copy");
        take_fault(t, name, seq, rc < 0 ? mimeo_verdict_of_code(rc) : MIMEO_DAMAGED, message);
        if (rc == 0)
            store_release(&s);
        return 0;
    }
    rc = take_put(t, name, s.view);
    store_release(&s);
    const struct picture *here = find(have, h);
    if (rc == 0 && here != NULL) { /* it stood at a later bundle than its first */
        store_name_media(name, here->seq, h);
        rc = take_remove(t, name);
    }
    if (rc == 0)
        t->result->media++;
    return rc;
}

/* Each record of bundle `seq`, if it is joined. */
static int each_record(struct taking *t, uint64_t seq,
                       int (*fn)(const struct record *r, uint32_t block, uint32_t line, void *payload), void *payload)
{
    struct held_bundle *h = malloc(sizeof(*h));
    if (h == NULL)
        return ctx_error_nomem(t->ctx);
    int rc = take_load_held(h, t, seq);
    if (rc == 0)
        rc = held_join_alone(h, t->from, t->ctx);
    size_t erased;
    if (rc == 0 && h->verdict == MIMEO_GOOD)
        rc = bundle_each_record(&h->bundle, t->ctx, h->name, fn, payload, &erased);
    held_dispose(h);
    free(h);
    return rc > 0 || take_is_our_trouble(rc) ? rc : 0;
}

/* ---- by the bundle that the source names ---- */

/* What the source has at one bundle; a directory's names come bundle by bundle, so there is never more in memory. */
struct group {
    struct picture_list offered; /* sorted once all are there */
    uint64_t seq;
    const struct picture_list *have;
    uint64_t done;
};

static int mark_cited(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    const struct group *g = payload;
    for (size_t i = 0; i < r->media_count; i++) {
        struct picture *p = find(&g->offered, &r->media[i].hash);
        if (p != NULL)
            p->cited = true;
    }
    return 0;
}

static int take_group(struct group *g)
{
    struct picture_list *l = &g->offered;
    mimeo_ctx *ctx = l->t->ctx;
    sort(l);
    int rc = l->count == 0 ? 0 : each_record(l->t, g->seq, mark_cited, g);
    for (size_t i = 0; rc == 0 && i < l->count; i++) {
        bool again = i > 0 && hash_equal(&l->items[i].hash, &l->items[i - 1].hash);
        if (!l->items[i].cited || again)
            continue;
        rc = take_picture(g->have, &l->items[i].hash, g->seq, g->seq);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
        ctx_progress(ctx, "taking in", ++g->done, 0, "pictures");
    }
    l->count = 0;
    return rc;
}

/* What is here already is not wanted, unless it stands at a later bundle than the source has it. */
static int offer(uint64_t seq, const struct hash *h, void *payload)
{
    struct group *g = payload;
    const struct picture *here = find(g->have, h);
    int rc = seq == g->seq ? 0 : take_group(g);
    g->seq = seq;
    if (rc < 0 || (here != NULL && here->seq <= seq) || orders_have_media(&g->offered.t->orders, h))
        return rc;
    return push(&g->offered, seq, h);
}

static int take_by_hints(const struct picture_list *have)
{
    struct taking *t = have->t;
    struct group g = {.offered = {.t = t}, .have = have};
    int rc = store_each_media(t->from->store, t->ctx, offer, &g);
    if (rc == 0)
        rc = take_group(&g);
    free(g.offered.items);
    return rc;
}

/* ---- of a pack: whoever cites it first, of all that is held ---- */

struct search {
    const struct picture_list *have;
    uint64_t seq;
    bool *settled; /* by the pack's numbers: here already, cited, or to be erased */
    size_t count, left;
};

static int take_cited(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct search *s = payload;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->media_count; i++) {
        size_t n;
        if (store_pack_find(&n, s->have->t->from->store, &r->media[i].hash) < 0 || s->settled[n])
            continue;
        s->settled[n] = true;
        s->left--;
        rc = take_picture(s->have, &r->media[i].hash, 0, s->seq);
    }
    return rc < 0 ? rc : s->left == 0;
}

static int search_init(struct search *s, const struct picture_list *have)
{
    struct taking *t = have->t;
    *s = (struct search){.have = have};
    int rc = store_pack_media(&s->count, t->from->store, t->ctx);
    if (rc < 0)
        return rc;
    s->settled = calloc(s->count == 0 ? 1 : s->count, sizeof(*s->settled));
    if (s->settled == NULL)
        return ctx_error_nomem(t->ctx);
    for (size_t n = 0; n < s->count; n++) {
        bool listed;
        const struct hash *h = store_pack_picture(t->from->store, n, &listed);
        s->settled[n] = find(have, h) != NULL || orders_have_media(&t->orders, h);
        s->left += !s->settled[n];
    }
    return 0;
}

static void tell_uncited(const struct search *s)
{
    const struct taking *t = s->have->t;
    for (size_t n = 0; s->left > 0 && t->options->uncited != NULL && n < s->count; n++) {
        bool listed;
        const struct hash *h = store_pack_picture(t->from->store, n, &listed);
        if (listed && !s->settled[n])
            t->options->uncited(h, t->options->payload);
    }
}

static int take_by_search(const struct picture_list *have)
{
    struct taking *t = have->t;
    uint64_t *seqs = NULL;
    size_t count = 0;
    struct search s;
    int rc = search_init(&s, have);
    if (rc == 0 && s.left > 0)
        rc = store_list_bundles(&seqs, &count, t->to, t->ctx);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        s.seq = seqs[i];
        rc = each_record(t, seqs[i], take_cited, &s);
        if (rc == 0)
            rc = ctx_check_cancel(t->ctx);
        ctx_progress(t->ctx, "taking in pictures", i, count, "bundles");
    }
    if (rc == 0)
        tell_uncited(&s);
    free(seqs);
    free(s.settled);
    return rc < 0 ? rc : 0;
}

int media_take(struct taking *t)
{
    struct picture_list have = {.t = t};
    int rc = store_each_media(t->to, t->ctx, note_have, &have);
    if (rc == 0) {
        sort(&have);
        rc = store_kind(t->from->store) == STORE_PACK ? take_by_search(&have) : take_by_hints(&have);
    }
    free(have.items);
    return rc;
}
