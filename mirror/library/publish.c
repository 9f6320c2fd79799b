/*
 * Publishing: items of input become articles in worker threads, and go into bundles in the order
 * they came.  Whether one is new, changed or known is decided by its id and digest in the catalog.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "import/article.h"
#include "library/id_set.h"
#include "library/publisher.h"
#include "picture/shrink.h"

/* Items in flight: enough for the workers to go on while a bundle is committed, and no more bytes of input
 * than these (one item may be larger). */
#define WINDOW 256
#define WINDOW_BYTES (8 * MIB)
#define IMAGE_WIDTH_MIN 16

struct job {
    struct input_item *item;
    struct article article;
    bool imported;
};

struct session {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    const struct mimeo_publish_options *options;
    struct mimeo_publish_result *result;
    struct article_options article_options; /* shared by the workers, read only */
    struct id_set met;                      /* ids that this run wrote */
    size_t in_flight;                       /* bytes of input */
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

/* ---- in the workers ---- */

static int take_picture(mimeo_ctx *ctx, const struct hash *hash, const struct picture_info *info,
                        struct view bytes, void *payload)
{
    (void)info;
    struct mimeo_publisher *p = payload;
    return p->dry_run ? 0 : spool_put(p, ctx, hash, bytes);
}

static int work(mimeo_ctx *ctx, void *item, void *shared)
{
    struct job *j = item;
    const struct session *s = shared;
    int rc = article_import(&j->article, ctx, j->item, &s->article_options);
    j->imported = rc == 0;
    return rc;
}

/* ---- telling ---- */

static void count_warnings(struct session *s, const char *lines)
{
    for (; *lines != '\0'; lines++)
        s->result->warnings += *lines == '\n';
}

static void tell(struct session *s, enum mimeo_outcome outcome, const char *where,
                 const struct record *r, size_t body_len, const char *message)
{
    struct mimeo_publish_result *res = s->result;
    switch (outcome) {
    case MIMEO_ADDED: res->added++; break;
    case MIMEO_REVISED: res->revised++; break;
    case MIMEO_UNCHANGED: res->unchanged++; break;
    case MIMEO_RETRACTED: res->retracted++; break;
    case MIMEO_SKIPPED: res->skipped++; break;
    case MIMEO_REFUSED: res->refused++; break;
    }
    struct mimeo_publish_event e = {.outcome = outcome, .where = where, .id = "", .title = "",
                                    .bytes = body_len, .message = message};
    if (r != NULL) {
        e.id = r->id;
        e.title = r->title == NULL ? "" : r->title;
        e.revision = r->revision;
        e.words = r->words;
        e.pictures = r->media_count;
    }
    if (s->options->event != NULL)
        s->options->event(&e, s->options->payload);
}

/* ---- deciding ---- */

static int set_note(struct session *s, struct record *r)
{
    if (s->options->note == NULL)
        return 0;
    r->note = record_string(r, view_of_str(s->options->note));
    return r->note == NULL ? ctx_error_nomem(s->ctx) : 0;
}

static int set_id(struct session *s, struct record *r)
{
    if (s->options->revise_id == NULL)
        return 0;
    r->id = record_string(r, view_of_str(s->options->revise_id));
    return r->id == NULL ? ctx_error_nomem(s->ctx) : 0;
}

static enum mimeo_outcome decide(const struct session *s, struct record *r, const struct digest *digest,
                                 int known, const struct catalog_article *before)
{
    r->revision = known ? before->revision + 1 : 1;
    if (r->action == RECORD_RETRACT)
        return known && before->action != RECORD_RETRACT ? MIMEO_RETRACTED : MIMEO_SKIPPED;
    if (!known) {
        r->action = RECORD_PUBLISH;
        return MIMEO_ADDED;
    }
    r->action = RECORD_REVISE;
    if (before->action == RECORD_RETRACT && s->options->revise_id == NULL)
        return MIMEO_SKIPPED;
    if (memcmp(digest, &before->digest, sizeof(*digest)) == 0 && before->action != RECORD_RETRACT)
        return MIMEO_UNCHANGED;
    return MIMEO_REVISED;
}

static const char *skipped_words(const struct record *r)
{
    return r->action == RECORD_RETRACT ? "nothing of this id is published"
                                       : "was retracted: 'mimeo revise' brings it back";
}

/* What the pictures that this article brings were before: the ones that edition_add counts. */
static int count_picture_input(struct session *s, const struct article *a)
{
    for (size_t i = 0; i < a->record.media_count; i++) {
        uint64_t seq;
        int rc = catalog_find_media(s->p->catalog, s->ctx, &a->record.media[i].hash, &seq);
        if (rc < 0)
            return rc;
        if (rc == 0)
            s->result->picture_input_bytes += a->media_before[i];
    }
    return 0;
}

static int add_article(struct session *s, struct job *j)
{
    struct record *r = &j->article.record;
    struct view body = buf_view(&j->article.body);
    struct catalog_article before;
    struct digest digest;
    int rc = set_id(s, r);
    int known = rc == 0 ? catalog_find(s->p->catalog, s->ctx, r->id, &before) : rc;
    if (known < 0)
        return known;
    if (s->options->revise_id != NULL && known == 0)
        return ctx_error(s->ctx, MIMEO_ENOTFOUND, "no article '%s' is published: 'mimeo publish' adds one",
                         r->id);
    rc = digest_of(&digest, s->ctx, r, body);
    if (rc < 0)
        return rc;
    const char *warnings = buf_str(&j->article.warnings);
    count_warnings(s, warnings);
    enum mimeo_outcome outcome = decide(s, r, &digest, known, &before);
    if (outcome == MIMEO_UNCHANGED || outcome == MIMEO_SKIPPED) {
        tell(s, outcome, j->item->where, r, body.len,
             outcome == MIMEO_SKIPPED ? skipped_words(r) : warnings);
        return 0;
    }
    int fresh = id_set_add(&s->met, s->ctx, id_set_hash(&s->met, r->id));
    if (fresh < 0)
        return fresh;
    if (fresh == 0 && outcome == MIMEO_REVISED)
        return ctx_error(s->ctx, MIMEO_EMALFORMED,
                         "%s: another article of this run has the id '%s' too: give one of them an 'id' of its own",
                         j->item->where, r->id);
    if (outcome == MIMEO_REVISED)
        rc = set_note(s, r);
    if (rc == 0)
        rc = count_picture_input(s, &j->article);
    if (rc == 0)
        rc = edition_add(s->p, s->ctx, r, body, &digest, s->options->sensitive, s->result);
    if (rc == 0)
        tell(s, outcome, j->item->where, r, body.len, warnings);
    return rc;
}

/* Codes that concern one article; anything else ends the run. */
static bool is_of_the_article(int code)
{
    return code == MIMEO_EMALFORMED || code == MIMEO_EUSAGE || code == MIMEO_ENOTFOUND ||
           code == MIMEO_ENEWER;
}

static int finish_job(struct session *s, struct job *j, int code)
{
    s->result->input_bytes += j->item->bytes.len;
    s->in_flight -= j->item->bytes.len;
    if (code == 0)
        code = add_article(s, j);
    if (code == 0 || !is_of_the_article(code))
        return code;
    tell(s, MIMEO_REFUSED, j->item->where, NULL, 0, mimeo_ctx_message(s->ctx));
    return 0;
}

/* ---- the run ---- */

static int next_job(struct session *s, struct input_source *source, struct pool *pool, bool *more)
{
    struct input_item *item;
    int rc = input_next(source, s->ctx, &item);
    if (rc == 0)
        *more = false;
    if (rc < 0 && is_of_the_article(rc)) {
        tell(s, MIMEO_REFUSED, "", NULL, 0, mimeo_ctx_message(s->ctx));
        return 0;
    }
    if (rc <= 0)
        return rc;
    struct job *j = calloc(1, sizeof(*j));
    if (j == NULL) {
        input_item_free(item);
        return ctx_error_nomem(s->ctx);
    }
    j->item = item;
    size_t bytes = item->bytes.len; /* the item is the worker's once it is in the pool */
    rc = pool_put(pool, s->ctx, j);
    if (rc < 0)
        job_free(j);
    else
        s->in_flight += bytes;
    return rc;
}

static int run(struct session *s, struct input_source *source, struct pool *pool)
{
    bool more = true;
    int rc = 0;
    while (rc == 0 && (more || !pool_empty(pool))) {
        if (more && !pool_full(pool) && s->in_flight < WINDOW_BYTES) {
            rc = next_job(s, source, pool, &more);
        } else {
            void *item;
            int code = pool_take(pool, s->ctx, &item);
            if (item == NULL)
                return code;
            rc = finish_job(s, item, code);
            job_free(item);
        }
        if (rc == 0)
            rc = ctx_check_cancel(s->ctx);
        ctx_progress(s->ctx, "publishing", s->result->input_bytes, 0, "bytes");
    }
    return rc;
}

static int set_images(struct article_options *out, mimeo_ctx *ctx, const struct mimeo_publish_options *options)
{
    if (options->image_width != 0 && (options->image_width < IMAGE_WIDTH_MIN || options->image_width > SHRINK_SIDE))
        return ctx_error(ctx, MIMEO_EUSAGE, "a picture's width is %d to %d pixels", IMAGE_WIDTH_MIN, SHRINK_SIDE);
    if (options->image_quality > 100)
        return ctx_error(ctx, MIMEO_EUSAGE, "a picture's quality is 1 to 100");
    out->picture = options->images == MIMEO_IMAGES_NONE ? NULL : take_picture;
    out->want = (struct picture_want){options->images == MIMEO_IMAGES_SMALL, options->image_width,
                                      (int)options->image_quality};
    return 0;
}

int mimeo_publish(mimeo_publisher *p, mimeo_ctx *ctx, const char *const *paths, size_t count,
                  const struct mimeo_publish_options *options, struct mimeo_publish_result *result)
{
    memset(result, 0, sizeof(*result));
    struct session s = {.p = p, .ctx = ctx, .options = options, .result = result};
    int images = set_images(&s.article_options, ctx, options);
    if (images < 0)
        return images;
    struct input_options in = {INPUT_AUTO, options->pictures};
    if (options->format != NULL && !input_format_parse(options->format, &in.format))
        return ctx_error(ctx, MIMEO_EUSAGE, "no format '%s': jsonl, markdown, html, text or auto",
                         options->format);
    s.article_options.lang = options->lang;
    s.article_options.payload = p;
    struct input_source *source;
    int rc = input_open(&source, ctx, paths, count, &in);
    if (rc < 0)
        return rc;
    id_set_init(&s.met, ctx);
    struct pool *pool;
    rc = pool_new(&pool, ctx, 0, WINDOW, work, &s);
    if (rc == 0) {
        rc = run(&s, source, pool);
        pool_free(pool, job_free);
    }
    id_set_dispose(&s.met);
    input_close(source);
    if (rc == 0)
        rc = edition_finish(p, ctx, false, result);
    return rc;
}

int mimeo_heartbeat(mimeo_publisher *p, mimeo_ctx *ctx, struct mimeo_publish_result *result)
{
    memset(result, 0, sizeof(*result));
    return edition_finish(p, ctx, true, result);
}
