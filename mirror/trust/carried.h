/*
 * Small files that people carry between machines: proposals of charters, signatures on them, a key that moves
 * to another machine.  Printable lines, so that a file can be looked at, mailed, and read out; the last line is
 * a checksum, so that what a mail program or a tired hand changed is told as that, and not as a forgery:
 *
 *     mimeo <kind> 1
 *     …
 *     sum <hash of all lines above, each ended by LF>
 *
 * Two changes that mail makes are put right before anything is checked: all line ends as CR LF, and white
 * space behind the last line.
 *
 * The checksum vouches for nothing: whoever changes a file on purpose makes a new one.
 */
#ifndef TRUST_CARRIED_H
#define TRUST_CARRIED_H

#include "base/bytes.h"
#include "base/context.h"

/* The lines above the checksum, as they were written, into `out` (initialised by the caller).  MIMEO_EMALFORMED:
 * not this kind of file, or changed on the way; MIMEO_ENEWER: another version of it. */
int carried_unpack(struct buf *out, mimeo_ctx *ctx, const char *what, struct view bytes, const char *kind);
/* Append the checksum of what `b` holds. */
int carried_seal(struct buf *b, mimeo_ctx *ctx);

/* The next line, "<keyword> <value>": its value. */
bool carried_line(struct cursor *c, const char *keyword, struct view *value);
/* "<keyword> <length>" LF and as many bytes. */
bool carried_block(struct cursor *c, const char *keyword, size_t max, struct view *bytes);
int carried_put_block(struct buf *b, const char *keyword, struct view bytes);

#endif
