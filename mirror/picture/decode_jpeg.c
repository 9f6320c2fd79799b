/*
 * JPEG to pixels.  TurboJPEG decodes to an eighth of the size or any multiple of that, which needs neither the memory
 * nor the time that the whole picture takes.
 *
 * What a reader would get wrong: inks.  A file with Adobe's marker stores how much is left white (255: no ink), and
 * TurboJPEG hands out what is stored, YCCK turned into CMYK.
 */
#include <stdlib.h>
#include <turbojpeg.h>

#include "picture/decode.h"
#include "picture/icc.h"
#include "picture/jpeg.h"

#define EIGHTHS 8

/* The size at n eighths. */
static struct shrink_size scaled(const struct jpeg_facts *f, unsigned n)
{
    return (struct shrink_size){(f->width * n + EIGHTHS - 1u) / EIGHTHS, (f->height * n + EIGHTHS - 1u) / EIGHTHS};
}

static bool covers(struct shrink_size size, struct shrink_size to, uint32_t times)
{
    return size.width >= to.width * times && size.height >= to.height * times;
}

static uint64_t memory_for(const struct jpeg_facts *f, struct shrink_size size)
{
    uint64_t pixels = (uint64_t)size.width * size.height * 4;

    /* One scan of all components is decoded as it is read. */
    return f->progressive || f->scans > 1 ? pixels + jpeg_coefficient_bytes(f) : pixels;
}

/* Twice as large as wanted, so that the last step is the mean of areas; only as large where memory is short. */
static struct shrink_size choose(const struct jpeg_facts *f, struct shrink_size to)
{
    for (unsigned n = 1; n <= EIGHTHS; n++)
        if (covers(scaled(f, n), to, 2) && memory_for(f, scaled(f, n)) <= PICTURE_PIXEL_MEMORY)
            return scaled(f, n);
    if (memory_for(f, scaled(f, EIGHTHS)) <= PICTURE_PIXEL_MEMORY)
        return scaled(f, EIGHTHS);
    for (unsigned n = 1; n < EIGHTHS; n++)
        if (covers(scaled(f, n), to, 1))
            return scaled(f, n);
    return scaled(f, EIGHTHS);
}

static void inks_to_rgb(uint8_t *p, size_t count)
{
    for (size_t i = 0; i < count; i++, p += 4) {
        for (size_t k = 0; k < 3; k++)
            p[k] = (uint8_t)((p[k] * p[3] + 127) / 255);
        p[3] = 255;
    }
}

static int decode(uint8_t *pixels, mimeo_ctx *ctx, struct view in, struct shrink_size size, bool inks)
{
    tjhandle handle = tjInitDecompress();
    int rc;

    if (!handle)
        return ctx_error_nomem(ctx);
    rc = tjDecompress2(handle, in.ptr, in.len, pixels, (int)size.width, (int)size.width * 4, (int)size.height,
                       inks ? TJPF_CMYK : TJPF_RGBA, TJFLAG_ACCURATEDCT);
    /* Warnings are a few damaged blocks, with the rest of the picture there. */
    if (rc != 0 && tjGetErrorCode(handle) != TJERR_WARNING)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "the JPEG picture cannot be decoded (%s): export it again",
                       tjGetErrorStr2(handle));
    else
        rc = 0;
    tjDestroy(handle);
    return rc;
}

int picture_jpeg_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width)
{
    struct jpeg_facts f;
    struct shrink_colours colours;
    int rc = jpeg_read_markers(&f, ctx, in);

    if (rc == 0)
        rc = jpeg_check_inks(ctx, &f);
    if (rc < 0)
        return rc;
    struct shrink_size to = shrink_target(width, f.width, f.height, f.orientation), size = choose(&f, to);
    size_t count = (size_t)size.width * size.height;
    bool inks = f.components == 4;
    rc = picture_check_memory(ctx, memory_for(&f, size));
    if (rc < 0)
        return rc;
    uint8_t *pixels = calloc(count, 4); /* zeroed: a damaged picture is decoded in part */
    rc = pixels == NULL ? ctx_error_nomem(ctx) : decode(pixels, ctx, view_of(in.ptr, f.end), size, inks);
    if (rc == 0 && inks)
        inks_to_rgb(pixels, count);
    if (rc == 0)
        rc = picture_shrink_whole(out, ctx, pixels, size, to, f.orientation,
                                  f.components == 3 && icc_colours(&colours, f.icc) ? &colours : NULL);
    free(pixels);
    return rc;
}
