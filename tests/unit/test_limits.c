/* FORMAT.md's table of limits and base/limits.h have the same names and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#define L(name) {#name, (unsigned long long)(name)}
static const struct {
    const char *name;
    unsigned long long value;
} limits[] = {
    L(LIMIT_HEADER), L(LIMIT_CHARTER), L(LIMIT_NOTE_LINE), L(LIMIT_NOTE_EXTRA_LINES), L(LIMIT_CHARTERS), L(LIMIT_KEYS),
    L(LIMIT_SIGNERS), L(LIMIT_MIRRORS), L(LIMIT_DICTIONARIES), L(LIMIT_DICTIONARY), L(LIMIT_NAME), L(LIMIT_URL),
    L(LIMIT_SEQ), L(LIMIT_BLOCKS), L(LIMIT_CATALOG_BLOCK), L(LIMIT_BODY_BLOCK), L(LIMIT_BUNDLE), L(LIMIT_MEDIA),
    L(LIMIT_NEXT_BY), L(LIMIT_RECORD), L(LIMIT_ARTICLE_ID), L(LIMIT_TITLE), L(LIMIT_SUMMARY), L(LIMIT_LIST),
    L(LIMIT_LIST_ITEM), L(LIMIT_ARTICLE_URL), L(LIMIT_ARTICLE_MEDIA), L(LIMIT_ALT), L(LIMIT_ERASURES),
    L(LIMIT_JSON_DEPTH), L(LIMIT_JSON_KEYS), L(LIMIT_LANG), L(LIMIT_PART), L(LIMIT_PARTS),
    L(LIMIT_PART_MEDIA),
};
#define COUNT (sizeof(limits) / sizeof(limits[0]))

static FILE *open_source(const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", MIMEO_SOURCE_DIR, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    return f;
}

static void the_table_has_these_numbers(void **state)
{
    (void)state;
    char line[1024], name[64];
    unsigned long long value;
    size_t rows = 0;
    FILE *f = open_source("mirror/bundle/FORMAT.md");
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "| %63[A-Z_] | %llu |", name, &value) != 2 || strncmp(name, "LIMIT_", 6) != 0)
            continue;
        size_t i = 0;
        while (i < COUNT && strcmp(limits[i].name, name) != 0)
            i++;
        if (i == COUNT)
            fail_msg("FORMAT.md has %s, and this test does not", name);
        if (limits[i].value != value)
            fail_msg("%s is %llu in FORMAT.md and %llu in limits.h", name, value, limits[i].value);
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, COUNT);
}

/* What limits.h calls a limit of the format is in the table (by way of this test's own list). */
static void no_limit_of_the_format_is_left_out(void **state)
{
    (void)state;
    char line[1024], name[64];
    size_t found = 0;
    FILE *f = open_source("mirror/base/limits.h");
    while (fgets(line, sizeof(line), f) != NULL && strstr(line, "Limits on input of the publisher") == NULL) {
        if (sscanf(line, "#define %63[A-Z_] ", name) != 1 || strncmp(name, "LIMIT_", 6) != 0)
            continue;
        size_t i = 0;
        while (i < COUNT && strcmp(limits[i].name, name) != 0)
            i++;
        if (i == COUNT)
            fail_msg("limits.h has %s, and FORMAT.md does not", name);
        found++;
    }
    fclose(f);
    assert_int_equal(found, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_these_numbers),
        cmocka_unit_test(no_limit_of_the_format_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
