/* Fetching for a publisher: see import/fetch.h. */
#include "import/fetch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "archive/content_coding.h"
#include "base/limits.h"
#include "import/robots.h"
#include "net/http.h"

#define USER_AGENT "Mozilla/5.0 (compatible; mimeo; importer of articles)"
#define ROBOTS_AGENT "mimeo"
#define DELAY_MS 500
#define PICTURE_DELAY_PART 5 /* a page's pictures come that much closer together */
#define HOSTS_MAX 4096
#define TRIES 3              /* of a server that asks to come back later */
#define RETRY_SECONDS 5      /* where it does not say when */
#define RETRY_SECONDS_MAX 60
#define SECONDS 120          /* for one page */
#define PICTURE_SECONDS 300
#define TOTAL_MAX ((uint64_t)8 * 1024 * MIB)

struct host {
    char *origin; /* "https://host:port" */
    struct robots robots;
    bool asked;   /* for robots.txt */
    int64_t next; /* when it may be asked again */
};

struct fetcher {
    const struct mimeo_fetch *options;
    struct mimeo_network open, closed;     /* closed: nothing within the machine's own network */
    struct http_session *http_open, *http_closed;
    pthread_mutex_t lock;                  /* of all below, and of the sessions */
    struct host *hosts;
    size_t host_count;
    uint64_t total;
};

void fetched_dispose(struct fetched *f)
{
    buf_dispose(&f->bytes);
    free(f->url);
    free(f->content_type);
    *f = (struct fetched){0};
}

bool fetch_is_address(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0;
}

int fetcher_new(struct fetcher **out, mimeo_ctx *ctx, const struct mimeo_fetch *options)
{
    struct fetcher *f = calloc(1, sizeof(*f));
    if (f == NULL)
        return ctx_error_nomem(ctx);
    f->options = options;
    f->open = (struct mimeo_network){.proxy = options->proxy, .ca_file = options->ca_file, .stall_seconds = 30};
    f->closed = f->open;
    f->closed.no_private = true;
    pthread_mutex_init(&f->lock, NULL);
    *out = f;
    return 0;
}

void fetcher_free(struct fetcher *f)
{
    if (f == NULL)
        return;
    http_session_free(f->http_open);
    http_session_free(f->http_closed);
    for (size_t i = 0; i < f->host_count; i++) {
        robots_dispose(&f->hosts[i].robots);
        free(f->hosts[i].origin);
    }
    free(f->hosts);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* ---- one request ---- */

static int read_answer(struct buf *out, struct http_session *s, mimeo_ctx *ctx, size_t max)
{
    size_t got = 1;
    int rc = 0;
    buf_init(out, max);
    while (rc == 0 && got > 0) {
        uint8_t bytes[16 * KIB];
        rc = http_read(s, ctx, bytes, sizeof(bytes), &got);
        if (rc == 0 && got > 0 && buf_append(out, bytes, got) < 0)
            rc = buf_status(out) == MIMEO_ENOMEM ? ctx_error_nomem(ctx)
                                                 : ctx_error(ctx, MIMEO_EMALFORMED, "it is larger than %zu MiB", max / MIB);
    }
    return rc;
}

/* What is packed twice is nobody's page. */
static int unpack(struct buf *bytes, mimeo_ctx *ctx, const char *encoding, size_t max)
{
    struct buf plain;
    bool whole = true;
    enum coding coding = coding_of(encoding);
    if (coding == CODING_NONE)
        return 0;
    if (coding != CODING_GZIP && coding != CODING_DEFLATE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "it is packed in a way that was not asked for ('%.20s')", encoding);
    int rc = coding_undo(&plain, ctx, coding, buf_view(bytes), max, &whole);
    if (rc == 0 && !whole)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "what was sent is packed, and cut short or damaged");
    if (rc < 0) {
        buf_dispose(&plain);
        return rc;
    }
    buf_dispose(bytes);
    *bytes = plain;
    return 0;
}

static int keep(struct fetched *f, mimeo_ctx *ctx, const struct http_session *s)
{
    f->url = strdup(http_final_url(s));
    f->content_type = strdup(http_content_type(s));
    return f->url == NULL || f->content_type == NULL ? ctx_error_nomem(ctx) : 0;
}

/* What is asked for: the address that was named, and then where that leads to. */
struct hop {
    char *url, *user, *password; /* the credentials are "" where the address has them itself, or there are none */
    bool closed;                 /* nothing within the machine's own network */
    bool follow;                 /* redirects are followed, not told */
};

static void hop_dispose(struct hop *h)
{
    free(h->url);
    free(h->user);
    free(h->password);
    *h = (struct hop){.url = NULL};
}

/* 1: it redirects; the session knows where to. */
static int ask(struct fetched *out, struct fetcher *f, struct http_session *s, mimeo_ctx *ctx, const struct hop *hop,
               enum fetch_what what)
{
    bool picture = what == FETCH_PICTURE;
    size_t max = picture ? LIMIT_PICTURE : LIMIT_HTML;
    struct http_request request = {.url = hop->url,
                                   .user = hop->user,
                                   .password = hop->password,
                                   .hop = !hop->follow,
                                   .accept = picture ? "image/webp,image/jpeg,image/png,image/gif,image/avif,*/*;q=0.1"
                                                     : "text/html,application/xhtml+xml,application/rss+xml,"
                                                       "application/atom+xml,application/feed+json,*/*;q=0.5",
                                   .accept_encoding = "gzip, deflate",
                                   .user_agent = USER_AGENT,
                                   .max_bytes = max,
                                   .seconds = picture ? PICTURE_SECONDS : SECONDS};
    struct fetched made = {0};
    uint64_t before = http_received(s);
    int rc = f->total > TOTAL_MAX ? ctx_error(ctx, MIMEO_EMALFORMED, "more than %llu GiB were fetched in this run",
                                              (unsigned long long)(TOTAL_MAX / MIB / 1024))
                                  : http_start(s, ctx, &request);
    if (rc == 0)
        rc = read_answer(&made.bytes, s, ctx, max);
    if (rc == 0)
        rc = unpack(&made.bytes, ctx, http_content_encoding(s), max);
    if (rc == 0)
        rc = keep(&made, ctx, s);
    f->total += http_received(s) - before;
    if (rc != 0)
        fetched_dispose(&made);
    else
        *out = made;
    return rc;
}

/* ---- waiting ---- */

static int wait_until(mimeo_ctx *ctx, int64_t when)
{
    for (int64_t now = network_now(); now < when; now = network_now()) {
        int64_t ms = when - now < 100 ? when - now : 100;
        struct timespec pause = {0, (long)ms * 1000000L};
        int rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
        nanosleep(&pause, NULL);
    }
    return 0;
}

static unsigned delay_of(const struct fetcher *f, const struct host *h, enum fetch_what what)
{
    unsigned own = f->options->delay_ms > 0 ? f->options->delay_ms : DELAY_MS;
    unsigned asked = h->robots.delay_ms;
    if (what == FETCH_PICTURE) /* a browser takes them all at once */
        return asked > 0 && asked < own ? asked : own / PICTURE_DELAY_PART;
    return asked > own ? asked : own;
}

/* Asks, and where the server is busy asks again when it said. */
static int ask_politely(struct fetched *out, struct fetcher *f, struct http_session *s, mimeo_ctx *ctx,
                        struct host *h, const struct hop *hop, enum fetch_what what)
{
    int rc = 0;
    for (int tries = 1;; tries++) {
        rc = wait_until(ctx, h->next);
        if (rc < 0)
            return rc;
        rc = ask(out, f, s, ctx, hop, what);
        h->next = network_now() + delay_of(f, h, what);
        int status = rc < 0 ? http_status(s) : 200;
        if (rc >= 0 || (status != 429 && status != 503) || tries == TRIES)
            return rc;
        int seconds = http_retry_after(s);
        if (seconds > RETRY_SECONDS_MAX) /* "tomorrow" is not now */
            return rc;
        h->next = network_now() + 1000 * (int64_t)(seconds > 0 ? seconds : RETRY_SECONDS);
    }
}

/* ---- hosts ---- */

static int find_host(struct host **out, struct fetcher *f, mimeo_ctx *ctx, const struct address *a)
{
    char *origin;
    if (asprintf(&origin, "%s://%s:%d", a->kind == ADDRESS_HTTPS ? "https" : "http", a->host, a->port) < 0)
        return ctx_error_nomem(ctx);
    for (size_t i = 0; i < f->host_count; i++) {
        if (strcasecmp(f->hosts[i].origin, origin) == 0) {
            free(origin);
            *out = &f->hosts[i];
            return 0;
        }
    }
    struct host *hosts = f->host_count == HOSTS_MAX ? NULL : reallocarray(f->hosts, f->host_count + 1, sizeof(*hosts));
    if (hosts == NULL) {
        free(origin);
        return f->host_count == HOSTS_MAX
                   ? ctx_error(ctx, MIMEO_EMALFORMED, "more than %d hosts are named in this run", HOSTS_MAX)
                   : ctx_error_nomem(ctx);
    }
    f->hosts = hosts;
    hosts[f->host_count] = (struct host){.origin = origin};
    *out = &hosts[f->host_count++];
    return 0;
}

/* RFC 9309 s. 2.3.1: no file, one that may not be had, or too many redirects allow all; a server that fails forbids all. */
static int ask_robots(struct fetcher *f, struct http_session *s, mimeo_ctx *ctx, struct host *h, const char *url)
{
    struct fetched text = {0};
    const char *path = strstr(url, "://");
    size_t len = path == NULL ? 0 : (size_t)(path - url) + 3;
    len += strcspn(url + len, "/?#");
    struct hop robots = {.follow = true}; /* RFC 9309 s. 2.3.1.2: five times at least, to other hosts too */
    if (asprintf(&robots.url, "%.*s/robots.txt", (int)len, url) < 0)
        return ctx_error_nomem(ctx);
    int rc = ask_politely(&text, f, s, ctx, h, &robots, FETCH_PAGE);
    hop_dispose(&robots);
    int status = http_status(s);
    h->asked = true;
    if (rc == 0) {
        rc = robots_parse(&h->robots, ctx, buf_view(&text.bytes), ROBOTS_AGENT);
    } else if (rc != MIMEO_ENOMEM && rc != MIMEO_ECANCELLED && rc != MIMEO_EUSAGE) {
        bool none = rc == MIMEO_ENOTFOUND || (status >= 300 && status < 500 && status != 429);
        h->robots.deny_all = !none;
        if (none || (status != 0 && status != 200)) /* else its own words say more: not reached, too large, damaged */
            rc = 0;
    }
    fetched_dispose(&text);
    return rc;
}

static int may_ask(struct fetcher *f, struct http_session *s, mimeo_ctx *ctx, struct host *h, const struct address *a,
                   const char *url)
{
    if (f->options->ignore_robots)
        return 0;
    int rc = h->asked ? 0 : ask_robots(f, s, ctx, h, url);
    if (rc < 0)
        return rc;
    const char *path = a->path[0] == '\0' ? "/" : a->path;
    if (h->robots.deny_all)
        return ctx_error(ctx, MIMEO_EUSAGE, "%s does not hand out its robots.txt, so nobody knows what it allows: try again "
                                            "later", a->host);
    if (!robots_allow(&h->robots, path))
        return ctx_error(ctx, MIMEO_EUSAGE, "the robots.txt of %s asks not to fetch this (--ignore-robots is for a site of "
                                            "your own)", a->host);
    return 0;
}

/* ---- all of it ---- */

/* From a page on the public network nothing leads into the machine's own; from one of its own, to that host alone. */
static bool must_be_public(const mimeo_ctx *ctx, const struct address *a, const char *from)
{
    struct address page;
    mimeo_ctx quiet;
    if (from == NULL)
        return false;
    ctx_init_worker(&quiet, ctx);
    if (address_parse(&page, &quiet, from) < 0)
        return true;
    bool closed = !address_is_private(&page) || strcasecmp(page.host, a->host) != 0;
    address_dispose(&page);
    return closed;
}

static int session_for(struct http_session **out, struct fetcher *f, mimeo_ctx *ctx, bool closed)
{
    struct http_session **s = closed ? &f->http_closed : &f->http_open;
    int rc = *s == NULL ? http_session_new(s, ctx, closed ? &f->closed : &f->open) : 0;
    if (rc == 0)
        *out = *s;
    return rc;
}

/* Where the answer leads; an answer to a page on the public network never into the machine's own. */
static int next_hop(struct hop *out, mimeo_ctx *ctx, const struct http_session *s, bool closed)
{
    struct hop next = {strdup(http_final_url(s)), strdup(http_user(s)), strdup(http_password(s)), closed, false};
    if (next.url == NULL || next.user == NULL || next.password == NULL) {
        hop_dispose(&next);
        return ctx_error_nomem(ctx);
    }
    hop_dispose(out);
    *out = next;
    return 1;
}

/* One request, if the host's robots.txt allows it.  1: it redirects, and `hop` is where to. */
static int take_hop(struct fetched *out, struct hop *hop, struct fetcher *f, mimeo_ctx *ctx, enum fetch_what what)
{
    struct http_session *s = NULL;
    struct host *h = NULL;
    struct address a;
    int rc = address_parse(&a, ctx, hop->url);
    if (rc < 0)
        return rc;
    rc = session_for(&s, f, ctx, hop->closed);
    if (rc == 0)
        rc = find_host(&h, f, ctx, &a);
    if (rc == 0)
        rc = may_ask(f, s, ctx, h, &a, hop->url);
    if (rc == 0)
        rc = ask_politely(out, f, s, ctx, h, hop, what);
    if (rc == 1) {
        h->next = network_now(); /* the rest of one request, as in a browser */
        rc = next_hop(hop, ctx, s, hop->closed || !address_is_private(&a));
    }
    address_dispose(&a);
    return rc;
}

static int get_locked(struct fetched *out, struct fetcher *f, mimeo_ctx *ctx, const struct address *a, const char *url,
                      const char *from, enum fetch_what what)
{
    struct hop hop = {.url = strdup(url), .closed = must_be_public(ctx, a, from)};
    int rc = hop.url == NULL ? ctx_error_nomem(ctx) : 1;
    for (int hops = 0; rc == 1; hops++)
        rc = hops > HTTP_REDIRECTS_MAX ? ctx_error(ctx, MIMEO_EUNREACHABLE, "%s redirects more than %d times", a->host,
                                                   HTTP_REDIRECTS_MAX)
                                       : take_hop(out, &hop, f, ctx, what);
    hop_dispose(&hop);
    return rc == MIMEO_ENOTFOUND ? MIMEO_EUNREACHABLE : rc; /* to batch.c the other means "no article" */
}

int fetcher_get(struct fetched *out, struct fetcher *f, mimeo_ctx *ctx, const char *url, const char *from,
                enum fetch_what what)
{
    struct address a;
    int rc = address_parse(&a, ctx, url);
    if (rc < 0)
        return rc;
    if (a.kind != ADDRESS_HTTP && a.kind != ADDRESS_HTTPS)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "it is no http or https address");
    if (rc == 0) {
        pthread_mutex_lock(&f->lock);
        rc = get_locked(out, f, ctx, &a, url, from, what);
        pthread_mutex_unlock(&f->lock);
    }
    address_dispose(&a);
    return rc;
}

/* ---- pictures ---- */

struct network_source {
    struct picture_source base;
    struct fetcher *fetcher;
    char *from;
};

static int network_get(struct buf *out, mimeo_ctx *ctx, struct picture_source *s, const char *name)
{
    struct network_source *n = (struct network_source *)s;
    struct fetched f;
    if (!fetch_is_address(name))
        return ctx_error(ctx, MIMEO_ENOTFOUND, "it is no address on the web");
    int rc = fetcher_get(&f, n->fetcher, ctx, name, n->from, FETCH_PICTURE);
    if (rc < 0)
        return rc;
    *out = f.bytes;
    f.bytes = (struct buf){0};
    fetched_dispose(&f);
    return 0;
}

static void network_free(struct picture_source *s)
{
    struct network_source *n = (struct network_source *)s;
    free(n->from);
    free(n);
}

int picture_source_network(struct picture_source **out, mimeo_ctx *ctx, struct fetcher *f, const char *from)
{
    static const struct picture_source_kind kind = {network_get, network_free};
    struct network_source *n = calloc(1, sizeof(*n));
    char *copy = strdup(from);
    if (n == NULL || copy == NULL) {
        free(n);
        free(copy);
        return ctx_error_nomem(ctx);
    }
    picture_source_init(&n->base, &kind);
    n->fetcher = f;
    n->from = copy;
    *out = &n->base;
    return 0;
}
