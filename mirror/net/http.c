/*
 * HTTP over libcurl's multi interface, so that the answer is pulled, and deadlines and cancelling are ours.
 *
 * What a reader would get wrong: an unset CURLOPT_PROXY is not "no proxy" but "ask the environment"; "" is none.  And
 * libcurl's low-speed limit does not cover a SOCKS handshake, while its connect timeout does: so connecting is
 * libcurl's to time, and everything after it ours.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "net/http_session.h"

#define TICK_MS 200
#define HEADER_MAX (256 * KIB) /* of one answer */
#define WAITING_MAX (16 * MIB) /* libcurl hands over at most about 2 MiB at once */
#define DRAIN_MAX (64 * KIB)   /* of an answer that nobody wants, to keep its connection */

/* ---- what libcurl calls ---- */

static size_t take_body(char *bytes, size_t size, size_t count, void *payload)
{
    struct http_session *s = payload;
    size_t len = size * count;
    s->last_byte = network_now();
    s->body_began = true;
    s->body_bytes += len;
    s->received += len;
    if (s->body_bytes > s->max_bytes || buf_append(&s->waiting, bytes, len) < 0) {
        s->too_much = true;
        return len + 1; /* not len: stop */
    }
    return len;
}

/* The last of its kind counts; a status line begins another answer (of a proxy, or "continue"). */
static void note_encoding(struct http_session *s, const char *line, size_t len)
{
    static const char name[] = "content-encoding:";
    if (len > 5 && memcmp(line, "HTTP/", 5) == 0)
        s->content_encoding[0] = '\0';
    if (len < sizeof(name) || strncasecmp(line, name, sizeof(name) - 1) != 0)
        return;
    line += sizeof(name) - 1;
    len -= sizeof(name) - 1;
    for (; len > 0 && (*line == ' ' || *line == '\t'); len--)
        line++;
    while (len > 0 && (unsigned char)line[len - 1] <= ' ')
        len--;
    snprintf(s->content_encoding, sizeof(s->content_encoding), "%.*s", (int)(len < 60 ? len : 60), line);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *payload)
{
    struct http_session *s = payload;
    size_t len = size * count;
    note_encoding(s, bytes, len);
    s->last_byte = network_now();
    s->header_bytes += len;
    s->received += len;
    if (s->header_bytes > HEADER_MAX) {
        s->too_much = true;
        return len + 1;
    }
    return len;
}

static int take_connection(void *payload, char *a, char *b, int c, int d)
{
    struct http_session *s = payload;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    s->connected = true;
    s->last_byte = network_now();
    return CURL_PREREQFUNC_OK;
}

/* Each socket is opened here: the last place to see where a name leads. */
static curl_socket_t open_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct http_session *s = payload;
    (void)purpose;
    if (s->no_private && s->network->proxy == NULL && sockaddr_is_private(&a->addr)) {
        s->met_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* ---- the session ---- */

/* What holds for every request. */
static CURLcode set_up(struct http_session *s)
{
    const struct mimeo_network *n = s->network;
    CURLcode c = CURLE_OK;
    /* socks5:// would have names resolved here, in front of everybody. */
    char proxy[ADDRESS_MAX + 16];
    const char *given = n->proxy == NULL ? "" : n->proxy;
    struct cursor socks = cursor_of(view_of_str(given));
    bool local_names = cursor_skip(&socks, "socks5://");
    buf_init(&s->waiting, WAITING_MAX);
    snprintf(proxy, sizeof(proxy), "%s%s", local_names ? "socks5h://" : "", local_names ? given + 9 : given);
#define SET(option, value) c = c != CURLE_OK ? c : s->curl->curl_easy_setopt_(s->easy, option, value)
    SET(CURLOPT_PROXY, proxy);
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (n->ca_file != NULL) {
        SET(CURLOPT_CAINFO, n->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)s->deadlines.connect_ms);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, s);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, s);
    SET(CURLOPT_PREREQFUNCTION, take_connection);
    SET(CURLOPT_PREREQDATA, s);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, s);
    SET(CURLOPT_PRIVATE, s);
#undef SET
    return c;
}

int http_session_new(struct http_session **out, mimeo_ctx *ctx, const struct mimeo_network *network)
{
    static const struct mimeo_network none;
    const struct curl_calls *curl = curl_calls(ctx);
    if (curl == NULL)
        return MIMEO_EFAIL;
    struct http_session *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ctx_error_nomem(ctx);
    s->curl = curl;
    s->network = network == NULL ? &none : network;
    s->deadlines = network_deadlines(network);
    s->ends_at = network_now() + s->deadlines.total_ms;
    s->multi = s->curl->curl_multi_init_();
    s->easy = s->curl->curl_easy_init_();
    if (s->multi == NULL || s->easy == NULL || set_up(s) != CURLE_OK) {
        http_session_free(s);
        return ctx_error(ctx, MIMEO_EFAIL, "libcurl does not start, or lacks what is needed of it");
    }
    *out = s;
    return 0;
}

static void stop(struct http_session *s)
{
    if (s->running)
        s->curl->curl_multi_remove_handle_(s->multi, s->easy);
    s->running = false;
}

void http_session_free(struct http_session *s)
{
    if (s == NULL)
        return;
    stop(s);
    s->curl->curl_easy_cleanup_(s->easy);
    s->curl->curl_multi_cleanup_(s->multi);
    s->curl->curl_slist_free_all_(s->headers);
    address_dispose(&s->at);
    buf_dispose(&s->waiting);
    free(s);
}

/* ---- going on ---- */

static void see_end(struct http_session *s)
{
    CURLMsg *m;
    int left;
    while ((m = s->curl->curl_multi_info_read_(s->multi, &left)) != NULL)
        if (m->msg == CURLMSG_DONE) {
            s->done = true;
            s->result = m->data.result;
        }
}

static int check_deadlines(struct http_session *s, mimeo_ctx *ctx)
{
    int64_t now = network_now();
    if (ctx_check_cancel(ctx) < 0)
        return MIMEO_ECANCELLED;
    if (now >= s->request_ends_at)
        return ctx_error(ctx, MIMEO_ETIMEOUT, "%s took longer than its deadline: run again to go on", s->at.host);
    if (s->connected && now - s->last_byte >= s->deadlines.stall_ms)
        return ctx_error(ctx, MIMEO_ETIMEOUT, "%s sent nothing for %d seconds", s->at.host,
                         (int)(s->deadlines.stall_ms / 1000));
    return 0;
}

/* Until there are bytes to read, or an end. */
static int go_on(struct http_session *s, mimeo_ctx *ctx)
{
    while (!s->done && s->waiting.len == 0) {
        int running;
        int rc = check_deadlines(s, ctx);
        if (rc < 0)
            return rc;
        if (s->curl->curl_multi_perform_(s->multi, &running) != CURLM_OK)
            return ctx_error_nomem(ctx);
        see_end(s);
        if (!s->done && s->waiting.len == 0)
            s->curl->curl_multi_poll_(s->multi, NULL, 0, TICK_MS, NULL);
    }
    return s->done && s->result != CURLE_OK ? http_failed(s, ctx) : 0;
}

/* The rest of an answer that nobody reads: where it is short, its connection can be used again. */
static void drain(struct http_session *s, mimeo_ctx *ctx)
{
    uint64_t before = s->body_bytes;
    mimeo_ctx quiet;
    ctx_init_worker(&quiet, ctx);
    int64_t until = network_now() + 2000;
    while (s->running && !s->done && s->body_bytes - before < DRAIN_MAX && network_now() < until) {
        int running;
        buf_clear(&s->waiting);
        if (check_deadlines(s, &quiet) < 0 || s->curl->curl_multi_perform_(s->multi, &running) != CURLM_OK)
            break;
        see_end(s);
        if (!s->done)
            s->curl->curl_multi_poll_(s->multi, NULL, 0, TICK_MS, NULL);
    }
    stop(s);
}

/* ---- a request ---- */

static bool add_header(struct http_session *s, const char *name, const char *value)
{
    struct buf line;
    struct curl_slist *list = NULL;
    buf_init(&line, 1024);
    if (value != NULL && buf_appendf(&line, "%s: %s", name, value) == 0)
        list = s->curl->curl_slist_append_(s->headers, buf_str(&line));
    buf_dispose(&line);
    if (list != NULL)
        s->headers = list;
    return value == NULL || list != NULL;
}

static bool set_headers(struct http_session *s, const struct http_request *r)
{
    s->curl->curl_slist_free_all_(s->headers);
    s->headers = NULL;
    const char *codings = r->accept_encoding == NULL ? "identity" : r->accept_encoding;
    return add_header(s, "Accept", r->accept) && add_header(s, "Pragma", "no-cache") &&
           add_header(s, "Accept-Encoding", codings) && add_header(s, "Content-Type", r->content_type) &&
           add_header(s, "Git-Protocol", r->git_protocol) &&
           (r->body.ptr == NULL || add_header(s, "Expect", "")) /* no "100-continue" */ &&
           s->curl->curl_easy_setopt_(s->easy, CURLOPT_HTTPHEADER, s->headers) == CURLE_OK;
}

/* Credentials are those of the address, and of no other. */
static bool set_target(struct http_session *s, const struct http_request *r)
{
    const struct address *a = &s->at;
    bool user = a->user[0] != '\0' || a->password[0] != '\0';
    CURLcode c = s->curl->curl_easy_setopt_(s->easy, CURLOPT_URL, a->url);
#define SET(option, value) c = c != CURLE_OK ? c : s->curl->curl_easy_setopt_(s->easy, option, value)
    SET(CURLOPT_USERAGENT, r->user_agent == NULL ? HTTP_USER_AGENT : r->user_agent);
    SET(CURLOPT_HTTPAUTH, user ? (long)CURLAUTH_BASIC : (long)CURLAUTH_NONE);
    SET(CURLOPT_USERNAME, user ? a->user : NULL);
    SET(CURLOPT_PASSWORD, user ? a->password : NULL);
    if (r->body.ptr == NULL) {
        SET(CURLOPT_HTTPGET, 1L);
    } else {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        SET(CURLOPT_POSTFIELDS, r->body.ptr);
    }
#undef SET
    return c == CURLE_OK;
}

/* One request and the header of its answer. */
static int ask(struct http_session *s, mimeo_ctx *ctx, const struct http_request *r, long *status)
{
    int rc = network_check(ctx, &s->at, s->network);
    if (rc < 0)
        return rc;
    if (!set_headers(s, r) || !set_target(s, r) || s->curl->curl_multi_add_handle_(s->multi, s->easy) != CURLM_OK)
        return ctx_error_nomem(ctx);
    s->running = true;
    s->done = s->body_began = s->connected = s->met_private = s->too_much = false;
    s->header_bytes = s->body_bytes = 0;
    s->content_encoding[0] = '\0';
    s->taken = 0;
    s->last_byte = network_now();
    buf_clear(&s->waiting);
    rc = go_on(s, ctx);
    if (rc == 0 && s->curl->curl_easy_getinfo_(s->easy, CURLINFO_RESPONSE_CODE, status) != CURLE_OK)
        rc = ctx_error_nomem(ctx);
    return rc;
}

static bool same_origin(const struct address *a, const struct address *b)
{
    return a->kind == b->kind && a->port == b->port && strcasecmp(a->host, b->host) == 0;
}

static void swap(char **a, char **b)
{
    char *old = *a;
    *a = *b;
    *b = old;
}

/* Where the answer sends us on to, if that may be. */
static int redirect(struct http_session *s, mimeo_ctx *ctx)
{
    struct address next;
    char *url = NULL;
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_REDIRECT_URL, &url);
    if (url == NULL)
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s redirects to nowhere", s->at.host);
    if (address_parse(&next, ctx, url) < 0)
        return ctx_error_prefix(ctx, MIMEO_EUNREACHABLE, "%s redirects to where nobody goes", s->at.host);
    const char *why = next.kind != ADDRESS_HTTP && next.kind != ADDRESS_HTTPS
                          ? "to something that is neither http nor https"
                      : s->at.kind == ADDRESS_HTTPS && next.kind == ADDRESS_HTTP ? "from https to http, which is refused"
                      : s->no_private && address_is_private(&next)
                          ? "into your own machine or network, which is refused"
                          : NULL;
    if (why != NULL) {
        address_dispose(&next);
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s redirects %s", s->at.host, why);
    }
    if (same_origin(&s->at, &next) && next.user[0] == '\0') {
        swap(&next.user, &s->at.user);
        swap(&next.password, &s->at.password);
    }
    address_dispose(&s->at);
    s->at = next;
    return 0;
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void keep_content_type(struct http_session *s)
{
    char *type = NULL;
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_CONTENT_TYPE, &type);
    snprintf(s->content_type, sizeof(s->content_type), "%s", type == NULL ? "" : type);
}

static int take_address(struct address *out, mimeo_ctx *ctx, const struct http_request *r)
{
    struct address a;
    int rc = address_parse(&a, ctx, r->url);
    if (rc < 0)
        return rc;
    char *user = strdup(r->user == NULL ? "" : r->user), *password = strdup(r->password == NULL ? "" : r->password);
    if (a.kind != ADDRESS_HTTP && a.kind != ADDRESS_HTTPS)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' is no http address", a.url);
    else if (user == NULL || password == NULL)
        rc = ctx_error_nomem(ctx);
    else if (a.user[0] == '\0' && a.password[0] == '\0') {
        swap(&a.user, &user);
        swap(&a.password, &password);
    }
    free(user);
    free(password);
    if (rc < 0)
        address_dispose(&a);
    else
        *out = a;
    return rc;
}

int http_start(struct http_session *s, mimeo_ctx *ctx, const struct http_request *r)
{
    struct address first;
    int rc = take_address(&first, ctx, r);
    if (rc < 0)
        return rc;
    drain(s, ctx);
    address_dispose(&s->at);
    s->at = first;
    s->no_private = s->network->no_private || !address_is_private(&first);
    s->request_ends_at = r->seconds > 0 ? network_now() + 1000 * (int64_t)r->seconds : s->ends_at;
    if (s->request_ends_at > s->ends_at)
        s->request_ends_at = s->ends_at;
    s->max_bytes = r->max_bytes > 0 ? r->max_bytes : s->deadlines.max_bytes;
    for (int hops = 0;; hops++) {
        long status = 0;
        rc = ask(s, ctx, r, &status);
        if (rc < 0 || !is_redirect(status))
            break;
        drain(s, ctx);
        if (r->body.ptr != NULL)
            rc = ctx_error(ctx, MIMEO_EUNREACHABLE, "%s redirects in the middle of a fetch", s->at.host);
        else if (hops == HTTP_REDIRECTS_MAX)
            rc = ctx_error(ctx, MIMEO_EUNREACHABLE, "%s redirects more than %d times", s->at.host, HTTP_REDIRECTS_MAX);
        else
            rc = redirect(s, ctx);
        if (rc == 0 && r->hop)
            rc = 1;
        if (rc != 0)
            break;
    }
    keep_content_type(s);
    if (rc == 0 && http_status(s) != 200 && http_status(s) != 206)
        rc = http_status_failed(s, ctx, http_status(s));
    if (rc < 0)
        stop(s);
    return rc;
}

int http_read(struct http_session *s, mimeo_ctx *ctx, void *bytes, size_t len, size_t *got)
{
    if (s->taken == s->waiting.len) {
        buf_clear(&s->waiting);
        s->taken = 0;
        int rc = s->running ? go_on(s, ctx) : 0;
        if (rc < 0) {
            stop(s);
            return rc;
        }
    }
    size_t left = s->waiting.len - s->taken;
    *got = left < len ? left : len;
    if (*got > 0)
        memcpy(bytes, s->waiting.ptr + s->taken, *got);
    s->taken += *got;
    return 0;
}

int http_status(const struct http_session *s)
{
    long status = 0;
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

const char *http_content_type(const struct http_session *s)
{
    return s->content_type;
}

const char *http_content_encoding(const struct http_session *s)
{
    return s->content_encoding;
}

int http_retry_after(const struct http_session *s)
{
    curl_off_t seconds = 0;
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_RETRY_AFTER, &seconds);
    return seconds > 0 && seconds < 86400 ? (int)seconds : seconds > 0 ? 86400 : 0;
}

const char *http_final_url(const struct http_session *s)
{
    return s->at.url == NULL ? "" : s->at.url;
}

const char *http_user(const struct http_session *s)
{
    return s->at.user == NULL ? "" : s->at.user;
}

const char *http_password(const struct http_session *s)
{
    return s->at.password == NULL ? "" : s->at.password;
}

uint64_t http_received(const struct http_session *s)
{
    return s->received;
}
