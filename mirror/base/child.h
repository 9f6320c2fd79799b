/*
 * Work on hostile bytes in a child process with its own caps, so that a bomb or a
 * crash in a parser ends the child and not the command.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/asan.h"
#include "base/bytes.h"
#include "base/context.h"

/* Whether a child may be forked while other threads are at work.  glibc lets go of its allocator's locks in the child;
 * AddressSanitizer's allocator does not, and a child of it may wait for one for ever. */
#define CHILD_BESIDE_THREADS (!UNDER_ASAN)

/* It has the processor to itself on no machine; on a very busy one it still gets its time. */
#define CHILD_WALL_TIMES 6

struct child_limits {
    size_t memory;       /* address space, bytes; ignored under AddressSanitizer */
    int seconds;         /* of processor time */
    size_t output;       /* the most that it may give back */
    int wall_seconds;    /* 0: CHILD_WALL_TIMES `seconds` */
    int stall_seconds;   /* without progress or an end; 0: any time */
    uint64_t file_bytes; /* the largest file that it may write; 0: it writes none */
};

enum child_end {
    CHILD_ANSWERED,  /* the code and the message are fn's */
    CHILD_DEADLINE,  /* wall_seconds passed */
    CHILD_STALLED,   /* stall_seconds passed */
    CHILD_CANCELLED, /* MIMEO_ECANCELLED, with the message set */
    CHILD_DIED       /* of `signal`, or it talked nonsense */
};
struct child_fate {
    enum child_end end;
    int signal; /* 0: it ended by itself */
};

/* For `memory`: what this process has now and `extra`, since a child starts with all that its parent has (threads'
 * stacks and arenas above all, which take address space and hardly any memory). */
size_t child_memory(size_t extra);

/* Run fn(payload) in a forked child.  What it appends to `out` and the code and
 * message it ends with come back over a pipe, and so does its progress.  A child that dies, is
 * killed or runs out of its limits gives MIMEO_EMALFORMED with "`what` could not be read within its limits".
 * `out` is initialised here.  The child has no stdin, and inherits stderr. */
int child_run(struct buf *out, mimeo_ctx *ctx, const char *what,
              const struct child_limits *limits,
              int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload);

/* The same for a caller with words of its own: 0 where the child could be started, and then `fate` says what came
 * of it, and where it answered `code` is fn's.  `out` is set only where that is 0. */
int child_try(struct child_fate *fate, int *code, struct buf *out, mimeo_ctx *ctx,
              const struct child_limits *limits,
              int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload);

#endif
