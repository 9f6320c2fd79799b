/*
 * Private to the files of PNG.
 */
#ifndef PICTURE_PNG_H
#define PICTURE_PNG_H

#include "picture/codec.h"

/* Which way is up, 1 for an animation; the layout is checked on the way. */
int picture_png_orientation(int *out, mimeo_ctx *ctx, struct view in);
/* The frames of an animation; 0 for a still picture. */
int picture_png_frames(uint32_t *out, mimeo_ctx *ctx, struct view in);

#endif
