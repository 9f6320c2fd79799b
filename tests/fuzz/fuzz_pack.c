/* A walk through a pack: ends, moves at each step, and hands out objects that lie in it. */
#include <stdlib.h>

#include "base/context.h"
#include "bundle/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct object *o, const uint8_t *data, size_t size)
{
    if (o->offset > size || o->bytes.ptr != data + o->offset || o->bytes.len > size - o->offset ||
        o->bytes.len != o->prefix.total_len || o->bytes.len < PREFIX_LEN)
        abort();
}

/* `reject`: as a reader who finds every object bad. */
static void walk(mimeo_ctx *ctx, const uint8_t *data, size_t size, bool reject)
{
    struct pack_reader r;
    struct object o;
    int rc;
    pack_reader_init(&r, view_of(data, size));
    for (;;) {
        uint64_t before = r.offset;
        if ((rc = pack_next(&r, ctx, "pack", &o)) == 0)
            break;
        if (rc == 1)
            check(&o, data, size);
        if (rc == 1 && reject)
            pack_reject(&r, &o);
        if (r.offset <= before || r.offset > size || r.skipped > size)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    walk(ctx, data, size, false);
    walk(ctx, data, size, true);
    mimeo_ctx_free(ctx);
    return 0;
}
