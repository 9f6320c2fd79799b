/* Tests of trust/fingerprint.c: every slip of the tongue or finger must be caught. */
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
static struct hash publisher;
static char digits[FINGERPRINT_LEN + 1];

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0)
        return -1;
    publisher = hash_of(VIEW_OF_LITERAL("a publisher"));
    fingerprint_format(digits, &publisher);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

static void expect(int code, const char *typed, const char *words)
{
    assert_int_equal(fingerprint_expect(ctx, &publisher, typed), code);
    if (words != NULL && strstr(mimeo_ctx_message(ctx), words) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), words);
}

static void format_gives_eight_groups_of_five(void **state)
{
    (void)state;
    assert_int_equal(strlen(digits), FINGERPRINT_LEN);
    for (size_t i = 0; i < FINGERPRINT_LEN; i++)
        if (i % 6 == 5)
            assert_int_equal(digits[i], ' ');
        else
            assert_true(digits[i] >= '0' && digits[i] <= '9');
}

/* By the words of FORMAT.md, with a hash made here once more. */
static void format_is_the_hash_of_label_and_id(void **state)
{
    (void)state;
    uint8_t text[18 + HASH_LEN], wide[64];
    memcpy(text, "mimeo fingerprint\n", 18);
    memcpy(text + 18, publisher.bytes, HASH_LEN);
    crypto_generichash(wide, sizeof wide, text, sizeof text, NULL, 0);
    uint64_t last = 0;
    for (size_t i = 35; i < 40; i++)
        last = last * 256 + wide[i];
    char want[6];
    snprintf(want, sizeof want, "%05u", (unsigned)(last % 100000));
    assert_string_equal(digits + 42, want);
}

static void expect_takes_what_format_gives(void **state)
{
    (void)state;
    expect(0, digits, NULL);
}

/* The same digits with `zero` + value in UTF-8 in place of ASCII ones. */
static void in_script(struct buf *out, const uint8_t zero[2], const char *separator)
{
    buf_init(out, 1024);
    for (size_t i = 0; i < FINGERPRINT_LEN; i++) {
        if (digits[i] == ' ') {
            buf_append_str(out, separator);
            continue;
        }
        buf_append_byte(out, zero[0]);
        buf_append_byte(out, (uint8_t)(zero[1] + (digits[i] - '0')));
    }
}

static void expect_takes_arabic_and_persian_digits(void **state)
{
    (void)state;
    static const uint8_t arabic[2] = {0xD9, 0xA0}, persian[2] = {0xDB, 0xB0};
    struct buf b;
    in_script(&b, arabic, "\n");
    expect(0, buf_str(&b), NULL);
    buf_dispose(&b);
    in_script(&b, persian, "\xe2\x80\x8f-");
    expect(0, buf_str(&b), NULL);
    buf_dispose(&b);
}

static void expect_takes_dashes_dots_and_lines(void **state)
{
    (void)state;
    static const char *const separators[] = {"", "-", ".", "\r\n", " \t ", "\xc2\xa0", "\xe2\x80\x93"};
    for (size_t s = 0; s < sizeof separators / sizeof *separators; s++) {
        struct buf b;
        buf_init(&b, 1024);
        for (size_t i = 0; i < FINGERPRINT_LEN; i++)
            if (digits[i] == ' ')
                buf_append_str(&b, separators[s]);
            else
                buf_append_byte(&b, (uint8_t)digits[i]);
        expect(0, buf_str(&b), NULL);
        buf_dispose(&b);
    }
}

static void expect_catches_each_altered_digit_and_names_its_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < FINGERPRINT_LEN; i++) {
        if (digits[i] == ' ')
            continue;
        for (char d = '0'; d <= '9'; d++) {
            char typed[FINGERPRINT_LEN + 1], words[32];
            memcpy(typed, digits, sizeof typed);
            if (typed[i] == d)
                continue;
            typed[i] = d;
            snprintf(words, sizeof words, "differs in group %zu of 8", i / 6 + 1);
            expect(MIMEO_EFORGED, typed, words);
        }
    }
}

static void expect_catches_each_swap(void **state)
{
    (void)state;
    for (size_t i = 0; i < FINGERPRINT_LEN; i++)
        for (size_t j = i + 1; j < FINGERPRINT_LEN; j++) {
            char typed[FINGERPRINT_LEN + 1];
            memcpy(typed, digits, sizeof typed);
            if (typed[i] == ' ' || typed[j] == ' ' || typed[i] == typed[j])
                continue;
            typed[i] = digits[j];
            typed[j] = digits[i];
            expect(MIMEO_EFORGED, typed, "group");
        }
}

static void expect_catches_each_dropped_and_doubled_digit(void **state)
{
    (void)state;
    for (size_t i = 0; i < FINGERPRINT_LEN; i++) {
        char typed[FINGERPRINT_LEN + 2];
        if (digits[i] == ' ')
            continue;
        memcpy(typed, digits, i);
        memcpy(typed + i, digits + i + 1, FINGERPRINT_LEN - i);
        expect(MIMEO_EUSAGE, typed, "has 39 digits");
        memcpy(typed, digits, i + 1);
        memcpy(typed + i + 1, digits + i, FINGERPRINT_LEN + 1 - i);
        expect(MIMEO_EUSAGE, typed, "has 41 digits");
    }
}

static void expect_refuses_what_is_no_fingerprint(void **state)
{
    (void)state;
    expect(MIMEO_EUSAGE, "", "has 0 digits");
    expect(MIMEO_EUSAGE, "12345 letters", "other than digits");
    expect(MIMEO_EUSAGE, "12345 \xff", "UTF-8");
    expect(MIMEO_EUSAGE, "\xe0\xa7\xa7", "other than digits"); /* Bengali: not offered */
}

static void expect_catches_another_publisher(void **state)
{
    (void)state;
    struct hash other = hash_of(VIEW_OF_LITERAL("another publisher"));
    assert_int_equal(fingerprint_expect(ctx, &other, digits), MIMEO_EFORGED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "group 1 of 8"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_gives_eight_groups_of_five),
        cmocka_unit_test(format_is_the_hash_of_label_and_id),
        cmocka_unit_test(expect_takes_what_format_gives),
        cmocka_unit_test(expect_takes_arabic_and_persian_digits),
        cmocka_unit_test(expect_takes_dashes_dots_and_lines),
        cmocka_unit_test(expect_catches_each_altered_digit_and_names_its_group),
        cmocka_unit_test(expect_catches_each_swap),
        cmocka_unit_test(expect_catches_each_dropped_and_doubled_digit),
        cmocka_unit_test(expect_refuses_what_is_no_fingerprint),
        cmocka_unit_test(expect_catches_another_publisher),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
