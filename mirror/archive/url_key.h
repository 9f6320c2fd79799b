/*
 * Addresses as keys: two spellings of one address give one key, so that the picture that a page names is found under the
 * address that the archiving program wrote down (RFC 3986 s. 6.2.2 and 6.2.3).
 */
#ifndef ARCHIVE_URL_KEY_H
#define ARCHIVE_URL_KEY_H

#include "base/bytes.h"

#define URL_MAX 4096 /* bytes of an address, with its NUL */
#define URL_KEY_LEN 16

/* The byte of "%41" where `left` bytes are from `at` on; -1 where that is none ("%" for itself). */
int url_percent(const uint8_t *at, size_t left);

struct url_key {
    uint8_t bytes[URL_KEY_LEN];
};

/* `url` with lower-case scheme and host, no user, no port that is the scheme's own, no fragment, no dot segments; letters
 * that need no percent-encoding without, others with (spaces and bytes above ASCII, too).  False where it is too long or has
 * no scheme. */
bool url_normal(char out[URL_MAX], struct view url);
/* `ref` as seen from `base` (RFC 3986 s. 5.2), normal. */
bool url_join(char out[URL_MAX], const char *base, struct view ref);
/* Of a normal address; http and https give the same. */
struct url_key url_key_of(const char *normal);
/* Of anything else that records are found by, apart from addresses: a digest, a content id. */
struct url_key url_key_named(const char *space, struct view name);

#endif
