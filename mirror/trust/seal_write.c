/*
 * Writing sealed files.  Whether a message is the last of its stream shows only when the next byte comes or none
 * does, so a full chunk waits until then.
 */
#include <stdlib.h>
#include <string.h>

#include "trust/seal_inside.h"

struct seal_writer {
    seal_put_fn put;
    void *payload;
    struct seal_secret *secret;
    uint64_t written;  /* plain bytes, without padding */
    uint64_t taken;    /* with it */
    size_t waiting;    /* bytes in plain */
    bool begun;        /* the front lock was put */
    uint8_t front[SEAL_LOCK_LEN], back[SEAL_LOCK_LEN];
    uint8_t plain[SEAL_CHUNK];
    uint8_t sealed[SEAL_STREAM_LEN + SEAL_CHUNK_SEALED];
};

int seal_writer_new(struct seal_writer **out, mimeo_ctx *ctx, const struct passphrase *p, seal_put_fn put, void *payload)
{
    if (p == NULL || p->ptr == NULL || p->len == 0)
        return ctx_error(ctx, MIMEO_EUSAGE, "an encrypted file needs a passphrase: give at least one byte");
    struct seal_writer *w = calloc(1, sizeof(*w));
    int rc = w == NULL || (w->secret = sodium_malloc(sizeof(*w->secret))) == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0) {
        ctx_random(ctx, w->secret->key, SEAL_KEY_LEN);
        rc = seal_lock_make(w->front, ctx, p, "front", w->secret->key);
    }
    if (rc == 0)
        rc = seal_lock_make(w->back, ctx, p, "back", w->secret->key);
    if (rc < 0) {
        seal_writer_free(w);
        return rc;
    }
    w->put = put;
    w->payload = payload;
    *out = w;
    return 0;
}

static int begin(struct seal_writer *w, mimeo_ctx *ctx)
{
    if (w->begun)
        return 0;
    w->begun = true;
    return w->put(view_of(w->front, sizeof(w->front)), ctx, w->payload);
}

/* Put what waits as one message. */
static int push(struct seal_writer *w, mimeo_ctx *ctx, bool last)
{
    uint64_t first = w->taken - w->waiting; /* of its bytes */
    struct seal_label label = seal_label_of_segment(first / SEAL_SEGMENT);
    size_t in_front = first % SEAL_SEGMENT == 0 ? SEAL_STREAM_LEN : 0;
    bool ends = last || w->taken % SEAL_SEGMENT == 0;
    if (in_front > 0)
        crypto_secretstream_xchacha20poly1305_init_push(&w->secret->state, w->sealed, w->secret->key);
    crypto_secretstream_xchacha20poly1305_push(&w->secret->state, w->sealed + in_front, NULL, w->plain, w->waiting,
                                               label.bytes, label.len, ends ? SEAL_FINAL : SEAL_MESSAGE);
    size_t len = in_front + w->waiting + SEAL_TAG_LEN;
    w->waiting = 0;
    int rc = ctx_check_cancel(ctx);
    return rc < 0 ? rc : w->put(view_of(w->sealed, len), ctx, w->payload);
}

/* `bytes` NULL: zeros. */
static int take(struct seal_writer *w, mimeo_ctx *ctx, const uint8_t *bytes, uint64_t len)
{
    int rc = begin(w, ctx);
    while (rc == 0 && len > 0) {
        if (w->waiting == SEAL_CHUNK && (rc = push(w, ctx, false)) != 0)
            break;
        size_t room = SEAL_CHUNK - w->waiting;
        size_t n = len < room ? (size_t)len : room;
        if (bytes == NULL) {
            memset(w->plain + w->waiting, 0, n);
        } else {
            memcpy(w->plain + w->waiting, bytes, n);
            bytes += n;
        }
        w->waiting += n;
        w->taken += n;
        len -= n;
    }
    return rc;
}

int seal_write(struct seal_writer *w, mimeo_ctx *ctx, struct view plain)
{
    uint64_t all;
    if (!u64_add(w->written, plain.len, &all) || seal_size(all) == UINT64_MAX)
        return ctx_error(ctx, MIMEO_EMALFORMED, "too much for one encrypted file: write several");
    w->written = all;
    return take(w, ctx, plain.ptr, plain.len);
}

static int put_end(struct seal_writer *w, mimeo_ctx *ctx, size_t end_len)
{
    uint8_t plain[8 + SEAL_SLACK] = {0}, sealed[SEAL_END_MAX];
    struct seal_label label = seal_label_of("end");
    for (unsigned i = 0; i < 8; i++)
        plain[i] = (uint8_t)(w->written >> (56 - 8 * i));
    seal_one(sealed, w->secret->key, &label, plain, end_len - SEAL_STREAM_LEN - SEAL_TAG_LEN);
    sodium_memzero(plain, sizeof(plain));
    return w->put(view_of(sealed, end_len), ctx, w->payload);
}

int seal_finish(struct seal_writer *w, mimeo_ctx *ctx)
{
    struct seal_plan plan = seal_plan_of(seal_size(w->written));
    int rc = take(w, ctx, NULL, plan.plain - w->written);
    if (rc == 0 && w->waiting > 0)
        rc = push(w, ctx, true);
    if (rc == 0)
        rc = put_end(w, ctx, plan.end_len);
    return rc != 0 ? rc : w->put(view_of(w->back, sizeof(w->back)), ctx, w->payload);
}

void seal_writer_free(struct seal_writer *w)
{
    if (w == NULL)
        return;
    sodium_free(w->secret);
    sodium_memzero(w, sizeof(*w));
    free(w);
}
