/*
 * AVIF made small.  The pictures are made by libavif's encoder, loaded as the decoder is; where it is not there, nothing of
 * this can be tested.
 */
#include <dlfcn.h>

#include "picture_samples.h"

#include "picture/avif_calls.h"

#include <stdio.h>

#define CALLS(X)                                                                                                       \
    X(avifImageCreate) X(avifImageDestroy) X(avifRGBImageSetDefaults) X(avifImageRGBToYUV) X(avifEncoderCreate)        \
    X(avifEncoderWrite) X(avifEncoderDestroy) X(avifRWDataFree) X(avifImageSetMetadataExif)

static struct {
#define CALL(name) __typeof__(name) *name;
    CALLS(CALL)
#undef CALL
} lib;

static bool load(void)
{
    void *at, *library = dlopen(AVIF_VERSION_MAJOR >= 1 ? "libavif.so.16" : "libavif.so.15", RTLD_NOW);
    if (library == NULL)
        return false;
#define CALL(call)                                                                                                     \
    at = dlsym(library, #call);                                                                                        \
    if (at == NULL)                                                                                                    \
        return false;                                                                                                  \
    memcpy(&lib.call, &at, sizeof(at));
    CALLS(CALL)
#undef CALL
    return true;
}

struct how {
    uint32_t depth;
    avifPixelFormat format;
    avifTransformFlags flags;
    uint8_t turns, mirror;
};

static void put_avif(struct buf *out, uint8_t *rgba, uint32_t w, uint32_t h, struct how how)
{
    avifImage *image = lib.avifImageCreate(w, h, how.depth, how.format);
    avifEncoder *encoder = lib.avifEncoderCreate();
    avifRWData data = {NULL, 0};
    avifRGBImage rgb;
    lib.avifRGBImageSetDefaults(&rgb, image);
    rgb.depth = 8;
    rgb.format = AVIF_RGB_FORMAT_RGBA;
    rgb.pixels = rgba;
    rgb.rowBytes = w * 4;
    assert_int_equal(lib.avifImageRGBToYUV(image, &rgb), AVIF_RESULT_OK);
    lib.avifImageSetMetadataExif(image, (const uint8_t *)"MM\0*\0\0\0\x08\0\0" SECRET, 20); /* sets the flags too */
    image->transformFlags = how.flags;
    image->irot.angle = how.turns;
    image->imir.mode = how.mirror;
    encoder->speed = 10;
    encoder->minQuantizer = encoder->maxQuantizer = 10;
    assert_int_equal(lib.avifEncoderWrite(encoder, image, &data), AVIF_RESULT_OK);
    buf_append(out, data.data, data.size);
    lib.avifRWDataFree(&data);
    lib.avifEncoderDestroy(encoder);
    lib.avifImageDestroy(image);
}

/* Anticlockwise by quarters, then mirrored: 0 top and bottom change places, 1 left and right. */
static void turn(uint8_t *p, size_t *w, size_t *h, struct how how)
{
    uint8_t *t = malloc(*w * *h * 4);
    for (unsigned n = how.flags & AVIF_TRANSFORM_IROT ? how.turns : 0; n > 0; n--) {
        for (size_t y = 0; y < *h; y++)
            for (size_t x = 0; x < *w; x++)
                memcpy(t + ((*w - 1 - x) * *h + y) * 4, p + (y * *w + x) * 4, 4);
        memcpy(p, t, *w * *h * 4);
        size_t old = *w;
        *w = *h;
        *h = old;
    }
    if (how.flags & AVIF_TRANSFORM_IMIR) {
        for (size_t y = 0; y < *h; y++)
            for (size_t x = 0; x < *w; x++)
                memcpy(t + ((how.mirror ? y : *h - 1 - y) * *w + (how.mirror ? *w - 1 - x : x)) * 4, p + (y * *w + x) * 4, 4);
        memcpy(p, t, *w * *h * 4);
    }
    free(t);
}

static void avif_case(struct how how, bool alpha)
{
    size_t w = 180, h = 120;
    mimeo_ctx *ctx = new_ctx();
    uint8_t *p = new_pixels(w, h, 4), *small;
    struct picture_want want = {true, 40, 90};
    struct picture_made made;
    struct buf in, out;
    int sw, sh;
    for (size_t i = 3; i < w * h * 4 && !alpha; i += 4)
        p[i] = 255;
    buf_init(&in, SAMPLE_MAX);
    put_avif(&in, p, (uint32_t)w, (uint32_t)h, how);
    if (picture_prepare(&out, &made, ctx, buf_view(&in), &want) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_clean(buf_view(&out));
    assert_true(made.encoded);
    turn(p, &w, &h, how);
    small = WebPDecodeRGBA(out.ptr, out.len, &sw, &sh);
    assert_non_null(small);
    assert_int_equal(sw, 40);
    assert_int_equal(sh, w > h ? 27 : 60);
    for (size_t y = 0; y < 4; y++)
        for (size_t x = 0; x < 4; x++)
            for (size_t i = 0; i < 4; i++) {
                int a = p[(((2 * y + 1) * h / 8) * w + (2 * x + 1) * w / 8) * 4 + i];
                int b = small[(((2 * y + 1) * (size_t)sh / 8) * (size_t)sw + (2 * x + 1) * (size_t)sw / 8) * 4 + i];
                assert_in_range(abs(a - b), 0, 14);
            }
    WebPFree(small);
    free(p);
    buf_dispose(&in);
    buf_dispose(&out);
    mimeo_ctx_free(ctx);
}

static void avif_comes_out_upright_and_alike(void **state)
{
    (void)state;
    for (uint8_t turns = 0; turns < 4; turns++) {
        avif_case((struct how){8, AVIF_PIXEL_FORMAT_YUV420, AVIF_TRANSFORM_IROT, turns, 0}, false);
        for (uint8_t mirror = 0; mirror < 2; mirror++)
            avif_case((struct how){8, AVIF_PIXEL_FORMAT_YUV444, AVIF_TRANSFORM_IROT | AVIF_TRANSFORM_IMIR, turns, mirror}, false);
    }
}

static void avif_of_ten_bits_and_with_alpha_is_understood(void **state)
{
    (void)state;
    avif_case((struct how){10, AVIF_PIXEL_FORMAT_YUV420, 0, 0, 0}, false);
    avif_case((struct how){8, AVIF_PIXEL_FORMAT_YUV444, 0, 0, 0}, true);
    avif_case((struct how){12, AVIF_PIXEL_FORMAT_YUV444, 0, 0, 0}, true);
}

static void avif_cut_or_damaged_is_refused(void **state)
{
    (void)state;
    mimeo_ctx *ctx = new_ctx();
    uint8_t *p = new_pixels(40, 30, 4);
    struct picture_want want = {true, 20, 60};
    struct picture_made made;
    struct buf in, out;
    buf_init(&in, SAMPLE_MAX);
    put_avif(&in, p, 40, 30, (struct how){8, AVIF_PIXEL_FORMAT_YUV420, 0, 0, 0});
    for (size_t len = 1; len < in.len; len += 5)
        if (picture_small_here(&out, &made, ctx, view_of(in.ptr, len), &want) == 0)
            fail_msg("%zu bytes of %zu were taken", len, in.len);
    for (size_t i = 0; i < in.len * 8; i += 7) {
        in.ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
        if (picture_small_here(&out, &made, ctx, buf_view(&in), &want) == 0)
            buf_dispose(&out);
        in.ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
    free(p);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(avif_comes_out_upright_and_alike),
        cmocka_unit_test(avif_of_ten_bits_and_with_alpha_is_understood),
        cmocka_unit_test(avif_cut_or_damaged_is_refused),
    };
    if (!load()) {
        puts("libavif is not installed");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
