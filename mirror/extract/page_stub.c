#include "extract/page.h"
#include "extract/text_page.h"
int text_page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *s, const struct page_options *o)
{
    (void)out;
    (void)o;
    return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: there is no article in it", s->where);
}
bool text_page_sniff(struct view bytes)
{
    (void)bytes;
    return false;
}
