/*
 * Blocks that stand on many pages of one site and so belong to none of them: learned from the pages of an import,
 * dropped from each.
 *
 *     struct boilerplate *b;
 *     boilerplate_new(&b, ctx);
 *     for (some pages) boilerplate_add(b, ctx, sources, count);  from one thread at a time
 *     boilerplate_settle(b);
 *     … page_options.learned = b …                            from any threads
 *     boilerplate_free(b);
 *
 * What is learned follows from the set of pages, not from their order: of each site a sample is kept, those pages
 * whose hash is smallest.  Memory is bounded (some 25 MB at worst).
 */
#ifndef EXTRACT_BOILERPLATE_H
#define EXTRACT_BOILERPLATE_H

#include "extract/body.h"
#include "extract/page.h"

#define BOILERPLATE_PAGES 3    /* a block on fewer pages is never dropped … */
#define BOILERPLATE_SHARE 0.25 /* … nor one on less than this share of the site's sample */
#define BOILERPLATE_NEARLY 0.8 /* … nor a long one without links on less than this */

struct boilerplate;

int boilerplate_new(struct boilerplate **out, mimeo_ctx *ctx);
/* Reads the pages in a child: all of them in one, since starting it costs more than reading a page, and where it comes
 * to grief each in one of its own.  A page that cannot be read is passed over; MIMEO_ENOMEM, MIMEO_ECANCELLED. */
int boilerplate_add(struct boilerplate *b, mimeo_ctx *ctx, const struct page_source *sources, size_t count);
/* No more pages come. */
void boilerplate_settle(struct boilerplate *b);
void boilerplate_free(struct boilerplate *b);

/* For page.c: drop what is known of this page's site at the body's beginning and end, and links between.  What stands
 * among an article's own paragraphs is background that is told again.  The body is chosen and pruned, its runs cut. */
void boilerplate_drop(const struct boilerplate *learned, struct body_page *b, const char *url);

#endif
