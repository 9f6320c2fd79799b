/* Markdown: import/markdown.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/article.h"

static mimeo_ctx *ctx;
static struct article a;

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

static int import_text(const char *text)
{
    char where[] = "t.md", stem[] = "t";
    struct input_item item = {
        .format = INPUT_MARKDOWN, .where = where, .stem = stem};
    buf_init(&item.bytes, LIMIT_HTML);
    assert_int_equal(buf_append_str(&item.bytes, text), 0);
    memset(&a, 0, sizeof a);
    int rc = article_import(&a, ctx, &item, NULL);
    buf_dispose(&item.bytes);
    return rc;
}

static void takes(const char *text, const char *title, const char *body)
{
    if (import_text(text) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_string_equal(a.record.title, title);
    struct buf html;
    buf_init(&html, LIMIT_BODY_BLOCK);
    for (size_t i = 0; i < a.body.len; i++) { /* line ends between blocks are the cleaner's affair */
        if (a.body.ptr[i] != '\n')
            buf_append_byte(&html, a.body.ptr[i]);
    }
    assert_string_equal(buf_str(&html), body);
    buf_dispose(&html);
    article_dispose(&a);
}

static void takes_a_leading_heading_as_title(void **state)
{
    (void)state;
    takes("# The *bridge*\n\nText.\n", "The bridge", "<p>Text.</p>");
    takes("---\ntitle: The bridge\n---\n# The bridge\n\nText.\n", "The bridge", "<p>Text.</p>");
}

static void keeps_a_heading_that_is_not_the_title(void **state)
{
    (void)state;
    takes("---\ntitle: Mine\n---\nText.\n\n## Later\n", "Mine", "<p>Text.</p><h2>Later</h2>");
}

static void refuses_a_text_without_title(void **state)
{
    (void)state;
    assert_int_equal(import_text("Text only.\n"), MIMEO_EMALFORMED);
    assert_string_equal(mimeo_ctx_message(ctx), "t.md: has no title: give it a 'title'");
}

static void takes_tables_deletions_and_bare_addresses(void **state)
{
    (void)state;
    takes("# T\n\n~~old~~ https://example.org/x\n", "T",
          "<p><del>old</del> <a href=\"https://example.org/x\">https://example.org/x</a></p>");
    takes("# T\n\n| a |\n|---|\n| b |\n", "T",
          "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>");
}

static void raw_html_is_cleaned(void **state)
{
    (void)state;
    takes("# T\n\n<script>alert(1)</script>\n\n<p onclick=x>Text <a href='javascript:x'>l</a></p>\n",
          "T", "<p>Text l</p>");
}

static void takes_a_text_of_the_limit_and_no_larger(void **state)
{
    (void)state;
    char *text = malloc(4 * LIMIT_BODY_BLOCK + 2);
    assert_non_null(text);
    memset(text, '\n', 4 * LIMIT_BODY_BLOCK + 1);
    memcpy(text, "# T\n\nx", 6);
    text[4 * LIMIT_BODY_BLOCK] = 0;
    assert_int_equal(import_text(text), 0);
    article_dispose(&a);
    text[4 * LIMIT_BODY_BLOCK] = '\n';
    text[4 * LIMIT_BODY_BLOCK + 1] = 0;
    assert_int_equal(import_text(text), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "larger than 4 MiB"));
    free(text);
}

static void open_tags_do_not_cost_their_square(void **state)
{
    (void)state;
    static const char part[] = "<p><img src=\"x ";
    struct buf text;
    buf_init(&text, LIMIT_HTML);
    buf_append_str(&text, "# T\n\nText\n\n<div>\n");
    while (text.len < 900 * KIB)
        buf_append_str(&text, part);
    int rc = import_text(buf_str(&text)); /* the cleaner may refuse it; time is what counts */
    assert_true(rc == 0 || rc == MIMEO_EMALFORMED);
    if (rc == 0)
        article_dispose(&a);
    buf_dispose(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_leading_heading_as_title),
        cmocka_unit_test(keeps_a_heading_that_is_not_the_title),
        cmocka_unit_test(refuses_a_text_without_title),
        cmocka_unit_test(takes_tables_deletions_and_bare_addresses),
        cmocka_unit_test(raw_html_is_cleaned),
        cmocka_unit_test(takes_a_text_of_the_limit_and_no_larger),
        cmocka_unit_test(open_tags_do_not_cost_their_square),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
