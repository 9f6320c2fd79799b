/*
 * Characters and attribute values that a clean tree may hold.  Each function is its own fixpoint:
 * what it gave, it gives again.  The cleaner makes values with them, and clean_is_canonical asks
 * them whether a value is one that they would make.
 */
#ifndef ARTICLE_VALUES_H
#define ARTICLE_VALUES_H

#include "article/tree.h"

/* Append `v` (valid UTF-8) without controls, bidi controls and non-characters; a form feed or a
 * line separator becomes a space, a carriage return a line end. */
int text_clean(struct buf *out, struct view v);
/* Would text_clean leave it as it is?  False where it is not UTF-8. */
bool text_is_clean(struct view v);
/* Space, tab, line end: all of it (true where empty). */
bool text_is_white(struct view v);

/* Append what the attribute of `tag` becomes; false (and nothing appended) where it goes. */
bool value_clean(struct buf *out, enum tag tag, enum attribute_name name, struct view raw,
                 const char *base_url);

#endif
