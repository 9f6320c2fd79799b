/*
 * Where things live: the library (XDG data) and the keys (XDG configuration).
 */
#ifndef LIBRARY_PATHS_H
#define LIBRARY_PATHS_H

#include "base/file.h"
#include "trust/hash.h"

/* `given`, else $MIMEO_LIBRARY, else $XDG_DATA_HOME/mimeo, else ~/.local/share/mimeo, in fresh
 * memory.  MIMEO_EFAIL where there is no home. */
int path_library(char **out, mimeo_ctx *ctx, const char *given);
/* $XDG_CONFIG_HOME/mimeo/keys/<first 16 hex of the ID>.key, else below ~/.config. */
int path_publish_key(char **out, mimeo_ctx *ctx, const struct hash *publisher);
/* `path` without its last component ("." where it has one only), in fresh memory; NULL: no memory. */
char *path_parent(const char *path);

/* A new file at a path that the user named, durable.  MIMEO_EEXISTS. */
int path_write_new(mimeo_ctx *ctx, const char *path, struct view bytes, mode_t mode);

#endif
