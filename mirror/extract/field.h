/*
 * The fields of a page while they are gathered: lines made clean, what <meta> and JSON-LD say, and the record
 * that is filled.
 */
#ifndef EXTRACT_FIELD_H
#define EXTRACT_FIELD_H

#include "extract/date.h"
#include "extract/json_ld.h"
#include "extract/meta.h"
#include "extract/says.h"

#define META_ENTRIES 512 /* of one page */

/* ---- lines */

/* `raw` as one line, appended: white space collapsed, what no line of a record may hold (controls, overrides)
 * left out, cut at a character where it is longer than `max`.  With `markup` references and tags in it are read. */
int field_line(struct buf *out, struct view raw, size_t max, bool markup);
/* Letters and digits alone, in small letters: for comparing what two places say. */
int field_folded(struct buf *out, struct view line);
/* Characters of a UTF-8 view. */
size_t field_length(struct view v);
bool line_has(struct view v, const char *word);        /* ASCII case does not count */
bool line_is(struct view v, const char *word);       /* ASCII case does not count */
struct view line_trim(struct view v);
/* Bytes of `v` that are `word` (which is in small letters) in whatever case, at its start; 0: none. */
size_t line_starts(struct view v, const char *word);

/* ---- the page */

struct meta_entry {
    struct view name, value;
};

struct meta_page {
    mimeo_ctx *ctx;
    const struct dom *dom;
    const char *url;            /* where the page came from, or NULL */
    struct json_ld ld;
    struct meta_entry entries[META_ENTRIES];
    size_t entry_count;
    struct says says;
    json_t *record;
    struct page_taken *taken;
    struct buf title;           /* as chosen */
    struct buf site;            /* its name */
    char lang[36];              /* as chosen, or "" */
    struct date zone;           /* a date with a zone, for those without */
    bool no_memory;
};

/* The content of the first <meta> that has one, of these names in this order (names divided by spaces). */
struct view meta_get(const struct meta_page *m, const char *names);
/* Each content of <meta> with this name; `from` is 0 at first. */
bool meta_each(const struct meta_page *m, const char *name, size_t *from, struct view *out);

/* Set a field of the record, made clean; an empty line sets nothing. */
void record_put(struct meta_page *m, const char *field, struct view raw, size_t max, bool markup);
/* Append to a list of lines, if it is not in there and there is room. */
void record_add(struct meta_page *m, const char *field, struct view line, size_t max, size_t most);

/* The text of a node as a line. */
void node_line(struct buf *out, const struct dom_node *n, size_t max);

/* ---- each of these fills its fields */

void meta_title(struct meta_page *m);       /* title.c: title, subtitle, site */
void meta_bylines(struct meta_page *m);     /* byline.c */
void meta_dates(struct meta_page *m);       /* meta_date.c: published, modified */
void meta_language(struct meta_page *m);    /* language.c: lang, dir */
void meta_picture(struct meta_page *m);     /* lead_picture.c: images */
void meta_topics(struct meta_page *m);      /* topics.c: section, tags, summary */
void meta_address(struct meta_page *m);     /* address.c: url */

/* A relative or whole address as an http or https one, against the page's; false where it is none. */
bool meta_resolve(struct buf *out, const struct meta_page *m, struct view address);

#endif
