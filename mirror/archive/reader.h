/*
 * What each kind of archive is to archive.c.
 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include "archive/archive.h"
#include "archive/stretch.h"

/* The contracts are archive.h's.  `self` is what its open gave. */
struct archive_reader {
    int (*next)(struct archive_record *out, void *self, mimeo_ctx *ctx);
    int (*read)(struct buf *out, void *self, mimeo_ctx *ctx, const struct archive_place *place, size_t max);
    int (*find)(struct archive_place *out, void *self, mimeo_ctx *ctx, const char *url);
    int (*newest)(bool *out, void *self, mimeo_ctx *ctx, const struct archive_record *record);
    uint64_t (*done)(const void *self);
    void (*free)(void *self);
};

struct archive_opened {
    const struct archive_reader *reader;
    void *self;
};

/* Each: `file` is the whole file, whose descriptor stays the caller's until free. */
int warc_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file);
int wacz_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file);
int zim_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file);
int mhtml_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file);

#endif
