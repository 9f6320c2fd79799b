/*
 * GIF to pixels (GIF89a, appendix F): unpacked, laid upon what was there, as the viewer would see it.
 *
 * What a reader would get wrong: what is no longer needed goes away only when the *next* frame comes, and "background"
 * means transparent: no viewer paints the background colour.  A delay of nothing is a tenth of a second to all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "picture/decode.h"
#include "picture/frames.h"

#define CODES 4096
#define SHORTEST 2      /* hundredths of a second */
#define SHORT_STAYS 100 /* milliseconds */

enum disposal { KEEP = 1, TO_BACKGROUND = 2, TO_PREVIOUS = 3 };

struct control {
    enum disposal disposal;
    int transparent; /* index; -1: none */
    unsigned delay;
};

struct place {
    uint32_t x, y, w, h;
    bool interlaced;
};

struct gif {
    struct cursor in;
    uint32_t width, height;
    struct view colours; /* of the whole picture */
    uint8_t *canvas, *saved, *indexes;
    struct place last; /* of the frame that is shown */
    enum disposal disposal;
    uint16_t prefix[CODES];
    uint8_t suffix[CODES], stack[CODES];
};

static int cut_short(mimeo_ctx *ctx) { return picture_error_short(ctx, "GIF"); }

static bool take_colours(struct gif *g, uint8_t packed, struct view *colours)
{
    return !(packed & 0x80) || cursor_take(&g->in, (size_t)3 << ((packed & 7) + 1), colours);
}

/* ---- blocks ---- */

/* The bytes of sub-blocks as one stream. */
struct blocks {
    struct cursor *in;
    struct cursor block;
    bool ended; /* the empty block was taken */
};

static bool next_byte(struct blocks *b, uint8_t *byte)
{
    struct view v;
    uint8_t len;

    if (b->block.left == 0) {
        if (b->ended || !cursor_u8(b->in, &len))
            return false;
        b->ended = len == 0;
        if (b->ended || !cursor_take(b->in, len, &v))
            return false;
        b->block = cursor_of(v);
    }
    return cursor_u8(&b->block, byte);
}

static bool skip_blocks(struct cursor *in, struct view *first)
{
    struct view block;
    uint8_t len;

    for (size_t n = 0; cursor_u8(in, &len) && cursor_take(in, len, &block); n++) {
        if (len == 0)
            return true;
        if (n == 0 && first != NULL)
            *first = block;
    }
    return false;
}

/* ---- LZW ---- */

struct codes {
    struct blocks blocks;
    uint32_t held;
    unsigned held_bits, bits;
};

static bool next_code(struct codes *c, unsigned *code)
{
    uint8_t byte;

    while (c->held_bits < c->bits) {
        if (!next_byte(&c->blocks, &byte))
            return false;
        c->held |= (uint32_t)byte << c->held_bits;
        c->held_bits += 8;
    }
    *code = c->held & ((1u << c->bits) - 1);
    c->held >>= c->bits;
    c->held_bits -= c->bits;
    return true;
}

/* Write what `code` stands for, back to front; the first of its indexes comes back. */
static uint8_t unfold(struct gif *g, unsigned code, unsigned clear, uint8_t *out, size_t *at, size_t count)
{
    size_t n = 0;

    while (code > clear && n < CODES) {
        g->stack[n++] = g->suffix[code];
        code = g->prefix[code];
    }
    uint8_t first = (uint8_t)code;
    if (*at < count)
        out[(*at)++] = first;
    while (n > 0 && *at < count)
        out[(*at)++] = g->stack[--n];
    return first;
}

/* Up to `count` indexes; *came of them came before the end code, which is early in files of bad writers.  What follows is
 * passed over.  False where it is damaged. */
static bool unpack(size_t *came, struct gif *g, uint8_t min_bits, uint8_t *out, size_t count)
{
    struct codes c = {.blocks = {&g->in, {0}, false}, .bits = min_bits + 1u};
    unsigned clear = 1u << min_bits, next = clear + 2, code, before = CODES;
    size_t at = 0;

    while (at < count && next_code(&c, &code) && code != clear + 1) {
        if (code == clear) {
            c.bits = min_bits + 1u;
            next = clear + 2;
            before = CODES;
            continue;
        }
        if (code > next || (code == next && before == CODES) || code >= CODES)
            return false;
        if (before == CODES) {
            unfold(g, code, clear, out, &at, count);
        } else {
            uint8_t first;
            if (next < CODES)
                g->prefix[next] = (uint16_t)before;
            if (code == next) { /* what came before, and its first again */
                size_t start = at;
                first = unfold(g, before, clear, out, &at, count);
                if (at < count && at > start)
                    out[at++] = first;
            } else {
                first = unfold(g, code, clear, out, &at, count);
            }
            if (next < CODES)
                g->suffix[next++] = first;
            if (next == 1u << c.bits && c.bits < 12)
                c.bits++;
        }
        before = code;
    }
    *came = at;
    /* The block at hand was taken whole: what is left of it goes. */
    return c.blocks.ended || skip_blocks(&g->in, NULL);
}

/* ---- the canvas ---- */

static void clear_place(struct gif *g, struct place p)
{
    for (size_t y = p.y; y < p.y + p.h; y++)
        memset(g->canvas + (y * g->width + p.x) * 4, 0, (size_t)p.w * 4);
}

static void dispose_of_last(struct gif *g)
{
    if (g->disposal == TO_BACKGROUND)
        clear_place(g, g->last);
    else if (g->disposal == TO_PREVIOUS)
        memcpy(g->canvas, g->saved, (size_t)g->width * g->height * 4);
}

/* The row of the frame that the n-th stored one is. */
static uint32_t row_of(const struct place *p, uint32_t n)
{
    static const uint8_t start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};

    for (size_t pass = 0; p->interlaced && pass < 4; pass++) {
        uint32_t rows = p->h > start[pass] ? (p->h - start[pass] + step[pass] - 1) / step[pass] : 0;
        if (n < rows)
            return start[pass] + n * step[pass];
        n -= rows;
    }
    return n;
}

/* The first `count` pixels of it. */
static void paint(struct gif *g, const struct place *p, struct view colours, int transparent, size_t count)
{
    const uint8_t *index = g->indexes, *end = index + count;

    for (uint32_t n = 0; n < p->h; n++) {
        uint8_t *to = g->canvas + ((size_t)(p->y + row_of(p, n)) * g->width + p->x) * 4;
        for (uint32_t x = 0; x < p->w && index < end; x++, to += 4, index++) {
            if (*index == transparent)
                continue;
            if (*index * 3u + 3 <= colours.len)
                memcpy(to, colours.ptr + *index * 3u, 3);
            else
                memset(to, 0, 3);
            to[3] = 255;
        }
    }
}

static int read_image(struct gif *g, mimeo_ctx *ctx, const struct control *control)
{
    struct view head, colours = g->colours;
    struct cursor c;
    uint16_t x = 0, y = 0, w = 0, h = 0;
    uint8_t min_bits;
    size_t came = 0;

    if (!cursor_take(&g->in, 9, &head) || !take_colours(g, head.ptr[8], &colours) || !cursor_u8(&g->in, &min_bits))
        return cut_short(ctx);
    c = cursor_of(head);
    cursor_u16le(&c, &x);
    cursor_u16le(&c, &y);
    cursor_u16le(&c, &w);
    cursor_u16le(&c, &h);
    if (w == 0 || h == 0 || x > g->width || w > g->width - x || y > g->height || h > g->height - y || min_bits < 2 ||
        min_bits > 8)
        return picture_error_odd(ctx, "GIF", "has an impossible frame");
    if (!unpack(&came, g, min_bits, g->indexes, (size_t)w * h))
        return picture_error_odd(ctx, "GIF", "has pixels that cannot be unpacked");
    struct place p = {x, y, w, h, head.ptr[8] & 0x40};
    dispose_of_last(g);
    if (control->disposal == TO_PREVIOUS)
        memcpy(g->saved, g->canvas, (size_t)g->width * g->height * 4);
    paint(g, &p, colours, control->transparent, came);
    g->last = p;
    g->disposal = control->disposal;
    return 1;
}

static int read_control(struct gif *g, mimeo_ctx *ctx, struct control *out)
{
    struct view block = {0};

    if (!skip_blocks(&g->in, &block))
        return cut_short(ctx);
    if (block.len == 4)
        *out = (struct control){(enum disposal)(block.ptr[0] >> 2 & 7), block.ptr[0] & 1 ? block.ptr[3] : -1,
                                block.ptr[1] | (unsigned)block.ptr[2] << 8};
    return 0;
}

static int next_frame(struct frames *f, mimeo_ctx *ctx)
{
    struct gif *g = f->inside;
    struct control control = {KEEP, -1, 0};
    uint8_t kind, label;
    int rc = 0;

    while (rc == 0) {
        if (!cursor_u8(&g->in, &kind))
            return cut_short(ctx);
        if (kind == 0x3b)
            return 0;
        if (kind == 0x2c)
            rc = read_image(g, ctx, &control);
        else if (kind != 0x21 || !cursor_u8(&g->in, &label))
            return picture_error_odd(ctx, "GIF", "has an unknown block");
        else if (label == 0xf9)
            rc = read_control(g, ctx, &control);
        else if (!skip_blocks(&g->in, NULL))
            return cut_short(ctx);
    }
    f->rgba = g->canvas;
    f->milliseconds = control.delay < SHORTEST ? SHORT_STAYS : (int)control.delay * 10;
    return rc;
}

/* ---- */

static void close_gif(struct frames *f)
{
    struct gif *g = f->inside;

    free(g->canvas);
    free(g->saved);
    free(g->indexes);
    free(g);
}

/* How many images there are, and how often they play: a pass that unpacks nothing. */
static bool count_frames(struct frames *f, const struct gif *g)
{
    struct gif at = {.in = g->in};
    struct view v, name;
    uint8_t kind, label;

    f->count = 0;
    f->loops = 1;
    while (cursor_u8(&at.in, &kind) && kind != 0x3b) {
        if (kind == 0x2c) {
            if (!cursor_take(&at.in, 9, &v) || !take_colours(&at, v.ptr[8], &name) || !cursor_u8(&at.in, &label) ||
                !skip_blocks(&at.in, NULL))
                return false;
            f->count++;
            continue;
        }
        v = name = view_of(NULL, 0);
        if (!cursor_u8(&at.in, &label))
            return false;
        if (label == 0xff && at.in.left > 20 && memcmp(at.in.ptr + 1, "NETSCAPE2.0\3\1", 13) == 0) {
            unsigned again = at.in.ptr[14] | (unsigned)at.in.ptr[15] << 8;
            f->loops = again == 0 ? 0 : (int)(again < 65535 ? again + 1 : again);
        }
        if (!skip_blocks(&at.in, NULL))
            return false;
    }
    return f->count > 0;
}

static int open_gif(struct gif *g, struct frames *f, mimeo_ctx *ctx, struct view in)
{
    struct view head;
    uint16_t w = 0, h = 0;
    struct cursor c;

    g->in = cursor_of(in);
    if (!cursor_take(&g->in, 13, &head) || !take_colours(g, head.ptr[10], &g->colours) || !count_frames(f, g))
        return cut_short(ctx);
    c = cursor_of(view_of(head.ptr + 6, 4));
    cursor_u16le(&c, &w);
    cursor_u16le(&c, &h);
    g->width = w;
    g->height = h;
    int rc = picture_check_size(ctx, w, h);
    if (rc == 0)
        rc = picture_check_memory(ctx, (uint64_t)w * h * 9);
    if (rc < 0)
        return rc;
    g->canvas = calloc((size_t)w * h, 4);
    g->saved = calloc((size_t)w * h, 4);
    g->indexes = calloc(w, h);
    return g->canvas && g->saved && g->indexes ? 0 : ctx_error_nomem(ctx);
}

int picture_gif_frames(struct frames *f, mimeo_ctx *ctx, struct view in)
{
    struct gif *g = calloc(1, sizeof(*g));
    int rc;

    if (g == NULL)
        return ctx_error_nomem(ctx);
    *f = (struct frames){.next = next_frame, .close = close_gif, .inside = g};
    rc = open_gif(g, f, ctx, in);
    f->width = g->width;
    f->height = g->height;
    if (rc < 0)
        close_gif(f);
    return rc;
}
