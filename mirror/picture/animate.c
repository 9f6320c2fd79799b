/*
 * Animations: made small frame by frame, as an animated WebP.
 *
 * What a reader would get wrong: whether an animation is kept is decided by what it costs its readers, not us.  At 32 kbit/s
 * ANIMATION_BYTES take a minute and a half; a longer one comes as its first frame.
 */
#include <limits.h>
#include <stdlib.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "picture/decode.h"
#include "picture/encode.h"

#define ANIMATION_WIDTH 480
#define ANIMATION_FRAMES 500
#define ANIMATION_WORK (400ULL * 1000 * 1000) /* pixels of all frames together: some 10 s */
/* The encoder's canvases and frames that wait. */
#define BYTES_A_PIXEL 40

int picture_first_frame(struct raster *out, mimeo_ctx *ctx, struct frames *f, uint32_t width)
{
    struct shrink_size from = {f->width, f->height};
    int rc = f->next(f, ctx);

    if (rc <= 0)
        return rc < 0 ? rc : ctx_error(ctx, MIMEO_EMALFORMED, "the picture has no frame: export it again");
    return picture_shrink_whole(out, ctx, f->rgba, from, shrink_target(width, f->width, f->height, 1), 1, NULL);
}

static bool is_bearable(const struct frames *f, struct shrink_size to)
{
    return f->count <= ANIMATION_FRAMES && (uint64_t)f->count * f->width * f->height <= ANIMATION_WORK &&
           (uint64_t)to.width * to.height * BYTES_A_PIXEL + (uint64_t)f->width * f->height * 16 <= PICTURE_PIXEL_MEMORY;
}

static int refused(mimeo_ctx *ctx, WebPAnimEncoder *encoder)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "the animation cannot be encoded (%s): publish a still picture",
                     WebPAnimEncoderGetError(encoder));
}

static int add_frame(WebPAnimEncoder *encoder, mimeo_ctx *ctx, const struct raster *r, int at, const WebPConfig *config)
{
    WebPPicture picture;
    int rc = 0;

    if (!WebPPictureInit(&picture))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    picture.use_argb = 1;
    picture.width = (int)r->width;
    picture.height = (int)r->height;
    if (!WebPPictureImportRGBA(&picture, r->rgba, (int)r->width * 4))
        rc = ctx_error_nomem(ctx);
    else if (!WebPAnimEncoderAdd(encoder, &picture, at, config))
        rc = refused(ctx, encoder);
    WebPPictureFree(&picture);
    return rc;
}

static int add_frames(WebPAnimEncoder *encoder, mimeo_ctx *ctx, struct frames *f, struct shrink_size to, int quality)
{
    struct shrink_size from = {f->width, f->height};
    WebPConfig config;
    int at = 0, rc;

    if (!WebPConfigInit(&config))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    config.quality = (float)quality;
    config.method = 3;
    while ((rc = f->next(f, ctx)) > 0) {
        struct raster r;
        rc = picture_shrink_whole(&r, ctx, f->rgba, from, to, 1, NULL);
        if (rc == 0) {
            rc = add_frame(encoder, ctx, &r, at, &config);
            free(r.rgba);
        }
        if (rc < 0)
            return rc;
        at = f->milliseconds < INT_MAX - at ? at + f->milliseconds : at;
    }
    if (rc == 0 && !WebPAnimEncoderAdd(encoder, NULL, at, NULL)) /* how long the last one stays */
        rc = refused(ctx, encoder);
    return rc;
}

int picture_encode_frames(struct buf *out, mimeo_ctx *ctx, struct frames *f, uint32_t width, int quality)
{
    struct shrink_size to =
        shrink_target(width < ANIMATION_WIDTH ? width : ANIMATION_WIDTH, f->width, f->height, 1);
    WebPAnimEncoderOptions options;
    WebPAnimEncoder *encoder;
    WebPData data;
    int rc;

    if (!is_bearable(f, to))
        return 1;
    if (!WebPAnimEncoderOptionsInit(&options))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    options.anim_params.loop_count = f->loops;
    options.allow_mixed = 1;
    encoder = WebPAnimEncoderNew((int)to.width, (int)to.height, &options);
    if (encoder == NULL)
        return ctx_error_nomem(ctx);
    WebPDataInit(&data);
    rc = add_frames(encoder, ctx, f, to, quality);
    if (rc == 0 && !WebPAnimEncoderAssemble(encoder, &data))
        rc = refused(ctx, encoder);
    if (rc == 0)
        rc = data.size > ANIMATION_BYTES ? 1 : buf_append(out, data.bytes, data.size) < 0 ? picture_out_status(out, ctx) : 0;
    WebPDataClear(&data);
    WebPAnimEncoderDelete(encoder);
    return rc;
}
