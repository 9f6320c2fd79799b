/* Many items at once: see import/batch.h. */
#include "import/batch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/pool.h"
#include "extract/boilerplate.h"
#include "import/cutter.h"
#include "import/fetch.h"

/* Pages that boilerplate is learned from: a sample, since each is parsed twice for it. */
#define LEARN_PAGES 2000
#define LEARN_BYTES (256 * MIB)
#define LESSON_PAGES 32 /* in one child */
#define LESSON_BYTES (2 * MIB)

/* Items in flight: enough for the workers to go on while the caller is busy with one, and no more bytes of input
 * than these (one item may be larger). */
#define WINDOW 256
#define WINDOW_BYTES (2 * MIB)

struct job {
    struct input_item *item;
    struct article article;
    bool imported;
};

struct batch {
    mimeo_ctx *ctx;
    const struct batch_options *options;
    struct article_options article; /* shared by the workers, read only */
    int (*fn)(mimeo_ctx *ctx, const struct batch_item *item, void *payload);
    void *payload;
    size_t in_flight;    /* bytes of input */
    uint64_t done_bytes;
    uint64_t total;      /* bytes of the input; 0: not known */
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
    int rc = article_import(&j->article, ctx, j->item, &b->article);
    j->imported = rc == 0;
    return rc;
}

/* Codes that concern one item; anything else ends the run. */
static bool is_of_the_item(int code)
{
    return code == MIMEO_EMALFORMED || code == MIMEO_EUSAGE || code == MIMEO_ENOTFOUND || code == MIMEO_ENEWER ||
           code == MIMEO_EUNREACHABLE || code == MIMEO_ETIMEOUT;
}

/* Whatever goes wrong within an item, its place is said. */
static void name_item(mimeo_ctx *ctx, const struct job *j, int code)
{
    const char *where = j->item->where;
    if (strncmp(mimeo_ctx_message(ctx), where, strlen(where)) != 0)
        ctx_error_prefix(ctx, code, "%s", where);
}

static int tell(struct batch *b, struct job *j, int code)
{
    if (code < 0 && !is_of_the_item(code))
        return code;
    if (code < 0 && j != NULL)
        name_item(b->ctx, j, code);
    struct batch_item told = {.where = "", .code = code, .skipped = code == MIMEO_ENOTFOUND};
    if (j != NULL) {
        told.where = j->item->where;
        told.item = j->item;
        told.article = j->imported ? &j->article : NULL;
        told.skipped = told.skipped && (!j->item->named || j->item->of_feed);
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
        ctx_progress(b->ctx, b->options->doing, b->total > 0 ? input_done(source) : b->done_bytes, b->total, "bytes");
    }
    return rc;
}

/* ---- what recurs ---- */

/* Can it be read twice, and may it hold pages?  Standard input and pipes cannot, and what is fetched should not be.
 * *many: it may hold several. */
static bool is_there_twice(const char *path, bool *many)
{
    struct stat st;
    if (strcmp(path, "-") == 0 || fetch_is_address(path) || stat(path, &st) < 0 ||
        !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
        return false;
    enum input_format format = kind_of_name(path).format;
    *many = S_ISDIR(st.st_mode) || format == INPUT_ARCHIVE || format == INPUT_AUTO;
    return *many || (S_ISREG(st.st_mode) && format == INPUT_HTML);
}

/* Pages on their way to be learned from. */
struct lesson {
    struct input_item *items[LESSON_PAGES];
    struct page_source pages[LESSON_PAGES];
    size_t count, bytes;
};

static int end_lesson(struct boilerplate *b, mimeo_ctx *ctx, struct lesson *l)
{
    int rc = boilerplate_add(b, ctx, l->pages, l->count);
    while (l->count > 0)
        input_item_free(l->items[--l->count]);
    l->bytes = 0;
    return rc;
}

static void note_page(struct lesson *l, struct input_item *item)
{
    l->pages[l->count] = (struct page_source){.bytes = buf_view(&item->bytes), .where = item->where,
                                              .content_type = item->content_type, .url = item->url};
    l->items[l->count++] = item;
    l->bytes += item->bytes.len;
}

/* What is wrong with an item is said when it is imported. */
static int learn_from(struct boilerplate *b, mimeo_ctx *ctx, struct input_source *source)
{
    struct lesson l = {.count = 0};
    size_t pages = 0, bytes = 0;
    int rc = 1;
    while (rc > 0 && pages < LEARN_PAGES && bytes < LEARN_BYTES) {
        struct input_item *item = NULL;
        rc = input_next(source, ctx, &item);
        if (rc < 0 && is_of_the_item(rc))
            rc = 1;
        if (item == NULL)
            continue;
        bytes += item->bytes.len;
        if (item->format == INPUT_PAGE) {
            note_page(&l, item);
            pages++;
        } else {
            input_item_free(item);
        }
        if (l.count == LESSON_PAGES || l.bytes >= LESSON_BYTES) {
            int code = end_lesson(b, ctx, &l);
            rc = code < 0 ? code : rc;
        }
        ctx_progress(ctx, "learning what recurs", pages, 0, "pages");
    }
    int code = end_lesson(b, ctx, &l);
    return rc < 0 ? rc : code;
}

/* *out NULL where there is nothing to learn from. */
static int learn(struct boilerplate **out, mimeo_ctx *ctx, const char *const *paths, size_t count,
                 const struct batch_options *options)
{
    struct input_options quiet = options->input;
    struct input_source *source = NULL;
    struct boilerplate *b = NULL;
    const char **again = calloc(count + 1, sizeof(*again));
    size_t kept = 0;
    bool enough = false; /* of fewer than three pages nothing can recur */
    *out = NULL;
    if (again == NULL)
        return ctx_error_nomem(ctx);
    for (size_t i = 0; i < count; i++) {
        bool many = false;
        if (is_there_twice(paths[i], &many))
            again[kept++] = paths[i];
        enough = enough || many || kept >= 3;
    }
    kept = enough ? kept : 0;
    quiet.fetcher = NULL;
    quiet.follow = 0;
    int rc = kept == 0 ? 0 : input_open(&source, ctx, again, kept, &quiet);
    if (rc == 0 && kept > 0)
        rc = boilerplate_new(&b, ctx);
    if (rc == 0 && kept > 0)
        rc = learn_from(b, ctx, source);
    input_close(source);
    free(again);
    if (rc < 0) {
        boilerplate_free(b);
        return rc;
    }
    if (b != NULL)
        boilerplate_settle(b);
    *out = b;
    return 0;
}

/* ---- all of it ---- */

int batch_run(mimeo_ctx *ctx, const char *const *paths, size_t count, const struct batch_options *options,
              int (*fn)(mimeo_ctx *ctx, const struct batch_item *item, void *payload), void *payload)
{
    struct boilerplate *learned = NULL;
    struct batch b = {.ctx = ctx, .options = options, .fn = fn, .payload = payload, .article = options->article};
    struct input_source *source;
    int rc = input_open(&source, ctx, paths, count, &options->input);
    if (rc < 0)
        return rc;
    struct pool *pool;
    rc = learn(&learned, ctx, paths, count, options);
    b.article.learned = learned;
    if (rc == 0)
        rc = pool_new(&pool, ctx, options->threads, WINDOW, work, &b);
    if (rc == 0) {
        b.total = input_measure(ctx, paths, count);
        rc = run(&b, source, pool);
        pool_free(pool, job_free);
    }
    input_close(source);
    boilerplate_free(learned);
    return rc;
}
