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
#include "library/mirror.h"

struct entry {
    int64_t time;
    uint64_t seq;
    uint32_t block;
    uint32_t line; /* with UNJOINED_LINE: a million entries must stay small */
};
#define UNJOINED_LINE 0x80000000U /* a block of 16 KiB has no so many lines */

/* A record of the bundle that is being read, before it is known whether a later one replaces it. */
struct met {
    uint64_t id;
    struct entry entry;
    bool wanted;
};

struct listing {
    mimeo_ctx *ctx;
    const struct mimeo_list_options *options;
    struct id_set seen;
    const struct header *header; /* of the bundle at hand */
    bool joined;
    struct met *met;
    size_t met_count, met_cap;
    struct entry *entries;
    size_t entry_count, entry_cap;
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

static bool is_wanted(const struct mimeo_list_options *o, const struct record *r, int64_t time)
{
    if (r->action == RECORD_RETRACT && !o->retracted)
        return false;
    if (o->section != NULL && (r->section == NULL || strcasecmp(r->section, o->section) != 0))
        return false;
    if (o->lang != NULL && !in_language(r->lang, o->lang))
        return false;
    if (o->author != NULL && !by_author(r, o->author))
        return false;
    return !(o->has_since && time < o->since) && !(o->has_until && time >= o->until);
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
        .entry = {time, l->header->seq, block, line | (l->joined ? 0 : UNJOINED_LINE)},
        .wanted = is_wanted(l->options, r, time),
    };
    return 0;
}

/* A bundle's records from the last to the first: the later one counts. */
static int keep_latest(struct listing *l)
{
    for (size_t i = l->met_count; i-- > 0;) {
        int fresh = id_set_add(&l->seen, l->ctx, l->met[i].id);
        if (fresh < 0)
            return fresh;
        if (fresh == 0 || !l->met[i].wanted)
            continue;
        if (l->entry_count == l->entry_cap) {
            struct entry *entries = grown(l->entries, &l->entry_cap, sizeof(*entries));
            if (entries == NULL)
                return ctx_error_nomem(l->ctx);
            l->entries = entries;
        }
        l->entries[l->entry_count++] = l->met[i].entry;
    }
    l->met_count = 0;
    return 0;
}

static int first_pass(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct listing *l = payload;
    l->header = &h->bundle.header;
    l->joined = h->verdict == MIMEO_GOOD;
    size_t erased;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, meet, l, &erased);
    if (rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
        return rc;
    /* A damaged block hides what is after it in this bundle; `verify` names it. */
    return keep_latest(l);
}

static int newest_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? 1 : -1;
    if (x->seq != y->seq)
        return x->seq < y->seq ? 1 : -1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* ---- the second pass ---- */

struct shelf { /* the bundle and block at hand */
    mimeo_mirror *m;
    mimeo_ctx *ctx;
    struct held_bundle *held;
    bool open;
    int64_t block; /* in `raw`; -1: none */
    struct buf raw;
};

static int shelf_open(struct shelf *s, uint64_t seq)
{
    if (s->open && s->held->seq == seq)
        return 0;
    if (s->open)
        held_dispose(s->held);
    s->open = false;
    s->block = -1;
    int rc = held_load(s->held, s->m, s->ctx, seq);
    if (rc < 0)
        return rc;
    held_judge(s->held, s->m, s->ctx);
    s->open = true;
    if (s->held->verdict != MIMEO_GOOD)
        return ctx_error(s->ctx, MIMEO_EFORGED, "%s changed while it was read", s->held->name);
    return 0;
}

static int shelf_line(struct shelf *s, const struct entry *e, struct view *line)
{
    int rc = shelf_open(s, e->seq);
    if (rc < 0)
        return rc;
    if (s->block != (int64_t)e->block) {
        s->block = -1;
        rc = bundle_inflate(&s->held->bundle, s->ctx, s->held->name, BUNDLE_CATALOG, e->block, NULL, NULL,
                            &s->raw);
        if (rc < 0)
            return rc;
        s->block = e->block;
    }
    struct cursor c = cursor_of(buf_view(&s->raw));
    for (uint32_t n = 0; catalog_next_line(&c, line); n++)
        if (n == (e->line & ~UNJOINED_LINE))
            return 0;
    return ctx_error(s->ctx, MIMEO_EFORGED, "%s changed while it was read", s->held->name);
}

static int show(struct shelf *s, const struct entry *e,
                int (*fn)(const struct mimeo_article *article, void *payload), void *payload)
{
    struct view line;
    struct record r;
    int rc = shelf_line(s, e, &line);
    if (rc == 0)
        rc = record_parse(&r, s->ctx, s->held->name, line);
    if (rc <= 0)
        return rc;
    struct article_view v;
    rc = article_view_init(&v, s->ctx, &r, &s->held->bundle.header,
                           (e->line & UNJOINED_LINE) == 0);
    if (rc == 0) {
        rc = fn(&v.article, payload);
        article_view_dispose(&v);
    }
    record_dispose(&r);
    return rc;
}

static int second_pass(struct listing *l, mimeo_mirror *m,
                       int (*fn)(const struct mimeo_article *article, void *payload), void *payload)
{
    struct shelf s = {.m = m, .ctx = l->ctx, .block = -1};
    s.held = malloc(sizeof(*s.held));
    if (s.held == NULL)
        return ctx_error_nomem(l->ctx);
    buf_init(&s.raw, LIMIT_BODY_BLOCK);
    uint64_t count = l->entry_count;
    if (l->options->limit > 0 && l->options->limit < count)
        count = l->options->limit;
    int rc = 0;
    for (uint64_t i = 0; rc == 0 && i < count; i++) {
        rc = show(&s, &l->entries[i], fn, payload);
        if (rc == 0)
            rc = ctx_check_cancel(l->ctx);
    }
    if (s.open)
        held_dispose(s.held);
    free(s.held);
    buf_dispose(&s.raw);
    return rc;
}

int mimeo_mirror_list(mimeo_mirror *m, mimeo_ctx *ctx, const struct mimeo_list_options *options,
                      int (*fn)(const struct mimeo_article *article, void *payload), void *payload)
{
    struct listing l = {.ctx = ctx, .options = options};
    id_set_init(&l.seen, ctx);
    int rc = mirror_each_bundle(m, ctx, first_pass, &l);
    free(l.met);
    id_set_dispose(&l.seen);
    if (rc == 0 && l.entry_count > 0) {
        qsort(l.entries, l.entry_count, sizeof(*l.entries), newest_first);
        rc = second_pass(&l, m, fn, payload);
    }
    free(l.entries);
    return rc;
}
