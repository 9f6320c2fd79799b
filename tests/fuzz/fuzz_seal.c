/*
 * Sealed files: as a stranger made them, and as somebody made them who knows the passphrase.  The input is written over
 * a sound file or joined to a lock that opens; nothing that was not sealed comes out, and reading ends.
 */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/limits.h"
#include "trust/seal_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PLAIN_LEN 140000

struct file {
    uint8_t *bytes;
    size_t len;
};

static mimeo_ctx *ctx;
static struct passphrase pass;
static struct file sound;
static uint8_t key[SEAL_KEY_LEN] = {7}, lock[SEAL_LOCK_LEN];

static uint8_t byte_at(uint64_t n)
{
    return (uint8_t)(n * 7 + n / 256);
}

static int put(struct view v, mimeo_ctx *c, void *payload)
{
    struct file *f = payload;
    (void)c;
    f->bytes = realloc(f->bytes, f->len + v.len);
    if (f->bytes == NULL)
        abort();
    memcpy(f->bytes + f->len, v.ptr, v.len);
    f->len += v.len;
    return 0;
}

static int get(uint8_t *bytes, size_t len, uint64_t offset, size_t *got, mimeo_ctx *c, void *payload)
{
    const struct file *f = payload;
    (void)c;
    *got = offset >= f->len ? 0 : f->len - (size_t)offset < len ? f->len - (size_t)offset : len;
    if (*got > 0)
        memcpy(bytes, f->bytes + offset, *got);
    return 0;
}

static void prepare(void)
{
    struct seal_writer *w;
    uint8_t *plain = malloc(PLAIN_LEN);
    if (plain == NULL || mimeo_ctx_new(&ctx) < 0 || passphrase_copy(&pass, ctx, VIEW_OF_LITERAL("otter")) < 0)
        abort();
    ctx->cheap_seals = true;
    for (size_t i = 0; i < PLAIN_LEN; i++)
        plain[i] = byte_at(i);
    if (seal_writer_new(&w, ctx, &pass, put, &sound) < 0 || seal_write(w, ctx, view_of(plain, PLAIN_LEN)) < 0 ||
        seal_finish(w, ctx) < 0 || seal_lock_make(lock, ctx, &pass, "front", key) < 0)
        abort();
    seal_writer_free(w);
    free(plain);
}

/* `ours`: what comes out can only be what the sound file holds. */
static void read_all(struct file *f, bool ours)
{
    static uint8_t bytes[100000];
    struct seal_reader *r;
    seal_may_be(f->len, view_of(f->bytes, f->len));
    if (seal_reader_new(&r, ctx, &pass, f->len, get, f) < 0)
        return;
    uint64_t len = seal_reader_len(r);
    if (len > f->len + f->len / 8 + 304)
        abort();
    for (uint64_t at = 0; at < len;) {
        size_t got;
        int rc = seal_read(r, ctx, bytes, sizeof(bytes), at, &got);
        if (got > sizeof(bytes) || (rc != 0 && rc != MIMEO_EFORGED) || (rc == 0 && got == 0))
            abort();
        for (size_t i = 0; ours && i < got; i++)
            if (bytes[i] != (at + i < PLAIN_LEN ? byte_at(at + i) : 0))
                abort();
        uint64_t next = rc == 0 ? at + got : seal_reader_beyond(r, at + got);
        if (next <= at)
            abort();
        at = next;
    }
    seal_reader_free(r);
}

/* Bytes of the input over those of the sound file, from a place that the input names. */
static void spoil(const uint8_t *data, size_t size)
{
    size_t at = size < 4 ? 0 : (data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % sound.len;
    size_t cut = size < 4 ? 0 : data[3];
    struct file f = {malloc(sound.len), sound.len - cut};
    if (f.bytes == NULL)
        abort();
    memcpy(f.bytes, sound.bytes, sound.len);
    for (size_t i = 4; i < size && at + i - 4 < sound.len; i++)
        f.bytes[at + i - 4] ^= data[i];
    read_all(&f, true);
    free(f.bytes);
}

/* The input as message and end of one who knows the passphrase. */
static void forge(const uint8_t *data, size_t size)
{
    size_t len = size < 2 ? 304 : seal_padded(304 + (data[0] | (size_t)data[1] << 8));
    struct seal_plan plan = seal_plan_of(len);
    struct file f = {calloc(1, len), len};
    uint8_t plain[8 + SEAL_SLACK] = {0};
    struct seal_label end = seal_label_of("end"), segment = seal_label_of_segment(0);
    uint8_t *message = calloc(1, (size_t)plan.plain + 1);
    if (f.bytes == NULL || message == NULL)
        abort();
    memcpy(f.bytes, lock, sizeof(lock));
    memcpy(plain, data, size < sizeof(plain) ? size : sizeof(plain));
    seal_one(f.bytes + plan.end, key, &end, plain, plan.end_len - SEAL_STREAM_LEN - SEAL_TAG_LEN);
    memcpy(message, data, size < plan.plain ? size : (size_t)plan.plain);
    if (plan.plain > 0 && plan.plain <= SEAL_CHUNK)
        seal_one(f.bytes + SEAL_LOCK_LEN, key, &segment, message, (size_t)plan.plain);
    read_all(&f, false);
    free(message);
    free(f.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file f = {malloc(size + 1), size};
    if (ctx == NULL)
        prepare();
    if (f.bytes == NULL)
        abort();
    memcpy(f.bytes, data, size);
    read_all(&f, false);
    free(f.bytes);
    spoil(data, size);
    forge(data, size);
    return 0;
}
