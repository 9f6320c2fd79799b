/*
 * Pictures: know the type from the bytes, turn upright, take every trace out.
 *
 * What comes out shows the same picture and nothing else: no EXIF, GPS, XMP, IPTC,
 * comments, thumbnails, ICC profile or bytes after the end.  JPEG is turned without
 * loss where its size allows; PNG, WebP and GIF keep their compressed pixels unless they
 * have to be turned; AVIF keeps its layout with the metadata items overwritten by zeros.
 */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include "base/bytes.h"
#include "base/context.h"

enum picture_type {
    PICTURE_NONE = 0,
    PICTURE_JPEG,
    PICTURE_PNG,
    PICTURE_WEBP,
    PICTURE_GIF,
    PICTURE_AVIF,
};

struct picture_info {
    enum picture_type type;
    uint32_t width, height; /* as shown, upright */
};

/* By the first bytes alone, never the name.  PICTURE_NONE for anything else. */
enum picture_type picture_sniff(struct view bytes);
const char *picture_media_type(enum picture_type type); /* "image/jpeg"; "" for NONE */

/* Clean `bytes` into `out` (initialised here, max LIMIT_MEDIA), in a child with caps.
 * MIMEO_EMALFORMED names what is wrong: not a picture we know (says what it looks like:
 * SVG, TIFF, HEIC, BMP, HTML …), cut short, over LIMIT_PICTURE, LIMIT_PICTURE_SIDE,
 * LIMIT_PICTURE_PIXELS or LIMIT_MEDIA. */
int picture_clean(struct buf *out, struct picture_info *info, mimeo_ctx *ctx, struct view bytes);

/* Read type and size, without cleaning (for verifying what a mirror has). */
int picture_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view bytes);

#endif
