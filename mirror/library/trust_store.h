/*
 * What a reader must never lose (RULES R11): pins, petnames, highest heads, known charters,
 * proofs of conflict.  Small files, each written atomically, none of them a cache:
 *
 *     trust/<publisher>/pin              state, petname, since; the floor of the link
 *     trust/<publisher>/head             the note of the highest header verified
 *     trust/<publisher>/charter/000001   the chain as first seen
 *     trust/<publisher>/conflict/<hash>  two notes in a row, that contradict each other
 *
 * Nothing is written for a publisher who is not pinned: opening a stranger's stick leaves no trace.
 */
#ifndef LIBRARY_TRUST_STORE_H
#define LIBRARY_TRUST_STORE_H

#include <mimeo/trust.h>

#include "trust/charter.h"
#include "trust/fingerprint.h"
#include "trust/header.h"

struct trust_store {
    char *path; /* the library */
    int fd;     /* of its trust/ directory; -1: there is none yet */
};

/* Reading: a library that is not there is an empty one. */
int trust_store_open(struct trust_store *out, mimeo_ctx *ctx, const char *library);
void trust_store_close(struct trust_store *s);

struct pin {
    struct hash publisher;
    enum mimeo_pin_state state;
    char petname[MIMEO_PETNAME_MAX + 1];
    int64_t since;
    uint32_t floor_version; /* 0: none; from the link */
    struct hash floor_charter;
    uint64_t floor_seq;     /* 0: none */
    struct hash floor_header;
};

/* Is there a pin in the library, and so are charters, head and proofs kept? */
bool pin_is_kept(const struct pin *pin);
/* 1 and *out; 0 where not pinned (out->state MIMEO_PIN_NONE). */
int trust_pin_read(struct pin *out, const struct trust_store *s, mimeo_ctx *ctx,
                   const struct hash *publisher);
int trust_pin_write(struct trust_store *s, mimeo_ctx *ctx, const struct pin *pin);
int trust_pin_remove(struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher);
int trust_pin_each(const struct trust_store *s, mimeo_ctx *ctx,
                   int (*fn)(const struct pin *pin, void *payload), void *payload);
/* Petnames are plain lines of text, no longer than MIMEO_PETNAME_MAX, unlike any other pin's
 * (caseless for ASCII).  MIMEO_EUSAGE, MIMEO_EEXISTS. */
int trust_petname_check(const struct trust_store *s, mimeo_ctx *ctx, const char *petname,
                        const struct hash *publisher);

/* The highest header verified: 1 and *out (buffer initialised here), 0 where none. */
int trust_head_read(struct buf *note, const struct trust_store *s, mimeo_ctx *ctx,
                    const struct hash *publisher);
int trust_head_write(struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher,
                     struct view note);
/* Known charters: read into an empty chain; write those that are not there yet. */
int trust_charters_read(struct charter_chain *chain, const struct trust_store *s, mimeo_ctx *ctx,
                        const struct hash *publisher);
int trust_charters_write(struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain);
/* Keep two notes that contradict each other; a pair kept before is fine. */
int trust_conflict_write(struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher,
                         struct view first, struct view second);
int trust_conflict_count(uint64_t *out, const struct trust_store *s, mimeo_ctx *ctx,
                         const struct hash *publisher);

#endif
