/*
 * The card of a head: one line that two readers compare.
 *
 *     mimeo head <first 16 digits of the ID> <seq> <header hash> <time>
 *
 * Beware: nobody signed it.  What it says is worth as much as the way that it came by.
 */
#ifndef LIBRARY_CARD_H
#define LIBRARY_CARD_H

#include "base/context.h"
#include "trust/hash.h"

#define CARD_MAX ((size_t)4096) /* with all that messengers add */
#define CARD_ID_LEN 16

struct card {
    char id[CARD_ID_LEN + 1]; /* lower-case hex */
    uint64_t seq;
    struct hash hash;
    int64_t time;
};

/* White space, line breaks and marks of no width may stand anywhere, also inside of the hash; the first letter may
 * be a capital.  All else is strict.  MIMEO_EMALFORMED. */
int card_parse(struct card *out, mimeo_ctx *ctx, struct view text);
/* Append the line, without LF. */
int card_write(struct buf *out, const struct card *c);

#endif
