/* The cleaner: article/clean.c, build.c, nest.c, values.c, canonical.c, html_parser.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "article/clean.h"
#include "base/limits.h"
#include "unit/soup.h"

#define HASH SOUP_HASH
#define SOUPS 4000

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

static void check_fixpoint(struct view html)
{
    struct buf again;
    buf_init(&again, 64 * MIB);
    if (clean_to_html(&again, ctx, html, NULL) < 0)
        fail_msg("%s: %.*s", mimeo_ctx_message(ctx), (int)html.len, (const char *)html.ptr);
    if (!view_equal(buf_view(&again), html))
        fail_msg("cleaned twice:\n%.*s\n%s", (int)html.len, (const char *)html.ptr, buf_str(&again));
    if (!clean_is_canonical(html))
        fail_msg("not canonical: %.*s", (int)html.len, (const char *)html.ptr);
    buf_dispose(&again);
}

static void becomes_with(const struct clean_options *options, const char *html,
                         const char *expected)
{
    struct buf out;
    buf_init(&out, 64 * MIB);
    if (clean_to_html(&out, ctx, view_of_str(html), options) < 0)
        fail_msg("%s: %s", mimeo_ctx_message(ctx), html);
    assert_string_equal(buf_str(&out), expected);
    check_fixpoint(buf_view(&out));
    buf_dispose(&out);
}

static void becomes(const char *html, const char *expected)
{
    becomes_with(NULL, html, expected);
}

static void stays(const char *html)
{
    becomes(html, html);
    assert_true(clean_is_canonical(view_of_str(html)));
}

static void keeps_every_element_of_the_list(void **state)
{
    (void)state;
    stays("<p>a<br>b<wbr>c</p><hr><h2>a</h2><h3>b</h3><h4>c</h4><h5>d</h5><h6>e</h6>");
    stays("<blockquote><p>a</p></blockquote><pre>a\n  b</pre>");
    stays("<p><code>a</code><kbd>b</kbd><samp>c</samp><em>d</em><strong>e</strong><b>f</b><i>g</i>"
          "<u>h</u><s>i</s><del>j</del><ins>k</ins><sub>l</sub><sup>m</sup><small>n</small>"
          "<mark>o</mark><q>p</q><cite>q</cite><abbr>r</abbr><bdi>s</bdi><span>t</span></p>");
    stays("<p><bdo dir=\"rtl\">a</bdo><time datetime=\"2026-11-23\">b</time>"
          "<ruby>c<rp>(</rp><rt>d</rt><rp>)</rp></ruby></p>");
    stays("<ul><li>a</li><li></li></ul><ol start=\"3\" reversed=\"\"><li>b</li></ol>"
          "<dl><dt>c</dt><dd>d</dd></dl>");
    stays("<figure><img src=\"" HASH "\" alt=\"a\" width=\"2\" height=\"3\">"
          "<figcaption>b</figcaption></figure>");
    stays("<table><caption>a</caption><colgroup><col><col></colgroup><thead><tr><th scope=\"col\">b"
          "</th></tr></thead><tbody><tr><td colspan=\"2\" rowspan=\"3\">c</td></tr></tbody><tfoot>"
          "<tr><td></td></tr></tfoot></table>");
    stays("<p lang=\"de-CH\" dir=\"auto\"><a href=\"https://example.org/?a&amp;b\">c</a></p>");
}

static void makes_a_first_heading_a_second(void **state)
{
    (void)state;
    becomes("<h1 lang=fr>a</h1>", "<h2 lang=\"fr\">a</h2>");
    becomes("<h1><div>a</div><p>b</p></h1>", "<h2>a</h2><p>b</p>");
    becomes("<h2><p>a</p></h2>", "<h2>a</h2>");
    becomes("<h2>a<p>b</p>", "<h2>a</h2><p>b</p>");
}

static void drops_what_goes_with_its_content(void **state)
{
    (void)state;
    static const char *const names[] = {"script", "style", "noscript", "template", "iframe",
                                        "object", "svg", "math", "form", "textarea", "select",
                                        "title", "xmp", "noembed", "noframes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char html[200];
        snprintf(html, sizeof html, "<p>a</p><%s><b>gone</b></%s><p>b</p>", names[i], names[i]);
        becomes(html, "<p>a</p><p>b</p>");
    }
    becomes("a<!-- gone --><embed src=x><?x gone><!gone>b", "ab");
    becomes("<p>a</p><plaintext><p>gone</p>", "<p>a</p>");
}

static void unwraps_other_elements(void **state)
{
    (void)state;
    becomes("<p>a <font color=red>b <blink>c</blink></font> <x-y>d</x-y></p>", "<p>a b c d</p>");
    becomes("<video src=x><p>a</p></video>", "<p>a</p>");
    becomes("<p onclick=x style=y class=z id=w data-a=b>a</p>", "<p>a</p>");
}

static void text_of_other_blocks_stays_apart(void **state)
{
    (void)state;
    becomes("<div>a</div><div>b</div>", "<p>a</p><p>b</p>");
    becomes("<div><p>a</p><section>b <b>c</b></section></div>", "<p>a</p><p>b <b>c</b></p>");
    becomes("<ul><li><div>a</div></li></ul>", "<ul><li>a</li></ul>");
    becomes("<ul><li>a<div>b</div></li></ul>", "<ul><li>a<p>b</p></li></ul>");
    becomes("<pre><div>a</div><div>b</div></pre>", "<pre>a\nb</pre>");
    becomes("a<p></p>b", "a<p>b</p>");
}

static void drops_what_is_empty(void **state)
{
    (void)state;
    becomes("<p></p><ul></ul><blockquote> <p> <b> </b></p></blockquote><table></table>", "");
    becomes("<p>a<b></b></p>", "<p>a</p>");
    becomes("<figure><img src=x.jpg></figure>", "");
    becomes("<figure><img src=x.jpg><figcaption>a</figcaption></figure>",
            "<figure><figcaption>a</figcaption></figure>");
}

static void drops_space_between_blocks(void **state)
{
    (void)state;
    becomes(" <p>a</p>\n <p>b</p>\n", "<p>a</p><p>b</p>");
    becomes("<p><b>a</b> <i>b</i></p>", "<p><b>a</b> <i>b</i></p>");
    becomes("<ul>\n<li>a</li>\n</ul>", "<ul><li>a</li></ul>");
}

static void no_inline_element_holds_a_block(void **state)
{
    (void)state;
    becomes("<b>a<p>b</p>c</b>", "<b>a</b><p><b>b</b></p><b>c</b>");
    becomes("<a href=\"https://e.org/\"><h3>a</h3><p>b</p></a>",
            "<h3><a href=\"https://e.org/\">a</a></h3><p><a href=\"https://e.org/\">b</a></p>");
    becomes("<p>a<b>b<i>c</b>d</i></p>", "<p>a<b>b<i>c</i></b><i>d</i></p>");
    becomes("<span><table><tr><td>a</td></tr></table></span>",
            "<table><tbody><tr><td><span>a</span></td></tr></tbody></table>");
}

static void a_paragraph_holds_no_block(void **state)
{
    (void)state;
    becomes("<p>a<ul><li>b</ul>c</p>", "<p>a</p><ul><li>b</li></ul>c");
    becomes("<p>a<table><tr><td>b</table>c", "<p>a</p><table><tbody><tr><td>b</td></tr></tbody></table>c");
    becomes("<p><button><p>a</button>b", "<p>b</p>");
}

static void no_link_is_in_a_link(void **state)
{
    (void)state;
    becomes("<a href=\"http://a.org\">a<a href=\"http://b.org\">b</a></a>",
            "<a href=\"http://a.org\">a</a><a href=\"http://b.org\">b</a>");
    becomes("<a href=\"http://a.org\">a<table><tr><td><a href=\"http://b.org\">b</a></table></a>",
            "<a href=\"http://a.org\">a</a><table><tbody><tr><td><a href=\"http://a.org\">b</a>"
            "</td></tr></tbody></table>");
}

static void puts_parts_in_their_place(void **state)
{
    (void)state;
    becomes("<li>a<li>b", "<ul><li>a</li><li>b</li></ul>");
    becomes("<dd>a", "<dl><dd>a</dd></dl>");
    becomes("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>");
    becomes("<ul>a<p>b</p></ul>", "<ul><li>a<p>b</p></li></ul>");
    becomes("<td>a<tr>b", "ab");
    becomes("<table>a<tr><td>b</table>", "a<table><tbody><tr><td>b</td></tr></tbody></table>");
    becomes("<figcaption>a</figcaption>", "<p>a</p>");
    becomes("<p><rt>a</rt></p>", "<p>a</p>");
}

static void writes_a_line_end_behind_pre_twice(void **state)
{
    (void)state;
    becomes("<pre>\na</pre>", "<pre>a</pre>");
    becomes("<pre>\n\na</pre>", "<pre>\n\na</pre>");
    becomes("<pre><b>\na</b></pre>", "<pre><b>\na</b></pre>");
    becomes("<pre>a&#13;&#10;b&#13;c</pre>", "<pre>a\nb\nc</pre>");
}

static void escapes_what_it_writes(void **state)
{
    (void)state;
    becomes("<p>&amp;&lt;&gt;&quot;&nbsp;'</p>", "<p>&amp;&lt;&gt;&quot;&nbsp;'</p>");
    becomes("<img src=\"" HASH "\" alt='&lt;\">&nbsp;&amp;amp;'>",
            "<img src=\"" HASH "\" alt=\"&lt;&quot;&gt;&nbsp;&amp;amp;\">");
}

static void drops_controls_and_what_deceives(void **state)
{
    (void)state;
    static const char raw[] = "<p>a\0b\x01\x7F\xC2\x85 \xE2\x80\xAE \xEF\xBB\xBF\f-</p>";
    struct buf out;
    buf_init(&out, KIB);
    assert_int_equal(clean_to_html(&out, ctx, view_of(raw, sizeof raw - 1), NULL), 0);
    assert_string_equal(buf_str(&out), "<p>ab   -</p>");
    buf_dispose(&out);
    becomes("<p>a&#1;b&#x202E;c&#xFFFF;d&#x2028;e</p>", "<p>abcd e</p>");
}

static void refuses_what_is_not_utf8(void **state)
{
    (void)state;
    struct tree *tree = NULL;
    assert_int_equal(clean_html(&tree, ctx, view_of_str("<p>\xFF</p>"), NULL), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "not valid UTF-8"));
    assert_null(tree);
    assert_false(clean_is_canonical(view_of_str("<p>\xFF</p>")));
}

static void cleans_attribute_values(void **state)
{
    (void)state;
    becomes("<p lang=\"de_CH\" dir=up>a</p><p lang=\" fr \" dir=\" RTL\">b</p>",
            "<p>a</p><p lang=\"fr\" dir=\"rtl\">b</p>");
    becomes("<table><tr><td colspan=\"101\" rowspan=0>a<td colspan=1 scope=row>b<td rowspan=\" +7x\">c"
            "<td colspan=99999999999999999999 rowspan=-3>d</table>",
            "<table><tbody><tr><td colspan=\"100\">a</td><td scope=\"row\">b</td>"
            "<td rowspan=\"7\">c</td><td colspan=\"100\">d</td></tr></tbody></table>");
    becomes("<ol start=\"-5\"><li>a</ol><ol start=x reversed=reversed><li>a</ol>",
            "<ol start=\"-5\"><li>a</li></ol><ol reversed=\"\"><li>a</li></ol>");
    becomes("<time datetime='\"'>a</time><time datetime=' 2026-11-23T08:00 '>b</time>",
            "<time>a</time><time datetime=\"2026-11-23T08:00\">b</time>");
    becomes("<p href=x colspan=2 src=y>a</p>", "<p>a</p>");
    becomes("<p dir=ltr dir=rtl>a</p>", "<p dir=\"ltr\">a</p>");
}

static void drops_pictures_that_are_no_hash(void **state)
{
    (void)state;
    becomes("<p>a<img src=x.jpg><img><img src=\"data:image/png;base64,AA==\"></p>", "<p>a</p>");
    becomes("<img src=\"00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF\">", "");
    becomes("<image src=\"" HASH "\" width=0 height=9x srcset=y onerror=z>",
            "<img src=\"" HASH "\" height=\"9\">");
}

struct asked {
    int count, answer;
    char src[100], alt[100];
};

static int answer(struct clean_picture *out, mimeo_ctx *picture_ctx, struct view src,
                  struct view alt, void *payload)
{
    struct asked *a = payload;
    assert_ptr_equal(picture_ctx, ctx);
    a->count++;
    snprintf(a->src, sizeof a->src, "%.*s", (int)src.len, (const char *)src.ptr);
    snprintf(a->alt, sizeof a->alt, "%.*s", (int)alt.len, (const char *)alt.ptr);
    strcpy(out->hash, HASH);
    out->width = 20;
    out->height = 0;
    return a->answer;
}

static void asks_what_a_picture_becomes(void **state)
{
    (void)state;
    struct asked a = {.answer = 1};
    struct clean_options options = {.picture = answer, .payload = &a};
    becomes_with(&options, "<p><img height=9 width=8 alt='x \"y' src=' a&amp;b.jpg\n' lang=fr></p>",
                 "<p><img lang=\"fr\" src=\"" HASH "\" alt=\"x &quot;y\" width=\"20\"></p>");
    assert_int_equal(a.count, 1);
    assert_string_equal(a.src, "a&b.jpg");
    assert_string_equal(a.alt, "x \"y");
    a.answer = 0;
    becomes_with(&options, "<figure><a href=\"http://e.org\"><img src=a></a></figure><p>b</p>",
                 "<p>b</p>");
    a.answer = MIMEO_EIO;
    struct tree *tree = NULL;
    assert_int_equal(clean_html(&tree, ctx, view_of_str("<img src=a>"), &options), MIMEO_EIO);
    assert_null(tree);
}

static void append_filler(struct buf *b, size_t len)
{
    while (b->len < len)
        buf_append_str(b, "<p>some text that fills the page</p>\n");
}

static void asks_about_pictures_in_this_process_however_large_the_page(void **state)
{
    (void)state;
    struct asked a = {.answer = 1};
    struct clean_options options = {.picture = answer, .payload = &a};
    struct buf html, out;
    buf_init(&html, LIMIT_HTML);
    buf_init(&out, LIMIT_HTML);
    append_filler(&html, MIB + 1);
    buf_append_str(&html, "<img src=last>");
    assert_int_equal(clean_to_html(&out, ctx, buf_view(&html), &options), 0);
    assert_int_equal(a.count, 1);
    assert_string_equal(a.src, "last");
    assert_non_null(strstr(buf_str(&out), "<img src=\"" HASH "\" width=\"20\">"));
    assert_true(clean_is_canonical(buf_view(&out)));
    buf_dispose(&html);
    buf_dispose(&out);
}

static int clean_length(size_t len, char fill)
{
    struct buf html;
    struct tree *tree = NULL;
    buf_init(&html, len);
    assert_int_equal(buf_reserve(&html, len), 0);
    memset(html.ptr, fill, len);
    html.len = len;
    int rc = clean_html(&tree, ctx, buf_view(&html), NULL);
    if (rc == 0)
        tree_free(tree);
    buf_dispose(&html);
    return rc;
}

static void takes_16_mib_and_not_a_byte_more(void **state)
{
    (void)state;
    assert_int_equal(clean_length(LIMIT_HTML, 'x'), 0);
    assert_int_equal(clean_length(LIMIT_HTML + 1, 'x'), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "at most 16 MiB"));
}

static int clean_nested(const char *open, size_t times, struct buf *out)
{
    struct buf html;
    buf_init(&html, LIMIT_HTML);
    for (size_t i = 0; i < times; i++)
        buf_append_str(&html, open);
    buf_append_str(&html, "x");
    int rc = clean_to_html(out, ctx, buf_view(&html), NULL);
    buf_dispose(&html);
    return rc;
}

static void takes_512_levels_and_not_one_more(void **state)
{
    (void)state;
    static const char *const opens[] = {"<blockquote>", "<ul>", "<span>", "<div>", "<ins>"};
    for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
        struct buf out;
        buf_init(&out, LIMIT_HTML);
        if (clean_nested(opens[i], LIMIT_HTML_DEPTH, &out) < 0)
            fail_msg("%s: %s", opens[i], mimeo_ctx_message(ctx));
        struct buf again;
        buf_init(&again, LIMIT_HTML);
        assert_int_equal(clean_to_html(&again, ctx, buf_view(&out), NULL), 0);
        assert_string_equal(buf_str(&out), buf_str(&again));
        buf_clear(&out);
        assert_int_equal(clean_nested(opens[i], LIMIT_HTML_DEPTH + 1, &out), MIMEO_EMALFORMED);
        assert_non_null(strstr(mimeo_ctx_message(ctx), "deeper than 512"));
        buf_dispose(&out);
        buf_dispose(&again);
    }
}

static void depth_that_the_scan_does_not_see_is_refused(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, LIMIT_HTML);
    assert_int_equal(clean_nested("<svg><foreignObject><style><i a='</style></foreignObject></svg>"
                                  "<div>'></style>", 600, &out), MIMEO_EMALFORMED);
    buf_dispose(&out);
}

static void few_tags_cannot_make_a_large_body(void **state)
{
    (void)state;
    struct buf html, out;
    buf_init(&html, LIMIT_HTML);
    buf_init(&out, LIMIT_HTML);
    for (int i = 0; i < 400; i++)
        buf_appendf(&html, "<b dir=ltr lang=a%d>", i);
    while (html.len < 300 * KIB)
        buf_append_str(&html, "<p>x");
    int rc = clean_to_html(&out, ctx, buf_view(&html), NULL);
    assert_true(rc == 0 || rc == MIMEO_EMALFORMED);
    buf_dispose(&html);
    buf_dispose(&out);
}

static void gives_no_script_a_way_in(void **state)
{
    (void)state;
    becomes("<svg><p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "");
    becomes("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "");
    becomes("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
            "onerror=alert(1)&gt;\">", "");
    becomes("<a href=\"java&#10;script:alert(1)\">a</a><a href=\"&#1;javascript:x\">b</a>"
            "<a href=\"JaVaScRiPt&colon;x\">c</a><a href=\"data:text/html,x\">d</a>", "abcd");
    becomes("<scr<script>ipt>alert(1)</script>a", "ipt&gt;alert(1)a");
    becomes("<img src=\"" HASH "\" alt='\"><script>x</script>'>",
            "<img src=\"" HASH "\" alt=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\">");
    becomes("&lt;script&gt;x&lt;/script&gt;", "&lt;script&gt;x&lt;/script&gt;");
}

static void resolves_links(void **state)
{
    (void)state;
    struct clean_options options = {.base_url = "https://example.org/news/a?b"};
    becomes_with(&options, "<a href=\"../c\">a</a> <a href=\"#d\">b</a>",
                 "<a href=\"https://example.org/c\">a</a> "
                 "<a href=\"https://example.org/news/a?b#d\">b</a>");
    becomes("<a href=\"../c\">a</a>", "a");
}

static void canonical_is_only_what_the_serializer_gives(void **state)
{
    (void)state;
    static const char *const others[] = {
        "<P>a</P>", "<p >a</p>", "<p>a", "a</p>", "<p></p>", "<p>a</b></p>", "<p>&#65;</p>",
        "<p>a>b</p>", "<p>a\"b</p>", "<p>&apos;</p>", "<p>\xC2\xA0</p>", "<p dir='ltr'>a</p>",
        "<p dir=\"ltr\" lang=\"fr\">a</p>", "<p dir=\"ltr\" dir=\"ltr\">a</p>", "<p class=\"x\">a</p>",
        "<a href=\"javascript:x\">a</a>", "<a>b</a>", "<img>", "<br/>", "<br></br>", "<!-- a -->",
        "<p><p>a</p></p>", "<b><p>a</p></b>", "<ul>a</ul>", "<table><tr><td>a</td></tr></table>",
        "<pre>\na</pre>", " <p>a</p>", "<p>a</p>\n", "<p>\x01</p>", "<p>a\rb</p>", "<script>a</script>",
        "<div>a</div>", "<rt>a</rt>", "<p><b> </b>a</p>", "<td>a</td>", "<p", "<", "&", "<p a",
        "<figcaption>a</figcaption>", "<colgroup><col></colgroup>",
        "<table><colgroup><p>a</p></colgroup></table>",
        "<a href=\"http://e.org\"><b><a href=\"http://e.org\">a</a></b></a>",
        "<ol reversed=\"reversed\"><li>a</li></ol>",
        "<table><tbody><tr><td colspan=\"101\"></td></tr></tbody></table>",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (clean_is_canonical(view_of_str(others[i])))
            fail_msg("said to be canonical: %s", others[i]);
    }
    assert_true(clean_is_canonical(view_of_str("")));
}

/* ---- tag soup */

static void cleaning_tag_soup_twice_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= SOUPS; i++) {
        struct buf soup, out;
        buf_init(&soup, MIB);
        buf_init(&out, MIB);
        put_soup(&soup, i);
        if (clean_to_html(&out, ctx, buf_view(&soup), NULL) < 0)
            fail_msg("%s: %s", mimeo_ctx_message(ctx), buf_str(&soup));
        check_fixpoint(buf_view(&out));
        if (clean_is_canonical(buf_view(&soup)))
            assert_string_equal(buf_str(&soup), buf_str(&out));
        buf_dispose(&soup);
        buf_dispose(&out);
    }
}

/* A body with one thing changed is canonical only where cleaning leaves it as it is. */
static void a_changed_body_is_not_called_canonical(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= SOUPS; i++) {
        struct buf soup, body, again;
        buf_init(&soup, MIB);
        buf_init(&body, MIB);
        buf_init(&again, MIB);
        put_soup(&soup, SOUPS + i);
        assert_int_equal(clean_to_html(&body, ctx, buf_view(&soup), NULL), 0);
        if (body.len > 1) {
            size_t at = soup_draw((uint32_t)body.len), from = soup_draw((uint32_t)body.len);
            if (soup_draw(2) == 0)
                body.ptr[at] = body.ptr[from];
            else
                memmove(body.ptr + at, body.ptr + at + 1, --body.len - at);
        }
        if (clean_is_canonical(buf_view(&body))) {
            assert_int_equal(clean_to_html(&again, ctx, buf_view(&body), NULL), 0);
            assert_true(view_equal(buf_view(&body), buf_view(&again)));
        }
        buf_dispose(&soup);
        buf_dispose(&body);
        buf_dispose(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_element_of_the_list),
        cmocka_unit_test(makes_a_first_heading_a_second),
        cmocka_unit_test(drops_what_goes_with_its_content),
        cmocka_unit_test(unwraps_other_elements),
        cmocka_unit_test(text_of_other_blocks_stays_apart),
        cmocka_unit_test(drops_what_is_empty),
        cmocka_unit_test(drops_space_between_blocks),
        cmocka_unit_test(no_inline_element_holds_a_block),
        cmocka_unit_test(a_paragraph_holds_no_block),
        cmocka_unit_test(no_link_is_in_a_link),
        cmocka_unit_test(puts_parts_in_their_place),
        cmocka_unit_test(writes_a_line_end_behind_pre_twice),
        cmocka_unit_test(escapes_what_it_writes),
        cmocka_unit_test(drops_controls_and_what_deceives),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(cleans_attribute_values),
        cmocka_unit_test(drops_pictures_that_are_no_hash),
        cmocka_unit_test(asks_what_a_picture_becomes),
        cmocka_unit_test(asks_about_pictures_in_this_process_however_large_the_page),
        cmocka_unit_test(takes_16_mib_and_not_a_byte_more),
        cmocka_unit_test(takes_512_levels_and_not_one_more),
        cmocka_unit_test(depth_that_the_scan_does_not_see_is_refused),
        cmocka_unit_test(few_tags_cannot_make_a_large_body),
        cmocka_unit_test(gives_no_script_a_way_in),
        cmocka_unit_test(resolves_links),
        cmocka_unit_test(canonical_is_only_what_the_serializer_gives),
        cmocka_unit_test(cleaning_tag_soup_twice_changes_nothing),
        cmocka_unit_test(a_changed_body_is_not_called_canonical),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
