/*
 * The locks of a sealed file, and streams of one message.
 *
 *     Argon2id(passphrase, salt) = key of the lock 32 | proof 32
 *
 * Why a proof: XChaCha20-Poly1305 does not bind its key, so one message can be made that opens under each of many
 * keys.  Whoever sees whether a reader's passphrase opens a file could try thousands at once with a single one (Len,
 * Grubbs and Ristenpart, "Partitioning Oracle Attacks", 2021).  The proof belongs to one passphrase and salt alone.
 */
#include <string.h>

#include "trust/seal_inside.h"

/* Of the format: a phone with 2 GB can do it, and no file can ask for more. */
#define OPSLIMIT 3
#define MEMLIMIT (64 * MIB)

struct seal_label seal_label_of(const char *part)
{
    static const char prefix[] = "mimeo sealed 1 ";
    struct seal_label l = {.len = 0};
    size_t len = strlen(part);
    memcpy(l.bytes, prefix, sizeof(prefix) - 1);
    memcpy(l.bytes + sizeof(prefix) - 1, part, len);
    l.len = sizeof(prefix) - 1 + len;
    return l;
}

struct seal_label seal_label_of_segment(uint64_t number)
{
    struct seal_label l = seal_label_of("segment ");
    for (unsigned shift = 64; shift > 0; shift -= 8)
        l.bytes[l.len++] = (uint8_t)(number >> (shift - 8));
    return l;
}

void seal_one(uint8_t *out, const uint8_t *key, const struct seal_label *label, const uint8_t *plain, size_t len)
{
    seal_state s;
    crypto_secretstream_xchacha20poly1305_init_push(&s, out, key);
    crypto_secretstream_xchacha20poly1305_push(&s, out + SEAL_STREAM_LEN, NULL, plain, len, label->bytes, label->len,
                                               SEAL_FINAL);
    sodium_memzero(&s, sizeof(s));
}

bool seal_open_one(uint8_t *plain, const uint8_t *key, const struct seal_label *label, const uint8_t *sealed, size_t len)
{
    seal_state s;
    unsigned char tag = 0;
    bool opened = crypto_secretstream_xchacha20poly1305_init_pull(&s, sealed, key) == 0 &&
                  crypto_secretstream_xchacha20poly1305_pull(&s, plain, NULL, &tag, sealed + SEAL_STREAM_LEN,
                                                             len + SEAL_TAG_LEN, label->bytes, label->len) == 0 &&
                  tag == SEAL_FINAL;
    sodium_memzero(&s, sizeof(s));
    return opened;
}

/* ---- locks ---- */

/* Key and proof in fresh locked memory; NULL and a message where that fails. */
static uint8_t *derive(mimeo_ctx *ctx, const struct passphrase *p, const uint8_t *salt)
{
    uint8_t *out = sodium_malloc(SEAL_KEY_LEN + SEAL_PROOF_LEN);
    unsigned long long ops = ctx->cheap_seals ? crypto_pwhash_argon2id_OPSLIMIT_MIN : OPSLIMIT;
    size_t mem = ctx->cheap_seals ? crypto_pwhash_argon2id_MEMLIMIT_MIN : MEMLIMIT;
    if (out != NULL && crypto_pwhash(out, SEAL_KEY_LEN + SEAL_PROOF_LEN, p->ptr, p->len, salt, ops, mem,
                                     crypto_pwhash_ALG_ARGON2ID13) != 0) {
        sodium_free(out);
        out = NULL;
    }
    if (out == NULL)
        ctx_error(ctx, MIMEO_ENOMEM, "not enough memory for the passphrase: it takes %zu MiB", MEMLIMIT / MIB);
    return out;
}

int seal_lock_make(uint8_t out[SEAL_LOCK_LEN], mimeo_ctx *ctx, const struct passphrase *p, const char *part,
                   const uint8_t key[SEAL_KEY_LEN])
{
    uint8_t salt[SEAL_SALT_LEN];
    struct seal_label label = seal_label_of(part);
    ctx_random(ctx, salt, sizeof(salt));
    uint8_t *derived = derive(ctx, p, salt);
    if (derived == NULL)
        return MIMEO_ENOMEM;
    memcpy(out, salt, sizeof(salt));
    memcpy(out + SEAL_SALT_LEN, derived + SEAL_KEY_LEN, SEAL_PROOF_LEN);
    seal_one(out + SEAL_SALT_LEN + SEAL_PROOF_LEN, derived, &label, key, SEAL_KEY_LEN);
    sodium_free(derived);
    return 0;
}

int seal_lock_open(uint8_t key[SEAL_KEY_LEN], mimeo_ctx *ctx, const struct passphrase *p, const char *part,
                   const uint8_t lock[SEAL_LOCK_LEN])
{
    struct seal_label label = seal_label_of(part);
    uint8_t *derived = derive(ctx, p, lock);
    if (derived == NULL)
        return MIMEO_ENOMEM;
    bool opened = sodium_memcmp(derived + SEAL_KEY_LEN, lock + SEAL_SALT_LEN, SEAL_PROOF_LEN) == 0 &&
                  seal_open_one(key, derived, &label, lock + SEAL_SALT_LEN + SEAL_PROOF_LEN, SEAL_KEY_LEN);
    sodium_free(derived);
    return opened ? 0 : MIMEO_EPASSPHRASE;
}
