/*
 * Pictures: only those that a joined record cites, each at the place of the bundle that cites it first, each
 * hashed.  A mirror's own word for where a picture belongs is a hint that the catalog of that bundle has to bear
 * out; so a stranger's extra files never fill the disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/take_inside.h"

struct wanted {
    struct hash hash;
    uint64_t seq; /* where the source has it; 0: it does not say (a pack) */
    bool cited;
};
struct wanted_list {
    struct taking *t;
    struct wanted *items;
    size_t count, cap;
    const struct wanted_list *have; /* by hash */
};

static int push(struct wanted_list *l, uint64_t seq, const struct hash *h)
{
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
        struct wanted *items = realloc(l->items, cap * sizeof(*items));
        if (items == NULL)
            return ctx_error_nomem(l->t->ctx);
        l->items = items;
        l->cap = cap;
    }
    l->items[l->count++] = (struct wanted){*h, seq, false};
    return 0;
}

static int compare_hashes(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    int c = memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
    return c != 0 ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int compare_seqs(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    return x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) : compare_hashes(a, b);
}

static void sort(struct wanted_list *l, int (*compare)(const void *, const void *))
{
    if (l->count > 0)
        qsort(l->items, l->count, sizeof(*l->items), compare);
}

/* The first place of a hash in a list by hash. */
static struct wanted *find(const struct wanted_list *l, const struct hash *h)
{
    return hash_find(h, l->items, l->count, sizeof(*l->items));
}

static int note_have(uint64_t seq, const struct hash *h, void *payload)
{
    return push(payload, seq, h);
}

/* What is here already is not wanted, unless it stands at a later bundle than the source has it. */
static int note_wanted(uint64_t seq, const struct hash *h, void *payload)
{
    struct wanted_list *l = payload;
    bool is_pack = store_kind(l->t->from->store) == STORE_PACK;
    const struct wanted *here = find(l->have, h);
    if ((here != NULL && (is_pack || here->seq <= seq)) || orders_have_media(&l->t->orders, h))
        return 0;
    return push(l, is_pack ? 0 : seq, h);
}

/* ---- one picture ---- */

static int take_picture(struct wanted_list *l, const struct hash *h, uint64_t source_seq, uint64_t seq)
{
    struct taking *t = l->t;
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
    const struct wanted *here = find(l->have, h);
    if (rc == 0 && here != NULL) { /* it stood at a later bundle than its first */
        store_name_media(name, here->seq, h);
        rc = take_remove(t, name);
    }
    if (rc == 0)
        t->result->media++;
    return rc;
}

/* ---- by the bundle that the source names ---- */

struct group {
    struct wanted_list *list;
    size_t first, end; /* all at one seq, by hash */
};

static int mark_cited(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct group *g = payload;
    const struct wanted_list part = {.items = g->list->items + g->first, .count = g->end - g->first};
    for (size_t i = 0; i < r->media_count; i++) {
        struct wanted *w = find(&part, &r->media[i].hash);
        if (w != NULL)
            w->cited = true;
    }
    return 0;
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

static int take_group(struct group *g)
{
    struct wanted_list *l = g->list;
    uint64_t seq = l->items[g->first].seq;
    int rc = each_record(l->t, seq, mark_cited, g);
    for (size_t i = g->first; rc == 0 && i < g->end; i++)
        if (l->items[i].cited) {
            rc = take_picture(l, &l->items[i].hash, seq, seq);
            if (rc == 0)
                rc = ctx_check_cancel(l->t->ctx);
            ctx_progress(l->t->ctx, "taking in", i, l->count, "pictures");
        }
    return rc;
}

static int take_by_hints(struct wanted_list *l)
{
    int rc = 0;
    sort(l, compare_seqs);
    for (size_t first = 0, end; rc == 0 && first < l->count; first = end) {
        for (end = first; end < l->count && l->items[end].seq == l->items[first].seq;)
            end++;
        struct group g = {l, first, end};
        rc = take_group(&g);
    }
    return rc;
}

/* ---- of a pack: whoever cites it first, of all that is held ---- */

struct search {
    struct wanted_list *list; /* by hash */
    uint64_t seq;
    size_t left;
};

static int take_cited(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct search *s = payload;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->media_count; i++) {
        struct wanted *w = find(s->list, &r->media[i].hash);
        if (w == NULL || w->cited)
            continue;
        w->cited = true;
        s->left--;
        rc = take_picture(s->list, &w->hash, 0, s->seq);
    }
    return rc < 0 ? rc : s->left == 0;
}

static int take_by_search(struct wanted_list *l)
{
    uint64_t *seqs;
    size_t count;
    struct search s = {.list = l, .left = l->count};
    int rc = l->count == 0 ? 1 : store_list_bundles(&seqs, &count, l->t->to, l->t->ctx);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    sort(l, compare_hashes);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        s.seq = seqs[i];
        rc = each_record(l->t, seqs[i], take_cited, &s);
        if (rc == 0)
            rc = ctx_check_cancel(l->t->ctx);
    }
    free(seqs);
    return rc < 0 ? rc : 0;
}

int media_take(struct taking *t)
{
    struct wanted_list have = {.t = t}, wanted = {.t = t, .have = &have};
    int rc = store_each_media(t->to, t->ctx, note_have, &have);
    if (rc == 0) {
        sort(&have, compare_hashes);
        rc = store_each_media(t->from->store, t->ctx, note_wanted, &wanted);
    }
    if (rc == 0)
        rc = store_kind(t->from->store) == STORE_PACK ? take_by_search(&wanted) : take_by_hints(&wanted);
    free(have.items);
    free(wanted.items);
    return rc;
}
