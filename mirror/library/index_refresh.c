/*
 * Bringing the catalog to what is held.
 *
 * A publisher's mark is a hash over the head and the numbers of all bundles held: while it fits, nothing is looked
 * at.  Where it does not, what was added is put in; where anything that was put in is gone or is no longer of the
 * history, all of the publisher's rows are made again, since only the latest word on an article is kept.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "library/index_inside.h"

struct refreshing {
    struct index *x;
    mimeo_ctx *ctx;
    mimeo_mirror *m;
    uint64_t pid;
    uint64_t epoch; /* changes when all rows are thrown away: a mark for those before must not be set then */
    uint64_t *look; /* seqs to look at, ascending */
    size_t look_count;
    bool gone;      /* something that was put in is no longer held */
    struct held_bundle *h;
    uint64_t done;
};

/* ---- the mark ---- */

static struct hash mark_of(const mimeo_mirror *m)
{
    static const struct hash none;
    hash_state s;
    hash_init(&s);
    hash_update(&s, view_of(m->anchor == NULL ? none.bytes : m->anchor->hash.bytes, HASH_LEN));
    hash_update(&s, view_of(&m->chain.count, sizeof(m->chain.count)));
    hash_update(&s, view_of(m->seqs, m->seq_count * sizeof(*m->seqs)));
    return hash_final(&s);
}

static bool stamp_of(struct file_stamp *out, const mimeo_mirror *m, uint64_t seq)
{
    char name[STORE_NAME_MAX];
    struct stat st;
    store_name_bundle(name, seq);
    char *path = path_join(store_path(m->store), name);
    bool there = path != NULL && stat(path, &st) == 0;
    free(path);
    if (there)
        *out = (struct file_stamp){(uint64_t)st.st_ino, (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec};
    return there;
}

/* Is each bundle that could not be put in still the same file?  1, 0. */
static int bad_are_unchanged(struct refreshing *r)
{
    struct database *db = r->x->db;
    struct file_stamp is;
    int rc, same = 1;
    database_bind_number(db, IX_BAD_BUNDLES, 1, r->pid);
    while ((rc = database_step(db, r->ctx, IX_BAD_BUNDLES)) == 1)
        same &= stamp_of(&is, r->m, database_number(db, IX_BAD_BUNDLES, 0)) &&
                is.inode == database_number(db, IX_BAD_BUNDLES, 1) && is.seconds == database_signed(db, IX_BAD_BUNDLES, 2) &&
                is.nanoseconds == database_signed(db, IX_BAD_BUNDLES, 3);
    return rc < 0 ? rc : same;
}

/* 1: right as it is. */
static int is_right(struct refreshing *r)
{
    struct hash is, want = mark_of(r->m);
    database_bind_number(r->x->db, IX_GET_MARK, 1, r->pid);
    int rc = database_step(r->x->db, r->ctx, IX_GET_MARK);
    if (rc <= 0)
        return rc;
    r->epoch = database_number(r->x->db, IX_GET_MARK, 1);
    bool fits = database_exact(r->x->db, IX_GET_MARK, 0, is.bytes, HASH_LEN) && hash_equal(&is, &want);
    database_reset(r->x->db, IX_GET_MARK);
    return fits ? bad_are_unchanged(r) : 0;
}

static int set_mark(struct refreshing *r)
{
    struct hash mark = mark_of(r->m);
    database_bind_number(r->x->db, IX_SET_MARK, 1, r->pid);
    database_bind_bytes(r->x->db, IX_SET_MARK, 2, view_of(mark.bytes, HASH_LEN));
    database_bind_number(r->x->db, IX_SET_MARK, 3, r->epoch);
    int rc = database_do(r->x->db, r->ctx, IX_SET_MARK);
    if (rc == 0 && sqlite3_changes(r->x->db->handle) == 0)
        rc = ctx_error(r->ctx, MIMEO_EBUSY, "another mimeo is making the catalog again: run again");
    return rc;
}

/* ---- what has to be looked at ---- */

/* Is the newest joined bundle that was put in still of the history?  Then all below it is. */
static int top_still_joins(struct refreshing *r)
{
    struct database *db = r->x->db;
    struct hash hash;
    database_bind_number(db, IX_TOP_JOINED, 1, r->pid);
    int rc = database_step(db, r->ctx, IX_TOP_JOINED);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    uint64_t seq = database_number(db, IX_TOP_JOINED, 0);
    bool whole = database_exact(db, IX_TOP_JOINED, 1, hash.bytes, HASH_LEN);
    database_reset(db, IX_TOP_JOINED);
    if (!whole || r->m->anchor == NULL || seq > r->m->anchor->seq)
        return 0;
    rc = join_path(r->ctx, r->m->anchor, seq, &hash, mirror_fetch_header, r->m);
    return rc == MIMEO_EINCOMPLETE ? 0 : rc;
}

/* Compare the seqs held with those put in. */
static int compare_holdings(struct refreshing *r)
{
    struct database *db = r->x->db;
    const uint64_t *seqs = r->m->seqs;
    size_t i = 0, n = r->m->seq_count;
    int rc;
    database_bind_number(db, IX_EACH_BUNDLE, 1, r->pid);
    while ((rc = database_step(db, r->ctx, IX_EACH_BUNDLE)) == 1) {
        uint64_t seq = database_number(db, IX_EACH_BUNDLE, 0);
        while (i < n && seqs[i] < seq)
            r->look[r->look_count++] = seqs[i++];
        if (i == n || seqs[i] != seq)
            r->gone = true;
        else if (database_signed(db, IX_EACH_BUNDLE, 1) != MIMEO_GOOD)
            r->look[r->look_count++] = seqs[i++];
        else
            i++;
    }
    while (i < n)
        r->look[r->look_count++] = seqs[i++];
    return rc;
}

static int begin_again(struct refreshing *r)
{
    int rc = index_empty(r->x, r->ctx, r->pid);
    r->epoch++;
    if (r->m->seq_count > 0)
        memcpy(r->look, r->m->seqs, r->m->seq_count * sizeof(*r->look));
    r->look_count = r->m->seq_count;
    r->gone = false;
    return rc;
}

/* ---- looking ---- */

/* What was put in under this number: 1 and its verdict. */
static int verdict_before(struct refreshing *r, int64_t *verdict)
{
    struct database *db = r->x->db;
    database_bind_number(db, IX_FIND_BUNDLE, 1, r->pid);
    database_bind_number(db, IX_FIND_BUNDLE, 2, r->h->seq);
    int rc = database_step(db, r->ctx, IX_FIND_BUNDLE);
    if (rc == 1) {
        *verdict = database_signed(db, IX_FIND_BUNDLE, 1);
        database_reset(db, IX_FIND_BUNDLE);
    }
    return rc;
}

/* One that cannot be put in is remembered as that, with what its file was. */
static int put_bad(struct refreshing *r, enum mimeo_verdict verdict)
{
    static const struct hash none;
    struct file_stamp stamp = {0};
    int64_t before;
    int rc = verdict_before(r, &before);
    if (rc < 0)
        return rc;
    if (rc == 1 && (before == MIMEO_UNJOINED || before == LOOK_AGAIN)) {
        r->gone = true; /* its records are in: they have to go */
        return 0;
    }
    stamp_of(&stamp, r->m, r->h->seq);
    return index_put_bundle(r->x, r->ctx, r->pid, r->h->seq, &none, (int)verdict, &stamp);
}

/* Blocks that were not hashed yet are hashed as their records are read; a fault among them makes the bundle bad. */
static int put_loaded(struct refreshing *r)
{
    struct held_bundle *h = r->h;
    if (h->verdict != MIMEO_GOOD && h->verdict != MIMEO_UNJOINED)
        return put_bad(r, h->verdict);
    int rc = index_put_records(r->x, r->ctx, r->pid, h);
    if (rc == MIMEO_EFORGED || rc == MIMEO_EMALFORMED || rc == MIMEO_ENEWER)
        return put_bad(r, mimeo_verdict_of_code(rc));
    return rc;
}

static int look_alone(struct refreshing *r, uint64_t seq)
{
    int rc = held_load(r->h, r->m, r->ctx, seq);
    if (rc < 0)
        return rc;
    held_judge(r->h, r->m, r->ctx);
    rc = held_join_alone(r->h, r->m, r->ctx);
    if (rc == 0)
        rc = put_loaded(r);
    held_dispose(r->h);
    return rc;
}

static int step(struct refreshing *r)
{
    ctx_progress(r->ctx, "noting what is held", ++r->done, r->look_count, "bundles");
    return ctx_check_cancel(r->ctx);
}

static int look_at_few(struct refreshing *r)
{
    int rc = 0;
    for (size_t i = r->look_count; rc == 0 && !r->gone && i-- > 0;) {
        rc = look_alone(r, r->look[i]);
        if (rc == 0)
            rc = step(r);
    }
    return rc;
}

/* All at once: a walk joins each in one step, where looking alone takes a path of them. */
static int look_at_all(struct refreshing *r)
{
    struct header_walk walk;
    int rc = mirror_walk_init(&walk, r->m, r->ctx);
    if (rc < 0)
        return rc;
    for (size_t i = r->m->seq_count; rc == 0 && !r->gone && i-- > 0;) {
        rc = held_load(r->h, r->m, r->ctx, r->m->seqs[i]);
        if (rc < 0)
            break;
        held_judge(r->h, r->m, r->ctx);
        held_join(r->h, r->m, &walk, r->ctx);
        rc = put_loaded(r);
        held_dispose(r->h);
        if (rc == 0)
            rc = step(r);
    }
    header_walk_dispose(&walk);
    return rc;
}

static int look(struct refreshing *r)
{
    r->done = 0;
    return r->look_count == r->m->seq_count && r->look_count > 8 ? look_at_all(r) : look_at_few(r);
}

/* ---- refreshing ---- */

static int bring_up_to_date(struct refreshing *r, bool from_nothing)
{
    r->look = calloc(r->m->seq_count + 1, sizeof(*r->look));
    r->h = malloc(sizeof(*r->h));
    if (r->look == NULL || r->h == NULL)
        return ctx_error_nomem(r->ctx);
    int rc = 0, joins = from_nothing ? 0 : top_still_joins(r);
    if (joins == 1)
        rc = compare_holdings(r);
    if (joins < 0 || rc < 0)
        return joins < 0 ? joins : rc;
    if (joins == 0 || r->gone)
        rc = begin_again(r);
    if (rc == 0)
        rc = look(r);
    if (rc == 0 && r->gone) { /* something that was put in as unjoined turned out to be of no history */
        rc = begin_again(r);
        if (rc == 0)
            rc = look(r);
    }
    return rc == 0 ? set_mark(r) : rc;
}

static int refresh(struct index *x, mimeo_ctx *ctx, mimeo_mirror *m, bool from_nothing)
{
    struct refreshing r = {.x = x, .ctx = ctx, .m = m};
    int rc = index_publisher(x, ctx, &m->pin.publisher, index_is_writable(x), &r.pid);
    if (rc == 1)
        rc = is_right(&r);
    if (rc < 0 || (rc == 1 && !from_nothing))
        return rc < 0 ? rc : 0;
    if (!index_is_writable(x))
        return ctx_error(ctx, MIMEO_EIO, "the catalog is behind what is held, and cannot be written");
    rc = bring_up_to_date(&r, from_nothing);
    free(r.look);
    free(r.h);
    return rc;
}

int index_refresh(struct index *x, mimeo_ctx *ctx, mimeo_mirror *m)
{
    return refresh(x, ctx, m, false);
}

int index_rebuild(struct index *x, mimeo_ctx *ctx, mimeo_mirror *m)
{
    return refresh(x, ctx, m, true);
}
