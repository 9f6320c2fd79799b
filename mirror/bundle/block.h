/*
 * Tables and blocks (FORMAT.md section 5): zlib with the declared size as a hard cap.
 */
#ifndef BUNDLE_BLOCK_H
#define BUNDLE_BLOCK_H

#include "base/bytes.h"
#include "base/context.h"
#include "base/limits.h"
#include "trust/hash.h"

#define TABLE_ENTRY_LEN 44

struct block_entry {
    struct hash hash; /* of the packed bytes */
    uint32_t packed_len;
    uint32_t raw_len;
    uint16_t dictionary; /* 0, or n for the n-th dict line */
};

/* Entry n of a table whose bytes were verified. No allocation: tables are read in place. */
bool table_entry(struct view table, size_t n, struct block_entry *out);
/* Check all entries: lengths at least 1, raw <= raw_max, dictionary <= dictionaries, zeros; and give
 * the sum of packed lengths.  MIMEO_EMALFORMED names the entry. */
int table_check(mimeo_ctx *ctx, const char *what, struct view table, size_t raw_max,
                size_t dictionaries, uint64_t *packed_sum);
int table_append(struct buf *table, const struct block_entry *e);

/* Append one zlib stream of `raw` (1 byte to LIMIT_BODY_BLOCK) at `level` (1..9) with an optional
 * preset dictionary (empty view: none). */
int block_deflate(struct buf *out, mimeo_ctx *ctx, struct view raw, int level, struct view dictionary);

/* An inflater to be used for many blocks (one allocation). */
struct inflater;
int inflater_new(struct inflater **out, mimeo_ctx *ctx);
void inflater_free(struct inflater *i);
/* Inflate exactly: `out` is cleared and gets exactly raw_len bytes, or MIMEO_EMALFORMED says
 * bomb (more than raw_len), short, trailing bytes, wrong or missing dictionary, bad stream, a window over 32 KiB. */
int block_inflate(struct buf *out, struct inflater *i, mimeo_ctx *ctx, const char *what,
                  struct view packed, uint32_t raw_len, struct view dictionary);

#endif
