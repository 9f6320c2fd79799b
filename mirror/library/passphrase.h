/* Asking for passphrases and opening keys: what init, publishing and the key commands share. */
#ifndef LIBRARY_PASSPHRASE_H
#define LIBRARY_PASSPHRASE_H

#include <mimeo/key.h>

#include "trust/keyfile.h"

/* `confirm`: a new one, and none (an empty passphrase) is fine. */
int passphrase_ask(struct passphrase *out, mimeo_ctx *ctx,
                   const struct mimeo_passphrase_source *source, const char *what, bool confirm);
/* Read a key that must have `role`, asking for its passphrase where it has one. */
int key_load(struct secret_key **out, mimeo_ctx *ctx, const char *path, enum key_role role,
             const struct mimeo_passphrase_source *source);

/* The lock beside a key: held by whoever signs with it or moves it.  *out is a descriptor. */
int key_lock(int *out, mimeo_ctx *ctx, const char *key_path);

#endif
