/*
 * An HTTP response as an archive holds it: its head, written by any server of thirty years, and its body with what transport
 * put around it.
 */
#ifndef ARCHIVE_HTTP_MESSAGE_H
#define ARCHIVE_HTTP_MESSAGE_H

#include "archive/content_coding.h"
#include "archive/url_key.h"

#define CONTENT_TYPE_MAX 256

struct http_head {
    size_t len; /* with its empty line: there the body begins */
    int status;
    char content_type[CONTENT_TYPE_MAX];
    char location[URL_MAX];
    bool chunked;
    enum coding codings[CODINGS_MAX]; /* in the order to undo them */
    size_t coding_count;
};

/* False where `block` does not begin with a response.  A head without an end ends with the block. */
bool http_head_parse(struct http_head *out, struct view block);
/* Append the body without its chunks: what is not chunked after all is taken as it is, and behind a broken chunk there is
 * only what is left. */
int chunks_join(struct buf *out, struct view body);
/* The body as the page's author wrote it; `out` is initialised here, at most `max` bytes.  MIMEO_EMALFORMED where it is
 * larger, or nothing could be unpacked; *whole false where it goes on. */
int http_body_decode(struct buf *out, mimeo_ctx *ctx, const struct http_head *head, struct view body, size_t max, bool *whole);

#endif
