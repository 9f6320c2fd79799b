/*
 * PNG's pixels as they are packed: the chunks that one zlib stream is cut into, checked to inflate to exactly the picture,
 * and packed anew where they do not.
 */
#include "picture/png.h"

#include <string.h>
#include <zlib.h>

#define PNG_CHUNK_MAX 0x7fffffffu

bool picture_png_is(const struct png_chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

bool picture_png_take_chunk(struct png_chunk *chunk, struct cursor *c)
{
    struct cursor at = *c;
    struct view type, crc;
    uint32_t len;

    if (!cursor_u32be(&at, &len) || len > PNG_CHUNK_MAX || !cursor_take(&at, 4, &type) ||
        !cursor_take(&at, len, &chunk->data) || !cursor_take(&at, 4, &crc))
        return false;
    memcpy(chunk->type, type.ptr, 4);
    chunk->type[4] = 0;
    chunk->whole = view_of(c->ptr, (size_t)len + PNG_OVERHEAD);
    *c = at;
    return true;
}

void picture_png_write_chunk(struct buf *out, const char *type, struct view data)
{
    uLong crc = crc32_z(0, (const Bytef *)type, 4);

    if (data.len > 0)
        crc = crc32_z(crc, data.ptr, data.len);
    buf_append_u32be(out, (uint32_t)data.len);
    buf_append(out, type, 4);
    buf_append_view(out, data);
    buf_append_u32be(out, (uint32_t)crc);
}

enum stream { STREAM_EXACT, STREAM_MORE, STREAM_SHORT, STREAM_BAD, STREAM_NOMEM };

/* Hands the run's chunks to zlib one after the other.  False at the end. */
static bool feed(z_stream *z, struct cursor *chunks, const struct png_run *run)
{
    struct png_chunk chunk;

    while (z->avail_in == 0) {
        if (!picture_png_take_chunk(&chunk, chunks))
            return false;
        if (!picture_png_is(&chunk, run->type) || chunk.data.len <= run->skip)
            continue;
        z->next_in = (z_const Bytef *)(uintptr_t)(chunk.data.ptr + run->skip);
        z->avail_in = (uInt)(chunk.data.len - run->skip);
    }
    return true;
}

/* Inflate the run, at most its raw_len and one byte more, into `sink` where there is one
 * (a deflate stream that gives to `out`). */
static enum stream inflate_run(const struct png_run *run, int (*sink)(void *, struct view),
                               void *payload)
{
    struct cursor chunks = cursor_of(run->chunks);
    uint8_t raw[8192];
    uint64_t left = run->raw_len;
    enum stream verdict = STREAM_SHORT;
    z_stream z = {0};
    int rc;

    if (inflateInit(&z) != Z_OK)
        return STREAM_NOMEM;
    while (feed(&z, &chunks, run)) {
        size_t got;
        z.next_out = raw;
        z.avail_out = sizeof(raw);
        rc = inflate(&z, Z_NO_FLUSH);
        got = sizeof(raw) - z.avail_out;
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
            /* What follows the last row may be damaged as it likes: it is cut. */
            verdict = left == 0 ? STREAM_MORE : STREAM_BAD;
            break;
        }
        if (sink && sink(payload, view_of(raw, got < left ? got : (size_t)left)) < 0) {
            verdict = STREAM_NOMEM;
            break;
        }
        if (got > left) {
            verdict = STREAM_MORE;
            break;
        }
        left -= got;
        if (rc == Z_STREAM_END) {
            bool more = feed(&z, &chunks, run);
            verdict = left > 0 ? STREAM_SHORT : more ? STREAM_MORE : STREAM_EXACT;
            break;
        }
    }
    /* All rows there, but the stream has no end: pack it anew. */
    if (verdict == STREAM_SHORT && left == 0)
        verdict = STREAM_MORE;
    inflateEnd(&z);
    return verdict;
}

struct repack {
    z_stream z;
    struct buf packed;
};

static int deflate_some(struct repack *r, int flush)
{
    uint8_t packed[8192];
    int rc;

    do {
        r->z.next_out = packed;
        r->z.avail_out = sizeof(packed);
        rc = deflate(&r->z, flush);
        if (rc == Z_STREAM_ERROR)
            return MIMEO_EFAIL;
        buf_append(&r->packed, packed, sizeof(packed) - r->z.avail_out);
    } while (r->z.avail_out == 0);
    return buf_status(&r->packed);
}

static int deflate_sink(void *payload, struct view raw)
{
    struct repack *r = payload;

    r->z.next_in = (z_const Bytef *)(uintptr_t)raw.ptr;
    r->z.avail_in = (uInt)raw.len;
    return raw.len > 0 ? deflate_some(r, Z_NO_FLUSH) : 0;
}

static int write_repacked(struct buf *out, uint32_t *sequence, mimeo_ctx *ctx, const struct png_run *run)
{
    struct repack r = {0};

    buf_init(&r.packed, out->max);
    if (run->skip) /* a repacked frame is one chunk and so takes one number */
        buf_append_u32be(&r.packed, (*sequence)++);
    if (deflateInit(&r.z, Z_BEST_COMPRESSION) != Z_OK) {
        buf_dispose(&r.packed);
        return ctx_error_nomem(ctx);
    }
    inflate_run(run, deflate_sink, &r);
    deflate_some(&r, Z_FINISH);
    deflateEnd(&r.z);
    if (buf_status(&r.packed) == 0)
        picture_png_write_chunk(out, run->type, buf_view(&r.packed));
    else
        out->failed = buf_status(&r.packed);
    buf_dispose(&r.packed);
    return picture_out_status(out, ctx);
}

static void write_kept(struct buf *out, uint32_t *sequence, const struct png_run *run)
{
    struct cursor c = cursor_of(run->chunks);
    struct png_chunk chunk;

    while (picture_png_take_chunk(&chunk, &c)) {
        if (!picture_png_is(&chunk, run->type) || chunk.data.len <= run->skip)
            continue;
        if (run->skip) {
            struct buf data;
            buf_init(&data, PNG_CHUNK_MAX);
            buf_append_u32be(&data, (*sequence)++);
            buf_append(&data, chunk.data.ptr + run->skip, chunk.data.len - run->skip);
            if (buf_status(&data) < 0)
                out->failed = buf_status(&data);
            picture_png_write_chunk(out, run->type, buf_view(&data));
            buf_dispose(&data);
        } else {
            buf_append_view(out, chunk.whole);
        }
    }
}

int picture_png_write_run(struct buf *out, uint32_t *sequence, mimeo_ctx *ctx, const struct png_run *run, bool deep)
{
    switch (deep ? inflate_run(run, NULL, NULL) : STREAM_EXACT) {
    case STREAM_EXACT: write_kept(out, sequence, run); return picture_out_status(out, ctx);
    case STREAM_MORE: return write_repacked(out, sequence, ctx, run);
    case STREAM_SHORT: return picture_error_short(ctx, "PNG");
    case STREAM_NOMEM: return ctx_error_nomem(ctx);
    default: return picture_error_odd(ctx, "PNG", "has pixels that cannot be unpacked");
    }
}
