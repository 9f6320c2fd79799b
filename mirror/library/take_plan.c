/*
 * The first pass, newest to oldest over both sides at once: which bundles are wanted, which have to go, and
 * what was ordered to be erased.  Joining is only known from the head down; writing goes the other way.
 *
 * Where nothing is missing it looks at one bundle: headers name each other by hash, so below the first number
 * at which both sides have the same header they have the same history.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/erasure.h"
#include "library/take_inside.h"

/* What one side has at a seq. */
struct sight {
    bool there;
    struct hash hash;
    enum mimeo_verdict verdict;
    char message[CTX_MESSAGE_MAX];
};

struct planning {
    struct taking *t;
    struct header_walk walk;
    struct held_bundle *at;  /* room for the one at hand */
    uint64_t orders_above;   /* catalogs of held bundles above this are searched for orders */
    uint64_t stop;           /* nothing below is looked at */
    struct erasure_claims zeroed; /* blocks of what is held that are all zeros, where that was looked at */
    bool comparing;          /* no header was found yet that both sides have */
    struct sight held, source;
};

static bool is_usable(const struct sight *s)
{
    return s->there && (s->verdict == MIMEO_GOOD || s->verdict == MIMEO_UNJOINED);
}

/* ---- looking ---- */

/* A held bundle's blocks: the first that is damaged ends it; zeros are judged once all orders are known. */
static int check_block(enum bundle_table table, size_t n, int code, enum block_state state, void *payload)
{
    struct planning *p = payload;
    const struct bundle *b = &p->at->bundle;
    struct block_entry e;
    if (code < 0 || state != BLOCK_ZEROED)
        return code;
    if (!table_entry(table == BUNDLE_CATALOG ? b->catalog_table : b->body_table, n, &e))
        return MIMEO_EFORGED;
    const struct record_erase claim = {
        p->at->seq, table == BUNDLE_CATALOG ? ERASE_CATALOG : ERASE_BODY, (uint32_t)n, e.hash};
    return erasure_claims_add(&p->zeroed, &claim) < 0 ? ctx_error_nomem(p->t->ctx) : 0;
}

static void see(struct planning *p, struct sight *s)
{
    struct held_bundle *h = p->at;
    held_join(h, p->t->from, &p->walk, p->t->ctx);
    s->there = true;
    s->hash = h->bundle.header.hash;
    s->verdict = h->verdict;
    memcpy(s->message, h->message, sizeof(s->message));
}

static int look_at_held(struct planning *p, uint64_t seq)
{
    struct taking *t = p->t;
    int rc = take_load_held(p->at, t, seq);
    if (rc == 0 && p->at->verdict == MIMEO_GOOD && t->options->check_held) {
        rc = bundle_each_block(&p->at->bundle, t->ctx, p->at->name, check_block, p);
        if (rc == MIMEO_EFORGED) {
            p->at->verdict = MIMEO_DAMAGED;
            snprintf(p->at->message, sizeof(p->at->message), "%s", mimeo_ctx_message(t->ctx));
            rc = 0;
        }
    }
    if (rc == 0)
        see(p, &p->held);
    if (rc == 0 && p->held.verdict == MIMEO_GOOD && seq > p->orders_above)
        rc = orders_collect(t, p->at);
    held_dispose(p->at);
    return rc;
}

static int look_at_source(struct planning *p, uint64_t seq)
{
    struct taking *t = p->t;
    int rc = held_load(p->at, t->from, t->ctx, seq);
    if (rc == MIMEO_EIO) { /* a stick with bad sectors: that one bundle is lost */
        p->at->verdict = MIMEO_DAMAGED;
        snprintf(p->at->message, sizeof(p->at->message), "%s", mimeo_ctx_message(t->ctx));
        rc = 0;
    }
    if (rc < 0)
        return rc;
    held_judge(p->at, t->from, t->ctx);
    see(p, &p->source);
    bool is_new = !is_usable(&p->held);
    if (p->source.verdict == MIMEO_GOOD && is_new)
        rc = orders_collect(t, p->at);
    held_dispose(p->at);
    return rc;
}

/* ---- deciding ---- */

static int add(struct planning *p, uint64_t seq, enum plan_action action)
{
    struct taking *t = p->t;
    if (t->plan_count == t->plan_cap) {
        size_t cap = t->plan_cap == 0 ? 64 : 2 * t->plan_cap;
        struct plan_item *grown = realloc(t->plan, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(t->ctx);
        t->plan = grown;
        t->plan_cap = cap;
    }
    t->plan[t->plan_count++] =
        (struct plan_item){seq, p->source.hash, (uint8_t)action, p->source.verdict == MIMEO_GOOD};
    t->total += action == PLAN_TAKE;
    return 0;
}

static void refuse(struct planning *p, uint64_t seq, const struct sight *s)
{
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    take_fault(p->t, name, seq, s->verdict, s->message);
}

/* Both have one, and they differ: the first seen stays, unless only the other is proven. */
static int settle_difference(struct planning *p, uint64_t seq)
{
    if (p->source.verdict == MIMEO_GOOD && p->held.verdict == MIMEO_UNJOINED)
        return add(p, seq, PLAN_TAKE);
    if (is_usable(&p->source)) {
        p->source.verdict = MIMEO_CONFLICTED;
        snprintf(p->source.message, sizeof(p->source.message),
                 "bundle %llu is another than the one that is held, and genuine too: two histories; the first stays. "
                 "Ask the publisher by another way which counts", (unsigned long long)seq);
    }
    refuse(p, seq, &p->source);
    return 0;
}

static int decide(struct planning *p, uint64_t seq)
{
    bool differ = p->held.there && p->source.there && !hash_equal(&p->held.hash, &p->source.hash);
    if (is_usable(&p->held))
        return differ ? settle_difference(p, seq) : 0;
    int rc = 0;
    if (p->held.there && (p->held.verdict == MIMEO_REVOKED || (p->held.verdict == MIMEO_CONFLICTED && is_usable(&p->source))))
        rc = add(p, seq, PLAN_REMOVE);
    else if (p->held.there && !is_usable(&p->source))
        refuse(p, seq, &p->held);
    if (rc == 0 && is_usable(&p->source))
        rc = add(p, seq, PLAN_TAKE);
    else if (rc == 0 && p->source.there && !p->held.there)
        refuse(p, seq, &p->source);
    return rc;
}

/* ---- the walk ---- */

static int step(struct planning *p, uint64_t seq, bool in_held, bool in_source)
{
    p->held.there = p->source.there = false;
    int rc = in_held ? look_at_held(p, seq) : 0;
    if (rc == 0 && in_source && (!is_usable(&p->held) || p->comparing))
        rc = look_at_source(p, seq);
    if (is_usable(&p->held) && is_usable(&p->source) && hash_equal(&p->held.hash, &p->source.hash))
        p->comparing = false;
    return rc == 0 ? decide(p, seq) : rc;
}

static int walk_down(struct planning *p)
{
    struct taking *t = p->t;
    size_t i = t->from->seq_count, k = t->held_count;
    int rc = mirror_walk_init(&p->walk, t->from, t->ctx);
    while (rc == 0 && (i > 0 || k > 0)) {
        uint64_t a = i > 0 ? t->from->seqs[i - 1] : 0, b = k > 0 ? t->held[k - 1] : 0;
        uint64_t seq = a > b ? a : b;
        if (seq < p->stop && !(p->comparing && a > 0 && b > 0))
            break;
        rc = step(p, seq, b == seq, a == seq);
        i -= a == seq;
        k -= b == seq;
        if (rc == 0)
            rc = ctx_check_cancel(t->ctx);
        ctx_progress(t->ctx, "looking at what is new", t->plan_count, 0, "bundles");
    }
    header_walk_dispose(&p->walk);
    return rc;
}

/* The lowest seq of `from` that is not held; UINT64_MAX where all are. */
static uint64_t lowest_new(const struct taking *t)
{
    size_t k = 0;
    for (size_t i = 0; i < t->from->seq_count; i++) {
        while (k < t->held_count && t->held[k] < t->from->seqs[i])
            k++;
        if (k == t->held_count || t->held[k] != t->from->seqs[i])
            return t->from->seqs[i];
    }
    return UINT64_MAX;
}

static uint64_t lowest_planned(const struct taking *t)
{
    return t->plan_count > 0 ? t->plan[t->plan_count - 1].seq : UINT64_MAX;
}

static int walk_once(struct planning *p)
{
    struct taking *t = p->t;
    t->plan_count = 0;
    t->total = 0;
    t->orders.count = 0;
    p->zeroed.count = 0;
    p->comparing = true;
    return walk_down(p);
}

/* ---- zeros that nobody ordered ---- */

static int by_falling_seq(const void *a, const void *b)
{
    const struct plan_item *x = a, *y = b;
    return x->seq < y->seq ? 1 : x->seq > y->seq ? -1 : (int)x->action - (int)y->action;
}

/* Among the first `count` of the plan, which fall. */
static bool is_planned(const struct taking *t, size_t count, uint64_t seq)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (t->plan[mid].seq > seq)
            low = mid + 1;
        else
            high = mid;
    }
    return low < count && t->plan[low].seq == seq;
}

/* The source's copy takes the place of a held one with a block of zeros that is damage; that it is the same bundle,
 * and whole, is checked when its turn comes. */
static int mend(struct planning *p, uint64_t seq)
{
    struct taking *t = p->t;
    int rc = take_load_held(p->at, t, seq);
    if (rc == 0)
        rc = held_join_alone(p->at, t->from, t->ctx);
    if (rc == 0) {
        p->source.hash = p->at->bundle.header.hash;
        p->source.verdict = p->at->verdict;
        if (is_usable(&(struct sight){.there = true, .verdict = p->at->verdict}))
            rc = add(p, seq, PLAN_TAKE);
    }
    held_dispose(p->at);
    return rc;
}

/* The blocks come bundle by bundle, as they were walked, and one bundle may have 65,535: each bundle is mended once. */
static int mend_all(struct planning *p)
{
    struct taking *t = p->t;
    size_t walked = t->plan_count;
    uint64_t last = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->zeroed.count; i++) {
        uint64_t seq = p->zeroed.items[i].seq;
        if (seq == last || orders_explain(&t->orders, &p->zeroed.items[i]))
            continue;
        last = seq;
        if (!is_planned(t, walked, seq))
            rc = mend(p, seq);
    }
    if (rc == 0 && t->plan_count > 0)
        qsort(t->plan, t->plan_count, sizeof(*t->plan), by_falling_seq);
    return rc;
}

/* ---- all of it ---- */

int plan_make(struct taking *t)
{
    struct planning *p = calloc(1, sizeof(*p));
    if (p == NULL || (p->at = malloc(sizeof(*p->at))) == NULL) {
        free(p);
        return ctx_error_nomem(t->ctx);
    }
    p->t = t;
    uint64_t lowest = lowest_new(t), settled = t->has_head ? t->head_seq : 0;
    /* What lies above the head there came with a run that was cut short: its orders may not be carried out. */
    p->orders_above = lowest < settled ? lowest : settled;
    p->stop = t->options->check_held || t->cut_unsettled ? 1 : lowest <= settled ? lowest : settled + 1;
    uint64_t faults = t->result->faults;
    int rc = walk_once(p);
    /* A bundle that is to be replaced may be the target of orders that were not looked for so far down. */
    if (rc == 0 && lowest_planned(t) < p->orders_above) {
        p->orders_above = lowest_planned(t);
        struct take_options quiet = *t->options;
        const struct take_options *options = t->options;
        quiet.fault = NULL;
        t->options = &quiet;
        t->result->faults = faults;
        rc = walk_once(p);
        t->options = options;
    }
    if (rc == 0)
        rc = orders_close(t);
    if (rc == 0 && p->zeroed.count > 0)
        rc = mend_all(p);
    erasure_claims_dispose(&p->zeroed);
    free(p->at);
    free(p);
    return rc;
}
