/*
 * Secret keys at rest: one small file a key, encrypted by a passphrase (Argon2id and
 * secretbox) or, where the user insists, in the clear.  Mode 0600, made with O_EXCL.
 *
 * Text form, so that it can be printed and typed in again (root keys live on paper):
 *
 *     mimeo secret key 1
 *     role root | publish
 *     public <64 hex>
 *     kdf argon2id <opslimit> <memlimit> <32 hex salt>  |  kdf none
 *     box <hex of nonce and secretbox of the seed>      |  seed <64 hex>
 *     sum <8 hex>          first 4 bytes of the hash of the lines above: catches typing errors
 */
#ifndef TRUST_KEYFILE_H
#define TRUST_KEYFILE_H

#include "trust/sign.h"

enum key_role { KEY_ROOT, KEY_PUBLISH };

/* A passphrase in sodium_malloc memory. */
struct passphrase {
    char *ptr; /* NULL: none, the key is stored in the clear */
    size_t len;
};
/* Room for one of PASSPHRASE_MAX bytes, still empty. */
#define PASSPHRASE_MAX 1024
int passphrase_new(struct passphrase *out, mimeo_ctx *ctx);
void passphrase_dispose(struct passphrase *p);
int passphrase_copy(struct passphrase *out, mimeo_ctx *ctx, struct view v); /* at most 1024 bytes, not empty */

/* Key derivation cost: real use, or the least there is (tests, by mimeo's own test programs). */
enum key_cost { KEY_COST_NORMAL, KEY_COST_MINIMAL };

int keyfile_write(mimeo_ctx *ctx, const char *path, enum key_role role,
                  const struct secret_key *key, const struct passphrase *p, enum key_cost cost);
struct keyfile_info {
    enum key_role role;
    struct public_key key;
    bool encrypted;
};
/* Without the passphrase: what it is.  Refuses (MIMEO_EFAIL) symbolic links and files that group or
 * others can read (says chmod 600) or that are not ours or root's; (MIMEO_EMALFORMED) files over 4 KiB,
 * with memlimit over 256 MiB or opslimit over 16, and typing errors. */
int keyfile_inspect(struct keyfile_info *out, mimeo_ctx *ctx, const char *path);
/* The same for the text of a key file in memory; `what` is its name in messages. */
int keyfile_parse(struct keyfile_info *out, mimeo_ctx *ctx, const char *what, struct view text);
/* MIMEO_EPASSPHRASE: wrong or missing passphrase.  The public key is derived again from the seed
 * and must be the one in the file: else MIMEO_EFORGED. */
int keyfile_read(struct secret_key **out, enum key_role *role, mimeo_ctx *ctx, const char *path,
                 const struct passphrase *p);
/* Change the passphrase (atomically: the old file or the new). */
int keyfile_rewrite(mimeo_ctx *ctx, const char *path, const struct passphrase *old_p,
                    const struct passphrase *new_p, enum key_cost cost);

/* The lines of a key file, checked and NUL-terminated, in locked memory (sodium_free it): a secret where the key
 * has no passphrase. */
int keyfile_text(char **out, size_t *len, mimeo_ctx *ctx, const char *path);
/* Put such lines into a new file.  One that is there with the same lines is fine: else MIMEO_EEXISTS. */
int keyfile_put(mimeo_ctx *ctx, const char *path, struct view text);

#endif
