/* Plain text and words of a clean tree: article/text.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/clean.h"
#include "article/words.h"
#include "base/limits.h"

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

static struct tree *tree_of(const char *html)
{
    struct tree *t;
    if (clean_html(&t, ctx, view_of_str(html), NULL) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    return t;
}

static void reads(const char *html, const char *expected)
{
    struct tree *t = tree_of(html);
    struct buf out;
    buf_init(&out, KIB);
    assert_int_equal(clean_text(&out, t), 0);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
    tree_free(t);
}

static void counts(const char *html, size_t expected)
{
    struct tree *t = tree_of(html);
    assert_int_equal(clean_word_count(t), expected);
    tree_free(t);
}

static void blocks_are_divided_by_an_empty_line(void **state)
{
    (void)state;
    reads("<h2>a</h2><p>b <b>c</b></p><blockquote><p>d</p><p>e</p></blockquote><hr><p>f</p>",
          "a\n\nb c\n\nd\n\ne\n\nf");
    reads("", "");
    reads("a<p>b</p>c", "a\n\nb\n\nc");
}

static void items_and_rows_have_a_line_each(void **state)
{
    (void)state;
    reads("<p>x</p><ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul><p>y</p>",
          "x\n\na\nb\nc\nd\n\ny");
    reads("<dl><dt>a</dt><dd>b</dd></dl>", "a\nb");
    reads("<table><caption>t</caption><tr><th>a</th><th>b</th></tr><tr><td><p>c</p><p>d</p></td>"
          "<td>e</td></tr></table>", "t\na\tb\nc d\te");
}

static void white_space_is_collapsed_but_in_pre(void **state)
{
    (void)state;
    reads("<p> a\n\t b <b> c</b> </p>", "a b c");
    reads("<p>a<br> b<br><br>c</p>", "a\nb\nc");
    reads("<p>x</p><pre>a\n  b\n\nc</pre><p>y</p>", "x\n\na\n  b\n\nc\n\ny");
    reads("<p>a&nbsp;b</p>", "a\xC2\xA0" "b");
}

static void pictures_are_nothing_and_text_is_not_escaped(void **state)
{
    (void)state;
    reads("<figure><img src=\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\" "
          "alt=x><figcaption>a &lt;b&gt; &amp;amp;</figcaption></figure>", "a <b> &amp;");
}

static void text_goes_behind_what_is_there(void **state)
{
    (void)state;
    struct tree *t = tree_of("<p>b</p>");
    struct buf out;
    buf_init(&out, KIB);
    buf_append_str(&out, "a: ");
    assert_int_equal(clean_text(&out, t), 0);
    assert_string_equal(buf_str(&out), "a: b");
    buf_dispose(&out);
    buf_init(&out, 0);
    assert_int_equal(clean_text(&out, t), MIMEO_EMALFORMED);
    tree_free(t);
}

static void words_go_on_over_inline_elements_and_end_with_blocks(void **state)
{
    (void)state;
    counts("<p><b>w</b>ord two</p>", 2);
    counts("<p>a</p><p>b</p>", 2);
    counts("<p>a<br>b<wbr>c</p>", 2);
    counts("<table><tr><td>a<td>b</table>", 2);
    counts("<p>\xE6\x9D\xB1\xE4\xBA\xAC x</p>", 3);
    counts("<p>- ... ! &amp;</p>", 0);
}

static void words_are_counted_as_those_of_plain_text(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "It's 3.5 km to \xE6\x9D\xB1\xE4\xBA\xAC, mon ami-e.",
        "na\xC3\xAFve \xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7",
        "e\xCC\x81t\xE9\x81\x93 \xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\xAA", "a--b_c 1,000 x2",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        counts(texts[i], prose_words(view_of_str(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_divided_by_an_empty_line),
        cmocka_unit_test(items_and_rows_have_a_line_each),
        cmocka_unit_test(white_space_is_collapsed_but_in_pre),
        cmocka_unit_test(pictures_are_nothing_and_text_is_not_escaped),
        cmocka_unit_test(text_goes_behind_what_is_there),
        cmocka_unit_test(words_go_on_over_inline_elements_and_end_with_blocks),
        cmocka_unit_test(words_are_counted_as_those_of_plain_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
