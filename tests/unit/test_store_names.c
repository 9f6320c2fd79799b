/* Tests of store/names.c: each name of a mirror has one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/backend.h"

#define HEX "1122334455667788990011223344556677889900112233445566778899001122"

static void is(const char *name, enum name_kind kind, uint64_t number)
{
    struct name n = name_read(name);
    if (n.kind != kind)
        fail_msg("'%s' is read as %d", name, (int)n.kind);
    if (kind == NAME_BUNDLE || kind == NAME_MEDIA)
        assert_int_equal(n.seq, number);
    if (kind == NAME_CHARTER)
        assert_int_equal(n.version, number);
}

static void reads_the_names_of_a_mirror(void **state)
{
    (void)state;
    is("head", NAME_HEAD, 0);
    is("README.md", NAME_TEXT, 0);
    is(".gitattributes", NAME_TEXT, 0);
    is("charter/000001", NAME_CHARTER, 1);
    is("charter/001000", NAME_CHARTER, 1000);
    is("bundles/00/00/01.mimeo", NAME_BUNDLE, 1);
    is("bundles/99/99/99.mimeo", NAME_BUNDLE, 999999);
    is("bundles/01/00/00/00.mimeo", NAME_BUNDLE, 1000000);
    is("bundles/99/99/99/99/99/99.mimeo", NAME_BUNDLE, LIMIT_SEQ);
    is("dict/" HEX, NAME_DICTIONARY, 0);
    is("media/00/00/03/" HEX, NAME_MEDIA, 3); /* digits of the hash are not the number's */
    is("media/12/34/56/78/" HEX, NAME_MEDIA, 12345678);
    is("bundles", NAME_DIRECTORY, 0);
    is("bundles/00/01", NAME_DIRECTORY, 0);
    is("media/00/01/23", NAME_DIRECTORY, 0);
    is("dict", NAME_DIRECTORY, 0);
}

static void refuses_every_other_spelling(void **state)
{
    (void)state;
    static const char *const names[] = {
        "", "HEAD", "head/", "./head", "readme.md", ".git", "charter/1", "charter/000000", "charter/001001",
        "charter/0000001", "charter/00000a", "bundles/00/00/00.mimeo", "bundles/00/01.mimeo",
        "bundles/00/00/00/01.mimeo", "bundles/00/00/1.mimeo", "bundles/00/00/01.mimeo.bak",
        "bundles/00/00/01.MIMEO", "bundles/00//00/01.mimeo", "bundles/../00/01.mimeo", "bundles/00/00/ 1.mimeo",
        "bundles/00/00/01", "dict/" HEX "0", "dict/ABCDEF", "media/00/00/00/" HEX, "media/00/03/" HEX,
        "media/00/00/03/" HEX ".png", "media/" HEX, "bundles/00/00/00/00/00/00", "x",
        "bundles/99/99/99/99/99/99/99.mimeo",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], "bundles/00/00/01") == 0)
            is(names[i], NAME_DIRECTORY, 0); /* of seven digits and more */
        else
            is(names[i], NAME_NONE, 0);
}

static void what_it_writes_it_reads(void **state)
{
    (void)state;
    char name[STORE_NAME_MAX];
    uint64_t seq = 0;
    for (uint64_t n = 1; n < LIMIT_SEQ; n = n * 7 + 1) {
        store_name_bundle(name, n);
        assert_true(store_parse_bundle_name(name, &seq));
        assert_int_equal(seq, n);
        struct hash h = hash_of(view_of(&n, sizeof(n)));
        store_name_media(name, n, &h);
        is(name, NAME_MEDIA, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_names_of_a_mirror),
        cmocka_unit_test(refuses_every_other_spelling),
        cmocka_unit_test(what_it_writes_it_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
