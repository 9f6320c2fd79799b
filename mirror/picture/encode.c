/*
 * WebP from pixels, by libwebp, on one thread: the same pixels and quality give the same bytes.
 *
 * What a reader would get wrong: without loss is not larger where there are few colours (a chart, a screenshot, a logo);
 * for photographs it is three times as large, so it is not even tried.
 */
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

#include "picture/encode.h"

#define METHOD 4
#define LOSSLESS_METHOD 3
#define COLOURS 1024 /* that a drawing has at most */
#define SLOTS (4 * COLOURS)

/* ---- how many colours */

static bool has_few_colours(const struct raster *r)
{
    uint32_t slots[SLOTS] = {0};
    size_t count = (size_t)r->width * r->height, colours = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t colour, at;
        memcpy(&colour, r->rgba + 4 * i, 4);
        colour = colour == 0 ? 1 : colour; /* 0 is an empty slot */
        at = (colour * 2654435761u) >> 20;
        while (slots[at % SLOTS] != 0 && slots[at % SLOTS] != colour)
            at++;
        if (slots[at % SLOTS] == 0 && ++colours > COLOURS)
            return false;
        slots[at % SLOTS] = colour;
    }
    return true;
}

/* ---- one picture */

int picture_webp_encode(struct buf *out, mimeo_ctx *ctx, const struct raster *r, const struct WebPConfig *config)
{
    WebPPicture picture;
    WebPMemoryWriter writer;
    int rc = 0;

    if (!WebPPictureInit(&picture))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    picture.use_argb = config->lossless;
    picture.width = (int)r->width;
    picture.height = (int)r->height;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    int taken = r->has_alpha ? WebPPictureImportRGBA(&picture, r->rgba, (int)r->width * 4)
                             : WebPPictureImportRGBX(&picture, r->rgba, (int)r->width * 4);
    if (!taken || !WebPEncode(config, &picture))
        rc = !taken || picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY
                 ? ctx_error_nomem(ctx)
                 : ctx_error(ctx, MIMEO_EMALFORMED, "the picture cannot be encoded as WebP (error %d): save it as JPEG",
                             (int)picture.error_code);
    else if (buf_append(out, writer.mem, writer.size) < 0)
        rc = picture_out_status(out, ctx);
    WebPMemoryWriterClear(&writer);
    WebPPictureFree(&picture);
    return rc;
}

static int encode_lossless(struct buf *out, mimeo_ctx *ctx, const struct raster *r)
{
    WebPConfig config;

    if (!WebPConfigInit(&config))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    config.lossless = 1;
    config.quality = 75;
    config.method = LOSSLESS_METHOD;
    return picture_webp_encode(out, ctx, r, &config);
}

int picture_encode(struct buf *out, mimeo_ctx *ctx, const struct raster *r, int quality, bool drawing)
{
    WebPConfig config;
    struct buf other;
    size_t before = out->len;
    int rc;

    if (!WebPConfigInit(&config))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    config.quality = (float)quality;
    config.method = METHOD;
    rc = picture_webp_encode(out, ctx, r, &config);
    if (rc < 0 || !drawing || !has_few_colours(r))
        return rc;
    buf_init(&other, out->max);
    /* One that cannot be had so, or is over the cap, is not the smaller one. */
    if (encode_lossless(&other, ctx, r) == 0 && other.len <= out->len - before) {
        out->len = before;
        buf_append_view(out, buf_view(&other));
    }
    buf_dispose(&other);
    return picture_out_status(out, ctx);
}
