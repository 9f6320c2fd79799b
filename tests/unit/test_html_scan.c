/* The look at HTML before the parser: article/html_scan.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/html_scan.h"
#include "base/limits.h"

static mimeo_ctx *ctx;
static bool doubtful;

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

static int scan(const char *before, const char *repeated, size_t times, const char *after)
{
    struct buf html;
    buf_init(&html, LIMIT_HTML);
    buf_append_str(&html, before);
    for (size_t i = 0; i < times; i++)
        buf_append_str(&html, repeated);
    buf_append_str(&html, after);
    int rc = html_scan(&doubtful, ctx, buf_view(&html));
    buf_dispose(&html);
    return rc;
}

static void takes(const char *before, const char *repeated, size_t times, const char *after)
{
    if (scan(before, repeated, times, after) < 0)
        fail_msg("%s%s: %s", before, repeated, mimeo_ctx_message(ctx));
}

static void refuses(const char *words, const char *before, const char *repeated, size_t times,
                    const char *after)
{
    if (scan(before, repeated, times, after) != MIMEO_EMALFORMED)
        fail_msg("taken: %s%s", before, repeated);
    assert_non_null(strstr(mimeo_ctx_message(ctx), words));
}

static void takes_256_attributes_and_not_one_more(void **state)
{
    (void)state;
    takes("<p", " a", 256, ">");
    refuses("257 attributes", "<p", " a", 257, ">");
    refuses("257 attributes", "</p", " a='>'", 257, ">");
    refuses("257 attributes", "<p", "/=x", 257, ">");
    refuses("257 attributes", "<p", " a = b", 257, ">");
    refuses("257 attributes", "<!--><p", " a", 257, ">");
    refuses("257 attributes", "<script></script ><p", " a", 257, ">");
    takes("<p", " a", 257, ""); /* a tag without an end is none */
}

static void text_is_not_taken_for_tags(void **state)
{
    (void)state;
    takes("<!-- <p", " a", 300, "> -->");
    takes("<script>if (a <b", " a", 300, ">) </script>");
    takes("<style>", "<div>", 600, "</style>");
    takes("<textarea>", "<div>", 600, "</textarea>");
    takes("<plaintext>", "<div>", 600, "");
    takes("a < b", " a", 300, ">");
    takes("<!p", " a", 300, ">");
    takes("</ p", " a", 300, ">");
    takes("<p title='", "<div>", 600, "'>");
}

static void takes_512_levels_and_not_one_more(void **state)
{
    (void)state;
    static const char *const opens[] = {
        "<div>", "<DIV>", "<ul>", "<ul><li>", "<blockquote>", "<b><i>", "<span>", "<x-y>",
        "<li><blockquote>", "<p><button>", "<dd><dl>", "<a><div>", "<ruby><rt><div>", "<div></p>",
        "<span><div></span>", "<li><ul></li>",
    };
    for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++)
        refuses("deeper than 512", "", opens[i], LIMIT_HTML_DEPTH + 1, "");
    takes("", "<div>", LIMIT_HTML_DEPTH, "");
    refuses("deeper than 512", "", "<div>", LIMIT_HTML_DEPTH + 1, "");
}

static void an_end_tag_does_not_reach_out_of_a_cell(void **state)
{
    (void)state;
    refuses("deeper than 512", "", "<div><table><tr><td></div>", 600, "");
    refuses("deeper than 512", "", "<b><table><tr><td></b>", 600, "");
    refuses("deeper than 512", "", "<p><object></p>", 600, "");
}

static void elements_that_close_by_themselves_are_not_deep(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "<p>a", "<li>a", "<dt>a<dd>b", "<br><hr><img><input>", "<p>a<ul><li>b</ul>", "<div>a</div>",
        "<table><tr><td>a<tr><td>b</table>", "<select><option>a<option>b</select>", "<h2>a<h3>b</h3>",
        "<a href=x>b", "<font color=red><p>a", "<p><b>a", "<svg><path/><g/></svg>", "<script></script>",
        "<td>a", "<html><body>", "<p>a</p></div></span>", "<ruby>a<rt>b<rp>c</ruby>",
        "<div><b>a</div></b>", "<p><b>a</p>",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        takes("<div>", pieces[i], 2000, "</div>");
    }
    takes("<table><tr>", "<td><b>a</td>", 2000, "");
}

static void formatting_that_is_opened_again_counts(void **state)
{
    (void)state;
    struct buf html;
    buf_init(&html, LIMIT_HTML);
    for (int i = 0; i < 600; i++)
        buf_appendf(&html, "<p><b id=%d></p>", i);
    assert_int_equal(html_scan(&doubtful, ctx, buf_view(&html)), MIMEO_EMALFORMED);
    buf_dispose(&html);
}

static void says_where_it_may_be_wrong(void **state)
{
    (void)state;
    takes("<p>a</p><script>b</script>", "", 0, "");
    assert_false(doubtful);
    takes("<svg></svg>", "", 0, "");
    assert_true(doubtful);
    takes("<math>", "", 0, "");
    assert_true(doubtful);
    takes("<select>", "", 0, "");
    assert_true(doubtful);
    takes("<template>", "", 0, "");
    assert_true(doubtful);
    takes("<script><!-- <script></script>", "", 0, "");
    assert_true(doubtful);
}

static void refuses_what_is_not_utf8_or_too_large(void **state)
{
    (void)state;
    struct view large = view_of("", LIMIT_HTML + 1); /* its length is looked at first */
    refuses("not valid UTF-8", "a\xC3", "", 0, "");
    assert_int_equal(html_scan(&doubtful, ctx, large), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "at most 16 MiB"));
}

static void takes_any_end(void **state)
{
    (void)state;
    static const char whole[] = "<!--x--><p a='b' c=d e><script>x<!-- </script></p><!x><?y></z";
    for (size_t len = 0; len < sizeof whole; len++)
        assert_int_equal(html_scan(&doubtful, ctx, view_of(whole, len)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_256_attributes_and_not_one_more),
        cmocka_unit_test(text_is_not_taken_for_tags),
        cmocka_unit_test(takes_512_levels_and_not_one_more),
        cmocka_unit_test(an_end_tag_does_not_reach_out_of_a_cell),
        cmocka_unit_test(elements_that_close_by_themselves_are_not_deep),
        cmocka_unit_test(formatting_that_is_opened_again_counts),
        cmocka_unit_test(says_where_it_may_be_wrong),
        cmocka_unit_test(refuses_what_is_not_utf8_or_too_large),
        cmocka_unit_test(takes_any_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
