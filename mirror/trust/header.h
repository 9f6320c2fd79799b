/*
 * Bundle headers (FORMAT.md section 3), alone: what one says, and whether a charter chain
 * bears it.  How headers join is in trust/join.h.
 */
#ifndef TRUST_HEADER_H
#define TRUST_HEADER_H

#include "trust/charter.h"

struct dictionary_ref {
    struct hash hash;
    uint32_t size;
};

struct header {
    struct hash publisher;
    uint32_t charter_version;
    struct hash charter_hash;
    uint32_t newest_version;
    struct hash newest_hash;
    uint64_t seq;
    struct hash prev;
    struct hash skip;
    int64_t time;
    int64_t next_by;
    uint64_t archive_records, archive_bytes, archive_media, archive_media_bytes;
    uint64_t payload;
    uint32_t catalog_blocks;
    struct hash catalog_hash;
    uint32_t body_blocks;
    struct hash body_hash;
    size_t dictionary_count;
    struct dictionary_ref dictionaries[LIMIT_DICTIONARIES];
    size_t mirror_count;
    char mirrors[LIMIT_MIRRORS][LIMIT_URL + 1];
    size_t signer_count;
    struct public_key signers[LIMIT_KEYS];
    struct hash hash;  /* of the text */
};

uint64_t lipmaa(uint64_t seq); /* FORMAT.md section 3; 0 for 1 */

/* Parse a header note (all of section 3 that needs no charter), filling *note_out too for
 * header_judge; both borrow nothing but note_out->bytes from `bytes`.  MIMEO_EMALFORMED,
 * MIMEO_ENEWER (then note_out is filled and *out is not). */
int header_parse(struct header *out, struct note *note_out, mimeo_ctx *ctx, const char *what,
                 struct view bytes);
int header_write_text(struct buf *out, mimeo_ctx *ctx, const struct header *h);

enum header_standing {
    HEADER_GOOD,      /* by keys that the newest charter still has */
    HEADER_BY_ANCESTRY, /* a signer is withdrawn, or a cut needs ancestry: good only where joined */
};

/* Steps 3 and 4 of section 9 that one header allows: charters known and fitting, in force,
 * signers, strict signatures, publisher.  MIMEO_EFORGED, MIMEO_EREVOKED (another charter
 * governs its seq by now), MIMEO_EINCOMPLETE (a charter it names is not held),
 * MIMEO_ECONFLICT (it names another charter of a version held, and its signatures are good),
 * MIMEO_EMALFORMED (its `charter` is not the one in force by its own `newest`). */
int header_judge(enum header_standing *standing, mimeo_ctx *ctx, const char *what,
                 const struct header *h, const struct note *note,
                 const struct charter_chain *chain);
/* May it still stand against another, by `chain`?  By its signers and its seq alone: no signature is checked.  Not
 * where a signer is withdrawn, or a later charter governs its seq or decides by ancestry. */
bool header_may_conflict(const struct header *h, const struct note *note, const struct charter_chain *chain);
/* For a note whose lines are unknown (header_parse gave MIMEO_ENEWER): MIMEO_ENEWER where its
 * signatures are good and by publishing keys of the newest charter, else MIMEO_EFORGED; with
 * an empty chain MIMEO_ENEWER. */
int header_judge_newer(mimeo_ctx *ctx, const char *what, const struct note *note,
                       const struct charter_chain *chain);

#endif
