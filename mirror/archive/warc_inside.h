/*
 * What warc.c (walking, reading) and warc_find.c (the index) share.
 */
#ifndef ARCHIVE_WARC_INSIDE_H
#define ARCHIVE_WARC_INSIDE_H

#include <pthread.h>

#include "archive/places.h"
#include "archive/record_walk.h"
#include "archive/warc.h"

struct warc {
    struct warc_part *parts;
    size_t count, at;
    struct record_walk walk;
    bool walking;
    uint64_t before; /* bytes of the parts that the walk is through with */
    struct walk_record record;
    uint64_t size;   /* of all parts */
    pthread_mutex_t lock; /* of what follows */
    uint64_t unpacked;    /* by archive_read(), of which what is too much counts as the most that was asked for */
    struct places index;
    int indexed;          /* 0: not yet; 1: yes; else the code that came of it */
    bool full;            /* there are more records than the index takes */
    char why[CTX_MESSAGE_MAX];
};

/* The next record of all parts; *part is its, and *walking whether `walk` is open. */
int warc_walk_parts(struct walk_record *out, struct warc *w, mimeo_ctx *ctx, struct record_walk *walk, bool *walking, size_t *part);
enum archive_what warc_what_of(const struct walk_record *r);
/* A response, resource or revisit, with an address. */
bool warc_is_response(const struct walk_record *r);
/* The stream at the block of the record of this place, whose message's head is read; dispose of it also on failure. */
int warc_open_place(struct walk_record *r, struct stream *s, struct warc *w, mimeo_ctx *ctx, const struct archive_place *place);

/* Of the reader (archive/reader.h). */
int warc_find(struct archive_place *out, void *self, mimeo_ctx *ctx, const char *url);
int warc_newest(bool *out, void *self, mimeo_ctx *ctx, const struct archive_record *page);

#endif
