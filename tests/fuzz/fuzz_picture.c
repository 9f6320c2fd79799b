/*
 * Fuzzing the cleaning of pictures, in this process and not in its child.
 *
 * What a reader would get wrong: not crashing is half of it.  What comes out must pass
 * the second look again, and cleaning it once more must succeed with the same size.
 */
#include <stdlib.h>

#include "picture/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_twice(mimeo_ctx *ctx, struct view clean)
{
    struct picture_info first, second;
    struct buf again;

    if (picture_inspect(&first, ctx, clean) < 0)
        abort();
    if (picture_clean_here(&again, ctx, clean) < 0)
        abort();
    if (picture_inspect(&second, ctx, buf_view(&again)) < 0 || first.type != second.type ||
        first.width != second.width || first.height != second.height)
        abort();
    buf_dispose(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view in = view_of(data, size);
    struct picture_info info;
    struct buf out;
    mimeo_ctx *ctx;

    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    /* A lie about the size costs time, not finds: cap it well below the limits. */
    if (picture_inspect(&info, ctx, in) < 0 || (uint64_t)info.width * info.height <= 1u << 20) {
        if (picture_clean_here(&out, ctx, in) == 0) {
            check_twice(ctx, buf_view(&out));
            buf_dispose(&out);
        }
    }
    mimeo_ctx_free(ctx);
    return 0;
}
