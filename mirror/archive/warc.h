/*
 * WARC and ARC as an archive: one stretch of a file (a file, or a member of a WACZ) or several, one after another.
 */
#ifndef ARCHIVE_WARC_H
#define ARCHIVE_WARC_H

#include "archive/reader.h"

#define WARC_PARTS_MAX 4096

struct warc_part {
    struct stretch bytes;
    bool owned; /* its descriptor is closed with it */
};

/* Takes the parts' descriptors over where they are owned, also on failure. */
int warc_open_parts(struct archive_opened *out, mimeo_ctx *ctx, const struct warc_part *parts, size_t count);

#endif
