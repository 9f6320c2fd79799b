/*
 * A git repository from a mirror's files.  Two passes: a survey of the catalogs (library/survey.h) says
 * where the history begins and which blocks were erased, then each bundle is checked once more, on the very
 * bytes that are committed: it is the one that the next one names, and every block of it is whole or was
 * ordered to go.
 */
#include "library/repository.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "library/change.h"
#include "library/survey.h"
#include "store/bare.h"

#define DICTIONARIES_MAX 512

struct making {
    mimeo_ctx *ctx;
    mimeo_mirror *mirror;
    struct bare *bare;
    struct survey survey;
    struct hash previous;      /* of the header before the one that comes */
    uint32_t charters_before;
    struct hash staged_dictionaries[DICTIONARIES_MAX];
    size_t staged_dictionary_count;
};

/* ---- a bundle, checked ---- */

struct checked {
    struct buf bytes; /* with what was erased made zero */
    struct bundle bundle;
    char name[STORE_NAME_MAX];
};

static void checked_dispose(struct checked *c)
{
    bundle_dispose(&c->bundle);
    buf_dispose(&c->bytes);
}

static int carry_out(struct checked *c, const struct making *m, uint64_t seq)
{
    const struct record_erase *order;
    size_t count = survey_orders_of(&order, &m->survey, seq);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++)
        if (order[i].table != ERASE_MEDIA)
            rc = change_erase_block(&c->bytes, m->ctx, &order[i]);
    return rc;
}

struct block_check {
    const struct making *m;
    const struct checked *c;
    uint64_t seq;
};

static int check_block(enum bundle_table t, size_t n, int code, enum block_state state, void *payload)
{
    const struct block_check *k = payload;
    struct block_entry entry;
    struct view packed;
    if (code < 0 || state != BLOCK_ZEROED)
        return code;
    int rc = bundle_block(&k->c->bundle, k->m->ctx, t, n, &entry, &packed);
    if (rc < 0)
        return rc;
    enum erase_table table = t == BUNDLE_CATALOG ? ERASE_CATALOG : ERASE_BODY;
    if (survey_orders(&k->m->survey, k->seq, table, (uint32_t)n, &entry.hash))
        return 0;
    return ctx_error(k->m->ctx, MIMEO_EFORGED, "%s: a block of zeros that nobody ordered: get bundle %llu again", k->c->name,
                     (unsigned long long)k->seq);
}

static int check(struct checked *c, struct making *m, uint64_t seq)
{
    const struct header *h = &c->bundle.header;
    if (h->seq != seq || !hash_equal(&h->prev, &m->previous))
        return ctx_error(m->ctx, MIMEO_EFORGED, "%s: changed while it was read, or is not what the next bundle names: run "
                         "'mimeo verify'", c->name);
    int rc = bundle_check_tables(&c->bundle, m->ctx, c->name);
    struct block_check k = {m, c, seq};
    if (rc == 0)
        rc = bundle_each_block(&c->bundle, m->ctx, c->name, check_block, &k);
    if (rc == 0)
        m->previous = h->hash;
    return rc;
}

static int load(struct checked *out, struct making *m, uint64_t seq)
{
    struct checked c = {.bundle = {.inflater = NULL}};
    struct stored s;
    store_name_bundle(c.name, seq);
    int rc = store_get_bundle(&s, m->mirror->store, m->ctx, seq);
    if (rc < 0)
        return rc;
    buf_init(&c.bytes, LIMIT_BUNDLE);
    if (buf_append_view(&c.bytes, s.view) < 0)
        rc = ctx_error_nomem(m->ctx);
    store_release(&s);
    if (rc == 0)
        rc = carry_out(&c, m, seq);
    if (rc == 0)
        rc = bundle_open(&c.bundle, m->ctx, c.name, buf_view(&c.bytes));
    if (rc < 0) {
        buf_dispose(&c.bytes);
        return rc;
    }
    rc = check(&c, m, seq);
    if (rc < 0)
        checked_dispose(&c);
    else
        *out = c;
    return rc;
}

/* ---- branch main ---- */

static bool is_staged(const struct making *m, const struct hash *h)
{
    for (size_t i = 0; i < m->staged_dictionary_count; i++)
        if (hash_equal(&m->staged_dictionaries[i], h))
            return true;
    return false;
}

static bool names_dictionary(const struct header *h, const struct hash *hash)
{
    for (size_t i = 0; i < h->dictionary_count; i++)
        if (hash_equal(&h->dictionaries[i].hash, hash))
            return true;
    return false;
}

static int stage_dictionary(struct making *m, const struct dictionary_ref *ref)
{
    struct view bytes;
    char name[STORE_NAME_MAX];
    int rc = mirror_dictionary(&bytes, m->ctx, ref, m->mirror);
    if (rc == 0 && m->staged_dictionary_count == DICTIONARIES_MAX)
        rc = ctx_error(m->ctx, MIMEO_EMALFORMED, "the bundles use more than %d dictionaries", DICTIONARIES_MAX);
    if (rc < 0)
        return rc;
    m->staged_dictionaries[m->staged_dictionary_count++] = ref->hash;
    store_name_dictionary(name, &ref->hash);
    return bare_stage(m->bare, m->ctx, BARE_MAIN, name, bytes);
}

/* What the first commit has of an older bundle.  `first`: that commit's header, which names its own dictionaries. */
static int stage_bundle(struct making *m, uint64_t seq, const struct header *first)
{
    struct checked c;
    int rc = load(&c, m, seq);
    if (rc < 0)
        return rc;
    rc = bare_stage(m->bare, m->ctx, BARE_MAIN, c.name, buf_view(&c.bytes));
    const struct header *h = &c.bundle.header;
    for (size_t i = 0; rc == 0 && i < h->dictionary_count; i++)
        if (!is_staged(m, &h->dictionaries[i].hash) && !names_dictionary(first, &h->dictionaries[i].hash))
            rc = stage_dictionary(m, &h->dictionaries[i]);
    checked_dispose(&c);
    return rc;
}

static int commit_bundle(struct making *m, uint64_t seq)
{
    struct checked c;
    struct change change;
    struct change_source source = {.chain = &m->mirror->chain,
                                   .charters_before = m->charters_before,
                                   .store = m->mirror->store,
                                   .carried_out = true};
    int rc = load(&c, m, seq);
    if (rc < 0)
        return rc;
    const struct header *h = &c.bundle.header;
    rc = change_of(&change, m->ctx, &c.bundle, &source);
    if (rc == 0) {
        rc = bare_commit(m->bare, m->ctx, BARE_MAIN, seq, h->time, change.orphan, change.files.items, change.files.count);
        m->charters_before = h->newest_version;
        change_dispose(&change);
    }
    checked_dispose(&c);
    return rc;
}

/* The header of a bundle that is held. */
static int header_of(struct header *out, struct making *m, uint64_t seq)
{
    struct stored s;
    struct prefix prefix;
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    struct note *note = calloc(1, sizeof(*note));
    int rc = note == NULL ? ctx_error_nomem(m->ctx) : store_get_bundle_front(&s, m->mirror->store, m->ctx, seq);
    if (rc == 0) {
        rc = prefix_parse(&prefix, m->ctx, name, s.view);
        if (rc == 0 && s.view.len < PREFIX_LEN + prefix.header_len)
            rc = ctx_error(m->ctx, MIMEO_EMALFORMED, "%s: is cut short: get it again", name);
        if (rc == 0)
            rc = header_parse(out, note, m->ctx, name, view_of(s.view.ptr + PREFIX_LEN, prefix.header_len));
        store_release(&s);
    }
    free(note);
    return rc;
}

/* The first commit has everything up to it. */
static int begin_main(struct making *m, uint64_t begins)
{
    struct header *first = calloc(1, sizeof(*first));
    int rc = first == NULL ? ctx_error_nomem(m->ctx) : header_of(first, m, begins);
    for (uint64_t seq = 1; rc == 0 && seq < begins; seq++) {
        rc = stage_bundle(m, seq, first);
        if (rc == 0)
            rc = ctx_check_cancel(m->ctx);
        ctx_progress(m->ctx, "making the git history", seq, m->mirror->head.seq, "bundles");
    }
    free(first);
    return rc == 0 ? commit_bundle(m, begins) : rc;
}

static int make_main(struct making *m, struct repository_result *out, uint64_t from)
{
    uint64_t head = m->mirror->head.seq;
    int rc = 0;
    for (uint64_t seq = from; rc == 0 && seq <= head; seq++) {
        rc = out->anew && seq == from ? begin_main(m, seq) : commit_bundle(m, seq);
        if (rc == 0)
            rc = ctx_check_cancel(m->ctx);
        out->commits++;
        ctx_progress(m->ctx, "making the git history", seq, head, "bundles");
    }
    if (rc == 0 && !hash_equal(&m->previous, &m->mirror->head.hash))
        rc = ctx_error(m->ctx, MIMEO_EBUSY, "the bundles changed while they were read: run it again");
    return rc;
}

/* ---- branch media ---- */

static int stage_picture(struct making *m, const struct surveyed_picture *p)
{
    struct stored s;
    char name[STORE_NAME_MAX];
    store_name_media(name, p->cited, &p->hash);
    int rc = store_get_media(&s, m->mirror->store, m->ctx, p->place, &p->hash);
    if (rc < 0)
        return rc;
    struct hash h = hash_of(s.view);
    rc = hash_equal(&h, &p->hash) ? bare_stage(m->bare, m->ctx, BARE_MEDIA, name, s.view)
                                  : ctx_error(m->ctx, MIMEO_EFORGED, "%s is damaged: get it again", name);
    store_release(&s);
    return rc;
}

static int commit_media(struct making *m, uint64_t seq)
{
    struct header *h = calloc(1, sizeof(*h));
    int rc = h == NULL ? ctx_error_nomem(m->ctx) : header_of(h, m, seq);
    if (rc == 0)
        rc = bare_commit(m->bare, m->ctx, BARE_MEDIA, seq, h->time, seq == m->survey.media_begins, NULL, 0);
    free(h);
    return rc;
}

/* One commit for each bundle that first cites a picture, the first of them with all up to where the branch begins. */
static int make_media(struct making *m, uint64_t done)
{
    const struct survey *s = &m->survey;
    uint64_t begins = s->media_begins > done ? s->media_begins : 0, open = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < s->picture_count; i++) {
        const struct surveyed_picture *p = &s->pictures[i];
        if (p->cited <= done || (done > 0 && p->place <= done) || survey_orders(s, p->cited, ERASE_MEDIA, 0, &p->hash))
            continue;
        uint64_t in = p->cited < begins ? begins : p->cited;
        if (open != 0 && in != open)
            rc = commit_media(m, open);
        open = in;
        if (rc == 0)
            rc = stage_picture(m, p);
        if (rc == 0)
            rc = ctx_check_cancel(m->ctx);
        ctx_progress(m->ctx, "making the git history", i + 1, s->picture_count, "pictures");
    }
    if (rc == 0 && open < begins && open == 0)
        open = begins; /* all were erased: a commit with nothing */
    return rc == 0 && open != 0 ? commit_media(m, open) : rc;
}

/* ---- all of it ---- */

/* How far the repository goes along our history: its newest commit's seq, 0 where it is of another. */
static int known_seq(uint64_t *out, struct making *m)
{
    struct buf note;
    struct note *parsed = calloc(1, sizeof(*parsed));
    struct header *h = calloc(1, sizeof(*h));
    *out = 0;
    int rc = parsed == NULL || h == NULL ? ctx_error_nomem(m->ctx) : bare_get_head(&note, m->bare, m->ctx);
    if (rc == 0) {
        const struct header *head = &m->mirror->head;
        bool ours = header_parse(h, parsed, m->ctx, "head", buf_view(&note)) == 0 && h->seq <= head->seq &&
                    h->seq == bare_seq(m->bare, BARE_MAIN);
        if (ours && h->seq == head->seq)
            ours = hash_equal(&h->hash, &head->hash);
        else if (ours)
            ours = join_path(m->ctx, head, h->seq, &h->hash, mirror_fetch_header, m->mirror) == 1;
        if (ours) {
            *out = h->seq;
            m->previous = h->hash;
            m->charters_before = h->newest_version;
        }
        buf_dispose(&note);
    }
    free(parsed);
    free(h);
    return rc == MIMEO_ENOTFOUND ? 0 : rc;
}

/* Pictures are surveyed where there can be any and somebody wants them. */
static int survey(struct making *m, struct repository_result *out, uint64_t *known, bool no_media)
{
    uint64_t mark = 0;
    bool wanted = !no_media && m->mirror->head.archive_media > 0;
    int rc = bare_get_media_mark(&mark, m->bare, m->ctx);
    if (rc == 0)
        rc = survey_mirror(&m->survey, m->ctx, m->mirror, *known, wanted && mark < *known ? mark : *known, wanted);
    if (rc < 0)
        return rc;
    out->lacking = m->survey.lacking;
    out->has_media = !no_media && m->survey.lacking == 0;
    out->anew = *known == 0 || m->survey.begins > *known;
    return 0;
}

/* Something of another history, or of before an erasure: it goes first of all. */
static int begin_anew(struct making *m, uint64_t *known)
{
    *known = 0;
    memset(&m->previous, 0, sizeof(m->previous));
    m->charters_before = 0;
    return bare_forget(m->bare, m->ctx);
}

static int make(struct making *m, struct repository_result *out, bool no_media)
{
    uint64_t known;
    int rc = known_seq(&known, m);
    if (rc == 0)
        rc = survey(m, out, &known, no_media);
    if (rc == 0 && out->anew)
        rc = begin_anew(m, &known);
    if (rc < 0)
        return rc;
    if (out->has_media && m->mirror->head.archive_media > 0)
        rc = make_media(m, bare_seq(m->bare, BARE_MEDIA));
    if (rc == 0 && out->has_media) {
        rc = bare_flush(m->bare, m->ctx);
        if (rc == 0)
            rc = bare_set_media_mark(m->bare, m->ctx, m->mirror->head.seq);
    }
    if (rc == 0)
        rc = make_main(m, out, known == 0 ? m->survey.begins : known + 1);
    if (rc == 0)
        rc = bare_finish(m->bare, m->ctx);
    out->seq = m->mirror->head.seq;
    return rc;
}

int repository_make(struct repository_result *out, mimeo_ctx *ctx, mimeo_mirror *m, const char *path, bool no_media)
{
    if (!m->has_head || m->head.seq == 0)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "'%s' has no head: there is no history to make", store_path(m->store));
    struct making *making = calloc(1, sizeof(*making));
    struct repository_result result = {.seq = 0};
    if (making == NULL)
        return ctx_error_nomem(ctx);
    making->ctx = ctx;
    making->mirror = m;
    int rc = bare_open(&making->bare, ctx, path);
    if (rc == 0)
        rc = make(making, &result, no_media);
    bare_close(making->bare);
    survey_dispose(&making->survey);
    free(making);
    if (rc == 0)
        *out = result;
    return rc;
}

int repository_forget(mimeo_ctx *ctx, const char *path)
{
    struct bare *bare = NULL;
    struct stat st;
    if (lstat(path, &st) < 0)
        return 0;
    int rc = bare_open(&bare, ctx, path);
    if (rc == 0)
        rc = bare_forget(bare, ctx);
    bare_close(bare);
    /* One that is too broken to be emptied is worth nothing either. */
    return rc == 0 || rc == MIMEO_EBUSY || rc == MIMEO_ENOMEM ? rc : dir_remove_tree(ctx, AT_FDCWD, path);
}
