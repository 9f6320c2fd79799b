/*
 * WebP to pixels: whole where there is memory, else made smaller by libwebp while it reads.
 */
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

#include "picture/decode.h"
#include "picture/webp.h"

/* The pixels, and what libwebp holds: rows for a lossy picture, all of it for a lossless one. */
static bool fits(const WebPBitstreamFeatures *f, struct shrink_size size)
{
    uint64_t whole = (uint64_t)f->width * (uint64_t)f->height;
    uint64_t own = f->format == 2 ? whole * 4 : f->has_alpha ? whole : 0;
    return (uint64_t)size.width * size.height * 4 + own <= PICTURE_PIXEL_MEMORY;
}

/* Whole, else twice as large as wanted, else as large. */
static struct shrink_size choose(const WebPBitstreamFeatures *f, struct shrink_size to)
{
    struct shrink_size whole = {(uint32_t)f->width, (uint32_t)f->height};
    struct shrink_size twice = {2 * to.width, 2 * to.height};

    if (fits(f, whole))
        return whole;
    return twice.width < whole.width && twice.height < whole.height && fits(f, twice) ? twice : to;
}

static int decode(uint8_t *rgba, mimeo_ctx *ctx, struct view in, const WebPBitstreamFeatures *f,
                  struct shrink_size size)
{
    WebPDecoderConfig config;
    VP8StatusCode status;

    if (!WebPInitDecoderConfig(&config))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    config.options.use_scaling = size.width != (uint32_t)f->width || size.height != (uint32_t)f->height;
    config.options.scaled_width = (int)size.width;
    config.options.scaled_height = (int)size.height;
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = rgba;
    config.output.u.RGBA.stride = (int)size.width * 4;
    config.output.u.RGBA.size = (size_t)size.width * size.height * 4;
    status = WebPDecode(in.ptr, in.len, &config);
    WebPFreeDecBuffer(&config.output);
    if (status == VP8_STATUS_OUT_OF_MEMORY)
        return ctx_error_nomem(ctx);
    return status == VP8_STATUS_OK ? 0 : picture_error_odd(ctx, "WebP", "cannot be decoded");
}

int picture_webp_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width)
{
    WebPBitstreamFeatures f;
    int orientation, rc = picture_webp_orientation(&orientation, ctx, in);

    if (rc < 0)
        return rc;
    if (WebPGetFeatures(in.ptr, in.len, &f) != VP8_STATUS_OK || f.has_animation)
        return picture_error_odd(ctx, "WebP", "cannot be decoded");
    rc = picture_check_size(ctx, (uint64_t)f.width, (uint64_t)f.height);
    if (rc < 0)
        return rc;
    struct shrink_size to = shrink_target(width, (uint32_t)f.width, (uint32_t)f.height, orientation);
    struct shrink_size size = choose(&f, to);
    if (!fits(&f, size))
        return picture_check_memory(ctx, (uint64_t)f.width * (uint64_t)f.height * 4 + PICTURE_PIXEL_MEMORY);
    uint8_t *rgba = calloc((size_t)size.width * size.height, 4);
    rc = rgba == NULL ? ctx_error_nomem(ctx) : decode(rgba, ctx, in, &f, size);
    if (rc == 0)
        rc = picture_shrink_whole(out, ctx, rgba, size, to, orientation, NULL);
    free(rgba);
    return rc;
}
