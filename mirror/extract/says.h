/*
 * What the makers of a page call its elements, as far as it helps to find the author, the date and the lead picture:
 * the words within class, id, itemprop and the like, looked for all at once.
 */
#ifndef EXTRACT_SAYS_H
#define EXTRACT_SAYS_H

#include "extract/dom.h"

enum {
    SAYS_ELSEWHERE = 1 << 0,  /* of another article, a comment, the page's frame */
    SAYS_NO_DATE = 1 << 1,    /* lists of headlines: their dates are those of others */
    SAYS_NO_PICTURE = 1 << 2, /* faces and emblems */
    SAYS_BYLINE = 1 << 3,
    SAYS_AUTHOR = 1 << 4,
    SAYS_DATE = 1 << 5,
    SAYS_UPDATED = 1 << 6,
    SAYS_SUBTITLE = 1 << 7,
    SAYS_CREDIT = 1 << 8,
    SAYS_CRUMBS = 1 << 9,
    SAYS_FIGURE = 1 << 10,    /* it is one */
};

/* Make the tree of words now: before a fork, so that not each child has to. */
void says_ready(void);
/* Of one element by its names alone. */
uint32_t says_of(const struct dom_node *n);

struct says {
    uint32_t *own;    /* by dom_node.index */
    uint32_t *around; /* … with what its ancestors say */
};
/* 0, or MIMEO_ENOMEM. */
int says_gather(struct says *out, const struct dom *page);
/* What stands around the title is the page and says nothing of its parts: a "has-sidebar" on all of it. */
void says_settle(struct says *s, const struct dom *page, const struct dom_node *title);
void says_dispose(struct says *s);

#endif
