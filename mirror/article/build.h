/* From the parser's events to the clean tree: for article/clean.c. */
#ifndef ARTICLE_BUILD_H
#define ARTICLE_BUILD_H

#include "article/clean.h"

/* MIMEO_EMALFORMED where the events are none (a parser in a child wrote them), or the picture
 * callback's code. */
int build_tree(struct tree **out, mimeo_ctx *ctx, struct view events,
               const struct clean_options *options);

#endif
