/*
 * Strict Ed25519.  libsodium's own check accepts some keys and R that other libraries (and other
 * versions of itself) refuse; so the two points are checked for canonical encoding, prime order and
 * not being the identity before its verdict is asked for.
 */
#include "trust/sign.h"

#include <sodium.h>
#include <string.h>

struct secret_key {
    uint8_t seed[SEED_LEN];
    uint8_t expanded[crypto_sign_SECRETKEYBYTES];
    struct public_key public_key;
};

static struct secret_key *secret_key_make(const uint8_t seed[SEED_LEN])
{
    struct secret_key *k = sodium_malloc(sizeof(*k));
    if (k == NULL)
        return NULL;
    memcpy(k->seed, seed, SEED_LEN);
    crypto_sign_seed_keypair(k->public_key.bytes, k->expanded, k->seed);
    return k;
}

int secret_key_from_seed(struct secret_key **out, mimeo_ctx *ctx, const uint8_t seed[SEED_LEN])
{
    struct secret_key *k = secret_key_make(seed);
    if (k == NULL)
        return ctx_error_nomem(ctx);
    *out = k;
    return 0;
}

int secret_key_generate(struct secret_key **out, mimeo_ctx *ctx)
{
    uint8_t *seed = sodium_malloc(SEED_LEN);
    if (seed == NULL)
        return ctx_error_nomem(ctx);
    ctx_random(ctx, seed, SEED_LEN);
    int rc = secret_key_from_seed(out, ctx, seed);
    sodium_free(seed); /* which wipes it */
    return rc;
}

void secret_key_free(struct secret_key *k)
{
    sodium_free(k);
}

const struct public_key *secret_key_public(const struct secret_key *k)
{
    return &k->public_key;
}

const uint8_t *secret_key_seed(const struct secret_key *k)
{
    return k->seed;
}

bool public_key_valid(const struct public_key *k)
{
    return crypto_core_ed25519_is_valid_point(k->bytes) == 1;
}

int public_key_compare(const struct public_key *a, const struct public_key *b)
{
    return memcmp(a->bytes, b->bytes, PUBLIC_KEY_LEN);
}

/* C2SP signed-note, "Key IDs": SHA-256(name || 0A || 01 || key), the name being "mimeo". */
void public_key_id(uint8_t out[KEY_ID_LEN], const struct public_key *k)
{
    static const uint8_t prefix[] = {'m', 'i', 'm', 'e', 'o', 0x0A, 0x01};
    uint8_t bytes[sizeof(prefix) + PUBLIC_KEY_LEN], digest[crypto_hash_sha256_BYTES];
    memcpy(bytes, prefix, sizeof(prefix));
    memcpy(bytes + sizeof(prefix), k->bytes, PUBLIC_KEY_LEN);
    crypto_hash_sha256(digest, bytes, sizeof(bytes));
    memcpy(out, digest, KEY_ID_LEN);
}

void sign_detached(uint8_t out[SIGNATURE_LEN], struct view message, const struct secret_key *k)
{
    crypto_sign_detached(out, NULL, message.ptr, message.len, k->expanded);
}

bool sign_verify(const uint8_t sig[SIGNATURE_LEN], struct view message, const struct public_key *k)
{
    return public_key_valid(k) && crypto_core_ed25519_is_valid_point(sig) == 1 &&
           crypto_sign_verify_detached(sig, message.ptr, message.len, k->bytes) == 0;
}
