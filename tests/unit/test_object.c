/* Tests of bundle/object.c: prefixes, and walks through packs that somebody spoiled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "bundle/object.h"

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

static void words(const char *expected)
{
    if (strstr(mimeo_ctx_message(ctx), expected) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), expected);
}

/* ---- prefixes ---- */

static void expect_prefix(int code, unsigned kind, uint32_t header_len, uint64_t total_len,
                          const char *expected)
{
    struct buf b;
    struct prefix p = {.kind = (enum object_kind)99};
    buf_init(&b, 64);
    assert_int_equal(prefix_write(&b, (enum object_kind)kind, header_len, total_len), 0);
    assert_int_equal(b.len, PREFIX_LEN);
    int rc = prefix_parse(&p, ctx, "x.mimeo", buf_view(&b));
    if (rc != code)
        fail_msg("%d (%s), kind %u %u %llu", rc, mimeo_ctx_message(ctx), kind, header_len,
                 (unsigned long long)total_len);
    if (code == 0 || code == MIMEO_ENEWER) {
        assert_int_equal(p.kind, kind);
        assert_int_equal(p.header_len, header_len);
        assert_true(p.total_len == total_len);
    } else {
        assert_int_equal(p.kind, 99); /* untouched */
    }
    if (expected != NULL)
        words(expected);
    buf_dispose(&b);
}

static void each_kind_is_taken_at_its_caps_and_refused_past_them(void **state)
{
    (void)state;
    expect_prefix(0, OBJECT_CHARTER, LIMIT_CHARTER, 24 + LIMIT_CHARTER, NULL);
    expect_prefix(MIMEO_EMALFORMED, OBJECT_CHARTER, LIMIT_CHARTER + 1, 24 + LIMIT_CHARTER + 1,
                  "over the limit of 16384");
    expect_prefix(0, OBJECT_HEADER, LIMIT_HEADER, 24 + LIMIT_HEADER, NULL);
    expect_prefix(MIMEO_EMALFORMED, OBJECT_HEADER, LIMIT_HEADER + 1, 24 + LIMIT_HEADER + 1,
                  "over the limit of 8192");
    expect_prefix(0, OBJECT_DICTIONARY, 0, 24 + LIMIT_DICTIONARY, NULL);
    expect_prefix(MIMEO_EMALFORMED, OBJECT_DICTIONARY, 0, 24 + LIMIT_DICTIONARY + 1,
                  "a dictionary of 32793 bytes is over the limit");
    expect_prefix(0, OBJECT_BUNDLE, LIMIT_HEADER, LIMIT_BUNDLE, NULL);
    expect_prefix(0, OBJECT_BUNDLE, 100, 124, NULL); /* a heartbeat */
    expect_prefix(MIMEO_EMALFORMED, OBJECT_BUNDLE, 100, LIMIT_BUNDLE + 1, "over the limit");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_BUNDLE, LIMIT_HEADER + 1, LIMIT_BUNDLE, "over the limit");
    expect_prefix(0, OBJECT_MEDIA, 0, 24 + LIMIT_MEDIA, NULL);
    expect_prefix(MIMEO_EMALFORMED, OBJECT_MEDIA, 0, 24 + LIMIT_MEDIA + 1, "over the limit");
    expect_prefix(0, OBJECT_PART, 0, 24 + LIMIT_PART, NULL);
    expect_prefix(MIMEO_EMALFORMED, OBJECT_PART, 0, 24 + LIMIT_PART + 1, "over the limit");
}

static void lengths_must_agree_with_each_other(void **state)
{
    (void)state;
    expect_prefix(MIMEO_EMALFORMED, OBJECT_CHARTER, 100, 125, "does not end with its header");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_HEADER, 100, UINT64_MAX, "does not end with its header");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_HEADER, 100, 123, "longer than the header");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_HEADER, 0, 24, "needs a header");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_BUNDLE, 0, 1000, "needs a header");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_MEDIA, 1, 1000, "has no header");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_BUNDLE, 100, 123, "longer than the bundle");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_BUNDLE, 100, 23, "less than the prefix");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_MEDIA, 0, 0, "less than the prefix");
    expect_prefix(MIMEO_EMALFORMED, OBJECT_MEDIA, 0, UINT64_MAX, "over the limit");
}

static void an_unknown_kind_needs_a_newer_mimeo(void **state)
{
    (void)state;
    expect_prefix(MIMEO_ENEWER, 7, 7, 1 << 30, "kind 7");
    expect_prefix(MIMEO_ENEWER, 0, 0, 24, "newer mimeo");
    expect_prefix(MIMEO_ENEWER, 255, UINT32_MAX, UINT64_MAX, "newer mimeo");
    expect_prefix(MIMEO_EMALFORMED, 7, 0, 23, "less than the prefix");
}

static void expect_bytes(const char *bytes, size_t len, const char *expected)
{
    struct prefix p;
    assert_int_equal(prefix_parse(&p, ctx, "x.mimeo", view_of(bytes, len)), MIMEO_EMALFORMED);
    words(expected);
}

#define BYTES(s) (s), sizeof(s) - 1
#define REST "\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x18"

static void a_magic_changed_on_the_way_is_told_as_that(void **state)
{
    (void)state;
    expect_bytes(BYTES("\x8DMMO\x0A\x1A\x0A" REST "\0"), "CR LF became LF");
    expect_bytes(BYTES("\x8DMMO\x0D\x0D\x0A\x1A\x0D\x0A" REST), "LF became CR LF");
    expect_bytes(BYTES("\x8DMMO\x0D\x0A\x1A\x0D\x0A" REST), "LF became CR LF");
    expect_bytes(BYTES("\x8DMMO\x0D\x1A\x0D" REST "\0"), "LF became CR)");
    expect_bytes(BYTES("\x0DMMO\x0D\x0A\x1A\x0A" REST), "top bits");
    expect_bytes(BYTES("\xC2\x8DMMO\x0D\x0A\x1A\x0A" REST), "UTF-8");
    expect_bytes(BYTES("\xEF\xBF\xBDMMO\x0D\x0A\x1A\x0A" REST), "UTF-8");
    expect_bytes(BYTES("PK\x03\x04 some other file of whatever kind"), "does not begin with the magic");
}

static void a_cut_prefix_is_told_as_cut(void **state)
{
    (void)state;
    static const char whole[] = "\x8DMMO\x0D\x0A\x1A\x0A" REST;
    for (size_t len = 0; len < PREFIX_LEN; len++)
        expect_bytes(whole, len, "is cut off");
    expect_bytes(BYTES("hello"), "does not begin with the magic");
}

static void the_three_zeros_must_be_zero(void **state)
{
    (void)state;
    for (size_t i = 9; i < 12; i++) {
        char bytes[] = "\x8DMMO\x0D\x0A\x1A\x0A" REST;
        bytes[i] = 1;
        expect_bytes(bytes, PREFIX_LEN, "are not zero");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_taken_at_its_caps_and_refused_past_them),
        cmocka_unit_test(lengths_must_agree_with_each_other),
        cmocka_unit_test(an_unknown_kind_needs_a_newer_mimeo),
        cmocka_unit_test(a_magic_changed_on_the_way_is_told_as_that),
        cmocka_unit_test(a_cut_prefix_is_told_as_cut),
        cmocka_unit_test(the_three_zeros_must_be_zero),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
