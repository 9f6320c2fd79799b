/*
 * Many items at once: input is cut, worker threads make articles of the items, and what came of each is told in the order
 * of the input.  Memory is that of the items in flight, however many there are.
 */
#ifndef IMPORT_BATCH_H
#define IMPORT_BATCH_H

#include "import/article.h"

/* What came of one item. */
struct batch_item {
    const char *where;       /* "" where it was not cut from the input at all; then the message says where */
    const struct input_item *item; /* NULL then */
    struct article *article; /* NULL where there is none; taken from it is what the caller zeroes */
    int code;                /* then: why, with the message in ctx */
    bool skipped;            /* then: it is no article, and nobody said that it was one */
};

struct batch_options {
    struct input_options input;
    struct article_options article;
    int threads;             /* 0: one a processor */
    const char *doing;       /* for progress: "publishing" */
};
/* Call `fn` for each item; a nonzero return ends the run and is passed up.  Codes of the run itself (no memory, a disk
 * that cannot be read, cancelled) end it too; what concerns one item is told to `fn`. */
int batch_run(mimeo_ctx *ctx, const char *const *paths, size_t count, const struct batch_options *options,
              int (*fn)(mimeo_ctx *ctx, const struct batch_item *item, void *payload), void *payload);

#endif
