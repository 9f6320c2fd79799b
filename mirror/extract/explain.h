/*
 * What was kept of a page and what dropped, for people: a JSON array of
 *     {"path": "div#id.class < article", "chars": 120, "kept": false, "reason": "related articles", "text": "Read mo…"}
 */
#ifndef EXTRACT_EXPLAIN_H
#define EXTRACT_EXPLAIN_H

#include "extract/body.h"

/* Words for a reason. */
const char *explain_reason(enum drop_reason why);
/* Appended; at most some 400 entries, the root of the body first.  0, MIMEO_ENOMEM or MIMEO_EMALFORMED as buf_append. */
int explain_body(struct buf *out, const struct body_page *b);

#endif
