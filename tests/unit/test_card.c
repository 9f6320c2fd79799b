/* Tests of library/card.c: what messengers do to a card is put up with, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "library/card.h"

#define ID "0123456789abcdef"
#define HASH "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define TIME "2026-11-26T08:00:00Z"

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

static int parse(const char *text, struct card *c)
{
    return card_parse(c, ctx, view_of_str(text));
}

static void a_card_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct card c;
    struct buf b;
    buf_init(&b, 512);
    assert_int_equal(parse("mimeo head " ID " 999999999999 " HASH " " TIME "\n", &c), 0);
    assert_string_equal(c.id, ID);
    assert_int_equal(c.seq, 999999999999ULL);
    assert_int_equal(card_write(&b, &c), 0);
    assert_string_equal(buf_str(&b), "mimeo head " ID " 999999999999 " HASH " " TIME);
    buf_dispose(&b);
}

static void white_space_may_stand_anywhere(void **state)
{
    (void)state;
    static const char *const cards[] = {
        "  mimeo head " ID " 7 " HASH " " TIME "\r\n\r\n", "Mimeo head " ID " 7 " HASH " " TIME,
        "mimeo\nhead " ID "\n7 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf\r\n b0b1b2b3b4b5b6b7b8b9babbbcbdbebf\n" TIME,
        "\xef\xbb\xbfmimeo\xc2\xa0head " ID " 7 \xe2\x80\x8b" HASH "\xe2\x80\x8e\t" TIME, "mimeohead" ID "7" HASH TIME,
    };
    for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
        struct card c;
        if (parse(cards[i], &c) != 0 || c.seq != 7)
            fail_msg("%s: %s", cards[i], mimeo_ctx_message(ctx));
    }
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const cards[] = {
        "", "mimeo head", "mimeo head " ID, "MIMEO HEAD " ID " 7 " HASH " " TIME, "> mimeo head " ID " 7 " HASH " " TIME,
        "mimeo head " ID " " HASH " " TIME, "mimeo head " ID " 0 " HASH " " TIME, "mimeo head " ID " 07 " HASH " " TIME,
        "mimeo head " ID " -7 " HASH " " TIME, "mimeo head " ID " 1000000000000 " HASH " " TIME,
        "mimeo head " ID " 7 " HASH "0 " TIME, "mimeo head " ID " 7 " HASH " 2026-11-26T08:00:60Z",
        "mimeo head " ID " 7 " HASH " " TIME " .", "mimeo head 0123456789ABCDEF 7 " HASH " " TIME,
        "mimeo head " ID " 7 " HASH " 2026-02-30T08:00:00Z", "mimeo head " ID " 7 \xff" HASH " " TIME,
    };
    for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
        struct card c = {.seq = 42};
        if (parse(cards[i], &c) != MIMEO_EMALFORMED || c.seq != 42)
            fail_msg("taken: %s", cards[i]);
    }
}

static void a_card_has_at_most_4096_bytes(void **state)
{
    (void)state;
    char text[CARD_MAX + 2];
    struct card c;
    const char card[] = "mimeo head " ID " 7 " HASH " " TIME;
    memset(text, ' ', sizeof(text));
    memcpy(text, card, sizeof(card) - 1);
    assert_int_equal(card_parse(&c, ctx, view_of(text, CARD_MAX)), 0);
    assert_int_equal(card_parse(&c, ctx, view_of(text, CARD_MAX + 1)), MIMEO_EMALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_read_as_it_was_written),
        cmocka_unit_test(white_space_may_stand_anywhere),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(a_card_has_at_most_4096_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
