/* The feed that a page's head names (import/feed_link.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "import/feed_link.h"

static void expect(const char *page, const char *base, const char *wanted)
{
    char url[URL_MAX] = "";
    bool found = feed_link_find(url, view_of_str(page), base);
    assert_string_equal(found ? url : "none", wanted);
}

static void the_feed_is_found_where_it_is(void **state)
{
    (void)state;
    const char *page = "<html><head><link rel=alternate type='application/rss+xml' title=News href='/feed.xml'></head>";
    expect(page, "https://news.example/front/", "https://news.example/feed.xml");
    expect("<LINK HREF='feed?a=1&amp;b=2' TYPE='Application/Atom+XML; charset=utf-8' REL='nofollow ALTERNATE'>",
           "https://news.example/front/", "https://news.example/front/feed?a=1&b=2");
    expect("<link rel=alternate type=application/feed+json href=https://cdn.example/f.json>", NULL, "https://cdn.example/f.json");
    expect("<base href='/deep/'><link rel=alternate type=application/rss+xml href=f>", "https://news.example/",
           "https://news.example/deep/f");
}

static void without_an_address_the_page_says_its_own(void **state)
{
    (void)state;
    const char *feed = "<link rel=alternate type=application/rss+xml href=/f>";
    char page[300] = "<link rel=canonical href=https://news.example/>";
    expect(strcat(page, feed), NULL, "https://news.example/f");
    expect(feed, NULL, "none");
}

static void comments_come_last(void **state)
{
    (void)state;
    expect("<link rel=alternate type=application/rss+xml title='Comments Feed' href=/c>"
           "<link rel=alternate type=application/rss+xml href=/f>", "https://news.example/", "https://news.example/f");
    expect("<link rel=alternate type=application/rss+xml href=/comments/feed/>", "https://news.example/",
           "https://news.example/comments/feed/");
}

static void what_is_no_feed_is_none(void **state)
{
    (void)state;
    const char *base = "https://news.example/";
    expect("", base, "none");
    expect("<link rel=alternate hreflang=fr href=/fr>", base, "none");
    expect("<link rel=stylesheet type=application/rss+xml href=/f>", base, "none");
    expect("<link rel=alternate type=application/rss+xml>", base, "none");
    expect("<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>", base, "none");
    expect("<link rel=alternate type=application/rss+xml href='file:///etc/passwd'>", base, "none");
    expect("<script>var a = '<link rel=alternate type=application/rss+xml href=/f>';</script>", base, "none");
    expect("<!-- <link rel=alternate type=application/rss+xml href=/f> -->", base, "none");
    expect("<body><link rel=alternate type=application/rss+xml href=/f>", base, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_feed_is_found_where_it_is),
        cmocka_unit_test(without_an_address_the_page_says_its_own),
        cmocka_unit_test(comments_come_last),
        cmocka_unit_test(what_is_no_feed_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
