/*
 * Learning what recurs.  A page is a set of hashes, one for each run of text; a site is a sample of pages.
 *
 * What a reader would get wrong: an archive may hold one page many times, under several addresses too, and then its
 * article recurs.  So a page counts only where it has long runs that no page counted before it has.
 */
#include "extract/boilerplate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/child.h"
#include "base/limits.h"
#include "extract/charset.h"
#include "extract/page_child.h"
#include "extract/prune.h"

#define SITES 256
#define SAMPLE 48   /* pages of a site */
#define RUNS 256    /* of a page, the first ones and the last */
#define RUN_MIN 15  /* letters */
#define LONG_RUN 80 /* letters that an article's paragraph has */
#define LONG_BIT 1u /* in a hash: its run is long */
#define NUMBERS_MAX (8 * (RUNS + 1))

struct page_set {
    uint64_t key;
    size_t count;
    uint64_t *runs; /* ascending */
};

struct site {
    uint64_t key;
    size_t count;
    struct page_set pages[SAMPLE]; /* by key, ascending; after settling none is left */
    uint64_t *recurring, *constant; /* ascending; on a fair share of the pages, on nearly all */
    size_t recurring_count, constant_count;
};

struct boilerplate {
    struct site *sites[SITES]; /* by key, ascending */
    size_t count;
};

/* ---- hashes */

static uint64_t mixed(uint64_t h)
{
    h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
    return h ^ h >> 29;
}

static uint64_t hash_text(struct view v)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < v.len; i++)
        h = (h ^ (v.ptr[i] | 0x20)) * 0x100000001b3u;
    return mixed(h);
}

/* The host of an address, without "www."; empty where there is none. */
static struct view host_of(struct view url)
{
    const uint8_t *at = url.len == 0 ? NULL : memmem(url.ptr, url.len, "://", 3);
    if (at == NULL)
        return (struct view){0};
    struct view host = view_of(at + 3, url.len - (size_t)(at + 3 - url.ptr));
    if (view_starts_with(host, "www."))
        host = view_of(host.ptr + 4, host.len - 4);
    size_t len = 0;
    while (len < host.len && strchr("/?#:", host.ptr[len]) == NULL)
        len++;
    return view_of(host.ptr, len);
}

/* From its address, or else the one that the page gives itself. */
static uint64_t site_of(const struct dom *d, const char *url)
{
    struct view found = host_of(view_of_str(url));
    for (const struct dom_node *n = dom_head(d)->first; found.len == 0 && n != NULL; n = n->next)
        if (n->tag == DOM_LINK && dom_has_word(n, "rel", "canonical"))
            found = host_of(dom_attribute(n, "href"));
    return hash_text(found);
}

static uint64_t key_of_run(const struct page_facts *p, const struct text_run *r)
{
    uint64_t h = mixed(run_hash(p, r)) & ~(uint64_t)LONG_BIT;
    return h | (r->chars >= LONG_RUN && r->stops > 0 ? LONG_BIT : 0);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sorted, each once; how many are left. */
static size_t sort_once(uint64_t *v, size_t count)
{
    size_t kept = 0;
    qsort(v, count, sizeof *v, compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || v[i] != v[i - 1])
            v[kept++] = v[i];
    return kept;
}

static bool is_in(const uint64_t *sorted, size_t count, uint64_t h)
{
    return count > 0 && bsearch(&h, sorted, count, sizeof h, compare) != NULL;
}

/* ---- pages, in a child: of each how many numbers follow, its site, and its runs */

struct lesson {
    const struct page_source *sources;
    size_t count;
};

static int read_page(struct buf *out, mimeo_ctx *ctx, const struct page_source *source)
{
    struct page_facts p;
    struct buf made = {0};
    struct view text;
    struct dom *d = NULL;
    int rc = charset_view(&text, &made, ctx, source->bytes, source->content_type, CHARSET_HTML, NULL);
    if (rc == 0)
        rc = dom_parse(&d, ctx, text);
    if (rc == 0)
        rc = facts_gather(&p, ctx, d, NULL, false);
    if (rc == 0)
        rc = facts_cut_runs(&p, ctx);
    if (rc == 0)
        buf_append_u64be(out, site_of(d, source->url));
    for (size_t i = 0; rc == 0 && i < p.run_count; i++)
        if (p.runs[i].chars >= RUN_MIN && (i < RUNS / 2 || p.run_count - i <= RUNS / 2))
            buf_append_u64be(out, key_of_run(&p, &p.runs[i]));
    dom_free(d);
    buf_dispose(&made);
    return rc;
}

static int read_pages(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct lesson *lesson = payload;
    struct buf numbers;
    int rc = 0;
    page_child_heap(lesson->sources[0].bytes.len);
    buf_init(&numbers, NUMBERS_MAX);
    for (size_t i = 0; rc == 0 && i < lesson->count; i++) {
        buf_clear(&numbers);
        if (read_page(&numbers, ctx, &lesson->sources[i]) < 0 || buf_status(&numbers) < 0)
            continue;
        buf_append_u64be(out, numbers.len);
        rc = buf_append_view(out, buf_view(&numbers));
    }
    buf_dispose(&numbers);
    return rc;
}

/* ---- the sample */

static struct site *site_by(const struct boilerplate *b, uint64_t key, size_t *at)
{
    for (*at = 0; *at < b->count && b->sites[*at]->key < key;)
        (*at)++;
    return *at < b->count && b->sites[*at]->key == key ? b->sites[*at] : NULL;
}

static void free_site(struct site *s)
{
    for (size_t i = 0; s != NULL && i < s->count; i++)
        free(s->pages[i].runs);
    if (s != NULL) {
        free(s->recurring);
        free(s->constant);
    }
    free(s);
}

/* The site, made where there is none; NULL where it is none of the SITES with the smallest keys, or on no memory. */
static struct site *admit_site(struct boilerplate *b, mimeo_ctx *ctx, uint64_t key, int *rc)
{
    size_t at;
    struct site *s = site_by(b, key, &at);
    if (s != NULL || at == SITES)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        *rc = ctx_error_nomem(ctx);
        return NULL;
    }
    s->key = key;
    if (b->count == SITES)
        free_site(b->sites[--b->count]);
    memmove(&b->sites[at + 1], &b->sites[at], (b->count - at) * sizeof b->sites[0]);
    b->sites[at] = s;
    b->count++;
    return s;
}

/* Takes `page.runs`.  A page that is there already is not taken again. */
static void admit_page(struct site *s, struct page_set page)
{
    size_t at = 0;
    while (at < s->count && s->pages[at].key < page.key)
        at++;
    if (at == SAMPLE || (at < s->count && s->pages[at].key == page.key)) {
        free(page.runs);
        return;
    }
    if (s->count == SAMPLE)
        free(s->pages[--s->count].runs);
    memmove(&s->pages[at + 1], &s->pages[at], (s->count - at) * sizeof s->pages[0]);
    s->pages[at] = page;
    s->count++;
}

static int take_page(struct boilerplate *b, mimeo_ctx *ctx, struct view numbers)
{
    struct cursor c = cursor_of(numbers);
    struct page_set page = {.key = hash_text(numbers)};
    uint64_t site;
    int rc = 0;
    if (!cursor_u64be(&c, &site) || c.left == 0)
        return 0;
    struct site *s = admit_site(b, ctx, site, &rc);
    if (s == NULL)
        return rc;
    page.runs = calloc(RUNS, sizeof *page.runs);
    if (page.runs == NULL)
        return ctx_error_nomem(ctx);
    while (page.count < RUNS && cursor_u64be(&c, &page.runs[page.count]))
        page.count++;
    page.count = sort_once(page.runs, page.count);
    admit_page(s, page);
    return 0;
}

static int take_pages(struct boilerplate *b, mimeo_ctx *ctx, struct view pages)
{
    struct cursor c = cursor_of(pages);
    struct view numbers;
    uint64_t len;
    int rc = 0;
    while (rc == 0 && cursor_u64be(&c, &len) && len <= c.left && cursor_take(&c, (size_t)len, &numbers))
        rc = take_page(b, ctx, numbers);
    return rc;
}

static int learn_in_child(struct boilerplate *b, mimeo_ctx *ctx, const struct page_source *sources, size_t count)
{
    struct buf pages = {0};
    struct lesson lesson = {sources, count};
    struct child_limits limits = {.memory = child_memory(256 * MIB), .seconds = 10, .output = count * (8 + NUMBERS_MAX)};
    int rc = child_run(&pages, ctx, sources->where, &limits, read_pages, &lesson);
    if (rc == 0)
        rc = take_pages(b, ctx, buf_view(&pages));
    buf_dispose(&pages);
    return rc;
}

static bool ends_all(int code)
{
    return code == MIMEO_ENOMEM || code == MIMEO_ECANCELLED;
}

int boilerplate_add(struct boilerplate *b, mimeo_ctx *ctx, const struct page_source *sources, size_t count)
{
    int rc = count == 0 ? 0 : learn_in_child(b, ctx, sources, count);
    if (rc == 0 || ends_all(rc) || count == 1)
        return ends_all(rc) ? rc : 0;
    for (size_t i = 0; i < count && !ends_all(rc); i++)
        rc = learn_in_child(b, ctx, &sources[i], 1);
    return ends_all(rc) ? rc : 0;
}

/* ---- settling */

/* Has it an article of its own beside those before it? */
static bool is_new(const struct site *s, size_t which)
{
    const struct page_set *page = &s->pages[which];
    for (size_t i = 0; i < which; i++) {
        size_t longs = 0, own = 0;
        for (size_t k = 0; k < page->count; k++) {
            longs += page->runs[k] & LONG_BIT;
            own += (page->runs[k] & LONG_BIT) && !is_in(s->pages[i].runs, s->pages[i].count, page->runs[k]);
        }
        if (own * 4 <= longs)
            return false;
    }
    return true;
}

static void settle_site(struct site *s)
{
    uint64_t *all = calloc(SAMPLE * RUNS, sizeof *all);
    size_t count = 0, pages = 0;
    for (size_t i = 0; all != NULL && i < s->count; i++) {
        if (!is_new(s, i))
            continue;
        memcpy(&all[count], s->pages[i].runs, s->pages[i].count * sizeof *all);
        count += s->pages[i].count;
        pages++;
    }
    if (count > 0)
        qsort(all, count, sizeof *all, compare);
    size_t least = (size_t)((double)pages * BOILERPLATE_SHARE);
    least = least < BOILERPLATE_PAGES ? BOILERPLATE_PAGES : least;
    s->constant = calloc(count + 1, sizeof *s->constant);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && all[end] == all[i];)
            end++;
        if (end - i < least)
            continue;
        if (s->constant != NULL && (double)(end - i) >= (double)pages * BOILERPLATE_NEARLY)
            s->constant[s->constant_count++] = all[i];
        all[s->recurring_count++] = all[i];
    }
    s->recurring = all;
    for (size_t i = 0; i < s->count; i++)
        free(s->pages[i].runs);
    s->count = 0;
}

void boilerplate_settle(struct boilerplate *b)
{
    for (size_t i = 0; i < b->count; i++)
        settle_site(b->sites[i]);
}

/* ---- */

/* May it go, if it stands at the edge of the body?  A long one without a link may be background that a newsroom repeats in
 * a third of its stories: it must stand on nearly all pages. */
static bool recurs(const struct site *s, const struct body_page *b, const struct text_run *r)
{
    uint64_t key = key_of_run(&b->facts, r);
    bool prose = r->chars >= LONG_RUN && r->links == 0;
    return r->chars >= RUN_MIN && (prose ? is_in(s->constant, s->constant_count, key)
                                         : is_in(s->recurring, s->recurring_count, key));
}

static bool is_there(const struct body_page *b, const struct text_run *r)
{
    return dom_within(r->owner, b->root) && !facts_of(&b->facts, r->first)->gone;
}

void boilerplate_drop(const struct boilerplate *learned, struct body_page *b, const char *url)
{
    size_t at, i = 0, end = b->facts.run_count;
    const struct site *s = learned == NULL ? NULL : site_by(learned, site_of(b->facts.dom, url), &at);
    if (s == NULL || s->recurring_count == 0)
        return;
    for (; i < end && (!is_there(b, &b->facts.runs[i]) || recurs(s, b, &b->facts.runs[i])); i++)
        if (is_there(b, &b->facts.runs[i]))
            prune_run(b, &b->facts.runs[i], DROP_RECURS);
    for (; end > i && (!is_there(b, &b->facts.runs[end - 1]) || recurs(s, b, &b->facts.runs[end - 1])); end--)
        if (is_there(b, &b->facts.runs[end - 1]))
            prune_run(b, &b->facts.runs[end - 1], DROP_RECURS);
    for (; i < end; i++) { /* between, only what leads elsewhere */
        const struct text_run *r = &b->facts.runs[i];
        if (is_there(b, r) && r->links * 3 > r->chars && recurs(s, b, r))
            prune_run(b, r, DROP_RECURS);
    }
}

int boilerplate_new(struct boilerplate **out, mimeo_ctx *ctx)
{
    struct boilerplate *b = calloc(1, sizeof *b);
    if (b == NULL)
        return ctx_error_nomem(ctx);
    *out = b;
    return 0;
}

void boilerplate_free(struct boilerplate *b)
{
    for (size_t i = 0; b != NULL && i < b->count; i++)
        free_site(b->sites[i]);
    free(b);
}
