/*
 * The words for an HTTP transfer that failed.  libcurl's own name addresses and internals; ours say what a reader can do.
 */
#include <errno.h>
#include <string.h>

#include "net/http_session.h"

/* OpenSSL's X509_V_ERR_*, which libcurl passes on. */
#define NOT_YET_VALID 9
#define EXPIRED 10
#define SELF_SIGNED 18
#define SELF_SIGNED_IN_CHAIN 19
#define NO_ISSUER_HERE 20
#define NO_ISSUER_LEAF 21

static int bad_certificate(struct http_session *s, mimeo_ctx *ctx)
{
    long verdict = 0;
    const char *what;
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    switch (verdict) {
    case 0:
    case 1: what = "is for another name"; break; /* libcurl looks at that first, and leaves its initial 1 */
    case EXPIRED: what = "has expired (is the clock of this machine right?)"; break;
    case NOT_YET_VALID: what = "is not valid yet (is the clock of this machine right?)"; break;
    case SELF_SIGNED:
    case SELF_SIGNED_IN_CHAIN:
    case NO_ISSUER_HERE:
    case NO_ISSUER_LEAF: what = "is by an authority that nobody here knows"; break;
    default: what = "does not hold"; break;
    }
    return ctx_error(ctx, MIMEO_EUNREACHABLE,
                     "the certificate of %s %s: do not go on, somebody may be between you and it", s->at.host, what);
}

static int not_connected(struct http_session *s, mimeo_ctx *ctx)
{
    long error = 0;
    if (s->met_private)
        return ctx_error(ctx, MIMEO_EUNREACHABLE,
                         "%s leads into your own machine or network, where a mirror may not send you", s->at.host);
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_OS_ERRNO, &error);
    if (s->network->proxy != NULL)
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "cannot connect to the proxy: is it running? (nothing was tried without it)");
    if (error == 0)
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "cannot connect to %s port %d", s->at.host, s->at.port);
    errno = (int)error;
    return ctx_error_errno(ctx, MIMEO_EUNREACHABLE, "cannot connect to %s port %d", s->at.host, s->at.port);
}

/* A CONNECT that an HTTP proxy refused looks like a broken connection. */
static int broken(struct http_session *s, mimeo_ctx *ctx)
{
    long status = 0;
    s->curl->curl_easy_getinfo_(s->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (s->network->proxy != NULL && status >= 300)
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "the proxy does not let us through to %s (status %ld)", s->at.host,
                         status);
    if (s->too_much)
        return ctx_error(ctx, MIMEO_EMALFORMED, "what %s sends is over its limit", s->at.host);
    return ctx_error(ctx, MIMEO_EUNREACHABLE, "the connection to %s broke%s", s->at.host,
                     s->header_bytes > 0 ? " in the middle of its answer" : " before it answered");
}

int http_failed(struct http_session *s, mimeo_ctx *ctx)
{
    const char *host = s->at.host;
    switch (s->result) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "no address is found for %s: no such name, or no network", host);
    case CURLE_COULDNT_RESOLVE_PROXY:
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "no address is found for the proxy (nothing was tried without it)");
    case CURLE_PROXY:
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "the proxy does not reach %s (nothing was tried without it)", host);
    case CURLE_COULDNT_CONNECT: return not_connected(s, ctx);
    case CURLE_OPERATION_TIMEDOUT:
        return ctx_error(ctx, MIMEO_ETIMEOUT, "%s does not answer: no connection within %d seconds", host,
                         (int)(s->deadlines.connect_ms / 1000));
    case CURLE_PEER_FAILED_VERIFICATION: return bad_certificate(s, ctx);
    case CURLE_SSL_CACERT_BADFILE:
        return ctx_error(ctx, MIMEO_EUSAGE, "cannot read certificates from '%s'",
                         s->network->ca_file == NULL ? "the system's file" : s->network->ca_file);
    case CURLE_SSL_CONNECT_ERROR:
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "no TLS with %s: it broke off, or speaks something else", host);
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s does not answer in HTTP", host);
    case CURLE_OUT_OF_MEMORY: return ctx_error_nomem(ctx);
    default: return broken(s, ctx);
    }
}

int http_status_failed(struct http_session *s, mimeo_ctx *ctx, long status)
{
    const char *host = s->at.host;
    switch (status) {
    case 401:
    case 407: return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s wants a user name and a password (status %ld)", host, status);
    case 403: return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s does not allow this (status 403)", host);
    case 404:
    case 410: return ctx_error(ctx, MIMEO_ENOTFOUND, "%s has nothing at this address (status %ld)", host, status);
    case 451: return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s is made to withhold this (status 451)", host);
    case 429:
    case 503: return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s asks to come back later (status %ld)", host, status);
    default: return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s answers with status %ld", host, status);
    }
}
