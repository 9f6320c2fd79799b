/* Lists of parts: what is taken is written as the very same text. */
#include <stdlib.h>

#include "base/limits.h"
#include "bundle/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct part p;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (part_parse(&p, ctx, "x.mimeo", view_of(data, size)) == 0) {
        struct buf b;
        buf_init(&b, LIMIT_PART);
        if (p.number == 0 || p.number > p.of || part_write(&b, ctx, &p) < 0)
            abort();
        /* Long lists are told more coarsely. */
        if (size < 4096 && p.of < 1000 && !view_equal(buf_view(&b), view_of(data, size)))
            abort();
        buf_dispose(&b);
        part_dispose(&p);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
