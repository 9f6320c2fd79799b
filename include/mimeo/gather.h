/*
 * What somebody hands over: packs and parts of packs, mirrors, directories and sticks with any of them, in any order.  It
 * is sorted by publisher here, and opened; nothing is kept, and nothing is written but the trust of pinned publishers, as
 * opening a mirror does.
 *
 *     mimeo_gathering *g;
 *     if (mimeo_gather(&g, ctx, paths, count, &(struct mimeo_gather_options){0}) == 0) {
 *         for (size_t n = 0; n < mimeo_gathering_count(g); n++)
 *             if (mimeo_gathering_mirror(&m, g, ctx, n, NULL) == 0) { …; mimeo_mirror_free(m); }
 *         mimeo_gathering_free(g);
 *     }
 */
#ifndef MIMEO_GATHER_H
#define MIMEO_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include <mimeo/context.h>
#include <mimeo/mirror.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mimeo_gathering mimeo_gathering;

struct mimeo_gather_options {
    bool sealed; /* files in directories that may be encrypted packs are tried too; those that are named always are */
    /* A path that gave nothing, with why (MIMEO_EMALFORMED: it is something else; MIMEO_EPASSPHRASE).  May be NULL. */
    void (*refused)(const char *path, int code, const char *message, void *payload);
    void *payload;
};
/* Each path is a pack, a mirror, or a directory: its mirrors and packs count, some levels deep; what else lies in a directory is
 * passed over, as are links and names that begin with a dot.  Packs are read as one, as `cat` would make them.  Where nothing is
 * left: the code of what was refused, or MIMEO_ENOTFOUND. */
MIMEO_API int mimeo_gather(mimeo_gathering **out, mimeo_ctx *ctx, const char *const *paths, size_t count,
                           const struct mimeo_gather_options *options);
/* Mirrors that were opened live on. */
MIMEO_API void mimeo_gathering_free(mimeo_gathering *g);
/* One for each publisher that packs name, then each directory or repository. */
MIMEO_API size_t mimeo_gathering_count(const mimeo_gathering *g);
/* Files in directories that may be encrypted packs and were not tried. */
MIMEO_API size_t mimeo_gathering_sealed(const mimeo_gathering *g);
MIMEO_API int mimeo_gathering_mirror(mimeo_mirror **out, const mimeo_gathering *g, mimeo_ctx *ctx, size_t n,
                                     const char *library);

#ifdef __cplusplus
}
#endif
#endif
