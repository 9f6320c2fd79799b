/*
 * WebP: the image chunks come through, EXIF, XMP, ICC and unknown ones do not.
 */
#include "picture_samples.h"

/* The file that libwebp makes: one VP8 or VP8L chunk, VP8X where lossy has alpha. */
static void encode(struct buf *out, const uint8_t *rgba, int w, int h, bool lossless)
{
    uint8_t *bytes = NULL;
    size_t len = lossless ? WebPEncodeLosslessRGBA(rgba, w, h, w * 4, &bytes)
                          : WebPEncodeRGBA(rgba, w, h, w * 4, 95, &bytes);
    assert_true(len > 0);
    buf_append(out, bytes, len);
    WebPFree(bytes);
}

static void put_secrets(struct buf *b, int orientation)
{
    struct buf exif;
    buf_init(&exif, SAMPLE_MAX);
    put_tiff(&exif, orientation);
    put_webp_chunk(b, "EXIF", exif.ptr, exif.len);
    put_webp_chunk(b, "XMP ", "<x:xmpmeta>" SECRET, 21);
    put_webp_chunk(b, "GPS ", SECRET, 10);
    buf_dispose(&exif);
}

static void put_canvas(struct buf *b, int w, int h, uint8_t flags)
{
    uint8_t header[10] = {flags,
                          0,
                          0,
                          0,
                          (uint8_t)(w - 1),
                          (uint8_t)((w - 1) >> 8),
                          0,
                          (uint8_t)(h - 1),
                          (uint8_t)((h - 1) >> 8),
                          0};
    buf_append(b, "RIFF\0\0\0\0WEBP", 12);
    put_webp_chunk(b, "VP8X", header, 10);
}

/* The chunks of `plain` behind its own VP8X, if any. */
static struct view image_chunks(const struct buf *plain)
{
    size_t at = memcmp(plain->ptr + 12, "VP8X", 4) == 0 ? 30 : 12;
    return view_of(plain->ptr + at, plain->len - at);
}

static void put_laden(struct buf *out, const struct buf *plain, int w, int h, int orientation)
{
    put_canvas(out, w, h, 0x3c); /* ICC, alpha, EXIF, XMP */
    put_webp_chunk(out, "ICCP", SECRET, 10);
    buf_append_view(out, image_chunks(plain));
    put_secrets(out, orientation);
    finish_riff(out);
    buf_append_str(out, SECRET);
}

static int worst_difference(const uint8_t *a, const uint8_t *b, size_t len)
{
    int worst = 0;
    for (size_t i = 0; i < len; i++)
        worst = abs(a[i] - b[i]) > worst ? abs(a[i] - b[i]) : worst;
    return worst;
}

static void turn_case(int w, int h, bool lossless, int orientation)
{
    mimeo_ctx *ctx = new_ctx();
    size_t size = (size_t)w * (size_t)h * 4;
    uint8_t *pixels = new_pixels((size_t)w, (size_t)h, 4), *before, *after, *expected;
    struct buf plain, laden, out;
    struct picture_info info;
    int ow, oh;

    buf_init(&plain, SAMPLE_MAX);
    buf_init(&laden, SAMPLE_MAX);
    encode(&plain, pixels, w, h, lossless);
    put_laden(&laden, &plain, w, h, orientation);
    if (clean_sample(&out, ctx, &laden) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_int_equal(picture_inspect(&info, ctx, buf_view(&out)), 0);
    assert_int_equal(info.type, PICTURE_WEBP);
    before = WebPDecodeRGBA(plain.ptr, plain.len, &ow, &oh);
    expected = malloc(size);
    picture_turn(expected, before, (size_t)w, (size_t)h, 4, orientation);
    after = WebPDecodeRGBA(out.ptr, out.len, &ow, &oh);
    assert_non_null(after);
    assert_int_equal(ow, orientation >= 5 ? h : w);
    assert_int_equal(ow, info.width);
    assert_int_equal(oh, info.height);
    assert_in_range(worst_difference(expected, after, size), 0,
                    lossless || orientation == 1 ? 0 : 40);
    assert_int_equal(view_has(buf_view(&out), "VP8L"), lossless);
    WebPFree(before);
    WebPFree(after);
    free(expected);
    free(pixels);
    buf_dispose(&plain);
    buf_dispose(&laden);
    buf_dispose(&out);
    mimeo_ctx_free(ctx);
}

static void webp_is_turned_and_lossless_stays_so(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        turn_case(31, 18, true, orientation);
        turn_case(31, 18, false, orientation);
        turn_case(1, 1, true, orientation);
    }
}

static void put_frame(struct buf *b, const struct buf *plain, int w, int h)
{
    struct buf data;
    struct view image = image_chunks(plain);
    buf_init(&data, SAMPLE_MAX);
    buf_append(&data, "\0\0\0\0\0\0", 6);
    buf_append(&data, (uint8_t[]){(uint8_t)(w - 1), 0, 0, (uint8_t)(h - 1), 0, 0}, 6);
    buf_append(&data, "\x64\0\0\xfe", 4);
    put_webp_chunk(&data, "GPS ", SECRET, 10);
    buf_append_view(&data, image);
    put_webp_chunk(&data, "EXIF", SECRET, 10);
    put_webp_chunk(b, "ANMF", data.ptr, data.len);
    buf_dispose(&data);
}

static void webp_animation_survives_without_its_secrets(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(4, 4, 4);
    struct buf plain, in, out;
    struct picture_info info;
    WebPBitstreamFeatures features;
    (void)state;
    buf_init(&plain, SAMPLE_MAX);
    buf_init(&in, SAMPLE_MAX);
    encode(&plain, pixels, 4, 4, true);
    put_canvas(&in, 4, 4, 0x3e);
    put_webp_chunk(&in, "ICCP", SECRET, 10);
    put_webp_chunk(&in, "ANIM", "\0\0\0\0\0", 6);
    put_frame(&in, &plain, 4, 4);
    put_frame(&in, &plain, 4, 4);
    put_secrets(&in, 6);
    finish_riff(&in);
    if (clean_sample(&out, ctx, &in) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_int_equal(picture_inspect(&info, ctx, buf_view(&out)), 0);
    assert_int_equal(info.width, 4);
    assert_int_equal(WebPGetFeatures(out.ptr, out.len, &features), VP8_STATUS_OK);
    assert_true(features.has_animation);
    assert_false(view_has(buf_view(&out), "GPS "));
    buf_dispose(&out);
    abuse_sample(ctx, &in, in.len);
    buf_dispose(&in);
    buf_dispose(&plain);
    free(pixels);
    mimeo_ctx_free(ctx);
}

static void assert_refused(const struct buf *in, const char *words)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf out;
    assert_int_equal(clean_sample(&out, ctx, in), MIMEO_EMALFORMED);
    if (!strstr(mimeo_ctx_message(ctx), words))
        fail_msg("'%s' has no '%s'", mimeo_ctx_message(ctx), words);
    mimeo_ctx_free(ctx);
}

static void webp_that_lies_about_its_size_is_refused(void **state)
{
    uint8_t *pixels = new_pixels(4, 4, 4);
    struct buf plain, in;
    (void)state;
    buf_init(&plain, SAMPLE_MAX);
    buf_init(&in, SAMPLE_MAX);
    encode(&plain, pixels, 4, 4, true);
    put_laden(&in, &plain, 5, 4, 1);
    assert_refused(&in, "two different sizes");
    in.ptr[26] = 1; /* the canvas is 65536 wide more */
    assert_refused(&in, "a side may have");
    buf_dispose(&plain);
    buf_dispose(&in);
    free(pixels);
}

static void webp_cut_or_damaged_never_crashes(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(5, 4, 4);
    struct buf plain, in;
    (void)state;
    for (int lossless = 0; lossless < 2; lossless++) {
        buf_init(&plain, SAMPLE_MAX);
        buf_init(&in, SAMPLE_MAX);
        encode(&plain, pixels, 5, 4, lossless);
        put_laden(&in, &plain, 5, 4, 6);
        abuse_sample(ctx, &in, in.len - strlen(SECRET));
        buf_dispose(&plain);
        buf_dispose(&in);
    }
    free(pixels);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webp_is_turned_and_lossless_stays_so),
        cmocka_unit_test(webp_animation_survives_without_its_secrets),
        cmocka_unit_test(webp_that_lies_about_its_size_is_refused),
        cmocka_unit_test(webp_cut_or_damaged_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
