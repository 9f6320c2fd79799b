/* MD5 against the suite of RFC 1321, and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "archive/md5.h"

static void expect(const char *text, size_t piece, const char *wanted)
{
    struct md5 m;
    uint8_t got[MD5_LEN], want[MD5_LEN];
    size_t len = strlen(text);
    md5_init(&m);
    for (size_t at = 0; at < len; at += piece)
        md5_update(&m, view_of((const uint8_t *)text + at, len - at < piece ? len - at : piece));
    md5_final(got, &m);
    assert_true(parse_hex(view_of_str(wanted), want, MD5_LEN));
    assert_memory_equal(got, want, MD5_LEN);
}

static void md5_gives_what_the_rfc_says(void **state)
{
    (void)state;
    static const char *const suite[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"},
    };
    for (size_t i = 0; i < sizeof suite / sizeof suite[0]; i++) {
        for (size_t piece = 1; piece < 130; piece++)
            expect(suite[i][0], piece, suite[i][1]);
    }
}

/* The end and the length fit behind 55 bytes, and take a block of their own behind 56. */
static void md5_pads_at_the_edges(void **state)
{
    (void)state;
    char text[129] = "";
    memset(text, 'x', 55);
    expect(text, 64, "04364420e25c512fd958a70738aa8f72");
    text[55] = 'x';
    expect(text, 64, "668a72d5ba17f08e62dabcafad6db14b");
    memset(text, 'x', 64);
    expect(text, 64, "c1bb4f81d892b2d57947682aeb252456");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5_gives_what_the_rfc_says),
        cmocka_unit_test(md5_pads_at_the_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
