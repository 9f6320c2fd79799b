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

/* What is wanted of a picture.  Zeros: cleaned alone. */
struct picture_want {
    bool small;     /* written anew, for a slow line */
    uint32_t width; /* at most, as shown, in pixels; 0: PICTURE_WIDTH */
    int quality;    /* 1 to 100; 0: PICTURE_QUALITY */
};
#define PICTURE_WIDTH 800
#define PICTURE_QUALITY 60

struct picture_made {
    struct picture_info info;
    uint64_t before;      /* bytes of the picture as it came */
    bool encoded;         /* else it is the one that came, cleaned: that is no larger */
    uint32_t frames_lost; /* an animation of which the first frame is left: tell somebody */
};

/* picture_clean or, where `want` says small: the same pixels upright, no wider than wanted, as WebP, whatever it was (JPEG
 * with inks too).  Metadata never; colours of a profile become sRGB; transparency stays.  It stays what it was, cleaned,
 * where WebP would save less than a tenth and it is not both wider than wanted and over 4 million pixels.  Animations become animated WebP, at most 480 pixels wide; those of
 * over 500 frames, or that take over 384 KiB then, come as their first frame.  The same input and wishes give the same
 * bytes.  MIMEO_EMALFORMED as for picture_clean, but a picture over LIMIT_MEDIA can be made small;
 * MIMEO_EFAIL where an AVIF picture wants libavif and that is not installed. */
int picture_prepare(struct buf *out, struct picture_made *made, mimeo_ctx *ctx, struct view bytes,
                    const struct picture_want *want);

/* Read type and size, without cleaning (for verifying what a mirror has). */
int picture_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view bytes);

#endif
