/*
 * Where things are in a library, and what the last sync brought.
 */
#ifndef LIBRARY_HOLDING_H
#define LIBRARY_HOLDING_H

#include "library/paths.h"

/* "<library>/publishers/<ID>" in fresh memory; `library` is a path already. */
int library_publisher_path(char **out, mimeo_ctx *ctx, const char *library, const struct hash *publisher);
/* "<library>/work/<ID>". */
int library_work_path(char **out, mimeo_ctx *ctx, const char *library, const struct hash *publisher);
/* What comes above `seq_before` has just arrived: `list --new` shows it until the next mark. */
int library_mark_arrived(mimeo_ctx *ctx, const char *library, const struct hash *publisher, uint64_t seq_before);
/* 1 and *seq_before; 0 where nothing was marked. */
int library_read_arrived(uint64_t *seq_before, mimeo_ctx *ctx, const char *library, const struct hash *publisher);

#endif
