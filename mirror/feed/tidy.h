/*
 * An entry's HTML without what feeds add to it: counting pixels, "The post … appeared first on …", buttons for sharing, "Continue
 * reading", lists of other articles at its end.
 */
#ifndef FEED_TIDY_H
#define FEED_TIDY_H

#include "base/bytes.h"
#include "base/context.h"

/* Append to `out`; with addresses made absolute where `base` (NULL: not known) lets that be.  *cut becomes true where a link to
 * the rest of the text was dropped, so this is its beginning.  Where it cannot be judged it stays as it is. */
int tidy_html(struct buf *out, bool *cut, mimeo_ctx *ctx, struct view html, const char *base);

#endif
