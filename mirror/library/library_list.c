/*
 * Listing over all publishers: each has its articles newest first, by the catalog a page at a time, or by a walk
 * where there is no catalog; the newest of them all is shown, again and again.
 *
 * Between pages nothing is held open, so that a list that waits in a pager blocks nobody who writes.
 */
#include <stdlib.h>
#include <string.h>

#include "library/library_inside.h"
#include "library/listing.h"

#define PAGE 256

struct item {
    struct place place;
    char id[LIMIT_ARTICLE_ID + 1];
};

struct source {
    struct holding *h;
    struct shelf shelf;
    bool has_shelf;
    bool by_walk;
    bool only_new;
    struct arrived new;
    /* by the catalog */
    struct item *page;
    size_t count, at;
    bool end;
    bool has_last;
    struct place last;  /* the last row that was looked at */
    bool repaired;
    /* by a walk */
    struct place *walked;
    size_t walked_count, walked_at;
    /* either way */
    bool has_shown;
    struct place shown; /* the last one that was shown */
};

struct merge {
    mimeo_library *l;
    mimeo_ctx *ctx;
    const struct mimeo_library_list_options *options;
    struct source *sources;
    size_t count;
    uint64_t shown;
    int (*fn)(const struct mimeo_article *article, const struct mimeo_holding *holding, void *payload);
    void *payload;
    struct source *at;
};

/* ---- by the catalog ---- */

struct filling {
    struct merge *g;
    struct source *s;
};

static bool is_by(const char *bylines, const char *author)
{
    /* An LF between two bylines cannot be part of a name. */
    return author == NULL || (strchr(author, '\n') == NULL && listing_author(bylines, author));
}

static int fill_one(const struct index_row *row, void *payload)
{
    struct filling *f = payload;
    struct source *s = f->s;
    const struct mimeo_list_options *o = &f->g->options->list;
    s->last = row->place;
    s->has_last = true;
    if (o->has_since && row->place.time < o->since)
        return 1; /* and so are all behind it */
    if ((s->only_new && !arrived_has(&s->new, row->place.seq)) || strlen(row->id) > LIMIT_ARTICLE_ID ||
        !listing_wants(o, row->action, row->section, row->lang, row->place.time) || !is_by(row->bylines, o->author))
        return ctx_check_cancel(f->g->ctx);
    struct item *item = &s->page[s->count++];
    item->place = row->place;
    strcpy(item->id, row->id);
    return s->count == PAGE ? 2 : 0;
}

static int fill_page(struct merge *g, struct source *s)
{
    struct filling f = {g, s};
    struct place after = s->last;
    if (g->l->index == NULL) /* thrown away while another publisher's page was filled */
        return MIMEO_EIO;
    s->count = s->at = 0;
    int rc = index_each(g->l->index, g->ctx, &s->h->publisher, s->has_last ? &after : NULL, fill_one, &f);
    s->end = rc != 2;
    return rc < 0 ? rc : 0;
}

/* ---- by a walk ---- */

static int walk(struct merge *g, struct source *s)
{
    free(s->walked);
    s->by_walk = true;
    s->walked = NULL;
    s->walked_count = s->walked_at = 0;
    int rc = listing_walk(&s->walked, &s->walked_count, s->h->mirror, g->ctx, &g->options->list, s->only_new ? &s->new : NULL);
    /* Where the catalog gave up in the middle: go on behind what was shown. */
    while (rc == 0 && s->has_shown && s->walked_at < s->walked_count &&
           place_compare(&s->walked[s->walked_at], &s->shown) <= 0)
        s->walked_at++;
    return rc;
}

/* ---- a publisher ---- */

static int start(struct merge *g, struct source *s)
{
    if (s->h->walked)
        return walk(g, s);
    if (s->page == NULL && (s->page = malloc(PAGE * sizeof(*s->page))) == NULL)
        return ctx_error_nomem(g->ctx);
    s->has_last = s->has_shown;
    s->last = s->shown;
    int rc = fill_page(g, s);
    if (rc == 0 || rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
        return rc;
    library_catalog_failed(g->l, s->h);
    return walk(g, s);
}

static const struct place *front(const struct source *s)
{
    if (s->by_walk)
        return s->walked_at < s->walked_count ? &s->walked[s->walked_at] : NULL;
    return s->at < s->count ? &s->page[s->at].place : NULL;
}

static int advance(struct merge *g, struct source *s)
{
    s->shown = *front(s);
    s->has_shown = true;
    if (s->by_walk) {
        s->walked_at++;
        return 0;
    }
    s->at++;
    if (s->at < s->count || s->end)
        return 0;
    int rc = fill_page(g, s);
    if (rc == 0 || rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
        return rc;
    library_catalog_failed(g->l, s->h);
    return walk(g, s);
}

/* What the catalog pointed at is not there; where a walk did, it was erased or cut off a moment ago. */
static int repair(struct merge *g, struct source *s)
{
    if (s->by_walk)
        return advance(g, s);
    int rc = 0;
    if (!s->repaired)
        rc = library_repair(g->l, g->ctx, s->h);
    else
        s->h->walked = true;
    s->repaired = true;
    return rc == 0 ? start(g, s) : rc;
}

static int open_source(struct merge *g, struct holding *h)
{
    struct source *s = &g->sources[g->count];
    int rc = library_ready(g->l, g->ctx, h);
    if (rc < 0)
        return rc;
    *s = (struct source){.h = h};
    if (g->options->arrived) {
        s->only_new = true;
        s->new = (struct arrived){.above = UINT64_MAX}; /* nothing, where nothing was marked */
        rc = library_read_arrived(&s->new, g->ctx, g->l->path, &h->publisher);
    }
    g->count++;
    if (rc >= 0)
        rc = shelf_init(&s->shelf, g->ctx, h->mirror);
    s->has_shelf = rc == 0;
    return rc == 0 ? start(g, s) : rc;
}

/* ---- merging ---- */

static struct source *newest(struct merge *g)
{
    struct source *best = NULL;
    for (size_t i = 0; i < g->count; i++) {
        const struct place *p = front(&g->sources[i]);
        if (p != NULL && (best == NULL || place_compare(p, front(best)) < 0))
            best = &g->sources[i];
    }
    return best;
}

static int pass_on(const struct mimeo_article *article, void *payload)
{
    struct merge *g = payload;
    return g->fn(article, &g->at->h->shown, g->payload);
}

static int show(struct merge *g, struct source *s)
{
    bool missing;
    g->at = s;
    s->shelf.walked = s->by_walk;
    int rc = shelf_show(&s->shelf, front(s), s->by_walk ? NULL : s->page[s->at].id, &missing, pass_on, g);
    if (rc != 0)
        return rc;
    if (missing)
        return repair(g, s);
    g->shown++;
    return advance(g, s);
}

static int show_all(struct merge *g)
{
    uint64_t limit = g->options->list.limit;
    struct source *s;
    int rc = 0;
    while (rc == 0 && (limit == 0 || g->shown < limit) && (s = newest(g)) != NULL) {
        rc = show(g, s);
        if (rc == 0)
            rc = ctx_check_cancel(g->ctx);
    }
    return rc;
}

static int open_sources(struct merge *g)
{
    struct holding *one;
    int rc;
    if (g->options->who != NULL) {
        rc = library_find(&one, g->l, g->ctx, g->options->who);
        return rc == 0 ? open_source(g, one) : rc;
    }
    /* One that cannot be opened does not hide the others. */
    int worst = 0;
    for (size_t i = 0; i < g->l->count; i++) {
        rc = open_source(g, &g->l->items[i]);
        if (rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
            return rc;
        worst = rc < 0 ? rc : worst;
    }
    return g->count == 0 ? worst : 0;
}

int mimeo_library_list(mimeo_library *l, mimeo_ctx *ctx, const struct mimeo_library_list_options *options,
                       int (*fn)(const struct mimeo_article *article, const struct mimeo_holding *holding, void *payload),
                       void *payload)
{
    struct merge g = {.l = l, .ctx = ctx, .options = options, .fn = fn, .payload = payload};
    g.sources = calloc(l->count + 1, sizeof(*g.sources));
    if (g.sources == NULL)
        return ctx_error_nomem(ctx);
    int rc = open_sources(&g);
    if (rc == 0)
        rc = show_all(&g);
    for (size_t i = 0; i < g.count; i++) {
        if (g.sources[i].has_shelf)
            shelf_dispose(&g.sources[i].shelf);
        free(g.sources[i].page);
        free(g.sources[i].walked);
    }
    free(g.sources);
    return rc;
}
