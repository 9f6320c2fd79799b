#include "extract/page_child.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/child.h"
#include "base/limits.h"
#include "extract/language_words.h"
#include "extract/says.h"

#define MEMORY (256 * MIB)
#define SECONDS 10
#define HEAP_LEAST (512 * KIB)
#define HEAP_MOST (4 * MIB)
#define HEAP_TIMES 3 /* bytes that a page's tree and facts take, for each of the page */

/* The child inherits the arena of the thread that forked it, which grows by a page and a call each time and gives memory
 * back as eagerly.  It lives for some milliseconds: what it is likely to want comes at once and stays. */
void page_child_heap(size_t page_len)
{
    size_t len = page_len > HEAP_MOST / HEAP_TIMES ? HEAP_MOST : page_len * HEAP_TIMES;
    mallopt(M_MMAP_THRESHOLD, 32 * MIB);
    mallopt(M_TRIM_THRESHOLD, 256 * MIB);
    free(malloc(len < HEAP_LEAST ? HEAP_LEAST : len));
}

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
