/* Opening encrypted packs: whether a file may be one, and with which passphrase it is tried. */
#ifndef STORE_SEALED_H
#define STORE_SEALED_H

#include "store/pack_source.h"

/* A file that is nothing else that mimeo knows: `front` are its first bytes (SEAL_LOOK of them, or all), `size` is its own.
 * 0: no sealed file.  1: added to the source, opened with the context's passphrase.  MIMEO_EPASSPHRASE: it may be one,
 * and there is no passphrase, or not this one. */
int sealed_add(struct pack_source *source, mimeo_ctx *ctx, const struct pack_region *r, struct view front);

#endif
