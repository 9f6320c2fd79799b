/* One Markdown file, imported whole: whatever goes in, what comes out is canonical HTML. */
#include <stdlib.h>

#include "import/article.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    char where[] = "fuzz", stem[] = "fuzz";
    struct input_item item = {
        .format = INPUT_MARKDOWN, .where = where, .stem = stem};
    struct article article;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    buf_init(&item.bytes, LIMIT_INPUT_LINE);
    if (buf_append(&item.bytes, data, len) == 0 && article_import(&article, ctx, &item, NULL) == 0) {
        if (!clean_is_canonical(buf_view(&article.body)))
            abort();
        article_dispose(&article);
    }
    buf_dispose(&item.bytes);
    return 0;
}
