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
/* What comes above `seq_before` has just arrived: `list --new` shows it until the next mark. */
int library_mark_arrived(mimeo_ctx *ctx, const char *library, const struct hash *publisher, uint64_t seq_before);
/* 1 and *seq_before; 0 where nothing was marked. */
int library_read_arrived(uint64_t *seq_before, mimeo_ctx *ctx, const char *library, const struct hash *publisher);

#endif
