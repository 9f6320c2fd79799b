/*
 * A ring of items: the caller puts at one end and takes at the other, workers pick the oldest that
 * nobody works on.  One mutex is enough, since an item is milliseconds of work.
 */
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"

enum state { WAITING, WORKING, DONE };

struct slot {
    void *item;
    enum state state;
    int code;
    char *message; /* where the code is an error */
};

struct pool {
    int (*work)(mimeo_ctx *worker_ctx, void *item, void *shared);
    void *shared;
    mimeo_ctx parent; /* what the workers' contexts are made from */
    pthread_mutex_t lock;
    pthread_cond_t to_do, done;
    struct slot *ring;
    size_t window, first, count;
    size_t next; /* offset from `first` of the oldest item that nobody took on */
    bool stop;
    pthread_t *threads;
    int thread_count;
};

static struct slot *slot_at(struct pool *p, size_t offset)
{
    return &p->ring[(p->first + offset) % p->window];
}

/* One item, with the lock held on the way in and out.  The slot does not move while it is worked on:
 * the ring only turns when its oldest item is done. */
static void work_on(struct pool *p, mimeo_ctx *ctx)
{
    struct slot *s = slot_at(p, p->next++);
    s->state = WORKING;
    pthread_mutex_unlock(&p->lock);
    int code = p->work(ctx, s->item, p->shared);
    char *message = code < 0 ? strdup(ctx->message) : NULL;
    pthread_mutex_lock(&p->lock);
    s->code = code;
    s->message = message;
    s->state = DONE;
    pthread_cond_broadcast(&p->done);
}

/* Where no thread can be had (a limit of the system's; a browser) or none is wanted, whoever takes does the work, in its
 * turn. */
static void work_here(struct pool *p)
{
    mimeo_ctx ctx;
    ctx_init_worker(&ctx, &p->parent);
    work_on(p, &ctx);
}

static void *worker(void *payload)
{
    struct pool *p = payload;
    mimeo_ctx ctx;
    ctx_init_worker(&ctx, &p->parent);
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        if (p->next < p->count)
            work_on(p, &ctx);
        else
            pthread_cond_wait(&p->to_do, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 64 ? 64 : (int)n;
}

int pool_new(struct pool **out, mimeo_ctx *ctx, int threads, size_t window,
             int (*work)(mimeo_ctx *worker_ctx, void *item, void *shared), void *shared)
{
    if (threads == 0)
        threads = CHILD_BESIDE_THREADS ? processors() : POOL_INLINE;
    if (threads < 0)
        threads = 0;
    struct pool *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return ctx_error_nomem(ctx);
    p->work = work;
    p->shared = shared;
    p->window = window == 0 ? 1 : window;
    ctx_init_worker(&p->parent, ctx);
    p->ring = calloc(p->window, sizeof(*p->ring));
    p->threads = calloc((size_t)threads + 1, sizeof(*p->threads)); /* never of nothing, which may be NULL */
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->to_do, NULL);
    pthread_cond_init(&p->done, NULL);
    if (p->ring == NULL || p->threads == NULL) {
        pool_free(p, NULL);
        return ctx_error_nomem(ctx);
    }
    while (p->thread_count < threads &&
           pthread_create(&p->threads[p->thread_count], NULL, worker, p) == 0)
        p->thread_count++;
    *out = p;
    return 0;
}

int pool_put(struct pool *p, mimeo_ctx *ctx, void *item)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->count < p->window;
    if (room) {
        *slot_at(p, p->count) = (struct slot){.item = item};
        p->count++;
        pthread_cond_signal(&p->to_do);
    }
    pthread_mutex_unlock(&p->lock);
    return room ? 0 : ctx_error(ctx, MIMEO_EFAIL, "the pool is full");
}

/* Only the caller's thread puts and takes, so that it may look at the count without the lock. */
bool pool_full(const struct pool *p)
{
    return p->count == p->window;
}

bool pool_empty(const struct pool *p)
{
    return p->count == 0;
}

int pool_take(struct pool *p, mimeo_ctx *ctx, void **item)
{
    if (p->count == 0) {
        *item = NULL;
        return 0;
    }
    pthread_mutex_lock(&p->lock);
    struct slot *s = slot_at(p, 0);
    while (s->state != DONE) {
        if (p->thread_count > 0)
            pthread_cond_wait(&p->done, &p->lock);
        else
            work_here(p);
    }
    struct slot taken = *s;
    p->first = (p->first + 1) % p->window;
    p->count--;
    p->next--;
    pthread_mutex_unlock(&p->lock);
    if (taken.code < 0)
        ctx_error(ctx, taken.code, "%s", taken.message == NULL ? "out of memory" : taken.message);
    free(taken.message);
    *item = taken.item;
    return taken.code;
}

void pool_free(struct pool *p, void (*drop)(void *item))
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->to_do);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i], NULL);
    for (size_t i = 0; i < p->count; i++) {
        struct slot *s = slot_at(p, i);
        free(s->message);
        if (drop != NULL)
            drop(s->item);
    }
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->to_do);
    pthread_mutex_destroy(&p->lock);
    free(p->threads);
    free(p->ring);
    free(p);
}
