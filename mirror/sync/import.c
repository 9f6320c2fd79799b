/*
 * Importing: what was gathered, publisher by publisher, each as one visit.
 *
 * Of a bundle that several files have with different bytes the first counts, as in any pack; so where something was refused, the
 * further copies are tried in turn.  What is whole in one file is never lost to another that was given first.
 */
#include <mimeo/import.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/gather.h"
#include "library/holding.h"
#include "sync/import_inside.h"
#include "sync/session.h"
#include "trust/fingerprint.h"

#define COPIES_MAX 16 /* of one bundle that are tried */

/* ---- trouble ---- */

/* In the order in which a reader must hear of it. */
static int gravity(int code)
{
    static const int by_gravity[] = {0, MIMEO_ENOTFOUND, MIMEO_EINCOMPLETE, MIMEO_EUNKNOWN, MIMEO_EPASSPHRASE, MIMEO_EUSAGE,
                                     MIMEO_EMALFORMED, MIMEO_ENEWER, MIMEO_ECONFLICT, MIMEO_EREVOKED, MIMEO_EFORGED};
    for (size_t i = 0; i < sizeof(by_gravity) / sizeof(by_gravity[0]); i++)
        if (by_gravity[i] == code)
            return (int)i;
    return 2; /* of this machine: it ends the run anyway, or has to be run again */
}

/* Trouble of this machine, or the wish to stop, ends the run: the next publisher would meet it too. */
static bool ends_all(int code)
{
    return code == MIMEO_ENOMEM || code == MIMEO_ECANCELLED || code == MIMEO_EIO || code == MIMEO_EBUSY;
}

void import_note(struct importing *im, int code, const char *message)
{
    if (gravity(code) <= gravity(im->code))
        return;
    im->code = code;
    snprintf(im->message, sizeof(im->message), "%s", message);
}

/* ---- faults ---- */

/* Faults of one try: only those of the last are told. */
struct fault_list {
    struct uncited uncited;
    struct fault {
        char object[STORE_NAME_MAX];
        uint64_t seq;
        enum mimeo_verdict verdict;
        char *message;
    } *items;
    size_t count;
};
#define FAULTS_MAX 200 /* that are told; all are counted */

static void forget_faults(struct fault_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i].message);
    l->count = 0;
    l->uncited = (struct uncited){.count = 0};
}

static void keep_fault(const struct mimeo_fault *f, void *payload)
{
    struct fault_list *l = payload;
    if (l->count == FAULTS_MAX)
        return;
    if (l->items == NULL)
        l->items = calloc(FAULTS_MAX, sizeof(*l->items));
    char *message = l->items == NULL ? NULL : strdup(f->message);
    if (message == NULL)
        return; /* it is counted all the same */
    struct fault *at = &l->items[l->count++];
    *at = (struct fault){.seq = f->seq, .verdict = f->verdict, .message = message};
    snprintf(at->object, sizeof(at->object), "%s", f->object);
}

static void hear_uncited(const struct hash *h, void *payload)
{
    struct fault_list *l = payload;
    import_uncited(h, &l->uncited);
}

static void tell_fault(struct importing *im, const struct mimeo_fault *f, const char *from)
{
    int code = mimeo_verdict_code(f->verdict);
    im->result->faults++;
    import_note(im, code, code == MIMEO_EFORGED ? "what is damaged was left out: get those files again, or another copy" : f->message);
    if (im->options->fault != NULL)
        im->options->fault(f, from, im->options->payload);
}

static void tell_faults(struct importing *im, const struct fault_list *l, const char *from)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct fault *f = &l->items[i];
        tell_fault(im, &(struct mimeo_fault){f->object, f->seq, f->verdict, f->message}, from);
    }
}

struct stray_telling {
    struct importing *im;
    const char *from;
    uint64_t count;
    enum mimeo_verdict verdict; /* of the last */
};

/* What a pack has lost.  A second copy was tried by now, and a name of a directory's that is none of a mirror's is nobody's
 * business here. */
static int tell_stray(const char *name, const struct stray *stray, void *payload)
{
    struct stray_telling *t = payload;
    char message[CTX_MESSAGE_MAX];
    if (stray->code == 0 || stray == &stray_second_copy)
        return 0;
    t->verdict = mimeo_verdict_of_code(stray->code);
    if (++t->count > FAULTS_MAX)
        return 0;
    snprintf(message, sizeof(message), "%s: %s", name, stray->words);
    tell_fault(t->im, &(struct mimeo_fault){name, 0, t->verdict, message}, t->from);
    return 0;
}

/* ---- whose is it? ---- */

struct source {
    size_t n;
    struct hash publisher;
    char from[4096];
    bool pinned; /* now */
    struct mimeo_import_event event;
    char petname[MIMEO_PETNAME_MAX + 1], hex[HASH_HEX_LEN + 1], message[CTX_MESSAGE_MAX];
};

static void tell(struct importing *im, struct source *s)
{
    struct mimeo_import_event *e = &s->event;
    e->publisher = s->hex;
    e->petname = s->petname;
    e->from = s->from;
    e->pinned = s->pinned;
    e->message = s->message;
    import_note(im, e->code, s->message);
    if (im->options->event != NULL)
        im->options->event(e, im->options->payload);
}

/* Of what is not taken: 0, since that is told and no fault. */
static int skip(struct importing *im, struct source *s, const char *words)
{
    s->event.skipped = true;
    snprintf(s->message, sizeof(s->message), "%s", words);
    tell(im, s);
    return 0;
}

/* 1: go on and take it; 0: it was told why not. */
static int judge_publisher(struct importing *im, struct source *s, mimeo_mirror *m)
{
    const struct mimeo_import_options *o = im->options;
    bool kept = pin_is_kept(&m->pin);
    if (o->expect != NULL) {
        int rc = fingerprint_expect(im->ctx, &m->pin.publisher, o->expect);
        if (rc == MIMEO_EFORGED) {
            im->unexpected++;
            return skip(im, s, "another publisher than the one that was expected: nothing was taken");
        }
        if (rc < 0)
            return rc;
        im->expected = true;
    }
    if (o->known && !kept)
        return skip(im, s, "a publisher that you do not follow: nothing was taken");
    if (kept && o->expect == NULL && o->petname == NULL)
        return 1;
    struct mimeo_trust_options t = {o->petname, o->expect, true};
    struct mimeo_pin pin;
    int rc = trust_pin_mirror(&pin, im->ctx, im->library, m, &t);
    s->pinned = rc == 0 && !kept;
    return rc < 0 ? rc : 1;
}

static int meet(struct importing *im, struct source *s)
{
    struct store *store;
    mimeo_mirror *m;
    int rc = gathering_store(&store, im->gathering, im->ctx, s->n, 0);
    if (rc < 0)
        return rc;
    snprintf(s->from, sizeof(s->from), "%s", store_path(store));
    rc = mirror_open_store(&m, im->ctx, store, im->library, MIRROR_FETCHED);
    if (rc < 0)
        return rc;
    s->publisher = m->pin.publisher;
    hash_format(s->hex, &s->publisher);
    memcpy(s->petname, m->pin.petname, sizeof(s->petname));
    rc = judge_publisher(im, s, m);
    mimeo_mirror_free(m);
    return rc;
}

/* ---- taking ---- */

/* `sum` gets what another try came to. */
static void add_try(struct visit_result *sum, const struct visit_result *r, bool first)
{
    uint64_t bundles = sum->bundles + r->bundles, articles = sum->articles + r->articles, media = sum->media + r->media,
             bytes = sum->bytes + r->bytes;
    enum mimeo_sync_outcome outcome = sum->outcome;
    *sum = *r;
    sum->bundles = bundles;
    sum->articles = articles;
    sum->media = media;
    sum->bytes = bytes;
    if (!first && outcome == MIMEO_SYNC_NEW && r->outcome != MIMEO_SYNC_CONFLICTED)
        sum->outcome = outcome;
}

static int take_copies(struct importing *im, const struct source *s, struct session *session, struct visit_result *sum,
                       struct fault_list *faults)
{
    size_t copies = gathering_copies(im->gathering, s->n);
    int rc = 0;
    session->fault = keep_fault;
    session->uncited = hear_uncited;
    session->payload = faults;
    session->count_articles = true;
    for (size_t copy = 0; rc == 0 && copy <= copies && copy < COPIES_MAX; copy++) {
        struct visit_result r;
        struct store *store;
        forget_faults(faults);
        rc = gathering_store(&store, im->gathering, im->ctx, s->n, copy);
        if (rc < 0)
            break;
        faults->uncited.store = store;
        session_take(session, store, &r);
        add_try(sum, &r, copy == 0);
        if (r.faults == 0 || ends_all(r.code))
            break;
    }
    return rc;
}

static int tell_strays(struct importing *im, const struct source *s)
{
    struct store *store;
    struct stray_telling t = {.im = im, .from = s->from};
    int rc = gathering_store(&store, im->gathering, im->ctx, s->n, 0);
    if (rc < 0)
        return rc;
    rc = store_kind(store) == STORE_PACK ? store_each_stray(store, im->ctx, tell_stray, &t) : 0;
    if (rc == 0 && t.count > FAULTS_MAX) {
        char message[80];
        snprintf(message, sizeof(message), "and %llu more such places", (unsigned long long)(t.count - FAULTS_MAX));
        im->result->faults += t.count - FAULTS_MAX - 1;
        tell_fault(im, &(struct mimeo_fault){"", 0, t.verdict, message}, s->from);
    }
    store_close(store);
    return rc;
}

static void fill_event(struct importing *im, struct source *s, const struct visit_result *r, uint64_t uncited)
{
    struct mimeo_import_event *e = &s->event;
    struct mimeo_import_result *sum = im->result;
    struct mimeo_pin pin;
    e->outcome = r->outcome;
    e->code = r->code;
    e->bundles = r->bundles;
    e->articles = r->articles;
    e->media = r->media;
    e->bytes = r->bytes;
    e->uncited = uncited;
    snprintf(s->message, sizeof(s->message), "%s", r->message);
    if (mimeo_trust_find(im->ctx, im->library, s->hex, &pin) == 0) {
        e->pin = pin.state;
        memcpy(s->petname, pin.petname, sizeof(s->petname));
    }
    sum->bundles += r->bundles;
    sum->articles += r->articles;
    sum->media += r->media;
    sum->bytes += r->bytes;
    sum->publishers++;
    sum->updated += r->outcome == MIMEO_SYNC_NEW;
}

/* What arrived of a publisher before in this run counts too. */
static struct met *find_met(const struct importing *im, const struct hash *publisher)
{
    for (size_t i = 0; i < im->met_count; i++)
        if (hash_equal(&im->met[i].publisher, publisher))
            return &im->met[i];
    return NULL;
}

static int mark_arrived(struct importing *im, const struct source *s, const struct arrived *a)
{
    struct met *met = find_met(im, &s->publisher);
    if (met == NULL) {
        struct met *grown = realloc(im->met, (im->met_count + 1) * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(im->ctx);
        im->met = grown;
        met = &grown[im->met_count++];
        met->publisher = s->publisher;
    }
    met->arrived = *a;
    return library_mark_arrived(im->ctx, im->library, &s->publisher, a);
}

static int take_all(struct importing *im, struct source *s)
{
    struct session session;
    struct visit_result r = {.way = ""};
    struct fault_list faults = {.items = NULL};
    struct mimeo_sync_options o = {.no_media = im->options->no_media};
    int rc = session_open(&session, im->ctx, im->library, &s->publisher, &o);
    if (rc < 0)
        return rc;
    const struct met *met = find_met(im, &s->publisher);
    if (met != NULL)
        session.arrived = met->arrived;
    rc = take_copies(im, s, &session, &r, &faults);
    if (rc == 0)
        rc = mark_arrived(im, s, &session.arrived);
    if (rc == 0) {
        fill_event(im, s, &r, faults.uncited.count);
        tell(im, s);
        tell_faults(im, &faults, s->from);
        rc = ends_all(r.code) ? ctx_error(im->ctx, r.code, "%s", r.message) : tell_strays(im, s);
    }
    if (rc == 0)
        rc = import_parts(im, s->n, &session, &faults.uncited);
    session_close(&session);
    forget_faults(&faults);
    free(faults.items);
    return rc;
}

static int import_one(struct importing *im, size_t n)
{
    struct source *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ctx_error_nomem(im->ctx);
    s->n = n;
    int rc = meet(im, s);
    if (rc == 1)
        rc = take_all(im, s);
    if (rc < 0 && !ends_all(rc)) {
        s->event.outcome = MIMEO_SYNC_FAILED;
        s->event.code = rc;
        snprintf(s->message, sizeof(s->message), "%s", mimeo_ctx_message(im->ctx));
        tell(im, s);
        rc = tell_strays(im, s); /* perhaps that is why */
        rc = ends_all(rc) ? rc : 0;
    }
    free(s);
    return rc;
}

/* ---- all ---- */

static void hear_refused(const char *path, int code, const char *message, void *payload)
{
    struct importing *im = payload;
    const struct mimeo_gather_options *o = &im->options->gather;
    im->result->refused++;
    import_note(im, code, code == MIMEO_EMALFORMED ? "not everything here is a pack or a mirror: what is one was taken" : message);
    if (o->refused != NULL)
        o->refused(path, code, message, o->payload);
}

static int import_all(struct importing *im)
{
    int rc = 0;
    for (size_t n = 0; rc == 0 && n < mimeo_gathering_count(im->gathering); n++) {
        rc = import_one(im, n);
        if (rc == 0)
            rc = ctx_check_cancel(im->ctx);
    }
    if (rc == 0 && im->unexpected > 0 && !im->expected)
        import_note(im, MIMEO_EFORGED, "none of this is of the publisher with those digits: nothing was taken");
    if (rc < 0)
        return rc;
    return im->code < 0 ? ctx_error(im->ctx, im->code, "%s", im->message) : 0;
}

int mimeo_import(mimeo_ctx *ctx, const char *library, const char *const *paths, size_t count,
                 const struct mimeo_import_options *options, struct mimeo_import_result *result)
{
    struct importing *im = calloc(1, sizeof(*im));
    *result = (struct mimeo_import_result){0};
    if (im == NULL)
        return ctx_error_nomem(ctx);
    *im = (struct importing){.ctx = ctx, .options = options, .result = result};
    struct mimeo_gather_options o = {options->gather.sealed, hear_refused, im};
    int rc = path_library(&im->library, ctx, library);
    if (rc == 0)
        rc = mimeo_gather(&im->gathering, ctx, paths, count, &o);
    if (rc == 0)
        rc = import_all(im);
    mimeo_gathering_free(im->gathering);
    free(im->library);
    free(im->met);
    free(im);
    return rc;
}
