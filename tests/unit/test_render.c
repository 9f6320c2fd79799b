/* An article on a terminal: article/render.c, render_line.c, render_table.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/clean.h"
#include "article/render.h"
#include "base/limits.h"

#define RLI "\xE2\x81\xA7"
#define LRI "\xE2\x81\xA6"
#define FSI "\xE2\x81\xA8"
#define PDI "\xE2\x81\xA9"

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

static void render_with(struct buf *out, const char *html, const struct render_options *options)
{
    struct tree *tree;
    buf_init(out, 64 * MIB);
    if (clean_html(&tree, ctx, view_of_str(html), NULL) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_int_equal(render_terminal(out, ctx, tree, options), 0);
    tree_free(tree);
}

static void check(const char *html, const struct render_options *options, const char *expected)
{
    struct buf out;
    render_with(&out, html, options);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
}

static const struct render_options plain = {.width = 40};
static const struct render_options narrow = {.width = 20};
static const struct render_options styled = {.width = 40, .style = true};
static const struct render_options rtl = {.width = 20, .dir = "rtl"};

static void shows_paragraphs_and_headings(void **state)
{
    (void)state;
    check("<h2>Head</h2><p>One\n two</p><p>three<br>four</p>", &plain,
          "Head\n====\n\nOne two\n\nthree\nfour\n");
    check("<h2>Head</h2><p>a <b>b</b> c</p>", &styled,
          "\x1b[1m\x1b[4mHead\x1b[0m\n\na \x1b[1mb\x1b[0m c\n");
    check("", &plain, "");
    check("<p>one two three four five</p>", &(struct render_options){.width = 0},
          "one two three four five\n");
}

static void styles_end_with_each_line(void **state)
{
    (void)state;
    check("<p><b>one two three four five</b></p>", &(struct render_options){.width = 20, .style = true},
          "\x1b[1mone two three four\x1b[0m\n\x1b[1mfive\x1b[0m\n");
}

static void shows_quotes_behind_a_bar(void **state)
{
    (void)state;
    check("<p>x</p><blockquote><p>one two three four</p><p>five</p></blockquote><p>y</p>", &narrow,
          "x\n\n│ one two three four\n│\n│ five\n\ny\n");
}

static void shows_lists(void **state)
{
    (void)state;
    check("<p>x</p><ul><li>one two three four five</li><li>b<ul><li>c</li></ul></li><li>d</li></ul><p>y</p>",
          &narrow, "x\n\n• one two three four\n  five\n• b\n  ◦ c\n• d\n\ny\n");
    check("<ol start=9><li>a</li><li>b</li></ol>", &narrow, " 9. a\n10. b\n");
    check("<ol reversed><li>a</li><li>b</li></ol>", &narrow, "2. a\n1. b\n");
    check("<dl><dt>t</dt><dd>d</dd><dt>u</dt><dd>e</dd></dl>", &narrow, "t\n    d\n\nu\n    e\n");
}

static void keeps_code_as_it_is(void **state)
{
    (void)state;
    check("<pre>if (x)\n\ty = a long line of code, not broken;\n</pre>", &narrow,
          "    if (x)\n            y = a long line of code, not broken;\n");
    check("<p>a <code>b</code></p>", &narrow, "a `b`\n");
}

static void shows_pictures_as_words(void **state)
{
    (void)state;
    check("<figure><img src=\"00000000000000000000000000000000000000000000000000000000000000ab\" "
          "alt=\"A bridge\"><figcaption>On Monday</figcaption></figure><p>x</p>", &plain,
          "[picture: A bridge]\nOn Monday\n\nx\n");
}

static void numbers_links_and_lists_addresses_whole(void **state)
{
    (void)state;
    check("<p>See <a href=\"https://example.org/a-very-long-address/indeed\">this</a>, "
          "<a href=\"https://example.org/b\">that</a> and <a href=\"https://example.org/b\">that</a>.</p>",
          &narrow,
          "See this[1], that[2]\nand that[2].\n\n[1] https://example.org/a-very-long-address/indeed\n"
          "[2] https://example.org/b\n");
}

static void does_not_repeat_an_address_that_the_text_says(void **state)
{
    (void)state;
    check("<p><a href=\"https://example.org/\">https://example.org</a> "
          "<a href=\"mailto:a@example.org\">a@example.org</a></p>", &plain,
          "https://example.org a@example.org\n");
    check("<p><a href=\"https://evil.example/\">https://example.org</a></p>", &plain,
          "https://example.org[1]\n\n[1] https://evil.example/\n");
}

static void shows_tables_in_columns(void **state)
{
    (void)state;
    check("<table><caption>Cap</caption><thead><tr><th>Name</th><th>Count</th></tr></thead><tbody>"
          "<tr><td>Bridge</td><td>1</td></tr><tr><td>新聞</td><td>22</td></tr></tbody></table>",
          &plain, "Cap\nName    Count\n─────────────\nBridge  1\n新聞    22\n");
    check("<table><tr><td>a</td><td>one two three four five</td></tr></table>", &narrow,
          "a  one two three\n   four five\n");
    check("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr>"
          "<tr><td colspan=2>wide</td></tr></table>", &narrow, "a  b\n   c\nwide\n");
}

static void shows_tables_that_do_not_fit_as_rows(void **state)
{
    (void)state;
    check("<table><tr><th>Name</th><th>Population</th><th>Area</th></tr>"
          "<tr><td>Switzerland</td><td>8,900,000</td><td>41,285</td></tr></table>", &narrow,
          "Name: Switzerland\nPopulation:\n8,900,000\nArea: 41,285\n");
}

static void isolates_cells_from_each_other(void **state)
{
    (void)state;
    check("<table><tr><td>אב</td><td>גד</td></tr></table>", &narrow,
          FSI "אב" PDI "  " FSI "גד" PDI "\n");
}

static void aligns_paragraphs_to_the_right(void **state)
{
    (void)state;
    check("<p>שלום</p>", &rtl, "                שלום\n");
    check("<p dir=ltr>left</p>", &rtl, LRI "left" PDI "\n");
    check("<p dir=rtl>שלום</p><p>x</p>", &narrow, "                " RLI "שלום" PDI "\n\nx\n");
}

static void isolates_runs_and_closes_them_at_each_line(void **state)
{
    (void)state;
    check("<p>by <bdi>one two three four five</bdi></p>", &narrow,
          "by " FSI "one two three" PDI "\n" FSI "four five" PDI "\n");
}

static void shows_ruby_superscripts_quotes_and_deletions(void **state)
{
    (void)state;
    check("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> m<sup>2</sup> <q>x</q> <s>y</s></p>",
          &plain, "漢(kan) m² “x” ~y~\n");
}

static void rules_off(void **state)
{
    (void)state;
    check("<p>a</p><hr><p>b</p>", &narrow, "a\n\n────────────────────\n\nb\n");
}

static void deep_nesting_stays_readable(void **state)
{
    (void)state;
    struct buf html, out;
    buf_init(&html, MIB);
    for (int i = 0; i < 200; i++)
        buf_append_str(&html, "<blockquote>");
    buf_append_str(&html, "<p>one two three</p>");
    render_with(&out, buf_str(&html), &narrow);
    assert_non_null(strstr(buf_str(&out), "one two"));
    assert_true(out.len < 400);
    buf_dispose(&html);
    buf_dispose(&out);
}

static void a_small_table_cannot_make_a_large_text(void **state)
{
    (void)state;
    struct buf html, out;
    buf_init(&html, MIB);
    buf_append_str(&html, "<table><tr><th>");
    for (int i = 0; i < 100 * 1024; i++)
        buf_append_byte(&html, 'h');
    buf_append_str(&html, "</th></tr>");
    for (int i = 0; i < 5000; i++)
        buf_append_str(&html, "<tr><td>x</td></tr>");
    buf_append_str(&html, "</table>");
    render_with(&out, buf_str(&html), &narrow);
    assert_true(out.len < 2 * MIB);
    buf_dispose(&html);
    buf_dispose(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_paragraphs_and_headings),
        cmocka_unit_test(styles_end_with_each_line),
        cmocka_unit_test(shows_quotes_behind_a_bar),
        cmocka_unit_test(shows_lists),
        cmocka_unit_test(keeps_code_as_it_is),
        cmocka_unit_test(shows_pictures_as_words),
        cmocka_unit_test(numbers_links_and_lists_addresses_whole),
        cmocka_unit_test(does_not_repeat_an_address_that_the_text_says),
        cmocka_unit_test(shows_tables_in_columns),
        cmocka_unit_test(shows_tables_that_do_not_fit_as_rows),
        cmocka_unit_test(isolates_cells_from_each_other),
        cmocka_unit_test(aligns_paragraphs_to_the_right),
        cmocka_unit_test(isolates_runs_and_closes_them_at_each_line),
        cmocka_unit_test(shows_ruby_superscripts_quotes_and_deletions),
        cmocka_unit_test(rules_off),
        cmocka_unit_test(deep_nesting_stays_readable),
        cmocka_unit_test(a_small_table_cannot_make_a_large_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
