/*
 * The prefix of objects, and packs: objects in a row (FORMAT.md section 4).
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

/* One step through the bytes of a pack held in memory or mapped. */
struct object {
    struct prefix prefix;
    uint64_t offset;     /* of the prefix, in the pack */
    struct view bytes;   /* the whole object with its prefix */
};
struct pack_reader {
    struct view bytes;
    uint64_t offset;
    uint64_t skipped;    /* bytes that belonged to no object */
};
void pack_reader_init(struct pack_reader *r, struct view bytes);
/* 1 and *out, 0 at the end, or a code for a bad object (MIMEO_EMALFORMED), or for one of an unknown
 * kind (MIMEO_ENEWER): then the reader has moved past it (FORMAT.md section 4) and the next call
 * goes on. */
int pack_next(struct pack_reader *r, mimeo_ctx *ctx, const char *what, struct object *out);
/* The object that pack_next gave last turned out bad, so its length is not to be believed: go on
 * at its end if the magic stands there, else at the next magic after its start. */
void pack_reject(struct pack_reader *r, const struct object *o);

#endif
