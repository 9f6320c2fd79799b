/*
 * From record to record through a stretch of WARC or ARC: plain, a gzip member each record, or several in one.
 *
 * Where a record is damaged or its length lies, the walk says so once and goes on at the next place that begins as a record.
 * The work is bounded whatever the bytes are: what is passed over in vain costs from an allowance in proportion to the file.
 */
#ifndef ARCHIVE_RECORD_WALK_H
#define ARCHIVE_RECORD_WALK_H

#include "archive/record_head.h"

#define WALK_FAULTS_MAX 200           /* damaged records; then the walk ends */
#define WALK_INSIDE_MAX (16 * MIB)    /* bytes into a gzip member that a record may begin at */

struct record_walk {
    struct stream s;
    struct stretch from;
    uint64_t next;    /* where the next record or member begins */
    uint64_t inside;  /* of the member at hand: where the next record begins; 0: it is done */
    uint64_t made;    /* bytes that all members before this one gave */
    uint64_t wasted;  /* bytes read of what then was no good */
    unsigned faults;
    bool given_up, done;
};

struct walk_record {
    struct record_head head;
    bool http;               /* a response that `message` was read of */
    struct http_head message;
    bool looks_page;         /* its body begins as HTML does, unpacked */
    uint64_t at;             /* the member, or the record */
    uint32_t inside;
    const char *note;
    bool cut;                /* there is less of the block than its length says, and no fault */
};

int record_walk_init(struct record_walk *w, mimeo_ctx *ctx, const struct stretch *from);
void record_walk_dispose(struct record_walk *w);
/* 1 and the next record of any type, 0 at the end, MIMEO_EMALFORMED for what is passed over. */
int record_walk_next(struct walk_record *out, struct record_walk *w);
/* Are records and gzip members two different things in it: several records in the first member, or the first record in
 * several?  Then it can be read only when unpacked as a whole. */
int record_walk_is_tangled(bool *out, mimeo_ctx *ctx, const struct stretch *from);

/* Open the record at this place again: the stream is at its block, *out has the head but not the message. */
int record_open(struct walk_record *out, struct stream *s, const struct stretch *from, uint64_t at, uint32_t inside);
/* Look at the block's beginning, and read the message's head there. */
int record_message(struct walk_record *r, struct stream *s);

#endif
