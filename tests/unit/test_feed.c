/* Feeds of each kind, well formed: feed/feed.h. */
#include "feed/items.h"

#define RSS(body) "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" " \
                  "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:media=\"http://search.yahoo.com/mrss/\" " \
                  "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>The Harbour</title>" \
                  "<link>https://harbour.example/</link><language>en-gb</language>" body "</channel></rss>"
#define ATOM(attributes, body) "<feed xmlns=\"http://www.w3.org/2005/Atom\" " attributes ">" body "</feed>"
#define LONG "<p>One paragraph that is long enough.</p><p>And another.</p>"

static void rss_gives_every_field(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, RSS("<item><title>Cranes &amp;amp; &lt;i&gt;gulls&lt;/i&gt;</title><link>https://harbour.example/a</link>"
                          "<guid>https://harbour.example/a</guid><pubDate>Thu, 29 Feb 2024 10:30:00 +0200</pubDate>"
                          "<dc:creator>Mira Okafor</dc:creator><dc:creator>Jan Kos</dc:creator>"
                          "<category>Docks</category><category>City</category>"
                          "<description>What the gulls saw.</description>"
                          "<content:encoded><![CDATA[" LONG "]]></content:encoded></item>"));
    assert_int_equal(items.rc, 0);
    assert_int_equal(items.info.kind, FEED_RSS);
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "title", "Cranes & gulls");
    assert_value(&items, 0, "url", "https://harbour.example/a");
    assert_value(&items, 0, "published", "2024-02-29T08:30:00Z");
    assert_value(&items, 0, "bylines", "Mira Okafor|Jan Kos");
    assert_value(&items, 0, "tags", "Docks|City");
    assert_value(&items, 0, "lang", "en-gb");
    assert_value(&items, 0, "summary", "What the gulls saw.");
    assert_value(&items, 0, "html", LONG);
    assert_null(field(&items, 0, "summary_only"));
    items_dispose(&items);
}

static void rss_091_and_10_are_read(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
                      "\"http://my.netscape.com/publish/formats/rss-0.91.dtd\"><rss version=\"0.91\"><channel>"
                      "<item><title>Old</title><link>https://a.example/old</link></item></channel></rss>");
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "title", "Old");
    items_dispose(&items);
    read_text(&items, "<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
                      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"x\"><title>c</title></channel>"
                      "<item rdf:about=\"https://a.example/one\"><title>One</title><dc:date>2024-01-02</dc:date></item></rdf:RDF>");
    assert_int_equal(items.info.kind, FEED_RDF);
    assert_value(&items, 0, "url", "https://a.example/one");
    assert_value(&items, 0, "published", "2024-01-02");
    items_dispose(&items);
}

static void atom_content_of_each_type(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, ATOM("xml:lang=\"uk\" xml:base=\"https://a.example/feed/\"",
        "<entry><id>e1</id><title type=\"html\">A &lt;b&gt;bold&lt;/b&gt; one</title><link href=\"../one\"/>"
        "<content type=\"html\">&lt;p&gt;Tom &amp;amp; Jerry&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;</content></entry>"
        "<entry xml:lang=\"ru\"><id>e2</id><title>1 &lt; 2 &amp; 3 &gt; 2</title>"
        "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &lt;b&gt; c</p><p>x<br/>y</p></div></content></entry>"
        "<entry><id>e3</id><title>t</title><content type=\"text\">first &lt;p\n\nsecond</content></entry>"));
    assert_int_equal(items.info.kind, FEED_ATOM);
    assert_int_equal(items.count, 3);
    assert_value(&items, 0, "title", "A bold one");
    assert_value(&items, 0, "url", "https://a.example/one");
    assert_value(&items, 0, "lang", "uk");
    assert_value(&items, 0, "html", "<p>Tom &amp; Jerry</p><p>two</p>");
    assert_value(&items, 1, "title", "1 < 2 & 3 > 2");
    assert_value(&items, 1, "lang", "ru");
    assert_holds(&items, 1, "html", "<p>a &lt;b&gt; c</p><p>x<br>y</p>");
    assert_holds(&items, 2, "html", "<p>first &lt;p</p>\n<p>second</p>");
    items_dispose(&items);
}

static void content_that_is_no_text(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, ATOM("", "<entry><id>e1</id><title>t</title><content type=\"image/png\">iVBORw0KGgo=</content></entry>"
        "<entry><id>e2</id><title>t</title><content type=\"text/html\" src=\"https://a.example/2\"/></entry>"));
    assert_value(&items, 0, "html", "");
    assert_value(&items, 1, "url", "https://a.example/2");
    assert_int_equal(items.info.summaries, 2);
    items_dispose(&items);
    read_text(&items, RSS("<item><guid>a</guid><body xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &lt;b&gt;</p><p>c</p></body></item>"));
    assert_value(&items, 0, "html", "<p>a &lt;b&gt;</p><p>c</p>");
    items_dispose(&items);
}

static void atom_takes_the_page_among_links_and_the_feeds_author(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, ATOM("",
        "<author><name>The Desk</name></author>"
        "<entry><id>e1</id><title>t</title><link rel=\"self\" href=\"https://a.example/1.atom\"/>"
        "<link rel=\"alternate\" type=\"application/json\" href=\"https://a.example/1.json\"/>"
        "<link rel=\"alternate\" type=\"text/html\" href=\"https://a.example/1\"/>"
        "<link rel=\"enclosure\" type=\"image/jpeg\" href=\"https://a.example/1.jpg\"/>"
        "<source><id>other</id><title>Other</title></source><published>2024-01-01T00:00:00Z</published>"
        "<updated>2024-01-02T00:00:00Z</updated></entry>"
        "<entry><id>e2</id><title>t</title><author><name>Mira</name></author></entry>"));
    assert_value(&items, 0, "id", "e1");
    assert_value(&items, 0, "title", "t");
    assert_value(&items, 0, "url", "https://a.example/1");
    assert_value(&items, 0, "images", "https://a.example/1.jpg");
    assert_value(&items, 0, "bylines", "The Desk");
    assert_value(&items, 0, "modified", "2024-01-02T00:00:00Z");
    assert_value(&items, 1, "bylines", "Mira");
    items_dispose(&items);
}

static void a_deleted_entry_retracts_what_its_id_named(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\">"
                      "<entry><id>tag:a.example,2024:1</id><title>t</title></entry>"
                      "<entry><id>https://a.example/2</id><title>t</title><link href=\"https://a.example/2\"/></entry>"
                      "<at:deleted-entry ref=\"tag:a.example,2024:1\" when=\"2024-02-02T00:00:00Z\"><at:comment>Wrong from "
                      "the start</at:comment></at:deleted-entry><at:deleted-entry ref=\"https://a.example/2\" when=\"x\"/></feed>");
    assert_int_equal(items.count, 4);
    assert_int_equal(items.info.deleted, 2);
    for (size_t i = 0; i < 2; i++) {
        char id[256];
        snprintf(id, sizeof(id), "%s", value(&items, i, "id"));
        assert_value(&items, i + 2, "id", id);
        assert_value(&items, i + 2, "action", "retract");
    }
    assert_value(&items, 2, "note", "Wrong from the start");
    items_dispose(&items);
}

static void ids_follow_one_rule(void **state)
{
    static const struct {
        const char *item, *id;
    } cases[] = {
        {"<guid isPermaLink=\"false\">af281d36</guid><link>https://a.example/story</link>", "af281d36"},
        {"<guid>https://a.example/story</guid>", "story-"},
        {"<guid isPermaLink=\"false\">https://a.example/?p=12</guid><link>https://a.example/story</link>", "story-"},
        {"<guid>https://a.example/?p=12</guid><link>https://a.example/story</link>", "story-"},
        {"<link>https://a.example/story?utm_source=rss&amp;utm_medium=feed#top</link>", "story-"},
        {"<link>https://a.example/redirect</link><feedburner:origLink>https://a.example/story</feedburner:origLink>", "story-"},
        {"<guid>https://a.example/</guid><link>https://a.example/story</link>", "story-"},
        {"<guid>Not Valid!</guid>", "not-valid-"},
        {"<guid isPermaLink=\"false\">https://a.example/story#2</guid><link>https://a.example/story</link>", "story-"},
    };
    char story[64] = "";
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct items items;
        char feed[1024];
        snprintf(feed, sizeof(feed), "<rss><channel><item><title>t</title>%s</item></channel></rss>", cases[i].item);
        read_text(&items, feed);
        assert_int_equal(items.count, 1);
        const char *id = value(&items, 0, "id");
        assert_int_equal(strncmp(id, cases[i].id, strlen(cases[i].id)), 0);
        if (strcmp(cases[i].id, "story-") == 0 && story[0] == 0)
            snprintf(story, sizeof(story), "%s", id);
        if (strcmp(cases[i].id, "story-") == 0)
            assert_string_equal(id, story); /* one article, one id, whichever way it was named */
        items_dispose(&items);
    }
}

static void pictures_come_once_and_in_their_largest_size(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, RSS("<item><guid>a</guid><title>t</title><media:group><media:content url=\"https://a.example/s.jpg\" medium=\"image\" width=\"140\"/>"
                          "<media:content url=\"https://a.example/l.jpg\" medium=\"image\" width=\"700\"><media:credit>Jan Kos</media:credit>"
                          "</media:content></media:group><media:thumbnail url=\"https://a.example/t.jpg\"/>"
                          "<enclosure url=\"https://a.example/talk.mp3\" type=\"audio/mpeg\"/></item>"
                          "<item><guid>b</guid><enclosure url=\"https://a.example/gull-300x200.jpg\" type=\"image/jpeg\"/>"
                          "<content:encoded>&lt;p&gt;&lt;img src=\"https://a.example/gull.jpg?w=900\"&gt;&lt;/p&gt;</content:encoded></item>"
                          "<item><guid>d</guid><enclosure url=\"https://a.example/harbour.jpg\" type=\"image/jpeg\"/>"
                          "<content:encoded>&lt;p&gt;The harbour. &lt;img src=\"https://a.example/gull.jpg\"&gt;&lt;/p&gt;</content:encoded></item>"
                          "<item><guid>c</guid><title>t</title><media:thumbnail url=\"https://a.example/t.jpg\"/></item>"));
    assert_value(&items, 0, "images", "https://a.example/l.jpg");
    assert_string_equal(json_string_value(json_object_get(json_array_get(field(&items, 0, "images"), 0), "credit")), "Jan Kos");
    assert_null(field(&items, 1, "images"));
    assert_value(&items, 2, "images", "https://a.example/harbour.jpg"); /* whose name only is a word of the text */
    assert_value(&items, 3, "images", "https://a.example/t.jpg");
    items_dispose(&items);
}

static void bylines_are_names(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, RSS("<item><guid>a</guid><title>t</title><author>mira@a.example (Mira Okafor)</author></item>"
                          "<item><guid>b</guid><title>t</title><author>Jan Kos &lt;jan@a.example&gt;</author></item>"
                          "<item><guid>d</guid><title>t</title><author>By Mira Okafor</author></item>"
                          "<item><guid>c</guid><title>t</title><author>noreply@a.example</author></item>"));
    assert_value(&items, 0, "bylines", "Mira Okafor");
    assert_value(&items, 1, "bylines", "Jan Kos");
    assert_value(&items, 2, "bylines", "Mira Okafor");
    assert_null(field(&items, 3, "bylines"));
    items_dispose(&items);
}

static void summaries_are_told_from_articles(void **state)
{
    static const struct {
        const char *item;
        bool summary;
    } cases[] = {
        {"<description>A short word on it.</description>", true},
        {"<description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>", false},
        {"<description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two and so on [&amp;#8230;]&lt;/p&gt;</description>", true},
        {"<description>x</description><content:encoded>&lt;p&gt;Short, but all there is.&lt;/p&gt;</content:encoded>", false},
        {"<content:encoded>&lt;p&gt;It begins [...]&lt;/p&gt;</content:encoded>", true},
        {"", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct items items;
        char feed[2048];
        snprintf(feed, sizeof(feed), RSS("<item><guid>a</guid><title>t</title>%s</item>"), cases[i].item);
        read_text(&items, feed);
        assert_int_equal(items.count, 1);
        assert_int_equal(items.info.summaries, cases[i].summary);
        items_dispose(&items);
    }
}

static void the_fuller_text_is_the_body(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, RSS("<item><guid>a</guid><content:encoded>&lt;img src=\"https://a.example/1.jpg\"&gt;</content:encoded>"
                          "<description>&lt;p&gt;The whole story of the ferry that stopped.&lt;/p&gt;&lt;p&gt;And of the crane that "
                          "fell, which was a tall one.&lt;/p&gt;</description></item>"));
    assert_holds(&items, 0, "html", "<p>The whole story");
    assert_value(&items, 0, "summary", "");
    items_dispose(&items);
}

static void json_feed_gives_every_field(void **state)
{
    struct items items;
    (void)state;
    read_text(&items, "\xEF\xBB\xBF{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":7,\"url\":\"https://a.example/7\","
                      "\"title\":\"1 < 2\",\"content_html\":\"<p>a</p><p>b</p>\",\"content_text\":\"a b\",\"summary\":\"short\","
                      "\"date_published\":\"2024-02-29T10:30:00+02:00\",\"authors\":[{\"name\":\"Mira\",\"url\":\"x\"}],"
                      "\"tags\":[\"Docks\",5],\"image\":\"https://a.example/7.jpg\",\"attachments\":[{\"url\":"
                      "\"https://a.example/7.mp3\",\"mime_type\":\"audio/mpeg\"},{\"mime_type\":\"image/png\",\"url\":\"https://a.example/8.png\"}],"
                      "\"_extension\":{\"deep\":[1,2,{}]}},{\"id\":\"b\",\"content_text\":\"one\\n\\ntwo <b>\"}],"
                      "\"language\":\"uk\",\"author\":{\"name\":\"Desk\"},\"home_page_url\":\"https://a.example/\"}");
    assert_int_equal(items.rc, 0);
    assert_int_equal(items.info.kind, FEED_JSON);
    assert_int_equal(items.count, 2);
    assert_value(&items, 0, "id", "7");
    assert_value(&items, 0, "title", "1 < 2");
    assert_value(&items, 0, "html", "<p>a</p><p>b</p>");
    assert_value(&items, 0, "summary", "short");
    assert_value(&items, 0, "published", "2024-02-29T08:30:00Z");
    assert_value(&items, 0, "bylines", "Mira");
    assert_value(&items, 0, "tags", "Docks");
    assert_value(&items, 0, "lang", "uk");
    assert_value(&items, 0, "images", "https://a.example/7.jpg|https://a.example/8.png");
    assert_value(&items, 1, "bylines", "Desk");
    assert_value(&items, 1, "html", "<p>one</p>\n<p>two &lt;b&gt;</p>\n");
    items_dispose(&items);
}

static void feeds_are_told_by_their_first_bytes(void **state)
{
    static const struct {
        const char *head;
        enum feed_kind kind;
    } cases[] = {
        {"<rss version=\"2.0\">", FEED_RSS},
        {"<?xml version=\"1.0\"?>\n<!-- x --><!DOCTYPE rdf:RDF [<!ENTITY a 'b'>]><rdf:RDF", FEED_RDF},
        {"<feed xmlns=\"http://www.w3.org/2005/Atom\"", FEED_ATOM},
        {"<rss xmlns:wp=\"http://wordpress.org/export/1.1/\">", FEED_WXR},
        {" {\"version\" : \"https:\\/\\/jsonfeed.org\\/version\\/1\",", FEED_JSON},
        {"{\"home_page_url\":\"x\",\"items\":[{\"content_html\":\"<p>", FEED_JSON},
        {"{\"title\":\"On feeds\",\"body\":\"their \\\"version\\\": https://jsonfeed.org/version/1\"}", FEED_NONE},
        {"<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\">", FEED_NONE},
        {"<html><body><svg><?xml version=\"1.0\"?><svg>", FEED_NONE},
        {"<!-- never ended <rss>", FEED_RSS},
        {"<!DOCTYPE [ never ended", FEED_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(feed_sniff(view_of_str(cases[i].head)), cases[i].kind);
    static const char wide[] = "\xFF\xFE<\0r\0s\0s\0>\0";
    assert_int_equal(feed_sniff(view_of(wide, sizeof(wide) - 1)), FEED_RSS);
}

static void what_is_no_feed_is_told(void **state)
{
    static const char *const others[] = {"", "<html><body>x</body></html>", "{\"items\":[]}", "<svg xmlns=\"x\"/>", "plain"};
    struct items items;
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(feed_sniff(view_of_str(others[i])), FEED_NONE);
        read_text(&items, others[i]);
        assert_int_equal(items.rc, MIMEO_EMALFORMED);
        assert_non_null(strstr(items.message, "feed"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rss_gives_every_field),
        cmocka_unit_test(rss_091_and_10_are_read),
        cmocka_unit_test(atom_content_of_each_type),
        cmocka_unit_test(content_that_is_no_text),
        cmocka_unit_test(atom_takes_the_page_among_links_and_the_feeds_author),
        cmocka_unit_test(a_deleted_entry_retracts_what_its_id_named),
        cmocka_unit_test(ids_follow_one_rule),
        cmocka_unit_test(pictures_come_once_and_in_their_largest_size),
        cmocka_unit_test(bylines_are_names),
        cmocka_unit_test(summaries_are_told_from_articles),
        cmocka_unit_test(the_fuller_text_is_the_body),
        cmocka_unit_test(json_feed_gives_every_field),
        cmocka_unit_test(feeds_are_told_by_their_first_bytes),
        cmocka_unit_test(what_is_no_feed_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
