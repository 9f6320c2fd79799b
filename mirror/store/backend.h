/*
 * Inside of the store: what carries a mirror's files.  A backend gives bytes by name and says
 * which names it has; what the names mean is for store.c, which all backends share.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store/pack_source.h"
#include "store/store.h"

#define STORE_NAMES_MAX 200000   /* entries of one directory: they are listed in its order, so in memory */
#define STORE_MEDIA_MAX 1000000  /* pictures of one repository: the same */
#define STORE_HEADERS "headers"  /* and its bare headers, as "headers/41/0": the first of that seq, "headers/41/1" another */
#define STORE_PARTS "part"       /* a pack's lists of parts are below it, for want of a name in a mirror */

/* One file of the carrier; `stray` is NULL where it has a place in a mirror. */
typedef int (*name_fn)(const char *name, const struct stray *stray, void *payload);

struct backend;
struct backend_ops {
    /* At most `max` bytes (more: MIMEO_EMALFORMED); with `front`, the first bytes are enough. */
    int (*get)(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max,
               size_t front);
    /* Every file below `top` ("bundles", or "" for all). */
    int (*each)(struct backend *b, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload);
    void (*close)(struct backend *b);
};
struct backend {
    const struct backend_ops *ops;
};

int directory_open(struct backend **out, mimeo_ctx *ctx, const char *path, bool trusted);
/* The git directory's branch: `branch` is "main" or "media", its own or a remote's.  MIMEO_ENOTFOUND
 * where there is none. */
int git_branch_open(struct backend **out, mimeo_ctx *ctx, const char *git_dir, const char *branch);
/* Takes the files, on failure too. */
int pack_open(struct backend **out, mimeo_ctx *ctx, struct pack_source *source);
struct pack_view;
int pack_view_open(struct backend **out, mimeo_ctx *ctx, const struct pack_view *view);
const struct pack_view *pack_view_of(const struct backend *pack);
bool pack_is_concurrent(const struct backend *pack);
enum store_sealed pack_sealed(const struct backend *pack);
/* A store of it, whose path is `label`. */
int store_of_pack(struct store **out, mimeo_ctx *ctx, const struct pack_view *view, const char *label);
/* The first `front` bytes of the n-th further object of a name, with other bytes than the first. */
int pack_get_copy(struct stored *out, struct backend *pack, mimeo_ctx *ctx, const char *name, size_t n, size_t front);

/* What a name stands for (FORMAT.md section 8). */
enum name_kind {
    NAME_NONE,
    NAME_DIRECTORY, /* may hold such names: "bundles/00" */
    NAME_BUNDLE,
    NAME_CHARTER,
    NAME_DICTIONARY,
    NAME_MEDIA,
    NAME_HEAD,
    NAME_TEXT,
};
struct name {
    enum name_kind kind;
    uint64_t seq;     /* of a bundle, of media */
    uint32_t version; /* of a charter */
    struct hash hash; /* of media, of a dictionary */
};
struct name name_read(const char *name);
/* The most bytes that a file of this kind may have. */
size_t name_cap(enum name_kind kind);

/* Why something has no place in a mirror. */
extern const struct stray stray_name, stray_link, stray_special, stray_submodule, stray_mode;

#endif
