/* Feeds as they occur: each broken in one way, and read all the same. */
#include "feed/items.h"

#define TWO "<item><guid>b</guid><title>Two</title><description>second</description></item></channel></rss>"

static void expect_two(const char *feed, const char *first_html)
{
    struct items items;
    read_text(&items, feed);
    assert_int_equal(items.rc, 0);
    assert_int_equal(items.count, 2);
    assert_value(&items, 0, "id", "a");
    if (first_html != NULL)
        assert_holds(&items, 0, "html", first_html);
    assert_value(&items, 1, "title", "Two");
    assert_value(&items, 1, "html", "<p>second</p>\n");
    items_dispose(&items);
}

#define FIRST(description) "<rss><channel><item><guid>a</guid><title>One</title><description>" description "</description></item>" TWO

static void what_stands_before_the_declaration(void **state)
{
    (void)state;
    expect_two("\n\n  <?xml version=\"1.0\"?>" FIRST("x"), NULL);
    expect_two("\xEF\xBB\xBF\xEF\xBB\xBF<?xml version=\"1.0\"?>" FIRST("x"), NULL);
    expect_two("<br />\n<b>Warning</b>: cannot modify header\n" FIRST("x"), NULL);
    expect_two("<!-- made by hand --><?xml version='1.0'>" FIRST("x"), NULL);
}

static void bare_ampersands_and_unknown_references(void **state)
{
    (void)state;
    expect_two(FIRST("Tom & Jerry &unknown; &nbsp;&eacute;&hellip; &amp;eacute; &#x20AC; &#146;"),
               "Tom & Jerry &unknown; \xC2\xA0\xC3\xA9\xE2\x80\xA6 &eacute; \xE2\x82\xAC \xE2\x80\x99");
    expect_two("<rss><channel><item><guid>a</guid><title>AT&T</title><link>https://a.example/?a=1&b=2</link></item>" TWO, NULL);
}

static void unescaped_html_in_a_description(void **state)
{
    (void)state;
    expect_two(FIRST("<p>one<br>two <img src=a.png alt='x > y'> <b><i>three</b></p><p>four"),
               "<p>one<br>two <img src=\"a.png\" alt=\"x &gt; y\"> <b><i>three</i></b></p><p>four</p>");
    expect_two(FIRST("a < b and c > d, <3"), "a < b and c > d, <3");
    expect_two(FIRST("<p>a</p></div></p>"), "<p>a</p>");
    expect_two(FIRST("<P>a <B>b</b></P>"), "<p>a <b>b</b></p>");
}

static void paragraphs_that_nobody_closed(void **state)
{
    char feed[8192] = "<rss><channel><item><guid>a</guid><title>One</title><description>";
    (void)state;
    for (int i = 0; i < 300; i++)
        strcat(feed, i % 2 == 0 ? "<p>one" : "<b>two");
    strcat(feed, "</description></item>" TWO);
    expect_two(feed, "one");
    expect_two(FIRST("<p>one<p>two<ul><li>three<li>four</ul>"), "<p>one</p><p>two</p><ul><li>three</li><li>four</li></ul>");
}

static void end_tags_that_are_missing(void **state)
{
    (void)state;
    expect_two("<rss><channel><item><guid>a</guid><title>One<description>text</description></item>" TWO, "text");
    expect_two("<rss><channel><item><guid>a</guid><title>One</title><description>text" TWO, NULL);
    expect_two("<rss><channel><item><guid>a<title>One</title><description>text<pubDate>x</pubDate></item>" TWO, "text");
}

static void an_entry_that_the_end_cuts_is_skipped(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "<rss><channel><item><guid>a</guid><title>One</title></item><item><guid>b</guid><description>half of");
    assert_int_equal(items.rc, 0);
    assert_int_equal(items.count, 1);
    assert_int_equal(items.skipped, 1);
    assert_non_null(strstr(items.reasons[0], "ends"));
    items_dispose(&items);
    read_text(&items, "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"id\":\"a\",\"title\":\"One\"},{\"id\":\"b\",\"tit");
    assert_int_equal(items.rc, MIMEO_EMALFORMED);
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "id", "a");
    items_dispose(&items);
}

static void controls_and_nested_cdata(void **state)
{
    static const char nul[] = "<rss><channel><item><guid>a</guid><title>O\0n\x01\x1b\x7f" "e</title></item></channel></rss>";
    struct items items;
    (void)state;
    read_bytes(&items, nul, sizeof(nul) - 1);
    assert_value(&items, 0, "title", "One");
    items_dispose(&items);
    expect_two(FIRST("<![CDATA[<p>a <![CDATA[ b</p>]]>"), "<p>a  b</p>");
    expect_two(FIRST("&lt;![CDATA[&lt;p&gt;a&lt;/p&gt;]]&gt;"), "<p>a</p>");
    expect_two(FIRST("<![CDATA[a]]>b<![CDATA[<i>c</i>]]>"), "ab<i>c</i>");
}

static void namespaces_that_nobody_declared(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "<rss><channel><item><guid>a</guid><title>t</title><dc:creator>Mira</dc:creator>"
                      "<content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded><media:title>other</media:title></item></channel></rss>");
    assert_value(&items, 0, "bylines", "Mira");
    assert_value(&items, 0, "html", "<p>x</p>");
    assert_value(&items, 0, "title", "t");
    items_dispose(&items);
    read_text(&items, "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\"><a:entry><a:id>e</a:id><a:title>t</a:title></a:entry></a:feed>");
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "title", "t");
    items_dispose(&items);
}

static void encodings_and_labels_that_lie(void **state)
{
    static const struct {
        const char *feed, *title;
    } cases[] = {
        {"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><rss><channel><item><guid>a</guid><title>caf\xC3\xA9</title></item></channel></rss>",
         "caf\xC3\xA9"},
        {"<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss><channel><item><guid>a</guid><title>\xCF\xF0\xE8\xE2\xE5\xF2 \xEC\xE8\xF0</title></item></channel></rss>",
         "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82 \xD0\xBC\xD0\xB8\xD1\x80"},
        {"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><rss><channel><item><guid>a</guid><title>\x93quoted\x94</title></item></channel></rss>",
         "\xE2\x80\x9Cquoted\xE2\x80\x9D"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct items items;
        read_text(&items, cases[i].feed);
        assert_int_equal(items.count, 1);
        assert_value(&items, 0, "title", cases[i].title);
        items_dispose(&items);
    }
}

static void an_encoding_that_shows_itself_late(void **state)
{
    static const struct {
        const char *label, *name;
    } cases[] = {{"iso-8859-1", "caf\xE9"}, {"iso-8859-1", "caf\xC3\xA9"}, {"utf-8", "caf\xE9"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct items items;
        struct buf feed;
        buf_init(&feed, 4 * MIB);
        buf_appendf(&feed, "<?xml version=\"1.0\" encoding=\"%s\"?><rss><channel>", cases[i].label);
        for (int k = 0; k < 40; k++) {
            buf_append_str(&feed, "<item><guid>a</guid><description>");
            for (int n = 0; n < 1000; n++)
                buf_append_str(&feed, "plain text ");
            buf_append_str(&feed, "</description></item>");
        }
        buf_appendf(&feed, "<item><guid>b</guid><title>%s</title></item></channel></rss>", cases[i].name);
        read_bytes(&items, feed.ptr, feed.len);
        assert_int_equal(items.count, 41);
        assert_value(&items, 40, "title", "caf\xC3\xA9");
        items_dispose(&items);
        buf_dispose(&feed);
    }
}

static void addresses_in_odd_places(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "<rss><channel><item><title>t</title><link/> https://a.example/stray\n<description>d</description></item></channel></rss>");
    assert_value(&items, 0, "url", "https://a.example/stray");
    items_dispose(&items);
    read_text(&items, "<rss><channel><item><title>t</title><link>\n https://a.example/x?a=1&amp;amp;b=2 </link></item></channel></rss>");
    assert_value(&items, 0, "url", "https://a.example/x?a=1&b=2");
    items_dispose(&items);
}

static void what_cannot_be_a_field_is_left_out(void **state)
{
    struct items items;
    char feed[8192], *at = feed;
    (void)state;
    at += sprintf(at, "<rss><channel><language>English (US)</language><item><guid>a</guid><title>t</title><pubDate>soon</pubDate>"
                      "<link>javascript:alert(1)</link>");
    for (int i = 0; i < 60; i++)
        at += sprintf(at, "<category>tag %d</category>", i);
    sprintf(at, "</item></channel></rss>");
    read_text(&items, feed);
    assert_null(field(&items, 0, "lang"));
    assert_null(field(&items, 0, "published"));
    assert_null(field(&items, 0, "url"));
    assert_int_equal(json_array_size(field(&items, 0, "tags")), LIMIT_LIST);
    items_dispose(&items);
}

static void an_entry_without_a_name_is_skipped(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "<rss><channel><item><title>t</title><description>d</description></item></channel></rss>");
    assert_int_equal(items.count, 0);
    assert_non_null(strstr(items.reasons[0], "neither an id nor a link"));
    items_dispose(&items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_before_the_declaration),
        cmocka_unit_test(bare_ampersands_and_unknown_references),
        cmocka_unit_test(unescaped_html_in_a_description),
        cmocka_unit_test(paragraphs_that_nobody_closed),
        cmocka_unit_test(end_tags_that_are_missing),
        cmocka_unit_test(an_entry_that_the_end_cuts_is_skipped),
        cmocka_unit_test(controls_and_nested_cdata),
        cmocka_unit_test(namespaces_that_nobody_declared),
        cmocka_unit_test(encodings_and_labels_that_lie),
        cmocka_unit_test(an_encoding_that_shows_itself_late),
        cmocka_unit_test(addresses_in_odd_places),
        cmocka_unit_test(what_cannot_be_a_field_is_left_out),
        cmocka_unit_test(an_entry_without_a_name_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
