/* Tests of library/trust_store.c and trust_proofs.c: what is kept does not go down, and does not grow for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "library/trust_store.h"

static mimeo_ctx *ctx;
static char library[] = "/tmp/mimeo-trust-XXXXXX";
static struct trust_store store;
static const struct hash publisher = {{1, 2, 3}};

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(library));
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    return trust_store_open(&store, ctx, library);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    trust_store_close(&store);
    mimeo_ctx_free(ctx);
    return nftw(library, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The note of a header, and the hash of its text. */
static struct buf load(const char *name, struct hash *hash)
{
    char path[4096];
    struct buf b;
    struct note *note = calloc(1, sizeof(*note));
    snprintf(path, sizeof(path), MIMEO_SOURCE_DIR "/tests/fuzz/corpus/header/%s", name);
    assert_int_equal(file_read(&b, ctx, path, LIMIT_HEADER), 0);
    assert_non_null(note);
    assert_int_equal(note_parse(note, ctx, name, buf_view(&b), LIMIT_HEADER), 0);
    *hash = note->text_hash;
    free(note);
    return b;
}

static void expect_head(struct view wanted)
{
    struct buf b;
    assert_int_equal(trust_head_read(&b, &store, ctx, &publisher), 1);
    assert_true(view_equal(buf_view(&b), wanted));
    buf_dispose(&b);
}

/* Two processes read the same head, and each writes another: the second finds its place taken. */
static void a_head_written_meanwhile_is_not_replaced(void **state)
{
    (void)state;
    struct hash first_hash, second_hash, third_hash;
    struct buf first = load("good-cut-1", &first_hash), second = load("good-cut-2", &second_hash);
    struct buf third = load("good-cut-4", &third_hash);
    assert_int_equal(trust_head_write(&store, ctx, &publisher, NULL, buf_view(&first)), 0);
    assert_int_equal(trust_head_write(&store, ctx, &publisher, NULL, buf_view(&second)), 0);
    expect_head(buf_view(&first));
    assert_int_equal(trust_head_write(&store, ctx, &publisher, &first_hash, buf_view(&third)), 0);
    expect_head(buf_view(&third));
    assert_int_equal(trust_head_write(&store, ctx, &publisher, &first_hash, buf_view(&second)), 0);
    expect_head(buf_view(&third));
    buf_dispose(&first);
    buf_dispose(&second);
    buf_dispose(&third);
}

static int count_visit(const struct hash *id, struct view bytes, void *payload)
{
    (void)id;
    (void)bytes;
    ++*(uint64_t *)payload;
    return 0;
}

/* What proves nothing gives way, so the number stays; what stands is counted by the end-to-end test. */
static void at_most_100_files_are_kept(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0, .publisher = publisher};
    uint64_t count, visited = 0;
    for (int i = 0; i < TRUST_PROOFS_MAX + 20; i++) {
        struct hash id = hash_of(view_of(&i, sizeof(i)));
        assert_int_equal(trust_proof_write(&store, ctx, &chain, &id, VIEW_OF_LITERAL("no proof")), 0);
        assert_int_equal(trust_proof_write(&store, ctx, &chain, &id, VIEW_OF_LITERAL("no proof")), 0);
    }
    assert_int_equal(trust_proof_count(&count, &store, ctx, &publisher), 0);
    assert_int_equal(count, TRUST_PROOFS_MAX);
    assert_int_equal(trust_proof_each(&store, ctx, &publisher, count_visit, &visited), 0);
    assert_int_equal(visited, TRUST_PROOFS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_written_meanwhile_is_not_replaced),
        cmocka_unit_test(at_most_100_files_are_kept),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
