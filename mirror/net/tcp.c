/*
 * Connecting: each address of a name gets its share of what is left of the deadline, so that a dead first one (IPv6
 * that leads nowhere) does not eat it all.
 */
#include "net/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 200

/* 0, an errno, or ECANCELED where the context says stop. */
static int wait_connected(mimeo_ctx *ctx, int fd, int64_t until)
{
    for (;;) {
        int64_t left = until - network_now();
        struct pollfd p = {fd, POLLOUT, 0};
        if (ctx_check_cancel(ctx) < 0)
            return ECANCELED;
        if (left <= 0)
            return ETIMEDOUT;
        int n = poll(&p, 1, left > TICK_MS ? TICK_MS : (int)left);
        if (n < 0 && errno != EINTR)
            return errno;
        if (n <= 0)
            continue;
        int error = 0;
        socklen_t len = sizeof(error);
        return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
    }
}

static int try_one(int *out, mimeo_ctx *ctx, const struct addrinfo *at, int64_t until)
{
    int on = 1;
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
    if (fd < 0)
        return errno;
    int error = connect(fd, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS)
        error = wait_connected(ctx, fd, until);
    if (error != 0) {
        close(fd);
        return error;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    *out = fd;
    return 0;
}

static int no_way(mimeo_ctx *ctx, const struct address *a, int error)
{
    if (error == ECANCELED)
        return MIMEO_ECANCELLED; /* the message is set */
    if (error == ETIMEDOUT)
        return ctx_error(ctx, MIMEO_ETIMEOUT, "%s does not answer: no connection within the deadline", a->host);
    if (error == EPERM)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' leads into your own machine or network: only an address that you give "
                                            "yourself may", a->host);
    errno = error;
    return ctx_error_errno(ctx, MIMEO_EUNREACHABLE, "cannot connect to %s port %d", a->host, a->port);
}

static int connect_any(int *out, mimeo_ctx *ctx, const struct address *a, const struct addrinfo *all, bool no_private,
                       int64_t until)
{
    int count = 0, error = EHOSTUNREACH;
    for (const struct addrinfo *at = all; at != NULL; at = at->ai_next)
        count++;
    for (const struct addrinfo *at = all; at != NULL && error != 0 && error != ECANCELED; at = at->ai_next, count--) {
        int64_t now = network_now();
        error = no_private && sockaddr_is_private(at->ai_addr) ? EPERM
                                                               : try_one(out, ctx, at, now + (until - now) / count);
    }
    return error == 0 ? 0 : no_way(ctx, a, error);
}

int tcp_open(struct wire *out, mimeo_ctx *ctx, const struct address *a, const struct mimeo_network *network)
{
    struct deadlines d = network_deadlines(network);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *all = NULL;
    char port[16];
    int64_t until = network_now() + d.connect_ms;
    int fd = -1;
    int rc = network_check(ctx, a, network);
    if (rc < 0)
        return rc;
    snprintf(port, sizeof(port), "%d", a->port);
    int code = getaddrinfo(a->host, port, &hints, &all);
    if (code != 0)
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "no address is found for %s: %s", a->host, gai_strerror(code));
    rc = connect_any(&fd, ctx, a, all, network != NULL && network->no_private, until);
    freeaddrinfo(all);
    if (rc < 0)
        return rc;
    signal(SIGPIPE, SIG_IGN);
    wire_init(out, a->host, &d);
    out->in = out->out = fd;
    return 0;
}
