/*
 * An article on a terminal: the clean tree as text of a given width.
 *
 * Text stays in logical order (terminals do the bidi themselves), in directional isolates where
 * its direction differs from the line's.  Width is counted in cells: wide characters two, marks none.
 */
#ifndef ARTICLE_RENDER_H
#define ARTICLE_RENDER_H

#include "article/tree.h"

struct render_options {
    int width;          /* cells, 20..; 0: do not wrap */
    bool style;         /* ANSI bold, italic, underline, dim */
    const char *dir;    /* "rtl": paragraphs are right-aligned to the width; else NULL or "ltr" */
    /* Words for a picture, such as "[picture: ALT]"; NULL: "[picture]" with its alt. */
};

/* Headings, paragraphs, quotes behind a bar, lists with bullets and numbers, definition lists, tables in
 * columns (or as rows of "heading: cell" where they do not fit), code kept as it is, rules, pictures
 * as "[picture: alt]" with the caption, links as [1] with a numbered list of addresses at the end (an address
 * that is its own text is not repeated).  Ends with LF. */
int render_terminal(struct buf *out, mimeo_ctx *ctx, const struct tree *t,
                    const struct render_options *options);

/* Wrap one paragraph of plain text (no markup) with a hanging indent, for titles, summaries, lists. */
int render_paragraph(struct buf *out, struct view text, int width, int first_indent, int indent);
/* Cells that `v` takes; ill-formed bytes count one. */
size_t text_cells(struct view v);
/* Append at most `cells` cells of `v`, with … where it was cut. */
int buf_append_cells(struct buf *out, struct view v, size_t cells);

#endif
