/*
 * Reading a stretch from front to back: plain, or one gzip member of it, unpacked on the way.
 *
 * A bomb is stopped here: one member may give at most STREAM_FREE bytes and what lies above only at a ratio that text and
 * pictures have (STREAM_RATIO).
 */
#ifndef ARCHIVE_STREAM_H
#define ARCHIVE_STREAM_H

#include <zlib.h>

#include "archive/stretch.h"
#include "base/limits.h"

#define STREAM_PEEK (64 * KIB)      /* the most that can be looked at without moving */
#define STREAM_FREE (64ULL * MIB)
#define STREAM_RATIO 100

enum stream_end {
    STREAM_GOING,
    STREAM_ENDED,   /* of the stretch, or well-formed of the member */
    STREAM_CUT,     /* the stretch ended within the member */
    STREAM_DAMAGED, /* the member is damaged from here on */
    STREAM_BOMB
};

struct stream {
    struct stretch from;
    mimeo_ctx *ctx;
    uint8_t *in, *out;      /* what was read; what was unpacked */
    size_t in_at, in_len;
    size_t start, end;      /* of what is not taken yet, in `out` (of plain ones: too) */
    uint64_t in_pos;        /* of the stretch, behind `in` */
    uint64_t member;        /* where it began */
    uint64_t taken;         /* bytes taken since stream_begin() */
    uint64_t made;          /* bytes unpacked since stream_begin() */
    z_stream z;
    bool gzip, z_open;
    enum stream_end state;  /* of the source; there may be bytes left to take */
};

int stream_init(struct stream *s, mimeo_ctx *ctx);
void stream_dispose(struct stream *s); /* zeroed storage is fine */
/* Go to `at` of `from`: as gzip where a member begins there, else plain. */
int stream_begin(struct stream *s, const struct stretch *from, uint64_t at);
/* The next bytes, at least `want` (at most STREAM_PEEK) but where the end is before.  Errors are of the system alone; the
 * rest shows in `state`. */
int stream_peek(struct view *out, struct stream *s, size_t want);
void stream_take(struct stream *s, size_t len); /* of what was peeked */
/* Pass over `len` bytes, *passed of them are there. */
int stream_skip(uint64_t *passed, struct stream *s, uint64_t len);
/* Where in the stretch the stream is: for a member that ended, where the next begins. */
uint64_t stream_where(const struct stream *s);
/* Words for a state that is not good. */
const char *stream_fault(const struct stream *s);

#endif
