/*
 * Work on hostile bytes in a child process with its own caps, so that a bomb or a
 * crash in a parser ends the child and not the command.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/bytes.h"
#include "base/context.h"

struct child_limits {
    size_t memory;  /* address space, bytes; ignored under AddressSanitizer */
    int seconds;    /* of processor time, and twice that of wall time */
    size_t output;  /* the most that it may give back */
};

/* Run fn(payload) in a forked child.  What it appends to `out` and the code and
 * message it ends with come back over a pipe.  A child that dies, is killed or runs
 * out of its limits gives MIMEO_EMALFORMED with "`what` could not be read within its limits".
 * `out` is initialised here.  The child has no stdin, and inherits stderr. */
int child_run(struct buf *out, mimeo_ctx *ctx, const char *what,
              const struct child_limits *limits,
              int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload);

#endif
