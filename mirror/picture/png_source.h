/*
 * Private to what decodes PNG with libpng: where its bytes come from and where its errors go.
 */
#ifndef PICTURE_PNG_SOURCE_H
#define PICTURE_PNG_SOURCE_H

#include <png.h>

#include "picture/codec.h"

struct png_source {
    mimeo_ctx *ctx;
    struct cursor in;
    int rc; /* once libpng left by longjmp */
};

/* NULL where there is no memory, as is the next one.  `s` must outlive them; the caller arms the longjmp before any other
 * call, and releases them. */
png_structp png_source_reader(struct png_source *s);
/* For a picture that is written while `s` is read; the caller sets where to.  Its errors go to `s` as well. */
png_structp png_source_writer(struct png_source *s);

#endif
