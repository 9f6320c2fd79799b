/* Character references of XML and HTML, one character each. */
#ifndef FEED_ENTITIES_H
#define FEED_ENTITIES_H

#include "base/bytes.h"

#define ENTITY_MAX 32 /* bytes that one takes at the most, with & and ; */

/* The reference at the front of `v` ("&amp;", "&#8217;"): its length, or 0 where there is none, and then the & is a text's. */
size_t entity_take(struct view v, uint32_t *code);
/* Append `v` with every reference decoded, once. */
int entities_decode(struct buf *out, struct view v);

#endif
