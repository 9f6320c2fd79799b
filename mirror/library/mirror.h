/*
 * A mirror opened and judged: whose it is, which head it may claim, and a way through its
 * bundles that believes only what joins (FORMAT.md section 9).
 */
#ifndef LIBRARY_MIRROR_H
#define LIBRARY_MIRROR_H

#include <mimeo/mirror.h>

#include <pthread.h>

#include "bundle/bundle.h"
#include "library/trust_store.h"
#include "library/walk.h"
#include "store/store.h"

/* What the mirror is to whoever opens it. */
enum mirror_role {
    MIRROR_STRANGE, /* a stick, a clone, a pack: what it shows is remembered at once */
    MIRROR_OWN,     /* the publisher's own directory: files may be mapped */
    MIRROR_HELD,    /* the library's: files may be mapped; where more is known than is held, that is no rollback */
    MIRROR_FETCHED, /* about to be taken in: nothing is remembered; opening what is held then does it */
};

struct mimeo_mirror {
    enum mirror_role role;
    struct store *store;
    struct store *beside;   /* borrowed: where headers of the same publisher may be found too; NULL: nowhere */
    struct trust_store trust;
    struct charter_chain chain;
    struct pin pin;
    bool name_taken;

    bool has_head;
    struct header head;     /* the newest that this mirror has and that holds */
    struct buf head_note;
    bool has_known;
    struct header known;    /* the highest verified before, of the trust files */
    const struct header *anchor; /* what joins: the head, or the known one; NULL: none */
    struct header *fork;    /* the newest here, where it leads to another bundle `fork_from` than the anchor; else NULL */
    uint64_t fork_from;

    uint64_t *seqs;         /* bundles held, ascending */
    size_t seq_count;
    struct stored *dictionaries; /* those that bundles asked for, checked; never let go before the end,
                                    since worker threads inflate with them */
    struct hash *dictionary_hashes;
    size_t dictionary_count;
    pthread_mutex_t store_lock;  /* of the store and the dictionaries */

    enum mimeo_verdict verdict;
    char reason[CTX_MESSAGE_MAX];
    char remark[CTX_MESSAGE_MAX]; /* what is no fault of the mirror's, such as a library that cannot be written */
    bool late;
    bool stands;                    /* a proof is kept that no charter settles: the publisher is conflicted, and */
    char standing[CTX_MESSAGE_MAX]; /* the screens say so; what may be done with this mirror is by `verdict` alone */
    unsigned searches;              /* for proofs, in this mirror */
    char digits[MIMEO_DIGITS_LEN + 1];
};

int mirror_open(mimeo_mirror **out, mimeo_ctx *ctx, const char *path, const char *library,
                enum mirror_role role);
/* The same of a store that was opened already; takes it, on failure too. */
int mirror_open_store(mimeo_mirror **out, mimeo_ctx *ctx, struct store *store, const char *library,
                      enum mirror_role role);
/* Of a mirror that grows while it is opened the head may be newer than the list of bundles, which is read before it: its
 * bundle is there then, and the list is read again.  mirror_open does it by itself. */
int mirror_list_again(mimeo_mirror *m, mimeo_ctx *ctx);

/* Pin the publisher of an opened mirror, as mimeo_trust_add does of a path. */
int trust_pin_mirror(struct mimeo_pin *pin, mimeo_ctx *ctx, const char *library, const mimeo_mirror *m,
                     const struct mimeo_trust_options *options);

/* The walk down this mirror's headers. */
int mirror_walk_init(struct header_walk *w, mimeo_mirror *m, mimeo_ctx *ctx);

/* A bundle held, loaded and judged by its header: `verdict` MIMEO_GOOD or MIMEO_UNJOINED means that
 * `bundle` may be read with its tables checked; otherwise `code` and `message` say why not. */
struct held_bundle {
    uint64_t seq;
    char name[STORE_NAME_MAX];
    struct stored stored;
    struct bundle bundle;
    enum header_standing standing;
    enum mimeo_verdict verdict;
    char message[CTX_MESSAGE_MAX];
};
/* Step by step, so that verifying can do the middle one in a worker thread.  held_load sets
 * `verdict` where the bytes cannot be had; held_judge does steps 1 to 5 of section 9 but joining. */
int held_load(struct held_bundle *h, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq);
void held_judge(struct held_bundle *h, const mimeo_mirror *m, mimeo_ctx *ctx);
/* Where the chain has another header there, the proof is kept. */
void held_join(struct held_bundle *h, mimeo_mirror *m, struct header_walk *w, mimeo_ctx *ctx);
/* The same for one bundle alone, by the links that lead to it from the head: about 50 headers read at most.
 * Fails only where this machine does. */
int held_join_alone(struct held_bundle *h, mimeo_mirror *m, mimeo_ctx *ctx);
void held_dispose(struct held_bundle *h);

/* Every bundle held that may be read: the joined ones, newest first, and then the unjoined, newest first; so the first
 * that names an article is the one that counts, and what is unjoined never hides what is joined.  fn nonzero
 * stops and is returned. */
int mirror_each_bundle(mimeo_mirror *m, mimeo_ctx *ctx,
                       int (*fn)(struct held_bundle *held, mimeo_ctx *ctx, void *payload),
                       void *payload);

/* The dictionary of a bundle, checked against its hash: what bundle_inflate asks for.  `payload`
 * is the mirror. */
int mirror_dictionary(struct view *out, mimeo_ctx *ctx, const struct dictionary_ref *ref,
                      void *payload);

/* The header held for `seq` whose text hash is `want` (join_fetch_fn; payload: the mirror). */
int mirror_fetch_header(struct header *out, mimeo_ctx *ctx, uint64_t seq, const struct hash *want,
                        void *payload);

/* The same with its note, which is initialised where the result is 1. */
int mirror_fetch_note(struct header *out, struct buf *note, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                      const struct hash *want);

/* The hash of the header at `seq` that `from` descends from (or is).  MIMEO_EINCOMPLETE where one between is not held. */
int mirror_ancestor(struct hash *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct header *from, uint64_t seq);
/* The header held with this number and hash, in its bundle or bare, and its note (initialised here). */
int mirror_header_note(struct header *out, struct buf *note, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                       const struct hash *hash);

#endif
