/*
 * A page as a tree: what the judgements of this layer walk over.
 *
 *     struct dom *page;
 *     if (dom_parse(&page, ctx, utf8) == 0) { … dom_body(page) …; dom_free(page); }
 *
 * The parser is our own, since a page is 100 to 700 kB of which nine parts in ten are scripts,
 * styles and attributes: these are passed over without being copied, and time is linear in the
 * length whatever stands in it.  It closes elements as the HTML standard does (13.2.6), and is
 * content with less where only looks depend on it: formatting is not opened again, and what
 * stands astray in a table stays there.  Nothing that it gives is safe to show: what leaves this
 * layer goes through the cleaner (article/clean.h), which has the standard's parser.
 *
 * What a reader would get wrong: text and values are views of the page's own bytes wherever no
 * character reference had to be decoded, so those bytes must outlive the tree.
 */
#ifndef EXTRACT_DOM_H
#define EXTRACT_DOM_H

#include "base/bytes.h"
#include "base/context.h"
#include "extract/dom_tags.h"

struct dom_attribute {
    struct view name; /* lower case */
    struct view value;
};

struct dom_node {
    struct dom_node *parent, *first, *last, *prev, *next;
    enum dom_tag tag;          /* DOM_TEXT, or an element's; DOM_OTHER where we know no such tag */
    uint32_t index;            /* in document order, from 0: for arrays beside the tree */
    uint32_t attribute_count;
    struct dom_attribute *attributes;
    struct view text;          /* of a DOM_TEXT; of other elements the tag's name as it stands in the page */
};

struct dom;

/* MIMEO_EMALFORMED where the page is over LIMIT_HTML, or is not UTF-8, or has more elements than are
 * taken.  What is nested deeper than LIMIT_HTML_DEPTH becomes siblings; attributes beyond
 * DOM_ATTRIBUTES of a tag are passed over.  An html, a head and a body are always there.
 * Left out: comments, svg, math, the text of style, of frames and of scripts, but that of a script
 * whose type says JSON (its one child is a text).  The content of noscript are elements. */
int dom_parse(struct dom **out, mimeo_ctx *ctx, struct view utf8);
void dom_free(struct dom *d);

struct dom_node *dom_root(const struct dom *d); /* html */
struct dom_node *dom_head(const struct dom *d);
struct dom_node *dom_body(const struct dom *d);
size_t dom_count(const struct dom *d);          /* of nodes: each index is below it */
/* A piece of the tree's own memory, zeroed; NULL on no memory. */
void *dom_alloc(struct dom *d, size_t size);

/* The attribute's value; empty where there is none (ptr NULL) or it is empty (ptr not NULL). */
struct view dom_attribute(const struct dom_node *n, const char *name);
bool dom_has_attribute(const struct dom_node *n, const char *name);
/* Does the value, a list divided by spaces, hold this word?  ASCII case does not count. */
bool dom_has_word(const struct dom_node *n, const char *attribute, const char *word);
bool dom_has_class(const struct dom_node *n, const char *name);

/* A walk in document order without recursion:
 *     for (n = top; n != NULL; n = dom_next(n, top)) …
 * dom_after goes on behind the subtree of n. */
struct dom_node *dom_next(const struct dom_node *n, const struct dom_node *top);
struct dom_node *dom_after(const struct dom_node *n, const struct dom_node *top);
/* The first element below `top` with this tag; NULL where there is none. */
struct dom_node *dom_find(const struct dom_node *top, enum dom_tag tag);
bool dom_within(const struct dom_node *n, const struct dom_node *ancestor); /* true for itself */

/* The text below (or of) a node as one line: white space collapsed and cut off at both ends, a
 * space where a block or a line break divides; nothing of scripts, styles and templates.
 * Appended; 0, or MIMEO_ENOMEM or MIMEO_EMALFORMED (out->max) as with buf_append. */
int dom_text(struct buf *out, const struct dom_node *n);

/* "div#id.class" for people; bounded to some 80 bytes. */
int dom_describe(struct buf *out, const struct dom_node *n);

#endif
