/*
 * Undoing content codings (RFC 9110 s. 8.4.1): gzip and deflate here; br and zstd by libraries that are loaded at the first
 * use and run in a child with limits.
 */
#ifndef ARCHIVE_CONTENT_CODING_H
#define ARCHIVE_CONTENT_CODING_H

#include "base/bytes.h"
#include "base/context.h"

enum coding { CODING_NONE, CODING_GZIP, CODING_DEFLATE, CODING_BROTLI, CODING_ZSTD, CODING_UNKNOWN };
#define CODINGS_MAX 3 /* one upon another */

/* "x-gzip" -> CODING_GZIP; "identity" and "" -> CODING_NONE. */
enum coding coding_of(const char *word);
/* `out` is initialised here, at most `max` bytes: MIMEO_EMALFORMED where there is more, or the coding is none that is
 * known, or it is damaged before the first byte.  Archiving programs often keep the field and store the body unpacked: what
 * does not look like the coding is taken as it is.  *whole becomes false where it is cut short or damaged later. */
int coding_undo(struct buf *out, mimeo_ctx *ctx, enum coding coding, struct view in, size_t max, bool *whole);

#endif
