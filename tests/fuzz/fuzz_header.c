/*
 * Notes and bundle headers: what parses is written again as the same text but for x- lines, which a
 * header does not keep; and judging it without charters ends.
 */
#include <stdlib.h>
#include <string.h>

#include "trust/header.h"
#include "trust/join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(mimeo_ctx *ctx, const struct header *h, const struct note *n)
{
    struct buf text;
    buf_init(&text, 2 * LIMIT_HEADER);
    if (header_write_text(&text, ctx, h) < 0)
        abort();
    bool extras = memmem(n->text.ptr, n->text.len, "\nx-", 3) != NULL;
    if (!extras && !view_equal(buf_view(&text), n->text))
        abort();
    buf_dispose(&text);
}

static void join_alone(const struct header *h)
{
    struct join j;
    join_init(&j, h->seq, &h->hash);
    if (join_step(&j, h) != JOINED || j.count > 3)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct header h;
    static struct note n;
    mimeo_ctx *ctx;
    struct charter_chain none = {.count = 0};
    enum header_standing standing;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    int rc = header_parse(&h, &n, ctx, "head", view_of(data, size));
    if (rc == 0) {
        write_again(ctx, &h, &n);
        join_alone(&h);
        if (header_judge(&standing, ctx, "head", &h, &n, &none) == 0)
            abort(); /* nobody vouches for it */
    } else if (rc == MIMEO_ENEWER && header_judge_newer(ctx, "head", &n, &none) != MIMEO_ENEWER) {
        abort();
    }
    mimeo_ctx_free(ctx);
    return 0;
}
