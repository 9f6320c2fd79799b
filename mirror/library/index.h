/*
 * The reader's catalog: of each article of each publisher, where its latest record is.  One SQLite file in the
 * library, and only a cache: nobody believes it.  What it points to is verified as always and must be the article
 * asked for; where it does not agree with what is held, it is brought up to date or made again.
 *
 *     index_open(&x, ctx, library, true);
 *     take(…, taken → index_bundle(x, ctx, publisher, held));
 *     index_refresh(x, ctx, mirror);      right from here on
 *
 * A run that is killed between any two of these leaves an index whose mark does not fit the holdings, and the
 * next index_refresh, by whoever comes first, puts it right.
 */
#ifndef LIBRARY_INDEX_H
#define LIBRARY_INDEX_H

#include "library/mirror.h"

struct index;
/* `library`: its path.  `write`: made where it is missing, and made again where it is spoilt; else MIMEO_ENOTFOUND
 * where there is none. */
int index_open(struct index **out, mimeo_ctx *ctx, const char *library, bool write);
void index_close(struct index *x);
bool index_is_writable(const struct index *x);
/* Did it fail because the file is damaged?  Then it is best thrown away: index_discard closes it too. */
bool index_is_spoilt(const struct index *x);
void index_discard(struct index *x);

/* Put in one bundle that was checked (verdict MIMEO_GOOD or MIMEO_UNJOINED), or put it in again after blocks of it
 * were erased.  A later bundle's word on an article stays, in
 * whichever order they come, and a joined one's over an unjoined one's. */
int index_bundle(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, struct held_bundle *h);
/* Bring one publisher's rows to what is held.  0: they are right.  MIMEO_EBUSY, MIMEO_EIO (not writable): they may
 * not be, and the caller walks instead. */
int index_refresh(struct index *x, mimeo_ctx *ctx, mimeo_mirror *m);
/* Forget one publisher's rows and make them again. */
int index_rebuild(struct index *x, mimeo_ctx *ctx, mimeo_mirror *m);
int index_forget(struct index *x, mimeo_ctx *ctx, const struct hash *publisher);
/* Each publisher that has rows. */
int index_each_publisher(struct index *x, mimeo_ctx *ctx, int (*fn)(const struct hash *publisher, void *payload),
                         void *payload);
/* What is in it of a publisher. */
int index_count(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, uint64_t *bundles, uint64_t *articles);

/* Are there bundles of which nothing could be put in, since they are damaged?  1, 0. */
int index_has_bad(struct index *x, mimeo_ctx *ctx, const struct hash *publisher);

/* Where a record is, and what lists are ordered by. */
struct place {
    int64_t time; /* published, or else its bundle's */
    uint64_t seq;
    uint32_t block;
    uint32_t line; /* of a walk with PLACE_UNJOINED: a million places must stay small */
};
#define PLACE_UNJOINED 0x80000000U /* a block of 16 KiB has no so many lines */
/* Newest first: time, then seq, both falling; then block and line, rising. */
int place_compare(const struct place *a, const struct place *b);

/* 1 and *out, 0 where there is no such article. */
int index_find(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, const char *id, struct place *out);
/* How many ids begin with `prefix`, at most 2 told; the first goes to *out. */
int index_find_prefix(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, const char *prefix,
                      char out[LIMIT_ARTICLE_ID + 1]);

struct index_row {
    const char *id;
    struct place place;
    enum record_action action;
    const char *section, *lang; /* "" where absent */
    const char *bylines;        /* with LF between them */
};
/* Articles newest first, those behind `after` (NULL: from the first); nonzero from fn stops and is returned. */
int index_each(struct index *x, mimeo_ctx *ctx, const struct hash *publisher, const struct place *after,
               int (*fn)(const struct index_row *row, void *payload), void *payload);

#endif
