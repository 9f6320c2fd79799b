/*
 * What was kept of a page and what dropped, for people: a JSON array of lines such as
 *     "dropped  div.related < div.entry-content < article  (120 letters): other articles: Read more …"
 */
#ifndef EXTRACT_EXPLAIN_H
#define EXTRACT_EXPLAIN_H

#include "extract/body.h"

/* Words for a reason. */
const char *explain_reason(enum drop_reason why);
/* Appended; at most some 400 lines, the body first.  0, MIMEO_ENOMEM or MIMEO_EMALFORMED as buf_append. */
int explain_body(struct buf *out, const struct body_page *b);

#endif
