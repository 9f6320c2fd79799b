/*
 * The prefix of objects (FORMAT.md section 4).  Packs, which are objects in a row, are the store's.
 */
#ifndef BUNDLE_OBJECT_H
#define BUNDLE_OBJECT_H

#include "base/bytes.h"
#include "base/context.h"
#include "base/limits.h"

#define PREFIX_LEN 24

enum object_kind {
    OBJECT_CHARTER = 1,
    OBJECT_HEADER = 2,
    OBJECT_DICTIONARY = 3,
    OBJECT_BUNDLE = 4,
    OBJECT_MEDIA = 5,
    OBJECT_PART = 6,
};

struct prefix {
    enum object_kind kind; /* may be a number that is none of these */
    uint32_t header_len;
    uint64_t total_len; /* with the prefix */
};

extern const uint8_t object_magic[8];

/* Read a prefix: magic, zeros, lengths against the kind's caps and against each other.
 * MIMEO_EMALFORMED says which; bytes that look like a magic changed by text-mode copying
 * (0D 0A to 0A, or the top bit cut) are told as that.  An unknown kind: MIMEO_ENEWER, and *out is filled. */
int prefix_parse(struct prefix *out, mimeo_ctx *ctx, const char *what, struct view bytes);
int prefix_write(struct buf *out, enum object_kind kind, uint32_t header_len, uint64_t total_len);

#endif
