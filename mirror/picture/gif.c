/*
 * GIF 87a and 89a: block by block; comments, plain text and application blocks stay
 * behind, but for the loop count of an animation.
 *
 *     "GIF89a" | screen(7) [colours] | blocks | 3B
 *     block:  21 F9 04 control(4) 00          graphic control
 *             21 label sub-blocks             other extensions
 *             2C place(9) [colours] bits sub-blocks
 *
 * What a reader would get wrong: pixels end at the LZW end code, not at the end of the
 * sub-blocks; whatever stands after it is passed over by decoders, so it is cut.
 */
#include <string.h>

#include "picture/codec.h"

#define LZW_CODES 4096

struct gif_walk {
    struct buf *out;
    mimeo_ctx *ctx;
    struct cursor in;
    uint16_t width, height;
    struct view control; /* a graphic control that waits for its image */
    bool has_image, has_loop, ended;
};

static int odd(struct gif_walk *w, const char *what)
{
    return picture_error_odd(w->ctx, "GIF", what);
}

static int cut_short(struct gif_walk *w)
{
    return picture_error_short(w->ctx, "GIF");
}

/* The colour table that bit 7 of `packed` announces, of 2^(n+1) times 3 bytes. */
static bool take_colours(struct gif_walk *w, uint8_t packed, struct view *colours)
{
    *colours = view_of(NULL, 0);
    return !(packed & 0x80) || cursor_take(&w->in, (size_t)3 << ((packed & 7) + 1), colours);
}

static int read_screen(struct gif_walk *w)
{
    struct view screen, colours;
    struct cursor c;

    if (!cursor_take(&w->in, 7, &screen))
        return cut_short(w);
    c = cursor_of(screen);
    cursor_u16le(&c, &w->width);
    cursor_u16le(&c, &w->height);
    if (!take_colours(w, screen.ptr[4], &colours))
        return cut_short(w);
    buf_append_view(w->out, screen);
    buf_append_view(w->out, colours);
    return picture_check_size(w->ctx, w->width, w->height);
}

/* Sub-blocks up to the empty one; `first` is the first of them. */
static bool skip_blocks(struct gif_walk *w, struct view *first)
{
    struct view block = {0};
    uint8_t len;

    *first = block;
    for (size_t n = 0;; n++) {
        if (!cursor_u8(&w->in, &len) || !cursor_take(&w->in, len, &block))
            return false;
        if (len == 0)
            return true;
        if (n == 0)
            *first = block;
    }
}

static int read_control(struct gif_walk *w)
{
    struct view control;
    uint8_t len, end;

    if (!cursor_u8(&w->in, &len))
        return cut_short(w);
    if (len != 4)
        return odd(w, "has an impossible graphic control block");
    if (!cursor_take(&w->in, 4, &control) || !cursor_u8(&w->in, &end))
        return cut_short(w);
    if (end != 0)
        return odd(w, "has an impossible graphic control block");
    w->control = control;
    return 0;
}

/* NETSCAPE2.0 and its twin ANIMEXTS1.0: 03 01 count(2) 00. */
static int read_application(struct gif_walk *w)
{
    struct view name, first;
    uint8_t len;
    bool loops;

    if (!cursor_u8(&w->in, &len) || !cursor_take(&w->in, len, &name))
        return cut_short(w);
    loops = view_equal_str(name, "NETSCAPE2.0") || view_equal_str(name, "ANIMEXTS1.0");
    if (len > 0 && !skip_blocks(w, &first))
        return cut_short(w);
    if (!loops || first.len != 3 || first.ptr[0] != 1 || w->has_loop || w->has_image)
        return 0;
    w->has_loop = true;
    buf_append_str(w->out, "\x21\xff\x0bNETSCAPE2.0\x03\x01");
    buf_append(w->out, first.ptr + 1, 2);
    return buf_append_byte(w->out, 0) == 0 ? 0 : picture_out_status(w->out, w->ctx);
}

static int read_extension(struct gif_walk *w)
{
    struct view first;
    uint8_t label;

    if (!cursor_u8(&w->in, &label))
        return cut_short(w);
    if (label == 0xf9)
        return read_control(w);
    if (label == 0xff)
        return read_application(w);
    if (label == 0x01) /* text drawn over the picture: its control goes with it */
        w->control = view_of(NULL, 0);
    return skip_blocks(w, &first) ? 0 : cut_short(w);
}

/* Follows LZW codes without making pixels: only how many each code stands for. */
struct lzw {
    uint32_t length[LZW_CODES];
    unsigned min_bits, bits, next, previous;
    bool has_previous;
    uint32_t held;
    unsigned held_bits;
    uint64_t pixels_left;
};

static void lzw_reset(struct lzw *z)
{
    z->bits = z->min_bits + 1;
    z->next = (1u << z->min_bits) + 2;
    z->has_previous = false;
}

enum lzw_step { LZW_GO_ON, LZW_END, LZW_BAD };

static enum lzw_step lzw_code(struct lzw *z, unsigned code)
{
    unsigned clear = 1u << z->min_bits;
    uint64_t length;

    if (code == clear) {
        lzw_reset(z);
        return LZW_GO_ON;
    }
    if (code == clear + 1)
        return LZW_END;
    if (z->pixels_left == 0) /* more than the picture: what it says is for nobody's eyes */
        return LZW_END;
    if (code > z->next || (code == z->next && !z->has_previous) || code >= LZW_CODES)
        return LZW_BAD;
    length = code == z->next ? z->length[z->previous] + 1u : z->length[code];
    z->pixels_left -= length < z->pixels_left ? length : z->pixels_left;
    if (z->has_previous && z->next < LZW_CODES) {
        z->length[z->next++] = z->length[z->previous] + 1u;
        if (z->next == 1u << z->bits && z->bits < 12)
            z->bits++;
    }
    z->previous = code;
    z->has_previous = true;
    return LZW_GO_ON;
}

static enum lzw_step lzw_byte(struct lzw *z, uint8_t byte)
{
    z->held |= (uint32_t)byte << z->held_bits;
    z->held_bits += 8;
    while (z->held_bits >= z->bits) {
        unsigned code = z->held & ((1u << z->bits) - 1);
        enum lzw_step step;
        z->held >>= z->bits;
        z->held_bits -= z->bits;
        step = lzw_code(z, code);
        if (step != LZW_GO_ON)
            return step;
    }
    return LZW_GO_ON;
}

/* Copy sub-blocks up to where the pixels end, and pass over the rest of them. */
static int read_pixels(struct gif_walk *w, uint64_t pixels, uint8_t min_bits)
{
    struct lzw z = {.min_bits = min_bits, .pixels_left = pixels};
    enum lzw_step step = LZW_GO_ON;
    struct view block;
    uint8_t len;

    for (unsigned i = 0; i < 1u << min_bits; i++)
        z.length[i] = 1;
    lzw_reset(&z);
    for (;;) {
        size_t used = 0;
        if (!cursor_u8(&w->in, &len) || !cursor_take(&w->in, len, &block))
            return cut_short(w);
        if (len == 0)
            break;
        while (used < len && step == LZW_GO_ON)
            step = lzw_byte(&z, block.ptr[used++]);
        if (step == LZW_BAD)
            return odd(w, "has pixels that cannot be unpacked");
        if (used > 0) {
            buf_append_byte(w->out, (uint8_t)used);
            buf_append(w->out, block.ptr, used);
        }
    }
    if (step != LZW_END && z.pixels_left > 0)
        return cut_short(w);
    buf_append_byte(w->out, 0);
    return picture_out_status(w->out, w->ctx);
}

static int read_image(struct gif_walk *w)
{
    struct view place, colours;
    struct cursor c;
    uint16_t x = 0, y = 0, width = 0, height = 0;
    uint8_t min_bits;
    int rc;

    if (!cursor_take(&w->in, 9, &place) || !take_colours(w, place.ptr[8], &colours) ||
        !cursor_u8(&w->in, &min_bits))
        return cut_short(w);
    c = cursor_of(place);
    cursor_u16le(&c, &x);
    cursor_u16le(&c, &y);
    cursor_u16le(&c, &width);
    cursor_u16le(&c, &height);
    rc = picture_check_size(w->ctx, width, height);
    if (rc < 0)
        return rc;
    if (x > w->width || width > w->width - x || y > w->height || height > w->height - y)
        return odd(w, "has a frame that sticks out of it");
    if (min_bits < 2 || min_bits > 8)
        return odd(w, "has pixels that cannot be unpacked");
    if (w->control.len > 0) {
        buf_append(w->out, "\x21\xf9\x04", 3);
        buf_append_view(w->out, w->control);
        buf_append_byte(w->out, 0);
    }
    w->control = view_of(NULL, 0);
    buf_append_byte(w->out, 0x2c);
    buf_append_view(w->out, place);
    buf_append_view(w->out, colours);
    buf_append_byte(w->out, min_bits);
    w->has_image = true;
    return read_pixels(w, (uint64_t)width * height, min_bits);
}

static int read_block(struct gif_walk *w)
{
    uint8_t kind;

    if (!cursor_u8(&w->in, &kind))
        return cut_short(w);
    switch (kind) {
    case 0x21: return read_extension(w);
    case 0x2c: return read_image(w);
    case 0x3b:
        w->ended = true;
        return w->has_image ? 0 : odd(w, "has no pixels");
    default: return odd(w, "has an unknown block");
    }
}

static int strip(struct gif_walk *w)
{
    struct view signature;
    int rc;

    if (!cursor_take(&w->in, 6, &signature))
        return cut_short(w);
    buf_append_view(w->out, signature);
    rc = read_screen(w);
    while (rc == 0 && !w->ended)
        rc = read_block(w);
    if (rc == 0) {
        buf_append_byte(w->out, 0x3b);
        rc = picture_out_status(w->out, w->ctx);
    }
    return rc;
}

int picture_gif_clean(struct buf *out, mimeo_ctx *ctx, struct view in)
{
    struct gif_walk w = {.out = out, .ctx = ctx, .in = cursor_of(in)};
    return strip(&w);
}

int picture_gif_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned)
{
    struct buf again;
    struct gif_walk w = {.out = &again, .ctx = ctx, .in = cursor_of(in)};
    int rc;

    buf_init(&again, LIMIT_PICTURE);
    rc = strip(&w);
    if (rc == 0 && cleaned && !view_equal(buf_view(&again), in))
        rc = picture_error_trace(ctx, "GIF", "something besides its pixels");
    buf_dispose(&again);
    if (rc == 0)
        *info = (struct picture_info){PICTURE_GIF, w.width, w.height};
    return rc;
}
