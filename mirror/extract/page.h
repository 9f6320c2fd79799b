/*
 * A whole page as it was saved -> one article, in the shape of JSON Lines (import/article.h).
 */
#ifndef EXTRACT_PAGE_H
#define EXTRACT_PAGE_H

#include "base/bytes.h"
#include "base/context.h"

struct page_rules;  /* extract/rules.h */
struct boilerplate; /* extract/boilerplate.h */

struct page_source {
    struct view bytes;
    const char *where;        /* for messages: a file's name */
    const char *content_type; /* the HTTP header; NULL */
    const char *url;          /* NULL: not known */
};

struct page_options {
    const struct page_rules *rules;     /* NULL: none */
    const struct boilerplate *learned;  /* NULL: nothing */
    const char *lang;                   /* where the page says none; NULL */
    bool explain;                       /* an array "explain" of lines: what was kept and dropped, and why */
};

/* *out (initialised here): the JSON object as text.  Runs in a child with caps.
 * MIMEO_ENOTFOUND: a page, but no article in it (front page, list, login, error page…): the message says why.
 * MIMEO_EMALFORMED: cannot be read (binary, too large…). */
int page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *source, const struct page_options *options);

/* The same for a text that was copied from a page, with what stood around the article (text_page.c). */
int text_page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *source,
                      const struct page_options *options);

#endif
