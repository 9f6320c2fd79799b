/*
 * WebP (RFC 9649): chunk by chunk, only pixels and what they need let through.
 *
 *     'RIFF' size(4) 'WEBP' | type(4) size(4) data [pad] | …          little-endian
 *     VP8X: flags(4) width-1(3) height-1(3)
 *     ANMF: x/2(3) y/2(3) w-1(3) h-1(3) duration(3) flags(1), then ALPH VP8 VP8L chunks
 *
 * What a reader would get wrong: the flags of VP8X announce EXIF, XMP and ICC; they are
 * cleared with the chunks, and sizes are written anew.  An animation that EXIF wants
 * turned is stripped but left as it lies.
 */
#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "picture/encode.h"
#include "picture/webp.h"

#define FLAG_ANIMATION 0x02
#define FLAG_ALPHA 0x10
#define LOSSY_QUALITY 90
#define LOSSLESS_EFFORT 2
/* Decoded, turned, the encoder's copy and its tables; as measured. */
#define TURN_BYTES_LOSSY 20
#define TURN_BYTES_LOSSLESS 44

struct webp_chunk {
    char type[5];
    struct view data;
};

struct webp_walk {
    struct buf *out;
    mimeo_ctx *ctx;
    uint32_t width, height;
    uint8_t flags;
    bool extended, has_animation, has_frame, has_alpha, has_image, lossless;
    int orientation;
};

static int odd(struct webp_walk *w, const char *what)
{
    return picture_error_odd(w->ctx, "WebP", what);
}

static bool is(const struct webp_chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

static bool take_chunk(struct webp_chunk *chunk, struct cursor *c)
{
    struct view type, pad;
    uint32_t len;

    if (!cursor_take(c, 4, &type) || !cursor_u32le(c, &len) || !cursor_take(c, len, &chunk->data))
        return false;
    memcpy(chunk->type, type.ptr, 4);
    chunk->type[4] = 0;
    /* Some writers leave out the last pad byte. */
    return len % 2 == 0 || c->left == 0 || cursor_take(c, 1, &pad);
}

static void append_u32le(struct buf *out, uint32_t v)
{
    uint8_t bytes[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    buf_append(out, bytes, 4);
}

static void append_chunk(struct buf *out, const char *type, struct view data)
{
    buf_append(out, type, 4);
    append_u32le(out, (uint32_t)data.len);
    buf_append_view(out, data);
    if (data.len % 2)
        buf_append_byte(out, 0);
}

/* Write the length of what was appended since `at`, where its 4 bytes stand. */
static void patch_length(struct buf *out, size_t at)
{
    uint32_t len;

    if (buf_status(out) < 0)
        return;
    len = (uint32_t)(out->len - at - 4);
    for (size_t i = 0; i < 4; i++)
        out->ptr[at + i] = (uint8_t)(len >> (8 * i));
}

static bool take_u24le(struct cursor *c, uint32_t *out)
{
    uint16_t low;
    uint8_t high;

    if (c->left < 3 || !cursor_u16le(c, &low) || !cursor_u8(c, &high))
        return false;
    *out = low | (uint32_t)high << 16;
    return true;
}

/* RFC 6386 s. 9.1: a key frame has its start code and 14-bit sizes. */
static bool lossy_size(struct view data, uint32_t *width, uint32_t *height)
{
    struct cursor c = cursor_of(data);
    uint32_t tag, start;
    uint16_t w, h;

    if (!take_u24le(&c, &tag) || (tag & 1) || !take_u24le(&c, &start) || start != 0x2a019d ||
        !cursor_u16le(&c, &w) || !cursor_u16le(&c, &h) || tag >> 5 > c.left)
        return false;
    *width = w & 0x3fff;
    *height = h & 0x3fff;
    return true;
}

static bool lossless_size(struct view data, uint32_t *width, uint32_t *height)
{
    struct cursor c = cursor_of(data);
    uint8_t signature;
    uint32_t bits;

    if (!cursor_u8(&c, &signature) || signature != 0x2f || !cursor_u32le(&c, &bits) || bits >> 29)
        return false;
    *width = (bits & 0x3fff) + 1;
    *height = (bits >> 14 & 0x3fff) + 1;
    return true;
}

static bool bitstream_size(const struct webp_chunk *chunk, uint32_t *width, uint32_t *height)
{
    return is(chunk, "VP8 ") ? lossy_size(chunk->data, width, height)
                             : lossless_size(chunk->data, width, height);
}

static bool is_bitstream(const struct webp_chunk *chunk)
{
    return is(chunk, "VP8 ") || is(chunk, "VP8L");
}

static int read_extended(struct webp_walk *w, struct view data)
{
    struct cursor c = cursor_of(data);
    struct view reserved;
    uint8_t header[10] = {0};

    if (w->extended || w->has_image || data.len != 10)
        return odd(w, "has an impossible header");
    cursor_u8(&c, &w->flags);
    cursor_take(&c, 3, &reserved);
    take_u24le(&c, &w->width);
    take_u24le(&c, &w->height);
    w->width++;
    w->height++;
    w->extended = true;
    w->flags &= FLAG_ALPHA | FLAG_ANIMATION;
    header[0] = w->flags;
    memcpy(header + 4, data.ptr + 4, 6);
    append_chunk(w->out, "VP8X", view_of(header, sizeof(header)));
    return picture_check_size(w->ctx, w->width, w->height);
}

/* The one image of a still picture. */
static int read_image(struct webp_walk *w, const struct webp_chunk *chunk)
{
    uint32_t width, height;

    if (w->has_image || w->flags & FLAG_ANIMATION)
        return odd(w, "has more than one image without being an animation");
    if (!bitstream_size(chunk, &width, &height))
        return odd(w, "has a broken image header");
    if (w->extended && (width != w->width || height != w->height))
        return odd(w, "says two different sizes");
    if (w->has_alpha && is(chunk, "VP8L"))
        return odd(w, "has its transparency twice");
    w->width = width;
    w->height = height;
    w->has_image = true;
    w->lossless = is(chunk, "VP8L");
    append_chunk(w->out, chunk->type, chunk->data);
    return picture_check_size(w->ctx, width, height);
}

static int read_frame_chunks(struct webp_walk *w, struct cursor c, uint32_t width, uint32_t height)
{
    bool has_alpha = false;
    struct webp_chunk chunk;
    uint32_t own_width, own_height;

    while (c.left > 0) {
        if (!take_chunk(&chunk, &c))
            return picture_error_short(w->ctx, "WebP");
        if (is(&chunk, "ALPH") && !has_alpha) {
            has_alpha = true;
            append_chunk(w->out, "ALPH", chunk.data);
        } else if (is_bitstream(&chunk)) {
            if (!bitstream_size(&chunk, &own_width, &own_height) || own_width != width ||
                own_height != height)
                return odd(w, "has a frame that says two different sizes");
            if (has_alpha && is(&chunk, "VP8L"))
                return odd(w, "has its transparency twice");
            append_chunk(w->out, chunk.type, chunk.data);
            return 0; /* what follows is unknown to all, so it stays behind */
        }
    }
    return odd(w, "has a frame without pixels");
}

static int read_frame(struct webp_walk *w, struct view data)
{
    struct cursor c = cursor_of(data);
    uint32_t x = 0, y = 0, width = 0, height = 0, duration = 0;
    uint8_t flags = 0;
    size_t at;
    int rc;

    if (!(w->flags & FLAG_ANIMATION) || !w->has_animation || data.len < 16)
        return odd(w, "has a frame without being an animation");
    take_u24le(&c, &x);
    take_u24le(&c, &y);
    take_u24le(&c, &width);
    take_u24le(&c, &height);
    take_u24le(&c, &duration);
    cursor_u8(&c, &flags);
    width++;
    height++;
    if (2 * x > w->width || width > w->width - 2 * x || 2 * y > w->height ||
        height > w->height - 2 * y)
        return odd(w, "has a frame that sticks out of it");
    buf_append_str(w->out, "ANMF");
    at = w->out->len;
    append_u32le(w->out, 0);
    buf_append(w->out, data.ptr, 15);
    buf_append_byte(w->out, flags & 3);
    rc = read_frame_chunks(w, c, width, height);
    if (rc == 0)
        patch_length(w->out, at);
    w->has_frame = true;
    return rc;
}

static int read_animation(struct webp_walk *w, struct view data)
{
    if (!(w->flags & FLAG_ANIMATION) || w->has_animation || data.len != 6)
        return odd(w, "has an impossible animation header");
    w->has_animation = true;
    append_chunk(w->out, "ANIM", data);
    return 0;
}

static int read_chunk(struct webp_walk *w, const struct webp_chunk *chunk)
{
    if (is(chunk, "VP8X"))
        return read_extended(w, chunk->data);
    if (is_bitstream(chunk))
        return read_image(w, chunk);
    if (is(chunk, "ANIM"))
        return read_animation(w, chunk->data);
    if (is(chunk, "ANMF"))
        return read_frame(w, chunk->data);
    if (is(chunk, "ALPH")) {
        if (w->has_image || w->has_alpha || !(w->flags & FLAG_ALPHA) || w->flags & FLAG_ANIMATION)
            return odd(w, "has a stray alpha channel");
        w->has_alpha = true;
        append_chunk(w->out, "ALPH", chunk->data);
    } else if (is(chunk, "EXIF")) {
        w->orientation = picture_exif_orientation(chunk->data);
    }
    return 0;
}

static int strip(struct webp_walk *w, struct view in)
{
    struct cursor c = cursor_of(in);
    struct webp_chunk chunk;
    uint32_t riff_len;
    int rc = 0;

    w->orientation = 1;
    if (!cursor_skip(&c, "RIFF") || !cursor_u32le(&c, &riff_len) || riff_len > c.left ||
        riff_len < 4)
        return picture_error_short(w->ctx, "WebP");
    c.left = riff_len;
    if (!cursor_skip(&c, "WEBP"))
        return odd(w, "does not begin like one");
    buf_append(w->out, "RIFF\0\0\0\0WEBP", 12);
    while (rc == 0 && c.left > 0) {
        if (!take_chunk(&chunk, &c))
            return picture_error_short(w->ctx, "WebP");
        rc = read_chunk(w, &chunk);
    }
    if (rc < 0)
        return rc;
    if (!w->has_image && !w->has_frame)
        return odd(w, "has no pixels");
    patch_length(w->out, 4);
    return picture_out_status(w->out, w->ctx);
}

/* Without loss, colours under full transparency stay too. */
static int encode(struct buf *out, mimeo_ctx *ctx, const struct raster *r, bool lossless)
{
    WebPConfig config;

    if (!WebPConfigInit(&config))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    config.lossless = lossless;
    config.exact = lossless;
    config.quality = lossless ? 75 : LOSSY_QUALITY;
    config.method = lossless ? LOSSLESS_EFFORT : 4;
    return picture_webp_encode(out, ctx, r, &config);
}

static int turn(struct buf *out, struct webp_walk *w, struct view stripped)
{
    bool swap = picture_swaps_sides(w->orientation);
    struct buf turned;
    int width = 0, height = 0, rc;
    uint8_t *rgba;

    rc = picture_check_memory(w->ctx, (uint64_t)w->width * w->height *
                                      (w->lossless ? TURN_BYTES_LOSSLESS : TURN_BYTES_LOSSY));
    if (rc < 0)
        return rc;
    rgba = WebPDecodeRGBA(stripped.ptr, stripped.len, &width, &height);
    if (!rgba)
        return odd(w, "cannot be decoded");
    buf_init(&turned, PICTURE_PIXEL_MEMORY);
    if (buf_reserve(&turned, (size_t)width * (size_t)height * 4) < 0) {
        WebPFree(rgba);
        return ctx_error_nomem(w->ctx);
    }
    picture_turn(turned.ptr, rgba, (size_t)width, (size_t)height, 4, w->orientation);
    WebPFree(rgba);
    const struct raster shown = {turned.ptr, (uint32_t)(swap ? height : width), (uint32_t)(swap ? width : height), true};
    rc = encode(out, w->ctx, &shown, w->lossless);
    buf_dispose(&turned);
    return rc;
}

int picture_webp_clean(struct buf *out, mimeo_ctx *ctx, struct view in)
{
    struct buf stripped;
    struct webp_walk w = {.out = &stripped, .ctx = ctx};
    int rc;

    buf_init(&stripped, LIMIT_PICTURE + 64);
    rc = strip(&w, in);
    if (rc == 0 && w.orientation != 1 && !(w.flags & FLAG_ANIMATION))
        rc = turn(out, &w, buf_view(&stripped));
    else if (rc == 0 && buf_append_view(out, buf_view(&stripped)) < 0)
        rc = picture_out_status(out, ctx);
    buf_dispose(&stripped);
    return rc;
}

int picture_webp_orientation(int *out, mimeo_ctx *ctx, struct view in)
{
    struct buf again;
    struct webp_walk w = {.out = &again, .ctx = ctx};
    int rc;

    buf_init(&again, LIMIT_PICTURE + 64);
    rc = strip(&w, in);
    buf_dispose(&again);
    if (rc == 0)
        *out = w.flags & FLAG_ANIMATION ? 1 : w.orientation;
    return rc;
}

bool picture_webp_is_animation(struct view in)
{
    return in.len > 20 && memcmp(in.ptr + 12, "VP8X", 4) == 0 && in.ptr[20] & FLAG_ANIMATION;
}

int picture_webp_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned)
{
    struct buf again;
    struct webp_walk w = {.out = &again, .ctx = ctx};
    bool swap;
    int rc;

    buf_init(&again, LIMIT_PICTURE + 64);
    rc = strip(&w, in);
    if (rc == 0 && cleaned && !view_equal(buf_view(&again), in))
        rc = picture_error_trace(ctx, "WebP", "something besides its pixels");
    buf_dispose(&again);
    if (rc < 0)
        return rc;
    swap = picture_swaps_sides(w.orientation) && !(w.flags & FLAG_ANIMATION);
    *info = (struct picture_info){PICTURE_WEBP, swap ? w.height : w.width,
                                  swap ? w.width : w.height};
    return 0;
}
