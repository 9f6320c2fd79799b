/*
 * The judgement of one page or text in a child with caps: every byte of it may be hostile.
 */
#ifndef EXTRACT_PAGE_CHILD_H
#define EXTRACT_PAGE_CHILD_H

#include <jansson.h>

#include "extract/page.h"

/* work(payload) in a child, as child_run has it; MIMEO_EMALFORMED before that where the source is over LIMIT_HTML. */
int page_child(struct buf *out, mimeo_ctx *ctx, const struct page_source *source,
               int (*work)(struct buf *out, mimeo_ctx *ctx, void *payload), void *payload);

/* In a child alone, first: memory for reading a page of that length, had at once. */
void page_child_heap(size_t page_len);

/* The object as text, appended: what `work` ends with. */
int page_put_object(struct buf *out, mimeo_ctx *ctx, const json_t *object);

#endif
