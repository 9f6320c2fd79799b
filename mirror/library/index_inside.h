/* Inside of the reader's catalog: its statements, and what index.c and index_refresh.c share. */
#ifndef LIBRARY_INDEX_INSIDE_H
#define LIBRARY_INDEX_INSIDE_H

#include "library/database.h"
#include "library/index.h"

enum index_statement {
    IX_PUBLISHER, IX_ADD_PUBLISHER, IX_GET_MARK, IX_SET_MARK, IX_UNMARK, IX_NEXT_EPOCH, IX_EACH_PUBLISHER, IX_DROP_PUBLISHER,
    IX_FIND_BUNDLE, IX_PUT_BUNDLE, IX_EACH_BUNDLE, IX_TOP_JOINED, IX_LOOK_AGAIN, IX_COUNT_BUNDLES, IX_DROP_BUNDLES,
    IX_BAD_BUNDLES,
    IX_FIND_ERASED, IX_PUT_ERASED, IX_DROP_ERASED,
    IX_PUT, IX_FIND, IX_FIND_PREFIX, IX_EACH, IX_DROP_OF_BUNDLE, IX_COUNT_OF_BUNDLE, IX_DROP_ARTICLES, IX_COUNT_ARTICLES,
    IX_STATEMENTS
};

/* Of a bundle, beside MIMEO_GOOD and MIMEO_UNJOINED and the verdicts of those that could not be put in. */
#define LOOK_AGAIN (-1)

/* What a bundle's file was when it could not be put in: once it is another, it is looked at again. */
struct file_stamp {
    uint64_t inode;
    int64_t seconds, nanoseconds;
};

struct index {
    struct database *db;
};

/* The number that stands for a publisher: 1 and *pid; 0 where none, unless `make`. */
int index_publisher(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, bool make, uint64_t *pid);
int index_put_bundle(struct index *x, mimeo_ctx *ctx, uint64_t pid, uint64_t seq, const struct hash *hash, int verdict,
                     const struct file_stamp *stamp);
/* Its records too, in a transaction. */
int index_put_records(struct index *x, mimeo_ctx *ctx, uint64_t pid, struct held_bundle *h);
/* The publisher's mark no longer fits: the next refresh looks at all. */
int index_unmark(struct index *x, mimeo_ctx *ctx, uint64_t pid);
/* All rows but the publisher's own. */
int index_empty(struct index *x, mimeo_ctx *ctx, uint64_t pid);

#endif
