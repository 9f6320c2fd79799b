/*
 * Unpacking a stretch of memory whole: one loop for all, a step for each library.
 *
 * These decoders read hostile bytes; the three that are loaded run in a child with limits.  zlib does not: it is called for
 * every other record, and is the decoder that the rest of mimeo stands on.
 */
#include <string.h>
#include <zlib.h>

#include "archive/unpack.h"
#include "archive/archive_calls.h"
#include "base/child.h"
#include "base/limits.h"

#define STEP (256 * KIB)
#define CHILD_MEMORY (256 * MIB)
#define CHILD_SECONDS 20
#define LZMA_MEMORY (128ULL * MIB)
#define ZSTD_WINDOW 27 /* log2: 128 MiB, which is what decoders grant by default */

enum step { STEP_GOING, STEP_DONE, STEP_CUT, STEP_BAD };

struct work {
    enum unpack_kind kind;
    struct view in;
    size_t max, at; /* of `in` */
    union {
        z_stream z;
        BrotliDecoderState *brotli;
        ZSTD_DCtx *zstd;
        lzma_stream lzma;
    } state;
    const struct brotli_calls *brotli;
    const struct zstd_calls *zstd;
    const struct lzma_calls *lzma;
};

static enum step zlib_step(struct work *w, uint8_t *to, size_t room, size_t *made)
{
    z_stream *z = &w->state.z;
    z->next_in = (uint8_t *)w->in.ptr + w->at; /* zlib has no const */
    z->avail_in = (uInt)(w->in.len - w->at < STEP ? w->in.len - w->at : STEP);
    size_t given = z->avail_in;
    z->next_out = to;
    z->avail_out = (uInt)room;
    int rc = inflate(z, Z_NO_FLUSH);
    *made = room - z->avail_out;
    w->at += given - z->avail_in;
    if (rc == Z_STREAM_END) { /* another member may follow */
        bool more = w->in.len - w->at > 2 && memcmp(w->in.ptr + w->at, "\x1f\x8b", 2) == 0;
        return more && inflateReset(z) == Z_OK ? STEP_GOING : STEP_DONE;
    }
    if (rc != Z_OK && rc != Z_BUF_ERROR)
        return STEP_BAD;
    return given == 0 && *made == 0 ? STEP_CUT : STEP_GOING;
}

static enum step brotli_step(struct work *w, uint8_t *to, size_t room, size_t *made)
{
    const uint8_t *next = w->in.ptr + w->at;
    size_t left = w->in.len - w->at, free_bytes = room;
    BrotliDecoderResult rc =
        w->brotli->BrotliDecoderDecompressStream_(w->state.brotli, &left, &next, &free_bytes, &to, NULL);
    *made = room - free_bytes;
    w->at = w->in.len - left;
    switch (rc) {
    case BROTLI_DECODER_RESULT_SUCCESS: return STEP_DONE;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return STEP_GOING;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return STEP_CUT;
    default: return STEP_BAD;
    }
}

static enum step zstd_step(struct work *w, uint8_t *to, size_t room, size_t *made)
{
    ZSTD_inBuffer in = {w->in.ptr, w->in.len, w->at};
    ZSTD_outBuffer out = {to, room, 0};
    size_t rc = w->zstd->ZSTD_decompressStream_(w->state.zstd, &out, &in);
    bool moved = in.pos > w->at || out.pos > 0;
    *made = out.pos;
    w->at = in.pos;
    if (w->zstd->ZSTD_isError_(rc))
        return STEP_BAD;
    if (rc == 0 && w->at == w->in.len)
        return STEP_DONE;
    return moved ? STEP_GOING : STEP_CUT;
}

static enum step lzma_step(struct work *w, uint8_t *to, size_t room, size_t *made)
{
    lzma_stream *x = &w->state.lzma;
    x->next_in = w->in.ptr + w->at;
    x->avail_in = w->in.len - w->at;
    x->next_out = to;
    x->avail_out = room;
    lzma_ret rc = w->lzma->lzma_code_(x, LZMA_RUN);
    *made = room - x->avail_out;
    w->at = w->in.len - x->avail_in;
    if (rc == LZMA_STREAM_END)
        return STEP_DONE;
    if (rc != LZMA_OK && rc != LZMA_BUF_ERROR)
        return STEP_BAD;
    return x->avail_in == 0 && *made == 0 ? STEP_CUT : STEP_GOING;
}

static int begin(struct work *w, mimeo_ctx *ctx)
{
    bool good = true;
    switch (w->kind) {
    case UNPACK_ZLIB: {
        bool gzip = view_starts_with(w->in, "\x1f\x8b");
        bool wrapped = w->in.len >= 2 && (w->in.ptr[0] & 15) == 8 && (w->in.ptr[0] << 8 | w->in.ptr[1]) % 31 == 0;
        good = inflateInit2(&w->state.z, gzip ? 15 + 16 : wrapped ? 15 : -15) == Z_OK;
        break;
    }
    case UNPACK_BROTLI: /* loaded by the parent already: so do the others */
        good = (w->state.brotli = w->brotli->BrotliDecoderCreateInstance_(NULL, NULL, NULL)) != NULL;
        break;
    case UNPACK_ZSTD:
        good = (w->state.zstd = w->zstd->ZSTD_createDCtx_()) != NULL;
        if (good)
            w->zstd->ZSTD_DCtx_setParameter_(w->state.zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW);
        break;
    case UNPACK_XZ:
        good = w->lzma->lzma_stream_decoder_(&w->state.lzma, LZMA_MEMORY, 0) == LZMA_OK;
        break;
    }
    return good ? 0 : ctx_error_nomem(ctx);
}

static void end(struct work *w)
{
    switch (w->kind) {
    case UNPACK_ZLIB: inflateEnd(&w->state.z); break;
    case UNPACK_BROTLI: w->brotli->BrotliDecoderDestroyInstance_(w->state.brotli); break;
    case UNPACK_ZSTD: w->zstd->ZSTD_freeDCtx_(w->state.zstd); break;
    case UNPACK_XZ: w->lzma->lzma_end_(&w->state.lzma); break;
    }
}

static enum step step(struct work *w, uint8_t *to, size_t room, size_t *made)
{
    switch (w->kind) {
    case UNPACK_ZLIB: return zlib_step(w, to, room, made);
    case UNPACK_BROTLI: return brotli_step(w, to, room, made);
    case UNPACK_ZSTD: return zstd_step(w, to, room, made);
    default: return lzma_step(w, to, room, made);
    }
}

/* One byte past `max` is made to see that there is more; it is taken off again by no one: it is refused. */
static int run(struct buf *out, mimeo_ctx *ctx, struct work *w, enum step *last)
{
    int rc = 0;
    *last = STEP_GOING;
    while (rc == 0 && *last == STEP_GOING) {
        size_t made = 0, room = STEP;
        rc = ctx_check_cancel(ctx);
        if (rc == 0 && buf_reserve(out, room) < 0)
            rc = ctx_error_nomem(ctx);
        if (rc < 0)
            break;
        *last = step(w, out->ptr + out->len, room, &made);
        out->len += made;
        out->ptr[out->len] = '\0';
        if (out->len > w->max)
            rc = ctx_error(ctx, MIMEO_EMALFORMED, "unpacks to more than %zu MiB", w->max / MIB);
    }
    if (rc == 0 && *last != STEP_DONE && out->len == 0)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "is damaged: it cannot be unpacked");
    return rc;
}

/* The answer ends in a byte for how it ended. */
static int run_all(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    struct work *w = payload;
    enum step last = STEP_BAD;
    buf_dispose(out);
    buf_init(out, w->max + STEP + 1);
    int rc = begin(w, ctx);
    if (rc < 0)
        return rc;
    rc = run(out, ctx, w, &last);
    end(w);
    if (rc == 0 && buf_append_byte(out, (uint8_t)last) < 0)
        rc = ctx_error_nomem(ctx);
    return rc;
}

static bool load(struct work *w, mimeo_ctx *ctx)
{
    switch (w->kind) {
    case UNPACK_BROTLI: return (w->brotli = brotli_calls(ctx)) != NULL;
    case UNPACK_ZSTD: return (w->zstd = zstd_calls(ctx)) != NULL;
    case UNPACK_XZ: return (w->lzma = lzma_calls(ctx)) != NULL;
    default: return true;
    }
}

int unpack(struct buf *out, mimeo_ctx *ctx, enum unpack_kind kind, struct view in, size_t max, bool *whole)
{
    static const char *const names[] = {"a packed body", "a body packed with brotli", "bytes packed with zstd",
                                        "bytes packed with xz"};
    struct work w = {.kind = kind, .in = in, .max = max};
    struct buf b;
    int rc = load(&w, ctx) ? 0 : MIMEO_EFAIL;
    buf_init(&b, 0);
    buf_init(out, max);
    if (rc == 0 && kind == UNPACK_ZLIB) {
        rc = run_all(&b, ctx, &w);
    } else if (rc == 0) {
        const struct child_limits limits = {.memory = child_memory(CHILD_MEMORY), .seconds = CHILD_SECONDS, .output = max + STEP + 1};
        rc = child_run(&b, ctx, names[kind], &limits, run_all, &w);
    }
    if (rc == 0 && b.len == 0)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s could not be read", names[kind]);
    if (rc < 0) {
        buf_dispose(&b);
        return rc;
    }
    if (b.ptr[b.len - 1] != STEP_DONE)
        *whole = false;
    b.ptr[--b.len] = '\0';
    b.max = max;
    *out = b;
    return 0;
}
