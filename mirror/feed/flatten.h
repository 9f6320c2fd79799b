/* Small pieces of HTML as one line of text: titles, summaries, names. */
#ifndef FEED_FLATTEN_H
#define FEED_FLATTEN_H

#include "feed/parse.h"

/* Append `v` as one line: white space collapsed, tags of HTML's elements taken out (a "<3" or "<vector>" stays), references
 * decoded.  `kind` TEXT_PLAIN: white space alone.  No more than `max` bytes: then cut at a word, with "…". */
int flatten(struct buf *out, struct view v, enum text_kind kind, size_t max);
/* Is there a tag of an element that makes paragraphs or breaks lines? */
bool html_has_blocks(struct view v);
bool html_has_tags(struct view v);
/* Append plain text as HTML: a paragraph for each run of lines between blank ones, or for each line where lines end as
 * sentences do and none is blank.  `kind` TEXT_HTML: it has no blocks, but
 * inline tags and references, which stay. */
int paragraphs(struct buf *out, struct view v, enum text_kind kind);

#endif
