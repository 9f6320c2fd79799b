/*
 * Honest bundles beyond a cut, published again.  They are put aside before the mirror forgets them, and what is
 * published again is known from the catalog: so a run that was killed goes on, and nothing comes twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "library/publisher.h"

#define STASH "cut"
#define PLAN STASH "/plan"
#define PLAN_MAX (64 * MIB)
#define ENTRIES_MAX 10000000
#define DEPTH_MAX 12

/* ---- putting aside ---- */

struct putting {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    int dir; /* .git/mimeo */
};

static int put_file(struct putting *x, const char *name, struct view bytes)
{
    char path[STORE_NAME_MAX + 8];
    snprintf(path, sizeof(path), STASH "/%s", name);
    return file_write_atomic(x->ctx, x->dir, path, bytes, 0600);
}

/* A picture may have been cited first by an older bundle, which stays: then it is not needed here. */
static int put_picture(struct putting *x, const struct hash *h)
{
    struct stored s;
    char hex[HASH_HEX_LEN + 1], name[HASH_HEX_LEN + 16] = "media/";
    uint64_t seq;
    int rc = catalog_find_media(x->p->catalog, x->ctx, h, &seq);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    hash_format(hex, h);
    strcat(name, hex);
    rc = store_get_media(&s, x->p->mirror->store, x->ctx, 0, h);
    if (rc < 0)
        return ctx_error_prefix(x->ctx, rc, "a picture that is to be published again");
    struct hash is = hash_of(s.view);
    rc = hash_equal(&is, h) ? put_file(x, name, s.view)
                            : ctx_error(x->ctx, MIMEO_EFORGED, "the picture %s is damaged: restore it from a copy", hex);
    store_release(&s);
    return rc;
}

static int put_pictures(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->media_count; i++)
        rc = put_picture(payload, &r->media[i].hash);
    return rc;
}

static int put_bundle(struct putting *x, uint64_t seq)
{
    struct stored s;
    struct bundle b;
    char name[STORE_NAME_MAX];
    size_t erased;
    store_name_bundle(name, seq);
    int rc = store_get_bundle(&s, x->p->mirror->store, x->ctx, seq);
    if (rc < 0)
        return rc;
    rc = bundle_open(&b, x->ctx, name, s.view);
    if (rc == 0) {
        rc = bundle_check_tables(&b, x->ctx, name);
        if (rc == 0)
            rc = bundle_each_record(&b, x->ctx, name, put_pictures, x, &erased);
        bundle_dispose(&b);
    }
    if (rc == 0)
        rc = put_file(x, name, s.view);
    store_release(&s);
    return rc;
}

int stash_write(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c, const uint64_t *seqs, size_t count)
{
    struct putting x = {p, ctx, mirror_writer_private_dir(p->writer)};
    struct buf plan;
    char hash[HASH_HEX_LEN + 1];
    int rc = 0;
    hash_format(hash, &c->hash);
    buf_init(&plan, PLAN_MAX);
    buf_appendf(&plan, "mimeo cut 1\ncharter %s\n", hash);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        rc = put_bundle(&x, seqs[i]);
        buf_appendf(&plan, "again %llu\n", (unsigned long long)seqs[i]);
    }
    if (rc == 0 && buf_status(&plan) < 0)
        rc = ctx_error_nomem(ctx);
    if (rc == 0) /* last: a plan means that all is there */
        rc = file_write_atomic(ctx, x.dir, PLAN, buf_view(&plan), 0600);
    buf_dispose(&plan);
    return rc;
}

/* ---- removing ---- */

int stash_remove(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    int dir = mirror_writer_private_dir(p->writer);
    int rc = file_remove(ctx, dir, PLAN); /* first: without it nothing is half done */
    return rc == 0 ? dir_remove_tree(ctx, dir, STASH) : rc;
}

/* ---- publishing again ---- */

struct again {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    struct mimeo_publish_result *result;
    uint64_t last_good;
    struct bundle bundle;
    const char *name;
    uint8_t *articles; /* of each body block: 1, or 2 for more */
    struct buf raw;
    int64_t loaded;
};

static int body_of(struct again *a, const struct record *r, struct view *body)
{
    *body = view_of(NULL, 0);
    if (!r->has_body)
        return 0;
    if (a->loaded != (int64_t)r->body_block) {
        a->loaded = -1;
        int rc = bundle_inflate(&a->bundle, a->ctx, a->name, BUNDLE_BODY, r->body_block, mirror_dictionary, a->p->mirror,
                                &a->raw);
        if (rc < 0)
            return rc;
        a->loaded = r->body_block;
    }
    *body = view_of(a->raw.ptr + r->body_offset, r->body_len);
    return 0;
}

static int spool_pictures(struct again *a, const struct record *r)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->media_count; i++) {
        struct file_bytes f;
        uint64_t seq;
        char hex[HASH_HEX_LEN + 1], name[HASH_HEX_LEN + 16] = STASH "/media/";
        rc = catalog_find_media(a->p->catalog, a->ctx, &r->media[i].hash, &seq);
        if (rc != 0) {
            rc = rc < 0 ? rc : 0;
            continue;
        }
        hash_format(hex, &r->media[i].hash);
        strcat(name, hex);
        rc = file_load_at(&f, a->ctx, mirror_writer_private_dir(a->p->writer), name, LIMIT_MEDIA, true);
        if (rc < 0)
            return rc;
        rc = spool_put(a->p, a->ctx, &r->media[i].hash, f.view);
        file_unload(&f);
    }
    return rc;
}

/* An order to erase went into the first bundle after the cut; what is left of it is a plain retraction. */
static int publish_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct again *a = payload;
    struct catalog_article latest;
    struct digest digest;
    struct view body;
    struct record copy = *r;
    if (r->restates > 0)
        return 0;
    int rc = catalog_find(a->p->catalog, a->ctx, r->id, &latest);
    if (rc < 0 || (rc == 1 && latest.seq > a->last_good && latest.revision >= r->revision))
        return rc < 0 ? rc : 0; /* published again already */
    copy.erase = NULL;
    copy.erase_count = 0;
    rc = body_of(a, r, &body);
    if (rc == MIMEO_ENOTFOUND)
        return 0; /* erased meanwhile */
    if (rc == 0)
        rc = digest_of(&digest, a->ctx, &copy, body);
    if (rc == 0)
        rc = spool_pictures(a, r);
    bool alone = r->has_body && a->articles[r->body_block] == 1;
    if (rc == 0)
        rc = edition_add(a->p, a->ctx, &copy, body, &digest, 0, alone, a->result);
    if (rc == 0 && r->action == RECORD_RETRACT)
        a->result->retracted++;
    else if (rc == 0 && r->action == RECORD_REVISE)
        a->result->revised++;
    else if (rc == 0)
        a->result->added++;
    return rc;
}

static int count_articles(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct again *a = payload;
    if (r->has_body && a->articles[r->body_block] < 2)
        a->articles[r->body_block]++;
    return 0;
}

static int publish_bundle(struct again *a, uint64_t seq)
{
    struct file_bytes f;
    char name[STORE_NAME_MAX], path[STORE_NAME_MAX + 8];
    size_t erased;
    store_name_bundle(name, seq);
    snprintf(path, sizeof(path), STASH "/%s", name);
    int rc = file_load_at(&f, a->ctx, mirror_writer_private_dir(a->p->writer), path, LIMIT_BUNDLE, true);
    if (rc < 0)
        return rc;
    a->name = name;
    a->loaded = -1;
    a->articles = calloc(LIMIT_BLOCKS + 1, 1);
    rc = a->articles == NULL ? ctx_error_nomem(a->ctx) : bundle_open(&a->bundle, a->ctx, name, f.view);
    if (rc == 0) {
        rc = bundle_check_tables(&a->bundle, a->ctx, name);
        if (rc == 0)
            rc = bundle_each_record(&a->bundle, a->ctx, name, count_articles, a, &erased);
        if (rc == 0)
            rc = bundle_each_record(&a->bundle, a->ctx, name, publish_record, a, &erased);
        bundle_dispose(&a->bundle);
    }
    free(a->articles);
    file_unload(&f);
    return rc;
}

/* The plan's charter is the mirror's newest: else the cut never came about, and the stash is of no use. */
static const struct charter *charter_of_plan(struct cursor *plan, const struct charter_chain *chain)
{
    struct view v;
    struct hash h;
    const struct charter *newest = charter_chain_newest(chain);
    bool fits = cursor_skip(plan, "mimeo cut 1\ncharter ") && cursor_line(plan, &v) && hash_parse(v, &h) &&
                newest != NULL && newest->is_cut && hash_equal(&h, &newest->hash);
    return fits ? newest : NULL;
}

static int follow_plan(struct mimeo_publisher *p, mimeo_ctx *ctx, struct cursor *plan, const struct charter *c,
                       struct mimeo_publish_result *result)
{
    struct again a = {.p = p, .ctx = ctx, .result = result, .last_good = c->from_seq};
    struct view v;
    uint64_t seq;
    int rc = catalog_refresh(p->catalog, ctx, p->mirror);
    buf_init(&a.raw, LIMIT_BODY_BLOCK);
    while (rc == 0 && plan->left > 0) {
        if (!cursor_skip(plan, "again ") || !cursor_line(plan, &v) || !parse_decimal(v, LIMIT_SEQ, &seq))
            rc = ctx_error(ctx, MIMEO_EMALFORMED, ".git/mimeo/" PLAN " is damaged");
        else
            rc = publish_bundle(&a, seq);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
    }
    buf_dispose(&a.raw);
    if (rc == 0)
        rc = edition_finish(p, ctx, false, result);
    return rc == 0 ? publisher_reopen_mirror(p, ctx) : rc;
}

int stash_resume(struct mimeo_publisher *p, mimeo_ctx *ctx, struct mimeo_publish_result *result)
{
    struct file_bytes f;
    int rc = file_load_at(&f, ctx, mirror_writer_private_dir(p->writer), PLAN, PLAN_MAX, false);
    if (rc == MIMEO_ENOTFOUND)
        return stash_remove(p, ctx);
    if (rc < 0)
        return rc;
    struct cursor plan = cursor_of(f.view);
    const struct charter *c = charter_of_plan(&plan, &p->mirror->chain);
    if (c != NULL)
        rc = follow_plan(p, ctx, &plan, c, result);
    file_unload(&f);
    return rc == 0 ? stash_remove(p, ctx) : rc;
}
