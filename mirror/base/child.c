/*
 * Work in a child.  What comes back over the pipe is a frame: code (4 bytes), length of the message
 * (4 bytes), the message, the output.  The frame is read with the same care as anything hostile: a
 * parser that was taken over writes it.
 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FRAME_LEN 8
#define OVERHEAD ((size_t)FRAME_LEN + CTX_MESSAGE_MAX)

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif

/* ---- in the child ---- */

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit r = {value, value};
    setrlimit(resource, &r);
}

static void apply(const struct child_limits *limits)
{
#ifndef UNDER_ASAN
    limit(RLIMIT_AS, (rlim_t)limits->memory);
#endif
    limit(RLIMIT_CPU, (rlim_t)limits->seconds);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0); /* it writes to a pipe and nowhere else */
}

static bool write_all(int fd, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool write_frame(int fd, int code, const char *message, struct view out)
{
    struct buf head;
    buf_init(&head, FRAME_LEN);
    bool good = buf_append_u32be(&head, (uint32_t)-code) == 0 &&
                buf_append_u32be(&head, (uint32_t)strlen(message)) == 0 &&
                write_all(fd, head.ptr, head.len) && write_all(fd, message, strlen(message)) &&
                write_all(fd, out.ptr, out.len);
    buf_dispose(&head);
    return good;
}

static _Noreturn void child_main(int fd, mimeo_ctx *parent_ctx, const struct child_limits *limits,
                                 int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload),
                                 void *payload)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    apply(limits);
    mimeo_ctx ctx;
    ctx_init_worker(&ctx, parent_ctx);
    ctx.cancel = NULL; /* the parent kills */
    struct buf out;
    buf_init(&out, limits->output);
    int code = fn(&out, &ctx, payload);
    struct view none = {NULL, 0};
    bool good = write_frame(fd, code, code < 0 ? ctx.message : "", code < 0 ? none : buf_view(&out));
    _exit(good ? 0 : 1); /* no exit handlers: they are the parent's */
}

/* ---- in the parent ---- */

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum end { END_WHOLE, END_DEADLINE, END_TOO_MUCH, END_CANCELLED, END_FAILED };

static enum end receive(struct buf *in, mimeo_ctx *ctx, int fd, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - milliseconds();
        if (left <= 0)
            return END_DEADLINE;
        struct pollfd p = {fd, POLLIN, 0};
        int n = poll(&p, 1, left > 200 ? 200 : (int)left); /* often enough to notice a cancel */
        if (n < 0 && errno != EINTR)
            return END_FAILED;
        if (ctx_check_cancel(ctx) < 0)
            return END_CANCELLED;
        if (n <= 0)
            continue;
        uint8_t bytes[65536];
        ssize_t got = read(fd, bytes, sizeof(bytes));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return END_FAILED;
        if (got == 0)
            return END_WHOLE;
        if (buf_append(in, bytes, (size_t)got) < 0)
            return END_TOO_MUCH;
    }
}

static bool reap(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int unframe(struct buf *out, mimeo_ctx *ctx, struct view in, size_t max, bool *well_formed)
{
    struct cursor c = cursor_of(in);
    uint32_t code, len;
    struct view message;
    *well_formed = cursor_u32be(&c, &code) && cursor_u32be(&c, &len) && code <= 99 &&
                   len < CTX_MESSAGE_MAX && cursor_take(&c, len, &message) && c.left <= max;
    if (!*well_formed)
        return MIMEO_EMALFORMED;
    if (code != 0)
        return ctx_error(ctx, -(int)code, "%.*s", (int)message.len, (const char *)message.ptr);
    struct buf b;
    buf_init(&b, max);
    if (buf_append(&b, c.ptr, c.left) < 0) {
        buf_dispose(&b);
        return ctx_error_nomem(ctx);
    }
    *out = b;
    return 0;
}

int child_run(struct buf *out, mimeo_ctx *ctx, const char *what, const struct child_limits *limits,
              int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot start a child to read %s", what);
    pid_t pid = fork();
    if (pid < 0) {
        int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot start a child to read %s", what);
        close(ends[0]);
        close(ends[1]);
        return rc;
    }
    if (pid == 0) {
        close(ends[0]);
        child_main(ends[1], ctx, limits, fn, payload);
    }
    close(ends[1]);
    struct buf in;
    buf_init(&in, limits->output + OVERHEAD);
    enum end end = receive(&in, ctx, ends[0], milliseconds() + (int64_t)limits->seconds * 2000);
    if (end != END_WHOLE)
        kill(pid, SIGKILL);
    close(ends[0]);
    bool clean = reap(pid);
    bool well_formed = false;
    int rc = MIMEO_EMALFORMED;
    if (end == END_CANCELLED)
        rc = MIMEO_ECANCELLED;
    else if (end == END_WHOLE && clean)
        rc = unframe(out, ctx, buf_view(&in), limits->output, &well_formed);
    if (!well_formed && rc == MIMEO_EMALFORMED)
        ctx_error(ctx, rc, "%s could not be read within its limits", what);
    buf_dispose(&in);
    return rc;
}
