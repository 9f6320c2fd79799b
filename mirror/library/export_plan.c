/*
 * What goes into which part.  Every part can be read without the others: it has the charters, the head, and of each of
 * its bundles the path and the dictionaries.  So a part is worth something whichever of the others are lost.
 *
 * Sizes are those that the objects claim; what turns out to be longer when it is written is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "library/export_inside.h"

#define PART_TEXT_FIRST ((size_t)4096)
#define PLAN_TRIES 16
/* Headers for readers with an older state: this much, and a share of the file. */
#define RUN_LEN (64 * KIB)
#define RUN_SHARE 16

/* The part that is being filled. */
struct filling {
    struct export *e;
    struct export_path path;
    struct export_dictionaries dictionaries;
    uint64_t base;     /* of what is in every part */
    uint64_t extra;    /* what the object at hand brings along */
    size_t objects, base_objects;
    struct export_part *part; /* NULL: none is open */
};

static uint64_t with_prefix(uint64_t len)
{
    return PREFIX_LEN + len;
}

/* ---- dictionaries ---- */

static int add_dictionaries(struct export_dictionaries *d, mimeo_ctx *ctx, const struct header *h, size_t *added)
{
    for (size_t i = 0; i < h->dictionary_count; i++) {
        size_t k = 0;
        while (k < d->count && !hash_equal(&d->items[k].hash, &h->dictionaries[i].hash))
            k++;
        if (k < d->count)
            continue;
        if (d->count == d->cap) {
            size_t cap = d->cap == 0 ? 8 : 2 * d->cap;
            struct dictionary_ref *grown = realloc(d->items, cap * sizeof(*grown));
            if (grown == NULL)
                return ctx_error_nomem(ctx);
            d->items = grown;
            d->cap = cap;
        }
        d->items[d->count++] = h->dictionaries[i];
        ++*added;
    }
    return 0;
}

int export_dictionaries_add(struct export_dictionaries *d, const struct export_path *path, uint64_t seq, size_t *added)
{
    mimeo_ctx *ctx = path->e->ctx;
    *added = 0;
    if (path->at != NULL && path->at->seq == seq)
        return add_dictionaries(d, ctx, path->at, added);
    struct header *h = malloc(sizeof(*h));
    if (h == NULL)
        return ctx_error_nomem(ctx);
    int rc = export_header_of(h, path->e, seq);
    if (rc == 1)
        rc = add_dictionaries(d, ctx, h, added);
    free(h);
    return rc;
}

/* ---- opening and closing parts ---- */

static uint64_t base_len(const struct export *e)
{
    uint64_t len = e->part_text > 0 ? with_prefix(e->part_text) : 0;
    for (uint32_t v = 1; v <= e->m->chain.count; v++)
        len += with_prefix(charter_chain_get(&e->m->chain, v)->note.len);
    return len + e->run_len + (e->top == NULL ? 0 : with_prefix(e->top_note.len));
}

static int open_part(struct filling *f)
{
    struct export *e = f->e;
    const struct export_part *last = e->part_count > 0 ? &e->parts[e->part_count - 1] : NULL;
    if (e->part_count == LIMIT_PARTS)
        return ctx_error(e->ctx, MIMEO_EUSAGE, "these would be more than %d parts: name a larger --part-size", LIMIT_PARTS);
    struct export_part made = {.len = f->base};
    if (last != NULL)
        made = (struct export_part){last->bundle_end, last->bundle_end, last->picture_end, last->picture_end, f->base};
    if (e->part_count == e->part_cap) {
        size_t cap = e->part_cap == 0 ? 8 : 2 * e->part_cap;
        struct export_part *grown = realloc(e->parts, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(e->ctx);
        e->parts = grown;
        e->part_cap = cap;
    }
    e->parts[e->part_count++] = made;
    f->part = &e->parts[e->part_count - 1];
    f->objects = f->base_objects;
    f->dictionaries.count = 0;
    export_path_dispose(&f->path);
    return export_path_init(&f->path, e);
}

static int does_not_fit(const struct filling *f, const char *what, uint64_t seq, uint64_t len)
{
    return ctx_error(f->e->ctx, MIMEO_EUSAGE,
                     "%s %llu has %llu bytes, and does not fit in a part with what every part has (%llu bytes): name a larger "
                     "--part-size", what, (unsigned long long)seq, (unsigned long long)len, (unsigned long long)f->base);
}

static bool fits(const struct filling *f, uint64_t len)
{
    return f->part->len + len <= f->e->room && f->objects < EXPORT_OBJECTS_MAX;
}

/* ---- filling ---- */

static int count_header(const struct header *h, struct view note, void *payload)
{
    struct filling *f = payload;
    (void)h;
    f->extra += with_prefix(note.len);
    f->objects++;
    return 0;
}

/* The path to the bundle, and its dictionaries: `extra`. */
static int count_company(struct filling *f, const struct export_bundle *b)
{
    size_t added = 0;
    f->extra = 0;
    int rc = b->joined ? export_path_down(&f->path, b->seq, count_header, f) : 0;
    if (rc == 0)
        rc = export_dictionaries_add(&f->dictionaries, &f->path, b->seq, &added);
    for (size_t i = f->dictionaries.count - added; i < f->dictionaries.count; i++)
        f->extra += with_prefix(f->dictionaries.items[i].size);
    f->objects += added + 1;
    return rc;
}

static int add_bundle(struct filling *f, const struct export_bundle *b)
{
    int rc = count_company(f, b);
    if (rc == 0 && !fits(f, f->extra + b->len) && f->part->bundle_end > f->part->bundle) {
        rc = open_part(f); /* there its company is another */
        if (rc == 0)
            rc = count_company(f, b);
    }
    if (rc == 0 && !fits(f, f->extra + b->len))
        rc = does_not_fit(f, "bundle", b->seq, b->len);
    if (rc < 0)
        return rc;
    f->part->bundle_end++;
    f->part->len += f->extra + b->len;
    return 0;
}

static int add_picture(struct filling *f, const struct export_picture *p)
{
    int rc = fits(f, with_prefix(p->len)) ? 0 : open_part(f);
    if (rc == 0 && !fits(f, with_prefix(p->len)))
        rc = does_not_fit(f, "a picture of bundle", p->seq, p->len);
    if (rc < 0)
        return rc;
    f->objects++;
    f->part->picture_end++;
    f->part->len += with_prefix(p->len);
    return 0;
}

static int fill(struct filling *f)
{
    struct export *e = f->e;
    e->part_count = 0;
    f->base = base_len(e);
    f->base_objects = e->m->chain.count + 2 + e->run_count;
    int rc = open_part(f);
    for (size_t i = 0; rc == 0 && i < e->bundle_count; i++)
        rc = add_bundle(f, &e->bundles[i]);
    for (size_t i = 0; rc == 0 && i < e->picture_count; i++)
        rc = add_picture(f, &e->pictures[i]);
    return rc;
}

static uint64_t chosen_len(const struct export *e)
{
    uint64_t len = 0;
    for (size_t i = 0; i < e->bundle_count; i++)
        len += e->bundles[i].len;
    for (size_t i = 0; i < e->picture_count; i++)
        len += e->pictures[i].len;
    return len;
}

static int fill_once(struct export *e)
{
    struct filling f = {.e = e};
    uint64_t run = RUN_LEN + chosen_len(e) / RUN_SHARE;
    int rc = export_run_plan(e, run < e->room / RUN_SHARE ? run : e->room / RUN_SHARE);
    if (rc == 0)
        rc = fill(&f);
    export_path_dispose(&f.path);
    free(f.dictionaries.items);
    return rc;
}

/* ---- what the parts hold ---- */

/* Seqs come in falling; the list is turned round at the end. */
struct range_list {
    struct part_range *items;
    size_t count, cap;
};

static int add_seq(struct range_list *l, mimeo_ctx *ctx, uint64_t seq)
{
    struct part_range *last = l->count > 0 ? &l->items[l->count - 1] : NULL;
    if (last != NULL && seq + 1 >= last->first) {
        last->first = seq < last->first ? seq : last->first;
        return 0;
    }
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
        struct part_range *grown = realloc(l->items, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->count++] = (struct part_range){seq, seq};
    return 0;
}

static void turn_round(struct range_list *l)
{
    for (size_t i = 0; i + 1 < l->count - i; i++) {
        struct part_range r = l->items[i];
        l->items[i] = l->items[l->count - 1 - i];
        l->items[l->count - 1 - i] = r;
    }
}

/* The bundles of one part, and those whose pictures are in it: asking for them brings all of it again. */
static int hold(struct part_holds *out, struct export *e, const struct export_part *p)
{
    struct range_list l = {0};
    size_t b = p->bundle, i = p->picture;
    int rc = 0;
    while (rc == 0 && (b < p->bundle_end || i < p->picture_end)) {
        uint64_t x = b < p->bundle_end ? e->bundles[b].seq : 0, y = i < p->picture_end ? e->pictures[i].seq : 0;
        rc = add_seq(&l, e->ctx, x > y ? x : y);
        b += x >= y;
        i += y >= x;
    }
    if (rc < 0) {
        free(l.items);
        return rc;
    }
    turn_round(&l);
    *out = (struct part_holds){l.items, l.count, p->picture_end - p->picture};
    return 0;
}

int export_holds(struct part *out, struct export *e, uint32_t number)
{
    struct part p = {.number = number, .of = (uint32_t)e->part_count, .publisher = e->m->pin.publisher};
    memcpy(p.set, e->set, sizeof(p.set));
    p.holds = calloc(e->part_count, sizeof(*p.holds));
    int rc = p.holds == NULL ? ctx_error_nomem(e->ctx) : 0;
    for (size_t i = 0; rc == 0 && i < e->part_count; i++)
        rc = hold(&p.holds[i], e, &e->parts[i]);
    if (rc < 0) {
        part_dispose(&p);
        return rc;
    }
    *out = p;
    return 0;
}

static int text_len(size_t *out, struct export *e)
{
    struct part p;
    struct buf b;
    int rc = export_holds(&p, e, (uint32_t)e->part_count);
    if (rc < 0)
        return rc;
    buf_init(&b, LIMIT_PART);
    rc = part_write(&b, e->ctx, &p);
    *out = b.len;
    buf_dispose(&b);
    part_dispose(&p);
    return rc;
}

/* ---- all of it ---- */

/* What the parts hold takes room in each, and how much is known when all are filled: so they are filled until it fits. */
int export_plan(struct export *e)
{
    size_t needed = 0;
    int rc = fill_once(e);
    ctx_random(e->ctx, e->set, sizeof(e->set));
    if (rc < 0 || e->part_count == 1)
        return rc;
    e->part_text = PART_TEXT_FIRST;
    for (int tries = 0; tries < PLAN_TRIES; tries++) {
        rc = fill_once(e);
        if (rc == 0)
            rc = text_len(&needed, e);
        if (rc < 0 || needed <= e->part_text)
            return rc;
        e->part_text = 2 * needed < LIMIT_PART ? 2 * needed : LIMIT_PART;
    }
    return ctx_error(e->ctx, MIMEO_EUSAGE, "the parts are too small for the list of what they hold: name a larger --part-size");
}
