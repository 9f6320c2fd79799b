/*
 * The libraries that unpack brotli, zstd and xz and that compute MD5, each loaded at its first use (base/load.h): most
 * archives need none.
 */
#ifndef ARCHIVE_CALLS_H
#define ARCHIVE_CALLS_H

#include <brotli/decode.h>
#include <lzma.h>
#include <md5.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/context.h"

/* Each by its own name and type. */
#define BROTLI_CALLS(X) \
    X(BrotliDecoderCreateInstance) X(BrotliDecoderDecompressStream) X(BrotliDecoderDestroyInstance)
#define ZSTD_CALLS(X) \
    X(ZSTD_createDCtx) X(ZSTD_DCtx_setParameter) X(ZSTD_decompressStream) X(ZSTD_freeDCtx) X(ZSTD_isError)
#define LZMA_CALLS(X) X(lzma_stream_decoder) X(lzma_code) X(lzma_end)
#define MD5_CALLS(X) X(MD5Init) X(MD5Update) X(MD5Final)

#define ARCHIVE_CALL(name) __typeof__(name) *name##_;
struct brotli_calls {
    BROTLI_CALLS(ARCHIVE_CALL)
};
struct zstd_calls {
    ZSTD_CALLS(ARCHIVE_CALL)
};
struct lzma_calls {
    LZMA_CALLS(ARCHIVE_CALL)
};
struct md5_calls {
    MD5_CALLS(ARCHIVE_CALL)
};
#undef ARCHIVE_CALL

/* NULL, and the message says which package is missing. */
const struct brotli_calls *brotli_calls(mimeo_ctx *ctx);
const struct zstd_calls *zstd_calls(mimeo_ctx *ctx);
const struct lzma_calls *lzma_calls(mimeo_ctx *ctx);
const struct md5_calls *md5_calls(mimeo_ctx *ctx);

#endif
