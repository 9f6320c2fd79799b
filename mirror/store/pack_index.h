/*
 * What is where in a pack: one pass over the prefixes and headers of its files.  An object takes 48 bytes here however
 * large it is, and there are at most PACK_OBJECTS_MAX of them, so that no pack can fill the memory.
 *
 * Media are hashed when the first of them is asked for: text is there at once, however many pictures stand behind it.
 */
#ifndef STORE_PACK_INDEX_H
#define STORE_PACK_INDEX_H

#include "store/backend.h"
#include "store/pack_source.h"

#define PACK_OBJECTS_MAX 500000

/* In the order in which they are listed. */
enum member_kind { MEMBER_BUNDLE, MEMBER_STRAY, MEMBER_CHARTER, MEMBER_DICTIONARY, MEMBER_MEDIA };

struct member {
    uint64_t offset; /* of what the name's file would hold */
    uint32_t len;
    uint8_t kind;
    uint8_t why;     /* 0: an object; else which stray: pack_stray */
    struct hash key; /* of a dictionary, of media; a bundle's seq or a charter's version, big-endian, and zeros */
};

struct member_list {
    struct member *items;
    size_t count, cap;
};

struct pack_index {
    struct pack_source *source;
    struct member_list named; /* sorted; of one name the first in the pack counts */
    struct member_list media; /* sorted once hashed */
    bool media_known;
    uint64_t head_seq;        /* of the highest bare header; 0: there is none */
    struct member head;
};

/* Takes the source, on failure too. */
int pack_index_make(struct pack_index *out, mimeo_ctx *ctx, struct pack_source *source);
void pack_index_dispose(struct pack_index *p);

/* The object of a name; NULL and 0 where there is none. */
int pack_index_find(const struct member **out, struct pack_index *p, mimeo_ctx *ctx, const char *name);
/* The n-th further one of the name, with other bytes. */
const struct member *pack_index_copy(const struct pack_index *p, const char *name, size_t n);
/* The names below `top`; strays too, and no media, where it is "". */
int pack_index_each(struct pack_index *p, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload);

#endif
