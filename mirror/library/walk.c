/*
 * Joining against the head and against every cut at once.  A header that the head's chain reaches
 * is good; one that a cut's chain contradicts is revoked, whoever reaches it.
 */
#include "library/walk.h"

#include <stdlib.h>

static void seed_cuts(struct header_walk *w, const struct charter_chain *chain)
{
    for (uint32_t v = 1; v <= chain->count; v++) {
        const struct charter *c = charter_chain_get(chain, v);
        if (!c->is_cut)
            continue;
        struct cut_walk *cut = &w->cuts[w->cut_count++];
        cut->version = v;
        cut->seq = c->from_seq;
        join_init(&cut->join, c->from_seq, &c->from_hash);
    }
}

int header_walk_init(struct header_walk *w, mimeo_ctx *ctx, const struct charter_chain *chain,
                     const struct header *anchor)
{
    size_t cuts = 0;
    for (uint32_t v = 1; v <= chain->count; v++)
        cuts += charter_chain_get(chain, v)->is_cut;
    struct header_walk made = {.anchor = anchor};
    if (cuts > 0 && (made.cuts = calloc(cuts, sizeof(*made.cuts))) == NULL)
        return ctx_error_nomem(ctx);
    seed_cuts(&made, chain);
    if (anchor != NULL) {
        join_init(&made.join, anchor->seq, &anchor->hash);
        /* The anchor's links count even where its bundle is not held: its header is. */
        join_step(&made.join, anchor);
    }
    *w = made;
    return 0;
}

void header_walk_dispose(struct header_walk *w)
{
    if (w == NULL)
        return;
    free(w->cuts);
    free(w->bare);
    *w = (struct header_walk){0};
}

void header_walk_fork(struct header_walk *w, const struct header *top, uint64_t from)
{
    w->fork_from = from;
    join_init(&w->fork, top->seq, &top->hash);
    join_step(&w->fork, top);
}

/* One walk meets a header that is held alone, where its links lead there. */
static void step_bare(struct header_walk *w, mimeo_ctx *ctx, struct join *j, uint64_t seq)
{
    struct hash want;
    if (!join_expects(j, seq, &want))
        return;
    struct header *h = malloc(sizeof(*h));
    /* Without memory it is as if it were not there: what is below is unjoined. */
    if (h != NULL && w->fetch(h, ctx, seq, &want, w->fetch_payload) == 1)
        join_step(j, h);
    free(h);
}

static void step_over_bare(struct header_walk *w, mimeo_ctx *ctx, uint64_t down_to)
{
    while (w->bare_left > 0 && w->bare[w->bare_left - 1] >= down_to) {
        uint64_t seq = w->bare[--w->bare_left];
        step_bare(w, ctx, &w->join, seq);
        for (size_t i = 0; i < w->cut_count; i++)
            step_bare(w, ctx, &w->cuts[i].join, seq);
        if (w->fork_from > 0)
            step_bare(w, ctx, &w->fork, seq);
    }
}

static bool is_of_fork(struct header_walk *w, const struct header *h)
{
    return w->fork_from > 0 && join_step(&w->fork, h) == JOINED && h->seq >= w->fork_from;
}

static enum joined step_head(struct header_walk *w, const struct header *h)
{
    if (w->anchor == NULL || h->seq > w->anchor->seq)
        return UNJOINED;
    if (h->seq == w->anchor->seq)
        return hash_equal(&h->hash, &w->anchor->hash) ? JOINED : NOT_ANCESTOR;
    return join_step(&w->join, h);
}

/* JOINED where some cut's chain proves it, NOT_ANCESTOR with *version where one contradicts it. */
static enum joined step_cuts(struct header_walk *w, const struct header *h, uint32_t *version)
{
    enum joined all = UNJOINED;
    for (size_t i = 0; i < w->cut_count; i++) {
        struct cut_walk *cut = &w->cuts[i];
        if (h->seq > cut->seq)
            continue;
        enum joined one = join_step(&cut->join, h);
        if (one == NOT_ANCESTOR && all != NOT_ANCESTOR) {
            all = NOT_ANCESTOR;
            *version = cut->version;
        } else if (one == JOINED && all == UNJOINED) {
            all = JOINED;
        }
    }
    return all;
}

static enum mimeo_verdict say(mimeo_ctx *ctx, const char *what, enum mimeo_verdict verdict,
                              const char *words)
{
    ctx_error(ctx, mimeo_verdict_code(verdict), "%s: %s", what, words);
    return verdict;
}

enum mimeo_verdict header_verdict(mimeo_ctx *ctx, const char *what, enum header_standing standing,
                                  enum joined by_head, enum joined by_cut, uint32_t version)
{
    if (by_cut == NOT_ANCESTOR) {
        ctx_error(ctx, MIMEO_EREVOKED,
                  "%s: signed with this publisher's key, but not of the history that charter %u "
                  "confirms: the key was withdrawn; do not believe it", what, version);
        return MIMEO_REVOKED;
    }
    if (by_head == JOINED)
        return MIMEO_GOOD;
    if (standing == HEADER_BY_ANCESTRY && by_cut != JOINED)
        return say(ctx, what, MIMEO_REVOKED,
                   "signed with a key that the publisher has withdrawn, and nothing that is held proves "
                   "that it was signed before; do not believe it");
    if (by_head == NOT_ANCESTOR && standing == HEADER_GOOD)
        return say(ctx, what, MIMEO_CONFLICTED,
                   "of another history than the one that you saw first, and signed by the publisher's key "
                   "too: keep both and ask the publisher by another way");
    if (by_head == NOT_ANCESTOR)
        return say(ctx, what, MIMEO_REVOKED, "not of the history that the head continues");
    return say(ctx, what, MIMEO_UNJOINED,
               "genuine, but the bundles between it and the head are not held: get them to prove that "
               "it belongs to the history");
}

enum mimeo_verdict header_walk_step(struct header_walk *w, mimeo_ctx *ctx, const char *what,
                                    const struct header *h, enum header_standing standing)
{
    uint32_t version = 0;
    step_over_bare(w, ctx, h->seq);
    enum joined by_cut = step_cuts(w, h, &version), by_head = step_head(w, h);
    if (is_of_fork(w, h) && by_head == UNJOINED)
        by_head = NOT_ANCESTOR;
    return header_verdict(ctx, what, standing, by_head, by_cut, version);
}
