/* A feed that is read twice: a file is wound back, what comes through a pipe is kept in a file without a name. */
#ifndef FEED_SPOOL_H
#define FEED_SPOOL_H

#include "feed/feed.h"

#define SPOOL_MAX ((uint64_t)4096 * MIB)

struct spool {
    struct feed_source source;
    struct view head; /* as it was given */
    int64_t start;    /* where the file stood */
    bool own;         /* the file is ours */
};

int spool_init(struct spool *s, mimeo_ctx *ctx, const struct feed_source *source);
int spool_again(struct spool *s, mimeo_ctx *ctx);
void spool_dispose(struct spool *s);

#endif
