/*
 * Cleaning: from any HTML to the clean tree.  Done when publishing, and again when
 * reading, so a publisher's mistake or malice cannot reach the reader's screen.
 *
 *     struct tree *tree;
 *     if (clean_html(&tree, ctx, html, NULL) == 0) { tree_write(&out, tree); tree_free(tree); }
 */
#ifndef ARTICLE_CLEAN_H
#define ARTICLE_CLEAN_H

#include "article/tree.h"

/* What an <img> becomes.  `hash` is 64 hex digits and a NUL. */
struct clean_picture {
    char hash[65];
    uint32_t width, height; /* 0: not written */
};

struct clean_options {
    /* Asked for each img with the (entity-decoded, stripped) src; `alt` may be empty.
     * Returns 1 and fills `out`, 0 to drop the picture (a figure left without picture or
     * text goes too), or a negative code to fail.  NULL: src must already be 64 lower-case
     * hex digits and is kept, with its own width and height; anything else is dropped. */
    int (*picture)(struct clean_picture *out, mimeo_ctx *ctx, struct view src, struct view alt,
                   void *payload);
    void *payload;
    /* Relative links are resolved against it (RFC 3986 s. 5); NULL or empty: links that are
     * not absolute are unwrapped. */
    const char *base_url;
};

/* Clean a fragment.  MIMEO_EMALFORMED where it is over LIMIT_HTML, LIMIT_HTML_DEPTH or
 * LIMIT_HTML_ATTRIBUTES (found by a scan before the parser runs, which is quadratic in
 * both), takes too much memory to be parsed, or is not UTF-8.  Inputs over 1 MiB, and those
 * with elements that a scan may be wrong about (svg, math, select, template), are parsed in a
 * child with caps; `picture` is called here all the same.
 * Forms and their controls go with their content, as scripts do.  Other elements that are not
 * ours are unwrapped; text of their blocks becomes paragraphs, so that it stays apart. */
int clean_html(struct tree **out, mimeo_ctx *ctx, struct view html,
               const struct clean_options *options);

/* True where `html` is already exactly what tree_write would give for it.  One pass, no
 * parser; false only means "clean it".  This is what makes reading many bodies cheap. */
bool clean_is_canonical(struct view html);

/* clean_html + tree_write: the canonical bytes. */
int clean_to_html(struct buf *out, mimeo_ctx *ctx, struct view html,
                  const struct clean_options *options);

/* The body's plain text: blocks separated by a blank line, list items and table rows
 * a line each, pictures as nothing. */
int clean_text(struct buf *out, const struct tree *t);
/* Words as a newsroom counts them: runs of letters and digits; for scripts without
 * spaces (Han, Kana, Thai, …) one for each character. */
size_t clean_word_count(const struct tree *t);

/* An absolute http, https, mailto or mimeo: address from what stood in an attribute
 * (controls and spaces stripped first); false where it is none of these. */
bool clean_url(struct buf *out, struct view raw, const char *base_url);

#endif
