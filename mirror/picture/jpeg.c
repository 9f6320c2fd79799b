/*
 * JPEG (ITU-T T.81): the coefficients are written anew into a fresh file, which has
 * only what decoding needs; of the old file's markers none is copied.
 *
 *     FFD8 | FFxx length(2) payload | … | FFDA length payload, entropy-coded bytes | … | FFD9
 *
 * What a reader would get wrong: "Adobe" (APP14) is not metadata.  It tells CMYK from
 * YCCK, and that the inks are stored inverted; TurboJPEG writes a fresh one for those.
 * The output is always progressive: smaller, and shown early on a slow line.
 */
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "picture/codec.h"

#define REENCODE_QUALITY 92
#define JFIF_LENGTH 16
#define ADOBE_LENGTH 14

struct jpeg_component {
    uint8_t h, v;
};

/* What one pass over the markers finds. */
struct jpeg_facts {
    uint16_t width, height;
    uint8_t components;
    struct jpeg_component component[4];
    bool has_frame, has_scan, has_adobe, has_exif;
    int orientation;
    const char *trace; /* the first thing found that a clean file does not have */
    size_t end;        /* just past EOI */
};

static void note_trace(struct jpeg_facts *f, const char *what)
{
    if (!f->trace)
        f->trace = what;
}

/* Move to just after the next marker.  Decoders pass over stray bytes, so do we. */
static bool next_marker(struct jpeg_facts *f, struct cursor *c, uint8_t *marker)
{
    uint8_t byte;

    for (;;) {
        if (!cursor_u8(c, &byte))
            return false;
        if (byte != 0xff) {
            note_trace(f, "bytes between markers");
            continue;
        }
        do {
            if (!cursor_u8(c, &byte))
                return false;
        } while (byte == 0xff);
        if (byte != 0) {
            *marker = byte;
            return true;
        }
    }
}

/* Entropy-coded bytes end before the first marker that is not a restart. */
static bool skip_entropy(struct cursor *c)
{
    struct view skipped;

    while (c->left >= 2) {
        const uint8_t *ff = memchr(c->ptr, 0xff, c->left - 1);
        uint8_t next;
        if (!ff)
            return false;
        next = ff[1];
        cursor_take(c, (size_t)(ff - c->ptr), &skipped);
        if (next != 0 && next != 0xff && !(next >= 0xd0 && next <= 0xd7))
            return true;
        cursor_take(c, next == 0xff ? 1 : 2, &skipped);
    }
    return false;
}

static int read_frame(struct jpeg_facts *f, mimeo_ctx *ctx, uint8_t marker, struct view segment)
{
    struct cursor c = cursor_of(segment);
    uint8_t precision;

    if (marker >= 0xc9)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture uses arithmetic coding, which browsers do not show: "
                         "save it as baseline JPEG");
    if (marker > 0xc2)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture is lossless or hierarchical, which browsers do not "
                         "show: save it as baseline JPEG");
    if (f->has_frame)
        return picture_error_odd(ctx, "JPEG", "has two frames");
    if (!cursor_u8(&c, &precision) || !cursor_u16be(&c, &f->height) ||
        !cursor_u16be(&c, &f->width) || !cursor_u8(&c, &f->components) ||
        c.left != 3u * f->components)
        return picture_error_odd(ctx, "JPEG", "has a broken frame header");
    if (precision != 8)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture has %d bits a sample, which browsers do not show: "
                         "save it with 8",
                         precision);
    if (f->components != 1 && f->components != 3 && f->components != 4)
        return picture_error_odd(ctx, "JPEG", "has neither 1, 3 nor 4 colour components");
    for (size_t i = 0; i < f->components; i++) {
        uint8_t id, factors, table;
        if (!cursor_u8(&c, &id) || !cursor_u8(&c, &factors) || !cursor_u8(&c, &table))
            return picture_error_short(ctx, "JPEG");
        f->component[i] = (struct jpeg_component){factors >> 4, factors & 15};
        if (f->component[i].h < 1 || f->component[i].h > 4 || f->component[i].v < 1 ||
            f->component[i].v > 4)
            return picture_error_odd(ctx, "JPEG", "has impossible sampling factors");
    }
    f->has_frame = true;
    return picture_check_size(ctx, f->width, f->height);
}

static bool is_clean_jfif(struct view s)
{
    static const char fixed[] = "JFIF\0\1\1\0\0\1\0\1\0\0";
    return s.len == JFIF_LENGTH - 2 && memcmp(s.ptr, fixed, JFIF_LENGTH - 2) == 0;
}

/* "Adobe", version 100, two words of flags that are 0, the colour transform. */
static bool is_clean_adobe(struct view s)
{
    static const char fixed[] = "Adobe\0\x64\0\0\0\0";
    return s.len == ADOBE_LENGTH - 2 && memcmp(s.ptr, fixed, ADOBE_LENGTH - 3) == 0 &&
           s.ptr[ADOBE_LENGTH - 3] <= 2;
}

static void read_application(struct jpeg_facts *f, uint8_t marker, struct view s)
{
    if (marker == 0xe1 && !f->has_exif && s.len > 6 && memcmp(s.ptr, "Exif\0", 5) == 0) {
        f->has_exif = true;
        f->orientation = picture_exif_orientation(s);
    }
    if (marker == 0xee && view_starts_with(s, "Adobe"))
        f->has_adobe = true;
    if (!(marker == 0xe0 && is_clean_jfif(s)) && !(marker == 0xee && is_clean_adobe(s)))
        note_trace(f, "an application segment");
}

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static int read_segment(struct jpeg_facts *f, mimeo_ctx *ctx, uint8_t marker, struct cursor *c)
{
    uint16_t length;
    struct view segment;

    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8))
        return picture_error_odd(ctx, "JPEG", "has a marker where none may be");
    if (!cursor_u16be(c, &length))
        return picture_error_short(ctx, "JPEG");
    if (length < 2)
        return picture_error_odd(ctx, "JPEG", "has a segment of impossible length");
    if (!cursor_take(c, length - 2u, &segment))
        return picture_error_short(ctx, "JPEG");
    if (is_frame(marker))
        return read_frame(f, ctx, marker, segment);
    if (marker >= 0xe0 && marker <= 0xef) {
        read_application(f, marker, segment);
    } else if (marker == 0xda) {
        if (!f->has_frame)
            return picture_error_odd(ctx, "JPEG", "has a scan before its frame");
        f->has_scan = true;
        if (!skip_entropy(c))
            return picture_error_short(ctx, "JPEG");
    } else if (marker != 0xc4 && marker != 0xdb && marker != 0xdd) {
        note_trace(f, "a comment or an unknown segment");
    }
    return 0;
}

static int read_markers(struct jpeg_facts *f, mimeo_ctx *ctx, struct view in)
{
    struct cursor c = cursor_of(in);
    struct jpeg_facts found = {.orientation = 1};
    uint8_t marker;
    int rc;

    if (!cursor_skip(&c, "\xff\xd8"))
        return picture_error_short(ctx, "JPEG");
    for (;;) {
        if (!next_marker(&found, &c, &marker))
            return picture_error_short(ctx, "JPEG");
        if (marker == 0xd9)
            break;
        rc = read_segment(&found, ctx, marker, &c);
        if (rc < 0)
            return rc;
    }
    if (!found.has_scan)
        return picture_error_odd(ctx, "JPEG", "has no pixels");
    if (c.left > 0)
        note_trace(&found, "bytes after its end");
    found.end = in.len - c.left;
    *f = found;
    return 0;
}

/* Bytes that TurboJPEG holds for all coefficients, two each. */
static uint64_t coefficient_bytes(const struct jpeg_facts *f)
{
    uint64_t samples = 0, h_max = 1, v_max = 1;

    for (size_t i = 0; i < f->components; i++) {
        samples += (uint64_t)f->component[i].h * f->component[i].v;
        h_max = f->component[i].h > h_max ? f->component[i].h : h_max;
        v_max = f->component[i].v > v_max ? f->component[i].v : v_max;
    }
    return (uint64_t)f->width * f->height * samples * 2 / (h_max * v_max);
}

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
    uint64_t coefficients = coefficient_bytes(f);
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
    int rc = read_markers(&f, ctx, in);

    if (rc < 0)
        return rc;
    if (f.components == 4 && !f.has_adobe)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture is CMYK and does not say how its inks are stored: "
                         "save it as RGB");
    rc = picture_check_memory(ctx, coefficient_bytes(&f) * (f.orientation == 1 ? 1 : 2));
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
    int rc = read_markers(&f, ctx, in);

    if (rc < 0)
        return rc;
    if (cleaned && f.trace)
        return picture_error_trace(ctx, "JPEG", f.trace);
    swap = picture_swaps_sides(f.orientation);
    *info = (struct picture_info){PICTURE_JPEG, swap ? f.height : f.width,
                                  swap ? f.width : f.height};
    return 0;
}
