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

/* Where the passphrase of encrypted packs comes from: asked with `what` "encrypted packs" when the first file that may
 * be one is opened, once, and used for all that this context opens after.  The source's payload is borrowed until it is
 * replaced; NULL: forget it, and the passphrase.  Without one such a file is refused with MIMEO_EPASSPHRASE. */
MIMEO_API void mimeo_ctx_set_passphrase(mimeo_ctx *ctx, const struct mimeo_passphrase_source *source);

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

/* ---- paper, drills, another machine ---- */

/* The lines of a key file, to be printed: a secret where the key has no passphrase.  mimeo_key_text_free() wipes it. */
MIMEO_API int mimeo_key_text(char **out, mimeo_ctx *ctx, const char *path);
MIMEO_API void mimeo_key_text_free(char *text);

struct mimeo_key_check {
    struct mimeo_key_info key;
    unsigned charter;          /* the newest one that has this key in its role; 0: none, or nothing to look in */
    unsigned newest_charter;   /* 0: nothing to look in */
    unsigned threshold;        /* of the newest charter, for keys of this role */
    size_t count;
    char publisher[MIMEO_HEX_LEN + 1]; /* zeros where a charter other than the first was all there is */
    char name[201];
};
/* Open a key with its passphrase, derive its public half again and compare: a backup is proven to work, and nothing
 * is signed.  `place`: a mirror or a charter file to look for the key in, or NULL. */
MIMEO_API int mimeo_key_check(struct mimeo_key_check *out, mimeo_ctx *ctx, const char *path,
                              const struct mimeo_passphrase_source *passphrase, const char *place, const char *library);

struct mimeo_handover {
    char publisher[MIMEO_HEX_LEN + 1];
    uint64_t seq;              /* the last bundle that was signed */
    char head_hash[MIMEO_HEX_LEN + 1];
    int64_t at;
};
/* Write a publishing key and how far its numbering came into a new file, for another machine.  From before that file
 * is there, this machine refuses to sign with the key.  The file has the key as it is: with its passphrase, or a
 * secret. */
MIMEO_API int mimeo_key_hand_over(mimeo_ctx *ctx, const char *key, const char *file, struct mimeo_handover *result);
/* Put both in place on the new machine.  Run again after a kill it goes on.  MIMEO_ECONFLICT where this machine knows
 * of a newer bundle; MIMEO_EEXISTS where another key is there. */
MIMEO_API int mimeo_key_take_over(mimeo_ctx *ctx, const char *file, const char *key, struct mimeo_handover *result);

#ifdef __cplusplus
}
#endif
#endif
