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
