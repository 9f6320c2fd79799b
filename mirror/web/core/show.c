/*
 * Verifying, listing and reading, as the page asks for them.
 */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site.h"

/* ---- verifying ---- */

#define TOLD_MAX 200 /* faults, and remarks: who sees more than that gets another copy */

struct telling {
    struct buf faults, remarks;
    uint64_t fault_count, remark_count;
};

static void tell_fault(const struct mimeo_fault *f, void *payload)
{
    struct telling *t = payload;
    if (t->fault_count++ >= TOLD_MAX)
        return;
    put_open(&t->faults, NULL, '{');
    put_string(&t->faults, "object", f->object);
    put_number(&t->faults, "seq", f->seq);
    put_string(&t->faults, "verdict", mimeo_verdict_name(f->verdict));
    put_string(&t->faults, "message", f->message);
    put_close(&t->faults, '}');
}

static void tell_remark(const struct mimeo_remark *r, void *payload)
{
    struct telling *t = payload;
    if (t->remark_count++ >= TOLD_MAX)
        return;
    put_open(&t->remarks, NULL, '{');
    put_string(&t->remarks, "object", r->object);
    put_string(&t->remarks, "message", r->message);
    put_close(&t->remarks, '}');
}

static void put_list(struct buf *b, const char *key, struct buf *items)
{
    put_string(b, key, "");
    b->len -= 2; /* the key stays */
    buf_append_view(b, buf_view(items));
    put_close(b, ']');
    buf_dispose(items);
}

CORE_EXPORT(core_verify) int core_verify(int handle, int deep)
{
    struct core_mirror *c = core_mirror_get(handle);
    struct telling t = {.fault_count = 0};
    struct mimeo_verify_result r;
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    buf_init(&t.faults, MIB);
    buf_init(&t.remarks, MIB);
    buf_append_byte(&t.faults, '[');
    buf_append_byte(&t.remarks, '[');
    struct mimeo_verify_options o = {
        .deep = deep != 0, .threads = 1, .fault = tell_fault, .remark = tell_remark, .payload = &t};
    int rc = mimeo_mirror_verify(c->m, core_ctx, &o, &r);
    if (rc < 0) {
        buf_dispose(&t.faults);
        buf_dispose(&t.remarks);
        return rc;
    }
    struct buf *b = core_begin();
    put_open(b, NULL, '{');
    put_string(b, "verdict", mimeo_verdict_name(r.verdict));
    put_number(b, "charters", r.charters);
    put_number(b, "bundles", r.bundles);
    put_number(b, "blocks", r.blocks);
    put_number(b, "media", r.media);
    put_number(b, "articles", r.articles);
    put_number(b, "erasedBlocks", r.erased_blocks);
    put_number(b, "unjoined", r.unjoined);
    put_number(b, "missing", r.missing);
    put_number(b, "bytes", r.bytes);
    put_number(b, "faultCount", r.faults);
    put_list(b, "faults", &t.faults);
    put_list(b, "remarks", &t.remarks);
    put_close(b, '}');
    return core_end(0);
}

static int pass_over(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)r;
    (void)block;
    (void)line;
    (void)payload;
    return 0;
}

static int check_one(struct core_mirror *c, struct held_bundle *h, uint64_t seq)
{
    size_t erased;
    int rc = held_load(h, c->m, core_ctx, seq);
    if (rc < 0)
        return rc;
    held_judge(h, c->m, core_ctx);
    enum mimeo_verdict verdict = h->verdict;
    if (verdict == MIMEO_GOOD && (rc = bundle_each_record(&h->bundle, core_ctx, h->name, pass_over, NULL, &erased)) < 0) {
        verdict = mimeo_verdict_of_code(rc);
        snprintf(h->message, sizeof(h->message), "%s", mimeo_ctx_message(core_ctx));
    }
    if (verdict > c->fault) {
        c->fault = verdict;
        memcpy(c->words, h->message, sizeof(c->words));
    }
    held_dispose(h);
    return rc == MIMEO_ENOMEM || rc == MIMEO_EUNREACHABLE ? rc : 0;
}

int core_check_site(struct core_mirror *c)
{
    struct held_bundle *h = malloc(sizeof(*h));
    int rc = h == NULL ? ctx_error_nomem(core_ctx) : 0;
    c->fault = MIMEO_GOOD;
    for (size_t i = c->m->seq_count; rc == 0 && i-- > 0;) {
        rc = check_one(c, h, c->m->seqs[i]);
        host_progress((double)(c->m->seq_count - i), (double)c->m->seq_count);
    }
    free(h);
    return rc;
}

/* ---- listing ---- */

static int show_one(const struct mimeo_article *a, void *payload)
{
    put_article(payload, NULL, a);
    return 0;
}

static const char *if_any(const char *s)
{
    return s[0] == '\0' ? NULL : s;
}

const struct mimeo_list_options core_all = {.retracted = true};

int core_walk(struct core_mirror *c, const struct mimeo_list_options *o)
{
    struct buf key;
    buf_init(&key, 64 * KIB);
    buf_appendf(&key, "%s\n%s\n%s\n%d %lld %d %lld %d", o->section ? o->section : "", o->lang ? o->lang : "",
                o->author ? o->author : "", o->has_since, (long long)o->since, o->has_until, (long long)o->until,
                o->retracted);
    if (buf_status(&key) < 0) {
        buf_dispose(&key);
        return ctx_error(core_ctx, MIMEO_EUSAGE, "what is looked for is too long");
    }
    if (c->listed != NULL && strcmp(c->listed, buf_str(&key)) == 0) {
        buf_dispose(&key);
        return 0;
    }
    core_forget_list(c);
    int rc = listing_walk(&c->places, &c->place_count, c->m, core_ctx, o, 0);
    if (rc == 0)
        c->listed = buf_detach(&key, NULL);
    buf_dispose(&key);
    return rc;
}

static int by_bundle(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->seq != y->seq)
        return x->seq < y->seq ? 1 : -1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

int core_in_bundles(struct place **out, const struct core_mirror *c)
{
    struct place *places = malloc((c->place_count + 1) * sizeof(*places));
    if (places == NULL)
        return ctx_error_nomem(core_ctx);
    if (c->place_count > 0) {
        memcpy(places, c->places, c->place_count * sizeof(*places));
        qsort(places, c->place_count, sizeof(*places), by_bundle);
    }
    *out = places;
    return 0;
}

static int show_places(struct buf *b, struct core_mirror *c, size_t first, size_t last)
{
    struct shelf s;
    int rc = shelf_init(&s, core_ctx, c->m);
    if (rc < 0)
        return rc;
    s.walked = true;
    for (size_t i = first; rc == 0 && i < last; i++) {
        bool missing = false;
        rc = shelf_show(&s, &c->places[i], NULL, &missing, show_one, b);
        if (missing)
            rc = ctx_error(core_ctx, MIMEO_EFORGED, "bundle %llu changed while it was read",
                           (unsigned long long)c->places[i].seq);
    }
    shelf_dispose(&s);
    return rc;
}

/* A site's older bundles, where the newer ones have not as many articles as are asked for. */
static int look_further(struct core_mirror *c, const struct mimeo_list_options *o)
{
    site_move(c->site);
    int rc = core_open_again(c);
    return rc == 0 ? core_walk(c, o) : rc;
}

/* "" is any; `since` and `until` NaN where not asked for. */
CORE_EXPORT(core_list) int core_list(int handle, const char *section, const char *lang, const char *author, double since,
                                     double until, int retracted, double offset, double limit)
{
    struct core_mirror *c = core_mirror_get(handle);
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    struct mimeo_list_options o = {
        .section = if_any(section), .lang = if_any(lang), .author = if_any(author), .retracted = retracted != 0,
        .has_since = since > -9e15 && since < 9e15, .has_until = until > -9e15 && until < 9e15};
    o.since = o.has_since ? (int64_t)since : 0;
    o.until = o.has_until ? (int64_t)until : 0;
    int rc = core_walk(c, &o);
    while (rc == 0 && c->site != NULL && site_older(c->site) > 0 && offset + (limit > 0 ? limit : 1) > (double)c->place_count)
        rc = look_further(c, &o);
    if (rc < 0)
        return rc;
    size_t first = offset > 0 ? offset < (double)c->place_count ? (size_t)offset : c->place_count : 0;
    size_t last = limit > 0 && limit < (double)(c->place_count - first) ? first + (size_t)limit : c->place_count;
    struct buf *b = core_begin();
    put_open(b, NULL, '{');
    put_open(b, "articles", '[');
    rc = show_places(b, c, first, last);
    put_close(b, ']');
    put_bool(b, "more", last < c->place_count || (c->site != NULL && site_older(c->site) > 0));
    put_number(b, "total", c->place_count);
    put_close(b, '}');
    return core_end(rc);
}

/* ---- reading ---- */

CORE_EXPORT(core_read) int core_read(int handle, const char *id)
{
    struct core_mirror *c = core_mirror_get(handle);
    mimeo_reading *r;
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    int rc = mimeo_mirror_read(&r, c->m, core_ctx, id);
    if (rc < 0)
        return rc;
    struct buf *b = core_begin();
    put_open(b, NULL, '{');
    put_article(b, "article", mimeo_reading_article(r));
    put_string(b, "html", mimeo_reading_html(r, NULL));
    put_bool(b, "erased", mimeo_reading_erased(r));
    put_close(b, '}');
    mimeo_reading_free(r);
    return core_end(0);
}

CORE_EXPORT(core_history) int core_history(int handle, const char *id)
{
    struct core_mirror *c = core_mirror_get(handle);
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    struct buf *b = core_begin();
    put_open(b, NULL, '{');
    put_open(b, "records", '[');
    int rc = mimeo_mirror_history(c->m, core_ctx, id, show_one, b);
    put_close(b, ']');
    put_close(b, '}');
    return core_end(rc);
}

/* The answer is the picture's bytes. */
CORE_EXPORT(core_picture) int core_picture(int handle, const char *id, int n)
{
    struct core_mirror *c = core_mirror_get(handle);
    mimeo_reading *r;
    unsigned char *bytes;
    size_t len;
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    int rc = n < 0 ? ctx_error(core_ctx, MIMEO_EUSAGE, "there is no such picture")
                   : mimeo_mirror_read(&r, c->m, core_ctx, id);
    if (rc < 0)
        return rc;
    rc = mimeo_reading_picture(&bytes, &len, r, core_ctx, (size_t)n);
    mimeo_reading_free(r);
    if (rc < 0)
        return rc;
    buf_append(core_begin(), bytes, len);
    free(bytes);
    return core_end(0);
}
