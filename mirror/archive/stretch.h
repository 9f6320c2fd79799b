/*
 * A stretch of a file, which an archive or a member of it takes up; read at any place by any thread (pread).
 */
#ifndef ARCHIVE_STRETCH_H
#define ARCHIVE_STRETCH_H

#include "base/bytes.h"
#include "base/context.h"

struct stretch {
    int fd; /* borrowed */
    uint64_t start, len;
    const char *name; /* for messages, borrowed */
};

/* Up to `len` bytes from `at` of the stretch into `bytes`; *got is less only at its end. */
int stretch_read(size_t *got, mimeo_ctx *ctx, const struct stretch *s, uint64_t at, void *bytes, size_t len);
/* Exactly so many; MIMEO_EMALFORMED, with the message set, where they are not all there. */
int stretch_read_all(mimeo_ctx *ctx, const struct stretch *s, uint64_t at, void *bytes, size_t len);
/* Where `magic` stands first from `at` on, or the stretch's length. */
int stretch_search(uint64_t *out, mimeo_ctx *ctx, const struct stretch *s, uint64_t at, struct view magic);

/* What may be unpacked out of an archive in all, again and again: a hostile one would have us do it for days. */
#define UNPACKED_FREE (1ULL << 30)
#define UNPACKED_FACTOR 400 /* times its size */
bool unpacked_too_much(uint64_t unpacked, uint64_t size);
/* The same for unpacking each part of it once. */
#define SPOOLED_FACTOR 100
bool spooled_too_much(uint64_t unpacked, uint64_t size);

/* A temporary file that has no name and goes away with its descriptor; a descriptor, or a negative code. */
int spool_open(mimeo_ctx *ctx);
int spool_write(mimeo_ctx *ctx, int fd, struct view bytes);
/* All that still comes out of `from`, a pipe called `name`, to the temporary file `fd`; more than SPOOLED_PIPE_MAX is refused. */
#define SPOOLED_PIPE_MAX (16ULL << 30)
int spool_rest(mimeo_ctx *ctx, int fd, int from, const char *name);

#endif
