/* Digests of the files in a WACZ: see archive/wacz_digest.h. */
#include "archive/wacz_digest.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/archive_calls.h"
#include "base/limits.h"
#include "extract/json_text.h"
#include "trust/hash.h" /* libsodium's SHA-256, too */

#define FILES_MAX 4096
#define PATH_LEN_MAX 1024
#define STEP (256 * KIB)

/* "sha256:9f86…", "md5:…" */
static bool take_digest(struct file_digest *out, const char *text)
{
    static const struct {
        const char *name;
        enum digest_kind kind;
        size_t len;
    } kinds[] = {{"sha256:", DIGEST_SHA256, 32}, {"sha-256:", DIGEST_SHA256, 32}, {"md5:", DIGEST_MD5, MD5_DIGEST_LENGTH}};
    for (size_t i = 0; text != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t skip = strlen(kinds[i].name);
        char low[2 * DIGEST_BYTES_MAX + 1];
        if (strncasecmp(text, kinds[i].name, skip) != 0 || strlen(text + skip) != 2 * kinds[i].len)
            continue;
        for (size_t n = 0; n <= 2 * kinds[i].len; n++)
            low[n] = text[skip + n] >= 'A' && text[skip + n] <= 'F' ? (char)(text[skip + n] | 0x20) : text[skip + n];
        out->kind = kinds[i].kind;
        return parse_hex(view_of_str(low), out->bytes, kinds[i].len);
    }
    return false;
}

static void take_files(struct file_digests *out, const json_t *resources)
{
    size_t count = json_array_size(resources);
    for (size_t i = 0; i < count && i < FILES_MAX; i++) {
        const json_t *one = json_array_get(resources, i);
        const char *path = json_string_value(json_object_get(one, "path"));
        struct file_digest d = {.path = NULL};
        if (path == NULL || strncmp(path, "archive/", 8) != 0 || strlen(path) > PATH_LEN_MAX ||
            !take_digest(&d, json_string_value(json_object_get(one, "hash"))) || (d.path = strdup(path)) == NULL)
            continue;
        out->files[out->count++] = d;
    }
}

bool file_digests_read(struct file_digests *out, mimeo_ctx *ctx, struct view text)
{
    json_t *object = NULL;
    *out = (struct file_digests){.count = 0};
    if (json_text_parse(&object, ctx, "datapackage.json", text) < 0)
        return false;
    const json_t *resources = json_object_get(object, "resources");
    size_t count = json_array_size(resources);
    out->files = calloc((count < FILES_MAX ? count : FILES_MAX) + 1, sizeof(*out->files));
    if (out->files != NULL)
        take_files(out, resources);
    bool good = json_is_object(object) && out->files != NULL;
    json_decref(object);
    return good;
}

void file_digests_dispose(struct file_digests *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->files[i].path);
    free(d->files);
    *d = (struct file_digests){.count = 0};
}

const struct file_digest *file_digests_find(const struct file_digests *d, struct view path)
{
    for (size_t i = 0; i < d->count; i++) {
        if (view_equal_str(path, d->files[i].path))
            return &d->files[i];
    }
    return NULL;
}

int file_digest_check(bool *holds, mimeo_ctx *ctx, const struct stretch *s, const struct file_digest *d)
{
    const struct md5_calls *md5 = d->kind == DIGEST_MD5 ? md5_calls(ctx) : NULL;
    MD5_CTX md5_state;
    crypto_hash_sha256_state sha;
    if (d->kind == DIGEST_MD5 && md5 == NULL)
        return MIMEO_EFAIL;
    uint8_t sum[DIGEST_BYTES_MAX], *bytes = malloc(STEP);
    int rc = bytes == NULL ? ctx_error_nomem(ctx) : 0;
    size_t got = 1;
    if (md5 != NULL)
        md5->MD5Init_(&md5_state);
    crypto_hash_sha256_init(&sha);
    for (uint64_t at = 0; rc == 0 && got > 0; at += got) {
        rc = ctx_check_cancel(ctx);
        if (rc == 0)
            rc = stretch_read(&got, ctx, s, at, bytes, STEP);
        if (rc == 0 && md5 != NULL)
            md5->MD5Update_(&md5_state, bytes, got);
        else if (rc == 0)
            crypto_hash_sha256_update(&sha, bytes, got);
        ctx_progress(ctx, "checking the archive", at, s->len, "bytes");
    }
    free(bytes);
    if (rc < 0)
        return rc;
    if (md5 != NULL)
        md5->MD5Final_(sum, &md5_state);
    else
        crypto_hash_sha256_final(&sha, sum);
    *holds = memcmp(sum, d->bytes, d->kind == DIGEST_MD5 ? MD5_DIGEST_LENGTH : crypto_hash_sha256_BYTES) == 0;
    return 0;
}
