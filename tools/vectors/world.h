/*
 * The world that the test vectors are made in: keys from fixed seeds, charters, bundles built from raw
 * parts.  Nothing here checks what it makes; most of it must be wrong.
 */
#ifndef VECTORS_WORLD_H
#define VECTORS_WORLD_H

#include "bundle/bundle.h"

#define WORLD_TIME 1795392000 /* 2026-11-23T00:00:00Z: when the first bundle is signed */
#define KEYS 3                /* of each role, ascending */
#define CHAIN_MAX 64

struct world {
    mimeo_ctx *ctx;
    const char *dir;
    FILE *expected;
    struct secret_key *root[KEYS], *publish[KEYS], *stranger;
};

/* ---- notes ---- */

struct signers {
    const struct secret_key *keys[8];
    size_t count;
};
struct signers by(const struct secret_key *key);
struct signers by_two(const struct secret_key *a, const struct secret_key *b);
/* text, empty line, a signature line for each: in the order given, whatever the text says. */
void sign_raw(struct buf *note, struct view text, const struct signers *s);
/* Replace the first `find` in `b`; the program ends where it is not there. */
void replace(struct buf *b, const char *find, const char *with);

/* ---- charters ---- */

struct charter_plan {
    struct charter c;          /* version, prev, from, name, thresholds, keys */
    struct signers signers;
    const char *find, *with;   /* an edit of the text before it is signed; NULL: none */
};
/* Charter 1: one root key, one publishing key. */
struct charter_plan charter_plan_first(const struct world *w);
/* The next one after `before`, with the same keys, signed by the first root key, `from` as given. */
struct charter_plan charter_plan_next(const struct world *w, const struct charter_plan *before,
                                      const struct hash *before_hash, uint64_t from, const struct hash *cut);
/* The note; *hash gets the hash of its text. */
void charter_make(struct buf *note, struct hash *hash, const struct world *w, const struct charter_plan *p);

/* ---- bundles ---- */

/* One zlib stream, by zlib itself: what mimeo deflates with may change, the vectors may not. */
void deflate_raw(struct buf *out, struct view raw, struct view dictionary);

struct raw_block {
    struct view raw;
    struct view packed;       /* empty: deflated from raw */
    struct view dictionary;   /* to deflate with */
    int raw_len_lie;          /* added to the length in the table */
    uint16_t dictionary_index;
    uint16_t zero;
};

/* One publisher's history: what prev and skip come from. */
struct history {
    struct hash publisher;
    struct hash charters[4]; /* by version - 1 */
    struct hash hashes[CHAIN_MAX]; /* by seq */
};

struct bundle_plan {
    uint64_t seq;
    uint32_t charter, newest;
    struct raw_block catalog[3], body[3];
    size_t catalog_count, body_count;
    struct signers signers;
    struct dictionary_ref dictionary; /* size 0: none */
    const char *find, *with;          /* an edit of the header's text before it is signed */
    void (*edit)(struct header *h);   /* or of its fields */
    void (*edit_note)(struct buf *note);
    void (*edit_bytes)(struct buf *bytes);
    struct view tail;                 /* bytes behind the last block, counted in `payload` */
};
/* An empty bundle of `seq` under charter 1, by the first publishing key. */
struct bundle_plan bundle_plan_empty(const struct world *w, uint64_t seq);
/* One with an article; `id` is its id and makes its text. */
struct bundle_plan bundle_plan_article(const struct world *w, uint64_t seq, const char *id);
/* One with this catalog and the body "<p>The tide comes in.</p>". */
struct bundle_plan bundle_plan_catalog(const struct world *w, uint64_t seq, const char *lines);
/* The bytes; the history learns the header's hash. */
void bundle_make(struct buf *bytes, struct history *h, const struct world *w, const struct bundle_plan *p);

/* ---- packs ---- */

struct vector {
    struct world *w;
    struct history history;
    struct buf pack;
};
/* A vector that begins with charter 1. */
void vector_begin(struct vector *v, struct world *w);
void vector_begin_empty(struct vector *v, struct world *w);
void vector_add(struct vector *v, enum object_kind kind, struct view bytes); /* adds the prefix but to bundles */
void vector_add_charter(struct vector *v, const struct charter_plan *p);
void vector_add_bundle(struct vector *v, const struct bundle_plan *p);
/* Only its header's hash goes into the history. */
void vector_skip_bundle(struct vector *v, const struct bundle_plan *p);
/* Write the file and its line; `records` -1: not looked at; `before` NULL: none. */
void vector_write(struct vector *v, const char *name, const char *verdict, const char *section, const char *why,
                  const char *before, int records);

/* ---- the cases ---- */

void cases_good(struct world *w);
void cases_note(struct world *w);
void cases_charter(struct world *w);
void cases_header(struct world *w);
void cases_bundle(struct world *w);
void cases_record(struct world *w);

#endif
