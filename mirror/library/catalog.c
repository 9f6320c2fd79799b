/*
 * SQLite with synchronous off: a cache that a power cut may spoil is checked (its head must be the
 * mirror's) and thrown away, which is cheaper than syncing it.
 */
#include "library/catalog.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA_VERSION 1

static const char schema[] =
    "PRAGMA journal_mode=MEMORY;"
    "PRAGMA synchronous=OFF;"
    "PRAGMA cache_size=-4096;"
    "CREATE TABLE IF NOT EXISTS state(one INTEGER PRIMARY KEY CHECK(one=1), version INTEGER, "
    "  seq INTEGER, head BLOB);"
    "CREATE TABLE IF NOT EXISTS article(id TEXT PRIMARY KEY, seq INTEGER, revision INTEGER, "
    "  action INTEGER, digest BLOB) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS media(hash BLOB PRIMARY KEY, seq INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS erasure(seq INTEGER, time INTEGER, record BLOB);";

enum statement {
    FIND, PUT, FIND_MEDIA, PUT_MEDIA, REMOVE_MEDIA, PUT_ERASURE, EACH_ERASURE, GET_STATE, SET_STATE, STATEMENTS
};
static const char *const sql[STATEMENTS] = {
    [FIND] = "SELECT seq, revision, action, digest FROM article WHERE id=?1",
    [PUT] = "INSERT OR REPLACE INTO article VALUES(?1,?2,?3,?4,?5)",
    [FIND_MEDIA] = "SELECT seq FROM media WHERE hash=?1",
    [PUT_MEDIA] = "INSERT OR IGNORE INTO media VALUES(?1,?2)",
    [REMOVE_MEDIA] = "DELETE FROM media WHERE hash=?1",
    [PUT_ERASURE] = "INSERT INTO erasure VALUES(?1,?2,?3)",
    [EACH_ERASURE] = "SELECT seq, record FROM erasure WHERE time>=?1 ORDER BY seq, rowid",
    [GET_STATE] = "SELECT seq, head FROM state WHERE one=1 AND version=?1",
    [SET_STATE] = "INSERT OR REPLACE INTO state VALUES(1,?1,?2,?3)",
};

struct catalog {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    char *path;
};

static int fail(struct catalog *c, mimeo_ctx *ctx)
{
    int code = sqlite3_errcode(c->db);
    if (code == SQLITE_NOMEM)
        return ctx_error_nomem(ctx);
    const char *next = code == SQLITE_FULL ? "free some space and run again"
                                           : "it is a cache: remove it and run again";
    return ctx_error(ctx, MIMEO_EIO, "'%s': %s: %s", c->path, sqlite3_errmsg(c->db), next);
}

/* ---- opening ---- */

static void shut(struct catalog *c)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(c->statements[i]);
    memset(c->statements, 0, sizeof(c->statements));
    sqlite3_close(c->db);
    c->db = NULL;
}

static bool try_open(struct catalog *c)
{
    if (sqlite3_open_v2(c->path, &c->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
                        NULL) != SQLITE_OK ||
        sqlite3_exec(c->db, schema, NULL, NULL, NULL) != SQLITE_OK)
        return false;
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(c->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &c->statements[i],
                               NULL) != SQLITE_OK)
            return false;
    return sqlite3_exec(c->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
}

int catalog_open(struct catalog **out, mimeo_ctx *ctx, const char *path)
{
    struct catalog *c = calloc(1, sizeof(*c));
    if (c == NULL || (c->path = strdup(path)) == NULL) {
        free(c);
        return ctx_error_nomem(ctx);
    }
    if (!try_open(c)) {
        int code = sqlite3_errcode(c->db);
        int rc = fail(c, ctx);
        shut(c);
        /* Spoilt: it is only a cache. */
        bool spoilt = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
        if (!spoilt || unlink(path) < 0 || !try_open(c)) {
            catalog_close(c);
            return rc;
        }
    }
    *out = c;
    return 0;
}

void catalog_close(struct catalog *c)
{
    if (c == NULL)
        return;
    if (c->db != NULL)
        shut(c);
    free(c->path);
    free(c);
}

/* ---- statements ---- */

static void bind_number(sqlite3_stmt *s, int n, uint64_t v)
{
    sqlite3_bind_int64(s, n, (sqlite3_int64)v);
}

static void bind_bytes(sqlite3_stmt *s, int n, const void *bytes, size_t len)
{
    sqlite3_bind_blob(s, n, bytes, (int)len, SQLITE_STATIC);
}

static bool column_bytes(sqlite3_stmt *s, int n, void *out, size_t len)
{
    if (sqlite3_column_bytes(s, n) != (int)len)
        return false;
    memcpy(out, sqlite3_column_blob(s, n), len);
    return true;
}

static int run(struct catalog *c, mimeo_ctx *ctx, enum statement which)
{
    int rc = sqlite3_step(c->statements[which]);
    int code = rc == SQLITE_DONE ? 0 : fail(c, ctx);
    sqlite3_reset(c->statements[which]);
    return code;
}

int catalog_find(struct catalog *c, mimeo_ctx *ctx, const char *id, struct catalog_article *out)
{
    sqlite3_stmt *s = c->statements[FIND];
    sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    int rc = sqlite3_step(s);
    int found = rc == SQLITE_ROW;
    if (found) {
        out->seq = (uint64_t)sqlite3_column_int64(s, 0);
        out->revision = (uint32_t)sqlite3_column_int64(s, 1);
        out->action = (enum record_action)sqlite3_column_int(s, 2);
        if (!column_bytes(s, 3, out->digest.bytes, DIGEST_LEN))
            memset(&out->digest, 0, sizeof(out->digest));
    } else if (rc != SQLITE_DONE) {
        found = fail(c, ctx);
    }
    sqlite3_reset(s);
    return found;
}

int catalog_put(struct catalog *c, mimeo_ctx *ctx, const char *id, const struct catalog_article *a)
{
    sqlite3_stmt *s = c->statements[PUT];
    sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    bind_number(s, 2, a->seq);
    bind_number(s, 3, a->revision);
    bind_number(s, 4, (uint64_t)a->action);
    bind_bytes(s, 5, a->digest.bytes, DIGEST_LEN);
    return run(c, ctx, PUT);
}

int catalog_find_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h, uint64_t *seq)
{
    sqlite3_stmt *s = c->statements[FIND_MEDIA];
    bind_bytes(s, 1, h->bytes, HASH_LEN);
    int rc = sqlite3_step(s);
    int found = rc == SQLITE_ROW;
    if (found)
        *seq = (uint64_t)sqlite3_column_int64(s, 0);
    else if (rc != SQLITE_DONE)
        found = fail(c, ctx);
    sqlite3_reset(s);
    return found;
}

int catalog_put_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h, uint64_t seq)
{
    bind_bytes(c->statements[PUT_MEDIA], 1, h->bytes, HASH_LEN);
    bind_number(c->statements[PUT_MEDIA], 2, seq);
    return run(c, ctx, PUT_MEDIA);
}

int catalog_remove_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h)
{
    bind_bytes(c->statements[REMOVE_MEDIA], 1, h->bytes, HASH_LEN);
    return run(c, ctx, REMOVE_MEDIA);
}

int catalog_put_erasure(struct catalog *c, mimeo_ctx *ctx, uint64_t seq, int64_t time,
                        struct view record)
{
    bind_number(c->statements[PUT_ERASURE], 1, seq);
    sqlite3_bind_int64(c->statements[PUT_ERASURE], 2, time);
    bind_bytes(c->statements[PUT_ERASURE], 3, record.ptr, record.len);
    return run(c, ctx, PUT_ERASURE);
}

int catalog_each_erasure(struct catalog *c, mimeo_ctx *ctx, int64_t since,
                         int (*fn)(uint64_t seq, struct view record, void *payload), void *payload)
{
    sqlite3_stmt *s = c->statements[EACH_ERASURE];
    sqlite3_bind_int64(s, 1, since);
    int rc, code = 0;
    while (code == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW)
        code = fn((uint64_t)sqlite3_column_int64(s, 0),
                  view_of(sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1)), payload);
    if (code == 0 && rc != SQLITE_DONE)
        code = fail(c, ctx);
    sqlite3_reset(s);
    return code;
}

int catalog_commit(struct catalog *c, mimeo_ctx *ctx, uint64_t seq, const struct hash *head)
{
    bind_number(c->statements[SET_STATE], 1, SCHEMA_VERSION);
    bind_number(c->statements[SET_STATE], 2, seq);
    bind_bytes(c->statements[SET_STATE], 3, head->bytes, HASH_LEN);
    int rc = run(c, ctx, SET_STATE);
    if (rc == 0 && sqlite3_exec(c->db, "COMMIT; BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        rc = fail(c, ctx);
    return rc;
}

/* ---- digests ---- */

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
    struct buf b;
    buf_init(&b, 2 * LIMIT_RECORD);
    int rc = record_write(&b, ctx, r->id, &plain);
    if (rc == 0) {
        hash_state s;
        hash_init(&s);
        hash_update(&s, buf_view(&b));
        hash_update(&s, body);
        struct hash h = hash_final(&s);
        memcpy(out->bytes, h.bytes, DIGEST_LEN);
    }
    buf_dispose(&b);
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
    struct catalog_article a = {x->held->seq, r->revision, r->action, {{0}}};
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
    sqlite3_stmt *s = c->statements[GET_STATE];
    struct hash head;
    uint64_t seq = 0;
    bind_number(s, 1, SCHEMA_VERSION);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW && column_bytes(s, 1, head.bytes, HASH_LEN))
        seq = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
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
    if (from == 0 && sqlite3_exec(c->db, "DELETE FROM article; DELETE FROM media; DELETE FROM erasure;"
                                         "DELETE FROM state", NULL, NULL, NULL) != SQLITE_OK)
        return fail(c, ctx);
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
