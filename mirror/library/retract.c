/*
 * Taking articles back.  A plain retraction leaves a stub and touches nothing else.  One that
 * protects people (FORMAT.md section 7) also orders every block with the article's text to be made
 * zero, and so must first put what else stood in those blocks into the new bundle again.
 */
#include <stdlib.h>
#include <string.h>

#include "library/publisher.h"

struct retraction {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    const struct mimeo_retract_options *options;
    struct mimeo_publish_result *result;
    const char *id;
    struct record latest;     /* what readers see now */
    struct record_erase *erase;
    size_t erase_count, erase_cap;
    struct held_bundle *held; /* at hand, in the walks */
    struct hash *media;       /* cited by the article's records */
    bool *media_used;         /* by another article too */
    size_t media_count, media_cap;
    struct buf raw;
    int64_t loaded;
};

static void *grown(void *items, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? 16 : 2 * *cap;
    void *p = realloc(items, more * size);
    if (p != NULL)
        *cap = more;
    return p;
}

/* ---- what must go ---- */

static int target_block(struct retraction *x, enum erase_table table, uint32_t block)
{
    const struct view t = table == ERASE_CATALOG ? x->held->bundle.catalog_table
                                                 : x->held->bundle.body_table;
    struct block_entry entry;
    if (!table_entry(t, block, &entry))
        return ctx_error(x->ctx, MIMEO_EMALFORMED, "%s has no block %u", x->held->name, block);
    for (size_t i = 0; i < x->erase_count; i++)
        if (x->erase[i].seq == x->held->seq && x->erase[i].table == table && x->erase[i].block == block)
            return 0;
    if (x->erase_count == x->erase_cap) {
        struct record_erase *erase = grown(x->erase, &x->erase_cap, sizeof(*erase));
        if (erase == NULL)
            return ctx_error_nomem(x->ctx);
        x->erase = erase;
    }
    x->erase[x->erase_count++] = (struct record_erase){x->held->seq, table, block, entry.hash};
    return 0;
}

static int note_media(struct retraction *x, const struct hash *h)
{
    for (size_t i = 0; i < x->media_count; i++)
        if (hash_equal(&x->media[i], h))
            return 0;
    if (x->media_count == x->media_cap) {
        struct hash *media = grown(x->media, &x->media_cap, sizeof(*media));
        if (media != NULL)
            x->media = media;
        bool *used = realloc(x->media_used, x->media_cap * sizeof(*used));
        if (used != NULL)
            x->media_used = used;
        if (media == NULL || used == NULL)
            return ctx_error_nomem(x->ctx);
    }
    x->media_used[x->media_count] = false;
    x->media[x->media_count++] = *h;
    return 0;
}

static int find_targets(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)line;
    struct retraction *x = payload;
    /* An order to erase has no text, and must stay: without it the zeros that it explains are damage. */
    if (strcmp(r->id, x->id) != 0 || r->erase_count > 0)
        return 0;
    int rc = target_block(x, ERASE_CATALOG, block);
    if (rc == 0 && r->has_body)
        rc = target_block(x, ERASE_BODY, r->body_block);
    for (size_t i = 0; rc == 0 && i < r->media_count; i++)
        rc = note_media(x, &r->media[i].hash);
    return rc;
}

/* Is this record what readers see of its article? */
static int is_current(struct retraction *x, const struct record *r)
{
    struct catalog_article a;
    int rc = catalog_find(x->p->catalog, x->ctx, r->id, &a);
    return rc < 0 ? rc : rc == 1 && a.seq == x->held->seq && a.revision == r->revision;
}

static int find_shared_media(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct retraction *x = payload;
    if (strcmp(r->id, x->id) == 0 || r->media_count == 0)
        return 0;
    int current = is_current(x, r);
    if (current <= 0)
        return current;
    for (size_t i = 0; i < r->media_count; i++)
        for (size_t k = 0; k < x->media_count; k++)
            x->media_used[k] |= hash_equal(&r->media[i].hash, &x->media[k]);
    return 0;
}

/* ---- what must stay ---- */

static bool stands_in(const struct retraction *x, enum erase_table table, uint32_t block)
{
    for (size_t i = 0; i < x->erase_count; i++)
        if (x->erase[i].seq == x->held->seq && x->erase[i].table == table && x->erase[i].block == block)
            return true;
    return false;
}

static int body_of(struct retraction *x, const struct record *r, struct view *body)
{
    *body = view_of(NULL, 0);
    if (!r->has_body)
        return 0;
    if (x->loaded != (int64_t)r->body_block) {
        x->loaded = -1;
        int rc = bundle_inflate(&x->held->bundle, x->ctx, x->held->name, BUNDLE_BODY, r->body_block,
                                mirror_dictionary, x->p->mirror, &x->raw);
        if (rc < 0)
            return rc;
        x->loaded = r->body_block;
    }
    *body = view_of(x->raw.ptr + r->body_offset, r->body_len);
    return 0;
}

static int republish(struct retraction *x, const struct record *r)
{
    struct view body;
    struct digest digest;
    struct catalog_article before = {.as_of = 0};
    struct record again = *r; /* borrowed, but for what changes */
    if (again.erase_count > 0 && again.restates == 0)
        again.restates = x->held->seq;
    int rc = body_of(x, r, &body);
    if (rc == 0)
        rc = digest_of(&digest, x->ctx, r, body);
    if (rc == 0) { /* it says what it said, of the same time */
        int known = catalog_find(x->p->catalog, x->ctx, r->id, &before);
        rc = known < 0 ? known : 0;
    }
    return rc == 0 ? edition_add(x->p, x->ctx, &again, body, &digest, before.as_of, false, x->result) : rc;
}

static int keep_neighbour(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)line;
    struct retraction *x = payload;
    if (strcmp(r->id, x->id) == 0 || r->restates > 0)
        return 0;
    if (!stands_in(x, ERASE_CATALOG, block) &&
        !(r->has_body && stands_in(x, ERASE_BODY, r->body_block)))
        return 0;
    int current = r->erase_count > 0 ? 1 : is_current(x, r); /* an order stays, whatever came of the article */
    return current <= 0 ? current : republish(x, r);
}

/* ---- walking one's own bundles ---- */

typedef int (*record_fn)(const struct record *r, uint32_t block, uint32_t line, void *payload);
struct walk {
    struct retraction *x;
    record_fn fn;
};

static int walk_bundle(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct walk *w = payload;
    w->x->held = h;
    w->x->loaded = -1;
    size_t erased;
    return bundle_each_record(&h->bundle, ctx, h->name, w->fn, w->x, &erased);
}

static int walk(struct retraction *x, record_fn fn)
{
    struct walk w = {x, fn};
    return mirror_each_bundle(x->p->mirror, x->ctx, walk_bundle, &w);
}

/* ---- the retraction itself ---- */

static int target_media(struct retraction *x)
{
    for (size_t i = 0; i < x->media_count; i++) {
        uint64_t seq;
        if (x->media_used[i])
            continue;
        int rc = catalog_find_media(x->p->catalog, x->ctx, &x->media[i], &seq);
        if (rc == 1) {
            if (x->erase_count == x->erase_cap) {
                struct record_erase *erase = grown(x->erase, &x->erase_cap, sizeof(*erase));
                if (erase == NULL)
                    return ctx_error_nomem(x->ctx);
                x->erase = erase;
            }
            x->erase[x->erase_count++] = (struct record_erase){seq, ERASE_MEDIA, 0, x->media[i]};
            rc = catalog_remove_media(x->p->catalog, x->ctx, &x->media[i]);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int remember_erasure(struct retraction *x, const struct record *r)
{
    struct buf line;
    buf_init(&line, LIMIT_RECORD + 1);
    int rc = record_write(&line, x->ctx, r->id, r);
    if (rc == 0)
        rc = catalog_put_erasure(x->p->catalog, x->ctx, x->p->head.seq + 1, ctx_now(x->ctx),
                                 view_of(line.ptr, line.len - 1));
    buf_dispose(&line);
    return rc;
}

/* One record, or several where there is more to erase than one may list.  An order has a catalog block of its own, so
 * that no later erasure of a neighbour takes it away. */
static int add_stub(struct retraction *x, uint32_t revision)
{
    struct record stub = {
        .id = x->id,
        .action = RECORD_RETRACT,
        .revision = revision,
        .note = x->options->reason,
    };
    if (!x->options->erase) { /* a stub that readers recognise */
        stub.title = x->latest.title;
        stub.section = x->latest.section;
        stub.lang = x->latest.lang;
        stub.dir = x->latest.dir;
        stub.has_published = x->latest.has_published;
        stub.published = x->latest.published;
    }
    struct digest digest;
    size_t done = 0;
    int rc = digest_of(&digest, x->ctx, &stub, view_of(NULL, 0));
    do {
        size_t part = x->erase_count - done < LIMIT_ERASURES ? x->erase_count - done : LIMIT_ERASURES;
        stub.erase = part > 0 ? x->erase + done : NULL;
        stub.erase_count = part;
        if (rc == 0)
            rc = edition_add(x->p, x->ctx, &stub, view_of(NULL, 0), &digest, 0, part > 0, x->result);
        if (rc == 0 && part > 0)
            rc = remember_erasure(x, &stub);
        done += part;
    } while (rc == 0 && done < x->erase_count);
    return rc;
}

struct finding {
    struct retraction *x;
    bool found;
};

static int keep_latest(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct finding *f = payload;
    if (strcmp(r->id, f->x->id) != 0 || r->restates > 0)
        return 0;
    record_dispose(&f->x->latest);
    f->found = true;
    return record_copy(&f->x->latest, f->x->ctx, r);
}

static int find_latest_in(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct finding *f = payload;
    size_t erased;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, keep_latest, f, &erased);
    return rc < 0 ? rc : f->found;
}

static int retract_one(struct retraction *x)
{
    struct catalog_article a;
    int rc = catalog_find(x->p->catalog, x->ctx, x->id, &a);
    if (rc < 0)
        return rc;
    if (a.action == RECORD_RETRACT && !x->options->erase) {
        x->result->skipped++;
        return 0;
    }
    struct finding f = {x, false};
    rc = mirror_each_bundle(x->p->mirror, x->ctx, find_latest_in, &f);
    if (rc >= 0 && x->options->erase) {
        rc = walk(x, find_targets);
        if (rc == 0 && x->media_count > 0)
            rc = walk(x, find_shared_media);
        if (rc == 0)
            rc = walk(x, keep_neighbour);
        if (rc == 0)
            rc = target_media(x);
    }
    if (rc >= 0 && a.action == RECORD_RETRACT && x->erase_count == 0) {
        x->result->skipped++; /* erased already */
        return 0;
    }
    if (rc >= 0)
        rc = add_stub(x, a.revision + 1);
    if (rc == 0)
        x->result->retracted++;
    return rc;
}

static void retraction_dispose(struct retraction *x)
{
    record_dispose(&x->latest);
    free(x->erase);
    free(x->media);
    free(x->media_used);
    buf_dispose(&x->raw);
}

static int check_ids(mimeo_publisher *p, mimeo_ctx *ctx, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct catalog_article a;
        int rc = catalog_find(p->catalog, ctx, ids[i], &a);
        if (rc == 0)
            return ctx_error(ctx, MIMEO_ENOTFOUND, "no article '%s' is published: see 'mimeo list'", ids[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int mimeo_retract(mimeo_publisher *p, mimeo_ctx *ctx, const char *const *ids, size_t count,
                  const struct mimeo_retract_options *options, struct mimeo_publish_result *result)
{
    memset(result, 0, sizeof(*result));
    int rc = check_ids(p, ctx, ids, count);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct retraction x = {.p = p, .ctx = ctx, .options = options, .result = result,
                               .id = ids[i], .loaded = -1};
        buf_init(&x.raw, LIMIT_BODY_BLOCK);
        rc = retract_one(&x);
        retraction_dispose(&x);
        /* Each erasure is a bundle of its own: the next one's walk must see what this one moved. */
        if (rc == 0 && options->erase && !p->dry_run)
            rc = edition_finish(p, ctx, false, result);
        if (rc == 0 && options->erase && !p->dry_run && i + 1 < count)
            rc = publisher_reopen_mirror(p, ctx);
    }
    return rc == 0 ? edition_finish(p, ctx, false, result) : rc;
}
