/* What becomes of the parts of a page: pictures, films, posts, frames; and of pages without an article. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/limits.h"
#include "extract/page.h"

static mimeo_ctx *ctx;

#define PROSE "<p>The board has voted to keep the lighthouse, after a meeting that lasted until midnight, and the hall was full.</p>"
#define MORE "<p>Repairs will cost a million crowns, the engineers say, of which a third was promised by the fund for fishing.</p>"

static int run(struct buf *out, const char *html, const char *url, bool explain)
{
    struct page_source source = {.bytes = view_of_str(html), .where = "page.html", .url = url};
    struct page_options options = {.explain = explain};
    return page_extract(out, ctx, &source, &options);
}

/* The body's HTML of a page with these parts between its paragraphs; to be freed. */
static char *body_of(const char *parts)
{
    struct buf page, out;
    buf_init(&page, MIB);
    buf_appendf(&page, "<title>A title</title><article><h1>A title</h1>%s%s%s</article>", PROSE, parts, MORE);
    assert_int_equal(run(&out, buf_str(&page), "https://pier.example/news/1", false), 0);
    json_t *article = json_loads(buf_str(&out), 0, NULL);
    char *html = strdup(json_string_value(json_object_get(article, "html")));
    json_decref(article);
    buf_dispose(&out);
    buf_dispose(&page);
    return html;
}

static void has(const char *parts, const char *words)
{
    char *html = body_of(parts);
    if (strstr(html, words) == NULL)
        fail_msg("no '%s' in:\n%s", words, html);
    assert_non_null(strstr(html, "keep the lighthouse"));
    assert_non_null(strstr(html, "million crowns"));
    free(html);
}

static void lacks(const char *parts, const char *words)
{
    char *html = body_of(parts);
    if (strstr(html, words) != NULL)
        fail_msg("'%s' in:\n%s", words, html);
    assert_non_null(strstr(html, "keep the lighthouse"));
    assert_non_null(strstr(html, "million crowns"));
    free(html);
}

static void lazy_pictures_are_resolved(void **state)
{
    (void)state;
    has("<img src=/a.jpg alt='A tower'>", "<img src=\"https://pier.example/a.jpg\" alt=\"A tower\">");
    has("<img src='data:image/gif;base64,R0' data-src=b.jpg>", "https://pier.example/news/b.jpg");
    has("<img data-lazy-src=//cdn.example/c.jpg src=/placeholder.png>", "https://cdn.example/c.jpg");
    has("<img srcset='/s.jpg 320w, /m.jpg 1280w, /l.jpg 4000w'>", "https://pier.example/m.jpg");
    has("<img srcset='/s.jpg 320w, /l.jpg 640w' src=/s.jpg>", "https://pier.example/l.jpg");
    has("<img srcset='/a,b.jpg 1x, /c,d.jpg 2x'>", "https://pier.example/c,d.jpg");
    has("<picture><source srcset='/p.webp 800w'><img alt=x></picture>", "https://pier.example/p.webp");
    has("<img class=lazy src='data:,'><noscript><img src=/n.jpg></noscript>", "https://pier.example/n.jpg");
    lacks("<img src=/real.jpg><noscript><img src=/twice.jpg></noscript>", "twice.jpg");
    lacks("<img src=/counter.gif width=1 height=1>", "counter.gif");
}

static void figures_keep_their_captions(void **state)
{
    (void)state;
    has("<figure><img src=/a.jpg><figcaption>The tower <small>Photo: Ada</small></figcaption></figure>",
        "<figcaption>The tower <small>Photo: Ada</small></figcaption></figure>");
    has("<figure><table><tr><td>1</td><td>2</td></tr></table></figure>", "<div><table>");
}

static void films_and_posts_become_links(void **state)
{
    (void)state;
    has("<iframe src='https://www.youtube.com/embed/abc'></iframe>", "<a href=\"https://www.youtube.com/embed/abc\">");
    has("<video><source src=/film.mp4></video>", "<a href=\"https://pier.example/film.mp4\">");
    lacks("<iframe src='https://ads.example/frame'></iframe>", "ads.example");
    has("<blockquote class=twitter-tweet><p>The lamp is lit again!</p>Ada (@ada) <a href='https://twitter.com/ada/1'>March 4</a>"
        "</blockquote>", "<blockquote>");
    has("<blockquote class=twitter-tweet><a href='https://twitter.com/ada/1'>pic.twitter.com/1</a></blockquote>",
        "https://twitter.com/ada/1");
}

static void text_of_its_own_kind_is_kept(void **state)
{
    (void)state;
    has("<ul><li>first point</li><li>second point</li></ul>", "<li>second point</li>");
    has("<ol start=3><li>third</li></ol>", "<ol start=\"3\">");
    has("<pre><code>wind --turns 40</code></pre>", "<pre><code>wind --turns 40</code></pre>");
    has("<table><tr><th>a</th><td colspan=2>b</td></tr></table>", "<td colspan=\"2\">");
    has("<blockquote>So it is.</blockquote>", "<blockquote>So it is.</blockquote>");
    has("<p>See <a href='../x?a=1&amp;b=2'>there</a>, it said, and more of it.</p>", "href=\"https://pier.example/x?a=1&amp;b=2\"");
    has("<p>1 &lt; 2 &amp; 3</p>", "1 &lt; 2 &amp; 3");
}

static void initials_are_joined_to_their_words(void **state)
{
    (void)state;
    has("<p><span class='x drop-cap'>N</span> <span>ow it is lit again, and all are glad of it.</span></p>", "Now it is lit");
    has("<p><span class=first-letter>A</span> lamp is lit again, and all are glad of it.</p>", "A lamp is lit");
    has("<p><span>N</span> ow it is lit again, and all are glad of it.</p>", "N ow it is lit");
}

static void furniture_within_is_dropped(void **state)
{
    (void)state;
    lacks("<script>alert(1)</script>", "alert");
    lacks("<div class=newsletter-signup><p>Get our letter, daily. It is free.</p></div>", "letter");
    lacks("<div><p>Our letter comes daily, and it is free.</p><input type=email></div>", "letter");
    lacks("<p><b>READ MORE:</b> <a href=/x>The ferry that never came</a></p>", "ferry");
    lacks("<p>Advertisement</p>", "Advertisement");
    lacks("<div style='display: none'>secret</div>", "secret");
    lacks("<span class=sr-only>for readers of screens</span>", "screens");
    lacks("<nav><a href=/1>One</a></nav>", "One");
    lacks("<div class='share-buttons'><a href=#>Facebook</a></div>", "Facebook");
    lacks("<h2>Related stories</h2><ul><li><a href=/1>Terns counted</a></li></ul>", "Terns");
}

static void names_of_tags_and_columns_mean_nothing(void **state)
{
    (void)state;
    has("<div class='post tag-newsletter category-sponsored has-sidebar'><p>A paragraph with a story of its own.</p></div>", "its own");
    has("<div class='css-1ad9xk'><p>A paragraph with a story of its own.</p></div>", "its own");
}

static void is_no_article(const char *html, const char *url, const char *words)
{
    struct buf out = {0};
    assert_int_equal(run(&out, html, url, false), MIMEO_ENOTFOUND);
    if (strstr(mimeo_ctx_message(ctx), words) == NULL)
        fail_msg("'%s' and not '%s'", mimeo_ctx_message(ctx), words);
    buf_dispose(&out);
}

static void pages_without_an_article_say_what_they_are(void **state)
{
    struct buf list;
    (void)state;
    buf_init(&list, MIB);
    for (int i = 0; i < 12; i++)
        buf_appendf(&list, "<div class=c%d><h3><a href=/%d>Headline number %d of the day</a></h3><p>A line about it, short.</p></div>",
                    i, i, i);
    is_no_article(buf_str(&list), "https://pier.example/", "a front page");
    is_no_article(buf_str(&list), "https://pier.example/news", "a list of articles");
    is_no_article("<title>404 Page not found</title><body><p>Sorry, the page that you asked for is not here any more.</p>",
                  "https://pier.example/x", "something went wrong");
    is_no_article("<title>Sign in</title><form><p>Please sign in to your account to go on.</p><input type=password></form>",
                  NULL, "a page to log in");
    is_no_article("<title>x</title><script>everything()</script>", NULL, "no text");
    buf_dispose(&list);
}

/* As they are saved: made up, with the names that browsers give. */
static void what_a_browser_says_of_its_failure_is_no_article(void **state)
{
    static const char told[] = "<h1>This site cannot be reached</h1><p>The server of <b>pier.example</b> could not be found, "
                               "since there is no such name in the list.</p><p>Look whether the name is spelt as it should be, "
                               "and whether the cable, the modem and the router are as they ought to be.</p>";
    static const char *const pages[][2] = {
        {"<title>pier.example</title><body id=t class=\"neterror other\"><div class=box>", "</div>"},
        {"<title>pier.example</title><body><div id=main-frame-error class=interstitial-wrapper>",
         "<div class=error-code>ERR_NAME_NOT_RESOLVED</div></div>"},
        {"<title>Privacy</title><body class=ssl><div class=interstitial-wrapper>", "<div>NET::ERR_CERT_DATE_INVALID</div></div>"},
        {"<title>Seiten-Ladefehler</title><body><div id=errorPageContainer class=container><div id=errorShortDesc>",
         "</div><button id=neterrorTryAgainButton>Nochmals</button></div>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct buf page;
        buf_init(&page, MIB);
        buf_appendf(&page, "%s%s%s", pages[i][0], told, pages[i][1]);
        is_no_article(buf_str(&page), "https://pier.example/news/1", "a browser's error page");
        buf_dispose(&page);
    }
}

/* Such names alone do not lose a text, nor does one that tells of such errors. */
static void names_like_a_browsers_lose_no_article(void **state)
{
    static const char *const pages[] = {
        "<title>Net fault</title><body><div class=neterror><p>The harbour's net had a fault, the council said on Monday.</p></div>",
        "<title>Nets</title><body><div id=errorPageContainer><p>The harbour's net had a fault, the council said.</p></div>",
        "<title>Codes</title><body><p>Whoever sees ERR_NAME_NOT_RESOLVED should ask the harbour office, it said.</p>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct buf out;
        assert_int_equal(run(&out, pages[i], NULL, false), 0);
        buf_dispose(&out);
    }
}

static void a_brief_is_an_article(void **state)
{
    struct buf out;
    (void)state;
    assert_int_equal(run(&out, "<title>Pier closed</title><body><p>The pier is closed on Monday.</p>", NULL, false), 0);
    buf_dispose(&out);
}

static void what_cannot_be_read_is_refused(void **state)
{
    struct buf out = {0}, large;
    (void)state;
    struct page_source text = {.bytes = view_of("\x89PNG\r\n\x1a\n\0\0\0\rIHDR then text that goes on", 40), .where = "c.html"};
    assert_int_equal(page_extract(&out, ctx, &text, NULL), MIMEO_EMALFORMED);
    buf_init(&large, 64 * MIB);
    assert_int_equal(buf_reserve(&large, LIMIT_HTML + 1), 0);
    memset(large.ptr, 'a', LIMIT_HTML + 1);
    large.len = LIMIT_HTML + 1;
    struct page_source big = {.bytes = buf_view(&large), .where = "d.html"};
    assert_int_equal(page_extract(&out, ctx, &big, NULL), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "d.html: has"));
    buf_dispose(&large);
    buf_dispose(&out);
}

static void explained_is_what_was_kept_and_dropped(void **state)
{
    struct buf out;
    (void)state;
    assert_int_equal(run(&out, "<title>T</title><article class=story>" PROSE MORE "<div id=n class='newsletter x'>Subscribe now</div></article>",
                         NULL, true), 0);
    json_t *article = json_loads(buf_str(&out), 0, NULL), *lines = json_object_get(article, "explain");
    assert_true(json_array_size(lines) >= 2);
    assert_non_null(strstr(json_string_value(json_array_get(lines, 0)), "kept     article.story"));
    bool found = false;
    for (size_t i = 0; i < json_array_size(lines); i++)
        found = found || strstr(json_string_value(json_array_get(lines, i)), "div#n.newsletter < article.story < body < html  (12 "
                                                                              "letters): promotion: Subscribe now") != NULL;
    assert_true(found);
    json_decref(article);
    buf_dispose(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lazy_pictures_are_resolved),
        cmocka_unit_test(figures_keep_their_captions),
        cmocka_unit_test(films_and_posts_become_links),
        cmocka_unit_test(text_of_its_own_kind_is_kept),
        cmocka_unit_test(initials_are_joined_to_their_words),
        cmocka_unit_test(furniture_within_is_dropped),
        cmocka_unit_test(names_of_tags_and_columns_mean_nothing),
        cmocka_unit_test(pages_without_an_article_say_what_they_are),
        cmocka_unit_test(what_a_browser_says_of_its_failure_is_no_article),
        cmocka_unit_test(names_like_a_browsers_lose_no_article),
        cmocka_unit_test(a_brief_is_an_article),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(explained_is_what_was_kept_and_dropped),
    };
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
