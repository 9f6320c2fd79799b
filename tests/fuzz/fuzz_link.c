/* Links: what is taken must be written again as the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "trust/fingerprint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct link l;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (link_parse(&l, ctx, view_of(data, size)) == 0) {
        struct buf b;
        buf_init(&b, LINK_LEN);
        /* The input may have white space around the link, nothing else. */
        if (link_write(&b, &l) < 0 || memmem(data, size, b.ptr, b.len) == NULL)
            abort();
        buf_dispose(&b);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
