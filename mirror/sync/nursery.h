/*
 * A directory for the time of a run: what is fetched before anybody knows whose it is, a look at another's head, a
 * repository made to be pushed once.  It is in the library, which is private; where that cannot be written, among the
 * system's temporary files.  One that a killed run left is removed by the next that makes one in the same place, or syncs into the library.
 */
#ifndef SYNC_NURSERY_H
#define SYNC_NURSERY_H

#include "base/context.h"

struct nursery {
    char *path; /* <library>/work/new-<random>, mode 0700 */
    int lock;
};
/* `library` as in path_library.  On failure there is nothing to close. */
int nursery_open(struct nursery *out, mimeo_ctx *ctx, const char *library);
/* Remove those in the library that killed runs left: they may have text that was erased since. */
int nursery_sweep(mimeo_ctx *ctx, const char *library);
/* Removed with everything in it.  One that is zeroed but for `path` NULL was never opened. */
void nursery_close(struct nursery *n);

#endif
