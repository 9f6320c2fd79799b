/*
 * The object that says what the parts of an export hold (FORMAT.md section 4, kind 6), so that a reader who lacks
 * one can say which to ask for again.
 *
 *     mimeo part 1
 *     set 5f0e…            the same in all parts of one export, random
 *     part 3 7
 *     publisher <ID>
 *     holds 1 41-43,50 0   bundles that it has, or has pictures of, or "-" for none; how many pictures
 *     …                    one line for each part
 *
 * Beware: nobody signs this.  It is a hint to people, and nothing is believed, refused or kept for its sake.
 */
#ifndef BUNDLE_PART_H
#define BUNDLE_PART_H

#include "base/bytes.h"
#include "base/context.h"
#include "trust/hash.h"

#define PART_SET_LEN 16

struct part_range {
    uint64_t first, last;
};
struct part_holds {
    struct part_range *ranges; /* ascending, apart from each other by at least one; NULL for none */
    size_t count;
    uint64_t media;
};
struct part {
    uint8_t set[PART_SET_LEN];
    uint32_t number, of; /* 1 … of */
    struct hash publisher;
    struct part_holds *holds; /* `of` of them */
};
void part_dispose(struct part *p);

/* MIMEO_EMALFORMED, or MIMEO_ENEWER for another version; out is untouched then. */
int part_parse(struct part *out, mimeo_ctx *ctx, const char *what, struct view text);
/* Append the text, at most LIMIT_PART bytes.  Where so many ranges would not fit, those nearest to each other are
 * told as one: asking for too much again does no harm. */
int part_write(struct buf *out, mimeo_ctx *ctx, const struct part *p);

/* Append "41-43,50", or "-" for none. */
int part_ranges_write(struct buf *out, const struct part_range *ranges, size_t count);
/* Read the same, whole view: the ranges in fresh memory (free it), NULL and 0 for "-".  False where it is no such text. */
bool part_ranges_parse(struct part_range **out, size_t *count, struct view text);

#endif
