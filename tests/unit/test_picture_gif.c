/*
 * GIF: frames and the loop come through; comments, text and other programs' blocks do not.
 */
#include "picture_samples.h"

static void put_secrets(struct buf *b)
{
    buf_append(b, "\x21\xfe\x0a" SECRET, 14);
    buf_append(b, "\x21\xff\x0bXMP DataXMP\x0a" SECRET, 26);
    buf_append(b, "\x21\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0\x0a" SECRET, 27);
    buf_append(b, "\x21\x77\x0a" SECRET, 14);
}

/* GIF frames with everything in between, and a secret after the trailer. */
static void put_laden(struct buf *b, unsigned w, unsigned h, unsigned frames)
{
    put_gif_head(b, w, h);
    put_secrets(b);
    buf_append(b, "\x21\xff\x0bNETSCAPE2.0\x03\x01\x05\0\x0a" SECRET, 29);
    buf_append_byte(b, 0);
    for (unsigned i = 0; i < frames; i++) {
        put_gif_frame(b, w, h);
        put_secrets(b);
    }
    buf_append_byte(b, 0x3b);
    buf_append_str(b, SECRET);
}

static void put_expected(struct buf *b, unsigned w, unsigned h, unsigned frames)
{
    put_gif_head(b, w, h);
    buf_append(b, "\x21\xff\x0bNETSCAPE2.0\x03\x01\x05\0", 19);
    for (unsigned i = 0; i < frames; i++)
        put_gif_frame(b, w, h);
    buf_append_byte(b, 0x3b);
}

static void gif_keeps_frames_and_loop_and_nothing_else(void **state)
{
    static const unsigned cases[][3] = {{1, 1, 1}, {17, 11, 1}, {40, 30, 3}};
    mimeo_ctx *ctx = new_ctx();
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct buf in, expected, out;
        struct picture_info info;
        buf_init(&in, SAMPLE_MAX);
        buf_init(&expected, SAMPLE_MAX);
        put_laden(&in, cases[i][0], cases[i][1], cases[i][2]);
        put_expected(&expected, cases[i][0], cases[i][1], cases[i][2]);
        if (clean_sample(&out, ctx, &in) < 0)
            fail_msg("%s", mimeo_ctx_message(ctx));
        assert_true(view_equal(buf_view(&out), buf_view(&expected)));
        assert_int_equal(picture_inspect(&info, ctx, buf_view(&out)), 0);
        assert_int_equal(info.type, PICTURE_GIF);
        assert_int_equal(info.width, cases[i][0]);
        assert_int_equal(info.height, cases[i][1]);
        buf_dispose(&in);
        buf_dispose(&expected);
        buf_dispose(&out);
    }
    mimeo_ctx_free(ctx);
}

static void gif_with_bytes_behind_the_pixels_loses_them(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf in, out;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_gif_head(&in, 2, 2);
    put_gif_frame(&in, 2, 2);
    in.len--; /* the empty sub-block */
    buf_append(&in, "\x0a" SECRET "\0;", 13);
    assert_int_equal(clean_sample(&out, ctx, &in), 0);
    buf_dispose(&out);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

/* Codes after the last pixel: the frame says 2 x 2, its codes go on for 40 x 9. */
static void gif_with_codes_past_the_last_pixel_loses_them(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf in, out;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_gif_head(&in, 2, 2);
    buf_append(&in, "\x2c\0\0\0\0\2\0\2\0\0", 10);
    put_gif_pixels(&in, 40, 9);
    buf_append_byte(&in, ';');
    assert_int_equal(clean_sample(&out, ctx, &in), 0);
    assert_in_range(out.len, 30, 50);
    buf_dispose(&out);
    buf_dispose(&in);
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

static void gif_that_lies_about_its_size_is_refused(void **state)
{
    struct buf in;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_expected(&in, 4, 4, 1);
    in.ptr[6] = 0;
    assert_refused(&in, "no width");
    in.ptr[6] = 3;
    assert_refused(&in, "sticks out");
    in.ptr[7] = 0xff;
    assert_refused(&in, "a side may have");
    buf_clear(&in);
    put_gif_head(&in, 9, 9);
    buf_append(&in, "\x2c\0\0\0\0\x09\0\x09\0\0", 10);
    put_gif_pixels(&in, 2, 1);
    buf_append_byte(&in, ';');
    /* An end code before all pixels is what decoders accept, and so do we. */
    in.len -= 5;
    assert_refused(&in, "cut short");
    buf_dispose(&in);
}

static void gif_cut_or_damaged_never_crashes(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf in;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_laden(&in, 5, 3, 2);
    abuse_sample(ctx, &in, in.len - strlen(SECRET));
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gif_keeps_frames_and_loop_and_nothing_else),
        cmocka_unit_test(gif_with_bytes_behind_the_pixels_loses_them),
        cmocka_unit_test(gif_with_codes_past_the_last_pixel_loses_them),
        cmocka_unit_test(gif_that_lies_about_its_size_is_refused),
        cmocka_unit_test(gif_cut_or_damaged_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
