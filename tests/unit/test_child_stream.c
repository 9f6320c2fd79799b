/* A child that gives back many parts: base/child_stream.h. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child_stream.h"

static mimeo_ctx *ctx;
static const struct child_limits limits = {.memory = (size_t)1 << 40, .seconds = 20, .output = 1000, .wall_seconds = 20};

static int start(void **state)
{
    (void)state;
    return mimeo_ctx_new(&ctx);
}

static int stop(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

static int count(struct child_pipe *pipe, mimeo_ctx *child, void *payload)
{
    int rc = 0;
    for (int i = 0; rc == 0 && i < *(int *)payload; i++) {
        char text[16];
        rc = child_give(pipe, child, view_of(text, (size_t)snprintf(text, sizeof(text), "%d", i)));
    }
    return rc;
}

static int fail_behind_one(struct child_pipe *pipe, mimeo_ctx *child, void *payload)
{
    (void)payload;
    child_give(pipe, child, VIEW_OF_LITERAL("one"));
    return ctx_error(child, MIMEO_ENOTFOUND, "there is no second");
}

static int give_too_much(struct child_pipe *pipe, mimeo_ctx *child, void *payload)
{
    static const char large[1001];
    (void)payload;
    return child_give(pipe, child, view_of(large, sizeof(large)));
}

static int die(struct child_pipe *pipe, mimeo_ctx *child, void *payload)
{
    (void)payload;
    child_give(pipe, child, VIEW_OF_LITERAL("last words"));
    raise(SIGKILL);
    return 0;
}

static int sleep_long(struct child_pipe *pipe, mimeo_ctx *child, void *payload)
{
    (void)pipe;
    (void)child;
    (void)payload;
    sleep(60);
    return 0;
}

static int talk_nonsense(struct child_pipe *pipe, mimeo_ctx *child, void *payload)
{
    (void)child;
    (void)payload;
    int fd = *(const int *)pipe; /* its first member: what a parser that was taken over would write to */
    _exit(write(fd, "o\377\377\377\377boo", 8) != 8);
}

static struct child_stream *open_stream(int (*fn)(struct child_pipe *, mimeo_ctx *, void *), void *payload,
                                        const struct child_limits *given)
{
    struct child_stream *s;
    assert_int_equal(child_stream_open(&s, ctx, "the work", given, fn, payload), 0);
    return s;
}

static void parts_come_in_order_and_end(void **state)
{
    int many = 20000, seen = 0, rc;
    struct buf part;
    (void)state;
    buf_init(&part, 1000);
    struct child_stream *s = open_stream(count, &many, &limits);
    while ((rc = child_stream_next(s, ctx, &part)) == 1)
        assert_int_equal(atoi(buf_str(&part)), seen++);
    assert_int_equal(rc, 0);
    assert_int_equal(seen, many);
    assert_int_equal(child_stream_next(s, ctx, &part), 0); /* and stay ended */
    child_stream_close(s);
    buf_dispose(&part);
}

static void closing_early_ends_the_child(void **state)
{
    int many = 1000000000;
    struct buf part;
    (void)state;
    buf_init(&part, 1000);
    struct child_stream *s = open_stream(count, &many, &limits);
    assert_int_equal(child_stream_next(s, ctx, &part), 1);
    child_stream_close(s); /* would hang here, were the child not killed */
    buf_dispose(&part);
}

/* What is given first, and then this code with these words, again and again. */
static void expect_end(struct child_stream *s, const char *first, int code, const char *words)
{
    struct buf part;
    buf_init(&part, 1000);
    if (first != NULL) {
        assert_int_equal(child_stream_next(s, ctx, &part), 1);
        assert_string_equal(buf_str(&part), first);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(child_stream_next(s, ctx, &part), code);
        assert_non_null(strstr(mimeo_ctx_message(ctx), words));
    }
    child_stream_close(s);
    buf_dispose(&part);
}

static void its_code_and_words_come_behind_its_parts(void **state)
{
    (void)state;
    expect_end(open_stream(fail_behind_one, NULL, &limits), "one", MIMEO_ENOTFOUND, "there is no second");
    expect_end(open_stream(give_too_much, NULL, &limits), NULL, MIMEO_EMALFORMED, "more than the most");
}

static void a_child_that_dies_or_lies_is_told(void **state)
{
    struct child_limits short_wait = limits;
    short_wait.wall_seconds = 1;
    (void)state;
    expect_end(open_stream(die, NULL, &limits), "last words", MIMEO_EMALFORMED, "the work could not be read within its limits");
    expect_end(open_stream(talk_nonsense, NULL, &limits), NULL, MIMEO_EMALFORMED, "could not be read");
    expect_end(open_stream(sleep_long, NULL, &short_wait), NULL, MIMEO_EMALFORMED, "could not be read");
}

static void memory_is_counted_above_what_is_there(void **state)
{
    (void)state;
    assert_true(child_memory(1000) > 1000);
    assert_true(child_memory(2000) - child_memory(1000) < 1 << 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_in_order_and_end),
        cmocka_unit_test(closing_early_ends_the_child),
        cmocka_unit_test(its_code_and_words_come_behind_its_parts),
        cmocka_unit_test(a_child_that_dies_or_lies_is_told),
        cmocka_unit_test(memory_is_counted_above_what_is_there),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
