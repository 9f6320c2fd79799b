#ifndef EXTRACT_TEXT_PAGE_H
#define EXTRACT_TEXT_PAGE_H
#include "extract/page.h"
int text_page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *s, const struct page_options *o);
bool text_page_sniff(struct view bytes);
#endif
