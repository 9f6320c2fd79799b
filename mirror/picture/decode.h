/*
 * Private to the files of re-encoding: from a picture to its pixels, upright and small (shrink.h).
 *
 * What a reader would get wrong: these decode what the cleaners only check the layout of, so picture_inspect's checks
 * come first: size, markers, chunks.  All of it runs in the child, with its memory.
 */
#ifndef PICTURE_DECODE_H
#define PICTURE_DECODE_H

#include "picture/codec.h"
#include "picture/shrink.h"

/* `out` is shown at most `width` wide.  MIMEO_EMALFORMED: damaged, or more memory than there is. */
typedef int (*picture_decode_fn)(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width);

int picture_jpeg_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width);
int picture_png_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width);
int picture_webp_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width);
int picture_avif_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width);

/* The first frame of an animation; a still GIF is one of a single frame. */
struct frames;
int picture_first_frame(struct raster *out, mimeo_ctx *ctx, struct frames *f, uint32_t width);

/* All rows of a picture that is decoded, `w` * 4 bytes each. */
int picture_shrink_whole(struct raster *out, mimeo_ctx *ctx, const uint8_t *rgba, struct shrink_size from,
                         struct shrink_size to, int orientation, const struct shrink_colours *colours);

#endif
