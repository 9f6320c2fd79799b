/*
 * Tags and text of a page, one by one (HTML standard 13.2.5).  Comments and their like are passed over.
 */
#ifndef EXTRACT_DOM_TOKEN_H
#define EXTRACT_DOM_TOKEN_H

#include "extract/dom_tags.h"

#define DOM_ATTRIBUTES 64 /* of one tag; more are passed over */

struct dom_token {
    enum { DOM_TOKEN_TEXT, DOM_TOKEN_OPEN, DOM_TOKEN_CLOSE } type;
    enum dom_tag tag;
    struct view text; /* as it stands, or the tag's name */
    bool self_closing;
    size_t attribute_count;
    struct {
        struct view name, value; /* as they stand */
    } attributes[DOM_ATTRIBUTES];
};

/* The next, or false at the end; a tag that the end cuts off is none. */
bool dom_token_next(struct cursor *c, struct dom_token *t);
/* Behind the start tag of an element whose content is text: that content; its end tag is passed over. */
struct view dom_token_raw(struct cursor *c, enum dom_tag tag);
/* Behind the start tag of svg or math: past the end of it. */
void dom_token_skip(struct cursor *c, enum dom_tag tag);

/* `raw` with its character references decoded, appended. */
int dom_decode(struct buf *out, struct view raw);

#endif
