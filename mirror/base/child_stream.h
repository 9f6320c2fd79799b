/*
 * The same for work that gives back many parts, one by one: the child waits while the caller does not ask, so neither
 * side ever holds more than one part.
 *
 *     struct child_stream *s;
 *     int rc = child_stream_open(&s, ctx, "the feed", &limits, fn, payload);
 *     while (rc >= 0 && (rc = child_stream_next(s, ctx, &part)) == 1) …
 *     child_stream_close(s);
 *
 * In the child, fn calls child_give() for each part; its code and message come to the caller as the last thing.
 */
#ifndef BASE_CHILD_STREAM_H
#define BASE_CHILD_STREAM_H

#include "base/child.h"

struct child_pipe;
struct child_stream;

/* `what` is for messages and is copied.  Of the limits, `output` is the most that one part holds, and `wall_seconds` the
 * longest that the caller waits for one; there is no limit on the time between two calls. */
int child_stream_open(struct child_stream **out, mimeo_ctx *ctx, const char *what, const struct child_limits *limits,
                      int (*fn)(struct child_pipe *pipe, mimeo_ctx *ctx, void *payload), void *payload);
/* In the child.  A negative code (nobody listens, or the part is too large) should end fn. */
int child_give(struct child_pipe *pipe, mimeo_ctx *ctx, struct view part);

/* 1 and the part (`out` is initialised by the caller and cleared here), 0 at the end, or fn's code with its message.  A child
 * that dies or passes its limits gives MIMEO_EMALFORMED with "`what` could not be read within its limits".  After anything
 * but 1 the child is gone, and the next call gives the same again. */
int child_stream_next(struct child_stream *s, mimeo_ctx *ctx, struct buf *out);
void child_stream_close(struct child_stream *s);

#endif
