/*
 * HTTP(S) by libcurl: one request at a time, its response read piece by piece.  It is told everything and looks up
 * nothing: no proxy, cookie, netrc or certificate path of the environment, no redirect but those that
 * http_start follows by its own rules.
 *
 *     struct http_session *s;
 *     struct http_request request = {.url = url, .accept = "application/x-git-upload-pack-advertisement"};
 *     rc = http_session_new(&s, ctx, network);
 *     if (rc == 0) rc = http_start(s, ctx, &request);
 *     while (rc == 0 && (rc = http_read(s, ctx, bytes, sizeof(bytes), &got)) == 0 && got > 0) …
 *     http_session_free(s);
 *
 * One session keeps its connections, so a second request costs no handshake.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "net/network.h"

#define HTTP_USER_AGENT "git/2.39.5" /* plain git of Debian 12: nothing tells us from it */
#define HTTP_REDIRECTS_MAX 5

struct http_request {
    const char *url;            /* with credentials or without; never printed with them */
    const char *user, *password; /* where the URL has none; NULL or "": none */
    const char *accept;         /* NULL: anything */
    const char *content_type;   /* of the body */
    const char *git_protocol;   /* the header Git-Protocol; NULL: none */
    struct view body;           /* ptr not NULL: a POST, which follows no redirect */
    uint64_t max_bytes;         /* of the response; 0: the network's limit */
    const char *user_agent;     /* NULL: HTTP_USER_AGENT */
    const char *accept_encoding; /* content codings that the caller undoes; NULL: none */
    int seconds;                /* for all of it; 0: what is left of the session's */
    bool hop;                   /* a redirect is told, not followed: the caller has to ask whether it may be */
};

struct http_session;
/* `network` must outlive the session. */
int http_session_new(struct http_session **out, mimeo_ctx *ctx, const struct mimeo_network *network);
void http_session_free(struct http_session *s);

/* Send the request and wait for the header of its answer; what is left of the answer before is dropped.  0 where the
 * status is 200 (or 206).  1, where the request is a hop and the answer a redirect that may be followed: http_final_url,
 * http_user and http_password say how.  Else, with the reason in the message:
 *   MIMEO_EUSAGE        this address or proxy may not be used so (network_check), or the CA file does not load
 *   MIMEO_EUNREACHABLE  no such name, refused, broken, a certificate that does not hold, a status, redirects
 *   MIMEO_ETIMEOUT      no connection, no byte, or no end within its deadline
 *   MIMEO_ENOTFOUND     404 or 410
 *   MIMEO_EMALFORMED    the answer is over its limit
 *   MIMEO_ECANCELLED */
int http_start(struct http_session *s, mimeo_ctx *ctx, const struct http_request *request);
/* The next bytes of the answer; *got 0 at its end.  Codes as above. */
int http_read(struct http_session *s, mimeo_ctx *ctx, void *bytes, size_t len, size_t *got);

/* Of the answer that was started last.  Borrowed until the next http_start. */
int http_status(const struct http_session *s);          /* 0 before there is one */
const char *http_content_type(const struct http_session *s); /* "" where there is none */
/* "gzip": what the caller has to undo; "" for none. */
const char *http_content_encoding(const struct http_session *s);
int http_retry_after(const struct http_session *s); /* seconds that the server asks to wait; 0: it says nothing */
const char *http_final_url(const struct http_session *s);    /* after redirects, without credentials */
/* The credentials that are still right for it: "" after a redirect to another host. */
const char *http_user(const struct http_session *s);
const char *http_password(const struct http_session *s);
uint64_t http_received(const struct http_session *s);   /* bytes of all answers, headers included */

#endif
