/*
 * Keys in files, for the front ends: the passphrase is asked for only where a file wants one, and
 * lives in locked memory from the moment it is typed.
 */
#include <string.h>

#include "library/passphrase.h"
#include "trust/keyfile.h"

int passphrase_ask(struct passphrase *out, mimeo_ctx *ctx,
                   const struct mimeo_passphrase_source *source, const char *what, bool confirm)
{
    struct passphrase p = {NULL, 0};
    if (source == NULL || source->fn == NULL) {
        if (confirm) {
            *out = p;
            return 0;
        }
        return ctx_error(ctx, MIMEO_EPASSPHRASE,
                         "%s is locked: give its passphrase with --passphrase-file or "
                         "--passphrase-fd, or run in a terminal", what);
    }
    struct passphrase typed;
    int rc = passphrase_new(&typed, ctx);
    if (rc < 0)
        return rc;
    rc = source->fn(what, confirm, typed.ptr, &typed.len, source->payload);
    if (rc < 0)
        ctx_error(ctx, rc, "no passphrase for %s", what);
    else if (typed.len > MIMEO_PASSPHRASE_MAX)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "a passphrase has at most %d bytes", MIMEO_PASSPHRASE_MAX);
    else if (typed.len > 0)
        rc = passphrase_copy(&p, ctx, view_of(typed.ptr, typed.len));
    passphrase_dispose(&typed);
    if (rc == 0)
        *out = p;
    return rc;
}

static void fill(struct mimeo_key_info *out, enum key_role role, const struct public_key *key,
                 bool encrypted)
{
    out->role = role == KEY_ROOT ? MIMEO_KEY_ROOT : MIMEO_KEY_PUBLISH;
    format_hex(out->public_key, key->bytes, PUBLIC_KEY_LEN);
    out->encrypted = encrypted;
}

int mimeo_key_new(mimeo_ctx *ctx, const char *path, enum mimeo_key_role role,
                  const struct mimeo_passphrase_source *passphrase, struct mimeo_key_info *info)
{
    enum key_role r = role == MIMEO_KEY_ROOT ? KEY_ROOT : KEY_PUBLISH;
    struct secret_key *key = NULL;
    struct passphrase p = {NULL, 0};
    int rc = secret_key_generate(&key, ctx);
    if (rc == 0)
        rc = passphrase_ask(&p, ctx, passphrase, "the new key", true);
    if (rc == 0)
        rc = keyfile_write(ctx, path, r, key, &p, KEY_COST_NORMAL);
    if (rc == 0 && info != NULL)
        fill(info, r, secret_key_public(key), p.ptr != NULL);
    passphrase_dispose(&p);
    secret_key_free(key);
    return rc;
}

int mimeo_key_show(mimeo_ctx *ctx, const char *path, struct mimeo_key_info *info)
{
    struct keyfile_info k;
    int rc = keyfile_inspect(&k, ctx, path);
    if (rc == 0)
        fill(info, k.role, &k.key, k.encrypted);
    return rc;
}

int key_load(struct secret_key **out, mimeo_ctx *ctx, const char *path, enum key_role role,
             const struct mimeo_passphrase_source *source)
{
    struct keyfile_info info;
    struct passphrase p = {NULL, 0};
    struct secret_key *key = NULL;
    enum key_role is = role;
    int rc = keyfile_inspect(&info, ctx, path);
    if (rc == 0 && info.role != role)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' holds a %s key; a %s key is needed", path,
                       info.role == KEY_ROOT ? "root" : "publishing",
                       role == KEY_ROOT ? "root" : "publishing");
    if (rc == 0 && info.encrypted)
        rc = passphrase_ask(&p, ctx, source, role == KEY_ROOT ? "the root key" : "the publishing key",
                            false);
    if (rc == 0)
        rc = keyfile_read(&key, &is, ctx, path, &p);
    passphrase_dispose(&p);
    if (rc == 0)
        *out = key;
    return rc;
}

int mimeo_key_passphrase(mimeo_ctx *ctx, const char *path,
                         const struct mimeo_passphrase_source *old_source,
                         const struct mimeo_passphrase_source *new_source)
{
    struct keyfile_info info;
    struct passphrase old_p = {NULL, 0}, new_p = {NULL, 0};
    int rc = keyfile_inspect(&info, ctx, path);
    if (rc == 0 && info.encrypted)
        rc = passphrase_ask(&old_p, ctx, old_source, "the key as it is", false);
    if (rc == 0)
        rc = passphrase_ask(&new_p, ctx, new_source, "the key from now on", true);
    if (rc == 0)
        rc = keyfile_rewrite(ctx, path, &old_p, &new_p, KEY_COST_NORMAL);
    passphrase_dispose(&old_p);
    passphrase_dispose(&new_p);
    return rc;
}
