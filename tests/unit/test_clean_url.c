/* Addresses: article/clean_url.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/clean.h"
#include "base/limits.h"

#define BASE "http://a/b/c/d;p?q"

static void check(const char *base, struct view raw, const char *expected)
{
    struct buf out;
    buf_init(&out, 64 * KIB);
    buf_append_str(&out, "|");
    bool good = clean_url(&out, raw, base);
    if (expected == NULL && good)
        fail_msg("taken: %.*s as %s", (int)raw.len, (const char *)raw.ptr, buf_str(&out));
    if (expected != NULL && !good)
        fail_msg("refused: %.*s", (int)raw.len, (const char *)raw.ptr);
    assert_string_equal(buf_str(&out) + 1, expected == NULL ? "" : expected);
    if (good) {
        struct buf again;
        buf_init(&again, 64 * KIB);
        assert_true(clean_url(&again, view_of(out.ptr + 1, out.len - 1), NULL));
        assert_string_equal(buf_str(&again), expected);
        buf_dispose(&again);
    }
    buf_dispose(&out);
}

static void takes_as(const char *raw, const char *expected)
{
    check(NULL, view_of_str(raw), expected);
}

static void refuses(const char *raw)
{
    check(NULL, view_of_str(raw), NULL);
    check("https://example.org/", view_of_str(raw), NULL);
}

static void takes_four_schemes(void **state)
{
    (void)state;
    takes_as("http://example.org", "http://example.org");
    takes_as("HTTPS://example.org:8080/a?b=c&d#e", "https://example.org:8080/a?b=c&d#e");
    takes_as("mailto:a@example.org?subject=b", "mailto:a@example.org?subject=b");
    takes_as("Mimeo:00112233", "mimeo:00112233");
    takes_as("https://[2001:db8::1]/", "https://[2001:db8::1]/");
    takes_as("https://b\xC3\xBC" "cher.example/\xC3\xA4", "https://b\xC3\xBC" "cher.example/\xC3\xA4");
}

static void refuses_other_schemes(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://h/",
        "blob:https://h/x", "about:blank", "view-source:https://h/", "httpss://h/", "https+x://h/",
        "mailtox:a", "mimeos:1", "x:y",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        refuses(urls[i]);
}

static void a_scheme_cannot_be_hidden(void **state)
{
    (void)state;
    static const char nul[] = "java\0script:x";
    refuses(" \t\n javascript:x");
    refuses("java\nscript:x");
    refuses("java\tscr\r\nipt:x");
    refuses("\x01\x1Fjavascript:x");
    refuses("JaVaScRiPt:x");
    refuses("\xEF\xBB\xBFjavascript:x");
    refuses("java\xE2\x80\xAEscript:x");
    check("https://e.org/", view_of(nul, sizeof nul - 1), NULL);
}

static void strips_controls_and_escapes_what_is_unclear(void **state)
{
    (void)state;
    takes_as("  https://example.org/a b \n", "https://example.org/a%20b");
    takes_as("https://exa\nmple.org/\x7F\xC2\x85\xE2\x80\xAE" "a", "https://example.org/a");
    takes_as("https://e.org/\"<>`\\", "https://e.org/%22%3C%3E%60%5C");
}

static void refuses_hosts_that_browsers_read_otherwise(void **state)
{
    (void)state;
    refuses("https://bank.example@evil.example/");
    refuses("https://bank.example\\@evil.example/");
    refuses("https:\\\\evil.example/");
    refuses("https:evil.example");
    refuses("https:/evil.example");
    refuses("https:///evil.example");
    refuses("https://");
    refuses("https://:80/");
    refuses("https://?x");
    refuses("https://e%2Forg/");
    refuses("https://e org/");
    refuses("mailto:");
    refuses("mimeo:");
    refuses("mimeo://x/");
    refuses("\xFF");
    refuses("https://e.org/\xC3");
    refuses("");
    refuses(" ");
}

static void relative_addresses_need_a_base(void **state)
{
    (void)state;
    check(NULL, view_of_str("a"), NULL);
    check("", view_of_str("/a"), NULL);
    check(NULL, view_of_str("//e.org/"), NULL);
    check("mailto:a@b", view_of_str("c"), NULL);
    check("javascript:x", view_of_str("c"), NULL);
    check("not a url", view_of_str("c"), NULL);
    check("https://e.org", view_of_str("c"), "https://e.org/c");
    check("https://e.org?x", view_of_str("?y"), "https://e.org?y");
    check("https://e.org/", view_of_str("\\\\evil.example/"), "https://e.org/%5C%5Cevil.example/");
    check("https://e.org/", view_of_str("//u@evil.example/"), NULL);
}

/* RFC 3986 s. 5.4, but "g:h", "http:g" and "", which are not taken. */
static void resolves_as_the_rfc_says(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"}, {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"}, {"//g", "http://g"}, {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q#s"}, {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"}, {";x", "http://a/b/c/;x"}, {"g;x", "http://a/b/c/g;x"},
        {".", "http://a/b/c/"}, {"./", "http://a/b/c/"}, {"..", "http://a/b/"},
        {"../", "http://a/b/"}, {"../g", "http://a/b/g"}, {"../..", "http://a/"},
        {"../../", "http://a/"}, {"../../g", "http://a/g"}, {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"}, {"/./g", "http://a/g"}, {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."}, {".g", "http://a/b/c/.g"}, {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"}, {"./../g", "http://a/b/g"}, {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"}, {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"}, {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"}, {"g#s/../x", "http://a/b/c/g#s/../x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(BASE, view_of_str(cases[i][0]), cases[i][1]);
    check(BASE, view_of_str("g:h"), NULL);
    check(BASE, view_of_str("http:g"), NULL);
    check(BASE, view_of_str(""), NULL);
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    struct buf raw, out;
    buf_init(&raw, MIB);
    buf_init(&out, MIB);
    buf_append_str(&raw, "https://example.org/");
    while (raw.len < 2 * LIMIT_ARTICLE_URL)
        buf_append_byte(&raw, 'a');
    assert_true(clean_url(&out, buf_view(&raw), NULL));
    buf_append_byte(&raw, 'a');
    assert_false(clean_url(&out, buf_view(&raw), NULL));
    buf_dispose(&raw);
    buf_dispose(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_four_schemes),
        cmocka_unit_test(refuses_other_schemes),
        cmocka_unit_test(a_scheme_cannot_be_hidden),
        cmocka_unit_test(strips_controls_and_escapes_what_is_unclear),
        cmocka_unit_test(refuses_hosts_that_browsers_read_otherwise),
        cmocka_unit_test(relative_addresses_need_a_base),
        cmocka_unit_test(resolves_as_the_rfc_says),
        cmocka_unit_test(refuses_what_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
