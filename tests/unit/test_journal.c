/* Tests of trust/journal.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/context.h"
#include "base/limits.h"
#include "trust/journal.h"

static mimeo_ctx *ctx;
static char dir[] = "test-journal-XXXXXX";
static char key_path[64], path[80];

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0 || mkdtemp(dir) == NULL)
        return -1;
    snprintf(key_path, sizeof key_path, "%s/publish.key", dir);
    snprintf(path, sizeof path, "%s.journal", key_path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    mimeo_ctx_free(ctx);
    return rmdir(dir);
}

static void put(const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

static struct journal sample(uint64_t seq)
{
    return (struct journal){.publisher = hash_of(VIEW_OF_LITERAL("p")), .seq = seq,
                            .hash = hash_of(VIEW_OF_LITERAL("h"))};
}

static void an_absent_journal_is_not_found(void **state)
{
    (void)state;
    struct journal j;
    unlink(path);
    assert_int_equal(journal_read(&j, ctx, key_path), MIMEO_ENOTFOUND);
}

static void write_then_read_is_the_identity(void **state)
{
    (void)state;
    struct journal j = sample(41), back;
    assert_int_equal(journal_write(ctx, key_path, &j), 0);
    j.seq = LIMIT_SEQ;
    assert_int_equal(journal_write(ctx, key_path, &j), 0); /* over the old one */
    assert_int_equal(journal_read(&back, ctx, key_path), 0);
    assert_true(hash_equal(&back.publisher, &j.publisher));
    assert_true(back.seq == LIMIT_SEQ);
    assert_true(hash_equal(&back.hash, &j.hash));
}

static void a_hand_over_is_remembered(void **state)
{
    (void)state;
    struct journal j = sample(7), back;
    j.handed_over = true;
    j.handed_over_at = 1795392000;
    assert_int_equal(journal_write(ctx, key_path, &j), 0);
    assert_int_equal(journal_read(&back, ctx, key_path), 0);
    assert_true(back.handed_over);
    assert_true(back.handed_over_at == 1795392000);
    j.handed_over = false;
    assert_int_equal(journal_write(ctx, key_path, &j), 0);
    assert_int_equal(journal_read(&back, ctx, key_path), 0);
    assert_false(back.handed_over);
}

static void the_journal_is_ours_alone_and_leaves_nothing_beside_it(void **state)
{
    (void)state;
    struct journal j = sample(1);
    struct stat st;
    assert_int_equal(journal_write(ctx, key_path, &j), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    unlink(path);
    assert_int_equal(rmdir(dir), 0); /* so it was empty */
    assert_int_equal(mkdir(dir, 0700), 0);
}

static void write_into_nowhere_fails(void **state)
{
    (void)state;
    struct journal j = sample(1);
    assert_int_equal(journal_write(ctx, "no-such-directory/key", &j), MIMEO_ENOTFOUND);
}

#define H64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void each_fault_of_form_is_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "mimeo journal 1\n",
        "mimeo journal 2\npublisher " H64 "\nseq 1\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "\nseq 0\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "\nseq 01\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "\nseq -1\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "\nseq 1000000000000\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "\nseq 1\nhash " H64,
        "mimeo journal 1\npublisher " H64 "\nseq 1\nhash " H64 "\n\n",
        "mimeo journal 1\npublisher " H64 "\r\nseq 1\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "0\nseq 1\nhash " H64 "\n",
        "mimeo journal 1\nseq 1\npublisher " H64 "\nhash " H64 "\n",
        "mimeo journal 1\npublisher " H64 "\nseq 1\nhash " H64 "\nhanded-over\n",
        "mimeo journal 1\npublisher " H64 "\nseq 1\nhash " H64 "\nhanded-over 2026-13-01T00:00:00Z\n",
        "mimeo journal 1\npublisher " H64 "\nseq 1\nhash " H64 "\nhanded-over 2026-11-23T00:00:00Z\nmore 1\n",
        "mimeo journal 1\npublisher  " H64 "\nseq 1\nhash " H64 "\n",
    };
    struct journal j;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put(bad[i], strlen(bad[i]));
        if (journal_read(&j, ctx, key_path) != MIMEO_EMALFORMED)
            fail_msg("taken: %s", bad[i]);
        assert_non_null(strstr(mimeo_ctx_message(ctx), "is damaged"));
    }
    static const char good[] = "mimeo journal 1\npublisher " H64 "\nseq 1\nhash " H64 "\n";
    put(good, sizeof good - 1);
    assert_int_equal(journal_read(&j, ctx, key_path), 0);
    put(good, sizeof good); /* with the NUL */
    assert_int_equal(journal_read(&j, ctx, key_path), MIMEO_EMALFORMED);
}

static void a_huge_journal_is_malformed(void **state)
{
    (void)state;
    char big[600];
    struct journal j;
    memset(big, 'a', sizeof big);
    put(big, sizeof big);
    assert_int_equal(journal_read(&j, ctx, key_path), MIMEO_EMALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_absent_journal_is_not_found),
        cmocka_unit_test(write_then_read_is_the_identity),
        cmocka_unit_test(a_hand_over_is_remembered),
        cmocka_unit_test(the_journal_is_ours_alone_and_leaves_nothing_beside_it),
        cmocka_unit_test(write_into_nowhere_fails),
        cmocka_unit_test(each_fault_of_form_is_malformed),
        cmocka_unit_test(a_huge_journal_is_malformed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
