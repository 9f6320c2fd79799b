/* Tests of base/program.c: another program, its deadline, and all that it started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/program.h"

static mimeo_ctx *ctx;

static int run(struct program_result *out, const char *script, int seconds, size_t output)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    const char *change[] = {"MIMEO_TEST_SET=yes", "MIMEO_TEST_GONE", NULL};
    struct program p = {.argv = argv, .change = change, .seconds = seconds, .output = output};
    return program_run(out, ctx, &p);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void program_gives_both_outputs_and_its_status(void **state)
{
    (void)state;
    struct program_result r;
    assert_int_equal(run(&r, "echo one; echo two >&2; exit 7", 10, 100), 0);
    assert_string_equal(buf_str(&r.out), "one\n");
    assert_string_equal(buf_str(&r.err), "two\n");
    assert_int_equal(r.status, 7);
    assert_false(r.cut_short);
    program_result_dispose(&r);
}

static void program_environment_is_ours_with_the_changes(void **state)
{
    (void)state;
    struct program_result r;
    setenv("MIMEO_TEST_SET", "no", 1);
    setenv("MIMEO_TEST_GONE", "here", 1);
    setenv("MIMEO_TEST_KEPT", "kept", 1);
    assert_int_equal(run(&r, "echo $MIMEO_TEST_SET.$MIMEO_TEST_GONE.$MIMEO_TEST_KEPT", 10, 100), 0);
    assert_string_equal(buf_str(&r.out), "yes..kept\n");
    program_result_dispose(&r);
}

static void program_has_no_input_and_no_terminal(void **state)
{
    (void)state;
    struct program_result r;
    assert_int_equal(run(&r, "cat; (: </dev/tty) 2>/dev/null && echo terminal; echo end", 10, 100), 0);
    assert_string_equal(buf_str(&r.out), "end\n");
    program_result_dispose(&r);
}

static void program_output_is_cut_at_the_cap_and_it_still_ends(void **state)
{
    (void)state;
    struct program_result r;
    assert_int_equal(run(&r, "head -c 100 /dev/zero | tr '\\0' x", 10, 100), 0);
    assert_int_equal(r.out.len, 100);
    assert_false(r.cut_short);
    program_result_dispose(&r);
    assert_int_equal(run(&r, "head -c 3000000 /dev/zero; exit 3", 10, 100), 0);
    assert_int_equal(r.out.len, 100);
    assert_int_equal(r.status, 3);
    assert_true(r.cut_short);
    program_result_dispose(&r);
}

/* The deadline ends what it started, too: else the pid that it printed would still be there. */
static void program_deadline_ends_the_whole_group(void **state)
{
    (void)state;
    struct program_result r = {.status = 1234};
    char name[] = "/tmp/mimeo-program-XXXXXX", script[200];
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    snprintf(script, sizeof(script), "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >%s; sleep 300; :' & wait", name);
    double begin = now();
    assert_int_equal(run(&r, script, 5, 100), MIMEO_ETIMEOUT);
    assert_true(now() - begin < 50);
    assert_int_equal(r.status, 1234); /* untouched */
    char line[32] = "";
    assert_true(pread(fd, line, sizeof(line) - 1, 0) > 0);
    /* Gone, or dead and not yet fetched by whoever is its parent now; sooner or later, but before its own end. */
    snprintf(script, sizeof(script), "! grep -q '^State:.[^ZX]' /proc/%d/status 2>/dev/null", atoi(line));
    int left = system(script);
    for (int waited = 0; left != 0 && waited < 400; waited++) {
        usleep(50 * 1000);
        left = system(script);
    }
    assert_int_equal(left, 0);
    close(fd);
    unlink(name);
}

static void program_is_not_waited_for_by_what_it_left_running(void **state)
{
    (void)state;
    struct program_result r;
    double begin = now();
    assert_int_equal(run(&r, "sleep 60 & echo done", 50, 100), 0);
    assert_true(now() - begin < 40);
    assert_string_equal(buf_str(&r.out), "done\n");
    program_result_dispose(&r);
}

static int stop(void *payload)
{
    (void)payload;
    return 1;
}

static void program_stops_when_asked(void **state)
{
    (void)state;
    struct program_result r;
    double begin = now();
    mimeo_ctx_set_cancel(ctx, stop, NULL);
    assert_int_equal(run(&r, "sleep 60", 60, 100), MIMEO_ECANCELLED);
    mimeo_ctx_set_cancel(ctx, NULL, NULL);
    assert_true(now() - begin < 50);
}

static void program_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct program_result r;
    const char *argv[] = {"mimeo-no-such-program", NULL};
    struct program p = {.argv = argv, .seconds = 5, .output = 100};
    assert_int_equal(program_run(&r, ctx, &p), MIMEO_ENOTFOUND);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "mimeo-no-such-program"));
}

static void program_files_are_capped(void **state)
{
    (void)state;
    struct program_result r;
    const char *argv[] = {"sh", "-c", "f=$(mktemp); head -c 100000 /dev/zero >$f; wc -c <$f; rm $f", NULL};
    struct program p = {.argv = argv, .seconds = 10, .output = 100, .file_size = 5000};
    assert_int_equal(program_run(&r, ctx, &p), 0);
    assert_int_equal(atoi(buf_str(&r.out)), 5000);
    program_result_dispose(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_gives_both_outputs_and_its_status),
        cmocka_unit_test(program_environment_is_ours_with_the_changes),
        cmocka_unit_test(program_has_no_input_and_no_terminal),
        cmocka_unit_test(program_output_is_cut_at_the_cap_and_it_still_ends),
        cmocka_unit_test(program_deadline_ends_the_whole_group),
        cmocka_unit_test(program_is_not_waited_for_by_what_it_left_running),
        cmocka_unit_test(program_stops_when_asked),
        cmocka_unit_test(program_that_is_not_there_is_named),
        cmocka_unit_test(program_files_are_capped),
    };
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
