/*
 * Pictures made small: each kind comes out as WebP that looks the same, upright, with its transparency and without a word
 * of metadata; and what cannot be, says so.
 */
#include <webp/demux.h>

#include "picture_samples.h"

#include "picture/frames.h"

static const struct picture_want want_small = {true, 40, 80};

static uint8_t *shown(struct view webp, uint32_t *w, uint32_t *h)
{
    int width, height;
    uint8_t *p = WebPDecodeRGBA(webp.ptr, webp.len, &width, &height);
    assert_non_null(p);
    *w = (uint32_t)width;
    *h = (uint32_t)height;
    return p;
}

/* The pixel of the middle of a w x h picture's part x/4, y/4. */
static const uint8_t *at(const uint8_t *p, uint32_t w, uint32_t h, unsigned x, unsigned y)
{
    return p + ((size_t)((2 * y + 1) * h / 8) * w + (2 * x + 1) * w / 8) * 4;
}

static void assert_looks_like(const uint8_t *a, uint32_t aw, uint32_t ah, const uint8_t *b, uint32_t bw, uint32_t bh,
                              int tolerance)
{
    for (unsigned y = 0; y < 4; y++)
        for (unsigned x = 0; x < 4; x++)
            for (size_t i = 0; i < 4; i++)
                assert_in_range(abs(at(a, aw, ah, x, y)[i] - at(b, bw, bh, x, y)[i]), 0, tolerance);
}

static void put_segment(struct buf *b, uint8_t marker, const struct buf *data)
{
    buf_append_byte(b, 0xff);
    buf_append_byte(b, marker);
    buf_append_u16be(b, (uint16_t)(data->len + 2));
    buf_append_view(b, buf_view(data));
}

static void put_jpeg(struct buf *out, const uint8_t *rgba, size_t w, size_t h, int orientation, int flags)
{
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    struct buf exif;
    tjhandle handle = tjInitCompress();
    buf_init(&exif, SAMPLE_MAX);
    buf_append(&exif, "Exif\0", 6);
    put_tiff(&exif, orientation);
    assert_int_equal(tjCompress2(handle, rgba, (int)w, 0, (int)h, TJPF_RGBA, &bytes, &len, TJSAMP_420, 95, flags), 0);
    buf_append(out, bytes, 2);
    put_segment(out, 0xe1, &exif);
    buf_append(out, bytes + 2, len - 2);
    buf_dispose(&exif);
    tjFree(bytes);
    tjDestroy(handle);
}

static void put_webp(struct buf *out, const uint8_t *rgba, size_t w, size_t h, int orientation)
{
    uint8_t *bytes, canvas[10] = {0x18, 0, 0, 0, (uint8_t)(w - 1), 0, 0, (uint8_t)(h - 1), 0, 0};
    size_t len = WebPEncodeLosslessRGBA(rgba, (int)w, (int)h, (int)w * 4, &bytes);
    struct buf exif;
    buf_init(&exif, SAMPLE_MAX);
    put_tiff(&exif, orientation);
    buf_append(out, "RIFF\0\0\0\0WEBP", 12);
    put_webp_chunk(out, "VP8X", canvas, 10);
    buf_append(out, bytes + 12, len - 12);
    put_webp_chunk(out, "EXIF", exif.ptr, exif.len);
    finish_riff(out);
    buf_dispose(&exif);
    WebPFree(bytes);
}

static void put_png(struct buf *out, const uint8_t *rgba, size_t w, size_t h, int orientation, int bits)
{
    size_t samples = 4u * (size_t)bits / 8, row = 1 + w * samples;
    uint8_t *raw = calloc(row, h), ihdr[13] = {0, 0, 0, (uint8_t)w, 0, 0, 0, (uint8_t)h, (uint8_t)bits, 6, 0, 0, 0};
    uLongf len = compressBound(row * h);
    uint8_t *packed = malloc(len);
    struct buf exif;
    buf_init(&exif, SAMPLE_MAX);
    put_tiff(&exif, orientation);
    for (size_t y = 0; y < h; y++)
        for (size_t i = 0; i < w * 4; i++)
            for (size_t k = 0; k < (size_t)bits / 8; k++)
                raw[y * row + 1 + i * (size_t)bits / 8 + k] = rgba[y * w * 4 + i];
    assert_int_equal(compress(packed, &len, raw, row * h), Z_OK);
    buf_append(out, "\x89PNG\r\n\x1a\n", 8);
    put_png_chunk(out, "IHDR", ihdr, 13);
    put_png_chunk(out, "eXIf", exif.ptr, exif.len);
    put_png_chunk(out, "tEXt", "Author\0" SECRET, 18);
    put_png_chunk(out, "IDAT", packed, len);
    put_png_chunk(out, "IEND", "", 0);
    buf_dispose(&exif);
    free(packed);
    free(raw);
}

/* Made small, and held to what must be true of each. */
static struct picture_made made_small(struct buf *out, const struct buf *in, struct picture_want want)
{
    mimeo_ctx *ctx = new_ctx();
    struct picture_made made, again;
    struct picture_info info;
    struct buf twin;
    int rc = picture_small_here(out, &made, ctx, buf_view(in), &want);
    if (rc < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_clean(buf_view(out));
    assert_int_equal(picture_inspect(&info, ctx, buf_view(out)), 0);
    assert_memory_equal(&info, &made.info, sizeof(info));
    assert_int_equal(picture_small_here(&twin, &again, ctx, buf_view(in), &want), 0);
    assert_true(view_equal(buf_view(out), buf_view(&twin)));
    buf_dispose(&twin);
    mimeo_ctx_free(ctx);
    return made;
}

typedef void (*put_fn)(struct buf *out, const uint8_t *rgba, size_t w, size_t h, int orientation);
static void jpeg(struct buf *b, const uint8_t *p, size_t w, size_t h, int o) { put_jpeg(b, p, w, h, o, 0); }
static void progressive(struct buf *b, const uint8_t *p, size_t w, size_t h, int o)
{
    put_jpeg(b, p, w, h, o, TJFLAG_PROGRESSIVE);
}
static void png(struct buf *b, const uint8_t *p, size_t w, size_t h, int o) { put_png(b, p, w, h, o, 8); }
static void png16(struct buf *b, const uint8_t *p, size_t w, size_t h, int o) { put_png(b, p, w, h, o, 16); }

/* Else it is packed so well as it is that nothing would be saved. */
static void add_grain(uint8_t *p, size_t count)
{
    uint32_t seed = 1;
    for (size_t i = 0; i < count * 4; i++) {
        seed = seed * 1664525 + 1013904223;
        if (i % 4 != 3)
            p[i] = (uint8_t)(p[i] + (seed >> 24) % 9);
    }
}

static void turn_case(put_fn put, int orientation, bool alpha)
{
    size_t w = 180, h = 120;
    uint8_t *p = new_pixels(w, h, 4), *upright = malloc(w * h * 4), *small;
    uint32_t sw, sh;
    struct buf in, out;
    bool swap = orientation >= 5;
    add_grain(p, w * h);
    for (size_t i = 3; i < w * h * 4 && !alpha; i += 4)
        p[i] = 255;
    buf_init(&in, SAMPLE_MAX);
    put(&in, p, w, h, orientation);
    struct picture_made made = made_small(&out, &in, want_small);
    assert_true(made.encoded);
    assert_int_equal(made.info.type, PICTURE_WEBP);
    assert_int_equal(made.info.width, 40);
    assert_int_equal(made.info.height, swap ? 60 : 27);
    picture_turn(upright, p, w, h, 4, orientation);
    small = shown(buf_view(&out), &sw, &sh);
    assert_looks_like(upright, (uint32_t)(swap ? h : w), (uint32_t)(swap ? w : h), small, sw, sh, 18);
    WebPFree(small);
    free(upright);
    free(p);
    buf_dispose(&in);
    buf_dispose(&out);
}

static void all_kinds_come_out_upright_and_alike(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        turn_case(jpeg, orientation, false);
        turn_case(progressive, orientation, false);
        turn_case(png, orientation, true);
        turn_case(png16, orientation, true);
        turn_case(put_webp, orientation, true);
    }
}

static void inks_become_colours(void **state)
{
    (void)state;
    uint8_t p[64 * 64 * 4], *small; /* as Adobe stores them: how much is left white */
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    uint32_t w, h;
    struct buf in, out;
    tjhandle handle = tjInitCompress();
    for (size_t i = 0; i < sizeof(p); i += 4)
        memcpy(p + i, (uint8_t[]){255, 40, 40, 200}, 4);
    assert_int_equal(tjCompress2(handle, p, 64, 0, 64, TJPF_CMYK, &bytes, &len, TJSAMP_444, 95, 0), 0);
    buf_init(&in, SAMPLE_MAX);
    buf_append(&in, bytes, len);
    made_small(&out, &in, want_small);
    small = shown(buf_view(&out), &w, &h);
    assert_in_range(small[0], 190, 210); /* red, a little black in it */
    assert_in_range(small[1], 20, 45);
    assert_int_equal(small[3], 255);
    WebPFree(small);
    buf_dispose(&in);
    buf_dispose(&out);
    tjFree(bytes);
    tjDestroy(handle);
}

static void what_would_save_nothing_stays(void **state)
{
    (void)state;
    uint8_t *p = new_pixels(30, 30, 4);
    uint8_t *bytes;
    struct buf in, out;
    size_t len = WebPEncodeRGBA(p, 30, 30, 120, 5, &bytes);
    buf_init(&in, SAMPLE_MAX);
    buf_append(&in, bytes, len);
    struct picture_made made = made_small(&out, &in, want_small);
    assert_false(made.encoded);
    assert_true(view_equal(buf_view(&in), buf_view(&out)));
    WebPFree(bytes);
    free(p);
    buf_dispose(&in);
    buf_dispose(&out);
}

static void a_drawing_of_few_colours_loses_nothing(void **state)
{
    (void)state;
    uint8_t p[64 * 64 * 4], *small;
    uint32_t w, h;
    struct buf in, out;
    for (size_t i = 0; i < 64 * 64; i++)
        memcpy(p + 4 * i, (i / 64 / 5 + i % 64 / 7) % 2 ? "\xff\0\0\xff" : "\0\0\xff\xff", 4);
    buf_init(&in, SAMPLE_MAX);
    put_png(&in, p, 64, 64, 1, 16);
    struct picture_made made = made_small(&out, &in, (struct picture_want){true, 64, 60});
    assert_true(made.encoded);
    small = shown(buf_view(&out), &w, &h);
    assert_memory_equal(small, p, sizeof(p));
    WebPFree(small);
    buf_dispose(&in);
    buf_dispose(&out);
}

/* ---- animations ---- */

static void put_gif(struct buf *b, unsigned w, unsigned h, unsigned frames)
{
    put_gif_head(b, w, h);
    buf_append(b, "\x21\xff\x0bNETSCAPE2.0\3\1\2\0\0", 19);
    buf_append(b, "\x21\xfe\x0a" SECRET "\0", 14);
    for (unsigned i = 0; i < frames; i++)
        put_gif_frame(b, w - i % (w < 8 ? 1 : 8), h); /* alike, and one would do */
    buf_append_byte(b, ';');
}

static void an_animation_stays_one(void **state)
{
    (void)state;
    struct buf in, out;
    WebPAnimInfo info;
    buf_init(&in, SAMPLE_MAX);
    put_gif(&in, 120, 90, 5);
    struct picture_made made = made_small(&out, &in, want_small);
    assert_true(made.encoded);
    assert_int_equal(made.frames_lost, 0);
    assert_int_equal(made.info.width, 40);
    WebPData data = {out.ptr, out.len};
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, NULL);
    assert_non_null(decoder);
    assert_true(WebPAnimDecoderGetInfo(decoder, &info));
    assert_int_equal(info.loop_count, 3); /* twice again */
    WebPAnimDecoderDelete(decoder);
    buf_dispose(&in);
    buf_dispose(&out);
}

static void a_very_long_animation_comes_as_its_first_frame(void **state)
{
    (void)state;
    struct buf in, out;
    buf_init(&in, 16 * MIB);
    put_gif(&in, 100, 90, 501);
    struct picture_made made = made_small(&out, &in, want_small);
    assert_int_equal(made.frames_lost, 500);
    assert_in_range(out.len, 20, 20000);
    buf_dispose(&in);
    buf_dispose(&out);
}

static void a_tiny_animation_of_many_frames_stays_as_it_is(void **state)
{
    (void)state;
    struct buf in, out;
    buf_init(&in, SAMPLE_MAX);
    put_gif(&in, 2, 2, 600);
    struct picture_made made = made_small(&out, &in, want_small);
    assert_false(made.encoded);
    assert_int_equal(made.info.type, PICTURE_GIF);
    assert_int_equal(made.frames_lost, 0);
    buf_dispose(&in);
    buf_dispose(&out);
}

/* Frames that cover a part, go away again, and let through what was there. */
static void frames_are_laid_upon_each_other(void **state)
{
    (void)state;
    mimeo_ctx *ctx = new_ctx();
    struct buf in;
    struct frames f;
    buf_init(&in, SAMPLE_MAX);
    put_gif_head(&in, 4, 1);
    put_gif_frame(&in, 4, 1); /* stays: black, blue, green, red (0, 3, 2, 1) */
    buf_append(&in, "\x21\xf9\4\x0d\x05\0\0\0", 8); /* to what was before; 0 is transparent */
    buf_append(&in, "\x2c\1\0\0\0\2\0\1\0\0", 10);
    put_gif_pixels(&in, 2, 1); /* transparent, blue */
    buf_append(&in, "\x21\xf9\4\x08\0\0\0\0", 8); /* to background */
    buf_append(&in, "\x2c\0\0\0\0\1\0\1\0\0", 10);
    put_gif_pixels(&in, 1, 1); /* black */
    put_gif_frame(&in, 1, 1);
    buf_append_byte(&in, ';');
    assert_int_equal(picture_gif_frames(&f, ctx, buf_view(&in)), 0);
    assert_int_equal(f.count, 4);
    assert_int_equal(f.loops, 1);
    assert_int_equal(f.next(&f, ctx), 1);
    assert_int_equal(f.milliseconds, 100);
    uint8_t first[16];
    memcpy(first, f.rgba, 16);
    assert_memory_equal(first, "\0\0\0\xff", 4);
    assert_int_equal(f.next(&f, ctx), 1);
    assert_int_equal(f.milliseconds, 50);
    assert_memory_equal(f.rgba, first, 8); /* let through */
    assert_memory_not_equal(f.rgba + 8, first + 8, 4);
    assert_int_equal(f.next(&f, ctx), 1);
    assert_memory_equal(f.rgba, first, 16); /* it went away */
    assert_int_equal(f.milliseconds, 100);
    assert_int_equal(f.next(&f, ctx), 1);
    assert_memory_equal(f.rgba + 4, first + 4, 12);
    assert_int_equal(f.next(&f, ctx), 0);
    f.close(&f);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

/* ---- bad ones ---- */

static void assert_refused(const struct buf *in, const char *words)
{
    mimeo_ctx *ctx = new_ctx();
    struct picture_made made;
    struct buf out;
    assert_int_equal(picture_prepare(&out, &made, ctx, buf_view(in), &want_small), MIMEO_EMALFORMED);
    if (!strstr(mimeo_ctx_message(ctx), words))
        fail_msg("'%s' has no '%s'", mimeo_ctx_message(ctx), words);
    mimeo_ctx_free(ctx);
}

static void what_is_no_picture_says_what_it_looks_like(void **state)
{
    (void)state;
    struct buf in;
    buf_init(&in, SAMPLE_MAX);
    assert_refused(&in, "empty (0 bytes)");
    buf_append_str(&in, "<svg xmlns='http://www.w3.org/2000/svg'/>");
    assert_refused(&in, "SVG");
    buf_dispose(&in);
}

static void inks_of_unknown_kind_are_refused(void **state)
{
    (void)state;
    static const uint8_t p[16 * 16 * 4];
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    struct buf in;
    tjhandle handle = tjInitCompress();
    assert_int_equal(tjCompress2(handle, p, 16, 0, 16, TJPF_CMYK, &bytes, &len, TJSAMP_444, 95, 0), 0);
    uint8_t *adobe = memmem(bytes, len, "Adobe", 5);
    assert_non_null(adobe);
    adobe[0] = 'B';
    buf_init(&in, SAMPLE_MAX);
    buf_append(&in, bytes, len);
    assert_refused(&in, "how its inks are stored");
    buf_dispose(&in);
    tjFree(bytes);
    tjDestroy(handle);
}

static void a_jpeg_of_a_thousand_scans_is_refused(void **state)
{
    (void)state;
    uint8_t *p = new_pixels(16, 16, 4);
    struct buf in, many;
    buf_init(&in, SAMPLE_MAX);
    buf_init(&many, SAMPLE_MAX);
    put_jpeg(&in, p, 16, 16, 1, TJFLAG_PROGRESSIVE);
    const uint8_t *scan = memmem(in.ptr, in.len, "\xff\xda", 2), *end = in.ptr + in.len - 2;
    buf_append(&many, in.ptr, (size_t)(scan - in.ptr));
    for (int i = 0; i < 1000; i++)
        buf_append(&many, scan, (size_t)(end - scan));
    buf_append(&many, "\xff\xd9", 2);
    assert_refused(&many, "more than 100 scans");
    free(p);
    buf_dispose(&in);
    buf_dispose(&many);
}

static void cut_or_damaged_it_never_crashes(void **state)
{
    (void)state;
    mimeo_ctx *ctx = new_ctx();
    put_fn put[] = {jpeg, png, put_webp};
    uint8_t *p = new_pixels(9, 7, 4);
    for (size_t k = 0; k < 4; k++) {
        struct buf in, out;
        struct picture_made made;
        buf_init(&in, SAMPLE_MAX);
        if (k < 3)
            put[k](&in, p, 9, 7, 6);
        else
            put_gif(&in, 5, 4, 2);
        for (size_t len = 0; len + 1 < in.len; len += 3) {
            uint8_t *exact = malloc(len + 1);
            memcpy(exact, in.ptr, len);
            if (picture_small_here(&out, &made, ctx, view_of(exact, len), &want_small) == 0)
                buf_dispose(&out);
            free(exact);
        }
        for (size_t i = 0; i < in.len * 8; i += 5) {
            in.ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
            if (picture_small_here(&out, &made, ctx, buf_view(&in), &want_small) == 0)
                buf_dispose(&out);
            in.ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
        }
        buf_dispose(&in);
    }
    free(p);
    mimeo_ctx_free(ctx);
}

static void without_the_wish_it_is_cleaned_alone(void **state)
{
    (void)state;
    mimeo_ctx *ctx = new_ctx();
    uint8_t *p = new_pixels(90, 50, 4);
    struct buf in, out, clean;
    struct picture_made made;
    struct picture_info info;
    struct picture_want want = {0};
    buf_init(&in, SAMPLE_MAX);
    jpeg(&in, p, 90, 50, 3);
    assert_int_equal(picture_prepare(&out, &made, ctx, buf_view(&in), &want), 0);
    assert_int_equal(picture_clean(&clean, &info, ctx, buf_view(&in)), 0);
    assert_true(view_equal(buf_view(&out), buf_view(&clean)));
    assert_false(made.encoded);
    assert_int_equal(made.before, in.len);
    buf_dispose(&out);
    want.small = true; /* and all of its defaults */
    assert_int_equal(picture_prepare(&out, &made, ctx, buf_view(&in), &want), 0);
    assert_true(made.encoded);
    assert_int_equal(made.info.width, 90);
    buf_dispose(&out);
    buf_dispose(&clean);
    buf_dispose(&in);
    free(p);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_come_out_upright_and_alike),
        cmocka_unit_test(inks_become_colours),
        cmocka_unit_test(what_would_save_nothing_stays),
        cmocka_unit_test(a_drawing_of_few_colours_loses_nothing),
        cmocka_unit_test(an_animation_stays_one),
        cmocka_unit_test(a_very_long_animation_comes_as_its_first_frame),
        cmocka_unit_test(a_tiny_animation_of_many_frames_stays_as_it_is),
        cmocka_unit_test(frames_are_laid_upon_each_other),
        cmocka_unit_test(what_is_no_picture_says_what_it_looks_like),
        cmocka_unit_test(inks_of_unknown_kind_are_refused),
        cmocka_unit_test(a_jpeg_of_a_thousand_scans_is_refused),
        cmocka_unit_test(cut_or_damaged_it_never_crashes),
        cmocka_unit_test(without_the_wish_it_is_cleaned_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
