/*
 * JPEG: nothing but pixels comes through, and they come through upright.
 */
#include "picture_samples.h"

static void put_segment(struct buf *b, uint8_t marker, const void *data, size_t len)
{
    buf_append_byte(b, 0xff);
    buf_append_byte(b, marker);
    buf_append_u16be(b, (uint16_t)(len + 2));
    buf_append(b, data, len);
}

static void encode(struct buf *out, const uint8_t *pixels, size_t w, size_t h, int format,
                   int subsamp, int flags)
{
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    tjhandle handle = tjInitCompress();
    assert_int_equal(tjCompress2(handle, pixels, (int)w, 0, (int)h, format, &bytes, &len, subsamp,
                                 95, flags),
                     0);
    buf_append(out, bytes, len);
    tjFree(bytes);
    tjDestroy(handle);
}

static void put_secrets(struct buf *b, int orientation)
{
    struct buf exif;
    buf_init(&exif, SAMPLE_MAX);
    buf_append(&exif, "Exif\0", 6);
    put_tiff(&exif, orientation);
    put_segment(b, 0xe1, exif.ptr, exif.len);
    put_segment(b, 0xe1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" SECRET, 50);
    put_segment(b, 0xe2, "ICC_PROFILE\0\1\1" SECRET, 24);
    put_segment(b, 0xe2, "MPF\0" SECRET, 14);
    put_segment(b, 0xed, "Photoshop 3.0\0" SECRET, 24);
    put_segment(b, 0xe0, "JFXX\0\x10" SECRET, 16);
    put_segment(b, 0xe5, SECRET, 10);
    put_segment(b, 0xfe, SECRET, 10);
    buf_dispose(&exif);
}

/* `plain` with every kind of metadata behind its SOI, and a second one behind its end. */
static void put_laden(struct buf *out, const struct buf *plain, int orientation)
{
    buf_append(out, plain->ptr, 2);
    put_secrets(out, orientation);
    buf_append(out, plain->ptr + 2, plain->len - 2);
    buf_append(out, "\xff\xd8", 2);
    put_secrets(out, 1);
    buf_append(out, plain->ptr + 2, plain->len - 2);
    buf_append_str(out, SECRET);
}

static uint8_t *decode(struct view in, int format, int *w, int *h)
{
    int subsamp, colours;
    uint8_t *pixels;
    tjhandle handle = tjInitDecompress();
    assert_int_equal(tjDecompressHeader3(handle, in.ptr, in.len, w, h, &subsamp, &colours), 0);
    pixels = malloc((size_t)*w * (size_t)*h * 4);
    assert_non_null(pixels);
    assert_int_equal(tjDecompress2(handle, in.ptr, in.len, pixels, *w, 0, *h, format,
                                   TJFLAG_ACCURATEDCT | TJFLAG_FASTUPSAMPLE),
                     0);
    tjDestroy(handle);
    return pixels;
}

static int worst_difference(const uint8_t *a, const uint8_t *b, size_t len)
{
    int worst = 0;
    for (size_t i = 0; i < len; i++)
        worst = abs(a[i] - b[i]) > worst ? abs(a[i] - b[i]) : worst;
    return worst;
}

static void turn_case(size_t w, size_t h, int subsamp, int orientation, int tolerance)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(w, h, 3), *before, *after, *expected = malloc(w * h * 3);
    struct buf plain, laden, out;
    struct picture_info info;
    int bw, bh, aw, ah, rc;
    bool swap = orientation >= 5;

    buf_init(&plain, SAMPLE_MAX);
    buf_init(&laden, SAMPLE_MAX);
    encode(&plain, pixels, w, h, TJPF_RGB, subsamp, 0);
    put_laden(&laden, &plain, orientation);
    assert_int_equal(picture_inspect(&info, ctx, buf_view(&laden)), 0);
    assert_int_equal(info.width, swap ? h : w);
    rc = clean_sample(&out, ctx, &laden);
    if (rc < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_int_equal(picture_inspect(&info, ctx, buf_view(&out)), 0);
    assert_int_equal(info.type, PICTURE_JPEG);
    assert_int_equal(info.width, swap ? h : w);
    assert_int_equal(info.height, swap ? w : h);
    before = decode(buf_view(&plain), TJPF_RGB, &bw, &bh);
    after = decode(buf_view(&out), TJPF_RGB, &aw, &ah);
    assert_int_equal(aw, (int)info.width);
    assert_int_equal(ah, (int)info.height);
    picture_turn(expected, before, w, h, 3, orientation);
    assert_in_range(worst_difference(expected, after, w * h * 3), 0, tolerance);
    free(before);
    free(after);
    free(expected);
    free(pixels);
    buf_dispose(&plain);
    buf_dispose(&laden);
    buf_dispose(&out);
    mimeo_ctx_free(ctx);
}

static void jpeg_without_turning_keeps_every_pixel(void **state)
{
    (void)state;
    turn_case(32, 16, TJSAMP_420, 1, 0);
    turn_case(33, 17, TJSAMP_420, 1, 0);
    turn_case(1, 1, TJSAMP_444, 1, 0);
    turn_case(35, 9, TJSAMP_411, 1, 0);
}

/* The coefficients are the same; adding them up in another order rounds otherwise. */
static void jpeg_of_whole_blocks_is_turned_without_loss(void **state)
{
    (void)state;
    for (int orientation = 2; orientation <= 8; orientation++) {
        turn_case(48, 32, TJSAMP_444, orientation, 4);
        turn_case(48, 32, TJSAMP_420, orientation, 4);
    }
}

static void jpeg_of_odd_size_is_turned_whole(void **state)
{
    (void)state;
    for (int orientation = 2; orientation <= 8; orientation++) {
        turn_case(45, 31, TJSAMP_444, orientation, 24);
        turn_case(45, 31, TJSAMP_420, orientation, 32);
        turn_case(45, 31, TJSAMP_422, orientation, 32);
        turn_case(1, 3, TJSAMP_444, orientation, 24);
    }
}

static void jpeg_gray_and_progressive_survive(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(40, 24, 3);
    struct buf plain, out;
    (void)state;
    for (int flags = 0; flags < 2; flags++) {
        buf_init(&plain, SAMPLE_MAX);
        encode(&plain, pixels, 40, 24, TJPF_RGB, TJSAMP_GRAY, flags ? TJFLAG_PROGRESSIVE : 0);
        assert_int_equal(clean_sample(&out, ctx, &plain), 0);
        buf_dispose(&plain);
        buf_dispose(&out);
    }
    free(pixels);
    mimeo_ctx_free(ctx);
}

static void jpeg_cmyk_keeps_its_colours(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(32, 32, 4), *before, *after, *expected = malloc(32 * 32 * 4);
    struct buf plain, laden, out;
    int w, h;
    (void)state;
    for (int orientation = 1; orientation <= 6; orientation += 5) {
        buf_init(&plain, SAMPLE_MAX);
        buf_init(&laden, SAMPLE_MAX);
        encode(&plain, pixels, 32, 32, TJPF_CMYK, TJSAMP_444, 0);
        assert_true(view_has(buf_view(&plain), "Adobe"));
        put_laden(&laden, &plain, orientation);
        assert_int_equal(clean_sample(&out, ctx, &laden), 0);
        assert_true(view_has(buf_view(&out), "Adobe"));
        before = decode(buf_view(&plain), TJPF_CMYK, &w, &h);
        after = decode(buf_view(&out), TJPF_CMYK, &w, &h);
        picture_turn(expected, before, 32, 32, 4, orientation);
        assert_in_range(worst_difference(expected, after, 32 * 32 * 4), 0, 4);
        free(before);
        free(after);
        buf_dispose(&plain);
        buf_dispose(&laden);
        buf_dispose(&out);
    }
    free(expected);
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

static uint8_t *frame_of(struct buf *jpeg)
{
    uint8_t *at = memmem(jpeg->ptr, jpeg->len, "\xff\xc0\0\x11\x08", 5);
    assert_non_null(at);
    return at;
}

static void jpeg_kinds_that_browsers_do_not_show_are_refused(void **state)
{
    uint8_t *pixels = new_pixels(16, 16, 4);
    struct buf in;
    uint8_t *frame, *adobe;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    encode(&in, pixels, 16, 16, TJPF_RGBX, TJSAMP_420, 0);
    frame = frame_of(&in);
    frame[1] = 0xc9;
    assert_refused(&in, "arithmetic");
    frame[1] = 0xc3;
    assert_refused(&in, "lossless");
    frame[1] = 0xc1;
    frame[4] = 12;
    assert_refused(&in, "12 bits");
    frame[4] = 8;
    frame[5] = frame[6] = 0;
    assert_refused(&in, "no height");
    frame[5] = frame[6] = frame[7] = frame[8] = 0xff;
    assert_refused(&in, "65535 x 65535");
    frame[5] = frame[7] = 0x40;
    frame[6] = frame[8] = 0;
    assert_refused(&in, "over 100000000");
    buf_clear(&in);
    encode(&in, pixels, 16, 16, TJPF_CMYK, TJSAMP_444, 0);
    adobe = memmem(in.ptr, in.len, "Adobe", 5);
    assert_non_null(adobe);
    adobe[0] = 'X';
    assert_refused(&in, "CMYK");
    buf_dispose(&in);
    free(pixels);
}

/* The header says more rows than there are: what is missing must be gray or black, and
 * never what stood in memory; here it is only required to end well. */
static void jpeg_that_lies_about_its_size_ends_well(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(16, 16, 3);
    struct buf plain, laden, out;
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        buf_init(&plain, SAMPLE_MAX);
        buf_init(&laden, SAMPLE_MAX);
        encode(&plain, pixels, 16, 16, TJPF_RGB, TJSAMP_420, 0);
        frame_of(&plain)[6] = 201;
        put_laden(&laden, &plain, orientation);
        if (clean_sample(&out, ctx, &laden) == 0)
            buf_dispose(&out);
        buf_dispose(&plain);
        buf_dispose(&laden);
    }
    free(pixels);
    mimeo_ctx_free(ctx);
}

static void jpeg_cut_or_damaged_never_crashes(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(9, 9, 3);
    struct buf plain;
    (void)state;
    buf_init(&plain, SAMPLE_MAX);
    encode(&plain, pixels, 9, 9, TJPF_RGB, TJSAMP_420, 0);
    abuse_sample(ctx, &plain, plain.len);
    buf_dispose(&plain);
    free(pixels);
    mimeo_ctx_free(ctx);
}

static void jpeg_left_dirty_is_found_by_the_second_look(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    uint8_t *pixels = new_pixels(9, 9, 3);
    struct buf plain, out, dirty;
    struct picture_info info;
    (void)state;
    buf_init(&plain, SAMPLE_MAX);
    buf_init(&dirty, SAMPLE_MAX);
    encode(&plain, pixels, 9, 9, TJPF_RGB, TJSAMP_420, 0);
    assert_int_equal(clean_sample(&out, ctx, &plain), 0);
    assert_int_equal(picture_jpeg_inspect(&info, ctx, buf_view(&out), true), 0);
    put_laden(&dirty, &out, 1);
    assert_int_equal(picture_jpeg_inspect(&info, ctx, buf_view(&dirty), true), MIMEO_EMALFORMED);
    buf_append_byte(&out, 0);
    assert_int_equal(picture_jpeg_inspect(&info, ctx, buf_view(&out), true), MIMEO_EMALFORMED);
    buf_dispose(&plain);
    buf_dispose(&dirty);
    buf_dispose(&out);
    free(pixels);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpeg_without_turning_keeps_every_pixel),
        cmocka_unit_test(jpeg_of_whole_blocks_is_turned_without_loss),
        cmocka_unit_test(jpeg_of_odd_size_is_turned_whole),
        cmocka_unit_test(jpeg_gray_and_progressive_survive),
        cmocka_unit_test(jpeg_cmyk_keeps_its_colours),
        cmocka_unit_test(jpeg_kinds_that_browsers_do_not_show_are_refused),
        cmocka_unit_test(jpeg_that_lies_about_its_size_ends_well),
        cmocka_unit_test(jpeg_cut_or_damaged_never_crashes),
        cmocka_unit_test(jpeg_left_dirty_is_found_by_the_second_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
