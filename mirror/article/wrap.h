/*
 * Breaking text into lines of so many cells.
 *
 * The text is UTF-8, in which a change of style is marked in-band by two bytes that no
 * UTF-8 has: FE and 80|styles.  Marks, and the isolates U+2066..U+2069, take no cells and
 * allow no break; LF ends a line; U+200B allows a break.
 */
#ifndef ARTICLE_WRAP_H
#define ARTICLE_WRAP_H

#include "base/bytes.h"

#define WRAP_MARK_BYTE 0xFE
#define STYLE_BOLD 1u
#define STYLE_DIM 2u
#define STYLE_ITALIC 4u
#define STYLE_UNDERLINE 8u

/* One user-perceived character (UAX 29), an ill-formed byte, or a mark. */
struct cluster {
    struct view bytes;
    uint32_t base; /* its first code point; U+FFFD for an ill-formed byte */
    bool silent;   /* a mark or an isolate */
    size_t cells;
};

bool cluster_next(struct cursor *c, struct cluster *out);

struct wrapper {
    struct cursor rest;
    bool more;
};

struct wrap_line {
    struct view text;    /* without trailing spaces */
    struct view skipped; /* what stood between it and the next: spaces, LF, marks */
    size_t cells;
};

void wrap_begin(struct wrapper *w, struct view text);
/* The next line of at most `width` cells (0: only LF ends lines); false at the end.  Addresses
 * (http://…) are never broken, so a line may be longer. */
bool wrap_next(struct wrapper *w, size_t width, struct wrap_line *out);

#endif
