/* Inside of a store: where it looks, and what it knows of its media. */
#ifndef STORE_STORE_INSIDE_H
#define STORE_STORE_INSIDE_H

#include "store/backend.h"

/* Where a media object is, by hash. */
struct media_place {
    struct hash hash;
    uint64_t seq;
    struct backend *backend;
};

struct store {
    enum store_kind kind;
    char *path;
    struct backend *files;
    struct backend *media_branch; /* NULL where there is none */
    struct backend *under;        /* has what `files` names and does not hold; NULL where there is none */
    struct media_place *media;    /* by hash; made at the first need */
    size_t media_count, media_cap;
    bool media_known;
};

/* By name from one of its places, or from what lies under it. */
int store_get_from(struct stored *out, struct store *s, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max,
                   size_t front);

#endif
