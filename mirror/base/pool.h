/*
 * Ordered parallel work: items go in on one side, results come out in the same
 * order, at most `window` of them in flight, so memory is bounded.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>

#include "base/context.h"

struct pool;

#define POOL_INLINE (-1)

/* `work` runs in a worker thread on each item, in any order; it may change the item.
 * Its return value is handed out with the item.  `threads` 0: one a processor, or none where what they do could not fork
 * (CHILD_BESIDE_THREADS in base/child.h); POOL_INLINE: none, pool_take does the work. */
int pool_new(struct pool **out, mimeo_ctx *ctx, int threads, size_t window,
             int (*work)(mimeo_ctx *worker_ctx, void *item, void *shared), void *shared);
/* Hand in an item; the caller must have room (pool_full is false). */
int pool_put(struct pool *p, mimeo_ctx *ctx, void *item);
bool pool_full(const struct pool *p);
bool pool_empty(const struct pool *p);
/* Wait for the oldest item; its work's code is returned and its message is in `ctx`.
 * *item is NULL where the pool is empty. */
int pool_take(struct pool *p, mimeo_ctx *ctx, void **item);
/* Items still inside are handed to `drop` (may be NULL) after their work ended. */
void pool_free(struct pool *p, void (*drop)(void *item));

#endif
