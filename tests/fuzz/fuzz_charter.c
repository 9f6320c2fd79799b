/* Charters: what parses is written again as the same text, and judging it in a chain ends. */
#include <stdlib.h>

#include "trust/charter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(mimeo_ctx *ctx, const struct charter *c, struct view note)
{
    struct buf text;
    buf_init(&text, LIMIT_CHARTER);
    if (charter_write_text(&text, ctx, c) < 0 || text.len > note.len ||
        !view_equal(buf_view(&text), view_of(note.ptr, text.len)))
        abort();
    buf_dispose(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct charter c;
    struct charter_chain chain = {.count = 0};
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (charter_parse(&c, ctx, "charter", view_of(data, size)) == 0) {
        write_again(ctx, &c, view_of(data, size));
        charter_chain_add(&chain, ctx, &c, NULL);
        charter_dispose(&c);
        charter_chain_dispose(&chain);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
