/*
 * Private to re-encoding: the frames of an animation, each as it is shown (the whole picture), one after the other.
 *
 *     struct frames f;
 *     int rc = picture_gif_frames(&f, ctx, in);
 *     if (rc == 0) {
 *         while ((rc = f.next(&f, ctx)) > 0)
 *             …f.rgba, f.milliseconds…
 *         f.close(&f);
 *     }
 */
#ifndef PICTURE_FRAMES_H
#define PICTURE_FRAMES_H

#include "picture/codec.h"

struct frames {
    uint32_t width, height, count;
    int loops;           /* how often it plays; 0: for ever */
    const uint8_t *rgba; /* the frame at hand: width * height * 4 bytes, until the next call */
    int milliseconds;    /* that it stays */
    int (*next)(struct frames *f, mimeo_ctx *ctx); /* 1: a frame; 0: that was the last */
    void (*close)(struct frames *f);
    void *inside;
};

/* MIMEO_EMALFORMED, before any pixel: more memory than there is. */
int picture_gif_frames(struct frames *f, mimeo_ctx *ctx, struct view in);
int picture_webp_frames(struct frames *f, mimeo_ctx *ctx, struct view in);

#endif
