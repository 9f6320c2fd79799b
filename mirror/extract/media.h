/*
 * Pictures, films and embedded posts: what a reader gets instead, a picture or a plain link.
 */
#ifndef EXTRACT_MEDIA_H
#define EXTRACT_MEDIA_H

#include "extract/dom.h"

struct media {
    enum { MEDIA_PICTURE, MEDIA_LINK } kind;
    struct view address; /* as the page has it */
    struct view words;   /* a picture's alt */
};

/* False where nothing of it can be shown: a pixel, a placeholder, a frame of advertising. */
bool media_of(struct media *out, const struct dom_node *n);

#endif
