/*
 * The walk down a mirror's headers: for each one held, newest first, whether it can be believed
 * (FORMAT.md section 9, "Joined" and "Withdrawn keys").
 *
 *     header_walk_init(&w, ctx, &chain, &anchor);
 *     for each header held, by descending seq:
 *         verdict = header_walk_step(&w, ctx, what, &header, standing);
 */
#ifndef LIBRARY_WALK_H
#define LIBRARY_WALK_H

#include <mimeo/verdict.h>

#include "trust/join.h"

struct cut_walk {
    uint32_t version; /* of the charter that cuts */
    uint64_t seq;
    struct join join;
};

struct header_walk {
    const struct header *anchor; /* the head, borrowed: what everything must be reached from; NULL: none holds */
    struct join join;
    struct cut_walk *cuts;
    size_t cut_count;
    /* Headers that are held without their bundles: the walk steps over those on its way, fetched by the hash that a link
     * names.  NULL: none. */
    uint64_t *bare; /* ascending; the walk's */
    size_t bare_left;
    join_fetch_fn fetch;
    void *fetch_payload;
    uint64_t fork_from;      /* 0: none; else what `fork` joins from here up is proven to be of another history */
    struct join fork;
};

int header_walk_init(struct header_walk *w, mimeo_ctx *ctx, const struct charter_chain *chain,
                     const struct header *anchor);
void header_walk_dispose(struct header_walk *w);
/* `top` was proven to lead to another bundle `from` than the anchor does (`from` is no higher than `top`). */
void header_walk_fork(struct header_walk *w, const struct header *top, uint64_t from);

/* The verdict on a header that header_judge found good with `standing`: MIMEO_GOOD, MIMEO_UNJOINED,
 * MIMEO_CONFLICTED or MIMEO_REVOKED, with the message set for the last two and for unjoined. */
enum mimeo_verdict header_walk_step(struct header_walk *w, mimeo_ctx *ctx, const char *what,
                                    const struct header *h, enum header_standing standing);

/* The same decision from what the chains say of a header: how it stands to the head's, and to the
 * cuts' (NOT_ANCESTOR: `version` is the charter that contradicts it). */
enum mimeo_verdict header_verdict(mimeo_ctx *ctx, const char *what, enum header_standing standing,
                                  enum joined by_head, enum joined by_cut, uint32_t version);

#endif
