/*
 * What a WACZ says its files are: the digests in its datapackage.json (WACZ 1.1.1 s. 5; Frictionless Data Package).
 *
 * They tell damage, not origin: who changes an archive can write them anew.
 */
#ifndef ARCHIVE_WACZ_DIGEST_H
#define ARCHIVE_WACZ_DIGEST_H

#include "archive/stretch.h"

#define DIGEST_BYTES_MAX 32

enum digest_kind { DIGEST_NONE, DIGEST_MD5, DIGEST_SHA256 };
struct file_digest {
    char *path; /* owned */
    enum digest_kind kind;
    uint8_t bytes[DIGEST_BYTES_MAX];
};
struct file_digests {
    struct file_digest *files;
    size_t count;
};

/* Of the text of a datapackage.json: the files in archive/ whose digests are of a known kind.  False where it is no such list. */
bool file_digests_read(struct file_digests *out, mimeo_ctx *ctx, struct view text);
void file_digests_dispose(struct file_digests *d);
/* The one of this path, NULL where there is none. */
const struct file_digest *file_digests_find(const struct file_digests *d, struct view path);
/* Is it that of these bytes?  Reads them all. */
int file_digest_check(bool *holds, mimeo_ctx *ctx, const struct stretch *s, const struct file_digest *d);

#endif
