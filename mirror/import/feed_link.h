/*
 * The feed of a page that is no article: what a front page's head names, so that the refusal can say what to publish.
 */
#ifndef IMPORT_FEED_LINK_H
#define IMPORT_FEED_LINK_H

#include "archive/url_key.h"

/* The first feed of articles that the page's head links to, as an absolute address; one of comments only counts where there
 * is no other.  `base` is where the page was found, NULL where that is not known: then a relative link counts by the address that
 * the page gives itself.  False where there is none. */
bool feed_link_find(char out[URL_MAX], struct view page, const char *base);

#endif
