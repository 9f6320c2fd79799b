/*
 * A publishing key on its way to another machine.  The buffers are as large as they can get from the start: a
 * buffer that grows leaves copies of a secret behind.
 */
#include "trust/handover.h"

#include <string.h>

#include "base/limits.h"
#include "trust/carried.h"

void handover_wipe(struct buf *b)
{
    if (b->ptr != NULL)
        sodium_memzero(b->ptr, b->cap);
    buf_dispose(b);
}

void handover_dispose(struct handover *h)
{
    if (h == NULL)
        return;
    handover_wipe(&h->body);
    memset(h, 0, sizeof(*h));
}

static int reserve(struct buf *b, mimeo_ctx *ctx)
{
    buf_init(b, HANDOVER_MAX);
    return buf_reserve(b, HANDOVER_MAX - 1) < 0 ? ctx_error_nomem(ctx) : 0;
}

static bool take_lines(struct handover *h)
{
    struct cursor c = cursor_of(buf_view(&h->body));
    struct view v;
    cursor_line(&c, &v);
    return carried_line(&c, "publisher", &v) && hash_parse(v, &h->journal.publisher) && carried_line(&c, "seq", &v) &&
           parse_decimal(v, LIMIT_SEQ, &h->journal.seq) && h->journal.seq > 0 && carried_line(&c, "hash", &v) &&
           hash_parse(v, &h->journal.hash) && carried_block(&c, "key", HANDOVER_MAX, &h->key_text) && c.left == 0;
}

int handover_parse(struct handover *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct handover h = {.key_text = {NULL, 0}};
    int rc = bytes.len >= HANDOVER_MAX ? ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is too large for a hand-over", what)
                                       : reserve(&h.body, ctx);
    if (rc == 0)
        rc = carried_unpack(&h.body, ctx, what, bytes, "hand-over");
    if (rc == 0 && !take_lines(&h))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is not a journal and a key, in this order", what);
    if (rc == 0)
        rc = keyfile_parse(&h.key, ctx, what, h.key_text);
    if (rc == 0 && h.key.role != KEY_PUBLISH)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' holds a root key: only publishing keys are handed over", what);
    if (rc == 0)
        *out = h;
    else
        handover_dispose(&h);
    return rc;
}

int handover_write(struct buf *out, mimeo_ctx *ctx, const struct journal *j, struct view key_text)
{
    char publisher[HASH_HEX_LEN + 1], hash[HASH_HEX_LEN + 1];
    hash_format(publisher, &j->publisher);
    hash_format(hash, &j->hash);
    int rc = reserve(out, ctx);
    if (rc < 0)
        return rc;
    buf_appendf(out, "mimeo hand-over 1\npublisher %s\nseq %llu\nhash %s\n", publisher, (unsigned long long)j->seq, hash);
    carried_put_block(out, "key", key_text);
    return carried_seal(out, ctx);
}
