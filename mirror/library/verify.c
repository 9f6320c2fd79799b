/*
 * Verifying: every object that a mirror has, and for each fault which file and why.
 *
 * Bundles are read one after another, hashed in worker threads, and joined in order again; so memory
 * is a few bundles however large the archive.  Blocks of zeros are set aside: only catalogs can say
 * whether they were erased, and those are read only where there is such a block.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article/clean.h"
#include "base/pool.h"
#include "library/verify_inside.h"

#define WINDOW_MAX 3 /* bundles in flight: each at most LIMIT_BUNDLE */

/* ---- telling ---- */

void verify_tell(struct verification *v, const char *object, uint64_t seq, enum mimeo_verdict verdict, const char *message)
{
    v->result->faults++;
    if (verdict > v->result->verdict)
        v->result->verdict = verdict;
    struct mimeo_fault fault = {object, seq, verdict, message};
    if (v->options->fault != NULL)
        v->options->fault(&fault, v->options->payload);
}

void verify_remark(struct verification *v, const char *object, const char *message)
{
    struct mimeo_remark r = {object, message};
    if (v->options->remark != NULL)
        v->options->remark(&r, v->options->payload);
}

void verify_tell_ctx(struct verification *v, const char *object, uint64_t seq, int code)
{
    verify_tell(v, object, seq, mimeo_verdict_of_code(code), mimeo_ctx_message(v->ctx));
}

bool verify_is_our_trouble(int code)
{
    return code == MIMEO_ENOMEM || code == MIMEO_EIO || code == MIMEO_ECANCELLED || code == MIMEO_EUNREACHABLE;
}

bool verify_holds(const mimeo_mirror *m, uint64_t seq)
{
    for (size_t i = 0; i < m->seq_count; i++)
        if (m->seqs[i] == seq)
            return true;
    return false;
}

/* ---- one bundle ---- */

struct block_fault {
    enum bundle_table table;
    size_t block;
    char message[CTX_MESSAGE_MAX];
};

/* What a worker finds out about a bundle. */
struct job {
    struct held_bundle held;
    struct mimeo_mirror *m;
    uint64_t seq;
    bool deep;
    uint64_t blocks, articles, bytes;
    struct erasure_claims zeroed;
    enum mimeo_verdict verdict; /* of its blocks */
    char message[CTX_MESSAGE_MAX];
    uint64_t bad_blocks;
};

static int hear_block(enum bundle_table table, size_t n, int code, enum block_state state,
                      void *payload)
{
    struct job *j = payload;
    j->blocks++;
    if (code < 0) {
        j->bad_blocks++;
        return 0; /* the first one's message stands in the context; go on and count */
    }
    if (state != BLOCK_ZEROED)
        return 0;
    const struct view t = table == BUNDLE_CATALOG ? j->held.bundle.catalog_table
                                                  : j->held.bundle.body_table;
    struct block_entry e;
    if (!table_entry(t, n, &e))
        return MIMEO_EMALFORMED;
    struct record_erase claim = {
        .seq = j->held.seq,
        .table = table == BUNDLE_CATALOG ? ERASE_CATALOG : ERASE_BODY,
        .block = (uint32_t)n,
        .hash = e.hash,
    };
    return erasure_claims_add(&j->zeroed, &claim);
}

/* Where a record says that its body is.  Records of many languages take turns in a catalog, so bodies
 * are checked by block: each is inflated once. */
struct place {
    uint32_t block, offset, len;
    const char *id;
};

struct deep {
    struct job *job;
    mimeo_ctx *ctx;
    struct place *places;
    size_t count, cap;
    struct arena ids;
    struct buf raw;
};

static int collect_place(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct deep *d = payload;
    d->job->articles++;
    if (!r->has_body)
        return 0;
    if (d->count == d->cap) {
        size_t cap = d->cap == 0 ? 256 : 2 * d->cap;
        struct place *grown = realloc(d->places, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(d->ctx);
        d->places = grown;
        d->cap = cap;
    }
    const char *id = arena_string(&d->ids, view_of_str(r->id));
    if (id == NULL)
        return ctx_error_nomem(d->ctx);
    d->places[d->count++] = (struct place){r->body_block, r->body_offset, r->body_len, id};
    return 0;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int check_body(struct deep *d, const struct place *p)
{
    struct view body = view_of(d->raw.ptr + p->offset, p->len);
    if (clean_is_canonical(body))
        return 0;
    struct buf again;
    buf_init(&again, LIMIT_HTML);
    int rc = clean_to_html(&again, d->ctx, body, NULL);
    if (rc == 0 && !view_equal(buf_view(&again), body))
        rc = ctx_error(d->ctx, MIMEO_EMALFORMED,
                       "%s: the text of '%s' is not in the form that mimeo writes; it is cleaned when read",
                       d->job->held.name, p->id);
    buf_dispose(&again);
    return rc;
}

/* Bodies of one block, from places[first]; *next is the first of another. */
static int check_block(struct deep *d, size_t first, size_t *next)
{
    struct held_bundle *h = &d->job->held;
    uint32_t block = d->places[first].block;
    int rc = bundle_inflate(&h->bundle, d->ctx, h->name, BUNDLE_BODY, block, mirror_dictionary, d->job->m, &d->raw);
    bool erased = rc == MIMEO_ENOTFOUND; /* zeroed: judged by the catalogs */
    size_t i = first;
    for (; i < d->count && d->places[i].block == block && (rc == 0 || erased); i++)
        if (!erased)
            rc = check_body(d, &d->places[i]);
    *next = i;
    return erased ? 0 : rc;
}

static int check_deep(struct job *j, mimeo_ctx *ctx)
{
    struct deep d = {.job = j, .ctx = ctx};
    buf_init(&d.raw, LIMIT_BODY_BLOCK);
    size_t erased;
    int rc = bundle_each_record(&j->held.bundle, ctx, j->held.name, collect_place, &d, &erased);
    if (rc == 0 && d.count > 0)
        qsort(d.places, d.count, sizeof(*d.places), compare_places);
    for (size_t i = 0; rc == 0 && i < d.count;)
        rc = check_block(&d, i, &i);
    free(d.places);
    arena_dispose(&d.ids);
    buf_dispose(&d.raw);
    return rc;
}

static int work(mimeo_ctx *ctx, void *item, void *shared)
{
    (void)shared;
    struct job *j = item;
    int rc = held_load(&j->held, j->m, ctx, j->seq);
    if (rc < 0)
        return rc;
    j->bytes = j->held.stored.view.len;
    held_judge(&j->held, j->m, ctx);
    if (j->held.verdict != MIMEO_GOOD)
        return 0;
    rc = bundle_each_block(&j->held.bundle, ctx, j->held.name, hear_block, j);
    if (rc == 0 && j->bad_blocks > 0)
        rc = MIMEO_EFORGED;
    else if (rc == 0 && j->deep)
        rc = check_deep(j, ctx);
    if (verify_is_our_trouble(rc))
        return rc;
    if (rc < 0) {
        j->verdict = mimeo_verdict_of_code(rc);
        snprintf(j->message, sizeof(j->message), "%s", mimeo_ctx_message(ctx));
    }
    store_release(&j->held.stored); /* joining needs the header alone, and many jobs wait */
    return 0;
}

static void job_free(void *item)
{
    struct job *j = item;
    if (j == NULL)
        return;
    held_dispose(&j->held);
    erasure_claims_dispose(&j->zeroed);
    free(j);
}

static int finish_job(struct verification *v, struct job *j)
{
    struct held_bundle *h = &j->held;
    held_join(h, v->m, &v->walk, v->ctx);
    v->result->bundles++;
    v->result->blocks += j->blocks;
    v->result->articles += j->articles;
    v->result->bytes += j->bytes;
    if (h->verdict == MIMEO_UNJOINED)
        v->result->unjoined++;
    if (h->verdict != MIMEO_GOOD)
        verify_tell(v, h->name, h->seq, h->verdict, h->message);
    if (j->verdict != MIMEO_GOOD)
        verify_tell(v, h->name, h->seq, j->verdict, j->message);
    return erasure_claims_take(&v->zeroed, &j->zeroed);
}

/* ---- all bundles ---- */

static int start_job(struct verification *v, struct pool *pool, uint64_t seq)
{
    struct job *j = calloc(1, sizeof(*j));
    if (j == NULL)
        return ctx_error_nomem(v->ctx);
    j->m = v->m;
    j->deep = v->options->deep;
    j->seq = seq;
    int rc = pool_put(pool, v->ctx, j);
    if (rc < 0)
        job_free(j);
    return rc;
}

static int take_job(struct verification *v, struct pool *pool)
{
    void *item;
    int rc = pool_take(pool, v->ctx, &item);
    if (rc == 0 && item != NULL)
        rc = finish_job(v, item);
    job_free(item);
    return rc;
}

static int check_bundles(struct verification *v, const uint64_t *seqs, size_t count)
{
    struct pool *pool;
    int rc = pool_new(&pool, v->ctx, v->options->threads, WINDOW_MAX, work, NULL);
    if (rc < 0)
        return rc;
    size_t left = count;
    while (rc == 0 && (left > 0 || !pool_empty(pool))) {
        if (left > 0 && !pool_full(pool))
            rc = start_job(v, pool, seqs[--left]);
        else
            rc = take_job(v, pool);
        if (rc == 0)
            rc = ctx_check_cancel(v->ctx);
        ctx_progress(v->ctx, "verifying", v->result->bytes, v->m->anchor ? v->m->anchor->archive_bytes : 0,
                     "bytes");
    }
    pool_free(pool, job_free);
    return rc;
}

/* ---- blocks of zeros ---- */

static void tell_erased(const struct record_erase *claim, uint64_t by, void *payload)
{
    struct verification *v = payload;
    char name[STORE_NAME_MAX], words[160];
    store_name_bundle(name, claim->seq);
    v->result->erased_blocks++;
    snprintf(words, sizeof(words), "%s block %u: erased by bundle %llu",
             claim->table == ERASE_CATALOG ? "catalog" : "body", (unsigned)claim->block,
             (unsigned long long)by);
    verify_remark(v, name, words);
}

static void tell_unexplained(const struct record_erase *claim, void *payload)
{
    struct verification *v = payload;
    char name[STORE_NAME_MAX], words[STORE_NAME_MAX + 200];
    store_name_bundle(name, claim->seq);
    const char *table = claim->table == ERASE_CATALOG ? "catalog" : "body";
    /* Bundles are taken in from the oldest on, and text that a later one orders to be erased is never written. */
    if (v->cut_short)
        snprintf(words, sizeof(words),
                 "%s: %s block %u is all zeros: erased by a bundle that was still to come, or damaged; finish the update, then "
                 "verify again", name, table, (unsigned)claim->block);
    else
        snprintf(words, sizeof(words),
                 "%s: %s block %u is all zeros, and no bundle that is held ordered that: damaged; get it again", name, table,
                 (unsigned)claim->block);
    verify_tell(v, name, claim->seq, v->cut_short ? MIMEO_INCOMPLETE : MIMEO_DAMAGED, words);
}

/* A bundle is durable before what it orders is erased, so whoever meets such zeros finds it. */
static int look_for_newer(struct verification *v)
{
    uint64_t *seqs;
    size_t count, before = v->m->seq_count;
    int rc = store_list_bundles(&seqs, &count, v->m->store, v->ctx);
    if (rc < 0)
        return rc;
    v->cut_short = v->cut_short || (count > 0 && (before == 0 || seqs[count - 1] > v->m->seqs[before - 1]));
    free(seqs);
    return 0;
}

static int settle_zeroed(struct verification *v)
{
    if (v->zeroed.count == 0)
        return 0;
    int rc = look_for_newer(v);
    return rc == 0 ? erasure_settle(&v->zeroed, v->m, v->ctx, tell_erased, tell_unexplained, v) : rc;
}

/* ---- all of it ---- */

static int check_all(struct verification *v)
{
    verify_charters(v);
    int rc = verify_texts(v);
    if (rc == 0)
        rc = verify_head(v);
    if (rc == 0)
        rc = verify_dictionaries(v);
    if (rc == 0)
        rc = check_bundles(v, v->m->seqs, v->m->seq_count);
    if (rc == 0)
        rc = settle_zeroed(v);
    if (rc == 0)
        rc = verify_media(v);
    if (rc == 0)
        rc = verify_strays(v);
    return rc;
}

/* ---- one object ---- */

/* The seq that `object` names: a number, a bundle's file name, or the bundle of an article. */
static int seq_of_object(uint64_t *seq, struct verification *v, const char *object)
{
    if (parse_decimal(view_of_str(object), LIMIT_SEQ, seq) || store_parse_bundle_name(object, seq)) {
        if (verify_holds(v->m, *seq))
            return 0;
        return ctx_error(v->ctx, MIMEO_ENOTFOUND, "bundle %llu is not held here",
                         (unsigned long long)*seq);
    }
    mimeo_reading *reading;
    int rc = mimeo_mirror_read(&reading, v->m, v->ctx, object);
    if (rc < 0)
        return rc;
    *seq = mimeo_reading_article(reading)->seq;
    mimeo_reading_free(reading);
    return 0;
}

/* Its bundle, joined by the headers above it, whose blocks are left alone. */
static int check_one(struct verification *v)
{
    uint64_t seq;
    int rc = seq_of_object(&seq, v, v->options->object);
    if (rc < 0)
        return rc;
    struct header want;
    for (size_t i = v->m->seq_count; v->m->anchor != NULL && i-- > 0 && v->m->seqs[i] > seq;) {
        struct hash expected;
        if (v->m->seqs[i] > v->m->anchor->seq || !join_expects(&v->walk.join, v->m->seqs[i], &expected))
            continue;
        rc = mirror_fetch_header(&want, v->ctx, v->m->seqs[i], &expected, v->m);
        if (rc < 0)
            return rc;
        if (rc == 1)
            join_step(&v->walk.join, &want);
    }
    rc = check_bundles(v, &seq, 1);
    return rc == 0 ? settle_zeroed(v) : rc;
}

int mimeo_mirror_verify(mimeo_mirror *m, mimeo_ctx *ctx, const struct mimeo_verify_options *options,
                        struct mimeo_verify_result *result)
{
    struct mimeo_mirror_state state;
    mimeo_mirror_get_state(m, &state);
    memset(result, 0, sizeof(*result));
    result->verdict = state.verdict;
    result->missing = state.missing;
    struct verification v = {.m = m, .ctx = ctx, .options = options, .result = result};
    int rc = mirror_walk_init(&v.walk, m, ctx);
    if (rc < 0)
        return rc;
    rc = options->object != NULL ? check_one(&v) : check_all(&v);
    if (rc == 0 && options->object == NULL && state.missing > 0) {
        char words[200], to[32] = "";
        if (state.last_missing != state.first_missing)
            snprintf(to, sizeof(to), " to %llu", (unsigned long long)state.last_missing);
        snprintf(words, sizeof(words), "bundles are missing: %llu, the newest of them %llu%s: get them",
                 (unsigned long long)state.missing, (unsigned long long)state.first_missing, to);
        verify_tell(&v, "bundles", 0, MIMEO_INCOMPLETE, words);
    }
    erasure_claims_dispose(&v.zeroed);
    header_walk_dispose(&v.walk);
    return rc;
}
