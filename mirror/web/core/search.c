/*
 * Searching, without an index: every article that is held, newest first; all words must occur.  Those with all of
 * them in the title come first, then in what the catalog says, then in the text.
 */
#include <stdlib.h>
#include <string.h>

#include "article/clean.h"
#include "core.h"
#include "fold.h"

#define WORDS_MAX 8
#define HITS_MAX 500
#define SNIPPET_BEFORE 60 /* bytes of text around what was found */
#define SNIPPET_LEN 220
#define TIERS 3
#define RAWS 8 /* body blocks kept */

struct hit {
    struct place place;
    char *snippet;
};

/* Bodies lie in blocks by language, and records of many languages take turns: so several blocks stay. */
struct raw_block {
    uint64_t seq; /* 0: none */
    uint32_t block;
    struct buf raw;
};

struct search {
    struct core_mirror *c;
    struct folded words[WORDS_MAX];
    size_t word_count;
    size_t limit;
    struct place *places; /* as they stand in the bundles, so that each is opened once */
    struct hit *hits[TIERS];
    size_t counts[TIERS];
    struct folded folded;
    struct buf plain;
    struct raw_block raws[RAWS];
    size_t next_raw; /* to be overwritten */
};

/* Marks the words in a text; the place of the first one that is new, among what it folds to, goes to *first. */
static bool mark(struct search *s, struct view text, unsigned *found, size_t *first)
{
    if (!fold_text(&s->folded, text))
        return false;
    for (size_t i = 0; i < s->word_count; i++) {
        size_t at = (*found & 1u << i) == 0 ? folded_find(&s->folded, &s->words[i]) : SIZE_MAX;
        if (at == SIZE_MAX)
            continue;
        *found |= 1u << i;
        if (at < *first)
            *first = at;
    }
    return true;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

static char *snippet_at(struct view text, size_t folded)
{
    struct buf b;
    size_t at = fold_place(text, folded), from = at > SNIPPET_BEFORE ? at - SNIPPET_BEFORE : 0, end = from + SNIPPET_LEN;
    while (from > 0 && from < at && text.ptr[from] != ' ')
        from++;
    while (from < text.len && is_continuation(text.ptr[from]))
        from++;
    if (end > text.len)
        end = text.len;
    while (end > from && end < text.len && (is_continuation(text.ptr[end]) || (text.ptr[end] != ' ' && end > at + SNIPPET_BEFORE)))
        end--;
    while (end > from && end < text.len && is_continuation(text.ptr[end]))
        end--;
    buf_init(&b, 2 * SNIPPET_LEN);
    if (from > 0)
        buf_append_str(&b, "… ");
    buf_append(&b, text.ptr + from, end - from);
    if (end < text.len)
        buf_append_str(&b, " …");
    return buf_detach(&b, NULL);
}

/* What the catalog says beside the title, in one text. */
static void append_meta(struct buf *b, const struct record *r)
{
    const char *const parts[] = {r->subtitle, r->summary, r->section};
    buf_clear(b);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        buf_appendf(b, "%s\n", parts[i] == NULL ? "" : parts[i]);
    for (size_t i = 0; i < r->byline_count; i++)
        buf_appendf(b, "%s\n", r->bylines[i]);
    for (size_t i = 0; i < r->tag_count; i++)
        buf_appendf(b, "%s\n", r->tags[i]);
}

/* The inflated block with the record's body; NULL and a code, or 0 where it is not to be had (erased, damaged). */
static int load_block(const struct buf **out, struct search *s, struct held_bundle *h, const struct record *r)
{
    *out = NULL;
    for (size_t i = 0; i < RAWS; i++)
        if (s->raws[i].seq == h->seq && s->raws[i].block == r->body_block) {
            *out = &s->raws[i].raw;
            return 0;
        }
    struct raw_block *at = &s->raws[s->next_raw];
    s->next_raw = (s->next_raw + 1) % RAWS;
    at->seq = 0;
    int rc = bundle_inflate(&h->bundle, core_ctx, h->name, BUNDLE_BODY, r->body_block, mirror_dictionary, s->c->m, &at->raw);
    if (rc < 0)
        return rc == MIMEO_ENOMEM || rc == MIMEO_EUNREACHABLE ? rc : 0;
    at->seq = h->seq;
    at->block = r->body_block;
    *out = &at->raw;
    return 0;
}

/* 1 and *html, or 0 where there is none. */
static int load_body(struct view *html, struct search *s, struct held_bundle *h, const struct record *r)
{
    const struct buf *raw = NULL;
    int rc = r->has_body ? load_block(&raw, s, h, r) : 0;
    if (rc < 0 || raw == NULL || (uint64_t)r->body_offset + r->body_len > raw->len)
        return rc;
    *html = view_of(raw->ptr + r->body_offset, r->body_len);
    return 1;
}

static int newest_first(const void *a, const void *b)
{
    return place_compare(&((const struct hit *)a)->place, &((const struct hit *)b)->place);
}

/* Only the newest `limit` of a tier are wanted. */
static void cut(struct search *s, size_t tier)
{
    if (s->counts[tier] > 0)
        qsort(s->hits[tier], s->counts[tier], sizeof(*s->hits[tier]), newest_first);
    while (s->counts[tier] > s->limit)
        free(s->hits[tier][--s->counts[tier]].snippet);
}

static int keep(struct search *s, size_t tier, const struct place *place, char *snippet)
{
    if (s->hits[tier] == NULL)
        s->hits[tier] = calloc(2 * s->limit, sizeof(*s->hits[tier]));
    if (s->hits[tier] == NULL || snippet == NULL) {
        free(snippet);
        return ctx_error_nomem(core_ctx);
    }
    s->hits[tier][s->counts[tier]++] = (struct hit){*place, snippet};
    if (s->counts[tier] == 2 * s->limit)
        cut(s, tier);
    return 0;
}

static int look_at(struct search *s, struct held_bundle *h, const struct record *r, const struct place *place)
{
    unsigned all = (1u << s->word_count) - 1, found = 0;
    size_t first = SIZE_MAX;
    if (!mark(s, view_of_str(r->title == NULL ? "" : r->title), &found, &first))
        return ctx_error_nomem(core_ctx);
    if (found == all)
        return keep(s, 0, place, strdup(r->summary == NULL ? "" : r->summary));
    append_meta(&s->plain, r);
    first = SIZE_MAX;
    if (!mark(s, buf_view(&s->plain), &found, &first))
        return ctx_error_nomem(core_ctx);
    if (found == all)
        return keep(s, 1, place, snippet_at(buf_view(&s->plain), first));
    struct view html;
    int rc = load_body(&html, s, h, r);
    if (rc <= 0 || plain_of_html(&s->plain, html) < 0)
        return rc < 0 ? rc : 0;
    first = SIZE_MAX;
    if (!mark(s, buf_view(&s->plain), &found, &first))
        return ctx_error_nomem(core_ctx);
    /* What would not be shown when it is opened is not found. */
    return found == all && clean_is_canonical(html) ? keep(s, 2, place, snippet_at(buf_view(&s->plain), first)) : 0;
}

static int look_at_all(struct search *s, struct shelf *shelf)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < s->c->place_count; i++) {
        struct record r;
        rc = shelf_record(&r, shelf, &s->places[i], NULL);
        if (rc == 1) {
            rc = r.action == RECORD_RETRACT ? 0 : look_at(s, shelf->held, &r, &s->places[i]);
            record_dispose(&r);
        } else if (rc == MIMEO_EFORGED || rc == MIMEO_EMALFORMED) {
            rc = 0; /* `verify` names it */
        }
        host_progress((double)(i + 1), (double)s->c->place_count);
    }
    return rc;
}

static int put_hit(const struct mimeo_article *a, void *payload)
{
    put_article(payload, "article", a);
    return 0;
}

static int put_hits(struct buf *b, struct search *s, struct shelf *shelf)
{
    size_t left = s->limit;
    int rc = 0;
    for (size_t tier = 0; tier < TIERS; tier++)
        cut(s, tier);
    for (size_t tier = 0; tier < TIERS; tier++)
        for (size_t i = 0; rc == 0 && i < s->counts[tier] && left > 0; i++, left--) {
            bool missing = false;
            put_open(b, NULL, '{');
            rc = shelf_show(shelf, &s->hits[tier][i].place, NULL, &missing, put_hit, b);
            if (missing)
                rc = ctx_error(core_ctx, MIMEO_EFORGED, "a bundle changed while it was searched");
            put_string(b, "snippet", s->hits[tier][i].snippet);
            put_close(b, '}');
        }
    return rc;
}

static int take_words(struct search *s, const char *words)
{
    struct cursor c = cursor_of(view_of_str(words));
    struct view word;
    while (s->word_count < WORDS_MAX && cursor_line(&c, &word)) {
        if (!fold_text(&s->words[s->word_count], word))
            return ctx_error_nomem(core_ctx);
        s->word_count += s->words[s->word_count].len > 0;
    }
    return s->word_count > 0 ? 0 : ctx_error(core_ctx, MIMEO_EUSAGE, "write a word to search for");
}

static void search_dispose(struct search *s)
{
    for (size_t i = 0; i < WORDS_MAX; i++)
        folded_dispose(&s->words[i]);
    for (size_t tier = 0; tier < TIERS; tier++) {
        for (size_t i = 0; i < s->counts[tier]; i++)
            free(s->hits[tier][i].snippet);
        free(s->hits[tier]);
    }
    folded_dispose(&s->folded);
    buf_dispose(&s->plain);
    for (size_t i = 0; i < RAWS; i++)
        buf_dispose(&s->raws[i].raw);
}

static int run(struct search *s)
{
    struct shelf shelf;
    int rc = shelf_init(&shelf, core_ctx, s->c->m);
    if (rc < 0)
        return rc;
    shelf.walked = true;
    rc = look_at_all(s, &shelf);
    struct buf *b = core_begin();
    put_open(b, NULL, '{');
    put_open(b, "hits", '[');
    if (rc == 0)
        rc = put_hits(b, s, &shelf);
    put_close(b, ']');
    put_number(b, "searched", s->c->place_count);
    put_close(b, '}');
    shelf_dispose(&shelf);
    return core_end(rc);
}

/* `words`: one a line, each line with its LF. */
CORE_EXPORT(core_search) int core_search(int handle, const char *words, int limit)
{
    struct search s = {.c = core_mirror_get(handle), .limit = limit > 0 && limit < HITS_MAX ? (size_t)limit : HITS_MAX};
    if (s.c == NULL)
        return MIMEO_ENOTFOUND;
    buf_init(&s.plain, LIMIT_HTML);
    for (size_t i = 0; i < RAWS; i++)
        buf_init(&s.raws[i].raw, LIMIT_BODY_BLOCK);
    int rc = take_words(&s, words);
    if (rc == 0)
        rc = core_walk(s.c, &core_all);
    if (rc == 0)
        rc = core_in_bundles(&s.places, s.c);
    if (rc == 0)
        rc = run(&s);
    free(s.places);
    search_dispose(&s);
    return rc;
}
