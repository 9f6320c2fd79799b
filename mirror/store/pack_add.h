/* A file becomes part of a pack where it is one, encrypted or not; any other is told as what it is. */
#ifndef STORE_PACK_ADD_H
#define STORE_PACK_ADD_H

#include "store/pack_source.h"

/* MIMEO_EMALFORMED: it is something else, in words.  MIMEO_EPASSPHRASE: it may be an encrypted pack, and there is no
 * passphrase, or not this one. */
int pack_add(struct pack_source *source, mimeo_ctx *ctx, const char *path);
/* The same of a file that just lies there, as packs_add_found() says. */
int pack_add_found(struct pack_source *source, mimeo_ctx *ctx, const char *path, bool sealed);

#endif
