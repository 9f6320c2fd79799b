/* robots.txt: import/robots.c, by RFC 9309. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/robots.h"

static mimeo_ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    return mimeo_ctx_new(&ctx) < 0;
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

static bool allows(const char *text, const char *path)
{
    struct robots r;
    assert_int_equal(robots_parse(&r, ctx, view_of_str(text), "mimeo"), 0);
    bool allowed = robots_allow(&r, path);
    robots_dispose(&r);
    return allowed;
}

static void allows_all_where_nothing_is_said(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# nothing", "User-agent: *\nDisallow:\n", "Disallow: /\n",
                                        "User-agent: other\nDisallow: /\n", "<html>not found</html>", "\xFF\xFE\x00"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(allows(texts[i], "/a/b?c"));
}

static void keeps_to_the_group_that_names_it(void **state)
{
    (void)state;
    const char *text = "User-agent: *\nDisallow: /\n\nUSER-AGENT: Other\nuser-agent: MIMEO/2.0\nSitemap: x\n"
                       "Disallow: /private # ours\n\nUser-agent: mimeobot\nDisallow: /b\nUser-agent: mimeo\nDisallow: /more\r\n";
    assert_true(allows(text, "/b"));
    assert_false(allows(text, "/private/x"));
    assert_false(allows(text, "/more"));
    assert_false(allows("User-agent: *\nDisallow: /x", "/x"));
    assert_false(allows("\xEF\xBB\xBFUser-agent: *\rDisallow: /x\r", "/xy"));
}

static void lets_the_longest_pattern_decide(void **state)
{
    (void)state;
    const char *text = "User-agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\nDisallow: /f\nAllow: /f\n";
    assert_true(allows(text, "/example/page/x"));
    assert_false(allows(text, "/example/page/disallowed.gif"));
    assert_true(allows(text, "/f"));
    assert_true(allows("User-agent: *\nDisallow: /\nAllow: /$\n", "/"));
    assert_false(allows("User-agent: *\nDisallow: /\nAllow: /$\n", "/x"));
}

static void knows_stars_and_ends(void **state)
{
    (void)state;
    const char *text = "User-agent: *\nDisallow: /*.php$\nDisallow: /a*b*c\nDisallow: *q=\n";
    assert_false(allows(text, "/x/y.php"));
    assert_true(allows(text, "/x/y.php?z"));
    assert_false(allows(text, "/axxbxxcd"));
    assert_true(allows(text, "/axxcxxb"));
    assert_false(allows(text, "/s?q=1"));
}

static void compares_escapes_by_what_they_mean(void **state)
{
    (void)state;
    const char *text = "User-agent: *\nDisallow: /foo/bar/\xE3\x83\x84\nDisallow: /%7ejoe\nDisallow: /a%2fb\n";
    assert_false(allows(text, "/foo/bar/%e3%83%84"));
    assert_false(allows(text, "/~joe/x"));
    assert_false(allows(text, "/a%2Fb"));
    assert_true(allows(text, "/a/b"));
}

static void caps_the_delay(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned delay_ms;
    } cases[] = {
        {"User-agent: *\nCrawl-delay: 2\n", 2000},        {"User-agent: *\nCrawl-delay: 1.25x\n", 1250},
        {"User-agent: *\nCrawl-delay: 99999999999999999999\n", 60000}, {"User-agent: *\nCrawl-delay: -1\n", 0},
        {"User-agent: a\nCrawl-delay: 9\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct robots r;
        assert_int_equal(robots_parse(&r, ctx, view_of_str(cases[i].text), "mimeo"), 0);
        assert_int_equal(r.delay_ms, cases[i].delay_ms);
        robots_dispose(&r);
    }
}

static void takes_what_is_too_slow_to_match_for_forbidden(void **state)
{
    (void)state;
    struct buf text;
    char path[2001] = "/";
    buf_init(&text, ROBOTS_MAX + 2048);
    buf_append_str(&text, "User-agent: *\n");
    for (int i = 0; i < ROBOTS_RULES / 8; i++)
        buf_append_str(&text, "Disallow: /*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n");
    memset(path + 1, 'a', sizeof path - 2);
    assert_false(allows(buf_str(&text), path));
    assert_true(allows(buf_str(&text), "/short"));
    buf_dispose(&text);
}

static void reads_no_more_than_its_limit(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, ROBOTS_MAX + 2048);
    buf_append_str(&text, "User-agent: *\n#");
    while (text.len < ROBOTS_MAX)
        buf_append_byte(&text, 'x');
    buf_append_str(&text, "\nDisallow: /\n");
    assert_int_equal(buf_status(&text), 0);
    assert_true(allows(buf_str(&text), "/x"));
    buf_dispose(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_all_where_nothing_is_said),
        cmocka_unit_test(keeps_to_the_group_that_names_it),
        cmocka_unit_test(lets_the_longest_pattern_decide),
        cmocka_unit_test(knows_stars_and_ends),
        cmocka_unit_test(compares_escapes_by_what_they_mean),
        cmocka_unit_test(caps_the_delay),
        cmocka_unit_test(takes_what_is_too_slow_to_match_for_forbidden),
        cmocka_unit_test(reads_no_more_than_its_limit),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
