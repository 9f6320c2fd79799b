/*
 * What goes out: the bundles asked for, newest first, and the pictures of their articles.
 *
 * A choice by section or language is made by whole bundles, which alone can be verified; what corrects or retracts an
 * article goes along with it wherever it stands, or a reader of the choice would go on believing the article.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "library/export_inside.h"
#include "library/id_set.h"
#include "library/listing.h"

#define RANGES_MAX 10000

/* ---- ranges ---- */

static bool parse_range(struct part_range *out, struct view text)
{
    struct cursor c = cursor_of(text);
    struct view first;
    uint64_t a, b = LIMIT_SEQ;
    if (!cursor_until(&c, '-', &first))
        return parse_decimal(text, LIMIT_SEQ, &a) && a > 0 && (*out = (struct part_range){a, a}, true);
    if (!parse_decimal(first, LIMIT_SEQ, &a) || a == 0 ||
        (c.left > 0 && (!parse_decimal(view_of(c.ptr, c.left), LIMIT_SEQ, &b) || b < a)))
        return false;
    *out = (struct part_range){a, b};
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct part_range *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

static size_t merge(struct part_range *ranges, size_t count)
{
    size_t kept = 0;
    qsort(ranges, count, sizeof(*ranges), compare_ranges);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || ranges[i].first > ranges[kept - 1].last + 1)
            ranges[kept++] = ranges[i];
        else if (ranges[i].last > ranges[kept - 1].last)
            ranges[kept - 1].last = ranges[i].last;
    }
    return kept;
}

int export_ranges(struct part_range **out, size_t *count, mimeo_ctx *ctx, const char *text)
{
    struct cursor c = cursor_of(view_of_str(text));
    struct view word;
    size_t n = 0, cap = 1;
    for (const char *p = text; *p != '\0'; p++)
        cap += *p == ',';
    struct part_range *ranges = cap > RANGES_MAX ? NULL : calloc(cap, sizeof(*ranges));
    if (ranges == NULL)
        return cap > RANGES_MAX ? ctx_error(ctx, MIMEO_EUSAGE, "more than %d ranges of bundles: name fewer", RANGES_MAX)
                                : ctx_error_nomem(ctx);
    bool good = true;
    while (good && n < cap) {
        if (!cursor_until(&c, ',', &word))
            cursor_take(&c, c.left, &word);
        good = parse_range(&ranges[n++], word);
    }
    if (!good) {
        free(ranges);
        return ctx_error(ctx, MIMEO_EUSAGE, "bundles are named such as 41-43,50 or 60- for all from there, not '%s'", text);
    }
    *count = merge(ranges, n);
    *out = ranges;
    return 0;
}

static bool in_ranges(const struct export *e, uint64_t seq)
{
    size_t low = 0, high = e->wanted_count;
    if (e->wanted == NULL)
        return true;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (e->wanted[mid].last < seq)
            low = mid + 1;
        else
            high = mid;
    }
    return low < e->wanted_count && e->wanted[low].first <= seq;
}

/* ---- faults ---- */

void export_fault(struct export *e, const char *object, uint64_t seq, enum mimeo_verdict verdict, const char *message)
{
    struct mimeo_fault fault = {object, seq, verdict, message};
    e->result->faults++;
    if (verdict > e->result->verdict)
        e->result->verdict = verdict;
    if (e->options->skipped != NULL)
        e->options->skipped(&fault, e->options->payload);
}

/* Bundles that were asked for by number and are not here: so far as the head goes, or numbers were written out. */
static void tell_absent(struct export *e)
{
    uint64_t top = e->m->anchor == NULL ? 0 : e->m->anchor->seq;
    char message[160], name[STORE_NAME_MAX];
    size_t k = 0;
    for (size_t i = 0; i < e->wanted_count; i++) {
        uint64_t last = e->wanted[i].last == LIMIT_SEQ ? top : e->wanted[i].last;
        uint64_t at = e->wanted[i].first;
        while (at <= last) {
            while (k < e->m->seq_count && e->m->seqs[k] < at)
                k++;
            uint64_t next = k < e->m->seq_count && e->m->seqs[k] <= last ? e->m->seqs[k] : last + 1;
            if (next > at) {
                store_name_bundle(name, at);
                if (next == at + 1)
                    snprintf(message, sizeof(message), "bundle %llu is not held here", (unsigned long long)at);
                else
                    snprintf(message, sizeof(message), "bundles %llu to %llu are not held here", (unsigned long long)at,
                             (unsigned long long)next - 1);
                export_fault(e, name, at, MIMEO_INCOMPLETE, message);
            }
            at = next;
            while (k < e->m->seq_count && at <= last && e->m->seqs[k] == at) {
                at++;
                k++;
            }
        }
    }
}

/* ---- pictures ---- */

static int compare_hashes(const void *a, const void *b)
{
    const struct export_picture *x = a, *y = b;
    int by_hash = memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
    return by_hash != 0 ? by_hash : x->order < y->order ? -1 : x->order > y->order;
}

static int compare_order(const void *a, const void *b)
{
    const struct export_picture *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Each once, as it was met first; sorted by hash. */
static void squeeze(struct export *e)
{
    size_t kept = 0;
    if (e->picture_count > 0)
        qsort(e->pictures, e->picture_count, sizeof(*e->pictures), compare_hashes);
    for (size_t i = 0; i < e->picture_count; i++)
        if (kept == 0 || !hash_equal(&e->pictures[kept - 1].hash, &e->pictures[i].hash))
            e->pictures[kept++] = e->pictures[i];
    e->picture_count = kept;
}

static int make_room_for_picture(struct export *e)
{
    if (e->picture_count < e->picture_cap)
        return 0;
    squeeze(e);
    if (e->picture_count < e->picture_cap / 2)
        return 0;
    size_t cap = e->picture_cap == 0 ? 256 : 2 * e->picture_cap;
    struct export_picture *grown = realloc(e->pictures, cap * sizeof(*grown));
    if (grown == NULL)
        return ctx_error_nomem(e->ctx);
    e->pictures = grown;
    e->picture_cap = cap;
    return 0;
}

static int add_pictures(struct export *e, const struct record *r, uint64_t seq, uint32_t *order)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->media_count; i++) {
        uint64_t len = r->media[i].bytes;
        rc = make_room_for_picture(e);
        if (rc == 0 && len <= LIMIT_MEDIA && *order < UINT32_MAX)
            e->pictures[e->picture_count++] =
                (struct export_picture){r->media[i].hash, seq, (*order)++, (uint32_t)len, false};
    }
    return rc;
}

/* ---- catalogs ---- */

/* A correction or retraction that does not say itself that it is of what was chosen. */
struct later {
    uint64_t id, seq;
    uint32_t len;
    bool joined, taken;
};

struct choosing {
    struct export *e;
    struct held_bundle *at;
    struct id_set ids; /* of articles chosen, where there is a choice among articles */
    struct later *later;
    size_t later_count, later_cap;
    uint32_t order;    /* of pictures */
    bool by_article, fits;
};

static bool record_fits(const struct export *e, const struct record *r)
{
    const struct mimeo_list_options o = {.section = e->options->section, .lang = e->options->lang, .retracted = true};
    return listing_wants(&o, r->action, r->section, r->lang, 0);
}

static int put_off(struct choosing *c, const struct record *r)
{
    if (c->later_count == c->later_cap) {
        size_t cap = c->later_cap == 0 ? 64 : 2 * c->later_cap;
        struct later *grown = realloc(c->later, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(c->e->ctx);
        c->later = grown;
        c->later_cap = cap;
    }
    c->later[c->later_count++] = (struct later){id_set_hash(&c->ids, r->id), c->at->seq, (uint32_t)c->at->stored.view.len,
                                                c->at->verdict == MIMEO_GOOD, false};
    return 0;
}

static int look_at_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct choosing *c = payload;
    bool fits = !c->by_article || record_fits(c->e, r);
    if (!fits)
        return r->action == RECORD_PUBLISH ? 0 : put_off(c, r);
    c->fits = true;
    int rc = c->by_article ? id_set_add(&c->ids, c->e->ctx, id_set_hash(&c->ids, r->id)) : 0;
    return rc < 0 ? rc : c->e->options->no_media ? 0 : add_pictures(c->e, r, c->at->seq, &c->order);
}

/* 1: it is wanted; 0: not; a fault in a catalog is one of the bundle. */
static int look_at_catalog(struct choosing *c)
{
    struct export *e = c->e;
    struct held_bundle *h = c->at;
    size_t erased;
    c->fits = !c->by_article;
    int rc = c->by_article || !e->options->no_media
                 ? bundle_each_record(&h->bundle, e->ctx, h->name, look_at_record, c, &erased)
                 : 0;
    if (take_is_our_trouble(rc))
        return rc;
    if (rc < 0) {
        export_fault(e, h->name, h->seq, mimeo_verdict_of_code(rc), mimeo_ctx_message(e->ctx));
        return 0;
    }
    return c->fits;
}

/* ---- bundles ---- */

static int add_bundle(struct export *e, uint64_t seq, uint32_t len, bool joined)
{
    if (e->bundle_count == e->bundle_cap) {
        size_t cap = e->bundle_cap == 0 ? 64 : 2 * e->bundle_cap;
        struct export_bundle *grown = realloc(e->bundles, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(e->ctx);
        e->bundles = grown;
        e->bundle_cap = cap;
    }
    e->bundles[e->bundle_count++] = (struct export_bundle){seq, len, joined};
    return 0;
}

static bool is_old(const struct export *e, const struct held_bundle *h)
{
    return e->options->has_since && h->bundle.header.time < e->options->since;
}

/* What is wanted of the bundle at hand, which is judged.  1 ends the walk: times of joined bundles never fall, so what is
 * below is older still. */
static int choose_one(struct choosing *c)
{
    struct export *e = c->e;
    struct held_bundle *h = c->at;
    if (h->verdict != MIMEO_GOOD && h->verdict != MIMEO_UNJOINED) {
        export_fault(e, h->name, h->seq, h->verdict, h->message);
        return 0;
    }
    if (is_old(e, h))
        return h->verdict == MIMEO_GOOD;
    int rc = h->verdict == MIMEO_GOOD ? orders_collect(&e->orders, h) : 0;
    if (rc == 0)
        rc = look_at_catalog(c);
    return rc == 1 ? add_bundle(e, h->seq, (uint32_t)h->stored.view.len, h->verdict == MIMEO_GOOD) : rc;
}

/* What the newest bundle orders or restates holds for all, whatever was asked for. */
static int collect_newest_orders(struct choosing *c)
{
    struct export *e = c->e;
    if (e->m->seq_count == 0 || in_ranges(e, e->m->seqs[e->m->seq_count - 1]))
        return 0;
    int rc = held_load(c->at, e->m, e->ctx, e->m->seqs[e->m->seq_count - 1]);
    if (rc < 0)
        return rc == MIMEO_EIO ? 0 : rc;
    held_judge(c->at, e->m, e->ctx);
    rc = held_join_alone(c->at, e->m, e->ctx);
    if (rc == 0 && c->at->verdict == MIMEO_GOOD)
        rc = orders_collect(&e->orders, c->at);
    held_dispose(c->at);
    return rc;
}

static int load(struct choosing *c, uint64_t seq, struct header_walk *walk)
{
    struct export *e = c->e;
    int rc = held_load(c->at, e->m, e->ctx, seq);
    if (rc == MIMEO_EIO) { /* a stick with bad sectors: that one bundle is lost */
        c->at->verdict = MIMEO_DAMAGED;
        snprintf(c->at->message, sizeof(c->at->message), "%s", mimeo_ctx_message(e->ctx));
        rc = 0;
    }
    if (rc < 0)
        return rc;
    held_judge(c->at, e->m, e->ctx);
    if (e->wanted != NULL) /* the walk would have to see those between, too */
        return held_join_alone(c->at, e->m, e->ctx);
    held_join(c->at, e->m, walk, e->ctx);
    return 0;
}

static int walk_down(struct choosing *c, struct header_walk *walk)
{
    struct export *e = c->e;
    int rc = 0;
    for (size_t i = e->m->seq_count; rc == 0 && i-- > 0;) {
        if (!in_ranges(e, e->m->seqs[i]))
            continue;
        rc = load(c, e->m->seqs[i], walk);
        if (rc == 0) {
            rc = choose_one(c);
            held_dispose(c->at);
        }
        if (rc == 0)
            rc = ctx_check_cancel(e->ctx);
        ctx_progress(e->ctx, "choosing", e->m->seq_count - i, e->m->seq_count, "bundles");
    }
    return rc < 0 ? rc : 0;
}

/* ---- corrections of what was chosen ---- */

static int compare_bundles(const void *a, const void *b)
{
    const struct export_bundle *x = a, *y = b;
    return x->seq > y->seq ? -1 : x->seq < y->seq;
}

/* An id that is in the set already is no news. */
static int take_later(struct choosing *c)
{
    struct export *e = c->e;
    size_t before = e->bundle_count;
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < c->later_count; i++) {
        const struct later *l = &c->later[i];
        if (id_set_has(&c->ids, l->id) && (e->bundle_count == 0 || e->bundles[e->bundle_count - 1].seq != l->seq))
            rc = add_bundle(e, l->seq, l->len, l->joined);
    }
    if (rc < 0 || e->bundle_count == before)
        return rc;
    size_t kept = 0;
    qsort(e->bundles, e->bundle_count, sizeof(*e->bundles), compare_bundles);
    for (size_t i = 0; i < e->bundle_count; i++)
        if (kept == 0 || e->bundles[kept - 1].seq != e->bundles[i].seq)
            e->bundles[kept++] = e->bundles[i];
    e->bundle_count = kept;
    return 0;
}

/* ---- all of it ---- */

static int walk_and_close(struct choosing *c)
{
    struct export *e = c->e;
    struct header_walk walk;
    int rc = mirror_walk_init(&walk, e->m, e->ctx);
    if (rc < 0)
        return rc;
    rc = collect_newest_orders(c);
    if (rc == 0)
        rc = walk_down(c, &walk);
    header_walk_dispose(&walk);
    if (rc == 0)
        rc = take_later(c);
    return rc == 0 ? orders_close(&e->orders) : rc;
}

static int mark_held(uint64_t seq, const struct hash *h, void *payload)
{
    struct export *e = payload;
    (void)seq;
    struct export_picture *p = hash_find(h, e->pictures, e->picture_count, sizeof(*e->pictures));
    if (p != NULL)
        p->held = true;
    return 0;
}

/* Those that are held and were not to be erased, in the order in which they were met. */
static int settle_pictures(struct export *e)
{
    size_t kept = 0;
    squeeze(e);
    int rc = e->picture_count == 0 ? 0 : store_each_media(e->m->store, e->ctx, mark_held, e);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < e->picture_count; i++) {
        bool erased = orders_have_media(&e->orders.orders, &e->pictures[i].hash);
        if (e->pictures[i].held && !erased)
            e->pictures[kept++] = e->pictures[i];
        else
            e->result->media_missing += !erased;
    }
    e->picture_count = kept;
    if (kept > 0)
        qsort(e->pictures, kept, sizeof(*e->pictures), compare_order);
    return 0;
}

int export_choose(struct export *e)
{
    struct choosing c = {.e = e, .by_article = e->options->section != NULL || e->options->lang != NULL};
    c.at = malloc(sizeof(*c.at));
    if (c.at == NULL)
        return ctx_error_nomem(e->ctx);
    id_set_init(&c.ids, e->ctx);
    e->orders.ctx = e->ctx;
    tell_absent(e);
    int rc = walk_and_close(&c);
    id_set_dispose(&c.ids);
    free(c.later);
    free(c.at);
    if (rc == 0)
        rc = settle_pictures(e);
    if (rc < 0)
        return rc;
    return e->bundle_count > 0 ? 0
                               : ctx_error(e->ctx, MIMEO_ENOTFOUND, "nothing that is held here fits what was asked for");
}
