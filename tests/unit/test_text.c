/* Tests of base/text.c: UTF-8, characters that deceive, times and durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void utf8_is_strict(void **state)
{
    (void)state;
    static const char *const good[] = {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                       "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                      "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                      "\xE2\x82", "\xFF", "a\xC3", "\xC3("};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(utf8_valid(view_of_str(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (utf8_valid(view_of_str(bad[i])))
            fail_msg("bad %zu is taken", i);
}

static void what_is_read_is_written_again(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 16);
    for (uint32_t code = 1; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 97) {
        uint32_t again;
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        buf_clear(&b);
        assert_int_equal(buf_append_utf8(&b, code), 0);
        struct cursor c = cursor_of(buf_view(&b));
        assert_true(utf8_next(&c, &again));
        assert_int_equal(again, code);
        assert_int_equal(c.left, 0);
    }
    buf_dispose(&b);
}

static void names_what_is_wrong_with_a_line(void **state)
{
    (void)state;
    char why[80];
    assert_null(text_line_fault(view_of_str("R\xC3\xA9" "sum\xC3\xA9 \xD8\xA7 \xE2\x80\x8F"), why, sizeof(why)));
    assert_non_null(strstr(text_line_fault(view_of_str("a\nb"), why, sizeof(why)), "U+000A"));
    assert_non_null(strstr(text_line_fault(view_of_str("a\xE2\x80\xAE"), why, sizeof(why)), "U+202E"));
    assert_non_null(strstr(text_line_fault(view_of_str("\xEF\xBB\xBF"), why, sizeof(why)), "U+FEFF"));
    assert_non_null(strstr(text_line_fault(view_of_str("\xC2\x9B"), why, sizeof(why)), "U+009B"));
    assert_non_null(strstr(text_line_fault(view_of_str("\xC3"), why, sizeof(why)), "UTF-8"));
}

static void makes_text_safe_to_print(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 256);
    assert_int_equal(buf_append_printable(&b, view_of_str("a\x1b[2J\xE2\x80\xAE\xFF" "b\nc"), false), 0);
    assert_string_equal(buf_str(&b), "a\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD" "b\xEF\xBF\xBD" "c");
    buf_clear(&b);
    buf_append_printable(&b, view_of_str("b\nc"), true);
    assert_string_equal(buf_str(&b), "b\nc");
    buf_dispose(&b);
}

static void times_are_utc_and_of_the_calendar(void **state)
{
    (void)state;
    int64_t t = 7;
    char text[21];
    static const char *const bad[] = {"2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z", "1969-12-31T23:59:59Z", "2026-11-23T24:00:00Z",
                                      "2026-11-23T23:59:60Z", "2026-11-23T00:00:00z", "2026-11-23t00:00:00Z", "2026-11-23T00:00:00+00:00",
                                      "2026-11-23T00:00:00.0Z", "2026-11-23 00:00:00Z", "2026-11-23T00:00Z", "", "10000-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (time_parse(view_of_str(bad[i]), &t))
            fail_msg("%s is taken", bad[i]);
    assert_int_equal(t, 7);
    assert_true(time_parse(view_of_str("2024-02-29T12:34:56Z"), &t));
    assert_int_equal(t, 1709210096);
    time_format(text, t);
    assert_string_equal(text, "2024-02-29T12:34:56Z");
    assert_true(time_parse(view_of_str("1970-01-01T00:00:00Z"), &t));
    assert_int_equal(t, 0);
    assert_true(time_parse(view_of_str("9999-12-31T23:59:59Z"), &t));
    time_format(text, t);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void newsrooms_write_times_in_many_ways(void **state)
{
    (void)state;
    int64_t t;
    assert_true(time_parse_loose(view_of_str("2026-11-23"), &t));
    assert_int_equal(t, 1795392000);
    assert_true(time_parse_loose(view_of_str("2026-11-23T02:00:00+02:00"), &t));
    assert_int_equal(t, 1795392000);
    assert_true(time_parse_loose(view_of_str("2026-11-23 00:00"), &t));
    assert_int_equal(t, 1795392000);
    assert_true(time_parse_loose(view_of_str("2026-11-22T23:00:00.999-01:00"), &t));
    assert_int_equal(t, 1795392000);
    assert_false(time_parse_loose(view_of_str("23.11.2026"), &t));
    assert_false(time_parse_loose(view_of_str("2026-11-23T02:00:00+99:00"), &t));
}

static void durations_have_units_and_a_cap(void **state)
{
    (void)state;
    int64_t s;
    assert_true(duration_parse(view_of_str("36h"), 1000000, &s) && s == 36 * 3600);
    assert_true(duration_parse(view_of_str("2w"), 10000000, &s) && s == 14 * 86400);
    assert_true(duration_parse(view_of_str("7"), 1000000, &s) && s == 7 * 86400);
    assert_true(duration_parse(view_of_str("90m"), 1000000, &s) && s == 5400);
    assert_false(duration_parse(view_of_str("12d"), 1000000, &s));
    assert_false(duration_parse(view_of_str("-1d"), 1000000, &s));
    assert_false(duration_parse(view_of_str("1y"), 1000000, &s));
    assert_false(duration_parse(view_of_str(""), 1000000, &s));
    assert_false(duration_parse(view_of_str("99999999999999999999d"), INT64_MAX, &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(what_is_read_is_written_again),
        cmocka_unit_test(names_what_is_wrong_with_a_line),
        cmocka_unit_test(makes_text_safe_to_print),
        cmocka_unit_test(times_are_utc_and_of_the_calendar),
        cmocka_unit_test(newsrooms_write_times_in_many_ways),
        cmocka_unit_test(durations_have_units_and_a_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
