/*
 * The numbering of bundles moves to another machine (RULES R10): the publishing key and its journal in one file of
 * the form in trust/carried.h.
 *
 *     mimeo hand-over 1
 *     publisher <id>
 *     seq <n>
 *     hash <header hash>
 *     key <length>
 *     <the key file's own lines>
 *     sum <hash>
 *
 * What a reader would get wrong: the order.  The old machine's journal is marked, durably, before this file is
 * written; so whatever is killed when, no moment has two machines that sign.  The file itself can be copied, and
 * is a secret like the key file in it.
 */
#ifndef TRUST_HANDOVER_H
#define TRUST_HANDOVER_H

#include "trust/journal.h"
#include "trust/keyfile.h"

#define HANDOVER_MAX ((size_t)8192)

struct handover {
    struct journal journal;
    struct view key_text;     /* borrowed from `body` */
    struct keyfile_info key;
    struct buf body;          /* wiped by handover_dispose */
};
void handover_dispose(struct handover *h);
/* MIMEO_EMALFORMED, MIMEO_ENEWER. */
int handover_parse(struct handover *out, mimeo_ctx *ctx, const char *what, struct view bytes);
/* Into `out`, which is initialised here and has to be wiped: handover_wipe. */
int handover_write(struct buf *out, mimeo_ctx *ctx, const struct journal *j, struct view key_text);
void handover_wipe(struct buf *b);

#endif
