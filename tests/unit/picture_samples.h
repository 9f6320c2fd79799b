/*
 * Pictures for tests, made on the spot: small ones of each kind, and metadata with a
 * secret in it.  What a reader would get wrong: SECRET must never be in a picture by
 * itself, so every test that finds it in the output has found a leak.
 */
#ifndef TESTS_PICTURE_SAMPLES_H
#define TESTS_PICTURE_SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/encode.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/context.h"
#include "picture/codec.h"

#define SECRET "SECRET-GPS"
#define SAMPLE_MAX ((size_t)4 << 20)

static inline mimeo_ctx *new_ctx(void)
{
    mimeo_ctx *ctx = NULL;
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    return ctx;
}

static inline bool view_has(struct view v, const char *needle)
{
    return memmem(v.ptr, v.len, needle, strlen(needle)) != NULL;
}

static inline void put_u32le(struct buf *b, uint32_t v)
{
    uint8_t bytes[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    buf_append(b, bytes, 4);
}

/* A smooth picture in which no two corners are alike, so that a wrong turn shows. */
static inline uint8_t *new_pixels(size_t w, size_t h, size_t bpp)
{
    uint8_t *p = malloc(w * h * bpp);
    assert_non_null(p);
    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++)
            for (size_t i = 0; i < bpp; i++)
                p[(y * w + x) * bpp + i] =
                    (uint8_t)(i == 3   ? 255 - 40 * y / h
                              : i == 2 ? 60 + 60 * (x + y) / (w + h)
                              : i == 1 ? 220 * y / h
                                       : 20 + 200 * x / w);
    return p;
}

/* TIFF, big-endian: a description with the secret, the orientation. */
static inline void put_tiff(struct buf *b, int orientation)
{
    buf_append(b, "MM\0*\0\0\0\x08\0\2", 10);
    buf_append(b, "\x01\x0e\0\2\0\0\0\x0b\0\0\0\x26", 12);
    buf_append(b, "\x01\x12\0\3\0\0\0\1\0", 9);
    buf_append_byte(b, (uint8_t)orientation);
    buf_append(b, "\0\0\0\0\0\0", 6);
    buf_append(b, SECRET, sizeof(SECRET));
}

static inline void assert_clean(struct view v)
{
    assert_false(view_has(v, SECRET));
    assert_false(view_has(v, "Exif"));
}

/* Clean in this process, and hold the result to what must be true of every one. */
static inline int clean_sample(struct buf *out, mimeo_ctx *ctx, const struct buf *in)
{
    int rc = picture_clean_here(out, ctx, buf_view(in));
    if (rc == 0)
        assert_clean(buf_view(out));
    return rc;
}

/* Every beginning of `in` that is shorter than `whole`, and every bit of it turned: an
 * error or a clean picture, never a crash. */
static inline void abuse_sample(mimeo_ctx *ctx, const struct buf *in, size_t whole)
{
    struct buf out;
    for (size_t len = 0; len < whole; len++) {
        uint8_t *exact = malloc(len ? len : 1); /* so that a sanitizer sees one byte past */
        assert_non_null(exact);
        memcpy(exact, in->ptr, len);
        assert_int_equal(picture_clean_here(&out, ctx, view_of(exact, len)), MIMEO_EMALFORMED);
        assert_true(strlen(mimeo_ctx_message(ctx)) > 0);
        free(exact);
    }
    for (size_t i = 0; i < whole * 8; i++) {
        in->ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
        if (picture_clean_here(&out, ctx, buf_view(in)) == 0)
            buf_dispose(&out);
        in->ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
}

static inline void put_png_chunk(struct buf *b, const char *type, const void *data, size_t len)
{
    size_t at;
    buf_append_u32be(b, (uint32_t)len);
    at = b->len;
    buf_append(b, type, 4);
    buf_append(b, data, len);
    buf_append_u32be(b, (uint32_t)crc32_z(0, b->ptr + at, len + 4));
}

static inline void put_webp_chunk(struct buf *b, const char *type, const void *data, size_t len)
{
    buf_append(b, type, 4);
    put_u32le(b, (uint32_t)len);
    buf_append(b, data, len);
    if (len % 2)
        buf_append_byte(b, 0);
}

static inline void finish_riff(struct buf *b)
{
    uint32_t len = (uint32_t)(b->len - 8);
    for (size_t i = 0; i < 4; i++)
        b->ptr[4 + i] = (uint8_t)(len >> (8 * i));
}

/* A GIF frame of w*h pixels, never more than two codes between clear codes, so that all
 * codes have three bits. */
static inline void put_gif_pixels(struct buf *b, unsigned w, unsigned h)
{
    struct buf packed;
    uint32_t held = 0;
    unsigned bits = 0;
    buf_init(&packed, SAMPLE_MAX);
    for (unsigned i = 0; i < w * h; i++) {
        unsigned pair[2] = {4, (i * 7 + i / w) % 4};
        for (unsigned k = 0; k < 2; k++) {
            held |= pair[k] << bits;
            for (bits += 3; bits >= 8; bits -= 8, held >>= 8)
                buf_append_byte(&packed, (uint8_t)held);
        }
    }
    held |= 5u << bits;
    for (bits += 3; bits > 0; bits = bits > 8 ? bits - 8 : 0, held >>= 8)
        buf_append_byte(&packed, (uint8_t)held);
    buf_append_byte(b, 2);
    for (size_t at = 0; at < packed.len; at += 255) {
        size_t n = packed.len - at < 255 ? packed.len - at : 255;
        buf_append_byte(b, (uint8_t)n);
        buf_append(b, packed.ptr + at, n);
    }
    buf_append_byte(b, 0);
    buf_dispose(&packed);
}

static inline void put_u16le(struct buf *b, unsigned v)
{
    buf_append_byte(b, (uint8_t)v);
    buf_append_byte(b, (uint8_t)(v >> 8));
}

static inline void put_gif_head(struct buf *b, unsigned w, unsigned h)
{
    buf_append_str(b, "GIF89a");
    put_u16le(b, w);
    put_u16le(b, h);
    buf_append(b, "\x91\0\0\0\0\0\xff\0\0\0\xff\0\0\0\xff", 15);
}

static inline void put_gif_frame(struct buf *b, unsigned w, unsigned h)
{
    buf_append(b, "\x21\xf9\x04\x04\x0a\0\0\0", 8);
    buf_append(b, "\x2c\0\0\0\0", 5);
    put_u16le(b, w);
    put_u16le(b, h);
    buf_append_byte(b, 0);
    put_gif_pixels(b, w, h);
}

#endif
