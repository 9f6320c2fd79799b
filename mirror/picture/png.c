/*
 * PNG and APNG (W3C PNG, third edition): chunk by chunk, only known ones let through.
 *
 *     89 'PNG' 0D 0A 1A 0A | length(4) type(4) data crc(4) | … | IEND
 *
 * Kept: IHDR PLTE tRNS IDAT IEND, of colour gAMA cHRM sRGB cICP, of animation acTL fcTL
 * fdAT.  Compressed pixels are kept as they are, after checking that they inflate to
 * exactly the picture and that nothing follows them within the chunks.
 *
 * What a reader would get wrong: bytes can hide inside IDAT, after the end of the zlib
 * stream or as rows past the last; decoders pass over both in silence.  Such a stream is
 * inflated and packed anew, cut to the picture.
 */
#include <string.h>
#include <zlib.h>

#include "picture/png.h"

#define PNG_SIGNATURE "\x89PNG\r\n\x1a\n"

struct png_facts {
    uint32_t width, height;
    uint8_t depth, colour, interlace;
    bool has_palette, has_transparency, has_pixels, animated, ended;
    unsigned colour_chunks; /* a bit for each of gAMA cHRM sRGB cICP seen */
    uint32_t frames, frames_left, sequence;
    uint32_t frame_width, frame_height;
    bool frame_wants_data;
    int orientation;
};

struct png_walk {
    struct buf *out;
    mimeo_ctx *ctx;
    struct png_facts f;
    struct cursor in;
    bool deep; /* inflate the pixels to check them */
};

static int odd(struct png_walk *w, const char *what)
{
    return picture_error_odd(w->ctx, "PNG", what);
}

static bool is_chunk_type(const char type[4])
{
    for (size_t i = 0; i < 4; i++)
        if (!((type[i] >= 'A' && type[i] <= 'Z') || (type[i] >= 'a' && type[i] <= 'z')))
            return false;
    return true;
}

static int read_chunk(struct png_walk *w, struct png_chunk *chunk)
{
    struct cursor crc;
    uint32_t stated = 0;

    if (!picture_png_take_chunk(chunk, &w->in))
        return picture_error_short(w->ctx, "PNG");
    if (!is_chunk_type(chunk->type))
        return odd(w, "has a chunk without a proper type");
    crc = cursor_of(view_of(chunk->data.ptr + chunk->data.len, 4));
    cursor_u32be(&crc, &stated);
    if (stated != crc32_z(0, chunk->whole.ptr + 4, chunk->data.len + 4))
        return odd(w, "is damaged (a checksum does not match)");
    return 0;
}

static unsigned samples_of(uint8_t colour)
{
    switch (colour) {
    case 2: return 3;
    case 4: return 2;
    case 6: return 4;
    default: return 1;
    }
}

static uint64_t rows_len(const struct png_facts *f, uint64_t w, uint64_t h)
{
    return w == 0 ? 0 : h * (1 + (w * samples_of(f->colour) * f->depth + 7) / 8);
}

/* Inflated bytes of a w*h picture: each row has a filter byte; Adam7 is seven pictures. */
static uint64_t raw_len(const struct png_facts *f, uint32_t w, uint32_t h)
{
    static const uint8_t x0[] = {0, 4, 0, 2, 0, 1, 0}, y0[] = {0, 0, 4, 0, 2, 0, 1};
    static const uint8_t dx[] = {8, 8, 4, 4, 2, 2, 1}, dy[] = {8, 8, 8, 4, 4, 2, 2};
    uint64_t sum = 0;

    if (!f->interlace)
        return rows_len(f, w, h);
    for (size_t i = 0; i < 7; i++)
        sum += rows_len(f, ((uint64_t)w + dx[i] - 1 - x0[i]) / dx[i],
                        ((uint64_t)h + dy[i] - 1 - y0[i]) / dy[i]);
    return sum;
}

static bool is_depth_allowed(uint8_t colour, uint8_t depth)
{
    switch (colour) {
    case 0: return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case 3: return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:
    case 4:
    case 6: return depth == 8 || depth == 16;
    default: return false;
    }
}

static int read_header(struct png_walk *w)
{
    struct png_chunk chunk;
    struct cursor c;
    uint8_t compression = 0, filter = 0;
    int rc = read_chunk(w, &chunk);

    if (rc < 0)
        return rc;
    if (!picture_png_is(&chunk, "IHDR") || chunk.data.len != 13)
        return odd(w, "does not begin with its header");
    c = cursor_of(chunk.data);
    cursor_u32be(&c, &w->f.width);
    cursor_u32be(&c, &w->f.height);
    cursor_u8(&c, &w->f.depth);
    cursor_u8(&c, &w->f.colour);
    cursor_u8(&c, &compression);
    cursor_u8(&c, &filter);
    cursor_u8(&c, &w->f.interlace);
    if (!is_depth_allowed(w->f.colour, w->f.depth) || compression || filter || w->f.interlace > 1)
        return odd(w, "has an impossible header");
    buf_append_view(w->out, chunk.whole);
    return picture_check_size(w->ctx, w->f.width, w->f.height);
}

/* The run of pixel chunks from `start` on, which any other chunk ends. */
static int read_pixels(struct png_walk *w, struct cursor start, const char *type, uint32_t width,
                       uint32_t height)
{
    struct png_run run = {.type = type, .skip = strcmp(type, "fdAT") == 0 ? 4 : 0};
    struct png_chunk chunk;
    struct cursor before;
    int rc;

    w->in = start;
    do {
        before = w->in;
        rc = read_chunk(w, &chunk);
        if (rc < 0)
            return rc;
    } while (picture_png_is(&chunk, type));
    w->in = before;
    run.chunks = view_of(start.ptr, start.left - before.left);
    run.raw_len = raw_len(&w->f, width, height);
    return picture_png_write_run(w->out, &w->f.sequence, w->ctx, &run, w->deep);
}

static int read_palette(struct png_walk *w, const struct png_chunk *chunk)
{
    if (w->f.has_palette || w->f.has_transparency || w->f.has_pixels || chunk->data.len == 0 ||
        chunk->data.len % 3 != 0 || chunk->data.len > 768)
        return odd(w, "has an impossible palette");
    w->f.has_palette = true;
    /* For true colour it is but a hint, and so a place for words. */
    if (w->f.colour == 3)
        buf_append_view(w->out, chunk->whole);
    return 0;
}

static int read_transparency(struct png_walk *w, const struct png_chunk *chunk)
{
    bool fits = w->f.colour == 0   ? chunk->data.len == 2
                : w->f.colour == 2 ? chunk->data.len == 6
                                   : w->f.colour == 3 && w->f.has_palette && chunk->data.len <= 256;

    if (!fits || w->f.has_transparency || w->f.has_pixels)
        return odd(w, "has an impossible transparency chunk");
    w->f.has_transparency = true;
    buf_append_view(w->out, chunk->whole);
    return 0;
}

/* The index of a colour chunk with the length it must have, or -1. */
static int colour_chunk(const struct png_chunk *chunk)
{
    static const struct {
        const char *type;
        size_t len;
    } known[] = {{"gAMA", 4}, {"cHRM", 32}, {"sRGB", 1}, {"cICP", 4}};

    for (int i = 0; i < 4; i++)
        if (picture_png_is(chunk, known[i].type))
            return chunk->data.len == known[i].len ? i : -1;
    return -1;
}

static int read_animation(struct png_walk *w, const struct png_chunk *chunk)
{
    struct cursor c = cursor_of(chunk->data);

    if (w->f.animated || w->f.has_pixels || chunk->data.len != 8 ||
        !cursor_u32be(&c, &w->f.frames) || w->f.frames == 0)
        return odd(w, "has an impossible animation header");
    w->f.animated = true;
    w->f.frames_left = w->f.frames;
    buf_append_view(w->out, chunk->whole);
    return 0;
}

/* fcTL: sequence(4) width(4) height(4) x(4) y(4) delay(2+2) dispose(1) blend(1).  The
 * sequence number is written anew, as chunks before it may have gone. */
static int read_frame_header(struct png_walk *w, const struct png_chunk *chunk)
{
    struct cursor c = cursor_of(chunk->data);
    uint32_t sequence, x, y;
    struct buf data;

    if (chunk->data.len != 26 || !cursor_u32be(&c, &sequence) ||
        !cursor_u32be(&c, &w->f.frame_width) || !cursor_u32be(&c, &w->f.frame_height) ||
        !cursor_u32be(&c, &x) || !cursor_u32be(&c, &y) || w->f.frame_width == 0 ||
        w->f.frame_height == 0 || x > w->f.width || w->f.frame_width > w->f.width - x ||
        y > w->f.height || w->f.frame_height > w->f.height - y || w->f.frame_wants_data ||
        w->f.frames_left == 0)
        return odd(w, "has an impossible animation frame");
    w->f.frames_left--;
    w->f.frame_wants_data = true;
    buf_init(&data, 26);
    buf_append_u32be(&data, w->f.sequence++);
    buf_append(&data, chunk->data.ptr + 4, 22);
    if (buf_status(&data) < 0)
        w->out->failed = buf_status(&data);
    picture_png_write_chunk(w->out, "fcTL", buf_view(&data));
    buf_dispose(&data);
    return 0;
}

static int read_frame_data(struct png_walk *w, struct cursor start)
{
    if (!w->f.has_pixels || !w->f.frame_wants_data)
        return odd(w, "has an animation frame without its header");
    w->f.frame_wants_data = false;
    return read_pixels(w, start, "fdAT", w->f.frame_width, w->f.frame_height);
}

static int read_image_data(struct png_walk *w, struct cursor start)
{
    if (w->f.has_pixels)
        return odd(w, "has its pixels in two places");
    if (w->f.colour == 3 && !w->f.has_palette)
        return odd(w, "lacks its palette");
    if (w->f.frame_wants_data &&
        (w->f.frame_width != w->f.width || w->f.frame_height != w->f.height))
        return odd(w, "has a first frame of another size");
    w->f.has_pixels = true;
    w->f.frame_wants_data = false;
    return read_pixels(w, start, "IDAT", w->f.width, w->f.height);
}

static int read_end(struct png_walk *w, const struct png_chunk *chunk)
{
    if (chunk->data.len != 0 || !w->f.has_pixels || w->f.frame_wants_data || w->f.frames_left > 0)
        return odd(w, "ends before all its pixels");
    w->f.ended = true;
    buf_append_view(w->out, chunk->whole);
    return 0;
}

static int read_other(struct png_walk *w, const struct png_chunk *chunk)
{
    int colour = colour_chunk(chunk);

    if (picture_png_is(chunk, "eXIf")) {
        w->f.orientation = picture_exif_orientation(chunk->data);
    } else if (colour >= 0) {
        unsigned bit = 1u << colour;
        if (!(w->f.colour_chunks & bit) && !w->f.has_palette && !w->f.has_pixels)
            buf_append_view(w->out, chunk->whole);
        w->f.colour_chunks |= bit;
    } else if (!(chunk->type[0] & 0x20)) {
        return odd(w, "has an unknown chunk that decoding needs");
    }
    return 0;
}

static int walk_chunks(struct png_walk *w)
{
    int rc = read_header(w);

    while (rc == 0 && !w->f.ended) {
        struct cursor start = w->in;
        struct png_chunk chunk;
        rc = read_chunk(w, &chunk);
        if (rc < 0)
            break;
        if (picture_png_is(&chunk, "PLTE"))
            rc = read_palette(w, &chunk);
        else if (picture_png_is(&chunk, "tRNS"))
            rc = read_transparency(w, &chunk);
        else if (picture_png_is(&chunk, "IDAT"))
            rc = read_image_data(w, start);
        else if (picture_png_is(&chunk, "IEND"))
            rc = read_end(w, &chunk);
        else if (picture_png_is(&chunk, "acTL"))
            rc = read_animation(w, &chunk);
        else if (w->f.animated && picture_png_is(&chunk, "fcTL"))
            rc = read_frame_header(w, &chunk);
        else if (w->f.animated && picture_png_is(&chunk, "fdAT"))
            rc = read_frame_data(w, start);
        else
            rc = read_other(w, &chunk);
    }
    return rc == 0 ? picture_out_status(w->out, w->ctx) : rc;
}

static int strip(struct buf *out, struct png_facts *f, mimeo_ctx *ctx, struct view in, bool deep)
{
    struct png_walk w = {.out = out, .ctx = ctx, .in = cursor_of(in), .deep = deep};
    int rc;

    w.f.orientation = 1;
    if (!cursor_skip(&w.in, PNG_SIGNATURE))
        return picture_error_short(ctx, "PNG");
    buf_append_str(out, PNG_SIGNATURE);
    rc = walk_chunks(&w);
    if (rc == 0)
        *f = w.f;
    return rc;
}

/* The chunks about colour, which follow the header of the stripped picture, go verbatim
 * behind the header of the turned one: libpng does not know all of them. */
static int join_colours(struct buf *out, mimeo_ctx *ctx, struct view stripped, struct view turned)
{
    size_t head = sizeof(PNG_SIGNATURE) - 1 + PNG_OVERHEAD + 13;
    struct cursor c = cursor_of(view_of(stripped.ptr + head, stripped.len - head));
    struct png_chunk chunk;

    buf_append(out, turned.ptr, head);
    while (picture_png_take_chunk(&chunk, &c) && colour_chunk(&chunk) >= 0)
        buf_append_view(out, chunk.whole);
    buf_append(out, turned.ptr + head, turned.len - head);
    return picture_out_status(out, ctx);
}

static int turn(struct buf *out, mimeo_ctx *ctx, struct view stripped, int orientation)
{
    struct buf turned;
    int rc;

    buf_init(&turned, LIMIT_MEDIA);
    rc = picture_png_turn(&turned, ctx, stripped, orientation);
    if (rc == 0)
        rc = join_colours(out, ctx, stripped, buf_view(&turned));
    buf_dispose(&turned);
    return rc;
}

int picture_png_clean(struct buf *out, mimeo_ctx *ctx, struct view in)
{
    struct png_facts f;
    struct buf stripped;
    int rc;

    buf_init(&stripped, LIMIT_PICTURE);
    rc = strip(&stripped, &f, ctx, in, true);
    /* An animation is left as it lies: turning it would mean composing every frame. */
    if (rc == 0 && f.orientation != 1 && !f.animated)
        rc = turn(out, ctx, buf_view(&stripped), f.orientation);
    else if (rc == 0 && buf_append_view(out, buf_view(&stripped)) < 0)
        rc = picture_out_status(out, ctx);
    buf_dispose(&stripped);
    return rc;
}

/* The layout alone. */
static int facts_of(struct png_facts *f, mimeo_ctx *ctx, struct view in)
{
    struct buf out;
    int rc;

    buf_init(&out, LIMIT_PICTURE);
    rc = strip(&out, f, ctx, in, false);
    buf_dispose(&out);
    return rc;
}

int picture_png_orientation(int *out, mimeo_ctx *ctx, struct view in)
{
    struct png_facts f;
    int rc = facts_of(&f, ctx, in);

    if (rc == 0)
        *out = f.animated ? 1 : f.orientation;
    return rc;
}

int picture_png_frames(uint32_t *out, mimeo_ctx *ctx, struct view in)
{
    struct png_facts f;
    int rc = facts_of(&f, ctx, in);

    if (rc == 0)
        *out = f.animated ? f.frames : 0;
    return rc;
}

int picture_png_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned)
{
    struct png_facts f;
    struct buf again;
    bool swap;
    int rc;

    buf_init(&again, LIMIT_PICTURE);
    rc = strip(&again, &f, ctx, in, cleaned);
    if (rc == 0 && cleaned && !view_equal(buf_view(&again), in))
        rc = picture_error_trace(ctx, "PNG", "something besides its pixels");
    buf_dispose(&again);
    if (rc < 0)
        return rc;
    swap = picture_swaps_sides(f.orientation) && !f.animated;
    *info = (struct picture_info){PICTURE_PNG, swap ? f.height : f.width,
                                  swap ? f.width : f.height};
    return 0;
}
