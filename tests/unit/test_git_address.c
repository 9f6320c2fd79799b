/* Tests of sync/git.c and push_limits.c: what an address is, and what is shown and known of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/push.h"

static mimeo_ctx *ctx;

static void address_kinds_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        enum address_kind kind;
    } cases[] = {
        {"https://a.example/x", ADDRESS_HTTP}, {"HTTP://a.example", ADDRESS_HTTP}, {"ssh://git@a.example/x", ADDRESS_SSH},
        {"git@a.example:x.git", ADDRESS_SSH},  {"a.example:x", ADDRESS_SSH},       {"git://a.example/x", ADDRESS_GIT},
        {"file:///srv/x", ADDRESS_FILE},       {"/srv/x", ADDRESS_PATH},           {"x.git", ADDRESS_PATH},
        {"./a:b", ADDRESS_PATH},               {"dir/a:b", ADDRESS_PATH},          {":x", ADDRESS_PATH},
        {"ext::sh -c x", ADDRESS_OTHER},       {"ftp://a.example/x", ADDRESS_OTHER}, {"fd::7", ADDRESS_OTHER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (address_kind(cases[i].address) != cases[i].kind)
            fail_msg("%s", cases[i].address);
}

static void shown(const char *address, const char *expected)
{
    char *got = address_for_print(address);
    assert_string_equal(got, expected);
    free(got);
}

static void address_is_shown_without_a_password(void **state)
{
    (void)state;
    shown("https://courier:secret@a.example/x", "https://a.example/x");
    shown("https://token@a.example/x", "https://a.example/x");
    shown("https://a:b@c:d@a.example/x", "https://a.example/x");
    shown("https://a.example/x@y", "https://a.example/x@y");
    shown("ssh://git@a.example/x", "ssh://git@a.example/x");
    shown("ssh://git:secret@a.example/x", "ssh://a.example/x");
    shown("git@a.example:x", "git@a.example:x");
    shown("/srv/a:b@c", "/srv/a:b@c");
}

static void limits_go_by_the_host_alone(void **state)
{
    (void)state;
    assert_string_equal(limits_of_host("https://user:x@GitHub.com:443/a/b.git")->host, "github.com");
    assert_string_equal(limits_of_host("git@github.com:a/b.git")->host, "github.com");
    assert_string_equal(limits_of_host("ssh://git@gitlab.com/a/b.git")->host, "gitlab.com");
    assert_string_equal(limits_of_host("https://github.com.elsewhere.example/a")->host, "");
    assert_string_equal(limits_of_host("https://github.com@elsewhere.example/a")->host, "");
    assert_string_equal(limits_of_host("https://elsewhere.example/github.com")->host, "");
    assert_string_equal(limits_of_host("/srv/github.com")->host, "");
}

static void limits_warn_from_four_fifths_and_refuse_above(void **state)
{
    (void)state;
    const struct host_limits l = {.host = "host.example", .repository_max = 1000000000};
    const struct host_limits wish = {.host = "host.example", .repository_wish = 1000000000};
    struct buf words;
    buf_init(&words, 1000);
    assert_int_equal(limits_check(&words, ctx, "'x'", &l, 800000000), 0);
    assert_int_equal(words.len, 0);
    assert_int_equal(limits_check(&words, ctx, "'x'", &l, 800000001), 0);
    assert_non_null(strstr(buf_str(&words), "host.example takes no repository over 1.0 GB"));
    buf_clear(&words);
    assert_int_equal(limits_check(&words, ctx, "'x'", &l, 1000000000), 0);
    assert_int_equal(limits_check(&words, ctx, "'x'", &l, 1000000001), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "--no-media"));
    buf_clear(&words);
    assert_int_equal(limits_check(&words, ctx, "'x'", &wish, 9000000000), 0); /* a wish refuses nothing */
    assert_non_null(strstr(buf_str(&words), "asks for less than 1.0 GB"));
    buf_dispose(&words);
    const struct host_limits push = {.host = "host.example", .push_max = 2000000000};
    assert_int_equal(limits_check_push(ctx, "'x'", &push, 2000000000), 0);
    assert_int_equal(limits_check_push(ctx, "'x'", &push, 2000000001), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "takes no push over 2.0 GB"));
    assert_int_equal(limits_check_push(ctx, "'x'", &l, UINT64_MAX), 0); /* unknown: nothing is refused */
}

static void said(const char *words, int code, const char *part)
{
    struct program_result r = {.status = 128};
    buf_init(&r.out, 10);
    buf_init(&r.err, 4000);
    buf_append_str(&r.err, words);
    assert_int_equal(git_failed(ctx, "'x'", &r), code);
    if (strstr(mimeo_ctx_message(ctx), part) == NULL)
        fail_msg("'%s' says nothing about '%s'", mimeo_ctx_message(ctx), part);
    program_result_dispose(&r);
}

static void words_of_git_become_codes(void **state)
{
    (void)state;
    said("fatal: unable to access 'https://a.example/x/': Could not resolve host: a.example\n", MIMEO_EUNREACHABLE, "name");
    said("fatal: unable to access 'https://a.example/x/': The requested URL returned error: 403\n", MIMEO_EFAIL, "403");
    said("fatal: Authentication failed for 'https://a.example/x/'\n", MIMEO_EFAIL, "authentication");
    said("remote: Repository not found.\nfatal: repository 'https://a.example/x/' not found\n", MIMEO_ENOTFOUND, "no such");
    said("ssh: connect to host a.example port 22: Connection refused\nfatal: Could not read from remote repository.\n",
         MIMEO_EUNREACHABLE, "refused");
    said("git@a.example: Permission denied (publickey).\r\nfatal: Could not read from remote repository.\n", MIMEO_EFAIL, "ssh key");
    said("warning: x\nfatal: something new about https://u:secret@a.example/x\n", MIMEO_EFAIL, "https://a.example/x");
    assert_null(strstr(mimeo_ctx_message(ctx), "secret"));
    said("", MIMEO_EFAIL, "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_kinds_are_told_apart),
        cmocka_unit_test(address_is_shown_without_a_password),
        cmocka_unit_test(limits_go_by_the_host_alone),
        cmocka_unit_test(limits_warn_from_four_fifths_and_refuse_above),
        cmocka_unit_test(words_of_git_become_codes),
    };
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
