/* The terminal renderer: the first byte chooses the options, the rest is HTML.  No control but
 * LF, and no ESC without style, may come out. */
#include <stdlib.h>

#include "article/clean.h"
#include "article/render.h"
#include "base/limits.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct buf *out, bool style)
{
    struct cursor c = cursor_of(buf_view(out));
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (char_is_control(code) && code != '\n' && !(style && code == 0x1B))
            abort();
        if (code >= 0x202A && code <= 0x202E)
            abort();
    }
    if (c.left > 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    struct tree *tree;
    struct buf out;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (len == 0 || clean_html(&tree, ctx, view_of(data + 1, len - 1), NULL) < 0)
        return 0;
    struct render_options options = {.width = (data[0] & 0x3F) == 0 ? 0 : 20 + (data[0] & 0x3F),
                                     .style = (data[0] & 0x40) != 0,
                                     .dir = (data[0] & 0x80) != 0 ? "rtl" : NULL};
    buf_init(&out, 64 * MIB);
    if (render_terminal(&out, ctx, tree, &options) == 0)
        check(&out, options.style);
    buf_dispose(&out);
    tree_free(tree);
    return 0;
}
