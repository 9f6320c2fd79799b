/*
 * The libraries that unpack brotli, zstd and xz, each loaded at its first use (base/load.h): most archives need none.
 */
#ifndef ARCHIVE_UNPACK_CALLS_H
#define ARCHIVE_UNPACK_CALLS_H

#include <brotli/decode.h>
#include <lzma.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/context.h"

/* Each by its own name and type. */
#define BROTLI_CALLS(X) \
    X(BrotliDecoderCreateInstance) X(BrotliDecoderDecompressStream) X(BrotliDecoderDestroyInstance)
#define ZSTD_CALLS(X) \
    X(ZSTD_createDCtx) X(ZSTD_DCtx_setParameter) X(ZSTD_decompressStream) X(ZSTD_freeDCtx) X(ZSTD_isError)
#define LZMA_CALLS(X) X(lzma_stream_decoder) X(lzma_code) X(lzma_end)

#define UNPACK_CALL(name) __typeof__(name) *name##_;
struct brotli_calls {
    BROTLI_CALLS(UNPACK_CALL)
};
struct zstd_calls {
    ZSTD_CALLS(UNPACK_CALL)
};
struct lzma_calls {
    LZMA_CALLS(UNPACK_CALL)
};
#undef UNPACK_CALL

/* NULL, and the message says which package is missing. */
const struct brotli_calls *brotli_calls(mimeo_ctx *ctx);
const struct zstd_calls *zstd_calls(mimeo_ctx *ctx);
const struct lzma_calls *lzma_calls(mimeo_ctx *ctx);

enum unpack_kind { UNPACK_ZLIB, UNPACK_BROTLI, UNPACK_ZSTD, UNPACK_XZ };
/* Unpack in a child with limits (but zlib's own format, which is done here).  `out` is initialised here, at most `max` bytes.
 * MIMEO_EMALFORMED: larger, or damaged before the first byte; *whole becomes false where it is cut short or damaged later. */
int unpack(struct buf *out, mimeo_ctx *ctx, enum unpack_kind kind, struct view in, size_t max, bool *whole);

#endif
