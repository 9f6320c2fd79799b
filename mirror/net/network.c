/*
 * Deadlines, and failing closed: with a proxy there is no way beside it.
 */
#include "net/network.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"

#define CONNECT_SECONDS 30
#define STALL_SECONDS 60
#define TOTAL_SECONDS (6 * 3600)
#define MAX_BYTES ((uint64_t)64 * 1024 * MIB)

static int64_t ms_of(int seconds, int otherwise)
{
    return (int64_t)(seconds > 0 ? seconds : otherwise) * 1000;
}

struct deadlines network_deadlines(const struct mimeo_network *network)
{
    static const struct mimeo_network none;
    const struct mimeo_network *n = network == NULL ? &none : network;
    return (struct deadlines){ms_of(n->connect_seconds, CONNECT_SECONDS), ms_of(n->stall_seconds, STALL_SECONDS),
                              ms_of(n->total_seconds, TOTAL_SECONDS), n->max_bytes > 0 ? n->max_bytes : MAX_BYTES};
}

int64_t network_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int check_proxy(mimeo_ctx *ctx, const char *proxy)
{
    static const char *const kinds[] = {"socks5h://", "socks5://", "http://", "https://"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct cursor c = cursor_of(view_of_str(proxy));
        if (!cursor_skip(&c, kinds[i]) || c.left == 0 || c.left >= ADDRESS_MAX)
            continue;
        bool good = true;
        for (size_t at = 0; at < c.left; at++)
            good = good && c.ptr[at] > ' ' && c.ptr[at] != 0x7F;
        if (good)
            return 0;
    }
    return ctx_error(ctx, MIMEO_EUSAGE, "the proxy must be given as socks5h://HOST:PORT, http://HOST:PORT or "
                                        "https://HOST:PORT");
}

static int refuse(mimeo_ctx *ctx, const struct address *a, const char *why)
{
    return ctx_error(ctx, MIMEO_EUSAGE, "'%s' %s", a->host[0] == '\0' ? a->path : a->host, why);
}

int network_check(mimeo_ctx *ctx, const struct address *a, const struct mimeo_network *network)
{
    bool proxy = network != NULL && network->proxy != NULL;
    if (proxy && check_proxy(ctx, network->proxy) < 0)
        return MIMEO_EUSAGE;
    if (proxy && a->kind == ADDRESS_SSH)
        return refuse(ctx, a, "ssh does not go through this proxy: set ProxyCommand in your ssh configuration and leave "
                              "--proxy out, or use an https address");
    if (proxy && a->kind == ADDRESS_GIT)
        return refuse(ctx, a, "git:// does not go through a proxy: use an https address");
    if (!proxy && address_needs_proxy(a))
        return refuse(ctx, a, "is reached through a proxy only: give --proxy socks5h://HOST:PORT");
    if (network != NULL && network->no_private && address_is_private(a))
        return refuse(ctx, a, "is within your own machine or network: only an address that you give yourself may be");
    return 0;
}
