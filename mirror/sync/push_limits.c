/*
 * Limits of hosts, told before a push of hours runs into them.  Beside each is where the number was found;
 * what was found nowhere is 0 and not guessed.  That the first branch pushed becomes what a plain clone shows is
 * taken to be so for all of them: where it is not, main once more in front does no harm.
 */
#include <string.h>

#include "sync/push.h"

#define GB ((uint64_t)1000 * 1000 * 1000)
#define GIB ((uint64_t)1 << 30)

static const struct host_limits hosts[] = {
    /* github/docs: "About large files on GitHub" (ideally below 1 GB), "Troubleshooting the 2 GiB push limit" */
    {"github.com", 2 * GIB, 0, 1 * GB, true},
    /* gitlab-com/gl-infra/production issue 1810 (a push of 5,000 MB), gitlab-org/gitlab issue 409953 (10 GB) */
    {"gitlab.com", 5 * GB, 10 * GB, 0, true},
    /* bitbucket.org/blog, "Git push size limits are coming", 2022: 4 GB a repository, 3.5 GB a push */
    {"bitbucket.org", 35 * GB / 10, 4 * GB, 0, true},
    {"codeberg.org", 0, 0, 0, true},
};

const struct host_limits *limits_of_host(const char *address)
{
    static const struct host_limits unknown = {"", 0, 0, 0, false};
    char host[256];
    address_host(host, sizeof(host), address);
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        if (strcmp(host, hosts[i].host) == 0)
            return &hosts[i];
    return &unknown;
}

static void put_size(struct buf *out, uint64_t bytes)
{
    if (bytes >= GB)
        buf_appendf(out, "%.1f GB", (double)bytes / (double)GB);
    else
        buf_appendf(out, "%.0f MB", (double)bytes / 1e6);
}

static void warn(struct buf *words, uint64_t has, const char *host, const char *what, uint64_t limit)
{
    if (words->len > 0)
        buf_append_str(words, "; ");
    buf_append_str(words, "the mirror has ");
    put_size(words, has);
    buf_appendf(words, ", and %s %s ", host, what);
    put_size(words, limit);
}

int limits_check_push(mimeo_ctx *ctx, const char *what, const struct host_limits *limits, uint64_t bytes)
{
    struct buf sizes;
    if (limits->push_max == 0 || bytes <= limits->push_max)
        return 0;
    buf_init(&sizes, 200);
    put_size(&sizes, bytes);
    buf_appendf(&sizes, " in one, and %s takes no push over ", limits->host);
    put_size(&sizes, limits->push_max);
    int rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: the history begins with %s: name another host", what, buf_str(&sizes));
    buf_dispose(&sizes);
    return rc;
}

int limits_check(struct buf *words, mimeo_ctx *ctx, const char *what, const struct host_limits *limits, uint64_t repository)
{
    uint64_t max = limits->repository_max, wish = limits->repository_wish;
    if (max > 0 && repository > max) {
        struct buf why;
        buf_init(&why, CTX_MESSAGE_MAX);
        warn(&why, repository, limits->host, "takes no repository over", max);
        int rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: %s: push without media (--no-media), or to another host", what,
                           buf_str(&why));
        buf_dispose(&why);
        return rc;
    }
    if (max > 0 && repository > max / 10 * 8)
        warn(words, repository, limits->host, "takes no repository over", max);
    else if (wish > 0 && repository > wish / 10 * 8)
        warn(words, repository, limits->host, "asks for less than", wish);
    return 0;
}
