/*
 * A child's parts over a pipe: see base/child_stream.h.  Frames: a letter, a length (4 bytes), contents.
 *
 *     o  a part                                                  any number of them
 *     r  code (4 bytes), length of the message (4 bytes), message    the last
 *
 * They are read with the same care as anything hostile: a parser that was taken over writes them.
 */
#include "base/child_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child_inside.h"

#define FRAME_LEN 5
#define POLL_MS 200 /* often enough to notice a cancel */

struct child_pipe {
    int fd;
    size_t max;
};

struct child_stream {
    pid_t pid; /* 0: reaped */
    int fd;
    int wall_seconds;
    size_t max;
    char *what;
    int code; /* once it has ended */
    char message[CTX_MESSAGE_MAX];
};

/* ---- in the child ---- */

static bool write_head(int fd, char letter, size_t len)
{
    uint8_t head[FRAME_LEN] = {(uint8_t)letter, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                               (uint8_t)len};
    return child_write_all(fd, head, sizeof(head));
}

int child_give(struct child_pipe *pipe, mimeo_ctx *ctx, struct view part)
{
    if (part.len > pipe->max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "a part of %zu bytes is more than the most, %zu", part.len, pipe->max);
    if (!write_head(pipe->fd, 'o', part.len) || !child_write_all(pipe->fd, part.ptr, part.len))
        return ctx_error(ctx, MIMEO_EIO, "nobody listens any more");
    return 0;
}

static bool write_end(int fd, int code, const char *message)
{
    struct buf end;
    size_t len = strlen(message);
    buf_init(&end, 2 * sizeof(uint32_t) + CTX_MESSAGE_MAX);
    buf_append_u32be(&end, (uint32_t)-code);
    buf_append_u32be(&end, (uint32_t)len);
    buf_append(&end, message, len);
    bool good = buf_status(&end) == 0 && write_head(fd, 'r', end.len) && child_write_all(fd, end.ptr, end.len);
    buf_dispose(&end);
    return good;
}

static _Noreturn void stream_main(int fd, mimeo_ctx *parent_ctx, const struct child_limits *limits,
                                  int (*fn)(struct child_pipe *pipe, mimeo_ctx *ctx, void *payload), void *payload)
{
    struct child_pipe pipe_of = {fd, limits->output};
    mimeo_ctx ctx;
    child_enter(limits);
    ctx_init_worker(&ctx, parent_ctx);
    ctx.cancel = NULL; /* the parent kills */
    int code = fn(&pipe_of, &ctx, payload);
    bool good = write_end(fd, code < 0 ? code : 0, code < 0 ? ctx.message : "");
    _exit(good ? 0 : 1); /* no exit handlers: they are the parent's */
}

/* ---- in the parent ---- */

int child_stream_open(struct child_stream **out, mimeo_ctx *ctx, const char *what, const struct child_limits *limits,
                      int (*fn)(struct child_pipe *pipe, mimeo_ctx *ctx, void *payload), void *payload)
{
    struct child_stream *s = calloc(1, sizeof(*s));
    if (s == NULL || (s->what = strdup(what)) == NULL) {
        free(s);
        return ctx_error_nomem(ctx);
    }
    int ends[2] = {-1, -1};
    pid_t pid = -1;
    if (pipe2(ends, O_CLOEXEC) == 0)
        pid = fork();
    if (pid == 0) {
        close(ends[0]);
        stream_main(ends[1], ctx, limits, fn, payload);
    }
    if (pid < 0) {
        int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot start a child");
        if (ends[0] >= 0) {
            close(ends[0]);
            close(ends[1]);
        }
        free(s->what);
        free(s);
        return rc;
    }
    close(ends[1]);
    s->pid = pid;
    s->fd = ends[0];
    s->max = limits->output;
    s->wall_seconds = limits->wall_seconds > 0 ? limits->wall_seconds : CHILD_WALL_TIMES * limits->seconds;
    *out = s;
    return 0;
}

static void end_child(struct child_stream *s, bool by_force)
{
    int signal_of;
    if (s->pid == 0)
        return;
    if (by_force)
        kill(s->pid, SIGKILL);
    close(s->fd);
    child_reap(s->pid, &signal_of);
    s->pid = 0;
    s->fd = -1;
}

/* Keep how it ended, for the calls after. */
static int settle(struct child_stream *s, mimeo_ctx *ctx, int code, bool by_force)
{
    end_child(s, by_force);
    s->code = code;
    if (code < 0)
        memcpy(s->message, ctx->message, sizeof(s->message));
    return code;
}

static int give_up(struct child_stream *s, mimeo_ctx *ctx)
{
    end_child(s, true);
    int rc = ctx->cancel != NULL ? ctx_check_cancel(ctx) : 0; /* an interrupt reaches the whole group */
    if (rc == 0)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s could not be read within its limits", s->what);
    return settle(s, ctx, rc, true);
}

/* Exactly `len` bytes before the deadline.  1, 0 where they do not come, or MIMEO_ECANCELLED. */
static int read_exactly(struct child_stream *s, mimeo_ctx *ctx, uint8_t *at, size_t len, int64_t deadline)
{
    while (len > 0) {
        ssize_t got = 0;
        int64_t left = deadline - child_milliseconds();
        if (left <= 0)
            return 0;
        struct pollfd p = {s->fd, POLLIN, 0};
        int n = poll(&p, 1, left > POLL_MS ? POLL_MS : (int)left);
        if (n < 0 && errno != EINTR)
            return 0;
        if (ctx_check_cancel(ctx) < 0)
            return MIMEO_ECANCELLED;
        if (n > 0 && (got = read(s->fd, at, len)) <= 0 && !(got < 0 && errno == EINTR))
            return 0;
        if (n > 0 && got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
    return 1;
}

/* The end that fn wrote.  Nonsense: false. */
static bool take_end(int *code, mimeo_ctx *ctx, struct view end)
{
    struct cursor c = cursor_of(end);
    return child_take_code(&c, code, ctx) && c.left == 0;
}

int child_stream_next(struct child_stream *s, mimeo_ctx *ctx, struct buf *out)
{
    if (s->pid == 0)
        return s->code < 0 ? ctx_error(ctx, s->code, "%s", s->message) : 0;
    int64_t deadline = child_milliseconds() + (int64_t)s->wall_seconds * 1000;
    uint8_t head[FRAME_LEN];
    int rc = read_exactly(s, ctx, head, sizeof(head), deadline);
    if (rc < 0)
        return settle(s, ctx, rc, true);
    size_t len = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    size_t max = head[0] == 'o' ? s->max : 2 * sizeof(uint32_t) + CTX_MESSAGE_MAX;
    if (rc == 0 || (head[0] != 'o' && head[0] != 'r') || len > max)
        return give_up(s, ctx);
    buf_clear(out);
    if (buf_reserve(out, len) < 0)
        return settle(s, ctx, ctx_error_nomem(ctx), true);
    rc = read_exactly(s, ctx, out->ptr, len, deadline);
    if (rc < 0)
        return settle(s, ctx, rc, true);
    if (rc == 0)
        return give_up(s, ctx);
    out->len = len;
    if (out->ptr != NULL)
        out->ptr[len] = 0;
    if (head[0] == 'o')
        return 1;
    int code = 0;
    if (!take_end(&code, ctx, buf_view(out)))
        return give_up(s, ctx);
    buf_clear(out);
    return settle(s, ctx, code, false);
}

void child_stream_close(struct child_stream *s)
{
    if (s == NULL)
        return;
    end_child(s, true);
    free(s->what);
    free(s);
}
