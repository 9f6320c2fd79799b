/* Tests of sync/fetch_carrier.c: what a list of references offers, and no longer does.  The rest is tested end to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/fetch_git.h"

#define ID "1111111111111111111111111111111111111111"

static void append_packet(struct buf *b, const char *text, size_t len)
{
    buf_appendf(b, "%04x", (unsigned)(len + 4));
    buf_append(b, text, len);
}
#define PACKET(b, literal) append_packet(b, literal, sizeof(literal) - 1)

static bool holds(const struct buf *b, const char *words)
{
    return b->len > 0 && memmem(b->ptr, b->len, words, strlen(words)) != NULL;
}

static void hides_thin_packs_and_keeps_every_length(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    PACKET(&b, "# service=git-upload-pack\n");
    buf_append_str(&b, "0000");
    PACKET(&b, ID " HEAD\0multi_ack thin-pack ofs-delta\n");
    PACKET(&b, ID " refs/heads/thin-pack\n");
    size_t len = b.len;
    assert_true(carrier_hide_thin_pack(&b));
    assert_int_equal(b.len, len);
    assert_true(holds(&b, "multi_ack thin-none ofs-delta\n"));
    assert_true(holds(&b, "refs/heads/thin-pack"));
    buf_dispose(&b);
}

static void waits_for_the_capabilities_to_be_whole(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    assert_false(carrier_hide_thin_pack(&b));
    buf_append_str(&b, "0000");
    assert_false(carrier_hide_thin_pack(&b));
    buf_append_str(&b, "0040" ID " HEAD");
    assert_false(carrier_hide_thin_pack(&b));
    buf_append(&b, "\0thin-pack ofs\n", 15);
    assert_true(carrier_hide_thin_pack(&b));
    assert_true(holds(&b, "thin-none"));
    buf_dispose(&b);
}

static void leaves_what_is_no_list_to_libgit2(void **state)
{
    (void)state;
    static const char *const cases[] = {"<html>thin-pack", "0003", "zzzz"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b;
        buf_init(&b, 4096);
        buf_append_str(&b, cases[i]);
        assert_true(carrier_hide_thin_pack(&b));
        assert_string_equal(buf_str(&b), cases[i]);
        buf_dispose(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_thin_packs_and_keeps_every_length),
        cmocka_unit_test(waits_for_the_capabilities_to_be_whole),
        cmocka_unit_test(leaves_what_is_no_list_to_libgit2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
