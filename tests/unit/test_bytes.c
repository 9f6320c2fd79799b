/* Tests of base/bytes.c: buffers that know their end, the cursor, strict numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mimeo/error.h>

#include "base/arena.h"
#include "base/bytes.h"

static void a_buffer_stops_at_its_maximum(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    assert_int_equal(buf_append_str(&b, "abc"), 0);
    assert_int_equal(buf_append_str(&b, "def"), MIMEO_EMALFORMED);
    assert_string_equal(buf_str(&b), "abc"); /* nothing of it */
    assert_int_equal(buf_status(&b), MIMEO_EMALFORMED);
    assert_int_equal(buf_append_str(&b, "de"), 0);
    assert_int_equal(buf_status(&b), MIMEO_EMALFORMED); /* a failure is not forgotten */
    buf_clear(&b);
    assert_int_equal(buf_status(&b), 0);
    assert_int_equal(buf_appendf(&b, "%d", 123456), MIMEO_EMALFORMED);
    assert_int_equal(b.len, 0);
    assert_int_equal(buf_reserve(&b, SIZE_MAX), MIMEO_EMALFORMED);
    buf_dispose(&b);
    struct buf zero = {0};
    assert_string_equal(buf_str(&zero), "");
    buf_dispose(&zero);
}

static void a_buffer_writes_numbers_and_hex(void **state)
{
    (void)state;
    struct buf b;
    size_t len;
    buf_init(&b, 64);
    buf_append_u16be(&b, 0x0102);
    buf_append_u32be(&b, 0x03040506);
    buf_append_u64be(&b, 0x0708090A0B0C0D0EULL);
    for (uint8_t i = 0; i < 14; i++)
        assert_int_equal(b.ptr[i], i + 1);
    struct cursor c = cursor_of(buf_view(&b));
    uint16_t a;
    uint32_t d;
    uint64_t e;
    assert_true(cursor_u16be(&c, &a) && a == 0x0102 && cursor_u32be(&c, &d) && d == 0x03040506 && cursor_u64be(&c, &e) &&
                e == 0x0708090A0B0C0D0EULL && c.left == 0);
    buf_clear(&b);
    buf_append_hex(&b, (const uint8_t *)"\x00\xFF\x1a", 3);
    char *text = buf_detach(&b, &len);
    assert_string_equal(text, "00ff1a");
    assert_int_equal(len, 6);
    assert_int_equal(b.len, 0);
    free(text);
    buf_dispose(&b);
}

static void a_cursor_never_passes_its_end(void **state)
{
    (void)state;
    struct cursor c = cursor_of(view_of("abc", 3)), before = c;
    struct view v = view_of("x", 1);
    uint32_t n = 9;
    uint8_t byte = 9;
    assert_false(cursor_u32be(&c, &n));
    assert_false(cursor_take(&c, 4, &v));
    assert_false(cursor_line(&c, &v));
    assert_false(cursor_until(&c, 'z', &v));
    assert_false(cursor_skip(&c, "abcd"));
    assert_memory_equal(&c, &before, sizeof(c)); /* nothing moved */
    assert_int_equal(n, 9);
    assert_true(view_equal_str(v, "x"));
    assert_true(cursor_skip(&c, "ab") && cursor_u8(&c, &byte) && byte == 'c');
    assert_false(cursor_u8(&c, &byte));
    assert_true(cursor_take(&c, 0, &v));
}

static void numbers_have_one_spelling(void **state)
{
    (void)state;
    uint64_t n = 7;
    static const char *const bad[] = {"", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "101"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (parse_decimal(view_of_str(bad[i]), strlen(bad[i]) > 3 ? UINT64_MAX : 100, &n))
            fail_msg("'%s' is taken", bad[i]);
    assert_int_equal(n, 7);
    assert_true(parse_decimal(view_of_str("0"), 0, &n) && n == 0);
    assert_true(parse_decimal(view_of_str("18446744073709551615"), UINT64_MAX, &n) && n == UINT64_MAX);
}

static void hex_and_base64_have_one_spelling(void **state)
{
    (void)state;
    uint8_t out[4];
    assert_true(parse_hex(view_of_str("00ff"), out, 2));
    assert_false(parse_hex(view_of_str("00FF"), out, 2));
    assert_false(parse_hex(view_of_str("00f"), out, 2));
    assert_true(parse_base64(view_of_str("bWltZQ=="), out, 4));
    assert_memory_equal(out, "mime", 4);
    assert_false(parse_base64(view_of_str("bWltZR=="), out, 4)); /* loose bits */
    assert_false(parse_base64(view_of_str("bWltZQ"), out, 4));   /* no padding */
    assert_false(parse_base64(view_of_str("bWltZQ==\n"), out, 4));
    assert_false(parse_base64(view_of_str("bWlt-Q=="), out, 4));
    for (size_t len = 0; len < 40; len++) {
        uint8_t raw[40], again[40];
        struct buf b;
        for (size_t i = 0; i < len; i++)
            raw[i] = (uint8_t)(i * 37 + len);
        buf_init(&b, 64);
        assert_int_equal(buf_append_base64(&b, raw, len), 0);
        assert_true(parse_base64(buf_view(&b), again, len));
        assert_memory_equal(raw, again, len);
        buf_dispose(&b);
    }
}

static void sums_that_pass_the_end_are_told(void **state)
{
    (void)state;
    size_t s;
    uint64_t u;
    assert_true(size_add(SIZE_MAX - 1, 1, &s) && s == SIZE_MAX);
    assert_false(size_add(SIZE_MAX, 1, &s));
    assert_false(size_mul(SIZE_MAX / 2, 3, &s));
    assert_true(size_mul(0, SIZE_MAX, &s) && s == 0);
    assert_false(u64_add(UINT64_MAX, 1, &u));
}

static void an_arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena a = {NULL};
    for (size_t size = 1; size < 20000; size = size * 3 + 1) {
        unsigned char *p = arena_alloc(&a, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % sizeof(long double), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, size);
    }
    assert_string_equal(arena_string(&a, view_of("abc", 2)), "ab");
    assert_null(arena_alloc(&a, SIZE_MAX));
    arena_dispose(&a);
    arena_dispose(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_stops_at_its_maximum),
        cmocka_unit_test(a_buffer_writes_numbers_and_hex),
        cmocka_unit_test(a_cursor_never_passes_its_end),
        cmocka_unit_test(numbers_have_one_spelling),
        cmocka_unit_test(hex_and_base64_have_one_spelling),
        cmocka_unit_test(sums_that_pass_the_end_are_told),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
