/* What pages say of themselves: extract/meta.c and what it asks (JSON-LD, names, title, dates, language, picture). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/json_loose.h"
#include "extract/language.h"
#include "extract/meta.h"
#include "extract/names.h"

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

/* ---- helpers */

static json_t *meta_of(const char *page, const char *url)
{
    struct dom *dom;
    struct page_taken taken;
    struct page_source source = {.bytes = view_of_str(page), .where = "page", .url = url};
    json_t *object = json_object();
    assert_int_equal(dom_parse(&dom, ctx, view_of_str(page)), 0);
    assert_int_equal(page_meta(object, ctx, dom, &source, &taken), 0);
    dom_free(dom);
    return object;
}

/* The field as text: a list's entries with "; " between; "" where it is not there. */
static void field_text(char out[600], const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    out[0] = 0;
    if (json_is_string(value))
        snprintf(out, 600, "%s", json_string_value(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        snprintf(out + strlen(out), 600 - strlen(out), "%s%s", i > 0 ? "; " : "", json_string_value(json_array_get(value, i)));
}

static void gives_from(const char *page, const char *url, const char *field, const char *expected)
{
    char got[600];
    json_t *object = meta_of(page, url);
    field_text(got, object, field);
    json_decref(object);
    if (strcmp(got, expected) != 0)
        fail_msg("%s: '%s', not '%s', of %s", field, got, expected, page);
}

static void gives(const char *page, const char *field, const char *expected) { gives_from(page, NULL, field, expected); }

#define LD(json) "<script type=\"application/ld+json\">" json "</script>"
#define TEXT "<p>The council met on Wednesday and it was said that the bridge will be open for all of the year, as it has been.</p>"

/* ---- JSON that is none */

static void loose(const char *text, const char *expected)
{
    json_t *value = json_loose_parse(view_of_str(text));
    assert_non_null(value);
    char *got = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s, not %s", text, got, expected);
    free(got);
    json_decref(value);
}

static void broken_json_is_read_for_what_it_means(void **state)
{
    (void)state;
    loose("{\"a\":\"b\"}", "[{\"a\":\"b\"}]");
    loose("{\"a\":\"b\",}", "[{\"a\":\"b\"}]");
    loose("{\"a\":[\"b\",\"c\",],}", "[{\"a\":[\"b\",\"c\"]}]");
    loose("{\"a\":\"two\nlines\"}", "[{\"a\":\"two lines\"}]");
    loose("{\"a\":\"he said \"yes\" to it\",\"b\":1}", "[{\"a\":\"he said \\\"yes\\\" to it\",\"b\":\"1\"}]");
    loose("<!-- {\"a\":\"b\"} -->", "[{\"a\":\"b\"}]");
    loose("//<![CDATA[\n{\"a\":\"b\"}\n//]]>", "[{\"a\":\"b\"}]");
    loose("<![CDATA[{\"a\":\"b\"}]]>", "[{\"a\":\"b\"}]");
    loose("/* why */ {\"a\" /* x */ : \"b\"} ;", "[{\"a\":\"b\"}]");
    loose("{\"a\":\"b\"}{\"c\":\"d\"}", "[{\"a\":\"b\"},{\"c\":\"d\"}]");
    loose("{a:'b',c:null,d:true}", "[{\"a\":\"b\",\"d\":true}]");
    loose("{\"a\":\"cut off", "[{\"a\":\"cut off\"}]");
    loose("{\"a\":{\"b\":[\"c\"", "[{\"a\":{\"b\":[\"c\"]}}]");
    loose("{\"a\":\"1\",\"a\":\"2\"}", "[{\"a\":\"2\"}]");
    loose("{\"a\":\"\\u00e9\\ud83d\\ude00\\ud83d\\q\\u0000\"}", "[{\"a\":\"\u00e9\U0001F600 q \"}]");
    loose("{\"a\":\"b\"\n\"c\":\"d\"}", "[{\"a\":\"b\",\"c\":\"d\"}]");
    loose("", "[]");
    loose("]}{,:", "[{}]");
}

static void deep_and_wide_json_ends_early(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 5000; i++)
        buf_append_str(&text, "[{\"a\":");
    json_t *value = json_loose_parse(buf_view(&text));
    assert_non_null(value);
    json_decref(value);
    buf_clear(&text);
    buf_append_str(&text, "[");
    for (int i = 0; i < 2 * JSON_LOOSE_VALUES; i++)
        buf_append_str(&text, "1,");
    value = json_loose_parse(buf_view(&text));
    assert_true(json_array_size(json_array_get(value, 0)) <= JSON_LOOSE_VALUES);
    json_decref(value);
    buf_dispose(&text);
}

/* ---- JSON-LD */

static void the_article_is_found_among_other_objects(void **state)
{
    (void)state;
    gives(LD("{\"@type\":\"WebSite\",\"name\":\"Site\"}") LD("{\"@type\":\"NewsArticle\",\"headline\":\"Of the news\"}"), "title", "Of the news");
    gives(LD("{\"@graph\":[{\"@type\":\"WebPage\"},{\"@type\":[\"Article\",\"NewsArticle\"],\"headline\":\"In a graph\"}]}"), "title", "In a graph");
    gives(LD("[{\"@type\":\"Organization\",\"name\":\"x\"},{\"@type\":\"https://schema.org/BlogPosting\",\"headline\":\"In a list\"}]"), "title",
          "In a list");
    gives(LD("{\"@type\":\"WebPage\",\"mainEntity\":{\"@type\":\"Article\",\"headline\":\"What it is about\"}}"), "title", "What it is about");
    gives(LD("{\"@type\":\"Article\",\"headline\":\"Tom &amp; Jerry &#8217;24\",}"), "title", "Tom & Jerry \u201924");
    gives(LD("{&quot;@type&quot;:&quot;Article&quot;,&quot;headline&quot;:&quot;All escaped here&quot;}"), "title", "All escaped here");
    gives_from(LD("{\"@type\":\"Article\",\"headline\":\"Another one\",\"url\":\"https://a.example/2\"}")
                   LD("{\"@type\":\"Article\",\"headline\":\"This page's own\",\"mainEntityOfPage\":{\"@id\":\"https://a.example/1\"}}"),
               "https://a.example/1", "title", "This page's own");
    gives(LD("{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\"Article\",\"headline\":\"Of a list\"}]}") "<title>The page itself</title>",
          "title", "The page itself");
}

static void authors_come_in_every_shape(void **state)
{
    (void)state;
    gives(LD("{\"@type\":\"Article\",\"author\":\"Ann Smith\"}"), "bylines", "Ann Smith");
    gives(LD("{\"@type\":\"Article\",\"author\":{\"@type\":\"Person\",\"name\":\"Ann Smith\"}}"), "bylines", "Ann Smith");
    gives(LD("{\"@type\":\"Article\",\"author\":[{\"name\":\"Ann Smith\"},\"Li Wei\"]}"), "bylines", "Ann Smith; Li Wei");
    gives(LD("{\"@type\":\"Article\",\"author\":{\"name\":[\"Ann Smith\",\"Li Wei\"]}}"), "bylines", "Ann Smith");
    gives(LD("{\"@graph\":[{\"@type\":\"Article\",\"author\":{\"@id\":\"#1\"}},{\"@id\":\"#1\",\"@type\":\"Person\",\"name\":\"Ann Smith\"}]}"),
          "bylines", "Ann Smith");
    gives(LD("{\"@type\":\"Article\",\"author\":[{\"@type\":\"Organization\",\"name\":\"Example Wire\"},{\"@type\":\"Person\",\"name\":\"Ann Smith\"}]}"),
          "bylines", "Ann Smith");
    gives(LD("{\"@type\":\"Article\",\"author\":{\"@type\":\"Organization\",\"name\":\"Example Wire\"}}"), "bylines", "Example Wire");
    gives(LD("{\"@type\":\"Article\",\"author\":\"https://a.example/people/ann\"}") "<p class=byline>By Ann Smith</p>", "bylines", "Ann Smith");
}

/* ---- names */

static void names_are(const char *line, const char *expected)
{
    struct names names = {.count = 0};
    char got[400] = "";
    names_add(&names, view_of_str(line), VIEW_OF_LITERAL("The Example"), false);
    names_settle(&names);
    for (size_t i = 0; i < names.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i > 0 ? "; " : "", names.of[i].text);
    if (strcmp(got, expected) != 0)
        fail_msg("'%s': '%s', not '%s'", line, got, expected);
}

static void bylines_become_names(void **state)
{
    (void)state;
    names_are("By Ann Smith", "Ann Smith");
    names_are("BY ANN SMITH AND TOM OKORO", "ANN SMITH AND TOM OKORO");
    names_are("By Ann Smith and Tom Okoro", "Ann Smith; Tom Okoro");
    names_are("By Ann Smith, Staff Writer", "Ann Smith");
    names_are("Ann Smith, Tom Okoro & Li Wei", "Ann Smith; Tom Okoro; Li Wei");
    names_are("Von Karin Beispiel, Peter Muster und Eva Stein", "Karin Beispiel; Peter Muster; Eva Stein");
    names_are("Par Claire Dupont et Jean Modèle", "Claire Dupont; Jean Modèle");
    names_are("Por Lucía Ejemplo y Juan Muestra", "Lucía Ejemplo; Juan Muestra");
    names_are("Автор: Ирина Примерова", "Ирина Примерова");
    names_are("作者：李晓明、王芳", "李晓明; 王芳");
    names_are("بقلم: سامي الراوي", "سامي الراوي");
    names_are("Ann Smith | April 3, 2024", "Ann Smith");
    names_are("Ann Smith (ann@example.org)", "Ann Smith");
    names_are("ann@example.org", "");
    names_are("https://a.example/ann", "");
    names_are("@annsmith", "");
    names_are("April 3, 2024", "");
    names_are("Staff Writer", "");
    names_are("By", "");
    names_are("admin", "");
    names_are("The Example", "The Example");
    names_are("Ann Smith, The Example", "Ann Smith");
    names_are("Reuters", "Reuters");
    names_are("Photo: Jane Roe", "");
    names_are("Martin Luther King Jr.", "Martin Luther King Jr");
    names_are("J. R. R. Example", "J. R. R. Example");
    names_are("", "");
}

static void bylines_of_elements_are_near_the_title(void **state)
{
    (void)state;
    gives("<title>A headline of note</title><h1>A headline of note</h1><div class=byline>By <a href=/author/ann rel=author>Ann Smith</a> and "
          "<a href=/author/tom rel=author>Tom Okoro</a></div>" TEXT "<div class=comments><span class=author>Troll Person</span></div>",
          "bylines", "Ann Smith; Tom Okoro");
    gives("<h1>A headline of note</h1><span itemprop=author itemscope><span itemprop=name>Ann Smith</span>, reporter</span>" TEXT, "bylines", "Ann Smith");
    gives("<meta name=author content='Ann Smith'><h1>A headline of note</h1><aside><span class=author>Other Person</span></aside>" TEXT, "bylines",
          "Ann Smith");
    gives("<h1>A headline of note</h1>" TEXT "<div class=related><p class=byline>By Other Person</p></div>", "bylines", "");
}

/* ---- title */

static void the_h1_that_agrees_is_the_title(void **state)
{
    (void)state;
    gives("<title>The bridge opens - The Example</title><h1>The Example</h1><h1>The bridge opens</h1>", "title", "The bridge opens");
    gives("<meta property=og:title content='The bridge opens'><title>x</title><h1><a>The bridge opens</a></h1>", "title", "The bridge opens");
    gives("<title>The bridge opens after ten years | The Example</title><meta property=og:site_name content='The Example'><h1>Menu</h1>", "title",
          "The bridge opens after ten years");
    gives("<title>The Example | The bridge opens after ten years</title><meta property=og:site_name content='The Example'>", "title",
          "The bridge opens after ten years");
    gives("<title>Science - the last frontier for all of us</title>", "title", "Science - the last frontier for all of us");
    gives("<meta property='og:title dc:title' content='Said at once of two'>", "title", "Said at once of two");
    gives("<h1>Alone on its page</h1>", "title", "Alone on its page");
    gives("<p>none</p>", "title", "");
    gives("<title>a\xE2\x80\xAE" "b c\x01 d</title>", "title", "ab c d");
}

static void a_subtitle_is_what_is_named_so(void **state)
{
    (void)state;
    gives("<title>The bridge opens</title><h1>The bridge opens</h1><p class=standfirst>After ten years of work, cars may cross again</p>" TEXT, "subtitle",
          "After ten years of work, cars may cross again");
    gives("<title>The bridge opens</title><h1>The bridge opens</h1>" TEXT, "subtitle", "");
    gives("<title>The bridge opens</title><h1>The bridge opens</h1><p class=standfirst>The bridge opens</p>" TEXT, "subtitle", "");
}

/* ---- dates */

static void dates_are_taken_in_the_order_of_trust(void **state)
{
    (void)state;
    gives(LD("{\"@type\":\"Article\",\"datePublished\":\"2024-04-03T17:40:00+02:00\"}") "<meta property=article:published_time content=2020-01-01>",
          "published", "2024-04-03T15:40:00Z");
    gives("<meta property=article:published_time content=2024-04-03T17:40:00Z><time datetime=2020-01-01>x</time>", "published", "2024-04-03T17:40:00Z");
    gives("<h1>A headline of note</h1><time datetime='2024-04-03T17:40:00+03:00'>3 April</time>" TEXT, "published", "2024-04-03T14:40:00Z");
    gives("<html lang=en><h1>A headline of note</h1><span class=date>April 3, 2024</span>" TEXT, "published", "2024-04-03");
    gives_from("<h1>A headline of note</h1>" TEXT, "https://a.example/2024/04/03/x.html", "published", "2024-04-03");
    gives(LD("{\"@type\":\"Article\",\"datePublished\":\"2024-04-03\"}") "<meta property=article:published_time content=2024-04-03T17:40:00Z>",
          "published", "2024-04-03T17:40:00Z");
    gives(LD("{\"@type\":\"Article\",\"datePublished\":\"2024-04-03 17:40\",\"dateModified\":\"2024-04-04T08:00:00+03:00\"}"), "published",
          "2024-04-03T14:40:00Z");
    gives(LD("{\"@type\":\"Article\",\"datePublished\":\"soon\"}"), "published", "");
    gives(LD("{\"@type\":\"Article\",\"datePublished\":\"2024-04-03T08:00:00Z\",\"dateModified\":\"2024-04-03T08:00:00Z\"}"), "modified", "");
    gives(LD("{\"@type\":\"Article\",\"datePublished\":\"2024-04-03T08:00:00Z\",\"dateModified\":\"2024-04-04T08:00:00Z\"}"), "modified",
          "2024-04-04T08:00:00Z");
}

/* ---- language */

static void a_language_is_checked_against_the_text(void **state)
{
    (void)state;
    static const char ru[] = "<p>Совет собрался в среду, и на нём было сказано, что мост будет открыт весь год, как это и было раньше.</p>";
    static const char ar[] = "<p>اجتمع المجلس يوم الأربعاء وقال إن الجسر سيبقى مفتوحا طوال العام كما كان من قبل في هذه المدينة</p>";
    char page[900];
    gives("<html lang=en-GB>" TEXT, "lang", "en-GB");
    gives("<html lang=ru>" TEXT, "lang", "en");
    gives("<html lang=pt_BR><p>O conselho disse que a ponte vai ficar aberta para todos os carros e que não será fechada em um ano.</p>", "lang", "pt-BR");
    gives(TEXT, "lang", "en");
    snprintf(page, sizeof page, "<html lang=en>%s", ru);
    gives(page, "lang", "ru");
    snprintf(page, sizeof page, "<html lang=en><meta http-equiv=content-language content=ar>%s", ar);
    gives(page, "lang", "ar");
    gives(page, "dir", "rtl");
    gives("<html lang='bad language tag!'>" TEXT, "lang", "en");
    assert_null(language_of_text(VIEW_OF_LITERAL("12345 67")));
    assert_string_equal(language_of_text(VIEW_OF_LITERAL("图书馆共有藏书六千多册，全部来自社会捐赠。")), "zh");
    assert_string_equal(language_of_text(VIEW_OF_LITERAL("図書館には六千冊以上の本があり、すべて寄付されたものです。")), "ja");
    assert_string_equal(language_of_text(VIEW_OF_LITERAL("도서관에는 육천 권이 넘는 책이 있으며 모두 기증받은 것이다.")), "ko");
}

/* ---- address, site, topics, picture */

static void an_address_is_one_of_the_web(void **state)
{
    (void)state;
    gives("<link rel=canonical href=https://a.example/news/1>", "url", "https://a.example/news/1");
    gives_from("<link rel=canonical href=/news/1>", "https://a.example/x?y=1", "url", "https://a.example/news/1");
    gives("<link rel=canonical href=javascript:alert(1)><meta property=og:url content=https://a.example/2>", "url", "https://a.example/2");
    gives("<link rel=canonical href=https://a.example/><meta property=og:url content=https://a.example/2>", "url", "https://a.example/2");
    gives("<link rel=canonical href=http://localhost/news/1>", "url", "");
    gives("<link rel=canonical href=http://192.168.0.1/news/1>", "url", "");
    gives_from(TEXT, "https://a.example/news/3", "url", "https://a.example/news/3");
}

static void topics_and_site_are_found(void **state)
{
    (void)state;
    gives("<meta property=og:site_name content='The Example'>", "site", "The Example");
    gives(LD("{\"@type\":\"Article\",\"publisher\":{\"name\":\"The Example\"}}"), "site", "The Example");
    gives(LD("{\"@type\":\"Article\",\"keywords\":\"a bridge, the council ,x\"}"), "tags", "a bridge; the council");
    gives(LD("{\"@type\":\"Article\",\"keywords\":[\"a bridge\",\"Smith, Ann\"]}"), "tags", "a bridge; Smith, Ann");
    gives("<meta property=article:tag content=one><meta property=article:tag content=two><meta property=article:tag content=One>", "tags", "one; two");
    gives("<meta name=article:section content=Politics>", "section", "Politics");
    gives(LD("{\"@type\":\"BreadcrumbList\",\"itemListElement\":[{\"name\":\"Home\"},{\"item\":{\"name\":\"World\"}},{\"name\":\"The page\"}]}"), "section",
          "World");
    gives("<meta property=og:description content='What it is about, in a sentence or two'>", "summary", "What it is about, in a sentence or two");
}

static void picture_is(const char *page, const char *url, const char *expected)
{
    json_t *object = meta_of(page, url);
    char *got = json_dumps(json_object_get(object, "images"), JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (strcmp(got == NULL ? "" : got, expected) != 0)
        fail_msg("%s: not %s, of %s", got == NULL ? "(none)" : got, expected, page);
    free(got);
    json_decref(object);
}

static void the_lead_picture_brings_its_caption(void **state)
{
    (void)state;
    picture_is("<meta property=og:image content=https://a.example/i/bridge-opening.jpg><h1>A headline of note</h1><figure><img "
               "src=https://a.example/s/bridge-opening-640x360.jpg alt='A bridge'><figcaption>Cars on the bridge <span class=credit>Jane Roe / "
               "Example</span></figcaption></figure>" TEXT,
               NULL,
               "[{\"alt\":\"A bridge\",\"caption\":\"Cars on the bridge\",\"credit\":\"Jane Roe / "
               "Example\",\"file\":\"https://a.example/s/bridge-opening-640x360.jpg\"}]");
    picture_is("<meta property=og:image content=/i/bridge-opening.jpg><h1>A headline of note</h1>" TEXT, "https://a.example/1",
               "[{\"file\":\"https://a.example/i/bridge-opening.jpg\"}]");
    picture_is("<meta property=og:image content=https://a.example/site-logo.png><h1>A headline of note</h1>" TEXT, NULL, "");
}

/* ---- bounds */

static void fields_fit_a_record(void **state)
{
    (void)state;
    struct buf page;
    buf_init(&page, 4 << 20);
    buf_append_str(&page, "<title>");
    for (int i = 0; i < 2000; i++)
        buf_append_str(&page, "long \xD0\xBE");
    buf_append_str(&page, "</title>");
    for (int i = 0; i < 2000; i++)
        buf_appendf(&page, "<meta property=article:tag content=tag%d><meta name=author content='Ann Smith%c'>", i, 'a' + i % 26);
    json_t *object = meta_of(buf_str(&page), NULL);
    assert_true(json_string_length(json_object_get(object, "title")) <= 1024);
    assert_true(json_array_size(json_object_get(object, "tags")) <= 32);
    assert_true(json_array_size(json_object_get(object, "bylines")) <= 32);
    json_decref(object);
    buf_dispose(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_json_is_read_for_what_it_means),
        cmocka_unit_test(deep_and_wide_json_ends_early),
        cmocka_unit_test(the_article_is_found_among_other_objects),
        cmocka_unit_test(authors_come_in_every_shape),
        cmocka_unit_test(bylines_become_names),
        cmocka_unit_test(bylines_of_elements_are_near_the_title),
        cmocka_unit_test(the_h1_that_agrees_is_the_title),
        cmocka_unit_test(a_subtitle_is_what_is_named_so),
        cmocka_unit_test(dates_are_taken_in_the_order_of_trust),
        cmocka_unit_test(a_language_is_checked_against_the_text),
        cmocka_unit_test(an_address_is_one_of_the_web),
        cmocka_unit_test(topics_and_site_are_found),
        cmocka_unit_test(the_lead_picture_brings_its_caption),
        cmocka_unit_test(fields_fit_a_record),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
