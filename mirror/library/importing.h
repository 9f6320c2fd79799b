/*
 * What publishing and extracting share: from the options of the public calls to those of a batch.
 */
#ifndef LIBRARY_IMPORTING_H
#define LIBRARY_IMPORTING_H

#include <mimeo/input.h>

#include "import/batch.h"
#include "import/fetch.h"

struct importing {
    struct batch_options batch;
    struct fetcher *fetcher;
    struct page_rules *rules;
};
/* Pictures go to `picture` with `payload`, where they are wanted at all.  MIMEO_EUSAGE names what is wrong with what was
 * given, which must outlive it. */
int importing_init(struct importing *out, mimeo_ctx *ctx, const struct mimeo_input_options *given,
                   article_picture_fn picture, void *payload);
void importing_dispose(struct importing *i);

#endif
