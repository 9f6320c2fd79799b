/* Tests of base/file.c, child.c and pool.c: what touches the operating system. */
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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/pool.h"

static mimeo_ctx *ctx;
static char root[] = "/tmp/mimeo-file-XXXXXX";
static int dir;

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
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    dir = dir_open(ctx, root);
    return dir < 0 ? dir : 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(dir);
    mimeo_ctx_free(ctx);
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int count_one(const char *name, unsigned char d_type, void *payload)
{
    (void)name;
    (void)d_type;
    ++*(int *)payload;
    return 0;
}

static int entries(void)
{
    int count = 0;
    assert_int_equal(dir_each(ctx, dir, 1000, count_one, &count), 0);
    return count;
}

static void holds(const char *name, const char *text)
{
    struct file_bytes f;
    assert_int_equal(file_load_at(&f, ctx, dir, name, 1 << 20, false), 0);
    assert_true(view_equal_str(f.view, text));
    file_unload(&f);
}

static void writes_whole_files_in_new_directories(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(file_write_atomic(ctx, dir, "a/b/c", view_of_str("one"), 0600), 0);
    holds("a/b/c", "one");
    assert_int_equal(file_write_atomic(ctx, dir, "a/b/c", view_of_str("two"), 0600), 0);
    holds("a/b/c", "two");
    assert_int_equal(fstatat(dir, "a/b/c", &st, 0), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(fstatat(dir, "a/b", &st, 0), 0);
    assert_int_equal(st.st_mode & 077, 0);
    assert_int_equal(file_write_new(ctx, dir, "a/b/c", view_of_str("three"), 0600), MIMEO_EEXISTS);
    holds("a/b/c", "two");
}

static void a_write_that_fails_leaves_the_old_file_and_nothing_else(void **state)
{
    (void)state;
    struct rlimit before, small = {100, 100};
    char big[1000];
    memset(big, 'x', sizeof(big));
    assert_int_equal(file_write_atomic(ctx, dir, "f", view_of_str("old"), 0644), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = file_write_atomic(ctx, dir, "f", view_of(big, sizeof(big)), 0644);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, MIMEO_EIO);
    holds("f", "old");
    assert_int_equal(entries(), 1);
}

static void follows_no_link_and_opens_no_pipe(void **state)
{
    (void)state;
    struct file_bytes f;
    assert_int_equal(symlinkat("/etc/passwd", dir, "link"), 0);
    assert_int_equal(mkdirat(dir, "sub", 0755), 0);
    assert_int_equal(symlinkat("sub", dir, "linked"), 0);
    assert_int_equal(mkfifoat(dir, "pipe", 0644), 0);
    assert_int_equal(file_write_atomic(ctx, dir, "sub/f", view_of_str("x"), 0644), 0);
    assert_int_equal(file_load_at(&f, ctx, dir, "link", 1000, false), MIMEO_EMALFORMED);
    assert_int_equal(file_load_at(&f, ctx, dir, "linked/f", 1000, false), MIMEO_EMALFORMED);
    assert_int_equal(file_load_at(&f, ctx, dir, "pipe", 1000, false), MIMEO_EMALFORMED);
    assert_int_equal(file_load_at(&f, ctx, dir, "sub", 1000, false), MIMEO_EMALFORMED);
    assert_true(file_load_at(&f, ctx, dir, "../etc/passwd", 1000, false) < 0);
    assert_true(file_load_at(&f, ctx, dir, "sub/../sub/f", 1000, false) < 0);
    assert_true(file_load_at(&f, ctx, dir, "/etc/passwd", 1000, false) < 0);
    assert_int_equal(file_load_at(&f, ctx, dir, "nowhere", 1000, false), MIMEO_ENOTFOUND);
    assert_int_equal(file_load_at(&f, ctx, dir, "sub/f", 0, false), MIMEO_EMALFORMED); /* over its cap */
}

static void removes_only_what_it_left_itself(void **state)
{
    (void)state;
    int fd = openat(dir, ".mimeo-tmp-999999-1-abc", O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(file_write_atomic(ctx, dir, "mine", view_of_str("x"), 0644), 0);
    assert_int_equal(dir_remove_stale(ctx, dir), 0);
    assert_int_equal(entries(), 1);
    holds("mine", "x");
}

static void sweeping_takes_nothing_from_a_living_writer(void **state)
{
    (void)state;
    pid_t sweeper = fork();
    assert_true(sweeper >= 0);
    if (sweeper == 0) {
        for (;;)
            dir_remove_stale(ctx, dir);
    }
    int rc = 0;
    for (int i = 0; rc == 0 && i < 300; i++)
        rc = file_write_atomic(ctx, dir, "mine", view_of_str("x"), 0644);
    kill(sweeper, SIGKILL);
    waitpid(sweeper, NULL, 0);
    assert_int_equal(rc, 0);
    assert_int_equal(entries(), 1);
    holds("mine", "x");
}

/* ---- children ---- */

static int say(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)child;
    return buf_append_str(out, payload);
}

static int complain(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)out;
    (void)payload;
    return ctx_error(child, MIMEO_EFORGED, "so it is");
}

static int crash(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)out;
    (void)child;
    (void)payload;
    raise(SIGKILL);
    return 0;
}

static int spin(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)out;
    (void)child;
    volatile int *n = payload;
    for (;;)
        ++*n;
    return 0;
}

static int flood(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)child;
    (void)payload;
    int rc = 0;
    for (int i = 0; i < 100000 && rc == 0; i++)
        rc = buf_append_str(out, "0123456789");
    return rc;
}

static int run(struct buf *out, int (*fn)(struct buf *, mimeo_ctx *, void *), void *payload)
{
    const struct child_limits limits = {.memory = 256 * MIB, .seconds = 1, .output = 64 * KIB};
    return child_run(out, ctx, "the bomb", &limits, fn, payload);
}

static void a_child_gives_back_bytes_or_its_error(void **state)
{
    (void)state;
    struct buf out;
    assert_int_equal(run(&out, say, "hello"), 0);
    assert_string_equal(buf_str(&out), "hello");
    buf_dispose(&out);
    assert_int_equal(run(&out, complain, NULL), MIMEO_EFORGED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "so it is"));
}

static void a_child_that_dies_ends_alone(void **state)
{
    (void)state;
    struct buf out;
    int n = 0;
    assert_int_equal(run(&out, crash, NULL), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "the bomb"));
    assert_int_equal(run(&out, spin, &n), MIMEO_EMALFORMED);
    assert_int_equal(run(&out, flood, NULL), MIMEO_EMALFORMED);
}

static void a_tree_is_removed_and_no_link_out_of_it_followed(void **state)
{
    (void)state;
    assert_int_equal(file_write_atomic(ctx, dir, "keep/file", VIEW_OF_LITERAL("kept"), 0644), 0);
    assert_int_equal(file_write_atomic(ctx, dir, "gone/a/b/file", VIEW_OF_LITERAL("x"), 0644), 0);
    assert_int_equal(symlinkat("../../keep", dir, "gone/a/link"), 0);
    assert_int_equal(dir_remove_tree(ctx, dir, "gone"), 0);
    assert_int_equal(entries(), 1);
    holds("keep/file", "kept");
    assert_int_equal(dir_remove_tree(ctx, dir, "gone"), 0);
    assert_int_equal(symlinkat("keep", dir, "link"), 0);
    assert_int_not_equal(dir_remove_tree(ctx, dir, "link"), 0);
    holds("keep/file", "kept");
}

static int report_and_sleep(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)out;
    (void)payload;
    ctx_progress(child, "counting", 3, 4, "sheep");
    sleep(100);
    return 0;
}

static int write_too_much(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)out;
    static const uint8_t bytes[8192];
    int at = dir_open(child, payload);
    int rc = at < 0 ? at : file_write_new(child, at, "small", view_of(bytes, 4096), 0600);
    return rc == 0 ? file_write_new(child, at, "large", view_of(bytes, 8192), 0600) : rc;
}

static void note_progress(const char *what, uint64_t done, uint64_t total, const char *unit, void *payload)
{
    snprintf(payload, 64, "%s %d of %d %s", what, (int)done, (int)total, unit);
}

static int stop_now(void *payload)
{
    (void)payload;
    return 1;
}

static void a_child_that_does_not_go_on_is_stopped_and_said_to_be(void **state)
{
    (void)state;
    const struct child_limits limits = {
        .memory = 256 * MIB, .seconds = 20, .output = KIB, .wall_seconds = 200, .stall_seconds = 4};
    struct child_fate fate;
    struct buf out;
    char said[64] = "";
    int code = 1;
    mimeo_ctx_set_progress(ctx, note_progress, said);
    assert_int_equal(child_try(&fate, &code, &out, ctx, &limits, report_and_sleep, NULL), 0);
    assert_int_equal(fate.end, CHILD_STALLED);
    assert_string_equal(said, "counting 3 of 4 sheep");
    mimeo_ctx_set_cancel(ctx, stop_now, NULL);
    assert_int_equal(child_try(&fate, &code, &out, ctx, &limits, report_and_sleep, NULL), 0);
    assert_int_equal(fate.end, CHILD_CANCELLED);
    mimeo_ctx_set_cancel(ctx, NULL, NULL);
    assert_int_equal(child_try(&fate, &code, &out, ctx, &limits, crash, NULL), 0);
    assert_int_equal(fate.end, CHILD_DIED);
    assert_int_equal(fate.signal, SIGKILL);
}

static void a_child_writes_no_file_over_its_limit(void **state)
{
    (void)state;
    const struct child_limits limits = {.memory = 256 * MIB, .seconds = 20, .output = KIB, .file_bytes = 4096};
    struct child_fate fate;
    struct buf out;
    int code = 1;
    assert_int_equal(child_try(&fate, &code, &out, ctx, &limits, write_too_much, root), 0);
    assert_int_equal(fate.end, CHILD_ANSWERED);
    assert_int_equal(code, MIMEO_EIO);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "large"));
}

/* ---- the pool ---- */

static int square(mimeo_ctx *worker, void *item, void *shared)
{
    (void)shared;
    int *n = item;
    usleep((useconds_t)(*n * 37 % 500));
    if (*n == 50)
        return ctx_error(worker, MIMEO_EFAIL, "fifty");
    *n *= *n;
    return 0;
}

static void a_pool_keeps_the_order(void **state)
{
    (void)state;
    struct pool *p;
    int items[100], put = 0, taken = 0;
    assert_int_equal(pool_new(&p, ctx, 4, 8, square, NULL), 0);
    while (taken < 100) {
        if (put < 100 && !pool_full(p)) {
            items[put] = put;
            assert_int_equal(pool_put(p, ctx, &items[put]), 0);
            put++;
            continue;
        }
        void *item;
        int rc = pool_take(p, ctx, &item);
        assert_ptr_equal(item, &items[taken]);
        assert_int_equal(rc, taken == 50 ? MIMEO_EFAIL : 0);
        if (taken == 50)
            assert_string_equal(mimeo_ctx_message(ctx), "fifty");
        else
            assert_int_equal(items[taken], taken * taken);
        taken++;
    }
    assert_true(pool_empty(p));
    pool_free(p, NULL);
}

/* Of every size up to some thousand bytes, so that each lock of an allocator is taken. */
static void allocate(void)
{
    for (int i = 0; i < 3000; i++) {
        char *some = malloc((size_t)(i * 61 % 6000) + 1);
        assert_non_null(some);
        *(volatile char *)some = 1;
        free(some);
    }
}

static int allocate_and_answer(struct buf *out, mimeo_ctx *child, void *payload)
{
    (void)child;
    (void)payload;
    allocate();
    return buf_append_byte(out, 'y');
}

static int allocate_in_child(mimeo_ctx *worker, void *item, void *shared)
{
    static const struct child_limits limits = {
        .memory = (size_t)1 << 40, .seconds = 20, .output = KIB, .wall_seconds = 20};
    struct buf out;
    (void)item;
    allocate();
    int rc = child_run(&out, worker, "the item", &limits, allocate_and_answer, shared);
    if (rc == 0)
        buf_dispose(&out);
    return rc;
}

/* A child that is forked while another thread allocates must not wait for that thread's lock: it is not there. */
static void children_of_a_pool_may_allocate(void **state)
{
    (void)state;
    struct pool *p;
    assert_int_equal(pool_new(&p, ctx, 0, 8, allocate_in_child, NULL), 0);
    for (int i = 0; i < 60; i++) {
        void *item;
        if (pool_full(p))
            assert_int_equal(pool_take(p, ctx, &item), 0);
        assert_int_equal(pool_put(p, ctx, p), 0);
    }
    while (!pool_empty(p)) {
        void *item;
        assert_int_equal(pool_take(p, ctx, &item), 0);
    }
    pool_free(p, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_whole_files_in_new_directories),
        TEST(a_write_that_fails_leaves_the_old_file_and_nothing_else),
        TEST(follows_no_link_and_opens_no_pipe),
        TEST(removes_only_what_it_left_itself),
        TEST(sweeping_takes_nothing_from_a_living_writer),
        TEST(a_tree_is_removed_and_no_link_out_of_it_followed),
        TEST(a_child_gives_back_bytes_or_its_error),
        TEST(a_child_that_dies_ends_alone),
        TEST(a_child_that_does_not_go_on_is_stopped_and_said_to_be),
        TEST(a_child_writes_no_file_over_its_limit),
        TEST(a_pool_keeps_the_order),
        TEST(children_of_a_pool_may_allocate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
