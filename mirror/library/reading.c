/*
 * Reading one article: found in the catalogs newest first, so the first that names it is the one
 * that counts; its body is cleaned again, whatever the publisher signed.
 */
#include <stdlib.h>
#include <string.h>

#include "article/clean.h"
#include "library/reading_inside.h"

/* ---- the body ---- */

struct opening {
    mimeo_ctx *ctx;
    mimeo_reading *reading;
    const char *id;
    uint64_t stands; /* of what was found, record_stands_in; 0: nothing */
    uint64_t in;     /* the bundle that has it */
    bool joined;     /* that bundle */
    struct held_bundle *held; /* at hand */
};

/* What counts is known once the walk is below where it stands, or comes to what does not join. */
static bool is_settled(const struct opening *o, const struct held_bundle *h)
{
    return o->stands > 0 && (h->seq < o->stands || (o->joined && h->verdict != MIMEO_GOOD));
}

/* Does a record of the bundle at hand come behind what was found? */
static bool is_later(const struct opening *o, const struct record *r)
{
    uint64_t stands = record_stands_in(r, o->held->seq);
    if (stands != o->stands)
        return stands > o->stands;
    bool own = stands == o->held->seq, own_before = o->in == o->stands;
    return own != own_before ? own : o->in == o->held->seq;
}

static int last_match(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct opening *o = payload;
    if (strcmp(r->id, o->id) != 0 || !is_later(o, r))
        return 0;
    record_dispose(&o->reading->record);
    o->reading->header = o->held->bundle.header;
    o->stands = record_stands_in(r, o->held->seq);
    o->in = o->held->seq;
    o->joined = o->held->verdict == MIMEO_GOOD;
    return record_copy(&o->reading->record, o->ctx, r);
}

static int load_body(mimeo_reading *r, struct held_bundle *h, mimeo_ctx *ctx)
{
    struct buf raw;
    buf_init(&raw, LIMIT_BODY_BLOCK);
    int rc = bundle_inflate(&h->bundle, ctx, h->name, BUNDLE_BODY, r->record.body_block,
                            mirror_dictionary, r->m, &raw);
    if (rc == MIMEO_ENOTFOUND) {
        r->erased = true;
        rc = 0;
    } else if (rc == 0) {
        struct view body = view_of(raw.ptr + r->record.body_offset, r->record.body_len);
        if (!clean_is_canonical(body))
            rc = clean_to_html(&r->html, ctx, body, NULL);
        else if (buf_append_view(&r->html, body) < 0)
            rc = ctx_error_nomem(ctx);
    }
    buf_dispose(&raw);
    return rc;
}

static int open_bundle(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct opening *o = payload;
    size_t erased;
    if (is_settled(o, h))
        return 1;
    o->held = h;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, last_match, o, &erased);
    if (o->in != h->seq)
        return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED ? rc : 0;
    if (rc == 0 && o->reading->record.has_body)
        rc = load_body(o->reading, h, ctx);
    return rc < 0 ? rc : o->stands == h->seq;
}

/* ---- by its place ---- */

/* A body's place is checked as catalogs are read whole; a record read alone is checked here. */
static int check_body_place(const struct held_bundle *h, mimeo_ctx *ctx, const struct record *r)
{
    struct block_entry e;
    if (!r->has_body || (table_entry(h->bundle.body_table, r->body_block, &e) &&
                         (uint64_t)r->body_offset + r->body_len <= e.raw_len))
        return 0;
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: article %s: its body is not in the bundle", h->name, r->id);
}

static int read_from(mimeo_reading *r, struct shelf *s)
{
    struct held_bundle *h = s->held;
    int rc = check_body_place(h, s->ctx, &r->record);
    if (rc < 0)
        return rc;
    r->header = h->bundle.header;
    rc = article_view_init(&r->view, s->ctx, &r->record, &r->header, h->verdict == MIMEO_GOOD);
    return rc == 0 && r->record.has_body ? load_body(r, h, s->ctx) : rc;
}

int reading_at(mimeo_reading **out, mimeo_mirror *m, mimeo_ctx *ctx, const struct place *place, const char *id)
{
    struct shelf s;
    mimeo_reading *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return ctx_error_nomem(ctx);
    r->m = m;
    buf_init(&r->html, LIMIT_HTML);
    int rc = shelf_init(&s, ctx, m);
    if (rc < 0) {
        mimeo_reading_free(r);
        return rc;
    }
    rc = shelf_record(&r->record, &s, place, id);
    if (rc == 1 && (rc = read_from(r, &s)) == 0)
        rc = 1;
    shelf_dispose(&s);
    if (rc == 1)
        *out = r;
    else
        mimeo_reading_free(r);
    return rc;
}

/* ---- an id cut short ---- */

struct search {
    const char *prefix;
    char found[LIMIT_ARTICLE_ID + 1]; /* "" none yet */
    bool ambiguous;
};

static int match(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct search *s = payload;
    if (strncmp(r->id, s->prefix, strlen(s->prefix)) != 0)
        return 0;
    if (s->found[0] != '\0' && strcmp(s->found, r->id) != 0)
        s->ambiguous = true;
    strcpy(s->found, r->id);
    return s->ambiguous;
}

static int search_bundle(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    size_t erased;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, match, payload, &erased);
    return rc > 0 || rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED ? rc : 0;
}

int reading_find_prefix(char out[LIMIT_ARTICLE_ID + 1], mimeo_mirror *m, mimeo_ctx *ctx, const char *prefix)
{
    struct search s = {.prefix = prefix};
    int rc = mirror_each_bundle(m, ctx, search_bundle, &s);
    if (rc < 0)
        return rc;
    strcpy(out, s.found);
    return s.ambiguous ? 2 : s.found[0] != '\0';
}

/* The only id that begins so. */
static int find_id(char out[LIMIT_ARTICLE_ID + 1], mimeo_mirror *m, mimeo_ctx *ctx, const char *prefix)
{
    if (prefix[0] == '\0')
        return ctx_error(ctx, MIMEO_EUSAGE, "an article's id is needed: see 'mimeo list'");
    int rc = reading_find_prefix(out, m, ctx, prefix);
    if (rc == 2)
        return ctx_error(ctx, MIMEO_EUSAGE, "several articles begin with '%s': write more of the id", prefix);
    if (rc == 0)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "no article '%s' here: see 'mimeo list'", prefix);
    return rc < 0 ? rc : 0;
}

int reading_exact(mimeo_reading **out, mimeo_mirror *m, mimeo_ctx *ctx, const char *id)
{
    mimeo_reading *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return ctx_error_nomem(ctx);
    r->m = m;
    buf_init(&r->html, LIMIT_HTML);
    struct opening o = {.ctx = ctx, .reading = r, .id = id};
    int rc = mirror_each_bundle(m, ctx, open_bundle, &o);
    if (rc >= 0)
        rc = o.stands > 0;
    if (rc == 1)
        rc = article_view_init(&r->view, ctx, &r->record, &r->header, o.joined) < 0 ? MIMEO_ENOMEM : 1;
    if (rc == 1)
        *out = r;
    else
        mimeo_reading_free(r);
    return rc;
}

int mimeo_mirror_read(mimeo_reading **out, mimeo_mirror *m, mimeo_ctx *ctx, const char *id)
{
    int rc = reading_exact(out, m, ctx, id);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    char full[LIMIT_ARTICLE_ID + 1];
    rc = find_id(full, m, ctx, id);
    if (rc == 0)
        rc = reading_exact(out, m, ctx, full);
    if (rc == 0)
        rc = ctx_error(ctx, MIMEO_EFORGED, "'%s' changed while it was read", full);
    return rc < 0 ? rc : 0;
}

void mimeo_reading_free(mimeo_reading *r)
{
    if (r == NULL)
        return;
    article_view_dispose(&r->view);
    record_dispose(&r->record);
    buf_dispose(&r->html);
    free(r);
}

const struct mimeo_article *mimeo_reading_article(const mimeo_reading *r)
{
    return &r->view.article;
}

const char *mimeo_reading_html(const mimeo_reading *r, size_t *len)
{
    if (len != NULL)
        *len = r->html.len;
    return buf_str(&r->html);
}

bool mimeo_reading_erased(const mimeo_reading *r)
{
    return r->erased;
}

int mimeo_reading_picture(unsigned char **out, size_t *len, const mimeo_reading *r, mimeo_ctx *ctx,
                          size_t n)
{
    if (n >= r->record.media_count)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "the article has %zu pictures", r->record.media_count);
    const struct record_media *m = &r->record.media[n];
    struct stored s;
    /* Most often the bundle at hand is the first that cites it. */
    int rc = store_get_media(&s, r->m->store, ctx, r->header.seq, &m->hash);
    if (rc < 0)
        return rc;
    struct hash is = hash_of(s.view);
    if (!hash_equal(&is, &m->hash))
        rc = ctx_error(ctx, MIMEO_EFORGED, "the picture is damaged: get it again");
    unsigned char *bytes = rc < 0 ? NULL : malloc(s.view.len + 1);
    if (rc == 0 && bytes == NULL)
        rc = ctx_error_nomem(ctx);
    if (rc == 0) {
        memcpy(bytes, s.view.ptr, s.view.len);
        *out = bytes;
        *len = s.view.len;
    }
    store_release(&s);
    return rc;
}

/* ---- history ---- */

struct history {
    mimeo_mirror *m;
    mimeo_ctx *ctx;
    const char *id;
    struct record *items; /* of the bundle at hand */
    size_t count, cap;
    int (*fn)(const struct mimeo_article *article, void *payload);
    void *payload;
};

static int compare_seqs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* What the bundle that ordered an erasure says of it need not be heard again for 90 days. */
static bool is_held(const mimeo_mirror *m, uint64_t seq)
{
    return m->seq_count > 0 && bsearch(&seq, m->seqs, m->seq_count, sizeof(*m->seqs), compare_seqs) != NULL;
}

static int collect(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct history *y = payload;
    if (strcmp(r->id, y->id) != 0 || (r->restates > 0 && is_held(y->m, r->restates)))
        return 0;
    if (y->count == y->cap) {
        size_t cap = y->cap == 0 ? 8 : 2 * y->cap;
        struct record *items = realloc(y->items, cap * sizeof(*items));
        if (items == NULL)
            return ctx_error_nomem(y->ctx);
        y->items = items;
        y->cap = cap;
    }
    int rc = record_copy(&y->items[y->count], y->ctx, r);
    if (rc == 0)
        y->count++;
    return rc;
}

static int tell_history(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct history *y = payload;
    size_t erased;
    int rc = bundle_each_record(&h->bundle, ctx, h->name, collect, y, &erased);
    if (rc != MIMEO_ENOMEM && rc != MIMEO_ECANCELLED)
        rc = 0;
    while (y->count > 0) {
        struct record *r = &y->items[--y->count];
        struct article_view v;
        if (rc == 0)
            rc = article_view_init(&v, ctx, r, &h->bundle.header, h->verdict == MIMEO_GOOD);
        if (rc == 0) {
            rc = y->fn(&v.article, y->payload);
            article_view_dispose(&v);
        }
        record_dispose(r);
    }
    return rc;
}

int mimeo_mirror_history(mimeo_mirror *m, mimeo_ctx *ctx, const char *id,
                         int (*fn)(const struct mimeo_article *article, void *payload),
                         void *payload)
{
    struct history y = {.m = m, .ctx = ctx, .id = id, .fn = fn, .payload = payload};
    int rc = mirror_each_bundle(m, ctx, tell_history, &y);
    free(y.items);
    return rc;
}
