/*
 * Erasure (FORMAT.md section 7): blocks of zeros that are no damage, because a later bundle asked
 * for it to protect somebody.
 */
#ifndef LIBRARY_ERASURE_H
#define LIBRARY_ERASURE_H

#include "bundle/record.h"
#include "library/mirror.h"

/* Blocks that were found to be all zeros. Zeroed storage is empty. */
struct erasure_claims {
    struct record_erase *items;
    size_t count, cap;
    bool *told;  /* of each item, once closed: it is explained */
    size_t left; /* that are not */
};
int erasure_claims_add(struct erasure_claims *c, const struct record_erase *item);
/* Move all of `from` to the end of `to`. */
int erasure_claims_take(struct erasure_claims *to, struct erasure_claims *from);
void erasure_claims_dispose(struct erasure_claims *c);
/* No more is added.  MIMEO_ENOMEM. */
int erasure_claims_close(struct erasure_claims *c);
/* The claim that the order explains, once; NULL: none, or it was explained before. */
const struct record_erase *erasure_claims_explain(struct erasure_claims *c, const struct record_erase *order);

/* Read the catalogs, newest first, until each claim is explained; `explained` hears by which bundle
 * (the first that listed it), `unexplained` of the rest. */
int erasure_settle(struct erasure_claims *claims, mimeo_mirror *m, mimeo_ctx *ctx,
                   void (*explained)(const struct record_erase *claim, uint64_t by, void *payload),
                   void (*unexplained)(const struct record_erase *claim, void *payload),
                   void *payload);

#endif
