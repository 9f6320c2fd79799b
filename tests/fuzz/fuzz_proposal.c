/* Proposals, signatures and hand-overs.  The checksum is made right for half of the inputs, so that what is behind it
 * is reached; what parses is written again as the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "trust/carried.h"
#include "trust/handover.h"
#include "trust/proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Mail's changes are put right in reading: then what is written is shorter. */
static void check_same(const struct buf *again, struct view bytes)
{
    if (again->len == bytes.len && !view_equal(buf_view(again), bytes))
        abort();
}

static void parse(mimeo_ctx *ctx, struct view bytes)
{
    struct proposal p;
    struct charter_signature s;
    struct handover h;
    struct buf again;
    buf_init(&again, 4 * MIB);
    if (proposal_parse(&p, ctx, "proposal", bytes) == 0) {
        if (proposal_write(&again, ctx, &p) == 0)
            check_same(&again, bytes);
        proposal_check_sound(ctx, &p);
        proposal_dispose(&p);
    }
    buf_clear(&again);
    if (charter_signature_parse(&s, ctx, "signature", bytes) == 0 && charter_signature_write(&again, ctx, &s) == 0)
        check_same(&again, bytes);
    if (handover_parse(&h, ctx, "hand-over", bytes) == 0)
        handover_dispose(&h);
    buf_dispose(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct buf sealed;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    parse(ctx, view_of(data, size));
    /* All but its last line, with a checksum that fits. */
    size_t body = size;
    while (body > 0 && data[body - 1] == '\n')
        body--;
    while (body > 0 && data[body - 1] != '\n')
        body--;
    buf_init(&sealed, 4 * MIB);
    if (buf_append(&sealed, data, body) == 0 && carried_seal(&sealed, ctx) == 0)
        parse(ctx, buf_view(&sealed));
    buf_dispose(&sealed);
    mimeo_ctx_free(ctx);
    return 0;
}
