/*
 * Which article ids were met: 8 bytes an id however long it is, so that a walk over a million
 * articles stays small.  Ids are kept as keyed 64-bit hashes with a random key, so nobody can make
 * two that collide.
 */
#ifndef LIBRARY_ID_SET_H
#define LIBRARY_ID_SET_H

#include <stdbool.h>

#include "base/context.h"

struct id_set {
    uint8_t key[16];
    uint64_t *slots; /* 0: free */
    size_t cap, count;
};

void id_set_init(struct id_set *s, mimeo_ctx *ctx);
void id_set_dispose(struct id_set *s);
uint64_t id_set_hash(const struct id_set *s, const char *id); /* never 0 */
/* 1 where it is new, 0 where it was there, MIMEO_ENOMEM. */
int id_set_add(struct id_set *s, mimeo_ctx *ctx, uint64_t hash);
bool id_set_has(const struct id_set *s, uint64_t hash);

#endif
