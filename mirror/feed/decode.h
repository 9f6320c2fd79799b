/*
 * The bytes of a feed as clean UTF-8, piece by piece: whatever the encoding is, or is said to be, what comes out is valid,
 * without NUL or other controls, and with LF for the ends of lines.
 */
#ifndef FEED_DECODE_H
#define FEED_DECODE_H

#include <iconv.h>

#include "extract/charset.h"
#include "feed/feed.h"

struct decode {
    struct view head; /* not taken yet */
    int fd;
    const char *where;
    bool ended;      /* nothing is left to be read */
    bool converting; /* with `converter`; else it is UTF-8 already */
    bool after_cr;
    bool undecided;  /* all so far was ASCII */
    const struct charset *declared; /* what the feed says that it is in, while undecided; NULL */
    iconv_t converter;
    struct buf raw;  /* read, not decoded */
    struct buf made; /* decoded, not clean */
};

/* Reads as much as it takes to know the encoding.  `source` must outlive it. */
int decode_init(struct decode *d, mimeo_ctx *ctx, const struct feed_source *source);
/* Append a piece to `out`: 1, or 0 at the end, or a code. */
int decode_more(struct decode *d, mimeo_ctx *ctx, struct buf *out);
void decode_dispose(struct decode *d);

#endif
