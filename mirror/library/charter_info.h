/* Charters for the front ends. */
#ifndef LIBRARY_CHARTER_INFO_H
#define LIBRARY_CHARTER_INFO_H

#include <mimeo/charter.h>

#include "trust/keyfile.h"
#include "trust/proposal.h"

/* `publisher`: whose charter it is.  `extras` is the charter's. */
void charter_info(struct mimeo_charter *out, const struct charter *c, const struct hash *publisher);

/* What a signer of this proposal must not overlook: lines appended to `out` with an LF each, gravest first. */
int proposal_warnings(struct buf *out, mimeo_ctx *ctx, const struct proposal *p);

/* A public key as people give it (mimeo/charter.h).  `near` may be NULL: a role whose keys may be cut short.
 * MIMEO_EUSAGE where it is none, or where the file or line says that it has another role. */
int public_key_given(struct public_key *out, mimeo_ctx *ctx, const char *given, enum key_role role,
                     const struct role *near);

#endif
