/*
 * JPEG (ITU-T T.81): the coefficients are written anew into a fresh file, which has
 * only what decoding needs; of the old file's markers none is copied.
 *
 * What a reader would get wrong: "Adobe" (APP14) is not metadata.  It tells CMYK from
 * YCCK, and that the inks are stored inverted; TurboJPEG writes a fresh one for those.
 * The output is always progressive: smaller, and shown early on a slow line.
 */
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "picture/jpeg.h"

#define REENCODE_QUALITY 92

static enum TJXOP transform_of(int orientation)
{
    static const enum TJXOP ops[] = {TJXOP_NONE,      TJXOP_HFLIP, TJXOP_ROT180,     TJXOP_VFLIP,
                                     TJXOP_TRANSPOSE, TJXOP_ROT90, TJXOP_TRANSVERSE, TJXOP_ROT270};
    return ops[orientation - 1];
}

/* TurboJPEG says -1 for warnings too (a few damaged blocks, say), with a whole picture. */
static bool turbo_failed(tjhandle handle, int rc)
{
    return rc != 0 && tjGetErrorCode(handle) != TJERR_WARNING;
}

/* The lossless way.  1 where it cannot be done: partial blocks at an edge that would
 * come to lie at the left or top, or sampling that TurboJPEG has no name for. */
static int transform(struct buf *out, mimeo_ctx *ctx, struct view in, const struct jpeg_facts *f)
{
    tjtransform how = {.op = (int)transform_of(f->orientation),
                       .options = TJXOPT_COPYNONE | TJXOPT_PERFECT | TJXOPT_PROGRESSIVE};
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    tjhandle handle = tjInitTransform();
    int rc;

    if (!handle)
        return ctx_error_nomem(ctx);
    rc = tjTransform(handle, in.ptr, in.len, 1, &bytes, &len, &how, 0);
    if (turbo_failed(handle, rc) || len == 0)
        rc = 1;
    else
        rc = buf_append(out, bytes, len) < 0 ? picture_out_status(out, ctx) : 0;
    tjFree(bytes);
    tjDestroy(handle);
    return rc;
}

static enum TJPF pixel_format(const struct jpeg_facts *f)
{
    return f->components == 1 ? TJPF_GRAY : f->components == 3 ? TJPF_RGB : TJPF_CMYK;
}

/* The same chroma sampling, as it is after turning; 4:4:4 where there is no such name. */
static enum TJSAMP sampling_after_turn(const struct jpeg_facts *f)
{
    const struct jpeg_component *c = f->component;
    unsigned h = c[0].h, v = c[0].v;

    if (f->components == 1)
        return TJSAMP_GRAY;
    if (c[1].h != 1 || c[1].v != 1 || c[2].h != 1 || c[2].v != 1)
        return TJSAMP_444;
    if (picture_swaps_sides(f->orientation)) {
        h = c[0].v;
        v = c[0].h;
    }
    if (h == 2)
        return v == 2 ? TJSAMP_420 : v == 1 ? TJSAMP_422 : TJSAMP_444;
    if (h == 1 && v == 2)
        return TJSAMP_440;
    return h == 4 && v == 1 ? TJSAMP_411 : TJSAMP_444;
}

static int decode(uint8_t *pixels, mimeo_ctx *ctx, struct view in, const struct jpeg_facts *f)
{
    tjhandle handle = tjInitDecompress();
    int pitch = f->width * tjPixelSize[pixel_format(f)];
    int rc;

    if (!handle)
        return ctx_error_nomem(ctx);
    /* With the size given, TurboJPEG never writes past it, whatever it reads itself. */
    rc = tjDecompress2(handle, in.ptr, in.len, pixels, f->width, pitch, f->height,
                       (int)pixel_format(f), TJFLAG_ACCURATEDCT);
    if (turbo_failed(handle, rc))
        rc = ctx_error(ctx, MIMEO_EMALFORMED,
                       "the JPEG picture cannot be decoded (%s): export it again",
                       tjGetErrorStr2(handle));
    else
        rc = 0;
    tjDestroy(handle);
    return rc;
}

static int encode(struct buf *out, mimeo_ctx *ctx, const uint8_t *pixels,
                  const struct jpeg_facts *f)
{
    bool swap = picture_swaps_sides(f->orientation);
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    tjhandle handle = tjInitCompress();
    int rc;

    if (!handle)
        return ctx_error_nomem(ctx);
    rc = tjCompress2(handle, pixels, swap ? f->height : f->width, 0, swap ? f->width : f->height,
                     (int)pixel_format(f), &bytes, &len, (int)sampling_after_turn(f),
                     REENCODE_QUALITY, TJFLAG_ACCURATEDCT | TJFLAG_PROGRESSIVE);
    if (turbo_failed(handle, rc))
        rc = ctx_error(ctx, MIMEO_EFAIL, "the JPEG picture cannot be encoded (%s)",
                       tjGetErrorStr2(handle));
    else
        rc = buf_append(out, bytes, len) < 0 ? picture_out_status(out, ctx) : 0;
    tjFree(bytes);
    tjDestroy(handle);
    return rc;
}

/* Decoded and upright, in a buffer for the caller to free.  Both are zeroed: a damaged
 * picture is decoded in part, and what stood in our memory must not be published with it. */
static int decode_upright(uint8_t **out, mimeo_ctx *ctx, struct view in,
                          const struct jpeg_facts *f)
{
    size_t bpp = (size_t)tjPixelSize[pixel_format(f)];
    size_t count = (size_t)f->width * f->height;
    uint8_t *turned = NULL, *pixels = calloc(count, bpp);
    int rc = pixels ? decode(pixels, ctx, in, f) : ctx_error_nomem(ctx);

    if (rc == 0) {
        turned = calloc(count, bpp);
        if (turned) {
            picture_turn(turned, pixels, f->width, f->height, bpp, f->orientation);
            *out = turned;
        } else {
            rc = ctx_error_nomem(ctx);
        }
    }
    free(pixels);
    return rc;
}

/* The way through pixels, for what the lossless one cannot do.  At any time there are
 * the pixels, and a second copy of them or the coefficients. */
static int reencode(struct buf *out, mimeo_ctx *ctx, struct view in, const struct jpeg_facts *f)
{
    uint64_t size = (uint64_t)f->width * f->height * (uint64_t)tjPixelSize[pixel_format(f)];
    uint64_t coefficients = jpeg_coefficient_bytes(f);
    uint8_t *pixels = NULL;
    int rc = picture_check_memory(ctx, size + (size > coefficients ? size : coefficients));

    if (rc == 0)
        rc = decode_upright(&pixels, ctx, in, f);
    if (rc < 0)
        return rc;
    rc = encode(out, ctx, pixels, f);
    free(pixels);
    return rc;
}

/* TurboJPEG hands on the resolution in JFIF, which tells scanners apart. */
static void plain_jfif(struct buf *out)
{
    static const uint8_t head[] = {0xff, 0xd8, 0xff, 0xe0, 0, JFIF_LENGTH, 'J', 'F', 'I', 'F', 0};
    static const uint8_t rest[] = {1, 1, 0, 0, 1, 0, 1, 0, 0};

    if (out->len >= sizeof(head) + sizeof(rest) && memcmp(out->ptr, head, sizeof(head)) == 0)
        memcpy(out->ptr + sizeof(head), rest, sizeof(rest));
}

int picture_jpeg_clean(struct buf *out, mimeo_ctx *ctx, struct view in)
{
    struct jpeg_facts f;
    int rc = jpeg_read_markers(&f, ctx, in);

    if (rc < 0)
        return rc;
    rc = jpeg_check_inks(ctx, &f);
    if (rc == 0)
        rc = picture_check_memory(ctx, jpeg_coefficient_bytes(&f) * (f.orientation == 1 ? 1 : 2));
    if (rc < 0)
        return rc;
    in.len = f.end;
    rc = transform(out, ctx, in, &f);
    if (rc == 1)
        rc = reencode(out, ctx, in, &f);
    if (rc == 0)
        plain_jfif(out);
    return rc;
}

int picture_jpeg_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned)
{
    struct jpeg_facts f;
    bool swap;
    int rc = jpeg_read_markers(&f, ctx, in);

    if (rc < 0)
        return rc;
    if (cleaned && f.trace)
        return picture_error_trace(ctx, "JPEG", f.trace);
    swap = picture_swaps_sides(f.orientation);
    *info = (struct picture_info){PICTURE_JPEG, swap ? f.height : f.width,
                                  swap ? f.width : f.height};
    return 0;
}
