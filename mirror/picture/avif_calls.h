/*
 * libavif, loaded at its first use (base/load.h): it brings five codecs along, and only whoever makes an AVIF picture small
 * needs one of them.
 */
#ifndef PICTURE_AVIF_CALLS_H
#define PICTURE_AVIF_CALLS_H

#include <avif/avif.h>

#include "base/context.h"

/* Each by its own name and type. */
#define AVIF_CALLS(X)                                                                                                  \
    X(avifDecoderCreate) X(avifDecoderDestroy) X(avifDecoderSetIOMemory) X(avifDecoderParse) X(avifDecoderNextImage)   \
    X(avifRGBImageSetDefaults) X(avifImageYUVToRGB) X(avifResultToString)

struct avif_calls {
#define AVIF_CALL(name) __typeof__(name) *name##_;
    AVIF_CALLS(AVIF_CALL)
#undef AVIF_CALL
};

/* NULL, and the message says why (a package is missing). */
const struct avif_calls *avif_calls(mimeo_ctx *ctx);

#endif
