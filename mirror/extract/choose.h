/*
 * Inside of choosing (body_gather() and body_choose() of extract/body.h).
 */
#ifndef EXTRACT_CHOOSE_H
#define EXTRACT_CHOOSE_H

#include "extract/body.h"

/* Boxes that lead to other articles, three and more in a row: a linked heading and a line or two.  (teasers.c) */
void drop_teasers(struct body_page *b);

/* Boxes that link to terms of use and the like.  (small_print.c) */
void drop_small_print(struct body_page *b);

/* Notices that ask for consent, for a subscription or for money.  The runs must be cut.  (asks.c) */
void drop_asking(struct body_page *b);

/* From the element that has most, `best`, to the one that has all of the body: boxes made alike beside it, a lead
 * before it.  What else stands in that one is dropped.  (reach.c) */
struct dom_node *body_reach(struct body_page *b, struct dom_node *best);

#endif
