/*
 * Publishers that ship with mimeo: the first charters below keys/ of the source, compiled in.  A mirror of one of
 * them is verified without a pin, since whoever installed mimeo has the whole of its ID.
 *
 * The directories below keys/ are labels for people: what counts is the hash of the charter's text.
 *
 * The table is alone in its object file (tools/cmake/keyring.cmake makes it), so that a test program can be linked
 * with another one.
 */
#ifndef LIBRARY_KEYRING_H
#define LIBRARY_KEYRING_H

#include "trust/charter.h"

struct keyring_entry {
    const uint8_t *note; /* charter 1, as its file is */
    size_t len;
};
extern const struct keyring_entry keyring_table[]; /* ended by a NULL note */

/* Call `fn` for each shipped charter.  Nonzero from fn stops and is returned.  One that does not hold is a fault
 * of the build: MIMEO_EMALFORMED, MIMEO_EFORGED. */
int keyring_each(mimeo_ctx *ctx, int (*fn)(const struct charter *first, void *payload), void *payload);
/* 1 and its name, 0 where this publisher does not ship.  `name` has LIMIT_NAME + 1 bytes. */
int keyring_find(char *name, mimeo_ctx *ctx, const struct hash *publisher);
/* Does another publisher that ships go by this name (caseless for ASCII)?  1, 0. */
int keyring_has_name(mimeo_ctx *ctx, const char *name, const struct hash *other_than);

#endif
