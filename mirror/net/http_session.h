/* Inside of net/http*.c. */
#ifndef NET_HTTP_SESSION_H
#define NET_HTTP_SESSION_H

#include "net/curl_calls.h"
#include "net/http.h"

struct http_session {
    const struct curl_calls *curl;
    const struct mimeo_network *network;
    struct deadlines deadlines;
    CURLM *multi;
    CURL *easy;
    bool running;          /* easy is in multi */
    bool done;             /* the transfer has ended, with `result` */
    CURLcode result;
    struct curl_slist *headers;
    struct address at;     /* where the request went last */
    struct buf waiting;    /* of the answer, not yet read */
    size_t taken;          /* of `waiting` */
    bool body_began;       /* its header is whole */
    bool connected;
    bool met_private;      /* a name led into the reader's network, where that is not allowed */
    bool no_private;       /* of this request */
    bool too_much;
    uint64_t header_bytes, body_bytes, max_bytes;
    uint64_t received;
    int64_t last_byte, ends_at;
    int64_t request_ends_at; /* the sooner of the session's end and the request's */
    char content_type[128], content_encoding[64];
};

/* The code and the words for how the transfer ended, where that was not well. */
int http_failed(struct http_session *s, mimeo_ctx *ctx);
int http_status_failed(struct http_session *s, mimeo_ctx *ctx, long status);

#endif
