#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "extract/page.h"
#include "extract/text_page.h"
#include "base/limits.h"
int page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *s, const struct page_options *o)
{
    (void)o;
    const char *t = s->bytes.len == 0 ? NULL : memmem(s->bytes.ptr, s->bytes.len, "<title>", 7);
    const char *e = t == NULL ? NULL : strstr(t, "</title>");
    if (e == NULL)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: there is no article in it", s->where);
    json_t *j = json_object();
    json_object_set_new(j, "title", json_stringn(t + 7, (size_t)(e - t - 7)));
    json_object_set_new(j, "html", json_stringn(e, s->bytes.len - (size_t)(e - (const char *)s->bytes.ptr)));
    char *text = json_dumps(j, 0);
    buf_init(out, LIMIT_HTML * 2);
    buf_append_str(out, text);
    free(text);
    json_decref(j);
    return 0;
}
int text_page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *s, const struct page_options *o)
{
    (void)out; (void)o;
    return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: there is no article in it", s->where);
}
bool text_page_sniff(struct view bytes) { (void)bytes; return false; }
