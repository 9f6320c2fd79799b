/*
 * A visit: the way brings stores, and the library takes from each.  What was verified is remembered only when its files
 * are in place, by opening what is held (follow_catalog): so a kill at any moment leaves a library that agrees with itself,
 * and a head whose bundle did not come is no reason to call it incomplete.
 */
#include "sync/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "library/holding.h"
#include "library/index.h"
#include "library/repository.h"
#include "library/take.h"
#include "sync/mirror_list.h"
#include "sync/nursery.h"

#define LOCK "lock"
#define LOCK_SECONDS 10

/* ---- a session ---- */

static int take_lock(struct session *s)
{
    int rc = dir_make(s->ctx, s->work, 0700);
    int dir = rc < 0 ? rc : dir_open(s->ctx, s->work);
    if (dir < 0)
        return dir;
    rc = file_lock(&s->lock, s->ctx, dir, LOCK, LOCK_SECONDS);
    if (rc == 0)
        rc = dir_remove_stale(s->ctx, dir);
    close(dir);
    return rc;
}

/* And the trust files are rid of what killed runs left: only here does somebody come by for sure. */
static int read_petname(struct session *s)
{
    struct trust_store trust;
    struct pin pin;
    int rc = trust_store_open(&trust, s->ctx, s->library);
    if (rc < 0)
        return rc;
    rc = trust_sweep(&trust, s->ctx, &s->publisher);
    if (rc == 0)
        rc = trust_pin_read(&pin, &trust, s->ctx, &s->publisher);
    trust_store_close(&trust);
    if (rc < 0)
        return rc;
    memcpy(s->petname, pin.petname, sizeof(s->petname));
    return 0;
}

/* 1 and what is held of the publisher, opened; 0 where nothing is. */
static int open_held(mimeo_mirror **out, const struct session *s)
{
    if (!library_is_held(s->held))
        return 0;
    int rc = mirror_open(out, s->ctx, s->held, s->library, MIRROR_HELD);
    return rc < 0 ? rc : 1;
}

/* Bundles 1 to this are there. */
static uint64_t contiguous(const mimeo_mirror *m)
{
    uint64_t n = 0;
    while (n < m->seq_count && m->seqs[n] == n + 1)
        n++;
    return n;
}

static int read_seq(struct session *s)
{
    mimeo_mirror *m;
    int rc = open_held(&m, s);
    if (rc <= 0)
        return rc;
    s->arrived.above = m->has_head ? m->head.seq : 0;
    mimeo_mirror_free(m);
    return 0;
}

static int recover(struct session *s);

int session_open(struct session *s, mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                 const struct mimeo_sync_options *options)
{
    *s = (struct session){.ctx = ctx, .library = library, .options = options, .publisher = *publisher, .lock = -1};
    hash_format(s->hex, publisher);
    int rc = library_work_path(&s->work, ctx, library, publisher);
    if (rc == 0)
        rc = library_publisher_path(&s->held, ctx, library, publisher);
    if (rc == 0)
        rc = take_lock(s);
    if (rc == 0)
        rc = read_petname(s);
    if (rc == 0)
        rc = read_seq(s);
    if (rc == 0)
        rc = recover(s);
    if (rc < 0)
        session_close(s);
    return rc;
}

void session_close(struct session *s)
{
    if (s->lock >= 0)
        file_unlock(s->lock);
    free(s->work);
    free(s->held);
    s->lock = -1;
    s->work = s->held = NULL;
}

int session_head(struct header *out, const struct session *s)
{
    mimeo_mirror *m;
    int rc = open_held(&m, s);
    if (rc <= 0)
        return rc;
    rc = m->anchor != NULL;
    if (rc == 1)
        *out = *m->anchor;
    mimeo_mirror_free(m);
    return rc;
}

/* ---- a visit ---- */

struct visit {
    struct session *s;
    struct visit_result *r;
    struct approach approach;
    enum mimeo_verdict verdict; /* of what the address showed last, or what no later slice mends */
    char reason[CTX_MESSAGE_MAX];
    bool seen;                  /* it showed a mirror of this publisher */
    bool forgot;                /* forget_repository */
    uint64_t taken_seq;         /* the last that came with this slice */
};

static void hear_fault(const struct mimeo_fault *fault, void *payload)
{
    struct visit *v = payload;
    if (v->s->fault != NULL)
        v->s->fault(fault, v->s->payload);
    if (v->r->faults++ > 0)
        return;
    v->r->code = mimeo_verdict_code(fault->verdict);
    snprintf(v->r->message, sizeof(v->r->message), "%s", fault->message);
}

static int check_publisher(const struct session *s, const mimeo_mirror *m)
{
    char hex[HASH_HEX_LEN + 1];
    if (hash_equal(&m->pin.publisher, &s->publisher))
        return 0;
    hash_format(hex, &m->pin.publisher);
    return ctx_error(s->ctx, MIMEO_EFORGED, "this is another publisher's mirror (%.16s…), not %.16s…: nothing was taken", hex,
                     s->hex);
}

/* A slice is an old state, and so behind or incomplete until the next one comes; these are what no later slice mends. */
static bool speaks_against(enum mimeo_verdict verdict)
{
    return verdict >= MIMEO_NEEDS_NEWER && verdict != MIMEO_ROLLBACK;
}

static void note_verdict(struct visit *v, const mimeo_mirror *m)
{
    v->seen = true;
    if (m->has_head && m->anchor == &m->head && m->head.seq > v->r->shown_seq)
        v->r->shown_seq = m->head.seq;
    if (speaks_against(v->verdict) && m->verdict <= v->verdict)
        return;
    v->verdict = m->verdict;
    snprintf(v->reason, sizeof(v->reason), "%s", m->reason);
}

/* The catalog follows what is held; whoever reads next would do it too. */
static int follow_catalog(struct visit *v)
{
    struct session *s = v->s;
    mimeo_mirror *held;
    struct index *index;
    int rc = open_held(&held, s);
    if (rc <= 0)
        return rc;
    v->approach.held_seq = contiguous(held);
    v->r->held_seq = held->has_head && v->approach.held_seq == held->head.seq ? held->head.seq : 0;
    rc = index_open(&index, s->ctx, s->library, true);
    if (rc == 0) {
        rc = index_refresh(index, s->ctx, held);
        index_close(index);
    }
    mimeo_mirror_free(held);
    return rc;
}

/* The repository that pushing made of what was held has the text too; the next push makes it again. */
static int forget_repository(void *payload)
{
    struct visit *v = payload;
    if (v->forgot)
        return 0;
    char *repo = path_join(v->s->work, "repo");
    int rc = repo == NULL ? ctx_error_nomem(v->s->ctx) : repository_forget(v->s->ctx, repo);
    free(repo);
    v->forgot = rc == 0;
    return rc;
}

static int count_article(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct visit *v = payload;
    v->r->articles += r->action != RECORD_RETRACT;
    return 0;
}

static void hear_uncited(const struct hash *h, void *payload)
{
    struct visit *v = payload;
    if (v->s->uncited != NULL)
        v->s->uncited(h, v->s->payload);
}

/* What a bundle brought.  Bundles come from the lowest on; one that is written again, since something in it was erased, is
 * below the last and brought nothing. */
static int hear_taken(struct held_bundle *h, void *payload)
{
    struct visit *v = payload;
    size_t erased;
    if (h->seq <= v->taken_seq)
        return 0;
    v->taken_seq = h->seq;
    arrived_add(&v->s->arrived, h->seq);
    int rc = v->s->count_articles ? bundle_each_record(&h->bundle, v->s->ctx, h->name, count_article, v, &erased) : 0;
    return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED ? rc : 0;
}

static int take_slice(struct visit *v, struct store *store)
{
    struct session *s = v->s;
    mimeo_mirror *m;
    struct take_result t = {0};
    struct take_options o = {
        .no_media = s->options->no_media, .mode = 0600, .check_held = s->options->repair,
        .taken = hear_taken, .erasing = forget_repository, .uncited = hear_uncited, .fault = hear_fault, .payload = v};
    int rc = mirror_open_store(&m, s->ctx, store, s->library, MIRROR_FETCHED);
    if (rc < 0)
        return rc;
    v->taken_seq = 0;
    rc = check_publisher(s, m);
    if (rc == 0) {
        note_verdict(v, m);
        rc = mirror_list_again(m, s->ctx);
    }
    if (rc == 0)
        rc = take(s->ctx, m, s->held, s->library, &o, &t);
    v->r->bundles += t.bundles;
    v->r->media += t.media;
    v->r->bytes += t.bytes;
    mimeo_mirror_free(m);
    return rc == 0 ? follow_catalog(v) : rc;
}

/* Nothing of it was refused, and nothing speaks against it. */
static bool is_good(const struct visit *v)
{
    return v->r->faults == 0 && !speaks_against(v->verdict);
}

static int take_and_settle(struct visit *v, const struct way *way, struct store *store)
{
    int rc = take_slice(v, store);
    /* What failed for want of room is good all the same: the next run finds it there. */
    if (rc != 0 && rc != MIMEO_EFORGED)
        return rc;
    int code = way->settle(&v->approach, v->s->ctx, rc == 0 && is_good(v));
    return rc < 0 ? rc : code;
}

static int go(struct visit *v, const struct way *way)
{
    struct store *store;
    v->r->way = way->name;
    int rc = follow_catalog(v);
    while (rc == 0 && (rc = way->next(&store, &v->approach, v->s->ctx)) == 1) {
        rc = take_and_settle(v, way, store);
        if (rc == 0)
            rc = ctx_check_cancel(v->s->ctx);
    }
    way->end(&v->approach);
    v->r->network_bytes = v->approach.network_bytes;
    return rc;
}

/* In the order of what a reader must hear first. */
static void settle_outcome(struct visit *v, int rc)
{
    struct visit_result *r = v->r;
    if (rc < 0) {
        r->code = rc;
        snprintf(r->message, sizeof(r->message), "%s", mimeo_ctx_message(v->s->ctx));
    } else if (v->verdict == MIMEO_CONFLICTED) {
        r->code = MIMEO_ECONFLICT;
        snprintf(r->message, sizeof(r->message), "%s", v->reason);
    } else if (r->faults == 0 && v->verdict > MIMEO_UNKNOWN_PUBLISHER) {
        r->code = v->verdict == MIMEO_ROLLBACK ? 0 : mimeo_verdict_code(v->verdict);
        snprintf(r->message, sizeof(r->message), "%s", v->reason);
    }
    if (rc == 0 && v->verdict == MIMEO_CONFLICTED)
        r->outcome = MIMEO_SYNC_CONFLICTED;
    else if (r->bundles > 0 || r->media > 0)
        r->outcome = MIMEO_SYNC_NEW;
    else if (r->code < 0)
        r->outcome = MIMEO_SYNC_FAILED;
    else
        r->outcome = v->verdict == MIMEO_ROLLBACK || v->approach.behind ? MIMEO_SYNC_BEHIND : MIMEO_SYNC_UNCHANGED;
}

static int visit(struct visit *v, const char *text, const struct mimeo_network *network)
{
    struct session *s = v->s;
    struct address address;
    int rc = address_parse(&address, s->ctx, text);
    if (rc < 0)
        return rc;
    const struct way *way = way_of(&address);
    v->approach = (struct approach){.text = text, .address = &address, .network = network, .work = s->work,
                                    .held = s->held, .no_media = s->options->no_media, .afresh = s->options->repair};
    rc = way == NULL ? ctx_error(s->ctx, MIMEO_EUSAGE, "there is no way to such an address") : go(v, way);
    address_dispose(&address);
    return rc;
}

static void finish(struct visit *v, const char *address, int rc)
{
    struct session *s = v->s;
    settle_outcome(v, rc);
    if (rc != MIMEO_ECANCELLED)
        mirror_list_note(s->ctx, s->library, &s->publisher, address,
                         v->seen && v->r->code != MIMEO_EFORGED && v->r->outcome != MIMEO_SYNC_CONFLICTED, v->r->way);
}

/* ---- what a killed run left ---- */

/* What was fetched and never judged is taken, or thrown away.  A fault in it is nobody's whom this run asks: none hears of
 * it.  Where there is no room for it, it waits for the next run. */
static int recover(struct session *s)
{
    const struct way *way;
    s->found.way = "";
    int rc = nursery_sweep(s->ctx, s->library);
    for (size_t i = 0; rc == 0 && (way = way_at(i)) != NULL; i++) {
        struct visit v = {.s = s, .r = &s->found, .approach = {.work = s->work, .held = s->held}};
        struct store *store;
        if (way->recover == NULL)
            continue;
        rc = way->recover(&store, &v.approach, s->ctx);
        if (rc == 1) {
            s->found.way = way->name;
            rc = take_and_settle(&v, way, store);
        }
        way->end(&v.approach);
        rc = rc == MIMEO_ECANCELLED || rc == MIMEO_ENOMEM ? rc : 0;
    }
    return rc;
}

/* ---- the three ways to visit ---- */

void session_visit(struct session *s, const char *address, bool added, struct visit_result *out)
{
    *out = (struct visit_result){.way = ""};
    struct visit v = {.s = s, .r = out};
    struct mimeo_network network = s->options->network;
    network.no_private = network.no_private || !added;
    finish(&v, address, visit(&v, address, &network));
}

void session_visit_begun(struct session *s, const struct way *way, struct approach *begun, struct visit_result *out)
{
    *out = (struct visit_result){.way = ""};
    struct visit v = {.s = s, .r = out, .approach = *begun};
    v.approach.work = s->work;
    v.approach.held = s->held;
    v.approach.no_media = s->options->no_media;
    v.approach.again = true;
    begun->state = NULL; /* it is ours to end */
    finish(&v, begun->text, go(&v, way));
}

void session_take(struct session *s, struct store *store, struct visit_result *out)
{
    *out = (struct visit_result){.way = "files"};
    struct visit v = {.s = s, .r = out};
    int rc = follow_catalog(&v);
    if (rc == 0)
        rc = take_slice(&v, store);
    else
        store_close(store);
    settle_outcome(&v, rc);
}

void session_tell(const struct session *s, const char *address, const struct visit_result *r,
                  struct mimeo_sync_result *result)
{
    char *shown = address_display(address);
    struct mimeo_sync_event e = {.publisher = s->hex, .petname = s->petname, .address = shown == NULL ? "" : shown, .way = r->way,
                                 .outcome = r->outcome, .code = r->code, .message = r->message, .bundles = r->bundles,
                                 .media = r->media, .bytes = r->bytes, .network_bytes = r->network_bytes};
    result->bundles += r->bundles;
    result->media += r->media;
    result->bytes += r->bytes;
    result->faults += r->faults;
    if (s->options->event != NULL)
        s->options->event(&e, s->options->payload);
    free(shown);
}

bool session_tell_found(const struct session *s, struct mimeo_sync_result *result)
{
    struct visit_result r = s->found;
    if (r.bundles == 0 && r.media == 0)
        return false;
    r.outcome = MIMEO_SYNC_NEW;
    r.code = 0;
    r.message[0] = '\0';
    r.faults = 0;
    session_tell(s, "", &r, result);
    return true;
}
