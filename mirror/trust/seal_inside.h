/*
 * Inside of sealed files: sizes, and the one way in which all of their parts are encrypted.  Offsets of one segment
 * follow from its number alone, so a file that was cut short is read by the same rules as far as it goes.
 */
#ifndef TRUST_SEAL_INSIDE_H
#define TRUST_SEAL_INSIDE_H

#include <sodium.h>

#include "base/limits.h"
#include "trust/seal.h"

#define SEAL_KEY_LEN crypto_secretstream_xchacha20poly1305_KEYBYTES
#define SEAL_STREAM_LEN crypto_secretstream_xchacha20poly1305_HEADERBYTES /* in front of each stream */
#define SEAL_TAG_LEN crypto_secretstream_xchacha20poly1305_ABYTES         /* more than each message */
#define SEAL_MESSAGE crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
#define SEAL_FINAL crypto_secretstream_xchacha20poly1305_TAG_FINAL        /* of a stream's last message */

#define SEAL_SALT_LEN crypto_pwhash_SALTBYTES
#define SEAL_PROOF_LEN 32
#define SEAL_LOCK_LEN (SEAL_SALT_LEN + SEAL_PROOF_LEN + SEAL_STREAM_LEN + SEAL_KEY_LEN + SEAL_TAG_LEN)

#define SEAL_CHUNK (64 * KIB)            /* plain bytes of a message, but for the last of all */
#define SEAL_SEGMENT (4 * SEAL_CHUNK)    /* plain bytes of a stream, but for the last */
#define SEAL_CHUNK_SEALED (SEAL_CHUNK + SEAL_TAG_LEN)
#define SEAL_SEGMENT_SEALED (SEAL_STREAM_LEN + 4 * SEAL_CHUNK_SEALED)

#define SEAL_SLACK (SEAL_STREAM_LEN + SEAL_TAG_LEN) /* the most zeros of the end: one less than a new segment costs */
#define SEAL_END_MIN (SEAL_STREAM_LEN + 8 + SEAL_TAG_LEN)
#define SEAL_END_MAX (SEAL_END_MIN + SEAL_SLACK)

typedef crypto_secretstream_xchacha20poly1305_state seal_state;

/* What a writer or reader must not leave behind: in sodium_malloc memory. */
struct seal_secret {
    uint8_t key[SEAL_KEY_LEN];
    seal_state state; /* of the segment at hand */
};

/* ---- seal_size.c ---- */

/* Where everything is in a whole file of `size` bytes: a size that fits (seal_size_fits). */
struct seal_plan {
    uint64_t plain;   /* bytes in segments: what is sealed, and padding */
    uint64_t end;     /* offset of the end */
    size_t end_len;
    uint64_t back;    /* offset of the second lock */
};
struct seal_plan seal_plan_of(uint64_t size);
/* The smallest size that fits and is not below `size`. */
uint64_t seal_padded(uint64_t size);

/* ---- seal_lock.c ---- */

/* What a stream is for, which its messages are bound to: one part never passes for another. */
struct seal_label {
    uint8_t bytes[32];
    size_t len;
};
struct seal_label seal_label_of(const char *part); /* "front", "back", "end" */
struct seal_label seal_label_of_segment(uint64_t number);

/* Streams of one message. `out` has len + SEAL_STREAM_LEN + SEAL_TAG_LEN bytes. */
void seal_one(uint8_t *out, const uint8_t *key, const struct seal_label *label, const uint8_t *plain, size_t len);
/* `len`: of the message.  False: not sealed with this key for this place. */
bool seal_open_one(uint8_t *plain, const uint8_t *key, const struct seal_label *label, const uint8_t *sealed, size_t len);

/* One key derivation each. */
int seal_lock_make(uint8_t out[SEAL_LOCK_LEN], mimeo_ctx *ctx, const struct passphrase *p, const char *part,
                   const uint8_t key[SEAL_KEY_LEN]);
/* MIMEO_EPASSPHRASE, without a message, where it does not open. */
int seal_lock_open(uint8_t key[SEAL_KEY_LEN], mimeo_ctx *ctx, const struct passphrase *p, const char *part,
                   const uint8_t lock[SEAL_LOCK_LEN]);

#endif
