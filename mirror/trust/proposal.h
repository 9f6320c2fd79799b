/*
 * Proposing a charter, and signing it on machines that never meet.
 *
 * A proposal is a file that carries all that a signer needs in order to judge: the charters so far, each whole;
 * the header of the newest bundle; for a cut, the header of the last good one; and the exact text to be signed.
 * A signature is a file of its own.  Both are of the form in trust/carried.h:
 *
 *     mimeo proposal 1            mimeo signature 1
 *     charter <length>            text <hash of the proposed text>
 *     <note of charter 1>         signer <public key>
 *     …                           signature <base64 of the 64 bytes>
 *     head <length>               sum <hash>
 *     <note of a header>
 *     last-good <length>
 *     <note of header S>
 *     text <length>
 *     <text of the next charter>
 *     sum <hash>
 *
 * `head` stands there unless the charter is the first; `last-good` where the text cuts (`from S H`), and only then.
 * The text ends with its signer lines: who signs is part of what is signed, and chosen when proposing.
 *
 * What a reader would get wrong: nothing outside of `text` is signed.  Whatever is told about a proposal has to
 * be read from that text, or from a note that verified against the charters.
 */
#ifndef TRUST_PROPOSAL_H
#define TRUST_PROPOSAL_H

#include "trust/header.h"

#define PROPOSAL_MAX ((LIMIT_CHARTERS + 1) * (LIMIT_CHARTER + 64) + 2 * LIMIT_HEADER)
#define SIGNATURE_FILE_MAX ((size_t)4096)

struct proposal {
    struct charter_chain chain; /* charters so far; empty where the first is proposed */
    struct charter next;        /* what is to be signed: next.note is the text */
    bool has_head;
    struct header head;         /* of the newest bundle that the proposer knew */
    struct buf head_note;
    bool has_last_good;
    struct header last_good;    /* what next.from_hash names */
    struct buf last_good_note;
};
void proposal_dispose(struct proposal *p);

/* All of it is checked but that the proposal is wise: the chain and its signatures, that the text could follow it,
 * both headers against the chain, reparse identity.  MIMEO_EMALFORMED (changed on the way, among others),
 * MIMEO_ENEWER, MIMEO_EFORGED. */
int proposal_parse(struct proposal *out, mimeo_ctx *ctx, const char *what, struct view bytes);
/* `p` has all fields but next.hash and next.note: those are made from the others.  The same checks. */
int proposal_complete(struct proposal *p, mimeo_ctx *ctx);
int proposal_write(struct buf *out, mimeo_ctx *ctx, const struct proposal *p);
/* Would this charter lock the publisher, or its readers, out?  MIMEO_EUSAGE says how.  Nobody should sign it. */
int proposal_check_sound(mimeo_ctx *ctx, const struct proposal *p);
/* The publisher's ID: of a first charter, the one it will have. */
const struct hash *proposal_publisher(const struct proposal *p);

struct charter_signature {
    struct hash text;
    struct public_key signer;
    uint8_t bytes[SIGNATURE_LEN];
};
/* Sign.  MIMEO_EUSAGE where the key is none of the text's signers. */
int charter_signature_make(struct charter_signature *out, mimeo_ctx *ctx, const struct proposal *p,
                           const struct secret_key *key);
int charter_signature_parse(struct charter_signature *out, mimeo_ctx *ctx, const char *what, struct view bytes);
int charter_signature_write(struct buf *out, mimeo_ctx *ctx, const struct charter_signature *s);
/* Is it a good one, on this proposal, by one of its signers?  *index: which.  MIMEO_EUSAGE (on another text, or
 * by somebody else), MIMEO_EFORGED. */
int charter_signature_check(size_t *index, mimeo_ctx *ctx, const char *what, const struct charter_signature *s,
                            const struct proposal *p);

#endif
