/*
 * XML as feeds have it, a tag or a piece of text at a time.
 *
 * Why no library: one that follows the standard stops at the first bare ampersand, and one that recovers pops an element at
 * any end tag, whatever it is called, so that a <br> in a description swallows the entries behind it.  This reader knows tags,
 * text, CDATA and character references; which end tag closes what is settled by name, above (feed/parse.c).  Document types,
 * with whatever they declare, comments and processing instructions are passed over byte by byte and never kept.
 */
#ifndef FEED_XML_H
#define FEED_XML_H

#include "feed/decode.h"

#define XML_ATTRIBUTES 64
#define XML_TAG_MAX (4 * MIB) /* a longer one is text: pictures in an address make long ones */

enum xml_event { XML_END, XML_OPEN, XML_CLOSE, XML_TEXT };

struct xml_attribute {
    struct view name; /* with its prefix */
    struct view value; /* decoded */
};

struct xml {
    struct decode *decode;
    struct buf window;
    size_t at;     /* in the window */
    bool ended;    /* the window has all that is left */
    bool in_cdata;
    struct buf scratch; /* decoded text and values */
    /* Of the last event; borrowed until the next. */
    struct view name; /* XML_OPEN, XML_CLOSE: with its prefix */
    bool empty;       /* XML_OPEN: "<x/>", and no XML_CLOSE comes */
    struct xml_attribute attributes[XML_ATTRIBUTES];
    size_t attribute_count;
    struct view text; /* XML_TEXT: decoded; a long text comes in pieces */
};

void xml_init(struct xml *x, struct decode *decode);
int xml_next(struct xml *x, mimeo_ctx *ctx, enum xml_event *event);
void xml_dispose(struct xml *x);

#endif
