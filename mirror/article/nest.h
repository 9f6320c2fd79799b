/*
 * What may stand in what, in a clean tree.  Stricter than HTML, so that no rule of the HTML parser
 * about elements out of place ever has to act on what is written from it:
 *
 *     root, blockquote, li, dd, dt, td, th, figure, figcaption, caption    blocks, and lines
 *     ul, ol, dl, table, thead, tbody, tfoot, tr, colgroup                 their own parts only
 *     p, h2-h6, pre                                                        a line: no blocks
 *     a, b, em, …                                                          within a line: no blocks
 *
 * The cleaner repairs by these rules, and clean_is_canonical judges by them.
 */
#ifndef ARTICLE_NEST_H
#define ARTICLE_NEST_H

#include "article/tree.h"

#define NEST_BLOCKS 440  /* deepest block that is kept as it came; implied ones may go 4 deeper */
#define NEST_INLINES 32  /* inline elements in each other */

enum shape {
    SHAPE_FLOW,        /* holds blocks and lines */
    SHAPE_PARTS,       /* holds only its own parts */
    SHAPE_LINE,
    SHAPE_INLINE,
    SHAPE_INLINE_VOID, /* text too */
    SHAPE_BLOCK_VOID,
};

enum shape nest_shape(enum tag tag);
/* The element to put between `container` (SHAPE_FLOW or _PARTS) and `child`; TAG_TEXT: none. */
enum tag nest_implied(enum tag container, enum tag child);
/* Kept without content: cells and items count. */
bool nest_keeps_empty(enum tag tag);

#endif
