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
#define PACK_PUBLISHERS_MAX 250 /* that packs read together may be of */

/* In the order in which they are listed. */
enum member_kind {
    MEMBER_BUNDLE, MEMBER_STRAY, MEMBER_CHARTER, MEMBER_HEADER, MEMBER_DICTIONARY, MEMBER_PART, MEMBER_MEDIA,
};

struct member {
    uint64_t offset; /* of what the name's file would hold */
    uint32_t len;
    uint8_t kind;
    uint8_t why;       /* 0: an object; else which stray.  Of media: whom the notes before it in the file name */
    uint8_t publisher; /* whose, from 1; 0: nobody's alone */
    struct hash key;   /* of a dictionary, of media; the seq of a bundle or header, a charter's version or a
                          part list's offset, big-endian, and zeros */
};

struct member_list {
    struct member *items;
    size_t count, cap;
};

/* Whom the notes of a pack name: a claim, as all here. */
struct pack_publisher {
    struct hash id;
    size_t first_file, last_file, files; /* that name it */
    uint64_t head_seq;                   /* of the highest bare header; 0: there is none */
    struct member head;
};

/* A list of parts stands before all else of its part. */
struct part_count {
    uint64_t offset; /* of the list */
    uint64_t end;    /* where the next begins, or its file ends */
    uint64_t media;  /* objects between the two */
};

struct pack_index {
    struct pack_source *source;
    size_t users;
    bool split;               /* each publisher's objects are apart; else all are as one's */
    struct member_list named; /* sorted; of one name the first in the pack counts */
    struct member_list media; /* sorted once hashed */
    bool media_known;
    struct part_count *parts; /* by offset */
    size_t part_count, part_cap;
    bool in_part;             /* while it is made: the last of them goes on */
    uint8_t named_last;       /* and whom the last note in the file named */
    struct pack_publisher publishers[PACK_PUBLISHERS_MAX + 1]; /* from 1; at 0 the head where they are not split */
    uint8_t publisher_count;
};

/* Takes the source, on failure too.  Has one user. */
int pack_index_make(struct pack_index **out, mimeo_ctx *ctx, struct pack_source *source, bool split);
void pack_index_release(struct pack_index *p);

/* A view of the index: of what `publisher` has (0 where not split); dictionaries and media are everybody's.  Strays that are
 * nobody's are the first one's to tell. */
struct pack_view {
    struct pack_index *index;
    uint8_t publisher;
    size_t copy; /* of a bundle with several copies: the copy-th further one, or the last */
};
/* The object of a name; NULL and 0 where there is none. */
int pack_index_find(const struct member **out, const struct pack_view *v, mimeo_ctx *ctx, const char *name);
/* The n-th further one of the name, with other bytes. */
const struct member *pack_index_copy(const struct pack_view *v, const char *name, size_t n);
/* Media by number, which hashes all of them first: how many there are, one's hash, whether it is the view's to list, and the
 * number of a hash (MIMEO_ENOTFOUND, with no message). */
int pack_index_count_media(size_t *count, const struct pack_view *v, mimeo_ctx *ctx);
const struct hash *pack_index_media(const struct pack_view *v, size_t n, bool *listed);
int pack_index_find_media(size_t *n, const struct pack_view *v, const struct hash *h);
/* The part whose list has this name, and the one that medium n is of; NULL: none. */
const struct part_count *pack_index_part(const struct pack_view *v, const char *name);
const struct part_count *pack_index_part_of(const struct pack_view *v, size_t n);
/* The names below `top`; strays too, and no media, where it is "". */
int pack_index_each(const struct pack_view *v, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload);

#endif
