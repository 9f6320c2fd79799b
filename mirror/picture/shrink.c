#include "picture/shrink.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "picture/codec.h"

#define FULL 65535u

struct shrink_size shrink_target(uint32_t width, uint32_t w, uint32_t h, int orientation)
{
    bool swap = picture_swaps_sides(orientation);
    uint64_t shown = swap ? h : w, other = swap ? w : h, to = shown < width ? shown : width, tall;

    if (to > SHRINK_SIDE)
        to = SHRINK_SIDE;
    tall = (other * to + shown / 2) / shown;
    if (tall > SHRINK_SIDE) {
        tall = SHRINK_SIDE;
        to = (shown * tall + other / 2) / other;
    }
    to = to == 0 ? 1 : to;
    tall = tall == 0 ? 1 : tall;
    return swap ? (struct shrink_size){(uint32_t)tall, (uint32_t)to} : (struct shrink_size){(uint32_t)to, (uint32_t)tall};
}

/* ---- sRGB (IEC 61966-2-1) and linear light ---- */

static double to_linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static void make_tables(struct shrink *s)
{
    uint32_t at = 0;

    for (uint32_t v = 0; v < 256; v++) {
        /* Up to the middle between this code and the next. */
        uint32_t end = v == 255 ? FULL + 1 : (uint32_t)(to_linear((v + 0.5) / 255) * FULL + 0.5);
        s->linear[v] = (uint16_t)(to_linear(v / 255.0) * FULL + 0.5);
        while (at < end)
            s->coded[at++] = (uint8_t)v;
    }
}

int shrink_start(struct shrink *s, mimeo_ctx *ctx, uint32_t w, uint32_t h, struct shrink_size to)
{
    size_t count = (size_t)to.width * to.height;
    /* Twice: turned, or the encoder's copy. */
    int rc = picture_check_memory(ctx, (uint64_t)count * 8);

    assert(to.width <= w && to.height <= h);
    if (rc < 0)
        return rc;
    s->from = (struct shrink_size){w, h};
    s->to = to;
    s->as_is = w == to.width && h == to.height && s->colours == NULL;
    s->room = h;
    s->rows = 0;
    s->has_alpha = false;
    make_tables(s);
    s->rgba = calloc(count, 4);
    s->across = calloc(to.width, 4 * sizeof(*s->across));
    s->sums = calloc(to.width, 4 * sizeof(*s->sums));
    return s->rgba && s->across && s->sums ? 0 : ctx_error_nomem(ctx);
}

/* ---- one row ---- */

static uint16_t clamp(int64_t v)
{
    return (uint16_t)(v < 0 ? 0 : v > FULL ? FULL : v);
}

/* Linear, premultiplied, 16 bits each. */
static void open_pixel(uint32_t v[4], const struct shrink *s, const uint8_t *p)
{
    const struct shrink_colours *c = s->colours;

    if (c != NULL) {
        int64_t r = c->linear[0][p[0]], g = c->linear[1][p[1]], b = c->linear[2][p[2]];
        for (size_t i = 0; i < 3; i++)
            v[i] = clamp((c->matrix[3 * i] * r + c->matrix[3 * i + 1] * g + c->matrix[3 * i + 2] * b + 32768) >> 16);
    } else {
        for (size_t i = 0; i < 3; i++)
            v[i] = s->linear[p[i]];
    }
    v[3] = FULL;
    if (p[3] == 255)
        return;
    for (size_t i = 0; i < 3; i++)
        v[i] = (v[i] * p[3] + 127) / 255;
    v[3] = p[3] * 257u;
}

static void add(uint32_t *sum, const uint32_t v[4], uint32_t weight)
{
    for (size_t i = 0; i < 4; i++)
        sum[i] += v[i] * weight; /* at most FULL * LIMIT_PICTURE_SIDE in all: it fits */
}

/* In units in which a pixel of the source is to.width wide and one of the result from.width. */
static void narrow(struct shrink *s, const uint8_t *p)
{
    uint32_t width = s->to.width, room = s->from.width;
    uint32_t *sum = s->across;

    memset(sum, 0, (size_t)width * 4 * sizeof(*sum));
    for (uint32_t x = 0; x < s->from.width; x++, p += 4) {
        uint32_t v[4], first = width < room ? width : room;
        open_pixel(v, s, p);
        add(sum, v, first);
        room -= first;
        if (room == 0) {
            sum += 4;
            room = s->from.width;
            if (first < width)
                add(sum, v, width - first);
            room -= width - first;
        }
    }
}

/* A pixel of the result, from its sums. */
static void close_pixel(uint8_t *p, const struct shrink *s, const uint64_t *sum)
{
    uint64_t area = (uint64_t)s->from.width * s->from.height;
    uint64_t alpha = (sum[3] + area / 2) / area;

    p[3] = (uint8_t)((alpha + 128) / 257);
    if (p[3] == 0) {
        memset(p, 0, 3);
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        uint64_t v = p[3] == 255 ? (sum[i] + area / 2) / area : (sum[i] * FULL + sum[3] / 2) / sum[3];
        p[i] = s->coded[v > FULL ? FULL : v];
    }
}

static void close_row(struct shrink *s)
{
    uint8_t *p = s->rgba + (size_t)s->rows * s->to.width * 4;

    for (size_t x = 0; x < s->to.width; x++, p += 4) {
        close_pixel(p, s, s->sums + 4 * x);
        s->has_alpha |= p[3] != 255;
    }
    memset(s->sums, 0, (size_t)s->to.width * 4 * sizeof(*s->sums));
    s->rows++;
    s->room = s->from.height;
}

static void add_rows(struct shrink *s, uint32_t weight)
{
    for (size_t i = 0; i < (size_t)s->to.width * 4; i++)
        s->sums[i] += (uint64_t)s->across[i] * weight;
}

static void copy_row(struct shrink *s, const uint8_t *rgba)
{
    memcpy(s->rgba + (size_t)s->rows * s->to.width * 4, rgba, (size_t)s->to.width * 4);
    for (size_t x = 0; x < s->to.width; x++)
        s->has_alpha |= rgba[4 * x + 3] != 255;
    s->rows++;
}

void shrink_row(struct shrink *s, const uint8_t *rgba)
{
    uint32_t height = s->to.height, first;

    if (s->rows == height)
        return;
    if (s->as_is) {
        copy_row(s, rgba);
        return;
    }
    narrow(s, rgba);
    first = height < s->room ? height : s->room;
    add_rows(s, first);
    s->room -= first;
    if (s->room > 0)
        return;
    close_row(s);
    if (first < height)
        add_rows(s, height - first);
    s->room -= height - first;
}

/* ---- the whole ---- */

int shrink_finish(struct raster *out, struct shrink *s, mimeo_ctx *ctx, int orientation)
{
    bool swap = picture_swaps_sides(orientation);
    size_t w = s->to.width, h = s->to.height;
    uint8_t *turned;

    if (orientation != 1) {
        turned = malloc(w * h * 4);
        if (turned == NULL)
            return ctx_error_nomem(ctx);
        picture_turn(turned, s->rgba, w, h, 4, orientation);
        free(s->rgba);
        s->rgba = turned;
    }
    *out = (struct raster){s->rgba, swap ? s->to.height : s->to.width, swap ? s->to.width : s->to.height, s->has_alpha};
    s->rgba = NULL;
    return 0;
}

void shrink_dispose(struct shrink *s)
{
    free(s->rgba);
    free(s->across);
    free(s->sums);
    s->rgba = NULL;
    s->across = NULL;
    s->sums = NULL;
}
