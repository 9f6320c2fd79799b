/*
 * One walk over the catalogs of a mirror, newest first, for what its git history needs to know: is
 * every bundle held and joined, where does the history begin, which blocks were to be erased, and which
 * bundle is the first to cite each picture.
 */
#ifndef LIBRARY_SURVEY_H
#define LIBRARY_SURVEY_H

#include "library/mirror.h"

struct surveyed_picture {
    struct hash hash;
    uint64_t place; /* the seq in its name */
    uint64_t cited; /* the first bundle that cites it; 0: none did */
};

struct survey {
    mimeo_mirror *mirror;
    uint64_t down_to;       /* the walk ended above this one */
    uint64_t begins;        /* the newest commit without a parent in what was walked; 0: none */
    uint64_t media_begins;  /* the same of branch media */
    bool with_pictures;
    struct record_erase *orders; /* sorted, each once */
    size_t order_count, order_cap;
    struct surveyed_picture *pictures; /* held; by hash while walking, then by `cited` */
    size_t picture_count, picture_cap;
    uint64_t lacking;       /* pictures that are cited, were not to be erased, and are not held */
    struct record_erase *missing; /* while walking: cited and not held */
    size_t missing_count, missing_cap;
    bool too_many_missing;
};

/* Walk from the head down to `down_to`, or on to bundle 1 where a new beginning lies above `known`, which is the
 * newest bundle that somebody's history has (at least `down_to`; 0: none).  MIMEO_EINCOMPLETE names bundles
 * that are missing, damaged or unjoined.  survey_dispose releases it. */
int survey_mirror(struct survey *out, mimeo_ctx *ctx, mimeo_mirror *m, uint64_t known, uint64_t down_to,
                  bool with_pictures);
void survey_dispose(struct survey *s);
/* Was the block to be erased? */
bool survey_orders(const struct survey *s, uint64_t seq, enum erase_table table, uint32_t block, const struct hash *hash);
/* The orders for one bundle: the first and how many. */
size_t survey_orders_of(const struct record_erase **first, const struct survey *s, uint64_t seq);

#endif
