/*
 * The HTML parser behind a small interface, so that another can take its place: HTML goes in, a
 * run of events comes out as bytes.  As bytes, because a parser of hostile input may run in a
 * child, and then nothing but them comes back: they are read with a cursor and not trusted.
 *
 *     O tag:1 count:1 { name:1 len:4 bytes }*     an element begins
 *     C                                           … and ends (voids too)
 *     T len:4 bytes                               text, decoded
 *
 * tag is an enum tag, or one of the two below; name is an enum attribute_name, and only those
 * that the element may have are given.  Elements whose content goes with them are left out.
 */
#ifndef ARTICLE_HTML_PARSER_H
#define ARTICLE_HTML_PARSER_H

#include "article/tree.h"

enum {
    HTML_INLINE = TAG_COUNT, /* an element that is not ours, within a line … */
    HTML_BLOCK,              /* … or that begins a line of its own */
};

struct html_attribute {
    enum attribute_name name;
    struct view value;
};

struct html_event {
    enum { HTML_OPEN, HTML_CLOSE, HTML_TEXT } type;
    int tag;
    size_t attribute_count;
    struct html_attribute attributes[ATTR_COUNT];
    struct view text;
};

/* The most that parsing `len` bytes may take: bytes of memory, and of events. */
size_t html_parse_memory(size_t len);
size_t html_parse_output(size_t len);

/* Parse a fragment in the context of a body; `html` has passed html_scan.  MIMEO_EMALFORMED
 * where it is deeper than LIMIT_HTML_DEPTH after all or takes too much memory. */
int html_parse(struct buf *events, mimeo_ctx *ctx, struct view html);

/* The next event; false at the end or at bytes that are none (then c->left is not 0). */
bool html_event_next(struct cursor *c, struct html_event *out);

#endif
