/*
 * The clean tree: an article's body as mimeo's own small set of elements.  It is
 * made by the cleaner from any HTML (article/clean.h), written by one serializer,
 * and walked by the renderers.  Nothing outside the sets below can be in it, so what
 * is written from it is safe whatever went in.
 *
 * Nodes live in one arena, freed together.  Walk with the links, without recursion.
 */
#ifndef ARTICLE_TREE_H
#define ARTICLE_TREE_H

#include "base/bytes.h"
#include "base/context.h"

enum tag {
    TAG_TEXT = 0, /* not an element: `text` holds its characters */
    TAG_ROOT,     /* the fragment itself */
    TAG_A, TAG_ABBR, TAG_B, TAG_BDI, TAG_BDO, TAG_BLOCKQUOTE, TAG_BR, TAG_CAPTION,
    TAG_CITE, TAG_CODE, TAG_COL, TAG_COLGROUP, TAG_DD, TAG_DEL, TAG_DL, TAG_DT, TAG_EM,
    TAG_FIGCAPTION, TAG_FIGURE, TAG_H2, TAG_H3, TAG_H4, TAG_H5, TAG_H6, TAG_HR, TAG_I,
    TAG_IMG, TAG_INS, TAG_KBD, TAG_LI, TAG_MARK, TAG_OL, TAG_P, TAG_PRE, TAG_Q, TAG_RP,
    TAG_RT, TAG_RUBY, TAG_S, TAG_SAMP, TAG_SMALL, TAG_SPAN, TAG_STRONG, TAG_SUB, TAG_SUP,
    TAG_TABLE, TAG_TBODY, TAG_TD, TAG_TFOOT, TAG_TH, TAG_THEAD, TAG_TIME, TAG_TR, TAG_U,
    TAG_UL, TAG_WBR,
    TAG_COUNT
};

enum attribute_name {
    ATTR_LANG = 0, ATTR_DIR,                             /* on every element */
    ATTR_HREF,                                           /* a */
    ATTR_SRC, ATTR_ALT, ATTR_WIDTH, ATTR_HEIGHT,         /* img; src is 64 hex digits */
    ATTR_COLSPAN, ATTR_ROWSPAN, ATTR_SCOPE,              /* td, th */
    ATTR_START, ATTR_REVERSED,                           /* ol */
    ATTR_DATETIME,                                       /* time */
    ATTR_COUNT
};

struct attribute {
    struct attribute *next;
    enum attribute_name name;
    struct view value; /* decoded UTF-8 */
};

struct node {
    enum tag tag;
    struct node *parent, *first_child, *last_child, *next;
    struct attribute *attributes; /* in the order of enum attribute_name */
    struct view text;             /* TAG_TEXT: decoded UTF-8 */
};

struct tree; /* the arena and its root */

struct node *tree_root(struct tree *t);
void tree_free(struct tree *t);

const char *tag_name(enum tag tag);                  /* "blockquote"; "" for text and root */
bool tag_is_void(enum tag tag);                      /* br hr img col wbr */
bool tag_is_block(enum tag tag);                     /* starts a new block of text */
const char *attribute_name_str(enum attribute_name name);
/* The value, or NULL where the node has no such attribute. */
const struct view *node_attribute(const struct node *n, enum attribute_name name);

/* The next node of a walk in document order below `top`; *entering tells whether the
 * node is met on the way in or, for elements, on the way out.  Start with *at = top and
 * *entering = true; false at the end.  See tree_write for the smallest use. */
bool tree_walk(const struct node *top, const struct node **at, bool *entering);

/* `v` as text or attribute value: & < > " and U+00A0 escaped. */
int html_escape(struct buf *out, struct view v);

/* The one serializer: HTML from the tree, with & < > " and U+00A0 escaped, so that
 * parsing it again as a fragment gives the same tree. */
int tree_write(struct buf *out, const struct tree *t);

#endif
