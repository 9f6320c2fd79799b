/*
 * Tests of store/commit.c, checkout.c and repack.c: commits that are the same everywhere, a work tree that
 * follows, recovery after a kill at any moment, and forgetting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/commit.h"
#include "store/git_objects.h"
#include "store/store.h"

static mimeo_ctx *ctx;
static char root[] = "/tmp/mimeo-commit-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(root + strlen(root) - 6, "XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    assert_int_equal(chdir("/"), 0);
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- a mirror of made-up files ---- */

static struct mirror_writer *open_at(const char *path, bool create)
{
    struct mirror_writer *w;
    int rc = mirror_writer_open(&w, ctx, path, create);
    if (rc < 0)
        fail_msg("%s: %s", path, mimeo_ctx_message(ctx));
    return w;
}

/* The next commit; every third brings a picture. */
static int commit_next(struct mirror_writer *w, bool orphan)
{
    uint64_t seq = mirror_writer_seq(w) + 1;
    char bundle[STORE_NAME_MAX], picture[STORE_NAME_MAX], head[64], body[4000];
    snprintf(head, sizeof(head), "head %llu\n", (unsigned long long)seq);
    memset(body, (int)('a' + seq % 26), sizeof(body));
    store_name_bundle(bundle, seq);
    struct hash h = hash_of(view_of_str(head));
    store_name_media(picture, seq, &h);
    struct mirror_file files[] = {{bundle, view_of(body, sizeof(body))},
                                  {"head", view_of_str(head)},
                                  {".gitattributes", VIEW_OF_LITERAL(MIRROR_GITATTRIBUTES)},
                                  {"charter/000001", VIEW_OF_LITERAL("charter\n")}};
    struct mirror_file media[] = {{picture, view_of_str(head)}};
    return mirror_writer_commit(w, ctx, seq, 1700000000 + (int64_t)seq, orphan, files, 4, media, seq % 3 == 0);
}

static void make(const char *path, int count)
{
    struct mirror_writer *w = open_at(path, true);
    for (int i = 0; i < count; i++)
        assert_int_equal(commit_next(w, false), 0);
    mirror_writer_close(w);
}

static struct git_id tip_of(const char *path, const char *branch)
{
    char git_dir[64];
    struct git_objects *g;
    struct git_id id;
    snprintf(git_dir, sizeof(git_dir), "%s/.git", path);
    assert_int_equal(git_objects_open(&g, ctx, git_dir), 0);
    assert_int_equal(git_objects_branch(&id, g, ctx, branch), 0);
    git_objects_close(g);
    return id;
}

/* The work tree, read as a reader would: as many bundles as the writer says, and the head of the last. */
static void check_tree(const char *path, uint64_t seq)
{
    struct store *s;
    struct stored head;
    uint64_t *seqs;
    size_t count;
    char expected[64];
    assert_int_equal(store_open(&s, ctx, path, false), 0);
    assert_int_equal(store_list_bundles(&seqs, &count, s, ctx), 0);
    assert_int_equal(count, seq);
    assert_int_equal(store_get_head(&head, s, ctx), 0);
    snprintf(expected, sizeof(expected), "head %llu\n", (unsigned long long)seq);
    assert_true(view_equal_str(head.view, expected));
    store_release(&head);
    free(seqs);
    store_close(s);
}

/* ---- tests ---- */

static void the_same_files_give_the_same_commits(void **state)
{
    (void)state;
    make("a", 7);
    struct mirror_writer *w = open_at("b", true);
    for (int i = 0; i < 7; i++) { /* opened again and again, packed in between */
        assert_int_equal(commit_next(w, false), 0);
        assert_int_equal(mirror_writer_pack(w, ctx), 0);
        mirror_writer_close(w);
        w = open_at("b", false);
    }
    mirror_writer_close(w);
    struct git_id a = tip_of("a", "main"), b = tip_of("b", "main");
    assert_memory_equal(&a, &b, sizeof(a));
    a = tip_of("a", "media");
    b = tip_of("b", "media");
    assert_memory_equal(&a, &b, sizeof(a));
    check_tree("a", 7);
    check_tree("b", 7);
}

static void a_directory_with_anything_in_it_is_refused(void **state)
{
    (void)state;
    struct mirror_writer *w;
    make("a", 1);
    assert_int_equal(mirror_writer_open(&w, ctx, "a", true), MIMEO_EEXISTS);
    assert_int_equal(mkdir("b", 0755), 0);
    assert_int_equal(mirror_writer_open(&w, ctx, "b", false), MIMEO_ENOTFOUND);
    FILE *f = fopen("b/mine", "w");
    assert_non_null(f);
    fclose(f);
    assert_int_equal(mirror_writer_open(&w, ctx, "b", true), MIMEO_EEXISTS);
}

static void one_writer_at_a_time(void **state)
{
    (void)state;
    make("a", 1);
    struct mirror_writer *first = open_at("a", false);
    pid_t other = fork();
    if (other == 0) {
        struct mirror_writer *second;
        _exit(mirror_writer_open(&second, ctx, "a", false) == MIMEO_EBUSY ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(WEXITSTATUS(status), 0);
    mirror_writer_close(first);
}

static void a_lost_or_spoiled_work_tree_is_put_right(void **state)
{
    (void)state;
    make("a", 4);
    assert_int_equal(remove("a/head"), 0);
    assert_int_equal(remove("a/.git/mimeo/at-main"), 0);
    FILE *f = fopen("a/.git/index", "w");
    assert_non_null(f);
    fputs("no index", f);
    fclose(f);
    static const char *const left[] = {"a/.git/objects/tmp_object_git2_1", "a/.git/objects/pack/pack_git2_1"};
    for (size_t i = 0; i < 2; i++)
        fclose(fopen(left[i], "w"));
    mirror_writer_close(open_at("a", false));
    check_tree("a", 4);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(access(left[i], F_OK), -1);
}

static unsigned microseconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned)((now.tv_sec - start->tv_sec) * 1000000 + (now.tv_nsec - start->tv_nsec) / 1000);
}

static void a_kill_at_any_moment_is_recovered(void **state)
{
    (void)state;
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    make("a", 1);
    mirror_writer_close(open_at("a", false));
    /* Opening and a commit, as busy as the machine is now; later it follows what the runs come to. */
    unsigned whole = microseconds_since(&start);
    uint64_t seq = 1;
    unsigned seed = 4711;
    for (int round = 0; round < 60; round++) {
        pid_t child = fork();
        if (child == 0) {
            struct mirror_writer *w;
            int rc = mirror_writer_open(&w, ctx, "a", false);
            while (rc == 0)
                rc = commit_next(w, false);
            fprintf(stderr, "round %d: %s\n", round, mimeo_ctx_message(ctx));
            _exit(1);
        }
        seed = seed * 1103515245u + 12345u;
        usleep(whole / 5 + seed / 65536 % (2 * whole));
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        struct mirror_writer *w = open_at("a", false);
        assert_true(mirror_writer_seq(w) >= seq);
        whole = mirror_writer_seq(w) > seq ? whole - whole / 8 : whole + whole / 4 + 1;
        seq = mirror_writer_seq(w);
        mirror_writer_close(w);
        check_tree("a", seq);
    }
    assert_true(seq > 10);
    /* The last kill may have come between the branches: an undisturbed bundle with a picture ends that. */
    struct mirror_writer *last = open_at("a", false);
    do
        assert_int_equal(commit_next(last, false), 0);
    while (++seq % 3 != 0);
    mirror_writer_close(last);
    /* What was killed on the way left no other commit ids than an undisturbed run. */
    make("b", (int)seq);
    struct git_id a = tip_of("a", "main"), b = tip_of("b", "main");
    assert_memory_equal(&a, &b, sizeof(a));
    a = tip_of("a", "media");
    b = tip_of("b", "media");
    assert_memory_equal(&a, &b, sizeof(a));
}

/* A run that was killed while it made a tag, or moved a branch, must not keep the next from doing it. */
static void locks_of_a_killed_run_are_removed(void **state)
{
    static const char *const locks[] = {"a/.git/HEAD.lock", "a/.git/index.lock", "a/.git/packed-refs.lock",
                                        "a/.git/refs/heads/main.lock", "a/.git/refs/tags/b100.lock"};
    (void)state;
    make("a", 99);
    for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++)
        close(open(locks[i], O_WRONLY | O_CREAT, 0600));
    struct mirror_writer *w = open_at("a", false);
    assert_int_equal(commit_next(w, false), 0);
    mirror_writer_close(w);
    check_tree("a", 100);
    for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++)
        assert_int_equal(access(locks[i], F_OK), -1);
}

static void forgetting_leaves_nothing_behind(void **state)
{
    (void)state;
    make("a", 6);
    struct git_id old = tip_of("a", "main");
    struct mirror_writer *w = open_at("a", false);
    char third[STORE_NAME_MAX];
    struct hash h = hash_of(view_of_str("head 3\n"));
    store_name_media(third, 3, &h);
    struct mirror_file files[] = {{"head", VIEW_OF_LITERAL("head 7\n")}, {"bundles/00/00/07.mimeo", VIEW_OF_LITERAL("7")}};
    struct mirror_file gone[] = {{third, {NULL, 0}}};
    assert_int_equal(mirror_writer_commit(w, ctx, 7, 1700000007, true, files, 2, gone, 1), 0);
    mirror_writer_close(w);
    check_tree("a", 7);

    struct git_objects *g;
    struct buf bytes;
    struct store *s;
    struct stored o;
    assert_int_equal(git_objects_open(&g, ctx, "a/.git"), 0);
    assert_int_equal(git_objects_read(&bytes, g, ctx, &old, GIT_KIND_COMMIT, 4096), MIMEO_EINCOMPLETE);
    git_objects_close(g);
    assert_int_equal(store_open(&s, ctx, "a", false), 0);
    assert_int_equal(store_get_media(&o, s, ctx, 3, &h), MIMEO_ENOTFOUND);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_files_give_the_same_commits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_with_anything_in_it_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_writer_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_or_spoiled_work_tree_is_put_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kill_at_any_moment_is_recovered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(locks_of_a_killed_run_are_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgetting_leaves_nothing_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
