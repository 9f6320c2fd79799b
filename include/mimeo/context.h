/*
 * The context: what every call of libmimeo is handed.  It holds the last
 * message, the clock, the source of randomness, and the callbacks for progress
 * and cancelling.  One context belongs to one thread at a time.
 *
 *     mimeo_ctx *ctx;
 *     if (mimeo_ctx_new(&ctx) < 0) return 1;
 *     if (mimeo_mirror_open(&mirror, ctx, "press") < 0)
 *         fprintf(stderr, "%s\n", mimeo_ctx_message(ctx));
 *     mimeo_ctx_free(ctx);
 */
#ifndef MIMEO_CONTEXT_H
#define MIMEO_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include <mimeo/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mimeo_ctx mimeo_ctx;

/* Seconds since 1970-01-01T00:00:00Z. */
typedef int64_t (*mimeo_clock_fn)(void *payload);
/* Fill `out` with `len` random bytes. */
typedef void (*mimeo_random_fn)(void *out, size_t len, void *payload);
/* `done` of `total` (0 where unknown) in `unit` ("bytes", "bundles", "articles"). */
typedef void (*mimeo_progress_fn)(const char *what, uint64_t done, uint64_t total,
                                  const char *unit, void *payload);
/* Nonzero asks the running call to stop with MIMEO_ECANCELLED. */
typedef int (*mimeo_cancel_fn)(void *payload);

/* Initialises libsodium too.  MIMEO_ENOMEM, MIMEO_EFAIL. */
MIMEO_API int mimeo_ctx_new(mimeo_ctx **out);
MIMEO_API void mimeo_ctx_free(mimeo_ctx *ctx);

/* The words for the last failure: lower case, no full stop, one line, names the
 * thing and the next step.  "" where nothing failed.  Borrowed until the next call. */
MIMEO_API const char *mimeo_ctx_message(const mimeo_ctx *ctx);

MIMEO_API void mimeo_ctx_set_clock(mimeo_ctx *ctx, mimeo_clock_fn fn, void *payload);
MIMEO_API void mimeo_ctx_set_random(mimeo_ctx *ctx, mimeo_random_fn fn, void *payload);
MIMEO_API void mimeo_ctx_set_progress(mimeo_ctx *ctx, mimeo_progress_fn fn, void *payload);
MIMEO_API void mimeo_ctx_set_cancel(mimeo_ctx *ctx, mimeo_cancel_fn fn, void *payload);

#ifdef __cplusplus
}
#endif
#endif
