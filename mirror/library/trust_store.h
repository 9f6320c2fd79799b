/*
 * What a reader must never lose (RULES R11): pins, petnames, highest heads, known charters,
 * proofs of conflict.  Small files, each written atomically, none of them a cache:
 *
 *     trust/<publisher>/pin              state, petname, since; the floor of the link
 *     trust/<publisher>/head             the note of the highest header verified
 *     trust/<publisher>/charter/000001   the chain as first seen
 *     trust/<publisher>/conflict/<id>    a proof of conflict: see library/proof.h
 *
 * Nothing is written for a publisher who is not pinned: opening a stranger's stick leaves no trace.
 */
#ifndef LIBRARY_TRUST_STORE_H
#define LIBRARY_TRUST_STORE_H

#include <mimeo/trust.h>

#include "library/proof.h"
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
/* Make its directory, private from the start, where there is none: before the first write. */
int trust_store_make(struct trust_store *s, mimeo_ctx *ctx);
/* Remove what killed writers left among the publisher's files. */
int trust_sweep(const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher);

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
/* Does the chain have another charter than the link that made the pin names?  Then it is not to be "the first seen". */
bool pin_contradicts(const struct pin *pin, const struct charter_chain *chain);
/* Petnames are plain lines of text, no longer than MIMEO_PETNAME_MAX, unlike any other pin's
 * (caseless for ASCII).  MIMEO_EUSAGE, MIMEO_EEXISTS. */
int trust_petname_check(const struct trust_store *s, mimeo_ctx *ctx, const char *petname,
                        const struct hash *publisher);

/* The highest header verified: 1 and *out (buffer initialised here), 0 where none. */
int trust_head_read(struct buf *note, const struct trust_store *s, mimeo_ctx *ctx,
                    const struct hash *publisher);
/* Write it in the place of the header `was` (NULL: of none), under a lock.  0 and nothing is done where another
 * process put something else there since: it may be newer, and the head never goes down.  MIMEO_EBUSY. */
int trust_head_write(struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher, const struct hash *was,
                     struct view note);
/* Known charters: read into an empty chain; write those that are not there yet. */
int trust_charters_read(struct charter_chain *chain, const struct trust_store *s, mimeo_ctx *ctx,
                        const struct hash *publisher);
int trust_charters_write(struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain);

/* ---- proofs of conflict (trust_proofs.c) ---- */

#define TRUST_PROOFS_MAX 100 /* of one publisher: whoever has its key could make millions */

/* Keep a proof (library/proof.h) under its id; one that is there already is fine.  Where there is no room for
 * another, one that the charters of `chain` settle gives way; where none does, this one is not kept: what is
 * said of the publisher is the same. */
int trust_proof_write(struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain, const struct hash *id,
                      struct view proof);
/* All files kept, those included that an older mimeo wrote, of two bare notes. */
int trust_proof_count(uint64_t *out, const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher);
/* Each file by its id, in that order, the bytes as they are: nothing is checked.  Nonzero from fn stops and is returned. */
int trust_proof_each(const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher,
                     int (*fn)(const struct hash *id, struct view bytes, void *payload), void *payload);
/* Is there a proof that the charters of `chain` do not settle?  1 and *out, 0, or a code.  The first that is found
 * ends the search, and settled ones cost no signature. */
int trust_proof_standing(struct proof_standing *out, const struct trust_store *s, mimeo_ctx *ctx,
                         const struct charter_chain *chain);
/* The same of two charters of one version alone, which nothing settles. */
int trust_charters_conflict(const struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain);

#endif
