/* Rules of publishers: what they do to a page, and what is said of one that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/limits.h"
#include "extract/page.h"
#include "extract/rules.h"
#include "extract/selector.h"

static mimeo_ctx *ctx;

static void is_refused(const char *rules, const char *words)
{
    struct page_rules *r;
    assert_int_equal(page_rules_read(&r, ctx, "site.rules", view_of_str(rules)), MIMEO_EMALFORMED);
    if (strstr(mimeo_ctx_message(ctx), words) == NULL)
        fail_msg("'%s' and not '%s'", mimeo_ctx_message(ctx), words);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    is_refused("drop p\n", "site.rules, line 1: a rule stands below a section");
    is_refused("# a\n\n[x.example]\nremove p\n", "site.rules, line 4: a rule begins with keep");
    is_refused("[x.example\n", "line 1: a section ends with ']'");
    is_refused("[ ]\n", "line 1: a section names the sites");
    is_refused("[*]\ndrop\n", "line 2: a selector is missing");
    is_refused("[*]\ndrop .\n", "a name is missing behind '.'");
    is_refused("[*]\ndrop p:first-child\n", "what begins with ':'");
    is_refused("[*]\ndrop [a\n", "']' is missing");
    is_refused("[*]\ndrop [a^b]\n", "'=' is missing");
    is_refused("[*]\ndrop [a='b]\n", "a quote is not closed");
    is_refused("[*]\ndrop a,\n", "an element is missing");
    is_refused("[*]\ndrop a + b\n", "an element is missing");
    is_refused("[*]\ndrop a b a b a b a b a\n", "too many steps");
    is_refused("[*]\ndrop \xff\n", "is not a text in UTF-8");
}

static bool matches(const char *selector, const char *html, const char *id)
{
    struct arena a = {0};
    struct dom *d;
    const char *fault = NULL;
    bool found = false;
    struct selector *s = selector_parse(&a, view_of_str(selector), &fault);
    assert_non_null(s);
    assert_int_equal(dom_parse(&d, ctx, view_of_str(html)), 0);
    for (struct dom_node *n = dom_root(d); n != NULL; n = dom_next(n, dom_root(d)))
        if (n->tag != DOM_TEXT && view_equal_str(dom_attribute(n, "id"), id))
            found = selector_matches(s, n);
    dom_free(d);
    arena_dispose(&a);
    return found;
}

static void selectors_match_as_in_css(void **state)
{
    static const char html[] = "<main><section class='x Y'><div><p id=a class='lead big' lang=en data-n=abc>t</div></section></main>"
                               "<x-box id=b></x-box>";
    (void)state;
    assert_true(matches("p", html, "a"));
    assert_true(matches("*", html, "a"));
    assert_true(matches("#a", html, "a"));
    assert_true(matches("p.lead.big[lang=en]", html, "a"));
    assert_true(matches("[data-n^=ab][data-n$='bc'][data-n*=b]", html, "a"));
    assert_true(matches("[class~=big]", html, "a"));
    assert_true(matches("main p", html, "a"));
    assert_true(matches("main > section div > p", html, "a"));
    assert_true(matches("ul, .lead", html, "a"));
    assert_true(matches("x-box", html, "b"));
    assert_false(matches("x-other", html, "b"));
    assert_false(matches("main > p", html, "a"));
    assert_false(matches("div", html, "a"));
    assert_false(matches(".lea", html, "a"));
    assert_false(matches("[data-n=ab]", html, "a"));
    assert_false(matches("section > section p", html, "a"));
}

static void a_selector_with_many_ways_takes_no_time(void **state)
{
    struct buf html;
    (void)state;
    buf_init(&html, MIB);
    for (int i = 0; i < 500; i++)
        buf_append_str(&html, "<div>");
    buf_append_str(&html, "<p id=a>");
    assert_false(matches("ul div div div div div div p", buf_str(&html), "a"));
    assert_false(matches("ul > div div > div div > div div p", buf_str(&html), "a"));
    buf_dispose(&html);
}

#define PROSE "The board has voted to keep the lighthouse, after a meeting that lasted until midnight, and the hall was full. "
static const char page[] =
    "<title>Wrong | Site</title><div class=promo><p>" PROSE PROSE "</p></div><h1 class=right>Right title</h1>"
    "<div class='story related'><p>One. " PROSE "</p><p class=inline>Two. " PROSE "</p></div>"
    "<div class=other><p>Three. " PROSE PROSE PROSE "</p></div><div class=story><p>Four. " PROSE "</p></div>"
    "<p class=by>Ada</p><p class=by>Bo</p><span class=when>4 March 2026</span>";

static json_t *extract(const char *rules, const char *url)
{
    struct page_rules *r;
    struct buf out;
    struct page_source source = {.bytes = view_of_str(page), .where = "page", .url = url};
    if (page_rules_read(&r, ctx, "site.rules", view_of_str(rules)) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    struct page_options options = {.rules = r, .lang = "en"};
    assert_int_equal(page_extract(&out, ctx, &source, &options), 0);
    json_t *article = json_loads(buf_str(&out), 0, NULL);
    assert_non_null(article);
    buf_dispose(&out);
    page_rules_free(r);
    return article;
}

static const char *field(const json_t *article, const char *name) { return json_string_value(json_object_get(article, name)); }

static void bodies_are_joined_and_drops_dropped(void **state)
{
    (void)state;
    json_t *a = extract("[pier.example]\nbody .story\ndrop .inline\n", "https://www.pier.example/1");
    const char *html = field(a, "html");
    assert_non_null(strstr(html, "One."));
    assert_non_null(strstr(html, "Four."));
    assert_null(strstr(html, "Two."));
    assert_null(strstr(html, "Three."));
    json_decref(a);
}

static void kept_is_what_the_judgement_would_drop(void **state)
{
    (void)state;
    json_t *a = extract("[*]\nbody body\n", NULL);
    assert_null(strstr(field(a, "html"), "One.")); /* its class says "related" */
    json_decref(a);
    a = extract("[*]\nbody body\nkeep .related\n", NULL);
    assert_non_null(strstr(field(a, "html"), "One."));
    json_decref(a);
}

static void fields_are_mapped(void **state)
{
    (void)state;
    json_t *a = extract("[*.example/1*]\ntitle h1.right\nbyline .by\npublished .when\n", "https://pier.example/12");
    assert_string_equal(field(a, "title"), "Right title");
    assert_int_equal(json_array_size(json_object_get(a, "bylines")), 2);
    assert_non_null(strstr(field(a, "published"), "2026-03-04"));
    json_decref(a);
}

static void rules_are_for_their_sites_alone(void **state)
{
    (void)state;
    static const char *const others[] = {"[other.example]\nbody .other\n", "[pier.example/2*]\nbody .other\n",
                                         "[sub.pier.example]\nbody .other\n"};
    for (size_t i = 0; i < 3; i++) {
        json_t *a = extract(others[i], "https://pier.example/1");
        json_t *b = extract("[*]\n", "https://pier.example/1");
        assert_true(json_equal(a, b));
        json_decref(a);
        json_decref(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(selectors_match_as_in_css),
        cmocka_unit_test(a_selector_with_many_ways_takes_no_time),
        cmocka_unit_test(bodies_are_joined_and_drops_dropped),
        cmocka_unit_test(kept_is_what_the_judgement_would_drop),
        cmocka_unit_test(fields_are_mapped),
        cmocka_unit_test(rules_are_for_their_sites_alone),
    };
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
