/*
 * Making a picture smaller: rows go in from the top, the smaller picture comes out upright.
 *
 * Each pixel of the result is the mean of the area that it covers, taken in linear light (the mean of black and white
 * stripes is a middle gray to the eye only there) and weighted by opacity (so that what is transparent lends no colour
 * to an edge).  Integers alone, so that the same picture gives the same bytes on every machine: its hash is its name.
 *
 *     struct shrink s = {0};
 *     int rc = shrink_start(&s, ctx, w, h, shrink_target(800, w, h, orientation));
 *     for (y = 0; rc == 0 && y < h; y++) shrink_row(&s, rgba + y * 4 * w);
 *     if (rc == 0) rc = shrink_finish(&raster, &s, ctx, orientation);
 *     shrink_dispose(&s);
 */
#ifndef PICTURE_SHRINK_H
#define PICTURE_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/context.h"

#define SHRINK_SIDE 16383 /* the longest side of a WebP picture */

/* Decoded, upright: 4 bytes a pixel (RGBA, not premultiplied), no padding. */
struct raster {
    uint8_t *rgba; /* free() it */
    uint32_t width, height;
    bool has_alpha; /* a pixel is not opaque */
};

struct shrink_size {
    uint32_t width, height;
};

/* Colours that are not sRGB (icc.h): to linear light, and from there by a matrix. */
struct shrink_colours {
    uint16_t linear[3][256];
    int32_t matrix[9]; /* 1.0 is 65536 */
};

struct shrink {
    const struct shrink_colours *colours; /* borrowed; NULL: sRGB */
    struct shrink_size from, to;
    uint8_t *rgba;       /* the result, before it is turned */
    uint32_t *across;    /* one row of the source, made narrow */
    uint64_t *sums;      /* the row of the result that is being added up */
    uint32_t rows, room; /* rows of the result that are done; weight that the one in work still lacks */
    uint16_t linear[256];
    uint8_t coded[65536];
    bool has_alpha, as_is;
};

/* The size that a picture of w x h gets so that it is shown at most `width` wide and fits WebP, before it is turned.
 * Never larger than it is. */
struct shrink_size shrink_target(uint32_t width, uint32_t w, uint32_t h, int orientation);

/* `to` is at most from.  MIMEO_EMALFORMED where the result takes more memory than the child has. */
int shrink_start(struct shrink *s, mimeo_ctx *ctx, uint32_t w, uint32_t h, struct shrink_size to);
/* The next of h rows, w pixels. */
void shrink_row(struct shrink *s, const uint8_t *rgba);
/* After the last row. */
int shrink_finish(struct raster *out, struct shrink *s, mimeo_ctx *ctx, int orientation);
void shrink_dispose(struct shrink *s);

#endif
