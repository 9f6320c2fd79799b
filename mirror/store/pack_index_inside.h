/* Inside of a pack's index (store/pack_index.h). */
#ifndef STORE_PACK_INDEX_INSIDE_H
#define STORE_PACK_INDEX_INSIDE_H

#include "bundle/object.h"
#include "store/pack_index.h"

/* ---- members (pack_member.c) ---- */

enum stray_kind {
    STRAY_NONE, STRAY_MALFORMED, STRAY_DAMAGED, STRAY_CUT, STRAY_SECOND, STRAY_KIND, STRAY_UNREADABLE, STRAY_MANY,
    STRAY_SEAL, STRAY_PUBLISHERS,
};
/* NULL where it is an object. */
const struct stray *member_stray(const struct member *m);
int member_add(struct member_list *l, mimeo_ctx *ctx, const struct member *m);
int member_add_stray(struct pack_index *p, mimeo_ctx *ctx, uint64_t offset, enum stray_kind why);
/* A number as a key, and back. */
struct hash member_key(uint64_t n);
uint64_t member_number(const struct hash *key);
/* For qsort: by kind, publisher and key, and of one name by offset. */
int member_compare(const void *a, const void *b);
bool member_same_name(const struct member *a, const struct member *b);

/* ---- objects (pack_object.c) ---- */

/* The value of a line of a note whose grammar nobody checked yet. */
bool pack_claim(struct view note, const char *keyword, struct view *out);
/* The hash of a note's text. */
struct hash pack_text_hash(struct view note);
/* The hash of what a member holds: 1; 0 where not all of it is there. */
int pack_hash_member(struct hash *out, struct pack_index *p, mimeo_ctx *ctx, const struct member *m);
int pack_add_object(struct pack_index *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset);

/* ---- the index (pack_index.c) ---- */

/* Media are known by their hashes: before one is looked for. */
int pack_know_media(struct pack_index *p, mimeo_ctx *ctx);

#endif
