/* The two readers, which run in the child: each calls `entry_done` for every entry, in order. */
#ifndef FEED_READER_H
#define FEED_READER_H

#include "feed/parse.h"

int read_xml_feed(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source);
int read_json_feed(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source);

#endif
