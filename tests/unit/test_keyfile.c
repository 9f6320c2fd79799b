/* Tests of trust/keyfile.c. */
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
#include "trust/hash.h"
#include "trust/keyfile.h"

static mimeo_ctx *ctx;
static struct secret_key *key;
static struct passphrase good, other, none;
static char dir[] = "test-keyfile-XXXXXX";
static char path[64], second[64];

static int set_up(void **state)
{
    (void)state;
    static const uint8_t seed[SEED_LEN] = {1, 2, 3};
    if (mimeo_ctx_new(&ctx) < 0 || secret_key_from_seed(&key, ctx, seed) < 0 ||
        passphrase_copy(&good, ctx, VIEW_OF_LITERAL("correct horse")) < 0 ||
        passphrase_copy(&other, ctx, VIEW_OF_LITERAL("correct horse ")) < 0 || mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/root.key", dir);
    snprintf(second, sizeof second, "%s/second", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    passphrase_dispose(&good);
    passphrase_dispose(&other);
    secret_key_free(key);
    mimeo_ctx_free(ctx);
    return rmdir(dir);
}

static int remove_files(void **state)
{
    (void)state;
    unlink(path);
    unlink(second);
    return 0;
}

static void words(const char *expected)
{
    if (strstr(mimeo_ctx_message(ctx), expected) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), expected);
}

static void make(const struct passphrase *p)
{
    unlink(path);
    assert_int_equal(keyfile_write(ctx, path, KEY_ROOT, key, p, KEY_COST_MINIMAL), 0);
}

static int read_key(const struct passphrase *p)
{
    struct secret_key *k = NULL;
    enum key_role role = KEY_PUBLISH;
    int rc = keyfile_read(&k, &role, ctx, path, p);
    if (rc == 0) {
        assert_int_equal(role, KEY_ROOT);
        assert_memory_equal(secret_key_seed(k), secret_key_seed(key), SEED_LEN);
        secret_key_free(k);
    } else {
        assert_null(k);
        assert_int_equal(role, KEY_PUBLISH);
    }
    return rc;
}

static size_t slurp(char out[4097])
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(out, 1, 4096, f);
    fclose(f);
    out[n] = '\0';
    return n;
}

static void put(const void *bytes, size_t len)
{
    unlink(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
    assert_int_equal(chmod(path, 0600), 0);
}

/* ---- passphrases ---- */

static void passphrases_are_1_to_1024_exact_bytes(void **state)
{
    (void)state;
    struct passphrase p = {NULL, 0};
    char bytes[1025];
    memset(bytes, 0, sizeof bytes); /* NUL is a byte like any other */
    assert_int_equal(passphrase_copy(&p, ctx, view_of(bytes, 0)), MIMEO_EUSAGE);
    assert_null(p.ptr);
    assert_int_equal(passphrase_copy(&p, ctx, view_of(bytes, 1025)), MIMEO_EUSAGE);
    assert_null(p.ptr);
    assert_int_equal(passphrase_copy(&p, ctx, view_of(bytes, 1024)), 0);
    assert_int_equal(p.len, 1024);
    make(&p);
    assert_int_equal(read_key(&p), 0);
    p.len = 1023;
    assert_int_equal(read_key(&p), MIMEO_EPASSPHRASE);
    passphrase_dispose(&p);
    passphrase_dispose(&p);
    passphrase_dispose(NULL);
}

/* ---- writing and reading ---- */

static void a_locked_key_comes_back_with_its_passphrase_only(void **state)
{
    (void)state;
    make(&good);
    assert_int_equal(read_key(&good), 0);
    assert_int_equal(read_key(&other), MIMEO_EPASSPHRASE);
    words("wrong passphrase");
    assert_int_equal(read_key(&none), MIMEO_EPASSPHRASE);
    words("is locked");
    assert_int_equal(read_key(NULL), MIMEO_EPASSPHRASE);
}

static void a_clear_key_comes_back_without(void **state)
{
    (void)state;
    make(&none);
    assert_int_equal(read_key(&none), 0);
    assert_int_equal(read_key(NULL), 0);
    char text[4097];
    slurp(text);
    assert_non_null(strstr(text, "\nkdf none\nseed 0102030000"));
}

static void a_locked_file_does_not_hold_the_seed(void **state)
{
    (void)state;
    char text[4097];
    make(&good);
    slurp(text);
    assert_null(strstr(text, "010203000000"));
    assert_non_null(strstr(text, "\nkdf argon2id 1 8192 "));
}

static void inspect_tells_what_it_is(void **state)
{
    (void)state;
    struct keyfile_info info;
    make(&good);
    assert_int_equal(keyfile_inspect(&info, ctx, path), 0);
    assert_int_equal(info.role, KEY_ROOT);
    assert_true(info.encrypted);
    assert_int_equal(public_key_compare(&info.key, secret_key_public(key)), 0);
    unlink(path);
    assert_int_equal(keyfile_write(ctx, path, KEY_PUBLISH, key, NULL, KEY_COST_MINIMAL), 0);
    assert_int_equal(keyfile_inspect(&info, ctx, path), 0);
    assert_int_equal(info.role, KEY_PUBLISH);
    assert_false(info.encrypted);
}

static void a_key_is_never_overwritten(void **state)
{
    (void)state;
    char before[4097], after[4097];
    make(&good);
    slurp(before);
    assert_int_equal(keyfile_write(ctx, path, KEY_ROOT, key, &good, KEY_COST_MINIMAL), MIMEO_EEXISTS);
    slurp(after);
    assert_string_equal(before, after);
}

static void a_new_file_is_ours_alone_whatever_the_umask(void **state)
{
    (void)state;
    struct stat st;
    mode_t old = umask(0);
    make(&good);
    umask(old);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

/* ---- files not to be trusted ---- */

static void expect_inspect(int code, const char *expected)
{
    struct keyfile_info info;
    int rc = keyfile_inspect(&info, ctx, path);
    if (rc != code)
        fail_msg("%d: %s", rc, mimeo_ctx_message(ctx));
    words(expected);
    assert_int_equal(read_key(&good), code);
}

static void a_file_that_others_can_reach_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        make(&good);
        assert_int_equal(chmod(path, modes[i]), 0);
        expect_inspect(MIMEO_EFAIL, "chmod 600");
    }
}

static void a_symbolic_link_is_refused(void **state)
{
    (void)state;
    make(&good);
    assert_int_equal(rename(path, second), 0);
    assert_int_equal(symlink("second", path), 0);
    expect_inspect(MIMEO_EFAIL, "symbolic link");
}

static void what_is_no_regular_file_is_refused_without_waiting(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_inspect(MIMEO_EFAIL, "not a regular file");
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_inspect(MIMEO_EFAIL, "not a regular file");
    rmdir(path);
    expect_inspect(MIMEO_ENOTFOUND, "root.key");
}

static void a_file_of_another_user_is_refused(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip(); /* only root can make one */
    make(&good);
    assert_int_equal(chown(path, 12345, 12345), 0);
    expect_inspect(MIMEO_EFAIL, "another user");
}

static void a_file_over_4_kib_is_refused(void **state)
{
    (void)state;
    char big[4097];
    memset(big, 'a', sizeof big);
    put(big, sizeof big);
    expect_inspect(MIMEO_EMALFORMED, "larger than 4 KiB");
    put(big, sizeof big - 1);
    expect_inspect(MIMEO_EMALFORMED, "is not a mimeo secret key");
}

static void a_path_that_names_a_directory_is_refused(void **state)
{
    (void)state;
    struct keyfile_info info;
    assert_int_equal(keyfile_inspect(&info, ctx, "x/"), MIMEO_EUSAGE);
    assert_int_equal(keyfile_inspect(&info, ctx, ""), MIMEO_EUSAGE);
    assert_int_equal(keyfile_write(ctx, "/", KEY_ROOT, key, NULL, KEY_COST_MINIMAL), MIMEO_EUSAGE);
}

/* ---- texts ---- */

static void each_changed_byte_is_caught(void **state)
{
    (void)state;
    char text[4097];
    struct keyfile_info info;
    make(&good);
    size_t len = slurp(text);
    for (size_t i = 0; i < len; i++) {
        char was = text[i];
        text[i] = was == '7' ? '8' : '7';
        int rc = keyfile_parse(&info, ctx, "root.key", view_of(text, len));
        if (i == 17) /* the version */
            assert_int_equal(rc, MIMEO_ENEWER);
        else
            assert_int_equal(rc, MIMEO_EMALFORMED);
        if (i > 18)
            words("typing error");
        text[i] = was;
    }
    assert_int_equal(keyfile_parse(&info, ctx, "root.key", view_of(text, len)), 0);
}

static void each_cut_is_caught(void **state)
{
    (void)state;
    char text[4097];
    struct keyfile_info info;
    make(&none);
    size_t len = slurp(text);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(keyfile_parse(&info, ctx, "root.key", view_of(text, i)), MIMEO_EMALFORMED);
        words(i < 19 ? "is not a mimeo secret key" : "is cut off, or a typing error");
    }
}

#define H32 "00112233445566778899aabbccddeeff"
#define H64 H32 H32
#define H144 H64 H64 "0123456789abcdef"

/* The lines with a right checksum below them, so that only their form is at fault. */
static int parse_lines(const char *lines)
{
    struct keyfile_info info;
    struct buf b;
    char hex[HASH_HEX_LEN + 1];
    buf_init(&b, 8192);
    buf_append_str(&b, lines);
    struct hash h = hash_of(buf_view(&b));
    hash_format(hex, &h);
    assert_int_equal(buf_appendf(&b, "sum %.8s\n", hex), 0);
    int rc = keyfile_parse(&info, ctx, "k", buf_view(&b));
    put(b.ptr, b.len);
    buf_dispose(&b);
    return rc;
}

#define FIRST "mimeo secret key 1\n"
#define TOP FIRST "role root\npublic " H64 "\n"

static void each_fault_of_form_is_named(void **state)
{
    (void)state;
    static const struct { const char *lines, *words; } bad[] = {
        {FIRST, "\"role root\""},
        {FIRST "role boss\npublic " H64 "\nkdf none\nseed " H64 "\n", "\"role root\""},
        {FIRST "public " H64 "\nrole root\nkdf none\nseed " H64 "\n", "\"role root\""},
        {FIRST "role root\npublic " H32 "\nkdf none\nseed " H64 "\n", "\"public\""},
        {TOP "seed " H64 "\n", "\"kdf\""},
        {TOP "kdf scrypt\nseed " H64 "\n", "\"kdf\""},
        {TOP "kdf argon2id 1 8192\nbox " H144 "\n", "\"kdf\""},
        {TOP "kdf argon2id 1 8192 " H64 "\nbox " H144 "\n", "\"kdf\""},
        {TOP "kdf argon2id 01 8192 " H32 "\nbox " H144 "\n", "\"kdf\""},
        {TOP "kdf argon2id 0 8192 " H32 "\nbox " H144 "\n", "outside of the limits"},
        {TOP "kdf argon2id 17 8192 " H32 "\nbox " H144 "\n", "outside of the limits"},
        {TOP "kdf argon2id 1 8191 " H32 "\nbox " H144 "\n", "outside of the limits"},
        {TOP "kdf argon2id 1 268435457 " H32 "\nbox " H144 "\n", "outside of the limits"},
        {TOP "kdf argon2id 1 18446744073709551615 " H32 "\nbox " H144 "\n", "outside of the limits"},
        {TOP "kdf argon2id 1 8192 " H32 "\nbox " H64 "\n", "\"box\""},
        {TOP "kdf argon2id 1 8192 " H32 "\nseed " H64 "\n", "\"box\""},
        {TOP "kdf none\nbox " H144 "\n", "\"seed\""},
        {TOP "kdf none\nseed " H64 "0\n", "\"seed\""},
        {TOP "kdf none\nseed 0X112233445566778899aabbccddeeff" H32 "\n", "\"seed\""},
        {TOP "kdf none\nseed " H64 "\nmore\n", "goes on"},
        {TOP "kdf none\r\nseed " H64 "\n", "\"kdf\""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (parse_lines(bad[i].lines) != MIMEO_EMALFORMED)
            fail_msg("taken: %s", bad[i].lines);
        words(bad[i].words);
    }
    assert_int_equal(parse_lines(TOP "kdf argon2id 16 268435456 " H32 "\nbox " H144 "\n"), 0);
    assert_int_equal(parse_lines(TOP "kdf none\nseed " H64 "\n"), 0);
}

static void a_public_key_that_is_not_the_secrets_is_forged(void **state)
{
    (void)state;
    assert_int_equal(parse_lines(TOP "kdf none\nseed " H64 "\n"), 0);
    assert_int_equal(read_key(NULL), MIMEO_EFORGED);
    words("another public key");
}

static void a_changed_box_is_a_wrong_passphrase(void **state)
{
    (void)state;
    assert_int_equal(parse_lines(TOP "kdf argon2id 1 8192 " H32 "\nbox " H144 "\n"), 0);
    assert_int_equal(read_key(&good), MIMEO_EPASSPHRASE);
}

static void hostile_bytes_are_malformed(void **state)
{
    (void)state;
    struct keyfile_info info;
    uint8_t bytes[2048];
    uint32_t x = 1;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
        if (round % 2 == 0)
            memcpy(bytes, FIRST, sizeof FIRST - 1);
        assert_int_equal(keyfile_parse(&info, ctx, "k", view_of(bytes, sizeof bytes)), MIMEO_EMALFORMED);
    }
    assert_int_equal(keyfile_parse(&info, ctx, "k", view_of(NULL, 0)), MIMEO_EMALFORMED);
}

/* ---- another passphrase ---- */

static void rewrite_changes_sets_and_removes_the_passphrase(void **state)
{
    (void)state;
    struct stat st;
    make(&good);
    assert_int_equal(keyfile_rewrite(ctx, path, &good, &other, KEY_COST_MINIMAL), 0);
    assert_int_equal(read_key(&good), MIMEO_EPASSPHRASE);
    assert_int_equal(read_key(&other), 0);
    assert_int_equal(keyfile_rewrite(ctx, path, &other, &none, KEY_COST_MINIMAL), 0);
    assert_int_equal(read_key(NULL), 0);
    assert_int_equal(keyfile_rewrite(ctx, path, &none, &good, KEY_COST_MINIMAL), 0);
    assert_int_equal(read_key(&good), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void rewrite_with_a_wrong_passphrase_changes_nothing(void **state)
{
    (void)state;
    char before[4097], after[4097];
    make(&good);
    slurp(before);
    assert_int_equal(keyfile_rewrite(ctx, path, &other, &none, KEY_COST_MINIMAL), MIMEO_EPASSPHRASE);
    slurp(after);
    assert_string_equal(before, after);
}

static void each_writing_has_its_own_salt_and_nonce(void **state)
{
    (void)state;
    char one[4097], two[4097];
    make(&good);
    slurp(one);
    make(&good);
    slurp(two);
    assert_string_not_equal(strstr(one, "kdf"), strstr(two, "kdf"));
    assert_string_not_equal(strstr(one, "box"), strstr(two, "box"));
}

#define FILE_TEST(f) cmocka_unit_test_teardown(f, remove_files)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(passphrases_are_1_to_1024_exact_bytes),
        FILE_TEST(a_locked_key_comes_back_with_its_passphrase_only),
        FILE_TEST(a_clear_key_comes_back_without),
        FILE_TEST(a_locked_file_does_not_hold_the_seed),
        FILE_TEST(inspect_tells_what_it_is),
        FILE_TEST(a_key_is_never_overwritten),
        FILE_TEST(a_new_file_is_ours_alone_whatever_the_umask),
        FILE_TEST(a_file_that_others_can_reach_is_refused),
        FILE_TEST(a_symbolic_link_is_refused),
        FILE_TEST(what_is_no_regular_file_is_refused_without_waiting),
        FILE_TEST(a_file_of_another_user_is_refused),
        FILE_TEST(a_file_over_4_kib_is_refused),
        FILE_TEST(a_path_that_names_a_directory_is_refused),
        FILE_TEST(each_changed_byte_is_caught),
        FILE_TEST(each_cut_is_caught),
        FILE_TEST(each_fault_of_form_is_named),
        FILE_TEST(a_public_key_that_is_not_the_secrets_is_forged),
        FILE_TEST(a_changed_box_is_a_wrong_passphrase),
        FILE_TEST(hostile_bytes_are_malformed),
        FILE_TEST(rewrite_changes_sets_and_removes_the_passphrase),
        FILE_TEST(rewrite_with_a_wrong_passphrase_changes_nothing),
        FILE_TEST(each_writing_has_its_own_salt_and_nonce),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
