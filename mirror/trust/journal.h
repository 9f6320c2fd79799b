/*
 * The signing journal (RULES R10): beside the publishing key, the last header that this key was
 * about to sign.  Written and fsynced before each signature, so that a machine never signs two
 * headers of one seq, whatever is killed or restored when.
 *
 *     mimeo journal 1
 *     publisher <id>
 *     seq <n>
 *     hash <header hash>
 */
#ifndef TRUST_JOURNAL_H
#define TRUST_JOURNAL_H

#include "trust/hash.h"
#include "base/context.h"

struct journal {
    struct hash publisher;
    uint64_t seq;
    struct hash hash;
};

/* `key_path` names the key's file; the journal is "<key_path>.journal".  MIMEO_ENOTFOUND where there is
 * none, MIMEO_EMALFORMED. */
int journal_read(struct journal *out, mimeo_ctx *ctx, const char *key_path);
int journal_write(mimeo_ctx *ctx, const char *key_path, const struct journal *j);

#endif
