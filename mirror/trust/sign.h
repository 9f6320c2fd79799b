/*
 * Ed25519, strict (FORMAT.md section 1): one verdict on every version of every library.
 */
#ifndef TRUST_SIGN_H
#define TRUST_SIGN_H

#include "base/bytes.h"
#include "base/context.h"

#define PUBLIC_KEY_LEN 32
#define SIGNATURE_LEN 64
#define SEED_LEN 32
#define KEY_ID_LEN 4

struct public_key {
    uint8_t bytes[PUBLIC_KEY_LEN];
};

/* A secret key in sodium_malloc memory, wiped by secret_key_free. */
struct secret_key; /* opaque: the seed, the expanded key, the public key */

int secret_key_generate(struct secret_key **out, mimeo_ctx *ctx); /* by ctx_random */
int secret_key_from_seed(struct secret_key **out, mimeo_ctx *ctx, const uint8_t seed[SEED_LEN]);
void secret_key_free(struct secret_key *k);
const struct public_key *secret_key_public(const struct secret_key *k);
const uint8_t *secret_key_seed(const struct secret_key *k); /* borrowed, secret */

bool public_key_valid(const struct public_key *k); /* canonical, prime-order, not the identity */
int public_key_compare(const struct public_key *a, const struct public_key *b); /* as memcmp */
void public_key_id(uint8_t out[KEY_ID_LEN], const struct public_key *k);

void sign_detached(uint8_t out[SIGNATURE_LEN], struct view message, const struct secret_key *k);
bool sign_verify(const uint8_t sig[SIGNATURE_LEN], struct view message,
                 const struct public_key *k);

#endif
