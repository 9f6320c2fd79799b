/*
 * The git repository of a mirror, made from its files (FORMAT.md section 8, "In git"): the commits that
 * the publisher has, whoever makes them.
 */
#ifndef LIBRARY_REPOSITORY_H
#define LIBRARY_REPOSITORY_H

#include "library/mirror.h"

struct repository_result {
    uint64_t seq;        /* of the newest commit */
    uint64_t commits;    /* of main, made by this run */
    bool anew;           /* the history that was there is replaced */
    bool has_media;      /* branch media is whole, or there is nothing to have */
    uint64_t lacking;    /* pictures not held, for want of which branch media was not made; 0: not counted */
};

/* Make the bare repository at `path`, or bring it up to date.  `m` holds all bundles up to its head (otherwise
 * MIMEO_EINCOMPLETE names those that it lacks) and nothing in it is damaged (MIMEO_EFORGED); its verdict is for
 * the caller to judge.  Killed at any moment, the next run goes on or begins again. */
int repository_make(struct repository_result *out, mimeo_ctx *ctx, mimeo_mirror *m, const char *path, bool no_media);
/* Empty the one at `path`, if there is one: something that it has is about to be erased.  MIMEO_EBUSY where another
 * mimeo is making it. */
int repository_forget(mimeo_ctx *ctx, const char *path);

#endif
