/* What a file is that somebody took for a pack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/sniff.h"
#include "bundle/object.h"

#define KIND(literal) (sniff(view_of((literal), sizeof(literal) - 1)).kind)

static void sniff_knows_our_magic(void **state)
{
    (void)state;
    assert_int_equal(sniff(view_of(object_magic, sizeof(object_magic))).kind, SNIFF_PACK);
    assert_int_equal(sniff(view_of(object_magic, sizeof(object_magic) - 1)).kind, SNIFF_UNKNOWN);
}

static void sniff_tells_kinds_apart(void **state)
{
    (void)state;
    assert_int_equal(sniff(view_of(NULL, 0)).kind, SNIFF_EMPTY);
    assert_int_equal(KIND("PK\x03\x04 and so on"), SNIFF_ZIP);
    assert_int_equal(KIND("\xFF\xD8\xFF\xE0 JFIF"), SNIFF_PICTURE);
    assert_int_equal(KIND("\x89PNG\r\n\x1A\n"), SNIFF_PICTURE);
    assert_int_equal(KIND("RIFF\1\2\3\4WEBPVP8 "), SNIFF_PICTURE);
    assert_int_equal(KIND("RIFF\1\2\3\4WAVEfmt "), SNIFF_OTHER);
    assert_int_equal(KIND("\0\0\0\x20" "ftypavif"), SNIFF_PICTURE);
    assert_int_equal(KIND("\0\0\0\x20" "ftypisom"), SNIFF_OTHER);
    assert_int_equal(KIND("%PDF-1.7"), SNIFF_OTHER);
    assert_int_equal(KIND("  \n<!doctype html>"), SNIFF_HTML);
    assert_int_equal(KIND("\xEF\xBB\xBF<html>"), SNIFF_HTML);
    assert_int_equal(KIND("hello, harbour\r\n"), SNIFF_TEXT);
    assert_int_equal(KIND("\xFF\xFEh\0e\0l\0l\0o\0"), SNIFF_TEXT);
    assert_int_equal(KIND("\x01\x02\x03\x04"), SNIFF_UNKNOWN);
}

/* One encrypted pack in 256 begins so. */
static void sniff_takes_no_noise_for_a_page(void **state)
{
    (void)state;
    assert_int_equal(KIND("<\x01\x93\xF2\x07\x8A"), SNIFF_UNKNOWN);
}

/* A character may be cut at the end of what is looked at, and only there. */
static void sniff_knows_text_whose_last_character_is_cut(void **state)
{
    (void)state;
    uint8_t text[SNIFF_LEN + 1];
    memset(text, 'a', sizeof(text));
    text[SNIFF_LEN - 1] = 0xD0;
    text[SNIFF_LEN] = 0xB1;
    assert_int_equal(sniff(view_of(text, sizeof(text))).kind, SNIFF_TEXT);
    assert_int_equal(KIND("abc\xD0"), SNIFF_UNKNOWN);
}

static void sniff_has_words_for_all_but_packs(void **state)
{
    (void)state;
    assert_string_equal(sniff(VIEW_OF_LITERAL("PK\x03\x04")).words, "is a zip archive: unpack it first");
    assert_null(sniff(view_of(object_magic, sizeof(object_magic))).words);
    assert_string_equal(sniff_kind_name(SNIFF_PICTURE), "picture");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sniff_knows_our_magic),
        cmocka_unit_test(sniff_tells_kinds_apart),
        cmocka_unit_test(sniff_takes_no_noise_for_a_page),
        cmocka_unit_test(sniff_knows_text_whose_last_character_is_cut),
        cmocka_unit_test(sniff_has_words_for_all_but_packs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
