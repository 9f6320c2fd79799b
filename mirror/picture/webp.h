/*
 * Private to the files of WebP.
 */
#ifndef PICTURE_WEBP_H
#define PICTURE_WEBP_H

#include "picture/codec.h"

/* Which way is up, 1 for an animation; the layout is checked on the way. */
int picture_webp_orientation(int *out, mimeo_ctx *ctx, struct view in);
bool picture_webp_is_animation(struct view in);

#endif
