/*
 * Ways to a mirror.  A mirror is a set of named files that verify themselves; a way makes a store of an
 * address, slice by slice, and the library takes from the store what it lacks.  Ways know nothing of trust,
 * and whatever they bring is verified: so a new one (pieces under a censor's budget, another protocol) is one file and one line
 * in the table.
 *
 *     for (way = way_of(address); (rc = way->next(&store, a, ctx)) == 1;)
 *         … take from the store, close it …, rc = way->settle(a, ctx, all_was_good);
 *     way->end(a);
 */
#ifndef SYNC_WAY_H
#define SYNC_WAY_H

#include <mimeo/sync.h>

#include "net/address.h"
#include "store/store.h"

/* One attempt at one address. */
struct approach {
    const char *text;              /* the address as it was given */
    const struct address *address;
    const struct mimeo_network *network;
    char *work;              /* a directory for what the way keeps from one sync to the next; the lock on it is held */
    const char *held;        /* what the library holds of this publisher; need not be there yet */
    uint64_t held_seq;       /* bundles 1 to this are held; the way may leave them out */
    bool no_media;
    bool afresh;             /* in: as if nothing had been fetched before: what is held may be damaged */
    bool again;              /* in: let `next` give the last store once more, from `work` as it is now */
    bool behind;             /* out: the address has an older state than the one before */
    uint64_t network_bytes;  /* out: received, as far as the way can tell */
    void *state;             /* the way's */
};

struct way {
    const char *name;
    bool (*serves)(const struct address *address);
    /* 1 and *out: a store with something more in it than the last; 0: that was all.  MIMEO_EUNREACHABLE, MIMEO_ETIMEOUT,
     * MIMEO_ENOTFOUND, MIMEO_EMALFORMED, MIMEO_EFORGED, MIMEO_EIO. */
    int (*next)(struct store **out, struct approach *a, mimeo_ctx *ctx);
    /* `good`: what the last store had is in the library now: keep of it what the next visit needs.  Else something of it was
     * refused: forget that it ever came. */
    int (*settle)(struct approach *a, mimeo_ctx *ctx, bool good);
    void (*end)(struct approach *a);
    /* Before the first `next`, of no address: 1 and *out: what a run brought that was killed before it came to `settle`; take
     * from it and settle it, so that nothing stays on the disk that was never judged (an old mirror's may have text that was
     * erased since).  0: there is nothing such.  NULL: the way keeps nothing. */
    int (*recover)(struct store **out, struct approach *a, mimeo_ctx *ctx);
};

extern const struct way way_files, way_git;
/* The first way that serves an address of this kind; NULL: none. */
const struct way *way_of(const struct address *address);
/* The n-th of them all; NULL past the last. */
const struct way *way_at(size_t n);

#endif
