/* What feeds add to their entries goes; what only looks like it stays. */
#include "feed/items.h"

static const char *tidied(struct items *items, const char *html)
{
    static char feed[16384];
    snprintf(feed, sizeof(feed), "<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><item><guid>a</guid>"
             "<title>t</title><link>https://a.example/dir/a</link><content:encoded><![CDATA[%s]]></content:encoded></item>"
             "</channel></rss>", html);
    read_text(items, feed);
    assert_int_equal(items->count, 1);
    return value(items, 0, "html");
}

#define TEXT "<p>The ferry stopped on Monday, and nobody in the harbour could say why it had.</p>" \
             "<p>By Tuesday the crane had stopped as well, and people began to ask questions.</p>"

static void expect(const char *added)
{
    struct items items;
    char html[8192];
    snprintf(html, sizeof(html), TEXT "%s", added);
    const char *got = tidied(&items, html);
    if (strcmp(got, TEXT) != 0)
        print_message("left of %s: %s\n", added, got);
    assert_string_equal(got, TEXT);
    items_dispose(&items);
}

static void closing_lines_go(void **state)
{
    (void)state;
    expect("<p>The post <a href=\"https://a.example/a\">Ferry</a> appeared first on <a href=\"https://a.example\">The Harbour</a>.</p>");
    expect("<p>La entrada <a href=\"https://a.example/a\">Ferry</a> se publicó primero en <a href=\"https://a.example\">El Puerto</a>.</p>");
    expect("<p>Сообщение <a href=\"https://a.example/a\">Паром</a> появились сначала на <a href=\"https://a.example\">Гавань</a>.</p>");
    expect("<p><a href=\"https://a.example/a\">Continue reading &rarr;</a></p>");
    expect("<p><a href=\"https://a.example/a\">Читать далее...</a></p>");
}

static void pixels_and_flares_go(void **state)
{
    (void)state;
    expect("<img src=\"https://feeds.example/~r/harbour/~4/abc\" height=\"1\" width=\"1\" alt=\"\"/>");
    expect("<img src=\"https://pixel.wp.com/b.gif?host=a\">");
    expect("<div class=\"feedflare\"><a href=\"https://feeds.example/~ff/x\"><img src=\"https://feeds.example/~ff/x?d=1\"></a></div>");
    expect("<div class=\"sharedaddy\"><h3>Share this:</h3><ul><li><a href=\"https://a.example/?share=x\">X</a></li></ul></div>");
}

static void a_list_of_related_articles_goes(void **state)
{
    (void)state;
    expect("<h3>Related articles</h3><ul><li><a href=\"https://a.example/b\">The crane that would not move</a></li>"
           "<li><a href=\"https://a.example/c\">A tide of questions</a></li></ul>");
}

static void what_only_looks_like_it_stays(void **state)
{
    static const char *const texts[] = {
        "<p>The song appeared first on an album of 1971, long before the harbour was closed.</p>",
        "<p>Continue reading the sign, said the captain, and he pointed at the wall.</p>",
        "<ul><li><a href=\"https://a.example/list\">The list of the ferries</a></li><li><a href=\"https://a.example/m\">Its map</a></li></ul>",
        "<p>Related articles of the law were not applied, the court said.</p>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct items items;
        char html[4096];
        snprintf(html, sizeof(html), TEXT "%s", texts[i]);
        assert_string_equal(tidied(&items, html), html);
        items_dispose(&items);
    }
}

static void a_link_to_the_rest_makes_it_a_summary(void **state)
{
    struct items items;
    (void)state;
    assert_string_equal(tidied(&items, TEXT "<p><a class=\"more-link\" href=\"https://a.example/a\">Go on</a></p>"), TEXT);
    assert_int_equal(items.info.summaries, 1);
    items_dispose(&items);
    tidied(&items, "<p>The ferry stopped. <a href=\"https://a.example/a\">Read more</a></p>");
    assert_value(&items, 0, "html", "<p>The ferry stopped. </p>");
    assert_int_equal(items.info.summaries, 1);
    items_dispose(&items);
}

static void addresses_and_lazy_pictures_are_resolved(void **state)
{
    struct items items;
    (void)state;
    tidied(&items, TEXT "<p><a href=\"../other\">other</a> <img src=\"data:image/gif;base64,R0lGOD\" data-src=\"pic.jpg\" alt=\"A\"></p>");
    assert_holds(&items, 0, "html", "<a href=\"https://a.example/other\">");
    assert_holds(&items, 0, "html", "<img src=\"https://a.example/dir/pic.jpg\" alt=\"A\">");
    items_dispose(&items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_lines_go),
        cmocka_unit_test(pixels_and_flares_go),
        cmocka_unit_test(a_list_of_related_articles_goes),
        cmocka_unit_test(what_only_looks_like_it_stays),
        cmocka_unit_test(a_link_to_the_rest_makes_it_a_summary),
        cmocka_unit_test(addresses_and_lazy_pictures_are_resolved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
