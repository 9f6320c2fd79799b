/*
 * The body of the article in a page: which element holds it (choose.c), what in it is furniture
 * (prune.c), and what is left as HTML (write.c).
 *
 * Evidence is weighed in this order: what is certainly no text (facts.c), what its makers call it
 * (hints.c), where sentences stand densely (choose.c), what a block is by its links and its words (prune.c).
 */
#ifndef EXTRACT_BODY_H
#define EXTRACT_BODY_H

#include "extract/facts.h"
#include "extract/hints.h"

struct body_page {
    struct page_facts facts;
    struct hint *hints;        /* by index; of elements */
    struct dom_node *root;     /* the element that holds the body */
    const uint8_t *rules;      /* an enum rule by index (rules.h); NULL: none */
    const struct dom_node *heading; /* where the title stands; NULL: not known */
    const char *title;         /* as far as known: what says it again is dropped; NULL or "" */
    const char *author;        /* as far as known: a line of it alone is dropped; NULL: not known */
    const char *url;           /* links are resolved against it; NULL: left as they are */
    bool lenient;              /* names count for nothing, and what is hidden is seen: the second try where the
                                * first found too little */
};

/* Facts and names of all elements, and what goes by a rule or for its strong names.  0 or MIMEO_ENOMEM. */
int body_gather(struct body_page *out, mimeo_ctx *ctx, struct dom *d, const uint8_t *rules, bool lenient);
/* Sets root; NULL where no element has text that reads like an article's. */
int body_choose(struct body_page *b, mimeo_ctx *ctx);
/* Drops within root what is no part of the text. */
int body_prune(struct body_page *b, mimeo_ctx *ctx);
/* Root as HTML for the cleaner. */
int body_write(struct buf *out, mimeo_ctx *ctx, const struct body_page *b);

#endif
