/*
 * Work in a child.  What comes back over the pipe are frames: a letter, a length (4 bytes), contents.
 *
 *     p  done (8 bytes), total (8 bytes), what it does, NUL, unit, NUL     any number of them
 *     r  code (4 bytes), length of the message (4 bytes), message, output  the last
 *
 * They are read with the same care as anything hostile: a parser that was taken over writes them.
 */
#include "base/child_inside.h"

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

#define FRAME_LEN 5
#define RESULT_LEN 8
#define WORDS_MAX 64 /* of progress */
#define PROGRESS_MAX (16 + 2 * (size_t)WORDS_MAX)
#define OVERHEAD ((size_t)FRAME_LEN + RESULT_LEN + CTX_MESSAGE_MAX)
#define PROGRESS_MS 100

int64_t child_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

size_t child_memory(size_t extra)
{
    char text[64] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    uint64_t pages = got > 0 ? strtoull(text, NULL, 10) : 0;
    if (pages == 0 || pages > SIZE_MAX / 2 / (size_t)sysconf(_SC_PAGESIZE))
        return 2048 * (size_t)1024 * 1024 + extra; /* no /proc: a guess that lets it run */
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE) + extra;
}

/* ---- in the child ---- */

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit r = {value, value};
    setrlimit(resource, &r);
}

static void apply(const struct child_limits *limits)
{
    if (!UNDER_ASAN)
        limit(RLIMIT_AS, (rlim_t)limits->memory);
    limit(RLIMIT_CPU, (rlim_t)limits->seconds);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, (rlim_t)limits->file_bytes);
    if (limits->file_bytes > 0)
        signal(SIGXFSZ, SIG_IGN); /* the write fails instead, and can be worded */
}

void child_enter(const struct child_limits *limits)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    apply(limits);
}

bool child_write_all(int fd, const void *bytes, size_t len)
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

static bool write_result(int fd, int code, const char *message, struct view out)
{
    struct buf head;
    buf_init(&head, FRAME_LEN + RESULT_LEN);
    bool good = buf_append_byte(&head, 'r') == 0 &&
                buf_append_u32be(&head, (uint32_t)(RESULT_LEN + strlen(message) + out.len)) == 0 &&
                buf_append_u32be(&head, (uint32_t)-code) == 0 &&
                buf_append_u32be(&head, (uint32_t)strlen(message)) == 0 &&
                child_write_all(fd, head.ptr, head.len) && child_write_all(fd, message, strlen(message)) &&
                child_write_all(fd, out.ptr, out.len);
    buf_dispose(&head);
    return good;
}

struct reporter {
    int fd;
    int64_t last;
    char what[WORDS_MAX];
};

static void report(const char *what, uint64_t done, uint64_t total, const char *unit, void *payload)
{
    struct reporter *r = payload;
    struct buf frame;
    size_t what_len = strlen(what) + 1, unit_len = strlen(unit) + 1;
    int64_t now = child_milliseconds();
    if (what_len > WORDS_MAX || unit_len > WORDS_MAX ||
        (now - r->last < PROGRESS_MS && strcmp(what, r->what) == 0))
        return;
    r->last = now;
    memcpy(r->what, what, what_len);
    buf_init(&frame, FRAME_LEN + PROGRESS_MAX);
    buf_append_byte(&frame, 'p');
    buf_append_u32be(&frame, (uint32_t)(16 + what_len + unit_len));
    buf_append_u64be(&frame, done);
    buf_append_u64be(&frame, total);
    buf_append(&frame, what, what_len);
    buf_append(&frame, unit, unit_len);
    if (buf_status(&frame) == 0)
        child_write_all(r->fd, frame.ptr, frame.len);
    buf_dispose(&frame);
}

static _Noreturn void child_main(int fd, mimeo_ctx *parent_ctx, const struct child_limits *limits,
                                 int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload),
                                 void *payload)
{
    child_enter(limits);
    struct reporter reporter = {fd, 0, ""};
    mimeo_ctx ctx;
    ctx_init_worker(&ctx, parent_ctx);
    ctx.cancel = NULL; /* the parent kills */
    ctx.progress = report;
    ctx.progress_payload = &reporter;
    struct buf out;
    buf_init(&out, limits->output);
    int code = fn(&out, &ctx, payload);
    struct view none = {NULL, 0};
    bool good = write_result(fd, code, code < 0 ? ctx.message : "", code < 0 ? none : buf_view(&out));
    _exit(good ? 0 : 1); /* no exit handlers: they are the parent's */
}

/* ---- in the parent ---- */

/* A string with its NUL, of plain characters alone: it may reach a terminal. */
static bool take_words(struct cursor *c, const char **out)
{
    struct view words;
    const char *start = (const char *)c->ptr;
    if (!cursor_until(c, 0, &words))
        return false;
    for (size_t i = 0; i < words.len; i++)
        if (words.ptr[i] < ' ' || words.ptr[i] > '~')
            return false;
    *out = start;
    return true;
}

static bool relay(mimeo_ctx *ctx, struct view frame)
{
    struct cursor c = cursor_of(frame);
    uint64_t done, total;
    const char *what, *unit;
    if (!cursor_u64be(&c, &done) || !cursor_u64be(&c, &total) || !take_words(&c, &what) || !take_words(&c, &unit) ||
        c.left > 0)
        return false;
    ctx_progress(ctx, what, done, total, unit);
    return true;
}

/* Relay the whole frames of progress at the front of `in`, and drop them. */
static bool take_progress(struct buf *in, mimeo_ctx *ctx)
{
    struct cursor c = cursor_of(buf_view(in));
    while (c.left > 0 && c.ptr[0] == 'p') {
        struct cursor at = {c.ptr + 1, c.left - 1};
        struct view frame;
        uint32_t len;
        if (!cursor_u32be(&at, &len))
            break;
        if (len > PROGRESS_MAX)
            return false;
        if (!cursor_take(&at, len, &frame))
            break;
        if (!relay(ctx, frame))
            return false;
        c = at;
    }
    if (c.left > 0 && c.left < in->len)
        memmove(in->ptr, c.ptr, c.left);
    in->len = c.left;
    return true;
}

static enum child_end receive(struct buf *in, mimeo_ctx *ctx, int fd, const struct child_limits *limits)
{
    int64_t start = child_milliseconds(), last = start;
    int64_t wall = (int64_t)(limits->wall_seconds > 0 ? limits->wall_seconds : CHILD_WALL_TIMES * limits->seconds) * 1000;
    int64_t stall = limits->stall_seconds > 0 ? (int64_t)limits->stall_seconds * 1000 : wall;
    for (;;) {
        int64_t now = child_milliseconds(), left = start + wall - now;
        if (left <= 0)
            return CHILD_DEADLINE;
        if (now - last >= stall)
            return CHILD_STALLED;
        struct pollfd p = {fd, POLLIN, 0};
        int n = poll(&p, 1, left > 200 ? 200 : (int)left); /* often enough to notice a cancel */
        if (n < 0 && errno != EINTR)
            return CHILD_DIED;
        if (ctx_check_cancel(ctx) < 0)
            return CHILD_CANCELLED;
        if (n <= 0)
            continue;
        uint8_t bytes[65536];
        ssize_t got = read(fd, bytes, sizeof(bytes));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return CHILD_DIED;
        if (got == 0)
            return CHILD_ANSWERED;
        if (buf_append(in, bytes, (size_t)got) < 0 || !take_progress(in, ctx))
            return CHILD_DIED;
        last = child_milliseconds();
    }
}

/* True where it ended by itself and well. */
bool child_reap(pid_t pid, int *signal_of)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    *signal_of = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool child_take_code(struct cursor *c, int *code_out, mimeo_ctx *ctx)
{
    uint32_t code, len;
    struct view message;
    if (!cursor_u32be(c, &code) || !cursor_u32be(c, &len) || code > 99 || len >= CTX_MESSAGE_MAX ||
        !cursor_take(c, len, &message))
        return false;
    *code_out = -(int)code;
    if (code != 0)
        ctx_error(ctx, -(int)code, "%.*s", (int)message.len, (const char *)message.ptr);
    return true;
}

static bool unframe(struct buf *out, int *code_out, mimeo_ctx *ctx, struct view in, size_t max)
{
    struct cursor c = cursor_of(in);
    uint8_t letter;
    uint32_t all;
    if (!cursor_u8(&c, &letter) || letter != 'r' || !cursor_u32be(&c, &all) || all != c.left ||
        !child_take_code(&c, code_out, ctx) || c.left > max)
        return false;
    if (*code_out != 0)
        return true;
    struct buf b;
    buf_init(&b, max);
    if (buf_append(&b, c.ptr, c.left) < 0) {
        buf_dispose(&b);
        *code_out = ctx_error_nomem(ctx);
    } else {
        *out = b;
    }
    return true;
}

int child_try(struct child_fate *fate, int *code, struct buf *out, mimeo_ctx *ctx,
              const struct child_limits *limits,
              int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot start a child");
    pid_t pid = fork();
    if (pid < 0) {
        int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot start a child");
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
    buf_init(&in, limits->output + OVERHEAD + FRAME_LEN + PROGRESS_MAX);
    struct child_fate f = {receive(&in, ctx, ends[0], limits), 0};
    if (f.end != CHILD_ANSWERED)
        kill(pid, SIGKILL);
    close(ends[0]);
    bool clean = child_reap(pid, &f.signal);
    if (f.end == CHILD_ANSWERED && (!clean || !unframe(out, code, ctx, buf_view(&in), limits->output)))
        f.end = CHILD_DIED;
    /* An interrupt reaches the whole group: what the child said of it, or died of, is that. */
    if (f.end == CHILD_DIED || (f.end == CHILD_ANSWERED && *code < 0))
        if (ctx->cancel != NULL && ctx_check_cancel(ctx) < 0)
            f.end = CHILD_CANCELLED;
    buf_dispose(&in);
    *fate = f;
    return 0;
}

int child_run(struct buf *out, mimeo_ctx *ctx, const char *what, const struct child_limits *limits,
              int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload)
{
    struct child_fate fate;
    int code = 0;
    int rc = child_try(&fate, &code, out, ctx, limits, fn, payload);
    if (rc < 0)
        return ctx_error_prefix(ctx, rc, "%s", what);
    switch (fate.end) {
    case CHILD_ANSWERED: return code;
    case CHILD_CANCELLED: return MIMEO_ECANCELLED;
    default: return ctx_error(ctx, MIMEO_EMALFORMED, "%s could not be read within its limits", what);
    }
}
