/*
 * Is there an article in this page at all?  Front pages, lists, logins, error pages and walls of bots have text too.
 */
#ifndef EXTRACT_NO_ARTICLE_H
#define EXTRACT_NO_ARTICLE_H

#include "extract/body.h"

/* NULL where there is one; else words for what the page is: "a front page", for messages.  `b` is pruned. */
const char *no_article_in(const struct body_page *b, const char *title, const char *url);

#endif
