/*
 * Where each address is: appended to while an archive is walked through, sorted once, then asked.  Its memory is bounded: at
 * most PLACES_MAX entries of 32 bytes.
 */
#ifndef ARCHIVE_PLACES_H
#define ARCHIVE_PLACES_H

#include "archive/archive.h"
#include "archive/url_key.h"

#define PLACES_MAX 1000000

enum places_kind { PLACES_BODY, PLACES_REDIRECT, PLACES_REPEAT }; /* the better first */

struct places_entry {
    uint8_t key[URL_KEY_LEN];
    uint32_t offset_low, offset_high_part; /* 16 bits of the offset, 16 of the part */
    uint32_t inside_kind;                  /* 30 bits, 2 */
    uint32_t date;                         /* seconds since 1970; 0: not known */
};

struct places {
    struct places_entry *entries;
    size_t count, cap;
};

void places_dispose(struct places *x);
/* MIMEO_ENOMEM, or MIMEO_EMALFORMED where it is full (or the place is beyond what can be kept); no message is set. */
int places_add(struct places *x, const struct url_key *key, enum places_kind kind, const struct archive_place *place,
               int64_t date);
void places_sort(struct places *x);
/* The best of this key, the newest of those, the last of those; false where there is none. */
bool places_find(enum places_kind *kind, struct archive_place *place, const struct places *x, const struct url_key *key);

#endif
