/* BLAKE2b-256 by libsodium. */
#include "trust/hash.h"

#include <string.h>

struct hash hash_of(struct view v)
{
    struct hash h;
    crypto_generichash(h.bytes, HASH_LEN, v.ptr, v.len, NULL, 0);
    return h;
}

struct hash hash_zero(void)
{
    return (struct hash){{0}};
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_LEN) == 0;
}

bool hash_is_zero(const struct hash *h)
{
    struct hash zero = hash_zero();
    return hash_equal(h, &zero);
}

bool hash_parse(struct view hex, struct hash *out)
{
    return parse_hex(hex, out->bytes, HASH_LEN);
}

void *hash_find(const struct hash *h, const void *items, size_t count, size_t size)
{
    const uint8_t *at = items;
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (memcmp(at + mid * size, h->bytes, HASH_LEN) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < count && memcmp(at + low * size, h->bytes, HASH_LEN) == 0 ? (void *)(at + low * size) : NULL;
}

void hash_format(char out[HASH_HEX_LEN + 1], const struct hash *h)
{
    format_hex(out, h->bytes, HASH_LEN);
}

void hash_init(hash_state *s)
{
    crypto_generichash_init(s, NULL, 0, HASH_LEN);
}

void hash_update(hash_state *s, struct view v)
{
    crypto_generichash_update(s, v.ptr, v.len);
}

struct hash hash_final(hash_state *s)
{
    struct hash h;
    crypto_generichash_final(s, h.bytes, HASH_LEN);
    return h;
}
