/*
 * Bundles behind the signature: whatever a publisher's key may sign.  The hashes of both tables and
 * the payload are put right first, or no input would come past them.
 */
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int meet(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    mimeo_ctx *ctx = ((void **)payload)[0];
    struct bundle *b = ((void **)payload)[1];
    struct buf raw;
    buf_init(&raw, LIMIT_BODY_BLOCK);
    if (r->has_body && bundle_inflate(b, ctx, "b", BUNDLE_BODY, r->body_block, NULL, NULL, &raw) == 0 &&
        (size_t)r->body_offset + r->body_len > raw.len)
        abort();
    buf_dispose(&raw);
    return 0;
}

static int hear(enum bundle_table t, size_t n, int code, enum block_state state, void *payload)
{
    (void)t;
    (void)n;
    (void)code;
    (void)state;
    (void)payload;
    return 0;
}

/* Input: catalog blocks u8, body blocks u8, payload. */
static void try_payload(mimeo_ctx *ctx, struct view input)
{
    struct bundle b = {.bytes = input};
    struct cursor c = cursor_of(input);
    uint8_t catalog, body;
    size_t erased;
    void *both[] = {ctx, &b};
    if (input.len < PREFIX_LEN + 2)
        return;
    cursor_u8(&c, &catalog);
    cursor_u8(&c, &body);
    b.note.bytes = view_of(input.ptr, 2);
    b.bytes = view_of(input.ptr, input.len);
    b.header.payload = input.len - PREFIX_LEN - 2;
    b.header.catalog_blocks = catalog % 4;
    b.header.body_blocks = body % 4;
    struct view rest = view_of(input.ptr + PREFIX_LEN + 2, input.len - PREFIX_LEN - 2);
    size_t first = (size_t)b.header.catalog_blocks * TABLE_ENTRY_LEN, packed = first;
    for (size_t n = 0; n < b.header.catalog_blocks && first <= rest.len; n++) {
        struct block_entry e;
        if (table_entry(view_of(rest.ptr, first), n, &e))
            packed += e.packed_len;
    }
    size_t second = (size_t)b.header.body_blocks * TABLE_ENTRY_LEN;
    if (first > rest.len || packed > rest.len || second > rest.len - packed)
        return;
    b.header.catalog_hash = hash_of(view_of(rest.ptr, first));
    b.header.body_hash = hash_of(view_of(rest.ptr + packed, second));
    if (bundle_check_tables(&b, ctx, "b") == 0) {
        bundle_each_block(&b, ctx, "b", hear, NULL);
        bundle_each_record(&b, ctx, "b", meet, both, &erased);
    }
    bundle_dispose(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct bundle b;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    memset(&b, 0, sizeof(b));
    if (bundle_open(&b, ctx, "b", view_of(data, size)) == 0)
        bundle_check_tables(&b, ctx, "b");
    bundle_dispose(&b);
    try_payload(ctx, view_of(data, size));
    mimeo_ctx_free(ctx);
    return 0;
}
