/*
 * What publishing and extracting share: from the options of the public calls to those of a batch.
 */
#ifndef LIBRARY_IMPORTING_H
#define LIBRARY_IMPORTING_H

#include <mimeo/fetch.h>
#include <mimeo/publish.h>

#include "import/batch.h"
#include "import/fetch.h"

struct importing_given {
    const char *format, *pictures, *lang, *rules; /* NULL: none */
    const struct mimeo_fetch *fetch;
    enum mimeo_images images;
    unsigned image_width, image_quality;
    article_picture_fn picture;
    void *payload;
};
struct importing {
    struct batch_options batch;
    struct fetcher *fetcher;
    struct page_rules *rules;
};
/* MIMEO_EUSAGE names what is wrong with what was given.  `given` must outlive it. */
int importing_init(struct importing *out, mimeo_ctx *ctx, const struct importing_given *given, const char *doing);
void importing_dispose(struct importing *i);

#endif
