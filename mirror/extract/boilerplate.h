/*
 * Blocks that stand on many pages of one site and so belong to none of them: learned from the pages of an import,
 * dropped from each.
 *
 *     struct boilerplate *b;
 *     boilerplate_new(&b, ctx);
 *     for (each page) boilerplate_add(b, ctx, &source);      from one thread at a time
 *     boilerplate_settle(b);
 *     … page_options.learned = b …                            from any threads
 *     boilerplate_free(b);
 *
 * What is learned does not depend on the order of the pages.  Memory is bounded.
 */
#ifndef EXTRACT_BOILERPLATE_H
#define EXTRACT_BOILERPLATE_H

#include "extract/page.h"

struct boilerplate;

int boilerplate_new(struct boilerplate **out, mimeo_ctx *ctx);
/* A page that cannot be read is passed over. */
int boilerplate_add(struct boilerplate *b, mimeo_ctx *ctx, const struct page_source *source);
/* No more pages come. */
void boilerplate_settle(struct boilerplate *b);
void boilerplate_free(struct boilerplate *b);

#endif
