/*
 * The hash of the format: BLAKE2b-256, one shot and streaming (FORMAT.md, top).
 */
#ifndef TRUST_HASH_H
#define TRUST_HASH_H

#include <sodium.h>

#include "base/bytes.h"

#define HASH_LEN 32
#define HASH_HEX_LEN 64

struct hash {
    uint8_t bytes[HASH_LEN];
};

struct hash hash_of(struct view v);
struct hash hash_zero(void);
bool hash_equal(const struct hash *a, const struct hash *b);
bool hash_is_zero(const struct hash *h);
bool hash_parse(struct view hex, struct hash *out);
/* The first of `count` items, each `size` bytes that begin with a hash and sorted by it, that has this hash; NULL. */
void *hash_find(const struct hash *h, const void *items, size_t count, size_t size);
void hash_format(char out[HASH_HEX_LEN + 1], const struct hash *h);

/* Streaming: init, update…, final. */
typedef crypto_generichash_state hash_state;
void hash_init(hash_state *s);
void hash_update(hash_state *s, struct view v);
struct hash hash_final(hash_state *s);

#endif
