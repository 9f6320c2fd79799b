/* Proofs of conflict: what holds stands by its own charters, and is the one spelling of itself. */
#include <stdlib.h>

#include "library/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spelling(mimeo_ctx *ctx, const struct proof *p, struct view bytes)
{
    struct buf again;
    struct hash id;
    struct proof_standing s;
    buf_init(&again, PROOF_MAX);
    if (proof_stands(&s, ctx, &p->chain, bytes) != 1 || s.kind != p->kind || !proof_is_claimed(ctx, bytes))
        abort();
    if (p->kind == PROOF_CHARTERS &&
        (proof_write_charters(&again, &id, ctx, &p->chain, buf_view(&p->chain.rival)) < 0 ||
         !view_equal(buf_view(&again), bytes) || !hash_equal(&id, &p->id)))
        abort();
    buf_dispose(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct proof *p;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (proof_check(&p, ctx, "input", view_of(data, size)) == 0) {
        check_spelling(ctx, p, view_of(data, size));
        proof_free(p);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
