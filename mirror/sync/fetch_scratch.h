/*
 * The scratch repository: a bare one of ours, a cache.
 *
 *     objects/pack/       packs; a mirror's blobs only between a fetch and fetch_slim
 *     refs/heads/main     what was fetched last (and media)
 *     refs/kept/main      what was taken into the library (and media): the base of the next fetch
 *
 * References are files that we write ourselves; libgit2 sees none of them (fetch_offer.c).
 */
#ifndef SYNC_FETCH_SCRATCH_H
#define SYNC_FETCH_SCRATCH_H

#include "base/context.h"
#include "store/git_calls.h"
#include "store/git_objects.h"

struct scratch {
    const char *path; /* borrowed */
    int dir;
    git_repository *repo;
};

extern const char *const scratch_branches[2]; /* "main", "media" */

/* Opens it, and with `make` makes it where it is missing.  What a killed run left is removed.  MIMEO_EFORGED where it is
 * damaged, MIMEO_ENOTFOUND. */
int scratch_open(struct scratch *out, mimeo_ctx *ctx, const char *path, bool make);
void scratch_close(struct scratch *s);

enum scratch_ref { SCRATCH_HEAD, SCRATCH_KEPT };
/* MIMEO_ENOTFOUND where it is not set, MIMEO_EFORGED where it is no id. */
int scratch_get(struct git_id *out, struct scratch *s, mimeo_ctx *ctx, enum scratch_ref kind, const char *branch);
/* `id` NULL: remove it. */
int scratch_set(struct scratch *s, mimeo_ctx *ctx, enum scratch_ref kind, const char *branch, const struct git_id *id);

/* Every tree of the commit that a mirror has a place for, each once: fn may be NULL.  MIMEO_EINCOMPLETE where one is not
 * held, MIMEO_EFORGED where one is damaged. */
int scratch_each_tree(struct scratch *s, mimeo_ctx *ctx, const struct git_id *commit,
                      int (*fn)(const struct git_id *tree, void *payload), void *payload);

/* Are the branches at what was kept, and is there one pack at most?  A repository that is not there is settled. */
bool scratch_is_settled(const char *path);
/* Rid it of half packs, and say nothing: where that fails the next scratch_open does it. */
void scratch_sweep(const char *path);

/* Remove all packs but "pack-<keep>.*"; `keep` "" for all. */
int scratch_remove_packs(struct scratch *s, mimeo_ctx *ctx, const char *keep);

/* libgit2's last error as one of ours: `what` was being done. */
int scratch_error(mimeo_ctx *ctx, const char *what);

#endif
