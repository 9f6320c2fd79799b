/* Addresses as keys: archive/url_key.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive/url_key.h"

static void expect_normal(const char *url, const char *expected)
{
    char out[URL_MAX] = "";
    assert_true(url_normal(out, view_of_str(url)));
    assert_string_equal(out, expected);
}

static void expect_join(const char *ref, const char *expected)
{
    char out[URL_MAX] = "";
    assert_true(url_join(out, "http://a/b/c/d;p?q", view_of_str(ref)));
    assert_string_equal(out, expected);
}

static bool same_key(const char *a, const char *b)
{
    char x[URL_MAX], y[URL_MAX];
    assert_true(url_normal(x, view_of_str(a)) && url_normal(y, view_of_str(b)));
    struct url_key p = url_key_of(x), q = url_key_of(y);
    return memcmp(&p, &q, sizeof(p)) == 0;
}

static void normal_form_is_one(void **state)
{
    (void)state;
    expect_normal("HTTP://User:pw@News.Example:80/a/%7Eb/%c3%a9?x=%2f#frag", "http://news.example/a/~b/%C3%A9?x=%2F");
    expect_normal("https://news.example:443", "https://news.example/");
    expect_normal("https://news.example:8443/", "https://news.example:8443/");
    expect_normal("  https://news.example/a b\xC3\xA9 ", "https://news.example/a%20b%C3%A9");
    expect_normal("https://news.example/a/./b/../../c/..", "https://news.example/");
    expect_normal("https://news.example/../../x", "https://news.example/x");
    expect_normal("https://news.example?q", "https://news.example/?q");
    expect_normal("https://news.example/100%", "https://news.example/100%25");
    expect_normal("https://news.example/%%34%31/%4%31", "https://news.example/%2541/%2541");
    expect_normal("https://news.example:443:443::/", "https://news.example/");
    expect_normal("https://news.example:%34%34%33/", "https://news.example/");
    expect_normal("news+1.0-x://3:::", "news+1.0-x://3/");
    expect_normal("urn:uuid:1", "urn:uuid:1");
}

static void what_is_no_address_is_refused(void **state)
{
    char out[URL_MAX], *big = malloc(2 * URL_MAX);
    (void)state;
    memset(big, 'a', 2 * URL_MAX);
    memcpy(big, "http://a/", 9);
    assert_false(url_normal(out, view_of_str("news.example/a")));
    assert_false(url_normal(out, view_of_str("")));
    assert_false(url_normal(out, view_of_str("//host/")));
    assert_false(url_normal(out, view_of_str("a$b://host/")));
    assert_false(url_normal(out, view_of_str("1st://host/")));
    assert_false(url_normal(out, view_of(big, 2 * URL_MAX)));
    assert_true(url_normal(out, view_of(big, URL_MAX - 1)));
    assert_false(url_normal(out, view_of(big, URL_MAX)));
    free(big);
}

/* RFC 3986 s. 5.4, what of it has to do with the web. */
static void references_are_resolved(void **state)
{
    (void)state;
    expect_join("g", "http://a/b/c/g");
    expect_join("./g", "http://a/b/c/g");
    expect_join("g/", "http://a/b/c/g/");
    expect_join("/g", "http://a/g");
    expect_join("//g", "http://g/");
    expect_join("?y", "http://a/b/c/d;p?y");
    expect_join("g?y", "http://a/b/c/g?y");
    expect_join("", "http://a/b/c/d;p?q");
    expect_join("..", "http://a/b/");
    expect_join("../..", "http://a/");
    expect_join("../../../g", "http://a/g");
    expect_join("g;x=1/../y", "http://a/b/c/y");
    expect_join("a b:c", "http://a/b/c/a%20b:c");
    expect_join("https://other.example/x", "https://other.example/x");
}

static void http_and_https_have_one_key(void **state)
{
    (void)state;
    assert_true(same_key("http://news.example/a", "https://news.example:443/a#x"));
    assert_false(same_key("http://news.example/a", "http://news.example/b"));
    assert_false(same_key("http://news.example/a", "ftp://news.example/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_form_is_one),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(references_are_resolved),
        cmocka_unit_test(http_and_https_have_one_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
