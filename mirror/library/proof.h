/*
 * Proofs of conflict (FORMAT.md section 4, "Proofs"): a pack with the charters of a publisher and two notes that
 * its keys signed and that cannot both be of one history.  Whoever has it can check it, and needs nothing else.
 *
 *     charters 1…n, the header of seq s, another header of seq s
 *     charters 1…n, the header of seq s, a header whose prev or skip names another of seq s
 *     charters 1…n, another charter n
 *
 * Beware: that a proof holds does not say that it still counts: a charter newer than those in it may have settled it.
 */
#ifndef LIBRARY_PROOF_H
#define LIBRARY_PROOF_H

#include "bundle/object.h"
#include "trust/header.h"

#define PROOF_MAX (LIMIT_CHARTERS * (PREFIX_LEN + LIMIT_CHARTER) + 2 * (PREFIX_LEN + LIMIT_CHARTER))

enum proof_kind {
    PROOF_BUNDLES,  /* two headers of one seq */
    PROOF_LINK,     /* a header, and one further up whose link names another in its place */
    PROOF_CHARTERS, /* two charters of one version */
};

struct proof {
    enum proof_kind kind;
    struct charter_chain chain; /* for PROOF_CHARTERS one of the two is its newest, and `rival` has the other's note */
    struct header headers[2];   /* PROOF_LINK: by seq; PROOF_BUNDLES: by hash */
    struct hash id;             /* of what contradicts, however it is signed and whichever charters go with it */
};

/* Does the file claim to be one: no objects but charters and headers, with two headers or two charters of a version?
 * Reads prefixes alone. */
bool proof_is_claimed(mimeo_ctx *ctx, struct view bytes);
/* Check all of it.  MIMEO_EFORGED: a signature or charter is wrong; MIMEO_EMALFORMED: it is no proof, or
 * proves nothing; MIMEO_ENEWER.  `what` names the file. */
int proof_check(struct proof **out, mimeo_ctx *ctx, const char *what, struct view bytes);
void proof_free(struct proof *p);

/* Append the proof that two header notes make, in either order, and give its id; or that `rival` makes with
 * the charter of its version in the chain.  MIMEO_EMALFORMED and the other codes of proof_check where they
 * prove nothing; then `out` is as it was. */
int proof_write_headers(struct buf *out, struct hash *id, mimeo_ctx *ctx, const struct charter_chain *chain,
                        struct view a, struct view b);
int proof_write_charters(struct buf *out, struct hash *id, mimeo_ctx *ctx, const struct charter_chain *chain,
                         struct view rival);

/* What a reader has to know of a proof that stands. */
struct proof_standing {
    enum proof_kind kind;
    uint64_t number; /* the seq, or the charter's version */
};
/* Does the proof stand, by the charters of `chain`, which may be newer than its own?  1 and *out; 0 where
 * they settle it, or it proves nothing.  Cheap where it is settled: then no signature is checked. */
int proof_stands(struct proof_standing *out, mimeo_ctx *ctx, const struct charter_chain *chain, struct view bytes);

#endif
