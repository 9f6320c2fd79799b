/*
 * Charters and their chain (FORMAT.md section 2): who may sign, from where on.
 */
#ifndef TRUST_CHARTER_H
#define TRUST_CHARTER_H

#include "trust/note.h"

struct role {
    uint32_t threshold;
    size_t count;
    struct public_key keys[LIMIT_KEYS]; /* ascending */
};
bool role_has(const struct role *r, const struct public_key *k);

struct charter {
    uint32_t version;
    struct hash prev;
    uint64_t from_seq;
    bool is_cut;           /* `from S H` with a hash */
    struct hash from_hash; /* where is_cut */
    char name[LIMIT_NAME + 1];
    char site[LIMIT_URL + 1]; /* "" for "-" */
    struct role root;
    struct role publish;
    size_t signer_count;
    struct public_key signers[LIMIT_SIGNERS];
    char *extras;          /* the x- lines with their LFs, or NULL; owned */
    struct hash hash;      /* of the text */
    struct buf note;       /* the note as received: owned, what is written out again */
};

/* Parse a charter note; no signature or chain is checked, all else of section 2 is (order,
 * key validity, thresholds, one role for a key within the charter, reparse identity).
 * Copies `bytes`.  MIMEO_EMALFORMED, MIMEO_ENEWER, MIMEO_ENOMEM. */
int charter_parse(struct charter *out, mimeo_ctx *ctx, const char *what, struct view bytes);
/* The same of the text alone, which nobody signed yet; `note` of the charter is that text. */
int charter_parse_unsigned(struct charter *out, mimeo_ctx *ctx, const char *what, struct view text);
void charter_dispose(struct charter *c);
/* The text of a charter to be signed, from its fields and `signers`. */
int charter_write_text(struct buf *out, mimeo_ctx *ctx, const struct charter *c);

/* The valid charters 1..count of one publisher. */
struct charter_chain {
    struct charter **items; /* items[v-1] has version v; owned */
    size_t count;
    struct hash publisher;  /* hash of charter 1's text */
    bool conflicted;        /* two valid charters of one version were seen */
    struct buf rival;       /* the note of the second one, the proof */
};

void charter_chain_dispose(struct charter_chain *chain);
/* Judge the next charter against the chain and append it.  Takes ownership of *c's
 * contents on success (and zeroes *c).  A version held already: 0 where the text is the same and signed;
 * where it differs and is valid, MIMEO_ECONFLICT, `conflicted` and `rival` set, nothing else
 * changed.  A gap: MIMEO_EINCOMPLETE names the version missing.  Not enough signatures, a
 * bad signature, prev that does not fit, key of another role: MIMEO_EFORGED.  Once
 * conflicted, nothing more is accepted: MIMEO_ECONFLICT.  For an empty chain, `expected`
 * (may be NULL) is the publisher ID that charter 1 must have: else MIMEO_EFORGED. */
int charter_chain_add(struct charter_chain *chain, mimeo_ctx *ctx, struct charter *c,
                      const struct hash *expected);
/* Would charter_chain_add append this unsigned charter, were it signed by all its signers?  0, or MIMEO_EFORGED
 * with what does not fit. */
int charter_chain_foresee(const struct charter_chain *chain, mimeo_ctx *ctx, const struct charter *c);
const struct charter *charter_chain_newest(const struct charter_chain *chain);
const struct charter *charter_chain_get(const struct charter_chain *chain, uint32_t version);
/* In force for seq among versions 1..newest (0: all).  NULL where none. */
const struct charter *charter_chain_in_force(const struct charter_chain *chain, uint64_t seq,
                                             uint32_t newest);

#endif
