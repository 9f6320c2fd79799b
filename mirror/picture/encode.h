/*
 * Private to re-encoding: from pixels to WebP.
 */
#ifndef PICTURE_ENCODE_H
#define PICTURE_ENCODE_H

#include "picture/frames.h"
#include "picture/shrink.h"

struct WebPConfig;

/* Pixels as one WebP, appended to `out`.  A raster without alpha is taken as opaque. */
int picture_webp_encode(struct buf *out, mimeo_ctx *ctx, const struct raster *raster, const struct WebPConfig *config);

/* Appended to `out`.  With `drawing` a picture of few colours is also tried without loss, and the smaller one stays. */
int picture_encode(struct buf *out, mimeo_ctx *ctx, const struct raster *raster, int quality, bool drawing);

#define ANIMATION_BYTES (384 * KIB) /* a minute and a half at 32 kbit/s */

/* 1: too long or too large to be worth its time on a slow line; then `out` is as it was. */
int picture_encode_frames(struct buf *out, mimeo_ctx *ctx, struct frames *f, uint32_t width, int quality);

#endif
