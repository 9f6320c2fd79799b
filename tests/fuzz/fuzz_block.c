/* Tables and blocks.  Input: raw length u32, dictionary length u16, dictionary, stream;
 * and all of it once more as a table. */
#include <stdlib.h>

#include "base/context.h"
#include "bundle/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inflate_one(mimeo_ctx *ctx, struct view input)
{
    struct cursor c = cursor_of(input);
    uint32_t raw_len;
    uint16_t dictionary_len;
    struct view dictionary;
    struct inflater *inflater;
    struct buf out;
    if (!cursor_u32be(&c, &raw_len) || !cursor_u16be(&c, &dictionary_len) ||
        !cursor_take(&c, dictionary_len, &dictionary) || inflater_new(&inflater, ctx) < 0)
        return;
    buf_init(&out, LIMIT_BODY_BLOCK);
    int rc = block_inflate(&out, inflater, ctx, "block", view_of(c.ptr, c.left), raw_len, dictionary);
    if (rc == 0 ? out.len != raw_len : out.len != 0)
        abort();
    buf_dispose(&out);
    inflater_free(inflater);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct block_entry e;
    uint64_t sum = 0;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (table_check(ctx, "table", view_of(data, size), LIMIT_BODY_BLOCK, 2, &sum) == 0)
        for (size_t n = 0; n < size / TABLE_ENTRY_LEN; n++)
            if (!table_entry(view_of(data, size), n, &e) || e.packed_len > sum)
                abort();
    inflate_one(ctx, view_of(data, size));
    mimeo_ctx_free(ctx);
    return 0;
}
