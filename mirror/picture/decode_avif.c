/*
 * AVIF to pixels, by libavif.  Memory is checked by the size that the file states before any of it is decoded: pictures of
 * 8 bits and of more, the alpha, and what a decoder of AV1 holds beside them.
 *
 * What a reader would get wrong: irot turns anticlockwise and comes before imir (ISO/IEC 23008-12 s. 6.5.10), and libavif
 * applies neither.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/load.h"
#include "picture/avif_calls.h"
#include "picture/decode.h"
#include "picture/icc.h"

/* The structures are those of the version that mimeo was built with. */
#if AVIF_VERSION_MAJOR >= 1
#define AVIF_LIBRARY "libavif.so.16"
#else
#define AVIF_LIBRARY "libavif.so.15"
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct avif_calls calls;
static const char *fault; /* NULL: all is there */

static void load(void)
{
#define AVIF_CALL(name) {#name, &calls.name##_},
    static const struct load_name names[] = {AVIF_CALLS(AVIF_CALL)};
#undef AVIF_CALL
    fault = load_library(AVIF_LIBRARY, names, sizeof(names) / sizeof(names[0]));
}

const struct avif_calls *avif_calls(mimeo_ctx *ctx)
{
    pthread_once(&once, load);
    if (fault == NULL)
        return &calls;
    ctx_error(ctx, MIMEO_EFAIL, "AVIF pictures cannot be made small (%s is missing): install libavif15, or save it as JPEG",
              fault);
    return NULL;
}

/* The EXIF orientation that turns it the same way: by quarter turns anticlockwise, then mirrored or not. */
static int orientation_of(const avifImage *image)
{
    static const uint8_t plain[] = {1, 8, 3, 6}, left_right[] = {2, 7, 4, 5}, top_bottom[] = {4, 5, 2, 7};
    unsigned turns = image->transformFlags & AVIF_TRANSFORM_IROT ? image->irot.angle & 3u : 0;

    if (!(image->transformFlags & AVIF_TRANSFORM_IMIR))
        return plain[turns];
    return image->imir.mode == 1 ? left_right[turns] : top_bottom[turns];
}

static int check(mimeo_ctx *ctx, const avifImage *image)
{
    uint64_t count = (uint64_t)image->width * image->height;
    uint64_t a_sample = image->depth > 8 ? 2 : 1;
    uint64_t samples = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV444 ? 3 : 2;
    int rc = picture_check_size(ctx, image->width, image->height);

    /* What is decoded, as RGBA, and half of it again for the decoder. */
    return rc < 0 ? rc : picture_check_memory(ctx, count * (4 + a_sample * (samples + 1) * 3 / 2));
}

static int failed(mimeo_ctx *ctx, const struct avif_calls *c, avifResult result)
{
    if (result == AVIF_RESULT_OUT_OF_MEMORY)
        return ctx_error_nomem(ctx);
    return ctx_error(ctx, MIMEO_EMALFORMED, "the AVIF picture cannot be decoded (%s): export it again",
                     c->avifResultToString_(result));
}

static int to_raster(struct raster *out, mimeo_ctx *ctx, const struct avif_calls *c, const avifImage *image,
                     uint32_t width)
{
    int orientation = orientation_of(image);
    struct shrink_size from = {image->width, image->height};
    struct shrink_size to = shrink_target(width, from.width, from.height, orientation);
    struct shrink_colours colours;
    avifRGBImage rgb;
    avifResult result;
    int rc = 0;

    c->avifRGBImageSetDefaults_(&rgb, image);
    rgb.depth = 8;
    rgb.format = AVIF_RGB_FORMAT_RGBA;
    rgb.rowBytes = from.width * 4;
    rgb.pixels = calloc((size_t)from.width * from.height, 4);
    if (rgb.pixels == NULL)
        return ctx_error_nomem(ctx);
    result = c->avifImageYUVToRGB_(image, &rgb);
    if (result != AVIF_RESULT_OK)
        rc = failed(ctx, c, result);
    if (rc == 0)
        rc = picture_shrink_whole(out, ctx, rgb.pixels, from, to, orientation,
                                  icc_colours(&colours, view_of(image->icc.data, image->icc.size)) ? &colours : NULL);
    free(rgb.pixels);
    return rc;
}

static int decode(struct raster *out, mimeo_ctx *ctx, const struct avif_calls *c, avifDecoder *decoder, struct view in,
                  uint32_t width)
{
    avifResult result = c->avifDecoderSetIOMemory_(decoder, in.ptr, in.len);

    decoder->maxThreads = 1;
    decoder->ignoreExif = decoder->ignoreXMP = AVIF_TRUE;
    decoder->imageSizeLimit = (uint32_t)LIMIT_PICTURE_PIXELS;
    decoder->imageDimensionLimit = LIMIT_PICTURE_SIDE;
    decoder->imageCountLimit = 1;
    if (result == AVIF_RESULT_OK)
        result = c->avifDecoderParse_(decoder);
    if (result != AVIF_RESULT_OK)
        return failed(ctx, c, result);
    int rc = check(ctx, decoder->image);
    if (rc < 0)
        return rc;
    result = c->avifDecoderNextImage_(decoder);
    return result != AVIF_RESULT_OK ? failed(ctx, c, result) : to_raster(out, ctx, c, decoder->image, width);
}

int picture_avif_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width)
{
    const struct avif_calls *c = avif_calls(ctx);
    avifDecoder *decoder;
    int rc;

    if (c == NULL)
        return MIMEO_EFAIL;
    decoder = c->avifDecoderCreate_();
    if (decoder == NULL)
        return ctx_error_nomem(ctx);
    rc = decode(out, ctx, c, decoder, in, width);
    c->avifDecoderDestroy_(decoder);
    return rc;
}
