#include "extract/page_child.h"

#include <stdlib.h>

#include "base/child.h"
#include "base/limits.h"
#include "extract/language_words.h"
#include "extract/says.h"

#define MEMORY (256 * MIB)
#define SECONDS 10

int page_child(struct buf *out, mimeo_ctx *ctx, const struct page_source *source,
               int (*work)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload)
{
    if (source->bytes.len > LIMIT_HTML)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: has %zu bytes; at most %zu MiB are taken", source->where,
                         source->bytes.len, LIMIT_HTML / MIB);
    language_words_ready();
    says_ready();
    struct child_limits limits = {.memory = child_memory(MEMORY), .seconds = SECONDS, .output = LIMIT_HTML + 4 * MIB};
    return child_run(out, ctx, source->where, &limits, work, payload);
}

int page_put_object(struct buf *out, mimeo_ctx *ctx, const json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    int rc = text == NULL ? ctx_error_nomem(ctx) : buf_append_str(out, text);
    free(text);
    return rc;
}
