/* Cards: what is taken is written as the one line, which is taken for the same. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "library/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct card c, again;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (card_parse(&c, ctx, view_of(data, size)) == 0) {
        struct buf b;
        buf_init(&b, 512);
        if (c.seq == 0 || c.seq > LIMIT_SEQ || card_write(&b, &c) < 0 || card_parse(&again, ctx, buf_view(&b)) < 0 ||
            strcmp(c.id, again.id) != 0 || c.seq != again.seq || !hash_equal(&c.hash, &again.hash) || c.time != again.time)
            abort();
        buf_dispose(&b);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
