/*
 * Where things are in a library, whether anything is held there, and what the last sync brought.
 */
#ifndef LIBRARY_HOLDING_H
#define LIBRARY_HOLDING_H

#include "library/paths.h"

/* "<library>/publishers/<ID>" in fresh memory; `library` is a path already. */
int library_publisher_path(char **out, mimeo_ctx *ctx, const char *library, const struct hash *publisher);
/* Is there a mirror in it?  A taking writes the first charter before all else; a directory where it was stopped before
 * that holds nothing yet, and is no fault.  What lost that charter since and has a head or bundles is held, and faulty. */
bool library_is_held(const char *publisher_path);
/* "<library>/work/<ID>". */
int library_work_path(char **out, mimeo_ctx *ctx, const char *library, const struct hash *publisher);
/* What has just arrived, which `list --new` shows until the next mark: bundles above what was held, and of those below the
 * ones that filled a gap. */
#define ARRIVED_RANGES 64
struct arrived {
    uint64_t above;
    size_t count;
    struct {
        uint64_t first, last;
    } older[ARRIVED_RANGES]; /* ascending; where there are more, the last takes in what lies between */
};
bool arrived_has(const struct arrived *a, uint64_t seq);
void arrived_add(struct arrived *a, uint64_t seq);
int library_mark_arrived(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const struct arrived *a);
/* 1 and *out; 0 where nothing was marked. */
int library_read_arrived(struct arrived *out, mimeo_ctx *ctx, const char *library, const struct hash *publisher);

#endif
