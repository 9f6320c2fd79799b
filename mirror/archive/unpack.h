/* One compressed body or cluster, unpacked with limits. */
#ifndef ARCHIVE_UNPACK_H
#define ARCHIVE_UNPACK_H

#include "base/bytes.h"
#include "base/context.h"

enum unpack_kind { UNPACK_ZLIB, UNPACK_BROTLI, UNPACK_ZSTD, UNPACK_XZ };
/* Unpack in a child with limits (but zlib's own format, which is done here).  `out` is initialised here, at most `max` bytes.
 * MIMEO_EMALFORMED: larger, or damaged before the first byte; *whole becomes false where it is cut short or damaged later. */
int unpack(struct buf *out, mimeo_ctx *ctx, enum unpack_kind kind, struct view in, size_t max, bool *whole);

#endif
