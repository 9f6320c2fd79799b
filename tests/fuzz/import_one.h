/* One article of a given format, imported whole: whatever goes in, what comes out is canonical HTML. */
#ifndef FUZZ_IMPORT_ONE_H
#define FUZZ_IMPORT_ONE_H

#include <stdlib.h>

#include "import/article.h"

static inline int import_one(enum input_format format, const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    char where[] = "fuzz", stem[] = "fuzz";
    struct input_item item = {.format = format, .where = where, .stem = stem};
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

#endif
