#ifndef EXTRACT_PAGE_H
#define EXTRACT_PAGE_H
#include "base/bytes.h"
#include "base/context.h"
struct page_rules;
struct boilerplate;
struct page_source { struct view bytes; const char *where; const char *content_type; const char *url; };
struct page_options { const struct page_rules *rules; const struct boilerplate *learned; const char *lang; bool explain; };
int page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *s, const struct page_options *o);
#endif
