/* A page as a tree: elements end where browsers end them, and nothing that a page holds makes it slow or deep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "extract/dom.h"

static mimeo_ctx *ctx;

/* The body as "tag(children)" and 'text'. */
static void write_tree(struct buf *out, const struct dom_node *n)
{
    if (n->tag == DOM_TEXT) {
        buf_append_byte(out, '\'');
        buf_append_view(out, n->text);
        buf_append_byte(out, '\'');
        return;
    }
    buf_append_str(out, n->tag == DOM_OTHER ? "?" : dom_tag_name(n->tag));
    if (n->first != NULL) {
        buf_append_byte(out, '(');
        for (const struct dom_node *child = n->first; child != NULL; child = child->next)
            write_tree(out, child);
        buf_append_byte(out, ')');
    }
}

static void check(const char *html, const char *expected)
{
    struct dom *d;
    struct buf out;
    assert_int_equal(dom_parse(&d, ctx, view_of_str(html)), 0);
    buf_init(&out, MIB);
    for (const struct dom_node *child = dom_body(d)->first; child != NULL; child = child->next)
        write_tree(&out, child);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
    dom_free(d);
}

static void elements_end_where_browsers_end_them(void **state)
{
    (void)state;
    check("<p>a<p>b", "p('a')p('b')");
    check("<p>a<div>b</div>c", "p('a')div('b')'c'");
    check("<p><b>a<table><tr><td>b<td>c</table>d", "p(b('a'))table(tr(td('b')td('c')))'d'");
    check("<ul><li>a<ul><li>b</ul><li>c</ul>", "ul(li('a'ul(li('b')))li('c'))");
    check("<dl><dt>a<dd>b<dt>c</dl>", "dl(dt('a')dd('b')dt('c'))");
    check("<h2>a<h3>b</h2>c", "h2('a')h3('b')'c'");
    check("<div><span>a</div>b</span>", "div(span('a'))'b'");
    check("<td>a</td><tr>b", "'a''b'");
    check("<table><tr><form><td>a</form></table>b", "table(tr(formtd('a')))'b'");
    check("a</br>b", "'a'br'b'");
}

static void a_link_that_is_not_closed_does_not_swallow_the_page(void **state)
{
    (void)state;
    check("<a href=x>a<a href=y>b</a>c", "a('a')a('b')'c'");
    check("<a href=x><div>a</a>b</div>c", "adiv('a''b')'c'");
}

static void head_and_body_are_always_there(void **state)
{
    (void)state;
    check("", "");
    check("<title>a &amp; b</title>text", "'text'");
    check("<html lang=en><head><meta name=a><body class=x>a</body></html>b", "'a''b'");
    struct dom *d;
    assert_int_equal(dom_parse(&d, ctx, view_of_str("<html lang=en><title>a &lt; b</title><body id=c>")), 0);
    assert_true(view_equal_str(dom_attribute(dom_root(d), "lang"), "en"));
    assert_true(view_equal_str(dom_attribute(dom_body(d), "id"), "c"));
    assert_true(view_equal_str(dom_find(dom_head(d), DOM_TITLE)->first->text, "a < b"));
    dom_free(d);
}

static void scripts_styles_and_drawings_are_passed_over(void **state)
{
    (void)state;
    check("<body>a<script>'</p>'</script><style>p{}</style><!-- <b> --><svg><title>t</title><path/></svg>b",
          "'a'scriptstyle'b'");
    check("<body><script><!-- document.write('<script></script>') --></script>b", "script'b'");
    check("<body><script type=application/ld+json>{\"a\":1}</script>", "script('{\"a\":1}')");
    check("<body><iframe><p>a</iframe><noscript><img></noscript>", "iframenoscript(img)");
    check("<body><svg><div>a</div>", "div('a')"); /* never closed: the block ends it */
}

static void character_references_are_decoded(void **state)
{
    (void)state;
    check("<p>&lt;b&gt; &amp;amp; &eacute;&#233;&#xe9; &#146; &nosuch; &copy=1 &#0;",
          "p('<b> &amp; \xc3\xa9\xc3\xa9\xc3\xa9 \xe2\x80\x99 &nosuch; &copy=1 \xef\xbf\xbd')");
}

static void attributes_have_small_names_and_decoded_values(void **state)
{
    struct dom *d;
    (void)state;
    assert_int_equal(dom_parse(&d, ctx, view_of_str("<body><a HREF='/?a=1&amp;b=2' class=\"x Y\" title data-n=5>")), 0);
    const struct dom_node *a = dom_find(dom_body(d), DOM_A);
    assert_true(view_equal_str(dom_attribute(a, "href"), "/?a=1&b=2"));
    assert_true(dom_has_class(a, "y") && dom_has_class(a, "x") && !dom_has_class(a, "xy"));
    assert_true(dom_has_attribute(a, "title") && !dom_has_attribute(a, "rel"));
    assert_true(view_equal_str(dom_attribute(a, "data-n"), "5"));
    dom_free(d);
}

static void text_is_one_line_with_blocks_apart(void **state)
{
    struct dom *d;
    struct buf out;
    (void)state;
    assert_int_equal(dom_parse(&d, ctx, view_of_str("<body><p> a \n b<i>c</i></p>d<br>e<script>f</script><p> ")), 0);
    buf_init(&out, 100);
    assert_int_equal(dom_text(&out, dom_body(d)), 0);
    assert_string_equal(buf_str(&out), "a bc d e");
    buf_dispose(&out);
    dom_free(d);
}

static void repeat(struct buf *out, const char *s, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_append_str(out, s);
}

static void depth_and_numbers_are_bounded(void **state)
{
    struct dom *d;
    struct buf html;
    (void)state;
    buf_init(&html, 32 * MIB);
    repeat(&html, "<div>", 100000);
    buf_append_str(&html, "<p>text");
    repeat(&html, "</div>", 100000);
    buf_append_str(&html, "<i>end");
    assert_int_equal(dom_parse(&d, ctx, buf_view(&html)), 0);
    size_t depth = 0;
    for (const struct dom_node *n = dom_find(dom_body(d), DOM_P); n != NULL; n = n->parent)
        depth++;
    assert_in_range(depth, 100, LIMIT_HTML_DEPTH + 1);
    assert_ptr_equal(dom_find(dom_body(d), DOM_I)->parent, dom_body(d));
    dom_free(d);

    buf_clear(&html);
    repeat(&html, "<b>", 1100 * 1000);
    assert_int_equal(dom_parse(&d, ctx, buf_view(&html)), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "more than 500000 elements"));

    buf_clear(&html);
    repeat(&html, "aaaaaaaaaaaaaaaa", MIB);
    buf_append_byte(&html, 'a');
    assert_int_equal(dom_parse(&d, ctx, buf_view(&html)), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "at most 16 MiB"));
    buf_dispose(&html);
    assert_int_equal(dom_parse(&d, ctx, view_of_str("a\xff")), MIMEO_EMALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_end_where_browsers_end_them),
        cmocka_unit_test(a_link_that_is_not_closed_does_not_swallow_the_page),
        cmocka_unit_test(head_and_body_are_always_there),
        cmocka_unit_test(scripts_styles_and_drawings_are_passed_over),
        cmocka_unit_test(character_references_are_decoded),
        cmocka_unit_test(attributes_have_small_names_and_decoded_values),
        cmocka_unit_test(text_is_one_line_with_blocks_apart),
        cmocka_unit_test(depth_and_numbers_are_bounded),
    };
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
