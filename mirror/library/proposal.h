/* Inside of a proposal as the front ends have it. */
#ifndef LIBRARY_PROPOSAL_H
#define LIBRARY_PROPOSAL_H

#include <mimeo/charter.h>

#include "trust/proposal.h"

#define PROPOSAL_WARNINGS_MAX 16

struct mimeo_proposal {
    struct proposal p;
    struct mimeo_charter next, before;
    char *warning_text;                        /* the lines that `warnings` point into */
    const char *warnings[PROPOSAL_WARNINGS_MAX];
    size_t warning_count;
    char unsound[CTX_MESSAGE_MAX];
};

/* An empty one; NULL with the message set. */
mimeo_proposal *proposal_new(mimeo_ctx *ctx);
/* Fill all but `p` from it. */
int proposal_tell(mimeo_proposal *p, mimeo_ctx *ctx);

#endif
