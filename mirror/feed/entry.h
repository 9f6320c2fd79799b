/* An entry as one JSON object. */
#ifndef FEED_ENTRY_H
#define FEED_ENTRY_H

#include "feed/parse.h"

/* Append the object.  *why is set (words, in `reason`) where the entry is none for readers, and then nothing is appended. */
int entry_write(struct buf *out, struct buf *reason, bool *summary_only, mimeo_ctx *ctx, struct parse *p);

#endif
