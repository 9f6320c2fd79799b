/*
 * Memory that is given piece by piece and taken back at once.  A zeroed arena is empty.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks; /* the one being filled first */
};

/* `size` bytes, zeroed and aligned for anything; NULL on no memory. */
void *arena_alloc(struct arena *a, size_t size);
/* The bytes with a NUL behind them. */
char *arena_string(struct arena *a, struct view v);
void arena_dispose(struct arena *a);

#endif
