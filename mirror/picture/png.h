/*
 * Private to the files of PNG.
 */
#ifndef PICTURE_PNG_H
#define PICTURE_PNG_H

#include "picture/codec.h"

#define PNG_OVERHEAD 12 /* of a chunk: length, type and crc */

struct png_chunk {
    char type[5];
    struct view data;
    struct view whole;
};

/* The compressed pixels of one image or frame: the chunks of `type` within `chunks`. */
struct png_run {
    struct view chunks;
    const char *type;
    size_t skip; /* bytes before the compressed ones: fdAT has 4 of sequence number */
    uint64_t raw_len;
};

/* ---- png_pixels.c ---- */

bool picture_png_is(const struct png_chunk *chunk, const char *type);
/* Without a look at the crc, for chunks that were checked before.  False where it is not whole. */
bool picture_png_take_chunk(struct png_chunk *chunk, struct cursor *c);
void picture_png_write_chunk(struct buf *out, const char *type, struct view data);
/* The run's chunks as they are, numbered anew where they have numbers; with `deep` inflated to check them, and packed
 * anew where something follows the pixels. */
int picture_png_write_run(struct buf *out, uint32_t *sequence, mimeo_ctx *ctx, const struct png_run *run, bool deep);

/* ---- png.c ---- */

/* Which way is up, 1 for an animation; the layout is checked on the way. */
int picture_png_orientation(int *out, mimeo_ctx *ctx, struct view in);
/* The frames of an animation; 0 for a still picture. */
int picture_png_frames(uint32_t *out, mimeo_ctx *ctx, struct view in);

#endif
