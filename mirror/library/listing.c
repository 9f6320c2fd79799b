/*
 * Listing: each article once, as its latest record says, newest first.
 *
 * What joins counts, whatever the numbers of bundles that do not: else whoever has the key could replace every
 * article by one far ahead.  Two passes, since an archive imported in any order must still come out by date: the first
 * reads the catalogs and keeps 24 bytes an article, the second reads the records again in the order
 * of their dates.  Dates rise with the bundles in practice, so the second pass mostly stays in one
 * block.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "library/article_view.h"
#include "library/id_set.h"
#include "library/listing.h"

/* A record of the bundle that is being read, before it is known whether a later one replaces it. */
struct met {
    uint64_t id;
    struct place place;
    uint64_t stands; /* record_stands_in */
    bool wanted;
};

struct listing {
    mimeo_ctx *ctx;
    const struct mimeo_list_options *options;
    const struct arrived *only; /* what arrived; NULL: all */
    struct id_set seen;
    const struct header *header; /* of the bundle at hand */
    bool joined;
    struct met *met;
    size_t met_count, met_cap;
    struct met *later; /* records that stand further down, by rising `stands` where it is `sorted` */
    size_t later_count, later_cap;
    struct id_set later_ids;
    bool sorted;
    struct place *places;
    size_t place_count, place_cap;
};

static void *grown(void *items, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? 256 : 2 * *cap;
    void *p = realloc(items, more * size);
    if (p != NULL)
        *cap = more;
    return p;
}

/* ---- what is asked for ---- */

static bool contains_caseless(const char *text, const char *part)
{
    size_t len = strlen(part);
    for (; *text != '\0'; text++)
        if (strncasecmp(text, part, len) == 0)
            return true;
    return len == 0;
}

bool listing_author(const char *byline, const char *author)
{
    return contains_caseless(byline, author);
}

static bool by_author(const struct record *r, const char *author)
{
    for (size_t i = 0; i < r->byline_count; i++)
        if (contains_caseless(r->bylines[i], author))
            return true;
    return false;
}

/* "zh" finds "zh-Hans" too. */
static bool in_language(const char *lang, const char *wanted)
{
    size_t len = strlen(wanted);
    return lang != NULL && strncasecmp(lang, wanted, len) == 0 && (lang[len] == '\0' || lang[len] == '-');
}

bool listing_wants(const struct mimeo_list_options *o, enum record_action action, const char *section, const char *lang,
                   int64_t time)
{
    if (action == RECORD_RETRACT && !o->retracted)
        return false;
    if (o->section != NULL && (section == NULL || strcasecmp(section, o->section) != 0))
        return false;
    if (o->lang != NULL && !in_language(lang, o->lang))
        return false;
    return !(o->has_since && time < o->since) && !(o->has_until && time >= o->until);
}

static bool is_wanted(const struct listing *l, const struct record *r, int64_t time)
{
    const struct mimeo_list_options *o = l->options;
    return (l->only == NULL || arrived_has(l->only, l->header->seq)) && listing_wants(o, r->action, r->section, r->lang, time) &&
           (o->author == NULL || by_author(r, o->author));
}

/* ---- the first pass ---- */

static int meet(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    struct listing *l = payload;
    if (l->met_count == l->met_cap) {
        struct met *met = grown(l->met, &l->met_cap, sizeof(*met));
        if (met == NULL)
            return ctx_error_nomem(l->ctx);
        l->met = met;
    }
    int64_t time = r->has_published ? r->published : l->header->time;
    l->met[l->met_count++] = (struct met){
        .id = id_set_hash(&l->seen, r->id),
        .place = {time, l->header->seq, block, line | (l->joined ? 0 : PLACE_UNJOINED)},
        .stands = record_stands_in(r, l->header->seq),
        .wanted = is_wanted(l, r, time),
    };
    return 0;
}

/* Unless a later record of the article was met. */
static int keep(struct listing *l, const struct met *met)
{
    int fresh = id_set_add(&l->seen, l->ctx, met->id);
    if (fresh <= 0 || !met->wanted)
        return fresh < 0 ? fresh : 0;
    if (l->place_count == l->place_cap) {
        struct place *places = grown(l->places, &l->place_cap, sizeof(*places));
        if (places == NULL)
            return ctx_error_nomem(l->ctx);
        l->places = places;
    }
    l->places[l->place_count++] = met->place;
    return 0;
}

/* It is the same erasure in every bundle of 90 days: kept once, as the newest of them has it. */
static int put_off(struct listing *l, const struct met *met)
{
    int fresh = id_set_add(&l->later_ids, l->ctx, met->id ^ (met->stands * 0x9E3779B97F4A7C15U | 1));
    if (fresh <= 0)
        return fresh;
    if (l->later_count == l->later_cap) {
        struct met *later = grown(l->later, &l->later_cap, sizeof(*later));
        if (later == NULL)
            return ctx_error_nomem(l->ctx);
        l->later = later;
    }
    l->later[l->later_count++] = *met;
    l->sorted = false;
    return 0;
}

static int by_stand(const void *a, const void *b)
{
    const struct met *x = a, *y = b;
    return x->stands < y->stands ? -1 : x->stands > y->stands;
}

/* The turn of what stands above bundle `seq`, which is next in the walk. */
static int keep_put_off(struct listing *l, uint64_t seq)
{
    int rc = 0;
    if (!l->sorted && l->later_count > 0)
        qsort(l->later, l->later_count, sizeof(*l->later), by_stand);
    l->sorted = true;
    while (rc == 0 && l->later_count > 0 && l->later[l->later_count - 1].stands > seq)
        rc = keep(l, &l->later[--l->later_count]);
    return rc;
}

/* A bundle's records from the last to the first: the later one counts. */
static int keep_latest(struct listing *l)
{
    int rc = 0;
    for (size_t i = l->met_count; rc == 0 && i-- > 0;)
        rc = l->met[i].stands < l->met[i].place.seq ? put_off(l, &l->met[i]) : keep(l, &l->met[i]);
    l->met_count = 0;
    return rc;
}

static int first_pass(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct listing *l = payload;
    bool joined = h->verdict == MIMEO_GOOD;
    int rc = keep_put_off(l, l->joined && !joined ? 0 : h->seq);
    if (rc < 0)
        return rc;
    l->header = &h->bundle.header;
    l->joined = joined;
    size_t erased;
    rc = bundle_each_record(&h->bundle, ctx, h->name, meet, l, &erased);
    if (rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
        return rc;
    /* A damaged block hides what is after it in this bundle; `verify` names it. */
    return keep_latest(l);
}

int place_compare(const struct place *a, const struct place *b)
{
    if (a->time != b->time)
        return a->time < b->time ? 1 : -1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? 1 : -1;
    if (a->block != b->block)
        return a->block < b->block ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

static int newest_first(const void *a, const void *b)
{
    return place_compare(a, b);
}

int listing_walk(struct place **out, size_t *count, mimeo_mirror *m, mimeo_ctx *ctx,
                 const struct mimeo_list_options *options, const struct arrived *only)
{
    struct listing l = {.ctx = ctx, .options = options, .only = only};
    id_set_init(&l.seen, ctx);
    id_set_init(&l.later_ids, ctx);
    int rc = mirror_each_bundle(m, ctx, first_pass, &l);
    if (rc == 0)
        rc = keep_put_off(&l, 0);
    free(l.met);
    free(l.later);
    id_set_dispose(&l.seen);
    id_set_dispose(&l.later_ids);
    if (rc != 0) {
        free(l.places);
        return rc;
    }
    if (l.place_count > 0)
        qsort(l.places, l.place_count, sizeof(*l.places), newest_first);
    *out = l.places;
    *count = l.place_count;
    return 0;
}

/* ---- the second pass ---- */

static int show_all(struct shelf *s, const struct place *places, uint64_t count,
                    int (*fn)(const struct mimeo_article *article, void *payload), void *payload)
{
    int rc = 0;
    for (uint64_t i = 0; rc == 0 && i < count; i++) {
        bool missing; /* erased, or cut off, since the walk: then it is no longer listed */
        rc = shelf_show(s, &places[i], NULL, &missing, fn, payload);
        if (rc == 0)
            rc = ctx_check_cancel(s->ctx);
    }
    return rc;
}

int mimeo_mirror_list(mimeo_mirror *m, mimeo_ctx *ctx, const struct mimeo_list_options *options,
                      int (*fn)(const struct mimeo_article *article, void *payload), void *payload)
{
    struct place *places;
    size_t count;
    struct shelf s;
    int rc = listing_walk(&places, &count, m, ctx, options, NULL);
    if (rc != 0)
        return rc;
    rc = shelf_init(&s, ctx, m);
    if (rc == 0) {
        s.walked = true;
        rc = show_all(&s, places, options->limit > 0 && options->limit < count ? options->limit : count, fn, payload);
        shelf_dispose(&s);
    }
    free(places);
    return rc;
}
