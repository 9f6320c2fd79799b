/* Catalog records: what is read is written, and read again the same. */
#include <stdlib.h>
#include <string.h>

#include "bundle/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_twice(mimeo_ctx *ctx, const struct record *r)
{
    struct buf first, second;
    struct record again;
    buf_init(&first, 64 * KIB);
    buf_init(&second, 64 * KIB);
    /* One way of spelling a record can be longer than another. */
    int rc = record_write(&first, ctx, "record", r);
    if (rc == MIMEO_EMALFORMED) {
        buf_dispose(&first);
        return;
    }
    if (rc < 0 || record_parse(&again, ctx, "record", view_of(first.ptr, first.len - 1)) != 1)
        abort();
    if (record_write(&second, ctx, "record", &again) < 0 || !view_equal(buf_view(&first), buf_view(&second)))
        abort();
    record_dispose(&again);
    buf_dispose(&first);
    buf_dispose(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct record r;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (record_parse(&r, ctx, "record", view_of(data, size)) == 1) {
        write_twice(ctx, &r);
        record_dispose(&r);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
