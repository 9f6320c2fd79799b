/* Until wt/meta brings page_meta: to be deleted then. */
#include "extract/meta.h"

int __attribute__((weak)) page_meta(json_t *object, mimeo_ctx *ctx, const struct dom *page, const struct page_source *source,
                                    struct page_taken *taken)
{
    (void)source;
    *taken = (struct page_taken){0};
    const struct dom_node *title = dom_find(dom_head(page), DOM_TITLE);
    if (title != NULL && title->first != NULL &&
        json_object_set_new(object, "title", json_stringn((const char *)title->first->text.ptr, title->first->text.len)) < 0)
        return ctx_error_nomem(ctx);
    return 0;
}
