/*
 * Running another program (git, ssh behind it) with a deadline: what it says is kept under a cap, and
 * when its time is up, or the caller wants to stop, it goes with all that it started.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/bytes.h"
#include "base/context.h"

struct program {
    const char *const *argv;   /* NULL-ended; argv[0] is looked up in PATH */
    const char *const *change; /* of the environment: "NAME=value" sets, "NAME" removes; NULL-ended, or NULL */
    bool may_ask;              /* it may talk with the person at the terminal, if there is one */
    int seconds;               /* of wall time */
    size_t output;             /* kept of each of its two outputs; what is more is read and dropped */
    uint64_t file_size;        /* the largest file that it may write; 0: any */
};
struct program_result {
    struct buf out, err; /* initialised by program_run */
    int status;          /* of its exit; 128 + n where signal n ended it */
    bool cut_short;      /* it said more than `output` */
};

/* Its standard input is empty.  0 where it ran to its end, whatever its status.  MIMEO_ENOTFOUND where there is no such program,
 * MIMEO_ETIMEOUT, MIMEO_ECANCELLED, MIMEO_EIO; then *out is untouched. */
int program_run(struct program_result *out, mimeo_ctx *ctx, const struct program *program);
void program_result_dispose(struct program_result *r);

#endif
