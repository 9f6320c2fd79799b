/*
 * Private to the picture files: what each kind of picture brings, and what they
 * share.  Everything here runs in this very process; picture.c puts it in a child.
 *
 * The rule that all of them follow: nothing is taken out of a picture, things are let
 * in.  A cleaner writes only what it knows to be needed for the pixels; what it does
 * not know stays behind.
 */
#ifndef PICTURE_CODEC_H
#define PICTURE_CODEC_H

#include <stdbool.h>

#include "base/limits.h"
#include "picture/picture.h"

/* What the child may map, and how much of it may go to pixels and coefficients; the
 * rest is for the program, the picture's own bytes and the codec's tables. */
#define PICTURE_MEMORY (256 * MIB)
#define PICTURE_PIXEL_MEMORY (208 * MIB)
#define PICTURE_SECONDS 60

/* Clean into `out` (initialised, max LIMIT_MEDIA).  The type is known by now. */
typedef int (*picture_clean_fn)(struct buf *out, mimeo_ctx *ctx, struct view in);
/* Read the size as shown.  With `cleaned`, anything that cleaning would have taken out
 * is MIMEO_EMALFORMED; without it, looks at the layout only and decodes nothing. */
typedef int (*picture_inspect_fn)(struct picture_info *info, mimeo_ctx *ctx, struct view in,
                                  bool cleaned);

int picture_jpeg_clean(struct buf *out, mimeo_ctx *ctx, struct view in);
int picture_jpeg_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned);
int picture_png_clean(struct buf *out, mimeo_ctx *ctx, struct view in);
int picture_png_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned);
int picture_webp_clean(struct buf *out, mimeo_ctx *ctx, struct view in);
int picture_webp_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned);
int picture_gif_clean(struct buf *out, mimeo_ctx *ctx, struct view in);
int picture_gif_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned);
int picture_avif_clean(struct buf *out, mimeo_ctx *ctx, struct view in);
int picture_avif_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned);

/* All of cleaning without the child: sniff, clean, look again.  `out` is initialised
 * here.  For the child, and for fuzzing. */
int picture_clean_here(struct buf *out, mimeo_ctx *ctx, struct view in);

/* The same for making it small; `want` complete.  For the child, and for fuzzing. */
int picture_small_here(struct buf *out, struct picture_made *made, mimeo_ctx *ctx, struct view in,
                       const struct picture_want *want);
/* MIMEO_EMALFORMED where `bytes` are not what a cleaner writes. */
int picture_look_again(struct picture_info *info, mimeo_ctx *ctx, struct view bytes);
/* What a child came to: no memory there is a fault of the picture, which must not end the import of all others. */
int picture_settle_memory(mimeo_ctx *ctx, int rc);
/* 0, or the words for what is no picture by its first bytes, or too large. */
int picture_check_input(mimeo_ctx *ctx, struct view bytes);

/* Turn a still PNG, already stripped, by decoding it: png_turn.c. */
int picture_png_turn(struct buf *out, mimeo_ctx *ctx, struct view in, int orientation);

/* EXIF orientation 1..8 of a TIFF block, with or without "Exif\0\0" in front; 1 where
 * there is none or it makes no sense: a damaged tag must not lose a picture. */
int picture_exif_orientation(struct view exif);
/* True for 5..8, which swap width and height. */
bool picture_swaps_sides(int orientation);
/* Write the pixels of `src` (w*h, `bpp` bytes each, no padding) upright to `dst`, which
 * is as large and does not overlap. */
void picture_turn(uint8_t *dst, const uint8_t *src, size_t w, size_t h, size_t bpp,
                  int orientation);

/* 0, or the words for a size that is zero or over a limit.  Before any decoding. */
int picture_check_size(mimeo_ctx *ctx, uint64_t width, uint64_t height);
/* 0, or the words for `bytes` that the child does not have. */
int picture_check_memory(mimeo_ctx *ctx, uint64_t bytes);
int picture_error_short(mimeo_ctx *ctx, const char *type);
int picture_error_odd(mimeo_ctx *ctx, const char *type, const char *what);
/* The words for what appends to `out` came to: 0, too large, or no memory. */
int picture_out_status(const struct buf *out, mimeo_ctx *ctx);
/* MIMEO_EMALFORMED: something that cleaning should have left behind is still there. */
int picture_error_trace(mimeo_ctx *ctx, const char *type, const char *what);

#endif
