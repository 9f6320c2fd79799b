/*
 * What people compare and pass on: the fingerprint's digits, the mimeo: link, and QR codes
 * for the terminal (FORMAT.md section 10).
 */
#ifndef TRUST_FINGERPRINT_H
#define TRUST_FINGERPRINT_H

#include "base/context.h"
#include "base/limits.h"
#include "trust/hash.h"

#define FINGERPRINT_LEN 47 /* 8 groups of 5 with 7 spaces */

void fingerprint_format(char out[FINGERPRINT_LEN + 1], const struct hash *publisher);
/* What a person typed: 40 digits (ASCII, Arabic-Indic or Persian), with spaces, dashes, dots or line ends between them.
 * MIMEO_EUSAGE where it is not 40 digits; MIMEO_EFORGED where they are another's, naming the first group
 * that differs. */
int fingerprint_expect(mimeo_ctx *ctx, const struct hash *publisher, const char *typed);

#define LINK_MIRRORS 8
#define LINK_LEN 2048

struct link {
    struct hash publisher;
    size_t mirror_count;
    char mirrors[LINK_MIRRORS][LIMIT_URL + 1];
    uint32_t charter_version; /* 0: none */
    struct hash charter_hash;
    uint64_t seq; /* 0: none */
    struct hash header_hash;
};

/* MIMEO_EMALFORMED, with its own words for a wrong checksum (mistyped) and for a cut link;
 * MIMEO_ENEWER for unknown parameters. Surrounding white space and marks of no width are fine. */
int link_parse(struct link *out, mimeo_ctx *ctx, struct view text);
/* Append the one spelling of `l`: in addresses everything but A-Z a-z 0-9 - . _ ~ is written as
 * %XX with capital hex.  MIMEO_EMALFORMED where an address is none of http, https, git, ssh, or
 * where it comes out longer than LINK_LEN: then try again with fewer mirrors. */
int link_write(struct buf *out, const struct link *l);

/* Append a QR code's modules, row by row, a byte each (1 dark), without the quiet zone of 4 that belongs
 * round it; *side: how many a row.  At most 177 * 177.  MIMEO_EMALFORMED where `text` does not fit. */
int qr_modules(struct buf *out, int *side, mimeo_ctx *ctx, const char *text);
/* Append a QR code for a terminal, two modules a character with half blocks, quiet zone included, dark on
 * light forced by ANSI colours where `ansi`.  MIMEO_EMALFORMED where `text` does not fit. */
int qr_terminal(struct buf *out, mimeo_ctx *ctx, const char *text, bool ansi);

#endif
