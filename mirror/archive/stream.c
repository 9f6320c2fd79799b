#include "archive/stream.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_LEN (64 * KIB)
#define GZIP_WINDOW (15 + 16)

int stream_init(struct stream *s, mimeo_ctx *ctx)
{
    *s = (struct stream){.ctx = ctx, .in = malloc(BUFFER_LEN), .out = malloc(BUFFER_LEN + STREAM_PEEK)};
    if (s->in != NULL && s->out != NULL)
        return 0;
    stream_dispose(s);
    return ctx_error_nomem(ctx);
}

void stream_dispose(struct stream *s)
{
    if (s->z_open)
        inflateEnd(&s->z);
    free(s->in);
    free(s->out);
    *s = (struct stream){.in = NULL};
}

static int more_in(struct stream *s)
{
    size_t got = 0;
    int rc = ctx_check_cancel(s->ctx);
    if (rc == 0)
        rc = stretch_read(&got, s->ctx, &s->from, s->in_pos, s->in, BUFFER_LEN);
    if (rc == 0) {
        s->in_at = 0;
        s->in_len = got;
        s->in_pos += got;
    }
    return rc;
}

int stream_begin(struct stream *s, const struct stretch *from, uint64_t at)
{
    /* What was read ahead serves the next member, too. */
    uint64_t first = s->in_pos - s->in_len;
    bool here = s->from.fd == from->fd && s->from.start == from->start && s->from.len == from->len && at >= first &&
                at < s->in_pos && s->in_len > 0;
    s->from = *from;
    s->start = s->end = 0;
    s->member = at;
    s->taken = s->made = 0;
    s->state = STREAM_GOING;
    if (here) {
        s->in_at = (size_t)(at - first);
    } else {
        s->in_at = s->in_len = 0;
        s->in_pos = at;
    }
    uint8_t magic[3] = {0};
    size_t got = 0;
    int rc = 0;
    if (s->in_len - s->in_at >= sizeof(magic)) {
        memcpy(magic, s->in + s->in_at, got = sizeof(magic));
    } else {
        s->in_at = s->in_len = 0;
        s->in_pos = at;
        rc = stretch_read(&got, s->ctx, from, at, magic, sizeof(magic));
    }
    s->gzip = rc == 0 && got == sizeof(magic) && memcmp(magic, "\x1f\x8b\x08", sizeof(magic)) == 0;
    if (rc == 0 && s->gzip) {
        int z = s->z_open ? inflateReset2(&s->z, GZIP_WINDOW) : inflateInit2(&s->z, GZIP_WINDOW);
        s->z_open = s->z_open || z == Z_OK;
        if (z != Z_OK)
            rc = ctx_error_nomem(s->ctx);
    }
    return rc;
}

static bool is_bomb(const struct stream *s)
{
    return s->made > STREAM_FREE && s->made / STREAM_RATIO > stream_where(s) - s->member;
}

/* Unpack once, into what is free of `out`. */
static int inflate_some(struct stream *s, size_t room)
{
    if (s->in_at == s->in_len) {
        int rc = more_in(s);
        if (rc < 0)
            return rc;
        if (s->in_len == 0) {
            s->state = STREAM_CUT;
            return 0;
        }
    }
    s->z.next_in = s->in + s->in_at;
    s->z.avail_in = (uInt)(s->in_len - s->in_at);
    s->z.next_out = s->out + s->end;
    s->z.avail_out = (uInt)room;
    int z = inflate(&s->z, Z_NO_FLUSH);
    size_t made = room - s->z.avail_out;
    s->in_at = s->in_len - s->z.avail_in;
    s->end += made;
    s->made += made;
    if (z == Z_STREAM_END)
        s->state = STREAM_ENDED;
    else if (z != Z_OK && z != Z_BUF_ERROR)
        s->state = STREAM_DAMAGED;
    else if (is_bomb(s))
        s->state = STREAM_BOMB;
    return 0;
}

static int copy_some(struct stream *s, size_t room)
{
    int rc = s->in_at == s->in_len ? more_in(s) : 0;
    size_t len = s->in_len - s->in_at;
    if (rc < 0)
        return rc;
    if (len == 0)
        s->state = STREAM_ENDED;
    if (len > room)
        len = room;
    memcpy(s->out + s->end, s->in + s->in_at, len);
    s->in_at += len;
    s->end += len;
    s->made += len;
    return 0;
}

int stream_peek(struct view *out, struct stream *s, size_t want)
{
    int rc = 0;
    if (s->end - s->start < want && s->start > 0) {
        memmove(s->out, s->out + s->start, s->end - s->start);
        s->end -= s->start;
        s->start = 0;
    }
    while (rc == 0 && s->end - s->start < want && s->state == STREAM_GOING) {
        size_t room = BUFFER_LEN + STREAM_PEEK - s->end;
        rc = s->gzip ? inflate_some(s, room) : copy_some(s, room);
    }
    *out = view_of(s->out + s->start, s->end - s->start);
    return rc;
}

void stream_take(struct stream *s, size_t len)
{
    s->start += len;
    s->taken += len;
}

/* Of plain bytes none need be read. */
static void jump(struct stream *s, uint64_t len)
{
    s->in_at = s->in_len = s->start = s->end = 0;
    s->in_pos = s->member + s->taken + len;
    s->taken += len;
    s->made = s->taken;
}

int stream_skip(uint64_t *passed, struct stream *s, uint64_t len)
{
    uint64_t left = len;
    int rc = 0;
    while (rc == 0 && left > 0) {
        struct view v;
        rc = stream_peek(&v, s, 1);
        if (rc < 0 || v.len == 0)
            break;
        size_t n = v.len < left ? v.len : (size_t)left;
        stream_take(s, n);
        left -= n;
        uint64_t at = s->member + s->taken;
        if (!s->gzip && left > 0 && at < s->from.len) {
            uint64_t rest = left < s->from.len - at ? left : s->from.len - at;
            jump(s, rest);
            left -= rest;
        }
    }
    *passed = len - left;
    return rc;
}

uint64_t stream_where(const struct stream *s)
{
    return s->gzip ? s->in_pos - s->in_len + s->in_at : s->member + s->taken;
}

const char *stream_fault(const struct stream *s)
{
    switch (s->state) {
    case STREAM_CUT: return "is cut short";
    case STREAM_DAMAGED: return "is damaged";
    case STREAM_BOMB: return "unpacks to far more than it should";
    default: return NULL;
    }
}
