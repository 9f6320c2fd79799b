/*
 * Fuzzing what makes pictures small, in this process and not in its child: every decoder, animations, profiles, the encoder.
 *
 * What a reader would get wrong: what comes out must be clean and no wider than asked, and must be the same the second time.
 * Sizes are capped well below the limits: a lie about them costs time, not finds.
 */
#include <stdlib.h>

#include "picture/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view in = view_of(data, size);
    struct picture_want want = {true, 16 + (size > 0 ? data[size - 1] % 64u : 0), 60};
    struct picture_made made, again;
    struct picture_info info;
    struct buf out, twin;
    mimeo_ctx *ctx;

    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    if (picture_inspect(&info, ctx, in) == 0 && (uint64_t)info.width * info.height <= 1u << 18 &&
        picture_small_here(&out, &made, ctx, in, &want) == 0) {
        if (picture_look_again(&info, ctx, buf_view(&out)) < 0 || info.width != made.info.width ||
            info.height != made.info.height || (made.encoded && info.width > want.width))
            abort();
        if (picture_small_here(&twin, &again, ctx, in, &want) < 0 || !view_equal(buf_view(&out), buf_view(&twin)))
            abort();
        buf_dispose(&twin);
        buf_dispose(&out);
    }
    mimeo_ctx_free(ctx);
    return 0;
}
