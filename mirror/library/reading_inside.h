/*
 * Inside of an opened article, for what makes HTML, plain text and terminal text of it.
 */
#ifndef LIBRARY_READING_INSIDE_H
#define LIBRARY_READING_INSIDE_H

#include "library/article_view.h"
#include "library/listing.h"

struct mimeo_reading {
    mimeo_mirror *m;
    struct record record;
    struct header header;
    struct article_view view;
    struct buf html; /* the clean body */
    bool erased;
};

#endif
