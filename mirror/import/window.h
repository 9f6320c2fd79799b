/*
 * A window over a stream of JSON records: holds the record at hand and what was read
 * behind it, never more than one record and one read.
 */
#ifndef IMPORT_WINDOW_H
#define IMPORT_WINDOW_H

#include "base/bytes.h"
#include "base/context.h"

enum window_mode {
    WINDOW_LINES = 1, /* a record a line */
    WINDOW_START,     /* not known yet: the first byte decides */
    WINDOW_ARRAY,     /* inside of [ … ] */
    WINDOW_VALUES,    /* objects one behind another, over any number of lines */
};

struct window {
    int fd;            /* owned; -1: closed */
    uint8_t *ptr;
    size_t start, end, cap;
    size_t max;        /* bytes of one record */
    bool eof;
    bool done;         /* nothing more can come out */
    bool skipping;     /* inside of a line that was too long */
    bool any;          /* a record came out */
    enum window_mode mode;
    uint64_t line;     /* of `start`, from 1 */
};

/* Takes `fd` over, also on failure. */
int window_init(struct window *w, int fd, size_t max);
/* Of bytes that are all there; they are copied. */
int window_init_bytes(struct window *w, struct view bytes, size_t max);
void window_dispose(struct window *w);
/* Read until `len` bytes are held or the end has come. */
int window_fill_to(struct window *w, mimeo_ctx *ctx, const char *name, size_t len);
struct view window_view(const struct window *w);
/* What is held once the end was read, as bytes of the caller's (buf_dispose): the memory changes hands. */
struct buf window_give(struct window *w, size_t max);
void window_skip_bom(struct window *w);
void window_begin_records(struct window *w, bool lines);
/* 1 and the next record (borrowed until the next call) with the line that it begins on;
 * *only where it is all that the file holds, not in an array or a file of lines.
 * 0 at the end.  MIMEO_EMALFORMED for a record that is left out; the next call goes on,
 * unless `done`. */
int window_next(struct window *w, mimeo_ctx *ctx, const char *name, struct view *record,
                uint64_t *line, bool *only);

#endif
