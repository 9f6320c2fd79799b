/*
 * Animated WebP to pixels, by libwebpdemux.
 */
#include <stdlib.h>
#include <webp/demux.h>

#include "picture/frames.h"

/* Two canvases, and a frame while it is decoded. */
#define BYTES_A_PIXEL 16

struct webp {
    WebPAnimDecoder *decoder;
    int shown_until;
};

static int next_frame(struct frames *f, mimeo_ctx *ctx)
{
    struct webp *w = f->inside;
    uint8_t *rgba;
    int until;

    if (!WebPAnimDecoderHasMoreFrames(w->decoder))
        return 0;
    if (!WebPAnimDecoderGetNext(w->decoder, &rgba, &until))
        return picture_error_odd(ctx, "WebP", "has a frame that cannot be decoded");
    f->rgba = rgba;
    f->milliseconds = until > w->shown_until ? until - w->shown_until : 0; /* their sum may overflow within libwebp */
    w->shown_until = until;
    return 1;
}

static void close_webp(struct frames *f)
{
    struct webp *w = f->inside;

    WebPAnimDecoderDelete(w->decoder);
    free(w);
}

static int open_decoder(struct frames *f, struct webp *w, mimeo_ctx *ctx, struct view in)
{
    WebPAnimDecoderOptions options;
    WebPAnimInfo info;
    WebPData data = {in.ptr, in.len};
    WebPDemuxer *demuxer = WebPDemux(&data);
    int rc;

    if (demuxer == NULL)
        return picture_error_odd(ctx, "WebP", "cannot be decoded");
    f->width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    f->height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    WebPDemuxDelete(demuxer);
    rc = picture_check_size(ctx, f->width, f->height);
    if (rc == 0)
        rc = picture_check_memory(ctx, (uint64_t)f->width * f->height * BYTES_A_PIXEL);
    if (rc < 0)
        return rc;
    if (!WebPAnimDecoderOptionsInit(&options))
        return ctx_error(ctx, MIMEO_EFAIL, "libwebp is of another version than mimeo was built for");
    options.color_mode = MODE_RGBA;
    w->decoder = WebPAnimDecoderNew(&data, &options);
    if (w->decoder == NULL || !WebPAnimDecoderGetInfo(w->decoder, &info))
        return picture_error_odd(ctx, "WebP", "cannot be decoded");
    f->count = info.frame_count;
    f->loops = info.loop_count > 65535 ? 65535 : (int)info.loop_count;
    return 0;
}

int picture_webp_frames(struct frames *f, mimeo_ctx *ctx, struct view in)
{
    struct webp *w = calloc(1, sizeof(*w));
    int rc;

    if (w == NULL)
        return ctx_error_nomem(ctx);
    *f = (struct frames){.next = next_frame, .close = close_webp, .inside = w};
    rc = open_decoder(f, w, ctx, in);
    if (rc < 0)
        close_webp(f);
    return rc;
}
