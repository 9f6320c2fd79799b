/*
 * Reading sealed files, from any place.  One chunk is held; what comes next in its segment follows on, everything
 * else begins the segment again.
 *
 * Beware: where the end does not open nobody vouches for the length, nor for the size of the last message; the file
 * is then read as the smallest whole one that it can be the beginning of, which is right for all of it but the place
 * where it was cut.
 */
#include <stdlib.h>
#include <string.h>

#include "trust/seal_inside.h"

struct seal_reader {
    seal_get_fn get;
    void *payload;
    struct seal_secret *secret;
    struct seal_plan plan;
    uint64_t len;
    bool front_damaged; /* only the second lock opened */
    bool end_damaged;
    bool cut;           /* of a size that no whole file has */

    uint64_t segment;   /* at hand */
    unsigned next;      /* the first message of it that was not opened */
    bool begun;         /* there is a segment at hand */
    bool held;          /* plain is message next-1 */
    bool lost;          /* message next does not open, and so nothing up to the next segment */
    uint8_t *plain;     /* NULL: resting */
    uint8_t *sealed;
};

/* ---- opening ---- */

static int get_all(struct seal_reader *r, mimeo_ctx *ctx, uint8_t *bytes, size_t len, uint64_t offset, bool *all)
{
    size_t got = 0;
    int rc = r->get(bytes, len, offset, &got, ctx, r->payload);
    *all = rc == 0 && got == len;
    return rc;
}

/* MIMEO_EPASSPHRASE without a message where it does not open. */
static int try_lock(struct seal_reader *r, mimeo_ctx *ctx, const struct passphrase *p, const char *part, uint64_t offset)
{
    uint8_t lock[SEAL_LOCK_LEN];
    bool all = false;
    int rc = ctx_check_cancel(ctx);
    if (rc == 0)
        rc = get_all(r, ctx, lock, sizeof(lock), offset, &all);
    if (rc < 0)
        return rc;
    return all ? seal_lock_open(r->secret->key, ctx, p, part, lock) : MIMEO_EPASSPHRASE;
}

static int unlock(struct seal_reader *r, mimeo_ctx *ctx, const struct passphrase *p)
{
    int rc = try_lock(r, ctx, p, "front", 0);
    if (rc != MIMEO_EPASSPHRASE && rc != MIMEO_EIO) /* a stick that fails may fail there alone */
        return rc;
    /* A file that was cut has no second lock, and where its size tells so, one derivation is enough. */
    if (!r->cut) {
        r->front_damaged = true;
        rc = try_lock(r, ctx, p, "back", r->plan.back);
    }
    if (rc != MIMEO_EPASSPHRASE)
        return rc;
    return ctx_error(ctx, rc, r->cut ? "the passphrase does not open it: it is wrong, or this is no encrypted pack, or "
                                       "one that is cut short and damaged"
                                     : "the passphrase does not open it: it is wrong, or this is no encrypted pack, or "
                                       "one that is damaged at both ends");
}

static int read_end(struct seal_reader *r, mimeo_ctx *ctx, uint64_t size)
{
    uint8_t sealed[SEAL_END_MAX], plain[8 + SEAL_SLACK] = {0};
    struct seal_label label = seal_label_of("end");
    size_t len = r->plan.end_len - SEAL_STREAM_LEN - SEAL_TAG_LEN;
    bool all = false;
    int rc = r->cut ? 0 : get_all(r, ctx, sealed, r->plan.end_len, r->plan.end, &all);
    if (rc < 0)
        return rc;
    struct cursor c = cursor_of(view_of(plain, len));
    /* A length of another size: this end stood in another place, behind the same file, say, as `cat` joins them. */
    bool whole = all && seal_open_one(plain, r->secret->key, &label, sealed, len) && cursor_u64be(&c, &r->len) &&
                 view_is_zero(view_of(c.ptr, c.left)) && seal_size(r->len) == size;
    r->end_damaged = !whole;
    if (!whole)
        r->len = r->plan.plain;
    return 0;
}

int seal_reader_new(struct seal_reader **out, mimeo_ctx *ctx, const struct passphrase *p, uint64_t size, seal_get_fn get,
                    void *payload)
{
    if (p == NULL || p->ptr == NULL || p->len == 0)
        return ctx_error(ctx, MIMEO_EPASSPHRASE, "the passphrase of an encrypted file is needed");
    if (size < SEAL_LOCK_LEN || size > (uint64_t)1 << 62)
        return ctx_error(ctx, MIMEO_EMALFORMED, "a file of %llu bytes is no encrypted one", (unsigned long long)size);
    struct seal_reader *r = calloc(1, sizeof(*r));
    int rc = r == NULL || (r->secret = sodium_malloc(sizeof(*r->secret))) == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0) {
        r->get = get;
        r->payload = payload;
        r->cut = !seal_size_fits(size);
        r->plan = seal_plan_of(seal_padded(size));
        rc = unlock(r, ctx, p);
    }
    if (rc == 0)
        rc = read_end(r, ctx, size);
    if (rc < 0) {
        seal_reader_free(r);
        return rc;
    }
    *out = r;
    return 0;
}

uint64_t seal_reader_len(const struct seal_reader *r)
{
    return r->len;
}

const char *seal_reader_damage(const struct seal_reader *r)
{
    if (r->cut)
        return "is cut short: get it again";
    if (r->end_damaged)
        return r->front_damaged ? "is damaged at its beginning and its end: get it again"
                                : "is damaged at its end, or cut short: get it again";
    return r->front_damaged ? "is damaged in its first bytes: get it again while it still opens" : NULL;
}

/* ---- messages ---- */

static size_t message_len(const struct seal_reader *r, uint64_t first)
{
    return r->plan.plain - first < SEAL_CHUNK ? (size_t)(r->plan.plain - first) : SEAL_CHUNK;
}

/* The tag that message n of the segment has; where the end is damaged, which is the last is not known. */
static bool tag_fits(const struct seal_reader *r, unsigned char tag, uint64_t beyond)
{
    bool last = beyond % SEAL_SEGMENT == 0 || beyond == r->plan.plain;
    bool known = tag == SEAL_MESSAGE || tag == SEAL_FINAL;
    return known && (r->end_damaged || (tag == SEAL_FINAL) == last);
}

static void put_down(struct seal_reader *r)
{
    r->begun = r->held = r->lost = false;
    r->next = 0;
}

static int begin_segment(struct seal_reader *r, mimeo_ctx *ctx, uint64_t segment)
{
    bool all = false;
    put_down(r);
    int rc = get_all(r, ctx, r->sealed, SEAL_STREAM_LEN, SEAL_LOCK_LEN + segment * SEAL_SEGMENT_SEALED, &all);
    if (rc < 0)
        return rc;
    r->begun = true;
    r->segment = segment;
    r->lost = !all || crypto_secretstream_xchacha20poly1305_init_pull(&r->secret->state, r->sealed, r->secret->key) != 0;
    return 0;
}

/* Open the next message of the segment, or find it lost. */
static int pull(struct seal_reader *r, mimeo_ctx *ctx)
{
    uint64_t first = r->segment * SEAL_SEGMENT + r->next * SEAL_CHUNK;
    uint64_t offset = SEAL_LOCK_LEN + r->segment * SEAL_SEGMENT_SEALED + SEAL_STREAM_LEN + r->next * SEAL_CHUNK_SEALED;
    struct seal_label label = seal_label_of_segment(r->segment);
    size_t len = message_len(r, first);
    unsigned char tag = 0;
    bool all = false;
    r->held = false;
    int rc = ctx_check_cancel(ctx);
    if (rc == 0)
        rc = get_all(r, ctx, r->sealed, len + SEAL_TAG_LEN, offset, &all);
    if (rc < 0)
        return rc;
    r->held = all &&
              crypto_secretstream_xchacha20poly1305_pull(&r->secret->state, r->plain, NULL, &tag, r->sealed,
                                                         len + SEAL_TAG_LEN, label.bytes, label.len) == 0 &&
              tag_fits(r, tag, first + len);
    r->lost = !r->held;
    r->next += r->held;
    return 0;
}

static int wake(struct seal_reader *r, mimeo_ctx *ctx)
{
    if (r->plain != NULL)
        return 0;
    r->plain = malloc(SEAL_CHUNK);
    r->sealed = malloc(SEAL_CHUNK_SEALED);
    if (r->plain != NULL && r->sealed != NULL)
        return 0;
    seal_reader_rest(r);
    return ctx_error_nomem(ctx);
}

/* Hold the message with this byte, or find it lost (1). */
static int hold(struct seal_reader *r, mimeo_ctx *ctx, uint64_t offset)
{
    uint64_t segment = offset / SEAL_SEGMENT;
    unsigned message = (unsigned)(offset % SEAL_SEGMENT / SEAL_CHUNK);
    int rc = wake(r, ctx);
    bool passed = message < r->next && !(r->held && message + 1 == r->next);
    if (rc == 0 && (!r->begun || r->segment != segment || passed))
        rc = begin_segment(r, ctx, segment);
    while (rc == 0 && !r->lost && r->next <= message)
        rc = pull(r, ctx);
    if (rc < 0)
        put_down(r);
    return rc < 0 ? rc : r->next <= message;
}

/* ---- the caller's bytes ---- */

int seal_read(struct seal_reader *r, mimeo_ctx *ctx, uint8_t *bytes, size_t len, uint64_t offset, size_t *got)
{
    size_t n = 0;
    *got = 0;
    while (n < len && offset + n < r->len) {
        uint64_t at = offset + n;
        int rc = hold(r, ctx, at);
        if (rc < 0)
            return rc;
        if (rc > 0) {
            *got = n;
            return ctx_error(ctx, MIMEO_EFORGED, "the encrypted file is damaged or cut off at byte %llu of its contents",
                             (unsigned long long)at);
        }
        size_t inside = (size_t)(at % SEAL_CHUNK);
        uint64_t left = r->len - at < SEAL_CHUNK - inside ? r->len - at : SEAL_CHUNK - inside;
        size_t part = left < len - n ? (size_t)left : len - n;
        memcpy(bytes + n, r->plain + inside, part);
        n += part;
    }
    *got = n;
    return 0;
}

uint64_t seal_reader_beyond(const struct seal_reader *r, uint64_t offset)
{
    uint64_t next = (offset / SEAL_SEGMENT + 1) * SEAL_SEGMENT;
    return next < r->len ? next : r->len;
}

void seal_reader_rest(struct seal_reader *r)
{
    if (r->plain != NULL)
        sodium_memzero(r->plain, SEAL_CHUNK);
    free(r->plain);
    free(r->sealed);
    r->plain = r->sealed = NULL;
    sodium_memzero(&r->secret->state, sizeof(r->secret->state));
    put_down(r);
}

void seal_reader_free(struct seal_reader *r)
{
    if (r == NULL)
        return;
    if (r->secret != NULL)
        seal_reader_rest(r);
    sodium_free(r->secret);
    free(r);
}
