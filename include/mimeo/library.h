/*
 * The library: all that this reader holds, of all publishers.  A directory for each publisher in a
 * mirror's own layout, plain files of trust (mimeo/trust.h), and a catalog that is only a cache:
 *
 *     trust/<publisher>/…        whom this reader trusts, and what was verified
 *     publishers/<publisher>/…   the bundles: a directory that is a mirror (FORMAT.md section 8)
 *     work/<publisher>/…         locks and what syncing needs; may be removed at any time
 *     catalog.sqlite             where each article is; made again by mimeo_library_rebuild
 *
 * Nothing here opens a socket, and nothing records what was read.
 *
 *     mimeo_library *l;
 *     if (mimeo_library_open(&l, ctx, NULL) == 0) {
 *         mimeo_library_list(l, ctx, &(struct mimeo_library_list_options){.list.limit = 20}, show, NULL);
 *         mimeo_library_free(l);
 *     }
 */
#ifndef MIMEO_LIBRARY_H
#define MIMEO_LIBRARY_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/mirror.h>
#include <mimeo/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mimeo_library mimeo_library;

/* `library` as in mimeo/trust.h.  One that is not there yet is an empty one; nothing is made. */
MIMEO_API int mimeo_library_open(mimeo_library **out, mimeo_ctx *ctx, const char *library);
MIMEO_API void mimeo_library_free(mimeo_library *l);
/* Where it is; the library's. */
MIMEO_API const char *mimeo_library_path(const mimeo_library *l);

/* One publisher of whom bundles are held. */
struct mimeo_holding {
    char publisher[MIMEO_HEX_LEN + 1];
    enum mimeo_pin_state pin;
    const char *petname; /* "" where the pin was removed since */
    const char *path;    /* of its directory */
};
/* Each publisher held, by petname.  Nonzero from fn stops and is returned. */
MIMEO_API int mimeo_library_each(mimeo_library *l, mimeo_ctx *ctx,
                                 int (*fn)(const struct mimeo_holding *holding, void *payload), void *payload);
/* What is held of one publisher, opened as a mirror; the library's, closed with it.  `who`: a petname, an
 * ID or its first 8 or more digits; NULL: the only one there is.  MIMEO_EINCOMPLETE where one is pinned and nothing of it came yet,
 * MIMEO_ENOTFOUND, MIMEO_EUSAGE where several fit. */
MIMEO_API int mimeo_library_mirror(mimeo_mirror **out, mimeo_library *l, mimeo_ctx *ctx, const char *who);

struct mimeo_library_list_options {
    struct mimeo_list_options list;
    const char *who; /* NULL: all publishers */
    bool arrived;    /* only what the last sync or import brought */
};
/* Newest first over all publishers; each article once, as its latest record says. */
MIMEO_API int mimeo_library_list(mimeo_library *l, mimeo_ctx *ctx, const struct mimeo_library_list_options *options,
                                 int (*fn)(const struct mimeo_article *article, const struct mimeo_holding *holding,
                                           void *payload),
                                 void *payload);
/* The article `id` (or the only one that begins so) of `who` (NULL: of any; MIMEO_EUSAGE where several
 * publishers have it).  The reading is to be freed before the library is.  *m is the mirror it came from. */
MIMEO_API int mimeo_library_read(mimeo_reading **out, mimeo_mirror **m, mimeo_library *l, mimeo_ctx *ctx,
                                 const char *who, const char *id);

struct mimeo_rebuild_result {
    uint64_t publishers, bundles, records;
};
/* Throw the catalog away and make it again from the bundles. */
MIMEO_API int mimeo_library_rebuild(mimeo_library *l, mimeo_ctx *ctx, struct mimeo_rebuild_result *result);

#ifdef __cplusplus
}
#endif
#endif
