/* A record as the public API shows it. */
#ifndef LIBRARY_ARTICLE_VIEW_H
#define LIBRARY_ARTICLE_VIEW_H

#include <mimeo/mirror.h>

#include "bundle/record.h"
#include "trust/header.h"

struct article_view {
    struct mimeo_article article; /* borrows from the record and from `media` */
    struct mimeo_media *media;
};

/* Fill `out` from `r`, which must outlive it.  MIMEO_ENOMEM. */
int article_view_init(struct article_view *out, mimeo_ctx *ctx, const struct record *r,
                      const struct header *header, bool joined);
void article_view_dispose(struct article_view *v);

#endif
