/*
 * What the commit of one bundle changes in a mirror's git repository (FORMAT.md section 8), read from
 * the bundle itself and not remembered beside it.  The publisher commits with it, finishes with it what a
 * killed run left, and whoever makes a repository from a mirror's files gets the very same commits.
 */
#ifndef LIBRARY_CHANGE_H
#define LIBRARY_CHANGE_H

#include "bundle/bundle.h"
#include "store/commit.h"
#include "store/store.h"

/* What a change is read from, besides the bundle. */
struct change_source {
    const struct charter_chain *chain;
    uint32_t charters_before; /* committed by the bundles before this one; 0: none */
    struct store *store;      /* older bundles, to carry out erasures, and dictionaries; NULL: there are none */
    bool carried_out;         /* the older bundles are committed with this one's erasures carried out already */
    /* Branch media: the seq of the first bundle that cites a picture (1 and *seq, 0 where none does yet), and a
     * picture's bytes, which have to be released.  Both NULL: this change has no media. */
    int (*first_citing)(uint64_t *seq, mimeo_ctx *ctx, const struct hash *h, void *payload);
    int (*picture)(struct file_bytes *out, mimeo_ctx *ctx, const struct hash *h, void *payload);
    void *payload;
};

struct change_list {
    struct mirror_file *items;
    size_t count, cap;
};
struct change {
    struct change_list files, media;
    bool orphan;                /* the history begins here */
    struct buf readme;
    struct file_bytes *pictures;
    size_t picture_count, picture_cap;
    struct stored *dictionaries;
    size_t dictionary_count;
    struct buf **erased;        /* older bundles with blocks made zero */
    uint64_t *erased_seqs;
    size_t erased_count, erased_cap;
};

/* `bundle` has its tables checked.  The change borrows from its bytes and from the chain, and is released by
 * change_dispose. */
int change_of(struct change *out, mimeo_ctx *ctx, struct bundle *bundle, const struct change_source *source);
/* A file that this commit takes away too. */
int change_remove_file(struct change *c, mimeo_ctx *ctx, const char *name);
void change_dispose(struct change *c);
/* Does the commit of this header have no parent?  (One whose catalog orders an erasure has none either.) */
bool change_begins_history(const struct header *h, const struct charter_chain *chain);
/* One block of a whole bundle becomes zeros; MIMEO_EFORGED where the order names another block. */
int change_erase_block(struct buf *bundle, mimeo_ctx *ctx, const struct record_erase *order);

#endif
