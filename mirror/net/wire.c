/*
 * Reading and writing with deadlines.
 *
 * What a reader would get wrong: whoever writes must go on reading what the child says on its stderr, or a child
 * that talks much stands still, and so do we.
 */
#include "net/wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 200 /* often enough to notice a cancel */
#define REAP_TRIES 40
#define REAP_US 25000

void wire_init(struct wire *w, const char *peer, const struct deadlines *d)
{
    memset(w, 0, sizeof(*w));
    w->peer = peer;
    w->in = w->out = w->talk = -1;
    w->stall_ms = d->stall_ms;
    w->ends_at = network_now() + d->total_ms;
}

/* Keep the end of what the child says. */
static void listen_to_child(struct wire *w)
{
    char bytes[1024];
    ssize_t n = read(w->talk, bytes, sizeof(bytes));
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        close(w->talk);
        w->talk = -1;
        return;
    }
    size_t len = (size_t)n, room = sizeof(w->last) - w->last_len;
    if (len > room) {
        memmove(w->last, w->last + (len - room), w->last_len - (len - room));
        w->last_len -= len - room;
    }
    memcpy(w->last + w->last_len, bytes, len);
    w->last_len += len;
}

const char *wire_last_words(struct wire *w)
{
    size_t end, from;
    for (int i = 0; i < 64 && w->talk >= 0; i++) {
        struct pollfd p = {w->talk, POLLIN, 0};
        if (poll(&p, 1, TICK_MS) <= 0)
            break;
        listen_to_child(w);
    }
    end = w->last_len < sizeof(w->last) ? w->last_len : sizeof(w->last) - 1;
    while (end > 0 && strchr("\r\n ", w->last[end - 1]) != NULL)
        end--;
    from = end;
    while (from > 0 && w->last[from - 1] != '\n')
        from--;
    w->last[end] = '\0';
    return w->last + from;
}

/* Wait until `fd` is ready for `events`. */
static int wait_for(struct wire *w, mimeo_ctx *ctx, int fd, short events)
{
    int64_t stalls_at = network_now() + w->stall_ms;
    for (;;) {
        int64_t now = network_now();
        if (ctx_check_cancel(ctx) < 0)
            return MIMEO_ECANCELLED;
        if (now >= w->ends_at)
            return ctx_error(ctx, MIMEO_ETIMEOUT, "%s took longer than its deadline: run again to go on", w->peer);
        if (now >= stalls_at)
            return ctx_error(ctx, MIMEO_ETIMEOUT, "%s sent nothing for %d seconds", w->peer, (int)(w->stall_ms / 1000));
        struct pollfd p[2] = {{fd, events, 0}, {w->talk, POLLIN, 0}};
        int n = poll(p, w->talk >= 0 ? 2 : 1, TICK_MS);
        if (n < 0 && errno != EINTR)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot wait for %s", w->peer);
        if (n > 0 && w->talk >= 0 && p[1].revents != 0)
            listen_to_child(w);
        if (n > 0 && p[0].revents != 0)
            return 0;
    }
}

static int broken(struct wire *w, mimeo_ctx *ctx)
{
    return ctx_error_errno(ctx, MIMEO_EUNREACHABLE, "the connection to %s broke", w->peer);
}

int wire_read(struct wire *w, mimeo_ctx *ctx, void *bytes, size_t len, size_t *got)
{
    for (;;) {
        ssize_t n = read(w->in, bytes, len);
        if (n >= 0) {
            *got = (size_t)n;
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN)
            return broken(w, ctx);
        int rc = wait_for(w, ctx, w->in, POLLIN);
        if (rc < 0)
            return rc;
    }
}

int wire_write(struct wire *w, mimeo_ctx *ctx, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t n = write(w->out, at, len);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
            continue;
        }
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return broken(w, ctx);
        int rc = wait_for(w, ctx, w->out, POLLOUT);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* It had its input taken away; if it does not see that soon, it is killed. */
static void end_child(pid_t pid)
{
    for (int i = 0; i < REAP_TRIES; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        usleep(REAP_US);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

void wire_close(struct wire *w)
{
    if (w->in >= 0)
        close(w->in);
    if (w->out >= 0 && w->out != w->in)
        close(w->out);
    if (w->talk >= 0)
        close(w->talk);
    w->in = w->out = w->talk = -1;
    if (w->pid > 0)
        end_child(w->pid);
    w->pid = 0;
}
