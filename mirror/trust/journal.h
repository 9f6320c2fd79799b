/*
 * The signing journal (RULES R10): beside the publishing key, the last header that this key was
 * about to sign.  Written and fsynced before each signature, so that a machine never signs two
 * headers of one seq, whatever is killed or restored when.
 *
 *     mimeo journal 1
 *     publisher <id>
 *     seq <n>
 *     hash <header hash>
 *     handed-over <time>      only where the numbering moved to another machine since
 *
 * A root key has one too, so that it does not sign two charters of one version: there `seq` is the charter's
 * version and `hash` that of its text.
 */
#ifndef TRUST_JOURNAL_H
#define TRUST_JOURNAL_H

#include "trust/hash.h"
#include "base/context.h"

struct journal {
    struct hash publisher;
    uint64_t seq;
    struct hash hash;
    bool handed_over;        /* nothing is signed here any more */
    int64_t handed_over_at;
};

/* `key_path` names the key's file; the journal is "<key_path>.journal".  MIMEO_ENOTFOUND where there is
 * none, MIMEO_EMALFORMED. */
int journal_read(struct journal *out, mimeo_ctx *ctx, const char *key_path);
/* Atomic and durable. */
int journal_write(mimeo_ctx *ctx, const char *key_path, const struct journal *j);

#endif
