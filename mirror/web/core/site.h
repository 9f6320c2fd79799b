/*
 * A static mirror on the web as a store: its files by name, newest bundles first, only the bytes that are needed.
 *
 * A bundle is read up to the end of its catalog; its texts follow when they are read.  Of a long history only the
 * newest bundles are looked at, and older ones as the reader goes on (the horizon): to list a thousand bundles, a
 * thousand have to be asked for.
 */
#ifndef CORE_SITE_H
#define CORE_SITE_H

#include "store/backend.h"

#define SITE_STEP 20 /* bundles by which the horizon moves */

/* The head of the site is read at once: MIMEO_EUNREACHABLE, MIMEO_ENOTFOUND where there is none. */
int site_open(struct backend **out, mimeo_ctx *ctx);
/* Bundles below the horizon. */
uint64_t site_older(const struct backend *site);
void site_move(struct backend *site);

#endif
