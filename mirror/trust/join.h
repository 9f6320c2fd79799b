/*
 * Joining (FORMAT.md section 9): one walk down the seqs from the head decides for every
 * header held whether prev and skip links reach it.  Links only go down, so the walk needs
 * the hashes expected below it and no more: memory is O(log n).
 *
 *     join_init(&j, head_seq, &head_hash);
 *     for seq from head_seq down to 1, each header held:  standing = join_step(&j, &header);
 */
#ifndef TRUST_JOIN_H
#define TRUST_JOIN_H

#include "trust/header.h"

enum joined {
    JOINED,        /* the head, or reached from it */
    UNJOINED,      /* nothing that is held points at this seq */
    NOT_ANCESTOR,  /* the chain has another header at this seq */
};

struct join_expectation {
    uint64_t seq;
    struct hash hash;
};

#define JOIN_MAX 128

struct join {
    struct join_expectation expected[JOIN_MAX]; /* by descending seq */
    size_t count;
};

void join_init(struct join *j, uint64_t head_seq, const struct hash *head_hash);
/* Headers in strictly descending seq, none above the head's. */
enum joined join_step(struct join *j, const struct header *h);
/* What the chain says the hash at `seq` is, where a link said so and it was not yet passed. */
bool join_expects(const struct join *j, uint64_t seq, struct hash *out);

/* Fetch the header held for `seq` that the walk wants next: 1 and *out, 0 where none is held, or a
 * negative code. `want` is the hash that the link names: give that header or none. */
typedef int (*join_fetch_fn)(struct header *out, mimeo_ctx *ctx, uint64_t seq,
                             const struct hash *want, void *payload);
/* Is (seq, hash) `from` or an ancestor of it, by the shortest path of links (at most 50 steps from
 * bundle 1,000,000)?  1 yes, 0 the path proves it is not (another hash stands there), MIMEO_EINCOMPLETE where a
 * header of the path is not held: skip links nest, so there is no other way round it. */
int join_path(mimeo_ctx *ctx, const struct header *from, uint64_t seq, const struct hash *hash,
              join_fetch_fn fetch, void *payload);
/* The same; and where it gives 0, *witness (untouched else) is the header that says so: `from` itself where
 * it is of that seq or below, else the one on the path whose prev or skip names another hash for `seq`. */
int join_path_witness(struct header *witness, mimeo_ctx *ctx, const struct header *from, uint64_t seq,
                      const struct hash *hash, join_fetch_fn fetch, void *payload);
/* What the links of `h` say the hash at `seq` is; false where none of them goes there. */
bool header_names(const struct header *h, uint64_t seq, struct hash *out);

#endif
