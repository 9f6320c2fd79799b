/*
 * Secret keys in files, and how a passphrase is asked for.
 */
#ifndef MIMEO_KEY_H
#define MIMEO_KEY_H

#include <stdbool.h>

#include <mimeo/context.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIMEO_PASSPHRASE_MAX 1024
#define MIMEO_HEX_LEN 64

enum mimeo_key_role { MIMEO_KEY_ROOT, MIMEO_KEY_PUBLISH };

/* Asked once for each passphrase that is needed.  `what` says for what ("the publishing key",
 * "the new passphrase of …"), `confirm` that it is a new one, to be asked twice.  Fill `out` (locked
 * memory, MIMEO_PASSPHRASE_MAX bytes) and *len and return 0; len 0 means "none": a new key is then stored
 * in the clear.  Or return a negative code after saying why. */
typedef int (*mimeo_passphrase_fn)(const char *what, bool confirm, char *out, size_t *len,
                                   void *payload);
struct mimeo_passphrase_source {
    mimeo_passphrase_fn fn; /* NULL: there is none to ask; a locked key gives MIMEO_EPASSPHRASE */
    void *payload;
};

struct mimeo_key_info {
    enum mimeo_key_role role;
    char public_key[MIMEO_HEX_LEN + 1];
    bool encrypted;
};

/* Make a key in a new file (mode 0600; MIMEO_EEXISTS where one is there). */
MIMEO_API int mimeo_key_new(mimeo_ctx *ctx, const char *path, enum mimeo_key_role role,
                            const struct mimeo_passphrase_source *passphrase,
                            struct mimeo_key_info *info);
/* What a key file is, without its passphrase. */
MIMEO_API int mimeo_key_show(mimeo_ctx *ctx, const char *path, struct mimeo_key_info *info);
/* Change, set or remove the passphrase; the file is the old or the new one at every moment. */
MIMEO_API int mimeo_key_passphrase(mimeo_ctx *ctx, const char *path,
                                   const struct mimeo_passphrase_source *old_source,
                                   const struct mimeo_passphrase_source *new_source);

#ifdef __cplusplus
}
#endif
#endif
