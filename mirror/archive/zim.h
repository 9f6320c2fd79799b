/*
 * ZIM (openZIM, major versions 5 and 6): entries, which are sorted by their path, each in a blob of a cluster.
 *
 *     header | types | … | path pointers (8 bytes an entry) | cluster pointers (8 bytes each) | entries and clusters anywhere
 *
 * All numbers are little-endian.  None is believed: what a pointer leads to is read only within the file.
 */
#ifndef ARCHIVE_ZIM_H
#define ARCHIVE_ZIM_H

#include <pthread.h>

#include "archive/reader.h"
#include "archive/url_key.h"

#define ZIM_TYPES_MAX 512         /* media types */
#define ZIM_TYPE_MAX 128          /* bytes of one */
#define ZIM_CLUSTER_MAX (64 * MIB) /* of one cluster, unpacked */

struct zim_header {
    uint32_t entries, clusters;
    uint64_t paths_at, clusters_at, types_at, end; /* end: where the checksum stands, or the file ends */
    uint64_t checksum_at; /* as it says; the MD5 of all before stands there, as the last of the file */
    bool has_checksum;    /* the oldest have none */
    bool one_space; /* since 6.1 all content is in C */
};

/* The cluster that was unpacked last, and what unpacking may still cost. */
struct zim_cache {
    pthread_mutex_t lock;
    uint32_t cluster;
    bool holds;
    struct buf bytes;
    uint64_t unpacked;
};

/* ---- zim_checksum.c */

/* Read all of it for its checksum.  MIMEO_EMALFORMED with the words, where that does not hold. */
int zim_check(mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h);

/* ---- zim_cluster.c */

/* A blob, at most `max` bytes; `out` is initialised here. */
int zim_blob(struct buf *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, struct zim_cache *cache,
             uint32_t cluster, uint32_t blob, size_t max);

/* ---- zim_entry.c */

enum zim_entry_kind { ZIM_CONTENT, ZIM_REDIRECT, ZIM_NOTHING };
struct zim_entry {
    enum zim_entry_kind kind;
    char space;         /* namespace */
    uint16_t type;      /* of the list of types */
    uint32_t target;    /* of a redirect: which entry */
    uint32_t cluster, blob;
    char path[URL_MAX];
};
struct zim_types {
    char names[ZIM_TYPES_MAX][ZIM_TYPE_MAX];
    size_t count;
};

int zim_header_read(struct zim_header *out, mimeo_ctx *ctx, const struct stretch *file);
int zim_types_read(struct zim_types *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h);
int zim_entry_read(struct zim_entry *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, uint32_t n);
/* The entry of this path, redirects followed; MIMEO_ENOTFOUND. */
int zim_entry_find(struct zim_entry *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, char space,
                   const char *path);

#endif
