/*
 * The tables, and putting bundles in.
 *
 * A place is kept as (seq, back) with back = -(block << 32 | line), so that "newest first, and within a bundle in
 * its order" is one falling order that an index serves, and "the latest wins" compares the same columns; but what joins wins over
 * what does not, whatever its number: else whoever has the key could replace every article by one far ahead.
 * `stands` is the bundle at which a record counts, which is its own but for one that restates an erasure.
 *
 * There are no titles and no texts in it, but ids and bylines are words about people too: secure_delete
 * overwrites what is removed.
 */
#include "library/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library/index_inside.h"

static const char settings[] =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA cache_size=-8192;";
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS publisher(pid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, mark BLOB, "
    "  epoch INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS bundle(pid INTEGER, seq INTEGER, hash BLOB, verdict INTEGER, "
    "  inode INTEGER, seconds INTEGER, nanoseconds INTEGER, PRIMARY KEY(pid, seq)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS erased(pid INTEGER, seq INTEGER, block INTEGER, "
    "  PRIMARY KEY(pid, seq, block)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS article(pid INTEGER, id TEXT, seq INTEGER, back INTEGER, time INTEGER, "
    "  action INTEGER, section TEXT, lang TEXT, bylines TEXT, joined INTEGER, stands INTEGER, PRIMARY KEY(pid, id)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS newest ON article(pid, time DESC, seq DESC, back DESC);"
    "COMMIT;";

#define PUT_LATEST                                                                                        \
    "INSERT INTO article VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) ON CONFLICT(pid, id) DO UPDATE SET "  \
    "seq=excluded.seq, back=excluded.back, time=excluded.time, action=excluded.action, "                  \
    "section=excluded.section, lang=excluded.lang, bylines=excluded.bylines, joined=excluded.joined, "    \
    "stands=excluded.stands "                                                                             \
    "WHERE (excluded.joined, excluded.stands, excluded.stands=excluded.seq, excluded.seq, -excluded.back)" \
    ">=(joined, stands, stands=seq, seq, -back)"
#define EACH_NEWEST_FIRST                                                                             \
    "SELECT id, time, seq, back, action, section, lang, bylines FROM article INDEXED BY newest "      \
    "WHERE pid=?1 AND (time, seq, back)<(?2,?3,?4) ORDER BY time DESC, seq DESC, back DESC"

static const char *const sql[IX_STATEMENTS] = {
    [IX_PUBLISHER] = "SELECT pid FROM publisher WHERE id=?1",
    [IX_ADD_PUBLISHER] = "INSERT OR IGNORE INTO publisher(id) VALUES(?1)",
    [IX_GET_MARK] = "SELECT mark, epoch FROM publisher WHERE pid=?1",
    [IX_SET_MARK] = "UPDATE publisher SET mark=?2 WHERE pid=?1 AND epoch=?3",
    [IX_UNMARK] = "UPDATE publisher SET mark=NULL WHERE pid=?1",
    [IX_NEXT_EPOCH] = "UPDATE publisher SET mark=NULL, epoch=epoch+1 WHERE pid=?1",
    [IX_EACH_PUBLISHER] = "SELECT id FROM publisher ORDER BY pid",
    [IX_DROP_PUBLISHER] = "DELETE FROM publisher WHERE pid=?1",
    [IX_FIND_BUNDLE] = "SELECT hash, verdict FROM bundle WHERE pid=?1 AND seq=?2",
    [IX_PUT_BUNDLE] = "INSERT OR REPLACE INTO bundle VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [IX_EACH_BUNDLE] = "SELECT seq, verdict FROM bundle WHERE pid=?1 ORDER BY seq",
    [IX_TOP_JOINED] = "SELECT seq, hash FROM bundle WHERE pid=?1 AND verdict=0 ORDER BY seq DESC LIMIT 1",
    [IX_LOOK_AGAIN] = "UPDATE bundle SET verdict=-1 WHERE pid=?1 AND seq=?2",
    [IX_COUNT_BUNDLES] = "SELECT count(*) FROM bundle WHERE pid=?1",
    [IX_DROP_BUNDLES] = "DELETE FROM bundle WHERE pid=?1",
    [IX_BAD_BUNDLES] = "SELECT seq, inode, seconds, nanoseconds FROM bundle WHERE pid=?1 AND inode IS NOT NULL",
    [IX_FIND_ERASED] = "SELECT 1 FROM erased WHERE pid=?1 AND seq=?2 AND block=?3",
    [IX_PUT_ERASED] = "INSERT OR IGNORE INTO erased VALUES(?1,?2,?3)",
    [IX_DROP_ERASED] = "DELETE FROM erased WHERE pid=?1",
    [IX_PUT] = PUT_LATEST,
    [IX_FIND] = "SELECT time, seq, back FROM article WHERE pid=?1 AND id=?2",
    [IX_FIND_PREFIX] = "SELECT id FROM article WHERE pid=?1 AND id>=?2 AND id<?3 ORDER BY id LIMIT 2",
    [IX_EACH] = EACH_NEWEST_FIRST,
    [IX_DROP_OF_BUNDLE] = "DELETE FROM article WHERE pid=?1 AND seq=?2",
    [IX_COUNT_OF_BUNDLE] = "SELECT count(*) FROM article WHERE pid=?1 AND seq=?2",
    [IX_DROP_ARTICLES] = "DELETE FROM article WHERE pid=?1",
    [IX_COUNT_ARTICLES] = "SELECT count(*) FROM article WHERE pid=?1",
};
static const struct database_plan plan = {settings, schema, sql, IX_STATEMENTS, 3};

/* ---- places ---- */

static int64_t back_of(uint32_t block, uint32_t line)
{
    return -(int64_t)((uint64_t)block << 32 | line);
}

static void place_set_back(struct place *p, int64_t back)
{
    uint64_t at = (uint64_t)-back;
    p->block = (uint32_t)(at >> 32);
    p->line = (uint32_t)at;
}

/* ---- opening ---- */

int index_open(struct index **out, mimeo_ctx *ctx, const char *library, bool write)
{
    struct index *x = calloc(1, sizeof(*x));
    char *path = path_join(library, "catalog.sqlite");
    int rc = x == NULL || path == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = database_open(&x->db, ctx, path, &plan, write ? DATABASE_WRITE : DATABASE_READ);
    free(path);
    if (rc < 0) {
        free(x);
        return rc;
    }
    *out = x;
    return 0;
}

void index_close(struct index *x)
{
    if (x == NULL)
        return;
    database_close(x->db);
    free(x);
}

bool index_is_writable(const struct index *x)
{
    return x->db->mode == DATABASE_WRITE;
}

bool index_is_spoilt(const struct index *x)
{
    return database_is_spoilt(x->db);
}

void index_discard(struct index *x)
{
    char *path = x->db->mode == DATABASE_WRITE ? strdup(x->db->path) : NULL;
    index_close(x);
    if (path != NULL)
        database_remove(path);
    free(path);
}

/* ---- publishers ---- */

static int find_publisher(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, uint64_t *pid)
{
    database_bind_bytes(x->db, IX_PUBLISHER, 1, view_of(publisher->bytes, HASH_LEN));
    int rc = database_step(x->db, ctx, IX_PUBLISHER);
    if (rc == 1) {
        *pid = database_number(x->db, IX_PUBLISHER, 0);
        database_reset(x->db, IX_PUBLISHER);
    }
    return rc;
}

int index_publisher(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, bool make, uint64_t *pid)
{
    int rc = find_publisher(x, ctx, publisher, pid);
    if (rc != 0 || !make)
        return rc;
    database_bind_bytes(x->db, IX_ADD_PUBLISHER, 1, view_of(publisher->bytes, HASH_LEN));
    rc = database_do(x->db, ctx, IX_ADD_PUBLISHER);
    return rc == 0 ? find_publisher(x, ctx, publisher, pid) : rc;
}

int index_each_publisher(struct index *x, mimeo_ctx *ctx, int (*fn)(const struct hash *publisher, void *payload),
                         void *payload)
{
    struct hash publisher;
    int rc;
    while ((rc = database_step(x->db, ctx, IX_EACH_PUBLISHER)) == 1) {
        if (!database_exact(x->db, IX_EACH_PUBLISHER, 0, publisher.bytes, HASH_LEN))
            continue;
        int code = fn(&publisher, payload);
        if (code != 0) {
            database_reset(x->db, IX_EACH_PUBLISHER);
            return code;
        }
    }
    return rc;
}

static int do_with(struct index *x, mimeo_ctx *ctx, int s, uint64_t pid)
{
    database_bind_number(x->db, s, 1, pid);
    return database_do(x->db, ctx, s);
}

int index_empty(struct index *x, mimeo_ctx *ctx, uint64_t pid)
{
    int rc = database_run(x->db, ctx, "BEGIN IMMEDIATE");
    if (rc < 0)
        return rc;
    rc = do_with(x, ctx, IX_NEXT_EPOCH, pid);
    if (rc == 0)
        rc = do_with(x, ctx, IX_DROP_ARTICLES, pid);
    if (rc == 0)
        rc = do_with(x, ctx, IX_DROP_ERASED, pid);
    if (rc == 0)
        rc = do_with(x, ctx, IX_DROP_BUNDLES, pid);
    int end = database_run(x->db, ctx, rc == 0 ? "COMMIT" : "ROLLBACK");
    return rc == 0 ? end : rc;
}

int index_forget(struct index *x, mimeo_ctx *ctx, const struct hash *publisher)
{
    uint64_t pid;
    int rc = index_publisher(x, ctx, publisher, false, &pid);
    if (rc != 1)
        return rc;
    rc = index_empty(x, ctx, pid);
    return rc == 0 ? do_with(x, ctx, IX_DROP_PUBLISHER, pid) : rc;
}

int index_unmark(struct index *x, mimeo_ctx *ctx, uint64_t pid)
{
    return do_with(x, ctx, IX_UNMARK, pid);
}

static int count(struct index *x, mimeo_ctx *ctx, int s, uint64_t pid, uint64_t *out)
{
    database_bind_number(x->db, s, 1, pid);
    int rc = database_step(x->db, ctx, s);
    if (rc == 1) {
        *out = database_number(x->db, s, 0);
        database_reset(x->db, s);
    }
    return rc < 0 ? rc : 0;
}

int index_count(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, uint64_t *bundles, uint64_t *articles)
{
    uint64_t pid;
    *bundles = *articles = 0;
    int rc = index_publisher(x, ctx, publisher, false, &pid);
    if (rc == 1)
        rc = count(x, ctx, IX_COUNT_BUNDLES, pid, bundles);
    return rc == 0 ? count(x, ctx, IX_COUNT_ARTICLES, pid, articles) : rc;
}

int index_has_bad(struct index *x, mimeo_ctx *ctx, const struct hash *publisher)
{
    uint64_t pid;
    int rc = index_publisher(x, ctx, publisher, false, &pid);
    if (rc != 1)
        return rc;
    database_bind_number(x->db, IX_BAD_BUNDLES, 1, pid);
    rc = database_step(x->db, ctx, IX_BAD_BUNDLES);
    if (rc == 1)
        database_reset(x->db, IX_BAD_BUNDLES);
    return rc;
}

/* ---- putting in ---- */

struct putting {
    struct index *x;
    mimeo_ctx *ctx;
    uint64_t pid;
    struct held_bundle *h;
    struct buf bylines;
};

static int join_bylines(struct putting *p, const struct record *r)
{
    buf_clear(&p->bylines);
    for (size_t i = 0; i < r->byline_count; i++) {
        if (i > 0)
            buf_append_byte(&p->bylines, '\n');
        buf_append_str(&p->bylines, r->bylines[i]);
    }
    return buf_status(&p->bylines) < 0 ? ctx_error_nomem(p->ctx) : 0;
}

/* A bundle whose block this record wants erased is looked at again, if it was put in before that was done. */
static int mark_target(struct putting *p, const struct record_erase *e)
{
    struct database *db = p->x->db;
    if (e->table != ERASE_CATALOG)
        return 0;
    database_bind_number(db, IX_FIND_ERASED, 1, p->pid);
    database_bind_number(db, IX_FIND_ERASED, 2, e->seq);
    database_bind_number(db, IX_FIND_ERASED, 3, e->block);
    int rc = database_step(db, p->ctx, IX_FIND_ERASED);
    if (rc == 1)
        database_reset(db, IX_FIND_ERASED);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    database_bind_number(db, IX_LOOK_AGAIN, 1, p->pid);
    database_bind_number(db, IX_LOOK_AGAIN, 2, e->seq);
    return database_do(db, p->ctx, IX_LOOK_AGAIN);
}

static int put_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    struct putting *p = payload;
    struct database *db = p->x->db;
    int rc = join_bylines(p, r);
    if (rc < 0)
        return rc;
    database_bind_number(db, IX_PUT, 1, p->pid);
    database_bind_text(db, IX_PUT, 2, r->id);
    database_bind_number(db, IX_PUT, 3, p->h->seq);
    database_bind_signed(db, IX_PUT, 4, back_of(block, line));
    database_bind_signed(db, IX_PUT, 5, r->has_published ? r->published : p->h->bundle.header.time);
    database_bind_number(db, IX_PUT, 6, (uint64_t)r->action);
    database_bind_text(db, IX_PUT, 7, r->section);
    database_bind_text(db, IX_PUT, 8, r->lang);
    database_bind_text(db, IX_PUT, 9, p->bylines.len > 0 ? buf_str(&p->bylines) : NULL);
    database_bind_number(db, IX_PUT, 10, p->h->verdict == MIMEO_GOOD);
    database_bind_number(db, IX_PUT, 11, record_stands_in(r, p->h->seq));
    rc = database_do(db, p->ctx, IX_PUT);
    for (size_t i = 0; rc == 0 && i < r->erase_count; i++)
        rc = mark_target(p, &r->erase[i]);
    return rc;
}

/* Note which catalog blocks are zeros; their records are gone from here. */
static int put_erased(struct putting *p)
{
    struct block_entry e;
    struct view packed;
    size_t blocks = bundle_block_count(&p->h->bundle, BUNDLE_CATALOG);
    int rc = 0;
    for (size_t n = 0; rc == 0 && n < blocks; n++) {
        rc = bundle_block(&p->h->bundle, p->ctx, BUNDLE_CATALOG, n, &e, &packed);
        if (rc < 0 || !view_is_zero(packed))
            continue;
        database_bind_number(p->x->db, IX_PUT_ERASED, 1, p->pid);
        database_bind_number(p->x->db, IX_PUT_ERASED, 2, p->h->seq);
        database_bind_number(p->x->db, IX_PUT_ERASED, 3, n);
        rc = database_do(p->x->db, p->ctx, IX_PUT_ERASED);
    }
    return rc;
}

int index_put_bundle(struct index *x, mimeo_ctx *ctx, uint64_t pid, uint64_t seq, const struct hash *hash, int verdict,
                     const struct file_stamp *stamp)
{
    struct database *db = x->db;
    database_bind_number(db, IX_PUT_BUNDLE, 1, pid);
    database_bind_number(db, IX_PUT_BUNDLE, 2, seq);
    database_bind_bytes(db, IX_PUT_BUNDLE, 3, view_of(hash->bytes, HASH_LEN));
    database_bind_signed(db, IX_PUT_BUNDLE, 4, verdict);
    database_bind_text(db, IX_PUT_BUNDLE, 5, NULL);
    database_bind_text(db, IX_PUT_BUNDLE, 6, NULL);
    database_bind_text(db, IX_PUT_BUNDLE, 7, NULL);
    if (stamp != NULL) {
        database_bind_number(db, IX_PUT_BUNDLE, 5, stamp->inode);
        database_bind_signed(db, IX_PUT_BUNDLE, 6, stamp->seconds);
        database_bind_signed(db, IX_PUT_BUNDLE, 7, stamp->nanoseconds);
    }
    return database_do(db, ctx, IX_PUT_BUNDLE);
}

/* Rows that name this bundle. */
static int count_of_bundle(struct putting *p, uint64_t *out)
{
    database_bind_number(p->x->db, IX_COUNT_OF_BUNDLE, 2, p->h->seq);
    return count(p->x, p->ctx, IX_COUNT_OF_BUNDLE, p->pid, out);
}

/* Was it put in before?  Then its rows are removed, to be put in as they are now: *rows were there.  *other: it was
 * another bundle of that number. */
static int take_out(struct putting *p, uint64_t *rows, bool *other)
{
    struct database *db = p->x->db;
    struct hash before;
    *rows = 0;
    *other = false;
    database_bind_number(db, IX_FIND_BUNDLE, 1, p->pid);
    database_bind_number(db, IX_FIND_BUNDLE, 2, p->h->seq);
    int rc = database_step(db, p->ctx, IX_FIND_BUNDLE);
    if (rc <= 0)
        return rc;
    *other = !database_exact(db, IX_FIND_BUNDLE, 0, before.bytes, HASH_LEN) ||
             !hash_equal(&before, &p->h->bundle.header.hash);
    database_reset(db, IX_FIND_BUNDLE);
    rc = count_of_bundle(p, rows);
    database_bind_number(db, IX_DROP_OF_BUNDLE, 1, p->pid);
    database_bind_number(db, IX_DROP_OF_BUNDLE, 2, p->h->seq);
    return rc == 0 ? database_do(db, p->ctx, IX_DROP_OF_BUNDLE) : rc;
}

static int put_all(struct putting *p)
{
    static const struct hash none;
    size_t erased;
    uint64_t before, now = 0;
    bool other;
    struct held_bundle *h = p->h;
    int rc = take_out(p, &before, &other);
    if (rc == 0)
        rc = index_unmark(p->x, p->ctx, p->pid);
    if (rc == 0)
        rc = bundle_each_record(&h->bundle, p->ctx, h->name, put_record, p, &erased);
    if (rc == 0)
        rc = put_erased(p);
    if (rc == 0)
        rc = index_put_bundle(p->x, p->ctx, p->pid, h->seq, &h->bundle.header.hash, (int)h->verdict, NULL);
    if (rc == 0 && before > 0)
        rc = count_of_bundle(p, &now);
    /* An article's latest word went away, and what was said of it before is not kept here.  A bundle 0, which
     * nobody holds, has the next refresh make all rows again. */
    if (rc == 0 && before > 0 && (other || now < before))
        rc = index_put_bundle(p->x, p->ctx, p->pid, 0, &none, LOOK_AGAIN, NULL);
    return rc;
}

int index_put_records(struct index *x, mimeo_ctx *ctx, uint64_t pid, struct held_bundle *h)
{
    struct putting p = {x, ctx, pid, h, {0}};
    int rc = database_run(x->db, ctx, "BEGIN IMMEDIATE");
    if (rc < 0)
        return rc;
    buf_init(&p.bylines, LIMIT_LIST * (LIMIT_LIST_ITEM + 1));
    rc = put_all(&p);
    buf_dispose(&p.bylines);
    struct mimeo_ctx after;
    ctx_init_worker(&after, ctx);
    int end = database_run(x->db, rc == 0 ? ctx : &after, rc == 0 ? "COMMIT" : "ROLLBACK");
    return rc == 0 ? end : rc;
}

int index_bundle(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, struct held_bundle *h)
{
    uint64_t pid;
    int rc = index_publisher(x, ctx, publisher, true, &pid);
    return rc < 0 ? rc : index_put_records(x, ctx, pid, h);
}

/* ---- asking ---- */

int index_find(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, const char *id, struct place *out)
{
    uint64_t pid;
    int rc = index_publisher(x, ctx, publisher, false, &pid);
    if (rc != 1)
        return rc;
    database_bind_number(x->db, IX_FIND, 1, pid);
    database_bind_text(x->db, IX_FIND, 2, id);
    rc = database_step(x->db, ctx, IX_FIND);
    if (rc == 1) {
        out->time = database_signed(x->db, IX_FIND, 0);
        out->seq = database_number(x->db, IX_FIND, 1);
        place_set_back(out, database_signed(x->db, IX_FIND, 2));
        database_reset(x->db, IX_FIND);
    }
    return rc;
}

int index_find_prefix(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, const char *prefix,
                      char out[LIMIT_ARTICLE_ID + 1])
{
    char end[LIMIT_ARTICLE_ID + 2];
    uint64_t pid;
    int found = 0;
    if (strlen(prefix) > LIMIT_ARTICLE_ID)
        return 0;
    strcpy(end, prefix);
    strcat(end, "\x7F"); /* above every byte of an id */
    int rc = index_publisher(x, ctx, publisher, false, &pid);
    if (rc != 1)
        return rc;
    database_bind_number(x->db, IX_FIND_PREFIX, 1, pid);
    database_bind_text(x->db, IX_FIND_PREFIX, 2, prefix);
    database_bind_text(x->db, IX_FIND_PREFIX, 3, end);
    while ((rc = database_step(x->db, ctx, IX_FIND_PREFIX)) == 1) {
        const char *id = database_text(x->db, IX_FIND_PREFIX, 0);
        if (found++ == 0 && strlen(id) <= LIMIT_ARTICLE_ID)
            strcpy(out, id);
    }
    return rc < 0 ? rc : found;
}

int index_each(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, const struct place *after,
               int (*fn)(const struct index_row *row, void *payload), void *payload)
{
    struct database *db = x->db;
    uint64_t pid;
    int rc = index_publisher(x, ctx, publisher, false, &pid);
    if (rc != 1)
        return rc;
    database_bind_number(db, IX_EACH, 1, pid);
    database_bind_signed(db, IX_EACH, 2, after == NULL ? INT64_MAX : after->time);
    database_bind_signed(db, IX_EACH, 3, after == NULL ? INT64_MAX : (int64_t)after->seq);
    database_bind_signed(db, IX_EACH, 4, after == NULL ? INT64_MAX : back_of(after->block, after->line));
    while ((rc = database_step(db, ctx, IX_EACH)) == 1) {
        struct index_row row = {.id = database_text(db, IX_EACH, 0),
                                .action = (enum record_action)database_number(db, IX_EACH, 4),
                                .section = database_text(db, IX_EACH, 5),
                                .lang = database_text(db, IX_EACH, 6),
                                .bylines = database_text(db, IX_EACH, 7)};
        row.place.time = database_signed(db, IX_EACH, 1);
        row.place.seq = database_number(db, IX_EACH, 2);
        place_set_back(&row.place, database_signed(db, IX_EACH, 3));
        int code = fn(&row, payload);
        if (code != 0) {
            database_reset(db, IX_EACH);
            return code;
        }
    }
    return rc;
}
