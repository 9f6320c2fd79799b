/*
 * Signed notes (FORMAT.md section 1): grammar and signatures, knowing nothing of what
 * the lines mean.  Charters and headers are read on top of it.
 *
 * A parsed note borrows from the bytes that it was parsed from.
 */
#ifndef TRUST_NOTE_H
#define TRUST_NOTE_H

#include "base/limits.h"
#include "trust/hash.h"
#include "trust/sign.h"

struct note_signature {
    struct public_key key; /* from the text's signer line */
    uint8_t bytes[SIGNATURE_LEN];
};

struct note {
    struct view bytes;     /* the whole note */
    struct view text;      /* what was signed: with its last LF */
    struct hash text_hash;
    struct note_signature signatures[LIMIT_SIGNERS];
    size_t signature_count;
};

/* Split and check the grammar common to all notes: size <= max, UTF-8 and characters,
 * lines, keyword SP value, signer lines ascending and last, signature lines matching them
 * one to one (key id too).  Verifies no signature.  MIMEO_EMALFORMED; where the bytes hold
 * CR LF it says that git or a file transfer changed the line ends.  `what` names the
 * thing in messages ("head", "charter/000002"). */
int note_parse(struct note *out, mimeo_ctx *ctx, const char *what, struct view bytes, size_t max);

/* The same of a text that nobody signed yet: `signatures` has the signers, and zeros for their bytes. */
int note_parse_unsigned(struct note *out, mimeo_ctx *ctx, const char *what, struct view text, size_t max);

/* All signatures good?  MIMEO_EFORGED names the first that is not. */
int note_verify(const struct note *n, mimeo_ctx *ctx, const char *what);

/* Lines of the text one after another, for the parsers above. */
struct note_reader {
    struct cursor rest;
    const char *what;
};
struct note_reader note_reader_of(const struct note *n, const char *what);
/* The first line must be "mimeo <kind> 1": MIMEO_ENEWER for another number, else MALFORMED. */
int note_expect_first(struct note_reader *r, mimeo_ctx *ctx, const char *kind);
/* Take the next line if its keyword is `keyword`: 1 and *value, else 0 and nothing moves. */
int note_take(struct note_reader *r, const char *keyword, struct view *value);
/* The same, but another line is a fault: MIMEO_ENEWER where its keyword is not in `known`
 * (NULL-ended), MIMEO_EMALFORMED where it is, or at the end. */
int note_need(struct note_reader *r, mimeo_ctx *ctx, const char *keyword, struct view *value,
              const char *const *known);
/* x- lines, then signer lines, then the end; extras_out gets the bytes of the x- lines. */
int note_finish(struct note_reader *r, mimeo_ctx *ctx, struct view *extras_out,
                const char *const *known);

/* Append the note of a text whose signatures were collected: `n` of note_parse_unsigned, with the bytes of each
 * signature filled in.  Verifies nothing. */
int note_assemble(struct buf *out, mimeo_ctx *ctx, const struct note *n);
/* Append the note made of `text` (which ends with its signer lines) signed by `keys`, which
 * must be the signers in order. */
int note_sign(struct buf *out, mimeo_ctx *ctx, struct view text,
              const struct secret_key *const *keys, size_t key_count);

#endif
