/*
 * Making pixels fewer: means of areas in linear light, opacity, sides, turning.
 */
#include "picture_samples.h"

#include "picture/icc.h"
#include "picture/shrink.h"

static struct raster shrunk(const uint8_t *rgba, uint32_t w, uint32_t h, uint32_t width, int orientation)
{
    mimeo_ctx *ctx = new_ctx();
    static struct shrink s; /* tables too large for a stack */
    struct raster r;
    s = (struct shrink){0};
    assert_int_equal(shrink_start(&s, ctx, w, h, shrink_target(width, w, h, orientation)), 0);
    for (uint32_t y = 0; y < h; y++)
        shrink_row(&s, rgba + (size_t)y * w * 4);
    assert_int_equal(shrink_finish(&r, &s, ctx, orientation), 0);
    shrink_dispose(&s);
    mimeo_ctx_free(ctx);
    return r;
}

static void a_picture_that_fits_keeps_every_byte(void **state)
{
    (void)state;
    uint8_t *p = new_pixels(31, 17, 4);
    struct raster r = shrunk(p, 31, 17, 800, 1);
    assert_int_equal(r.width, 31);
    assert_int_equal(r.height, 17);
    assert_memory_equal(r.rgba, p, 31 * 17 * 4);
    assert_true(r.has_alpha);
    free(r.rgba);
    free(p);
}

static void one_colour_stays_that_colour_at_any_size(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 256; v += 5) {
        uint8_t p[37 * 23 * 4];
        for (size_t i = 0; i < sizeof(p); i += 4)
            memcpy(p + i, (uint8_t[]){(uint8_t)v, (uint8_t)(255 - v), 128, 255}, 4);
        struct raster r = shrunk(p, 37, 23, 7, 1);
        for (size_t i = 0; i < (size_t)r.width * r.height * 4; i += 4)
            assert_memory_equal(r.rgba + i, p, 4);
        assert_false(r.has_alpha);
        free(r.rgba);
    }
}

static void stripes_become_the_gray_that_an_eye_sees(void **state)
{
    (void)state;
    uint8_t p[8 * 8 * 4];
    for (size_t i = 0; i < 64; i++)
        memset(p + 4 * i, i % 2 ? 255 : 0, 4), p[4 * i + 3] = 255;
    struct raster r = shrunk(p, 8, 8, 4, 1);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(r.rgba[4 * i], 188); /* half the light; 128 would be a fifth */
    free(r.rgba);
}

static void what_is_transparent_lends_no_colour(void **state)
{
    (void)state;
    uint8_t p[4 * 4 * 4];
    for (size_t i = 0; i < 16; i++)
        memcpy(p + 4 * i, i % 2 ? "\xff\0\0\xff" : "\0\xff\0\0", 4); /* red; green that cannot be seen */
    struct raster r = shrunk(p, 4, 4, 2, 1);
    for (size_t i = 0; i < 4; i++)
        assert_memory_equal(r.rgba + 4 * i, "\xff\0\0\x80", 4);
    assert_true(r.has_alpha);
    free(r.rgba);
}

static void it_is_turned_upright_after_it_was_made_small(void **state)
{
    (void)state;
    uint8_t *p = new_pixels(60, 40, 4);
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct raster plain, turned = shrunk(p, 60, 40, 20, orientation);
        bool swap = orientation >= 5;
        assert_int_equal(turned.width, 20);
        assert_int_equal(turned.height, swap ? 30 : 13);
        plain = shrunk(p, 60, 40, swap ? 30 : 20, 1);
        uint8_t *expected = malloc((size_t)plain.width * plain.height * 4);
        picture_turn(expected, plain.rgba, plain.width, plain.height, 4, orientation);
        assert_memory_equal(turned.rgba, expected, (size_t)plain.width * plain.height * 4);
        free(expected);
        free(plain.rgba);
        free(turned.rgba);
    }
    free(p);
}

static void a_target_fits_the_width_and_the_sides_of_webp(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, w, h;
        int orientation;
        uint32_t to_w, to_h;
    } cases[] = {
        {800, 4000, 3000, 1, 800, 600},  {800, 4000, 3000, 6, 1067, 800},  {800, 800, 3000, 1, 800, 3000},
        {800, 1, 1, 1, 1, 1},            {800, 16384, 1, 1, 800, 1},       {800, 1, 16384, 1, 1, 16383},
        {16383, 16384, 2, 1, 16383, 2},  {800, 799, 600, 1, 799, 600},     {800, 800, 16384, 1, 800, 16383},
        {16, 16384, 16384, 1, 16, 16},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct shrink_size to = shrink_target(cases[i].width, cases[i].w, cases[i].h, cases[i].orientation);
        assert_int_equal(to.width, cases[i].to_w);
        assert_int_equal(to.height, cases[i].to_h);
    }
}

static void rows_too_many_are_passed_over(void **state)
{
    (void)state;
    mimeo_ctx *ctx = new_ctx();
    static struct shrink s;
    uint8_t row[16] = {0};
    struct raster r;
    assert_int_equal(shrink_start(&s, ctx, 4, 2, (struct shrink_size){2, 1}), 0);
    for (int i = 0; i < 10; i++)
        shrink_row(&s, row);
    assert_int_equal(shrink_finish(&r, &s, ctx, 1), 0);
    free(r.rgba);
    shrink_dispose(&s);
    mimeo_ctx_free(ctx);
}

/* ---- profiles ---- */

static void put_xyz(struct buf *b, double x, double y, double z)
{
    buf_append(b, "XYZ \0\0\0\0", 8);
    buf_append_u32be(b, (uint32_t)(int32_t)(x * 65536));
    buf_append_u32be(b, (uint32_t)(int32_t)(y * 65536));
    buf_append_u32be(b, (uint32_t)(int32_t)(z * 65536));
}

/* A profile of one gamma (times 256) and three columns. */
static void put_profile(struct buf *b, unsigned gamma, const double c[9])
{
    static const char *const names[] = {"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
    size_t start = b->len;
    buf_append(b, (uint8_t[128]){[16] = 'R', 'G', 'B', ' ', 'X', 'Y', 'Z', ' '}, 128);
    buf_append_u32be(b, 6);
    for (unsigned i = 0; i < 6; i++) {
        buf_append_str(b, names[i]);
        buf_append_u32be(b, i < 3 ? 204 + 20 * i : 264);
        buf_append_u32be(b, i < 3 ? 20 : 14);
    }
    assert_int_equal(b->len - start, 204);
    for (unsigned i = 0; i < 3; i++)
        put_xyz(b, c[3 * i], c[3 * i + 1], c[3 * i + 2]);
    buf_append(b, "curv\0\0\0\0\0\0\0\1", 12);
    buf_append_u16be(b, (uint16_t)gamma);
}

static const double adobe_rgb[9] = {0.60974, 0.31111, 0.01947, 0.20528, 0.62567, 0.06087, 0.14919, 0.06322, 0.74457};
static const double srgb[9] = {0.43607, 0.22249, 0.01392, 0.38515, 0.71687, 0.09708, 0.14307, 0.06061, 0.71410};

static void a_wide_profile_is_understood(void **state)
{
    (void)state;
    struct buf b;
    struct shrink_colours c;
    buf_init(&b, 4096);
    put_profile(&b, 563, adobe_rgb); /* 2.2 */
    assert_true(icc_colours(&c, buf_view(&b)));
    assert_int_equal(c.linear[0][255], 65535);
    assert_int_equal(c.linear[0][0], 0);
    assert_in_range(c.linear[1][128], 14300, 14500); /* (128/255)^2.2 */
    assert_in_range(c.matrix[0], 91000, 92500);      /* its red is 1.4 of sRGB's */
    for (size_t row = 0; row < 3; row++)             /* white stays white */
        assert_in_range(c.matrix[3 * row] + c.matrix[3 * row + 1] + c.matrix[3 * row + 2], 65300, 65800);
    buf_dispose(&b);
}

static void a_wide_profile_turns_into_srgb(void **state)
{
    (void)state;
    struct buf b;
    struct shrink_colours c;
    uint8_t p[4] = {100, 150, 100, 255}, white[4] = {255, 255, 255, 255};
    static struct shrink s;
    mimeo_ctx *ctx = new_ctx();
    struct raster r;
    buf_init(&b, 4096);
    put_profile(&b, 563, adobe_rgb);
    assert_true(icc_colours(&c, buf_view(&b)));
    for (size_t i = 0; i < 2; i++) {
        s = (struct shrink){.colours = &c};
        assert_int_equal(shrink_start(&s, ctx, 1, 1, (struct shrink_size){1, 1}), 0);
        shrink_row(&s, i ? white : p);
        assert_int_equal(shrink_finish(&r, &s, ctx, 1), 0);
        if (i == 0) {
            assert_in_range(r.rgba[0], 64, 76); /* less red shows the same green in sRGB */
            assert_in_range(r.rgba[1], 148, 153);
        } else {
            assert_in_range(r.rgba[0], 254, 255);
            assert_in_range(r.rgba[2], 254, 255);
        }
        free(r.rgba);
        shrink_dispose(&s);
    }
    buf_dispose(&b);
    mimeo_ctx_free(ctx);
}

static void srgb_itself_and_nonsense_change_nothing(void **state)
{
    (void)state;
    struct buf b;
    struct shrink_colours c;
    double off[9];
    buf_init(&b, 65536);
    put_profile(&b, 563, srgb); /* 2.2 is not quite its curve, but nobody sees that */
    assert_false(icc_colours(&c, view_of(NULL, 0)));
    assert_false(icc_colours(&c, view_of("RGB", 3)));
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *exact = malloc(len + 1);
        memcpy(exact, b.ptr, len);
        (void)icc_colours(&c, view_of(exact, len)); /* no crash, no read past it */
        free(exact);
    }
    for (size_t i = 0; i < b.len * 8; i++) {
        b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
        (void)icc_colours(&c, buf_view(&b));
        b.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    buf_clear(&b);
    memcpy(off, adobe_rgb, sizeof(off));
    off[0] = 3; /* white would be no white */
    put_profile(&b, 563, off);
    assert_false(icc_colours(&c, buf_view(&b)));
    buf_clear(&b);
    put_profile(&b, 0, adobe_rgb);
    assert_false(icc_colours(&c, buf_view(&b)));
    buf_dispose(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_that_fits_keeps_every_byte),
        cmocka_unit_test(one_colour_stays_that_colour_at_any_size),
        cmocka_unit_test(stripes_become_the_gray_that_an_eye_sees),
        cmocka_unit_test(what_is_transparent_lends_no_colour),
        cmocka_unit_test(it_is_turned_upright_after_it_was_made_small),
        cmocka_unit_test(a_target_fits_the_width_and_the_sides_of_webp),
        cmocka_unit_test(rows_too_many_are_passed_over),
        cmocka_unit_test(a_wide_profile_is_understood),
        cmocka_unit_test(a_wide_profile_turns_into_srgb),
        cmocka_unit_test(srgb_itself_and_nonsense_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
