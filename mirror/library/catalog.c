/*
 * SQLite with synchronous off: a cache that a power cut may spoil is checked (its head must be the
 * mirror's) and thrown away, which is cheaper than syncing it.
 */
#include "library/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "library/database.h"

static const char settings[] =
    "PRAGMA journal_mode=MEMORY;"
    "PRAGMA synchronous=OFF;"
    "PRAGMA cache_size=-4096;";
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS state(one INTEGER PRIMARY KEY CHECK(one=1), seq INTEGER, head BLOB);"
    "CREATE TABLE IF NOT EXISTS article(id TEXT PRIMARY KEY, seq INTEGER, revision INTEGER, "
    "  action INTEGER, digest BLOB, as_of INTEGER, modified INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS media(hash BLOB PRIMARY KEY, seq INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS erasure(seq INTEGER, time INTEGER, record BLOB);";

enum statement {
    FIND, PUT, FIND_MEDIA, PUT_MEDIA, REMOVE_MEDIA, PUT_ERASURE, EACH_ERASURE, GET_STATE, SET_STATE, STATEMENTS
};
static const char *const sql[STATEMENTS] = {
    [FIND] = "SELECT seq, revision, action, digest, as_of, modified FROM article WHERE id=?1",
    [PUT] = "INSERT OR REPLACE INTO article VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [FIND_MEDIA] = "SELECT seq FROM media WHERE hash=?1",
    [PUT_MEDIA] = "INSERT OR IGNORE INTO media VALUES(?1,?2)",
    [REMOVE_MEDIA] = "DELETE FROM media WHERE hash=?1",
    [PUT_ERASURE] = "INSERT INTO erasure VALUES(?1,?2,?3)",
    [EACH_ERASURE] = "SELECT seq, record FROM erasure WHERE time>=?1 ORDER BY seq, rowid",
    [GET_STATE] = "SELECT seq, head FROM state WHERE one=1",
    [SET_STATE] = "INSERT OR REPLACE INTO state VALUES(1,?1,?2)",
};
static const struct database_plan plan = {settings, schema, sql, STATEMENTS, 4};

struct catalog {
    struct database *db;
};

int catalog_open(struct catalog **out, mimeo_ctx *ctx, const char *path)
{
    struct catalog *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return ctx_error_nomem(ctx);
    int rc = database_open(&c->db, ctx, path, &plan, DATABASE_WRITE);
    if (rc == 0)
        rc = database_run(c->db, ctx, "BEGIN");
    if (rc < 0) {
        catalog_close(c);
        return rc;
    }
    *out = c;
    return 0;
}

void catalog_close(struct catalog *c)
{
    if (c == NULL)
        return;
    database_close(c->db);
    free(c);
}

/* ---- statements ---- */

static struct view view_of_hash(const struct hash *h)
{
    return view_of(h->bytes, HASH_LEN);
}

int catalog_find(struct catalog *c, mimeo_ctx *ctx, const char *id, struct catalog_article *out)
{
    database_bind_text(c->db, FIND, 1, id);
    int found = database_step(c->db, ctx, FIND);
    if (found == 1) {
        out->seq = database_number(c->db, FIND, 0);
        out->revision = (uint32_t)database_number(c->db, FIND, 1);
        out->action = (enum record_action)database_number(c->db, FIND, 2);
        if (!database_exact(c->db, FIND, 3, out->digest.bytes, DIGEST_LEN))
            memset(&out->digest, 0, sizeof(out->digest));
        out->as_of = database_signed(c->db, FIND, 4);
        out->modified = database_signed(c->db, FIND, 5);
        database_reset(c->db, FIND);
    }
    return found;
}

int catalog_put(struct catalog *c, mimeo_ctx *ctx, const char *id, const struct catalog_article *a)
{
    database_bind_text(c->db, PUT, 1, id);
    database_bind_number(c->db, PUT, 2, a->seq);
    database_bind_number(c->db, PUT, 3, a->revision);
    database_bind_number(c->db, PUT, 4, (uint64_t)a->action);
    database_bind_bytes(c->db, PUT, 5, view_of(a->digest.bytes, DIGEST_LEN));
    database_bind_signed(c->db, PUT, 6, a->as_of);
    database_bind_signed(c->db, PUT, 7, a->modified);
    return database_do(c->db, ctx, PUT);
}

int catalog_find_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h, uint64_t *seq)
{
    database_bind_bytes(c->db, FIND_MEDIA, 1, view_of_hash(h));
    int found = database_step(c->db, ctx, FIND_MEDIA);
    if (found == 1) {
        *seq = database_number(c->db, FIND_MEDIA, 0);
        database_reset(c->db, FIND_MEDIA);
    }
    return found;
}

int catalog_put_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h, uint64_t seq)
{
    database_bind_bytes(c->db, PUT_MEDIA, 1, view_of_hash(h));
    database_bind_number(c->db, PUT_MEDIA, 2, seq);
    return database_do(c->db, ctx, PUT_MEDIA);
}

int catalog_remove_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h)
{
    database_bind_bytes(c->db, REMOVE_MEDIA, 1, view_of_hash(h));
    return database_do(c->db, ctx, REMOVE_MEDIA);
}

int catalog_put_erasure(struct catalog *c, mimeo_ctx *ctx, uint64_t seq, int64_t time,
                        struct view record)
{
    database_bind_number(c->db, PUT_ERASURE, 1, seq);
    database_bind_signed(c->db, PUT_ERASURE, 2, time);
    database_bind_bytes(c->db, PUT_ERASURE, 3, record);
    return database_do(c->db, ctx, PUT_ERASURE);
}

int catalog_each_erasure(struct catalog *c, mimeo_ctx *ctx, int64_t since,
                         int (*fn)(uint64_t seq, struct view record, void *payload), void *payload)
{
    int rc, code = 0;
    database_bind_signed(c->db, EACH_ERASURE, 1, since);
    while ((rc = database_step(c->db, ctx, EACH_ERASURE)) == 1) {
        code = fn(database_number(c->db, EACH_ERASURE, 0), database_bytes(c->db, EACH_ERASURE, 1), payload);
        if (code != 0) {
            database_reset(c->db, EACH_ERASURE);
            return code;
        }
    }
    return rc;
}

int catalog_commit(struct catalog *c, mimeo_ctx *ctx, uint64_t seq, const struct hash *head)
{
    database_bind_number(c->db, SET_STATE, 1, seq);
    database_bind_bytes(c->db, SET_STATE, 2, view_of_hash(head));
    int rc = database_do(c->db, ctx, SET_STATE);
    return rc == 0 ? database_run(c->db, ctx, "COMMIT; BEGIN") : rc;
}

/* ---- digests ---- */

bool digest_shows_same(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_LEN / 2) == 0;
}

/* Half of a digest. */
static int hash_record(uint8_t *out, mimeo_ctx *ctx, const struct record *r, struct view body)
{
    struct buf b;
    buf_init(&b, 2 * LIMIT_RECORD);
    int rc = record_write(&b, ctx, r->id, r);
    if (rc == 0) {
        hash_state s;
        hash_init(&s);
        hash_update(&s, buf_view(&b));
        hash_update(&s, body);
        struct hash h = hash_final(&s);
        memcpy(out, h.bytes, DIGEST_LEN / 2);
    }
    buf_dispose(&b);
    return rc;
}

int digest_of(struct digest *out, mimeo_ctx *ctx, const struct record *r, struct view body)
{
    /* The record as it would be were it the first word on the article: no revision, no note, no
     * place.  Retractions have no body and so another digest than any article. */
    struct record plain = *r;
    plain.revision = 1;
    plain.note = NULL;
    plain.erase = NULL;
    plain.erase_count = 0;
    plain.restates = 0;
    if (plain.action == RECORD_REVISE)
        plain.action = RECORD_PUBLISH;
    plain.has_body = plain.action != RECORD_RETRACT;
    plain.body_block = plain.body_offset = 0;
    plain.body_len = 1;
    struct digest made;
    int rc = hash_record(made.bytes + DIGEST_LEN / 2, ctx, &plain, body);
    if (rc < 0)
        return rc;
    /* And that without what stands around the article. */
    struct record shown = {.id = plain.id, .action = plain.action, .revision = 1, .title = plain.title,
                           .subtitle = plain.subtitle, .has_body = plain.has_body, .body_len = plain.body_len,
                           .media = plain.media, .media_count = plain.media_count};
    rc = hash_record(made.bytes, ctx, &shown, body);
    if (rc == 0)
        *out = made;
    return rc;
}

/* ---- rebuilding ---- */

struct indexing {
    struct catalog *catalog;
    mimeo_ctx *ctx;
    mimeo_mirror *m;
    struct held_bundle *held;
    struct buf raw;
    int64_t loaded;
};

static int body_of(struct indexing *x, const struct record *r, struct view *body)
{
    *body = view_of(NULL, 0);
    if (!r->has_body)
        return 0;
    if (x->loaded != (int64_t)r->body_block) {
        x->loaded = -1;
        int rc = bundle_inflate(&x->held->bundle, x->ctx, x->held->name, BUNDLE_BODY, r->body_block,
                                mirror_dictionary, x->m, &x->raw);
        if (rc == MIMEO_ENOTFOUND)
            return 0; /* erased: whatever is published next under this id is a change */
        if (rc < 0)
            return rc;
        x->loaded = r->body_block;
    }
    *body = view_of(x->raw.ptr + r->body_offset, r->body_len);
    return 0;
}

static int index_erasure(struct indexing *x, const struct record *r)
{
    if (r->erase_count == 0 || r->restates > 0)
        return 0;
    struct buf line;
    buf_init(&line, LIMIT_RECORD + 1);
    int rc = record_write(&line, x->ctx, x->held->name, r);
    if (rc == 0)
        rc = catalog_put_erasure(x->catalog, x->ctx, x->held->seq, x->held->bundle.header.time,
                                 view_of(line.ptr, line.len - 1));
    buf_dispose(&line);
    return rc;
}

static int index_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct indexing *x = payload;
    if (r->restates > 0)
        return 0;
    struct catalog_article a = {.seq = x->held->seq,
                                .revision = r->revision,
                                .action = r->action,
                                .as_of = x->held->bundle.header.time,
                                .modified = r->has_modified ? r->modified : 0};
    struct view body;
    int rc = body_of(x, r, &body);
    if (rc == 0)
        rc = digest_of(&a.digest, x->ctx, r, body);
    if (rc == 0)
        rc = catalog_put(x->catalog, x->ctx, r->id, &a);
    for (size_t i = 0; rc == 0 && i < r->media_count; i++)
        rc = catalog_put_media(x->catalog, x->ctx, &r->media[i].hash, x->held->seq);
    return rc == 0 ? index_erasure(x, r) : rc;
}

static int index_bundle(struct indexing *x, uint64_t seq)
{
    int rc = held_load(x->held, x->m, x->ctx, seq);
    if (rc < 0)
        return rc;
    held_judge(x->held, x->m, x->ctx);
    x->loaded = -1;
    size_t erased;
    if (x->held->verdict != MIMEO_GOOD)
        rc = ctx_error(x->ctx, MIMEO_EFORGED, "%s", x->held->message);
    else
        rc = bundle_each_record(&x->held->bundle, x->ctx, x->held->name, index_record, x, &erased);
    if (rc == 0)
        rc = catalog_commit(x->catalog, x->ctx, seq, &x->held->bundle.header.hash);
    held_dispose(x->held);
    return rc < 0 ? rc : 0;
}

/* The seq up to which the catalog is right: its state, if that header is of our history. */
static int right_up_to(uint64_t *out, struct catalog *c, mimeo_ctx *ctx, mimeo_mirror *m)
{
    struct hash head;
    uint64_t seq = 0;
    int rc = database_step(c->db, ctx, GET_STATE);
    if (rc < 0)
        return rc;
    if (rc == 1 && database_exact(c->db, GET_STATE, 1, head.bytes, HASH_LEN))
        seq = database_number(c->db, GET_STATE, 0);
    database_reset(c->db, GET_STATE);
    *out = 0;
    if (seq == 0 || m->anchor == NULL || seq > m->anchor->seq)
        return 0;
    if (seq == m->anchor->seq) {
        *out = hash_equal(&head, &m->anchor->hash) ? seq : 0;
        return 0;
    }
    if (join_path(ctx, m->anchor, seq, &head, mirror_fetch_header, m) == 1)
        *out = seq;
    return 0;
}

int catalog_refresh(struct catalog *c, mimeo_ctx *ctx, mimeo_mirror *m)
{
    uint64_t from;
    int rc = right_up_to(&from, c, ctx, m);
    if (rc < 0 || m->anchor == NULL || from == m->anchor->seq)
        return rc;
    if (from == 0) {
        rc = database_run(c->db, ctx, "DELETE FROM article; DELETE FROM media; DELETE FROM erasure; DELETE FROM state");
        if (rc < 0)
            return rc;
    }
    struct indexing x = {.catalog = c, .ctx = ctx, .m = m, .loaded = -1};
    x.held = malloc(sizeof(*x.held));
    if (x.held == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&x.raw, LIMIT_BODY_BLOCK);
    for (uint64_t seq = from + 1; rc == 0 && seq <= m->anchor->seq; seq++) {
        ctx_progress(ctx, "reading what is published", seq, m->anchor->seq, "bundles");
        rc = index_bundle(&x, seq);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
    }
    buf_dispose(&x.raw);
    free(x.held);
    return rc;
}
