/*
 * What libgit2's smart transport speaks through: HTTP by requests, ssh and git:// by a wire.
 *
 * What a reader would get wrong: libgit2 knows no address.  It is given the word "mirror:", and where that is is known here
 * alone: so no credentials, proxies or rewritings of its own can come in.  And an error of the line is worded where it
 * happens, in the context; libgit2 is only told to stop.
 */
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "net/pipe.h"
#include "net/tcp.h"
#include "sync/fetch_git.h"

#define FRONT_MAX (192 * KIB) /* two packets of 64 KiB, and what was read with them */
#define REQUEST_MAX (4 * MIB)
#define READ_LEN (16 * KIB)
#define PATH_INFO "/info/refs"
#define SERVICE "service=git-upload-pack"
#define THIN "thin-pack"
#define NOT_THIN "thin-none"

/* ---- failing ---- */

/* The first failure counts: what follows of it would hide it. */
static int failed(struct carrier *c, int code)
{
    if (c->code == 0)
        c->code = code;
    git_error_set_str(GIT_ERROR_NET, "the line failed");
    return GIT_ERROR;
}

static bool is_ssh(const struct carrier *c)
{
    return c->address->kind == ADDRESS_SSH;
}

static bool is_http(const struct carrier *c)
{
    return c->address->kind == ADDRESS_HTTP || c->address->kind == ADDRESS_HTTPS;
}

static bool is_said_to_be_absent(const char *words)
{
    static const char *const signs[] = {"not exported", "not found", "does not exist", "does not appear to be"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (strcasestr(words, signs[i]) != NULL)
            return true;
    return false;
}

static int cut_short(struct carrier *c)
{
    if (is_ssh(c) && c->wire_open) {
        int rc = pipe_failed(&c->wire, c->ctx);
        return is_said_to_be_absent(wire_last_words(&c->wire)) ? MIMEO_ENOTFOUND : rc;
    }
    if (c->listing && is_http(c))
        return ctx_error(c->ctx, MIMEO_EMALFORMED, "what %s answers is no git repository, or cut short", c->address->host);
    return ctx_error(c->ctx, MIMEO_EUNREACHABLE, "%s closed the connection in the middle of its answer", c->address->host);
}

int carrier_error(struct carrier *c, const char *what)
{
    const git_error *e = git_error_last();
    const char *words = git_library_words(), *host = c->address->host;
    if (c->code < 0)
        return c->code;
    if (strncmp(words, "remote error: ", 14) == 0)
        return ctx_error(c->ctx, is_said_to_be_absent(words) ? MIMEO_ENOTFOUND : MIMEO_EUNREACHABLE, "%s says: %.300s", host,
                         words + 14);
    if (c->ended)
        return cut_short(c);
    if (e != NULL && e->klass == GIT_ERROR_NET)
        return ctx_error(c->ctx, MIMEO_EMALFORMED, "%s does not speak git's protocol: %s", host, words);
    return scratch_error(c->ctx, what);
}

/* ---- HTTP ---- */

/* What is behind the repository's address in the one that answered: it may have moved. */
static int learn_base(struct carrier *c)
{
    const char *url = http_final_url(c->http);
    const char *end = strstr(url, PATH_INFO);
    for (const char *next; end != NULL && (next = strstr(end + 1, PATH_INFO)) != NULL;)
        end = next;
    free(c->base);
    c->base = end == NULL ? NULL : strndup(url, (size_t)(end - url));
    return end == NULL ? ctx_error(c->ctx, MIMEO_EUNREACHABLE, "%s redirects to something that is no git repository",
                                   c->address->host)
           : c->base == NULL ? ctx_error_nomem(c->ctx)
                             : 0;
}

static int full_url(struct buf *out, struct carrier *c, const char *base, const char *behind)
{
    size_t len = strlen(base);
    while (len > 0 && base[len - 1] == '/')
        len--;
    buf_init(out, 3 * ADDRESS_MAX);
    buf_append(out, base, len);
    buf_append_str(out, behind);
    return buf_status(out) < 0 ? ctx_error(c->ctx, MIMEO_EUSAGE, "the address is too long") : 0;
}

static bool type_is(const struct carrier *c, const char *type)
{
    const char *is = http_content_type(c->http);
    size_t len = strlen(type);
    return strncasecmp(is, type, len) == 0 && (is[len] == '\0' || is[len] == ';' || is[len] == ' ');
}

static int no_repository(struct carrier *c)
{
    const char *type = http_content_type(c->http);
    return ctx_error(c->ctx, MIMEO_EMALFORMED, "there is no git repository at this address of %s (it answers with %.60s)",
                     c->address->host, type[0] == '\0' ? "something of no type" : type);
}

static int http_list(struct carrier *c)
{
    struct buf url;
    bool query = strchr(c->address->url, '?') != NULL;
    int rc = full_url(&url, c, c->address->url, query ? PATH_INFO "&" SERVICE : PATH_INFO "?" SERVICE);
    struct http_request r = {.url = buf_str(&url), .user = c->address->user, .password = c->address->password};
    if (rc == 0)
        rc = http_start(c->http, c->ctx, &r);
    buf_dispose(&url);
    if (rc == 0 && !type_is(c, "application/x-git-upload-pack-advertisement"))
        rc = no_repository(c);
    return rc == 0 ? learn_base(c) : rc;
}

static int http_ask(struct carrier *c)
{
    struct buf url;
    int rc = full_url(&url, c, c->base, "/git-upload-pack");
    struct http_request r = {.url = buf_str(&url),
                             .user = http_user(c->http),
                             .password = http_password(c->http),
                             .accept = "application/x-git-upload-pack-result",
                             .content_type = "application/x-git-upload-pack-request",
                             .body = buf_view(&c->request)};
    if (rc == 0)
        rc = http_start(c->http, c->ctx, &r);
    buf_dispose(&url);
    if (rc == 0 && !type_is(c, "application/x-git-upload-pack-result"))
        rc = no_repository(c);
    c->sent = true;
    return rc;
}

/* ---- bytes ---- */

static int count(struct carrier *c, size_t got)
{
    c->received += got;
    c->listed += c->listing ? got : 0;
    if (c->listed > FETCH_ADVERTISED_MAX)
        return ctx_error(c->ctx, MIMEO_EMALFORMED, "%s offers more references than a mirror has (over %d MiB)",
                         c->address->host, (int)(FETCH_ADVERTISED_MAX / MIB));
    if (c->received > c->max_bytes)
        return ctx_error(c->ctx, MIMEO_EMALFORMED, "%s sends more than the limit of %llu bytes", c->address->host,
                         (unsigned long long)c->max_bytes);
    ctx_progress(c->ctx, "fetching", c->received, 0, "bytes");
    return 0;
}

static int read_line(struct carrier *c, void *bytes, size_t len, size_t *got)
{
    int rc = is_http(c) && !c->listing && !c->sent ? http_ask(c) : 0;
    if (rc == 0)
        rc = is_http(c) ? http_read(c->http, c->ctx, bytes, len, got) : wire_read(&c->wire, c->ctx, bytes, len, got);
    if (rc == 0)
        rc = count(c, *got);
    if (rc == 0 && *got == 0)
        c->ended = true;
    return rc;
}

/* ---- the front of the list ---- */

static bool take_packet(struct cursor *c, struct view *out, bool *whole)
{
    struct cursor at = *c;
    struct view hex;
    unsigned len = 0;
    *whole = cursor_take(&at, 4, &hex);
    if (!*whole)
        return true;
    for (size_t i = 0; i < 4; i++) {
        if (!isxdigit(hex.ptr[i]))
            return false;
        len = len * 16 + (unsigned)(isdigit(hex.ptr[i]) ? hex.ptr[i] - '0' : (hex.ptr[i] | 0x20) - 'a' + 10);
    }
    *out = view_of(NULL, 0);
    if (len != 0 && (len < 4 || !cursor_take(&at, len - 4, out))) {
        *whole = false;
        return len >= 4;
    }
    *c = at;
    return true;
}

static void hide(uint8_t *bytes, size_t len)
{
    uint8_t *nul = memchr(bytes, 0, len);
    if (nul == NULL)
        return;
    size_t left = len - (size_t)(nul - bytes);
    for (uint8_t *at = nul; (at = memmem(at, left, THIN, strlen(THIN))) != NULL; left = len - (size_t)(at - bytes))
        memcpy(at, NOT_THIN, strlen(NOT_THIN));
}

/* True where the packet with the capabilities was met, or none can be. */
bool carrier_hide_thin_pack(struct buf *front)
{
    struct cursor c = cursor_of(buf_view(front));
    for (;;) {
        struct view packet;
        bool whole;
        if (!take_packet(&c, &packet, &whole))
            return true; /* no list: libgit2 will say so */
        if (!whole)
            return false;
        if (packet.len == 0 || view_starts_with(packet, "# "))
            continue;
        hide(front->ptr + (packet.ptr - front->ptr), packet.len);
        return true;
    }
}

static int read_front(struct carrier *c)
{
    uint8_t bytes[READ_LEN];
    while (!c->front_done) {
        size_t got = 0;
        int rc = read_line(c, bytes, sizeof(bytes), &got);
        if (rc == 0 && got == 0)
            rc = cut_short(c);
        if (rc == 0 && buf_append(&c->front, bytes, got) < 0)
            rc = ctx_error(c->ctx, MIMEO_EMALFORMED, "%s does not speak git's protocol", c->address->host);
        if (rc < 0)
            return rc;
        c->front_done = carrier_hide_thin_pack(&c->front);
    }
    return 0;
}

/* ---- what libgit2 calls ---- */

static struct carrier *of_stream(git_smart_subtransport_stream *s)
{
    return (struct carrier *)(void *)((char *)s - offsetof(struct carrier, stream));
}

static int stream_read(git_smart_subtransport_stream *s, char *bytes, size_t len, size_t *got)
{
    struct carrier *c = of_stream(s);
    int rc = c->front_done ? 0 : read_front(c);
    if (rc < 0)
        return failed(c, rc);
    size_t left = c->front.len - c->front_taken;
    if (left > 0) {
        *got = left < len ? left : len;
        memcpy(bytes, c->front.ptr + c->front_taken, *got);
        c->front_taken += *got;
        return 0;
    }
    *got = 0;
    rc = read_line(c, bytes, len, got);
    if (rc == 0 && *got == 0 && c->listing)
        rc = cut_short(c);
    return rc < 0 ? failed(c, rc) : 0;
}

static int stream_write(git_smart_subtransport_stream *s, const char *bytes, size_t len)
{
    struct carrier *c = of_stream(s);
    int rc;
    if (!is_http(c))
        rc = wire_write(&c->wire, c->ctx, bytes, len);
    else
        rc = buf_append(&c->request, bytes, len) < 0 ? ctx_error_nomem(c->ctx) : 0;
    return rc < 0 ? failed(c, rc) : 0;
}

static void stream_free(git_smart_subtransport_stream *s)
{
    (void)s; /* it is part of the carrier */
}

/* "git-upload-pack /path\0host=name\0" in a packet. */
static int greet(struct carrier *c)
{
    struct buf line;
    const struct address *a = c->address;
    size_t len = 4 + strlen("git-upload-pack ") + strlen(a->path) + 1 + strlen("host=") + strlen(a->host) + 1;
    buf_init(&line, 2 * ADDRESS_MAX);
    buf_appendf(&line, "%04x", (unsigned)len);
    buf_appendf(&line, "git-upload-pack %s", a->path);
    buf_append_byte(&line, 0);
    buf_appendf(&line, "host=%s", a->host);
    buf_append_byte(&line, 0);
    int rc = buf_status(&line) < 0 ? ctx_error_nomem(c->ctx) : wire_write(&c->wire, c->ctx, line.ptr, line.len);
    buf_dispose(&line);
    return rc;
}

static int open_wire(struct carrier *c)
{
    int rc = is_ssh(c) ? pipe_open(&c->wire, c->ctx, c->address, "git-upload-pack", c->network)
                       : tcp_open(&c->wire, c->ctx, c->address, c->network);
    c->wire_open = rc == 0;
    return rc == 0 && !is_ssh(c) ? greet(c) : rc;
}

static int start_list(struct carrier *c)
{
    c->listing = true;
    c->front_done = false;
    if (!is_http(c))
        return open_wire(c);
    int rc = c->http == NULL ? http_session_new(&c->http, c->ctx, c->network) : 0;
    return rc == 0 ? http_list(c) : rc;
}

static int act(git_smart_subtransport_stream **out, git_smart_subtransport *t, const char *url,
               git_smart_service_t action)
{
    struct carrier *c = (struct carrier *)t;
    int rc = 0;
    (void)url;
    if (action == GIT_SERVICE_UPLOADPACK_LS) {
        rc = start_list(c);
    } else if (action == GIT_SERVICE_UPLOADPACK) {
        c->listing = false;
        c->sent = false;
        c->front_taken = c->front.len;
        buf_clear(&c->request);
    } else {
        rc = ctx_error(c->ctx, MIMEO_EUSAGE, "this only fetches");
    }
    if (rc < 0)
        return failed(c, rc);
    *out = &c->stream;
    return 0;
}

static int carrier_close(git_smart_subtransport *t)
{
    struct carrier *c = (struct carrier *)t;
    if (c->wire_open)
        wire_close(&c->wire);
    c->wire_open = false;
    return 0;
}

static void carrier_free(git_smart_subtransport *t)
{
    (void)t; /* it is its caller's */
}

static int hand_out(git_smart_subtransport **out, git_transport *owner, void *payload)
{
    (void)owner;
    *out = &((struct carrier *)payload)->parent;
    return 0;
}

int carrier_transport(git_transport **out, git_remote *owner, void *payload)
{
    return git_transport_smart(out, owner, &((struct carrier *)payload)->definition);
}

int carrier_init(struct carrier *c, mimeo_ctx *ctx, const struct address *address, const struct mimeo_network *network)
{
    memset(c, 0, sizeof(*c));
    c->ctx = ctx;
    c->address = address;
    c->network = network;
    c->max_bytes = network_deadlines(network).max_bytes;
    c->parent = (git_smart_subtransport){act, carrier_close, carrier_free};
    c->stream = (git_smart_subtransport_stream){&c->parent, stream_read, stream_write, stream_free};
    c->definition = (git_smart_subtransport_definition){hand_out, is_http(c), c};
    buf_init(&c->front, FRONT_MAX);
    buf_init(&c->request, REQUEST_MAX);
    signal(SIGPIPE, SIG_IGN); /* this is a child; a connection that breaks is told by what was written */
    if (address->kind == ADDRESS_PATH)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a path: it is read and not fetched", address->path);
    return network_check(ctx, address, network);
}

void carrier_dispose(struct carrier *c)
{
    carrier_close(&c->parent);
    http_session_free(c->http);
    free(c->base);
    buf_dispose(&c->front);
    buf_dispose(&c->request);
}
