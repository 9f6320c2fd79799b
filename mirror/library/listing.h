/*
 * Inside of listing and reading: the shelf, which hands out records by their place, and the slow way to find
 * places, a walk over all catalogs.  The quick way is the library's catalog (library/index.h).
 */
#ifndef LIBRARY_LISTING_H
#define LIBRARY_LISTING_H

#include "library/holding.h"
#include "library/index.h"

/* The bundle and the block at hand. */
struct shelf {
    mimeo_mirror *m;
    mimeo_ctx *ctx;
    struct held_bundle *held;
    bool open;
    bool walked;   /* the places come from a walk a moment ago, which joined them: that is not done again */
    int64_t block; /* in `raw`; -1: none */
    struct buf raw;
};
int shelf_init(struct shelf *s, mimeo_ctx *ctx, mimeo_mirror *m);
void shelf_dispose(struct shelf *s);
/* The record at a place, checked and joined: 1 and *out, with its bundle on the shelf; 0 where none that may be
 * shown is there, or, with `id`, one of another article. */
int shelf_record(struct record *out, struct shelf *s, const struct place *place, const char *id);
/* Show it: what fn gave, or 0 where there is none and *missing was set. */
int shelf_show(struct shelf *s, const struct place *place, const char *id, bool *missing,
               int (*fn)(const struct mimeo_article *article, void *payload), void *payload);

/* Do the options want an article of this kind?  All but author. */
bool listing_wants(const struct mimeo_list_options *o, enum record_action action, const char *section, const char *lang,
                   int64_t time);
/* Is the author part of the text, caseless for ASCII? */
bool listing_author(const char *byline, const char *author);
/* Walk: the places of all that is wanted, newest first, in a fresh array.  `only`: of what arrived; NULL: of all. */
int listing_walk(struct place **out, size_t *count, mimeo_mirror *m, mimeo_ctx *ctx,
                 const struct mimeo_list_options *options, const struct arrived *only);

/* The article whose record is at a place, opened: 1, or 0 where it is not there (or is not `id`). */
int reading_at(mimeo_reading **out, mimeo_mirror *m, mimeo_ctx *ctx, const struct place *place, const char *id);

/* By a walk: 1 and *out, 0 where no article has exactly this id. */
int reading_exact(mimeo_reading **out, mimeo_mirror *m, mimeo_ctx *ctx, const char *id);
/* By a walk: how many ids begin with `prefix`, at most 2 told; one goes to *out. */
int reading_find_prefix(char out[LIMIT_ARTICLE_ID + 1], mimeo_mirror *m, mimeo_ctx *ctx, const char *prefix);

#endif
