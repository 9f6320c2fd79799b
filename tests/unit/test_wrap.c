/* Breaking text into lines: article/wrap.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/render.h"
#include "article/wrap.h"

/* The lines of `text` at `width`, joined by "|". */
static void check(const char *text, size_t width, const char *expected)
{
    struct buf out;
    struct wrapper w;
    struct wrap_line line;
    bool first = true;
    buf_init(&out, 4096);
    wrap_begin(&w, view_of_str(text));
    while (wrap_next(&w, width, &line)) {
        if (!first)
            buf_append_byte(&out, '|');
        buf_append_view(&out, line.text);
        assert_int_equal(line.cells, text_cells(line.text));
        first = false;
    }
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
}

static void breaks_at_spaces(void **state)
{
    (void)state;
    check("one two three", 7, "one two|three");
    check("one two three", 8, "one two|three");
    check("one two three", 13, "one two three");
    check("one two three", 0, "one two three");
    check("one\ntwo", 20, "one|two");
    check("one\n\ntwo  ", 20, "one||two");
    check("", 20, "");
}

static void breaks_long_words_between_clusters(void **state)
{
    (void)state;
    check("abcdefghij", 4, "abcd|efgh|ij");
    check("e\xCC\x81" "e\xCC\x81" "e\xCC\x81", 2, "e\xCC\x81" "e\xCC\x81|e\xCC\x81");
}

static void breaks_after_hyphens_inside_of_words_only(void **state)
{
    (void)state;
    check("well-known", 6, "well-|known");
    check("at -40 deg", 5, "at|-40|deg");
}

static void breaks_between_ideographs_but_not_before_closing_marks(void **state)
{
    (void)state;
    check("新聞記者", 4, "新聞|記者");
    check("新聞。記者", 4, "新|聞。|記者");
    check("新「聞」", 4, "新|「聞|」"); /* too narrow for what belongs together */
    check("新「聞」", 6, "新|「聞」");
}

static void never_breaks_an_address(void **state)
{
    (void)state;
    check("see https://example.org/a-long-name/of-a-page now", 12,
          "see|https://example.org/a-long-name/of-a-page|now");
}

static void never_breaks_at_a_no_break_space(void **state)
{
    (void)state;
    check("a b\xC2\xA0" "c d", 4, "a|b\xC2\xA0" "c|d");
}

static void marks_take_no_cells(void **state)
{
    (void)state;
    check("\xFE\x81" "bold\xFE\x80 text", 9, "\xFE\x81" "bold\xFE\x80 text");
    check("text\n\xFE\x80", 9, "text");
}

static void counts_cells(void **state)
{
    (void)state;
    assert_int_equal(text_cells(view_of_str("abc")), 3);
    assert_int_equal(text_cells(view_of_str("新聞")), 4);
    assert_int_equal(text_cells(view_of_str("e\xCC\x81")), 1);
    assert_int_equal(text_cells(view_of_str("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80")), 2);
    assert_int_equal(text_cells(view_of_str("\xF0\x9F\x87\xB5\xF0\x9F\x87\xB1")), 2);
    assert_int_equal(text_cells(view_of_str("\xFF")), 1);
    assert_int_equal(text_cells((struct view){0}), 0);
}

static void check_cut(const char *text, size_t cells, const char *expected)
{
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(buf_append_cells(&out, view_of_str(text), cells), 0);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
}

static void cuts_at_a_width(void **state)
{
    (void)state;
    check_cut("headline", 8, "headline");
    check_cut("headline", 7, "headli…");
    check_cut("新聞記者", 6, "新聞…");
    check_cut("新聞記者", 8, "新聞記者");
    check_cut("abc", 0, "");
    check_cut("a\x1b[2Jb", 80, "a\xEF\xBF\xBD[2Jb");
}

static void indents_paragraphs(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(
        render_paragraph(&out, view_of_str("one two three four five six"), 20, 0, 4), 0);
    assert_string_equal(buf_str(&out), "one two three four\n    five six\n");
    buf_dispose(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_at_spaces),
        cmocka_unit_test(breaks_long_words_between_clusters),
        cmocka_unit_test(breaks_after_hyphens_inside_of_words_only),
        cmocka_unit_test(breaks_between_ideographs_but_not_before_closing_marks),
        cmocka_unit_test(never_breaks_an_address),
        cmocka_unit_test(never_breaks_at_a_no_break_space),
        cmocka_unit_test(marks_take_no_cells),
        cmocka_unit_test(counts_cells),
        cmocka_unit_test(cuts_at_a_width),
        cmocka_unit_test(indents_paragraphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
