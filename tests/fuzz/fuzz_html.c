/* The cleaner: cleaning twice changes nothing, what is called canonical is, and no sign of a
 * script is in what comes out.  The first byte chooses the options. */
#include <stdlib.h>
#include <string.h>

#include "article/clean.h"
#include "base/limits.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int picture(struct clean_picture *out, mimeo_ctx *ctx, struct view src, struct view alt,
                   void *payload)
{
    (void)ctx;
    (void)alt;
    (void)payload;
    memset(out->hash, 'a', 64);
    out->hash[64] = 0;
    out->width = (uint32_t)src.len;
    return src.len % 3 != 0;
}

static void require(bool good)
{
    if (!good)
        abort();
}

static void check_twice(mimeo_ctx *ctx, struct view html)
{
    struct buf again;
    buf_init(&again, 64 * MIB);
    require(clean_to_html(&again, ctx, html, NULL) == 0);
    require(view_equal(html, buf_view(&again)));
    buf_dispose(&again);
}

static void check_text(mimeo_ctx *ctx, struct view html)
{
    struct tree *tree;
    struct buf text;
    buf_init(&text, 64 * MIB);
    require(clean_html(&tree, ctx, html, NULL) == 0 && clean_text(&text, tree) == 0);
    require(clean_word_count(tree) <= html.len);
    require(utf8_valid(buf_view(&text)));
    tree_free(tree);
    buf_dispose(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    struct buf out;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (len == 0)
        return 0;
    struct clean_options options = {.picture = data[0] & 1 ? picture : NULL,
                                    .base_url = data[0] & 2 ? "https://example.org/a/b?c" : NULL};
    struct view html = view_of(data + 1, len - 1);
    if (clean_is_canonical(html))
        check_twice(ctx, html);
    buf_init(&out, 64 * MIB);
    if (clean_to_html(&out, ctx, html, &options) == 0) {
        require(out.len == 0 || memmem(out.ptr, out.len, "<script", 7) == NULL);
        check_twice(ctx, buf_view(&out));
        check_text(ctx, buf_view(&out));
    }
    buf_dispose(&out);
    return 0;
}
