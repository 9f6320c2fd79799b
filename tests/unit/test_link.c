/* Tests of trust/link.c: one spelling a link, and each slip refused in its own words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "trust/fingerprint.h"

static mimeo_ctx *ctx;
static struct link full; /* two mirrors and both floors */
static struct buf text;  /* full, written */

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0)
        return -1;
    full.publisher = hash_of(VIEW_OF_LITERAL("publisher"));
    full.mirror_count = 2;
    strcpy(full.mirrors[0], "https://example.org/press.git?a=b&c=%20");
    strcpy(full.mirrors[1], "ssh://git@example.net:2222/~press/mirror");
    full.charter_version = 3;
    full.charter_hash = hash_of(VIEW_OF_LITERAL("charter"));
    full.seq = LIMIT_SEQ;
    full.header_hash = hash_of(VIEW_OF_LITERAL("header"));
    buf_init(&text, LINK_LEN);
    return link_write(&text, &full);
}

static int tear_down(void **state)
{
    (void)state;
    buf_dispose(&text);
    mimeo_ctx_free(ctx);
    return 0;
}

static void expect_view(int code, struct view v, const char *words)
{
    struct link l;
    memset(&l, 0x5A, sizeof l);
    int rc = link_parse(&l, ctx, v);
    if (rc != code)
        fail_msg("%d (%s) for %.*s", rc, mimeo_ctx_message(ctx), (int)v.len, (const char *)v.ptr);
    if (rc < 0) {
        assert_int_equal(l.publisher.bytes[0], 0x5A); /* untouched */
        if (words != NULL && strstr(mimeo_ctx_message(ctx), words) == NULL)
            fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), words);
    }
}

/* A link with a right checksum over `params`, whatever they are. */
static void expect_params(int code, const char *params, const char *words)
{
    char id[HASH_HEX_LEN + 1], sum[HASH_HEX_LEN + 1];
    hash_format(id, &full.publisher);
    struct buf b;
    buf_init(&b, 8192);
    buf_appendf(&b, "mimeo:%s%s", id, params);
    struct hash h = hash_of(buf_view(&b));
    hash_format(sum, &h);
    buf_clear(&b);
    assert_int_equal(buf_appendf(&b, "mimeo:%s-%.8s%s", id, sum, params), 0);
    expect_view(code, buf_view(&b), words);
    buf_dispose(&b);
}

static void write_then_parse_is_the_identity(void **state)
{
    (void)state;
    struct link back;
    assert_int_equal(link_parse(&back, ctx, buf_view(&text)), 0);
    assert_true(hash_equal(&back.publisher, &full.publisher));
    assert_int_equal(back.mirror_count, 2);
    assert_string_equal(back.mirrors[0], full.mirrors[0]);
    assert_string_equal(back.mirrors[1], full.mirrors[1]);
    assert_int_equal(back.charter_version, 3);
    assert_true(hash_equal(&back.charter_hash, &full.charter_hash));
    assert_true(back.seq == LIMIT_SEQ);
    assert_true(hash_equal(&back.header_hash, &full.header_hash));
}

static void write_gives_the_grammar_of_the_format(void **state)
{
    (void)state;
    assert_non_null(strstr(buf_str(&text), "?m=https%3A%2F%2Fexample.org%2Fpress.git%3Fa%3Db%26c%3D%2520"
                                           "&m=ssh%3A%2F%2Fgit%40example.net%3A2222%2F~press%2Fmirror"
                                           "&c=3-"));
    assert_non_null(strstr(buf_str(&text), "&h=999999999999-"));
}

static void a_bare_id_is_a_link(void **state)
{
    (void)state;
    struct link bare = {.publisher = full.publisher}, back;
    struct buf b;
    buf_init(&b, LINK_LEN);
    assert_int_equal(link_write(&b, &bare), 0);
    assert_int_equal(b.len, 6 + 64 + 1 + 8);
    assert_int_equal(link_parse(&back, ctx, buf_view(&b)), 0);
    assert_true(hash_equal(&back.publisher, &full.publisher));
    assert_int_equal(back.mirror_count, 0);
    assert_int_equal(back.charter_version, 0);
    assert_true(back.seq == 0);
    buf_dispose(&b);
}

static void each_changed_byte_is_refused(void **state)
{
    (void)state;
    char copy[LINK_LEN + 1];
    for (size_t i = 0; i < text.len; i++) {
        memcpy(copy, buf_str(&text), text.len + 1);
        copy[i] = copy[i] == 'x' ? 'y' : 'x';
        expect_view(MIMEO_EMALFORMED, view_of(copy, text.len),
                    i < 6 ? "not a mimeo: link" : "mistyped");
    }
}

static void each_swap_of_neighbours_is_refused(void **state)
{
    (void)state;
    char copy[LINK_LEN + 1];
    for (size_t i = 0; i + 1 < text.len; i++) {
        memcpy(copy, buf_str(&text), text.len + 1);
        if (copy[i] == copy[i + 1])
            continue;
        copy[i] = buf_str(&text)[i + 1];
        copy[i + 1] = buf_str(&text)[i];
        expect_view(MIMEO_EMALFORMED, view_of(copy, text.len), NULL);
    }
}

static void each_cut_is_refused_and_told_as_cut(void **state)
{
    (void)state;
    for (size_t len = 6; len < text.len; len++)
        expect_view(MIMEO_EMALFORMED, view_of(buf_str(&text), len), "cut off");
    for (size_t len = 0; len < 6; len++)
        expect_view(MIMEO_EMALFORMED, view_of(buf_str(&text), len), "not a mimeo: link");
}

static void each_change_of_case_is_refused(void **state)
{
    (void)state;
    char copy[LINK_LEN + 1];
    for (size_t i = 0; i < text.len; i++) {
        memcpy(copy, buf_str(&text), text.len + 1);
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 32);
        else if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + 32);
        else
            continue;
        expect_view(MIMEO_EMALFORMED, view_of(copy, text.len), i < 79 ? "capital letters" : "mistyped");
    }
}

static void what_messengers_put_around_is_stripped(void **state)
{
    (void)state;
    static const char *const pads[] = {" ", "\n", "\r\n", "\t", "\xe2\x80\x8b", "\xef\xbb\xbf",
                                       "\xe2\x80\x8e", "\xe2\x80\x8f", " \xe2\x80\x8f\n\xef\xbb\xbf "};
    for (size_t i = 0; i < sizeof pads / sizeof *pads; i++) {
        struct buf b;
        buf_init(&b, 4096);
        assert_int_equal(buf_appendf(&b, "%s%s%s", pads[i], buf_str(&text), pads[i]), 0);
        expect_view(0, buf_view(&b), NULL);
        buf_dispose(&b);
    }
    expect_view(MIMEO_EMALFORMED, VIEW_OF_LITERAL(" \n\xe2\x80\x8b"), "not a mimeo: link");
}

static void spaces_and_marks_inside_are_refused(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    buf_appendf(&b, "%.100s\n%s", buf_str(&text), buf_str(&text) + 100);
    expect_view(MIMEO_EMALFORMED, buf_view(&b), "holds a space");
    buf_clear(&b);
    buf_appendf(&b, "%.100s\xe2\x80\x8b%s", buf_str(&text), buf_str(&text) + 100);
    expect_view(MIMEO_EMALFORMED, buf_view(&b), "holds a space");
    buf_clear(&b);
    buf_appendf(&b, "%.100s", buf_str(&text));
    buf_append_byte(&b, 0);
    expect_view(MIMEO_EMALFORMED, buf_view(&b), "holds a space");
    buf_dispose(&b);
}

static void parameters_are_judged_strictly(void **state)
{
    (void)state;
    static const char h64[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char p[256];
    expect_params(0, "", NULL);
    expect_params(MIMEO_EMALFORMED, "?", "without a name");
    expect_params(MIMEO_EMALFORMED, "?m", "without a name");
    expect_params(MIMEO_EMALFORMED, "?=1", "without a name");
    expect_params(MIMEO_EMALFORMED, "x", "goes on");
    expect_params(MIMEO_EMALFORMED, "&m=http%3A%2F%2Fa", "goes on");
    expect_params(MIMEO_EMALFORMED, "?m=http%3A%2F%2Fa&", "without a name");
    expect_params(MIMEO_ENEWER, "?z=1", "newer mimeo");
    expect_params(MIMEO_ENEWER, "?m=http%3A%2F%2Fa&mm=1", "newer mimeo");
    static const struct { const char *format; int code; const char *words; } floors[] = {
        {"?c=1-%s", 0, NULL},
        {"?c=1000-%s", 0, NULL},
        {"?c=1001-%s", MIMEO_EMALFORMED, "charter's number"},
        {"?c=0-%s", MIMEO_EMALFORMED, "charter's number"},
        {"?c=01-%s", MIMEO_EMALFORMED, "charter's number"},
        {"?c=-%s", MIMEO_EMALFORMED, "charter's number"},
        {"?c=1-%s0", MIMEO_EMALFORMED, "charter's number"},
        {"?c=1%s", MIMEO_EMALFORMED, "charter's number"},
        {"?h=999999999999-%s", 0, NULL},
        {"?h=1000000000000-%s", MIMEO_EMALFORMED, "bundle's number"},
        {"?h=0-%s", MIMEO_EMALFORMED, "bundle's number"},
        {"?h=18446744073709551617-%s", MIMEO_EMALFORMED, "bundle's number"},
        {"?h=1-%s&m=http%%3A%%2F%%2Fa", MIMEO_EMALFORMED, "wrong order"},
        {"?c=1-%s&m=http%%3A%%2F%%2Fa", MIMEO_EMALFORMED, "wrong order"},
        {"?c=1-%1$s&c=1-%1$s", MIMEO_EMALFORMED, "wrong order"},
        {"?h=1-%1$s&h=1-%1$s", MIMEO_EMALFORMED, "wrong order"},
        {"?h=1-%1$s&c=1-%1$s", MIMEO_EMALFORMED, "wrong order"},
    };
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(p, sizeof p, floors[i].format, h64);
#pragma GCC diagnostic pop
        expect_params(floors[i].code, p, floors[i].words);
    }
}

static void addresses_have_one_encoding(void **state)
{
    (void)state;
    expect_params(0, "?m=http%3A%2F%2Fa", NULL);
    expect_params(MIMEO_EMALFORMED, "?m=http%3a%2f%2fa", "mirror"); /* small hex */
    expect_params(MIMEO_EMALFORMED, "?m=http://a", "mirror");       /* not encoded */
    expect_params(MIMEO_EMALFORMED, "?m=%68ttp%3A%2F%2Fa", "mirror"); /* encoded without need */
    expect_params(MIMEO_EMALFORMED, "?m=http%3A%2F%2Fa%", "mirror");
    expect_params(MIMEO_EMALFORMED, "?m=http%3A%2F%2Fa%2", "mirror");
    expect_params(MIMEO_EMALFORMED, "?m=http%3A%2F%2Fa%G0", "mirror");
    expect_params(MIMEO_EMALFORMED, "?m=http%3A%2F%2Fa+b", "mirror");
}

static void hostile_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "?m=", "?m=http%3A%2F%2F", "?m=file%3A%2F%2F%2Fetc%2Fpasswd", "?m=ext%3A%3Ash",
        "?m=javascript%3A1", "?m=HTTP%3A%2F%2Fa",
        "?m=http%3A%2F%2Fa%20b",                   /* space */
        "?m=http%3A%2F%2Fa%00b", "?m=http%3A%2F%2Fa%0Ab", "?m=http%3A%2F%2Fa%7F",
        "?m=http%3A%2F%2Fa%FF",                    /* no UTF-8 */
        "?m=http%3A%2F%2Fa%E2%80%AE", "?m=http%3A%2F%2Fa%E2%80%8F",
        "?m=ssh%3A%2F%2F-oProxyCommand%3Dx%2Fy",   /* an option for ssh */
        "?m=ssh%3A%2F%2Fu%40-oProxyCommand%3Dx%2Fy", "?m=ssh%3A%2F%2F-x%40host%2Fy",
        "?m=http%3A%2F%2F%2Fpath", "?m=http%3A%2F%2F%3A80%2F", "?m=http%3A%2F%2Fuser%40%2F",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_params(MIMEO_EMALFORMED, bad[i], "names a mirror whose address");
}

static void the_caps_hold(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 8192);
    for (int i = 0; i < 8; i++)
        buf_append_str(&b, i == 0 ? "?m=git%3A%2F%2Fa" : "&m=git%3A%2F%2Fa");
    expect_params(0, buf_str(&b), NULL);
    buf_append_str(&b, "&m=git%3A%2F%2Fa");
    expect_params(MIMEO_EMALFORMED, buf_str(&b), "more than 8");
    buf_clear(&b);
    buf_append_str(&b, "?m=git%3A%2F%2F");
    for (size_t i = 6; i < LIMIT_URL; i++)
        buf_append_byte(&b, 'a');
    expect_params(0, buf_str(&b), NULL);
    buf_append_byte(&b, 'a');
    expect_params(MIMEO_EMALFORMED, buf_str(&b), "mirror");
    buf_clear(&b);
    buf_append_str(&b, "?z=");
    while (b.len < LINK_LEN - 79)
        buf_append_byte(&b, 'a');
    expect_params(MIMEO_ENEWER, buf_str(&b), NULL);
    buf_append_byte(&b, 'a');
    expect_params(MIMEO_EMALFORMED, buf_str(&b), "longer than 2048");
    buf_dispose(&b);
}

static void write_refuses_what_parse_would(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, LINK_LEN);
    struct link l = full;
    strcpy(l.mirrors[1], "file:///etc");
    assert_int_equal(link_write(&b, &l), MIMEO_EMALFORMED);
    l = full;
    l.seq = LIMIT_SEQ + 1;
    assert_int_equal(link_write(&b, &l), MIMEO_EMALFORMED);
    l = full;
    l.mirror_count = 8; /* eight long addresses do not fit 2,048 bytes */
    for (size_t i = 0; i < 8; i++) {
        memset(l.mirrors[i], 'a', LIMIT_URL);
        memcpy(l.mirrors[i], "http://", 7);
        l.mirrors[i][LIMIT_URL] = '\0';
    }
    assert_int_equal(link_write(&b, &l), MIMEO_EMALFORMED);
    assert_int_equal(b.len, 0);
    buf_dispose(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_then_parse_is_the_identity),
        cmocka_unit_test(write_gives_the_grammar_of_the_format),
        cmocka_unit_test(a_bare_id_is_a_link),
        cmocka_unit_test(each_changed_byte_is_refused),
        cmocka_unit_test(each_swap_of_neighbours_is_refused),
        cmocka_unit_test(each_cut_is_refused_and_told_as_cut),
        cmocka_unit_test(each_change_of_case_is_refused),
        cmocka_unit_test(what_messengers_put_around_is_stripped),
        cmocka_unit_test(spaces_and_marks_inside_are_refused),
        cmocka_unit_test(parameters_are_judged_strictly),
        cmocka_unit_test(addresses_have_one_encoding),
        cmocka_unit_test(hostile_addresses_are_refused),
        cmocka_unit_test(the_caps_hold),
        cmocka_unit_test(write_refuses_what_parse_would),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
