/*
 * Reading a feed from its beginning to its end: what runs in the child.  A part for each entry: a letter, the entry's number
 * (8 bytes) and
 *
 *     e  the JSON object       s  the same, of a summary alone       d  the same, of a deleted entry
 *     x  words: why it is none
 */
#ifndef FEED_READER_H
#define FEED_READER_H

#include "feed/parse.h"

#define READER_PART_MAX (LIMIT_INPUT_LINE + KIB)

/* Calls `give` for each part; what that returns below 0 ends it. */
int feed_read_all(mimeo_ctx *ctx, const struct feed_source *source,
                  int (*give)(mimeo_ctx *ctx, struct view part, void *payload), void *payload);

/* The readers: each calls parse.entry_done for every entry, in order. */
int read_xml_feed(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source);
int read_json_feed(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source);
int read_wxr(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source);

#endif
