/*
 * Bytes both ways over descriptors, with deadlines: what a socket and a child's pipes have in common.
 * Opening one ignores SIGPIPE in the whole process: wires are for children that do nothing else.
 */
#ifndef NET_WIRE_H
#define NET_WIRE_H

#include "net/network.h"

#define WIRE_TALK_MAX 4096

struct wire {
    const char *peer;    /* for messages; borrowed */
    int in, out;         /* non-blocking; the same descriptor for a socket */
    int talk;            /* the child's stderr, or -1 */
    pid_t pid;           /* the child, or 0 */
    int64_t stall_ms;
    int64_t ends_at;     /* network_now() */
    char last[WIRE_TALK_MAX]; /* of what the child said: the end */
    size_t last_len;
};

void wire_init(struct wire *w, const char *peer, const struct deadlines *d);
/* At least one byte into `bytes`; *got 0 at the end.  MIMEO_ETIMEOUT, MIMEO_EUNREACHABLE, MIMEO_ECANCELLED. */
int wire_read(struct wire *w, mimeo_ctx *ctx, void *bytes, size_t len, size_t *got);
int wire_write(struct wire *w, mimeo_ctx *ctx, const void *bytes, size_t len);
/* The last line that the child said, without control characters; "" for none.  Lives in the wire. */
const char *wire_last_words(struct wire *w);
/* Ends and reaps the child, where there is one. */
void wire_close(struct wire *w);

#endif
