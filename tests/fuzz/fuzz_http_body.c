/*
 * HTTP responses as archives hold them: any head, any chunks, any packing that zlib undoes; and addresses, which come to a form
 * that they keep.
 */
#include <stdlib.h>
#include <string.h>

#include "archive/head_fields.h"
#include "archive/http_message.h"
#include "base/limits.h"

#define BODY_MAX (64 * KIB)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_location(const char *location)
{
    char once[URL_MAX], twice[URL_MAX];
    if (!url_join(once, "https://news.example/a/b?c#d", view_of_str(location)))
        return;
    if (!url_normal(twice, view_of_str(once)) || strcmp(once, twice) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_head head;
    struct buf body;
    mimeo_ctx *ctx;
    bool whole;
    if (!http_head_parse(&head, view_of(data, size)))
        return 0;
    if (head.len > size || head.coding_count > CODINGS_MAX || mimeo_ctx_new(&ctx) < 0)
        abort();
    for (size_t i = 0; i < head.coding_count; i++) /* those need a child: too slow for this, and their libraries are fuzzed */
        if (head.codings[i] == CODING_BROTLI || head.codings[i] == CODING_ZSTD)
            head.codings[i] = CODING_DEFLATE;
    if (http_body_decode(&body, ctx, &head, view_after(view_of(data, size), head.len), BODY_MAX, &whole) == 0 && body.len > BODY_MAX)
        abort();
    buf_dispose(&body);
    check_location(head.location);
    mimeo_ctx_free(ctx);
    return 0;
}
