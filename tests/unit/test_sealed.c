/* Tests of store/sealed.c and of encrypted packs in store/pack_source.c: what is tried, how often is asked, what is read. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/context.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/store.h"
#include "trust/seal.h"

static mimeo_ctx *ctx;
static char dir[] = "test-sealed-XXXXXX";
static struct passphrase good;
static unsigned asked;
static const char *answer;

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL || chdir(dir) < 0 || mimeo_ctx_new(&ctx) < 0 ||
        passphrase_copy(&good, ctx, VIEW_OF_LITERAL("seven quiet herons")) < 0)
        return -1;
    ctx->cheap_seals = true;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    passphrase_dispose(&good);
    mimeo_ctx_free(ctx);
    return chdir("..") == 0 ? dir_remove_tree(NULL, AT_FDCWD, dir) : -1;
}

static void words(const char *expected)
{
    if (strstr(mimeo_ctx_message(ctx), expected) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), expected);
}

/* ---- asking ---- */

static int give(const char *what, bool confirm, char *out, size_t *len, void *payload)
{
    (void)payload;
    assert_string_equal(what, "encrypted packs");
    assert_false(confirm);
    asked++;
    if (answer == NULL)
        return MIMEO_ECANCELLED;
    *len = strlen(answer);
    memcpy(out, answer, *len);
    return 0;
}

static void answer_with(const char *passphrase)
{
    struct mimeo_passphrase_source source = {give, NULL};
    answer = passphrase;
    asked = 0;
    mimeo_ctx_set_passphrase(ctx, &source);
}

/* ---- files ---- */

static int put(struct view v, mimeo_ctx *c, void *payload)
{
    return buf_append_view(payload, v) < 0 ? ctx_error_nomem(c) : 0;
}

static void write_file(const char *name, struct view bytes)
{
    int fd = dir_open(ctx, ".");
    assert_true(fd >= 0);
    assert_int_equal(file_write_atomic(ctx, fd, name, bytes, 0644), 0);
    close(fd);
}

static struct buf vector(const char *name)
{
    struct buf b;
    char path[512];
    snprintf(path, sizeof(path), "%s/tests/vectors/%s.mimeo", MIMEO_SOURCE_DIR, name);
    assert_int_equal(file_read(&b, ctx, path, MIB), 0);
    return b;
}

static struct buf sealed(struct view plain)
{
    struct buf b;
    struct seal_writer *w;
    buf_init(&b, 32 * MIB);
    assert_int_equal(seal_writer_new(&w, ctx, &good, put, &b), 0);
    assert_int_equal(seal_write(w, ctx, plain), 0);
    assert_int_equal(seal_finish(w, ctx), 0);
    seal_writer_free(w);
    return b;
}

static void write_sealed(const char *name, struct view plain)
{
    struct buf b = sealed(plain);
    write_file(name, buf_view(&b));
    buf_dispose(&b);
}

static size_t bundles_of(struct store *s)
{
    uint64_t *seqs = NULL;
    size_t count = 0;
    assert_int_equal(store_list_bundles(&seqs, &count, s, ctx), 0);
    free(seqs);
    return count;
}

static int count_stray(const char *name, const struct stray *stray, void *payload)
{
    (void)name;
    assert_true(stray->code == MIMEO_EFORGED);
    ++*(size_t *)payload;
    return 0;
}

/* ---- tests ---- */

static void a_sealed_pack_is_a_pack(void **state)
{
    (void)state;
    struct buf plain = vector("good-three-bundles");
    struct store *s, *t;
    struct stored a, b;
    write_file("plain.mimeo", buf_view(&plain));
    write_sealed("noname", buf_view(&plain));
    answer_with("seven quiet herons");
    assert_int_equal(store_open(&s, ctx, "plain.mimeo", false), 0);
    assert_int_equal(asked, 0);
    assert_int_equal(store_open(&t, ctx, "noname", false), 0);
    assert_int_equal(store_kind(t), STORE_PACK);
    assert_false(store_is_concurrent(t));
    assert_int_equal(bundles_of(t), bundles_of(s));
    assert_int_equal(store_get_bundle(&a, s, ctx, 2), 0);
    assert_int_equal(store_get_bundle(&b, t, ctx, 2), 0);
    assert_true(view_equal(a.view, b.view));
    store_release(&a);
    store_release(&b);
    store_close(s);
    store_close(t);
    buf_dispose(&plain);
}

static void many_files_are_one_pack_and_one_question(void **state)
{
    (void)state;
    enum { FILES = 70 }; /* more than stay open */
    static char names[FILES][16];
    struct packs *all;
    struct buf one = vector("good-one-bundle"), three = vector("good-three-bundles");
    struct store *s;
    size_t strays = 0;
    for (size_t i = 0; i < FILES; i++) {
        snprintf(names[i], sizeof(names[i]), "part-%zu", i);
        if (i % 7 == 3)
            write_file(names[i], buf_view(&one)); /* some in the clear */
        else
            write_sealed(names[i], i == 40 ? buf_view(&three) : buf_view(&one));
    }
    answer_with("seven quiet herons");
    assert_int_equal(packs_new(&all, ctx), 0);
    for (size_t i = 0; i < FILES; i++)
        assert_int_equal(packs_add(all, ctx, names[i]), 0);
    assert_int_equal(packs_index(all, ctx), 0);
    assert_int_equal(packs_store(&s, ctx, all, 0, 0), 0);
    assert_int_equal(asked, 1);
    assert_true(bundles_of(s) >= 3);
    struct stored o;
    for (uint64_t seq = 1; seq <= 3; seq++) {
        assert_int_equal(store_get_bundle(&o, s, ctx, seq), 0);
        store_release(&o);
    }
    assert_int_equal(store_each_stray(s, ctx, count_stray, &strays), 0);
    store_close(s);
    packs_free(all);
    buf_dispose(&one);
    buf_dispose(&three);
}

static void without_a_passphrase_it_is_said_what_it_may_be(void **state)
{
    (void)state;
    struct store *s = NULL;
    struct buf plain = vector("good-one-bundle"), b = sealed(buf_view(&plain));
    mimeo_ctx_set_passphrase(ctx, NULL);
    write_file("whole", buf_view(&b));
    write_file("short", view_of(b.ptr, b.len - 7));
    assert_int_equal(store_open(&s, ctx, "whole", false), MIMEO_EPASSPHRASE);
    words("'whole' is nothing that mimeo knows, or an encrypted pack: give --passphrase-file");
    assert_int_equal(store_open(&s, ctx, "short", false), MIMEO_EPASSPHRASE);
    words("cut short: get it again");
    answer_with("");
    assert_int_equal(store_open(&s, ctx, "whole", false), MIMEO_EPASSPHRASE);
    words("1 to 1024 bytes");
    assert_null(s);
    buf_dispose(&plain);
    buf_dispose(&b);
}

static void nobody_is_asked_twice(void **state)
{
    (void)state;
    struct store *s = NULL;
    struct buf plain = vector("good-one-bundle");
    write_sealed("one", buf_view(&plain));
    write_sealed("two", buf_view(&plain));
    answer_with(NULL); /* who is asked turns away */
    assert_int_equal(store_open(&s, ctx, "one", false), MIMEO_ECANCELLED);
    assert_int_equal(store_open(&s, ctx, "two", false), MIMEO_ECANCELLED);
    assert_int_equal(asked, 1);
    answer_with("seven quiet heron");
    assert_int_equal(store_open(&s, ctx, "one", false), MIMEO_EPASSPHRASE);
    words("'one': the passphrase does not open it");
    assert_int_equal(store_open(&s, ctx, "two", false), MIMEO_EPASSPHRASE);
    assert_int_equal(asked, 1);
    mimeo_ctx_set_passphrase(ctx, NULL); /* and it is forgotten */
    assert_int_equal(store_open(&s, ctx, "one", false), MIMEO_EPASSPHRASE);
    words("give --passphrase-file");
    assert_null(s);
    buf_dispose(&plain);
}

/* A stick full of noise does not keep its reader busy for hours. */
static void noise_is_tried_so_often_and_no_more(void **state)
{
    (void)state;
    struct store *s = NULL;
    uint8_t noise[1024];
    ctx_random(ctx, noise, sizeof(noise));
    write_file("noise", view_of(noise, sizeof(noise)));
    answer_with("seven quiet herons");
    for (int i = 0; i < 64; i++) {
        assert_int_equal(store_open(&s, ctx, "noise", false), MIMEO_EPASSPHRASE);
        words("does not open it");
    }
    assert_int_equal(store_open(&s, ctx, "noise", false), MIMEO_EPASSPHRASE);
    words("'noise' was not tried");
    assert_null(s);
}

/* A sealed file begins with any bytes at all: those of a page, of a text. */
static void random_bytes_are_no_page(void **state)
{
    (void)state;
    static const char *const beginnings[] = {"<", "<!", " <", "\n", "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF", "B", "PK", "\x1F\x8B", "mi"};
    struct store *s = NULL;
    uint8_t noise[4096];
    mimeo_ctx_set_passphrase(ctx, NULL);
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        ctx_random(ctx, noise, sizeof(noise));
        memcpy(noise, beginnings[i], strlen(beginnings[i]));
        write_file("noise", view_of(noise, sizeof(noise)));
        assert_int_equal(store_open(&s, ctx, "noise", false), MIMEO_EPASSPHRASE);
    }
    assert_null(s);
}

static void damage_is_a_stray_and_the_rest_is_read(void **state)
{
    (void)state;
    struct store *s;
    struct buf plain = vector("good-three-bundles"), big, b;
    size_t strays = 0;
    buf_init(&big, 32 * MIB); /* noise between two packs, so that the second is in another segment */
    assert_int_equal(buf_append_view(&big, buf_view(&plain)), 0);
    assert_int_equal(buf_reserve(&big, 600000), 0);
    memset(big.ptr + big.len, 'x', 600000);
    big.len += 600000;
    assert_int_equal(buf_append_view(&big, buf_view(&plain)), 0);
    b = sealed(buf_view(&big));
    b.ptr[200] ^= 1; /* the first segment */
    write_file("damaged", buf_view(&b));
    answer_with("seven quiet herons");
    assert_int_equal(store_open(&s, ctx, "damaged", false), 0);
    assert_int_equal(bundles_of(s), 3); /* of the second pack */
    assert_int_equal(store_each_stray(s, ctx, count_stray, &strays), 0);
    assert_int_equal(strays, 1);
    store_close(s);
    write_file("cut", view_of(b.ptr, b.len / 2));
    strays = 0;
    assert_int_equal(store_open(&s, ctx, "cut", false), 0);
    assert_int_equal(store_each_stray(s, ctx, count_stray, &strays), 0);
    assert_int_equal(strays, 2); /* what was read as a stretch, and the file */
    store_close(s);
    buf_dispose(&plain);
    buf_dispose(&big);
    buf_dispose(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_pack_is_a_pack),
        cmocka_unit_test(many_files_are_one_pack_and_one_question),
        cmocka_unit_test(without_a_passphrase_it_is_said_what_it_may_be),
        cmocka_unit_test(nobody_is_asked_twice),
        cmocka_unit_test(noise_is_tried_so_often_and_no_more),
        cmocka_unit_test(random_bytes_are_no_page),
        cmocka_unit_test(damage_is_a_stray_and_the_rest_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
