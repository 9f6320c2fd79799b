/* Tests of trust/qr.c: the printed text is read back into modules and compared with what
 * libqrencode gives, so that no golden string hides a wrong half block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <qrencode.h>

#include "base/context.h"
#include "trust/fingerprint.h"

#define SIDE_MAX (177 + 8)
#define DARK_ON_LIGHT "\033[0;30;107m"
#define RESET "\033[0m"

static mimeo_ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

struct modules {
    int width, height;
    bool dark[SIDE_MAX + 1][SIDE_MAX];
};

/* One character: 1 the upper module, 2 the lower one, 3 both. */
static int glyph(struct cursor *c)
{
    if (cursor_skip(c, " ")) return 0;
    if (cursor_skip(c, "\xe2\x96\x80")) return 1;
    if (cursor_skip(c, "\xe2\x96\x84")) return 2;
    if (cursor_skip(c, "\xe2\x96\x88")) return 3;
    fail_msg("not a half block");
    return -1;
}

static void read_line(struct modules *m, struct cursor *c, bool ansi)
{
    int x = 0;
    assert_true(m->height < SIDE_MAX);
    if (ansi)
        assert_true(cursor_skip(c, DARK_ON_LIGHT));
    while (!cursor_skip(c, ansi ? RESET "\n" : "\n")) {
        assert_true(x < SIDE_MAX);
        int g = glyph(c);
        m->dark[m->height][x] = (g & 1) != 0;
        m->dark[m->height + 1][x] = (g & 2) != 0;
        x++;
    }
    if (m->height > 0)
        assert_int_equal(x, m->width);
    m->width = x;
    m->height += 2;
}

static struct modules *read_back(const struct buf *b, bool ansi)
{
    struct modules *m = calloc(1, sizeof *m);
    struct cursor c = cursor_of(buf_view(b));
    assert_non_null(m);
    while (c.left > 0)
        read_line(m, &c, ansi);
    return m;
}

static void compare(const char *text, bool ansi)
{
    struct buf b;
    buf_init(&b, MIB);
    assert_int_equal(qr_terminal(&b, ctx, text, ansi), 0);
    struct modules *m = read_back(&b, ansi);
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    assert_non_null(code);
    assert_int_equal(m->width, code->width + 8);
    assert_int_equal(m->height, code->width + 9); /* one light module to fill the last line */
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++) {
            int cx = x - 4, cy = y - 4;
            bool inside = cx >= 0 && cy >= 0 && cx < code->width && cy < code->width;
            bool want = inside && (code->data[cy * code->width + cx] & 1) != 0;
            if (m->dark[y][x] != want)
                fail_msg("module %d,%d of %s", x, y, text);
        }
    QRcode_free(code);
    free(m);
    buf_dispose(&b);
}

static void printed_modules_are_those_of_the_symbol(void **state)
{
    (void)state;
    compare("mimeo:0123", false);
    compare("mimeo:0123", true);
    compare("mimeo:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-01234567", true);
}

static void a_link_of_full_length_fits(void **state)
{
    (void)state;
    char text[LINK_LEN + 1];
    memset(text, 'a', LINK_LEN);
    text[LINK_LEN] = '\0';
    compare(text, false);
}

static void finder_patterns_stand_in_three_corners(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, MIB);
    assert_int_equal(qr_terminal(&b, ctx, "mimeo:", false), 0);
    struct modules *m = read_back(&b, false);
    int far = m->width - 4 - 7;
    for (int i = 0; i < 7; i++) {
        assert_true(m->dark[4][4 + i]);
        assert_true(m->dark[4][far + i]);
        assert_true(m->dark[far + i][4]);
    }
    free(m);
    buf_dispose(&b);
}

static void text_that_does_not_fit_is_malformed(void **state)
{
    (void)state;
    char text[4000];
    struct buf b;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buf_init(&b, MIB);
    assert_int_equal(qr_terminal(&b, ctx, text, false), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "does not fit a QR code"));
    assert_int_equal(qr_terminal(&b, ctx, "", false), MIMEO_EMALFORMED);
    buf_dispose(&b);
    buf_init(&b, 64);
    assert_int_equal(qr_terminal(&b, ctx, "mimeo:", false), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "too large to print"));
    buf_dispose(&b);
}

static void modules_are_those_of_the_symbol_without_a_quiet_zone(void **state)
{
    (void)state;
    const char *text = "mimeo:0123456789abcdef";
    struct buf b;
    int side = -1;
    buf_init(&b, 177 * 177);
    assert_int_equal(qr_modules(&b, &side, ctx, text), 0);
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    assert_non_null(code);
    assert_int_equal(side, code->width);
    struct view got = buf_view(&b);
    assert_int_equal(got.len, (size_t)(side * side));
    for (int i = 0; i < side * side; i++)
        assert_int_equal(got.ptr[i], code->data[i] & 1);
    QRcode_free(code);
    buf_dispose(&b);
}

static void modules_of_what_does_not_fit_leave_the_side_alone(void **state)
{
    (void)state;
    struct buf b;
    int side = -1;
    buf_init(&b, 64);
    assert_int_equal(qr_modules(&b, &side, ctx, ""), MIMEO_EMALFORMED);
    assert_int_equal(qr_modules(&b, &side, ctx, "mimeo:"), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "too large to draw"));
    assert_int_equal(side, -1);
    buf_dispose(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_modules_are_those_of_the_symbol),
        cmocka_unit_test(a_link_of_full_length_fits),
        cmocka_unit_test(finder_patterns_stand_in_three_corners),
        cmocka_unit_test(text_that_does_not_fit_is_malformed),
        cmocka_unit_test(modules_are_those_of_the_symbol_without_a_quiet_zone),
        cmocka_unit_test(modules_of_what_does_not_fit_leave_the_side_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
