/*
 * Public keys as people give them: digits, a line of `mimeo key show`, or a file.  A key that says of itself that
 * it has another role is refused at once, since one key must never have two.
 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "library/charter_info.h"
#include "library/paths.h"

#define PREFIX_MIN 8

static const char *role_word(enum key_role role)
{
    return role == KEY_ROOT ? "root" : "publishing";
}

static int wrong_role(mimeo_ctx *ctx, const char *given, enum key_role role)
{
    return ctx_error(ctx, MIMEO_EUSAGE, "'%.80s' is a %s key, and a %s key is wanted: a key has one role for ever", given,
                     role_word(role == KEY_ROOT ? KEY_PUBLISH : KEY_ROOT), role_word(role));
}

static int checked(struct public_key *out, mimeo_ctx *ctx, const char *given, const struct public_key *key)
{
    if (!public_key_valid(key))
        return ctx_error(ctx, MIMEO_EUSAGE, "'%.80s' is no Ed25519 public key: a digit is wrong", given);
    *out = *key;
    return 0;
}

/* "<64 hex>", alone or with what `mimeo key show` says behind it.  1, 0 where it is nothing of the kind. */
static int take_line(struct public_key *out, mimeo_ctx *ctx, const char *given, struct view line, enum key_role role)
{
    struct public_key key;
    while (line.len > 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r' ||
                            line.ptr[line.len - 1] == ' '))
        line.len--;
    if (line.len < 2 * PUBLIC_KEY_LEN || !parse_hex(view_of(line.ptr, 2 * PUBLIC_KEY_LEN), key.bytes, PUBLIC_KEY_LEN))
        return 0;
    struct view rest = view_of(line.ptr + 2 * PUBLIC_KEY_LEN, line.len - 2 * PUBLIC_KEY_LEN);
    if (rest.len > 0 && view_starts_with(rest, role == KEY_ROOT ? "  publish key" : "  root key"))
        return wrong_role(ctx, given, role);
    if (rest.len > 0 && !view_starts_with(rest, role == KEY_ROOT ? "  root key" : "  publish key"))
        return 0;
    int rc = checked(out, ctx, given, &key);
    return rc < 0 ? rc : 1;
}

/* A key of the charter before by its first digits: 1, 0. */
static int take_prefix(struct public_key *out, mimeo_ctx *ctx, const char *given, const struct role *near)
{
    size_t len = strlen(given), matches = 0;
    for (size_t i = 0; near != NULL && len >= PREFIX_MIN && i < near->count; i++) {
        char hex[2 * PUBLIC_KEY_LEN + 1];
        format_hex(hex, near->keys[i].bytes, PUBLIC_KEY_LEN);
        if (strncmp(hex, given, len) == 0) {
            *out = near->keys[i];
            matches++;
        }
    }
    return matches > 1 ? ctx_error(ctx, MIMEO_EUSAGE, "several keys begin '%s': write more of it", given) : (int)matches;
}

static int take_file(struct public_key *out, mimeo_ctx *ctx, const char *given, enum key_role role)
{
    struct buf b;
    struct keyfile_info info;
    int rc = file_read(&b, ctx, given, 4 * KIB);
    if (rc == MIMEO_ENOTFOUND)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "'%.80s' is no public key (64 digits of hex), and no file: 'mimeo key show' prints a key", given);
    if (rc < 0)
        return rc;
    rc = take_line(out, ctx, given, buf_view(&b), role);
    if (rc == 0 && (rc = keyfile_parse(&info, ctx, given, buf_view(&b))) == 0)
        rc = info.role != role ? wrong_role(ctx, given, role) : checked(out, ctx, given, &info.key);
    sodium_memzero(b.ptr, b.cap); /* it may have been a key file without a passphrase */
    buf_dispose(&b);
    return rc < 0 ? rc : 0;
}

int public_key_given(struct public_key *out, mimeo_ctx *ctx, const char *given, enum key_role role,
                     const struct role *near)
{
    int rc = take_line(out, ctx, given, view_of_str(given), role);
    if (rc == 0)
        rc = take_prefix(out, ctx, given, near);
    if (rc == 0)
        return take_file(out, ctx, given, role);
    return rc < 0 ? rc : 0;
}
