/* Many items at once: see import/batch.h. */
#include "import/batch.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/pool.h"

/* Items in flight: enough for the workers to go on while the caller is busy with one, and no more bytes of input
 * than these (one item may be larger). */
#define WINDOW 256
#define WINDOW_BYTES (8 * MIB)

struct job {
    struct input_item *item;
    struct article article;
    bool imported;
};

struct batch {
    mimeo_ctx *ctx;
    const struct batch_options *options;
    int (*fn)(mimeo_ctx *ctx, const struct batch_item *item, void *payload);
    void *payload;
    size_t in_flight;    /* bytes of input */
    uint64_t done_bytes;
};

static void job_free(void *item)
{
    struct job *j = item;
    if (j == NULL)
        return;
    if (j->imported)
        article_dispose(&j->article);
    input_item_free(j->item);
    free(j);
}

/* In the workers. */
static int work(mimeo_ctx *ctx, void *item, void *shared)
{
    struct job *j = item;
    const struct batch *b = shared;
    int rc = article_import(&j->article, ctx, j->item, &b->options->article);
    j->imported = rc == 0;
    return rc;
}

/* Codes that concern one item; anything else ends the run. */
static bool is_of_the_item(int code)
{
    return code == MIMEO_EMALFORMED || code == MIMEO_EUSAGE || code == MIMEO_ENOTFOUND || code == MIMEO_ENEWER ||
           code == MIMEO_EUNREACHABLE || code == MIMEO_ETIMEOUT;
}

static int tell(struct batch *b, struct job *j, int code)
{
    if (code < 0 && !is_of_the_item(code))
        return code;
    struct batch_item told = {.where = "", .code = code, .skipped = code == MIMEO_ENOTFOUND};
    if (j != NULL) {
        told.where = j->item->where;
        told.item = j->item;
        told.article = j->imported ? &j->article : NULL;
        told.skipped = told.skipped && !j->item->named;
    }
    return b->fn(b->ctx, &told, b->payload);
}

static int next_job(struct batch *b, struct input_source *source, struct pool *pool, bool *more)
{
    struct input_item *item;
    int rc = input_next(source, b->ctx, &item);
    *more = rc != 0;
    if (rc <= 0)
        return rc == 0 ? 0 : tell(b, NULL, rc);
    struct job *j = calloc(1, sizeof(*j));
    if (j == NULL) {
        input_item_free(item);
        return ctx_error_nomem(b->ctx);
    }
    j->item = item;
    size_t bytes = item->bytes.len; /* the item is the worker's once it is in the pool */
    rc = pool_put(pool, b->ctx, j);
    if (rc < 0)
        job_free(j);
    else
        b->in_flight += bytes;
    return rc;
}

static int finish_job(struct batch *b, struct job *j, int code)
{
    b->done_bytes += j->item->bytes.len;
    b->in_flight -= j->item->bytes.len;
    return tell(b, j, code);
}

static int run(struct batch *b, struct input_source *source, struct pool *pool)
{
    bool more = true;
    int rc = 0;
    while (rc == 0 && (more || !pool_empty(pool))) {
        if (more && !pool_full(pool) && b->in_flight < WINDOW_BYTES) {
            rc = next_job(b, source, pool, &more);
        } else {
            void *item;
            int code = pool_take(pool, b->ctx, &item);
            if (item == NULL)
                return code;
            rc = finish_job(b, item, code);
            job_free(item);
        }
        if (rc == 0)
            rc = ctx_check_cancel(b->ctx);
        ctx_progress(b->ctx, b->options->doing, b->done_bytes, 0, "bytes");
    }
    return rc;
}

int batch_run(mimeo_ctx *ctx, const char *const *paths, size_t count, const struct batch_options *options,
              int (*fn)(mimeo_ctx *ctx, const struct batch_item *item, void *payload), void *payload)
{
    struct batch b = {.ctx = ctx, .options = options, .fn = fn, .payload = payload};
    struct input_source *source;
    int rc = input_open(&source, ctx, paths, count, &options->input);
    if (rc < 0)
        return rc;
    struct pool *pool;
    rc = pool_new(&pool, ctx, options->threads, WINDOW, work, &b);
    if (rc == 0) {
        rc = run(&b, source, pool);
        pool_free(pool, job_free);
    }
    input_close(source);
    return rc;
}
