/*
 * What a page says about its article, everything but the body.
 *
 * Pages say each thing several times, for several machines, and not always the same.  The order of trust of each
 * field was measured on newspapers and stands where it is chosen (title.c, byline.c, meta_date.c …).
 */
#ifndef EXTRACT_META_H
#define EXTRACT_META_H

#include <jansson.h>

#include "extract/dom.h"
#include "extract/page.h"

/* The elements that fields were taken from: shown by the record, so not by the body too.  NULL: from none. */
struct page_taken {
    const struct dom_node *title, *subtitle, *byline, *date, *figure;
};

/* Into `object`, where known: title, subtitle, bylines, published, modified, section, tags, lang, dir, site, url,
 * summary, images (one: the lead picture with alt, caption, credit).  All of it fits the limits of a record, so that
 * no field refuses the article.  Addresses are absolute where source->url or the page's own says from where, else as
 * they stand.  0 or MIMEO_ENOMEM. */
int page_meta(json_t *object, mimeo_ctx *ctx, const struct dom *page, const struct page_source *source,
              struct page_taken *taken);

#endif
