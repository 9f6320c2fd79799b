/* The tree builder, given what a parser that was taken over could write: whatever it is, the
 * tree that comes out is one that cleaning does not change. */
#include <stdlib.h>

#include "article/build.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct clean_options none;
    static mimeo_ctx *ctx;
    struct tree *tree;
    struct buf out, again;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (build_tree(&tree, ctx, view_of(data, len), &none) < 0)
        return 0;
    buf_init(&out, 64 * MIB);
    buf_init(&again, 64 * MIB);
    if (tree_write(&out, tree) < 0 || clean_to_html(&again, ctx, buf_view(&out), NULL) < 0 ||
        !view_equal(buf_view(&out), buf_view(&again)))
        abort();
    tree_free(tree);
    buf_dispose(&out);
    buf_dispose(&again);
    return 0;
}
