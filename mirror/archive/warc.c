/*
 * WARC and ARC as an archive.
 *
 * There are two walks: the one of archive_next(), and at the first picture that is asked for another one, through all, that
 * makes the index, for pictures often stand behind their page.  It has addresses and, for revisits that name none, digests.
 */
#include "archive/warc_inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/head_fields.h"

#define BLOCK_HEAD (64 * KIB)

/* ---- walking */

/* Where records are not members of their own, none can be read at its place: all is unpacked once, into a temporary file. */
static int unpack_part(struct warc_part *part, mimeo_ctx *ctx)
{
    struct stream s;
    struct stretch from = part->bytes;
    uint64_t len = 0;
    int fd = spool_open(ctx), rc = fd < 0 ? fd : stream_init(&s, ctx);
    if (rc < 0) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    for (uint64_t at = 0; rc == 0 && at < from.len && (rc = stream_begin(&s, &from, at)) == 0 && s.gzip;) {
        struct view v;
        while ((rc = stream_peek(&v, &s, 1)) == 0 && v.len > 0 && (rc = spool_write(ctx, fd, v)) == 0) {
            len += v.len;
            stream_take(&s, v.len);
            if (spooled_too_much(len, from.len)) {
                rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' unpacks to far more than it should", from.name);
                break;
            }
        }
        if (rc < 0 || s.state != STREAM_ENDED)
            break;
        at = stream_where(&s);
    }
    stream_dispose(&s);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    if (part->owned)
        close(from.fd);
    *part = (struct warc_part){{fd, 0, len, from.name}, true};
    return 0;
}

/* The next record of all parts; *part is its. */
int warc_walk_parts(struct walk_record *out, struct warc *w, mimeo_ctx *ctx, struct record_walk *walk, bool *walking,
                      size_t *part)
{
    for (;; ++*part) {
        int rc = 0;
        if (*part == w->count)
            return 0;
        if (!*walking)
            rc = record_walk_init(walk, ctx, &w->parts[*part].bytes);
        *walking = true;
        walk->s.ctx = ctx;
        if (rc == 0)
            rc = record_walk_next(out, walk);
        if (rc != 0)
            return rc;
        record_walk_dispose(walk);
        *walking = false;
    }
}

static bool is_picture(const char *media_type)
{
    return strncmp(media_type, "image/", 6) == 0;
}

enum archive_what warc_what_of(const struct walk_record *r)
{
    char media_type[CONTENT_TYPE_MAX];
    const char *content_type = r->http ? r->message.content_type : r->head.content_type;
    int status = r->http ? r->message.status : 200;
    if (r->head.type == RECORD_REVISIT)
        return ARCHIVE_REPEAT;
    if (status >= 300 && status < 400)
        return r->message.location[0] != '\0' ? ARCHIVE_REDIRECT : ARCHIVE_ERROR;
    if (status < 200 || status >= 400 || status == 204)
        return ARCHIVE_ERROR;
    media_type_of(media_type, sizeof(media_type), content_type);
    if (media_is_page(media_type))
        return ARCHIVE_PAGE;
    if (is_picture(media_type))
        return ARCHIVE_PICTURE;
    return media_type[0] == '\0' && r->looks_page ? ARCHIVE_PAGE : ARCHIVE_OTHER;
}

bool warc_is_response(const struct walk_record *r)
{
    return r->head.type != RECORD_OTHER && r->head.url[0] != '\0';
}

static int warc_next(struct archive_record *out, void *self, mimeo_ctx *ctx)
{
    struct warc *w = self;
    struct walk_record *r = &w->record;
    int rc;
    do
        rc = warc_walk_parts(r, w, ctx, &w->walk, &w->walking, &w->at);
    while (rc == 1 && !warc_is_response(r));
    if (rc != 1)
        return rc;
    *out = (struct archive_record){
        .what = warc_what_of(r),
        .url = r->head.url,
        .content_type = r->http ? r->message.content_type : r->head.content_type,
        .status = r->http ? r->message.status : 200,
        .date = r->head.date,
        .note = r->note,
        .place = {r->at, r->inside, (uint32_t)w->at},
    };
    return 1;
}

static uint64_t warc_done(const void *self)
{
    const struct warc *w = self;
    uint64_t done = w->walking ? w->walk.next : 0;
    for (size_t i = 0; i < w->at; i++)
        done += w->parts[i].bytes.len;
    return done;
}

/* ---- reading */

/* The block, as far as it goes: where the length lies, up to the next record. */
static int read_block(struct buf *out, struct stream *s, uint64_t len, size_t max)
{
    int rc = 0;
    while (rc == 0 && len > 0) {
        struct view v;
        rc = stream_peek(&v, s, 1);
        if (rc < 0 || v.len == 0)
            break;
        if (v.len > len)
            v.len = (size_t)len;
        if (out->len + v.len > max)
            return ctx_error(s->ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
        rc = buf_append_view(out, v) < 0 ? ctx_error_nomem(s->ctx) : 0;
        stream_take(s, v.len);
        len -= v.len;
    }
    return rc;
}

/* Behind a block come line ends and the next record: else the length is wrong, and a record may have got into the block. */
static int cut_block(struct buf *block, struct stream *s, uint64_t len)
{
    struct view v;
    int rc = stream_peek(&v, s, 16);
    size_t i = 0;
    while (rc == 0 && i < v.len && (v.ptr[i] == '\r' || v.ptr[i] == '\n'))
        i++;
    bool well = block->len == len && (i == v.len || (i > 0 && record_begins(view_of(v.ptr + i, v.len - i))));
    if (rc < 0 || s->gzip || well)
        return rc;
    for (size_t at = 0; at + 8 < block->len; at++) {
        const uint8_t *lf = memchr(block->ptr + at, '\n', block->len - at - 8);
        if (lf == NULL)
            break;
        at = (size_t)(lf - block->ptr);
        if (memcmp(lf, "\nWARC/1.", 8) == 0) {
            for (int ends = 0; ends < 4 && at > 0 && strchr("\r\n", block->ptr[at - 1]) != NULL; ends++)
                at--;
            block->len = at;
            break;
        }
    }
    return 0;
}

/* As it is: the bytes change hands, for a large picture need not be there twice. */
static int take_plain(struct buf *out, mimeo_ctx *ctx, struct buf *block, size_t from, size_t max)
{
    if (block->len - from > max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
    block->len -= from;
    if (block->len > 0 && from > 0)
        memmove(block->ptr, block->ptr + from, block->len);
    *out = *block;
    out->max = max;
    if (out->ptr != NULL)
        out->ptr[out->len] = '\0';
    buf_init(block, 0);
    return 0;
}

static int decode(struct buf *out, mimeo_ctx *ctx, const struct walk_record *r, struct buf *block, size_t max)
{
    size_t from = r->http ? (r->message.len < block->len ? r->message.len : block->len) : 0;
    bool whole = true;
    if (from == block->len && r->head.block_len > block->len)
        return ctx_error(ctx, MIMEO_EMALFORMED, "is cut short before its body");
    if (!r->http || (!r->message.chunked && r->message.coding_count == 0))
        return take_plain(out, ctx, block, from, max);
    return http_body_decode(out, ctx, &r->message, view_after(buf_view(block), from), max, &whole);
}

int warc_open_place(struct walk_record *r, struct stream *s, struct warc *w, mimeo_ctx *ctx, const struct archive_place *place)
{
    if (place->part >= w->count)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "no such record");
    int rc = stream_init(s, ctx);
    if (rc == 0)
        rc = record_open(r, s, &w->parts[place->part].bytes, place->offset, place->inside);
    if (rc == 0)
        rc = record_message(r, s);
    return rc;
}

static int read_record(struct buf *out, struct warc *w, mimeo_ctx *ctx, const struct archive_place *place, size_t max)
{
    struct walk_record r;
    struct stream s = {.in = NULL};
    struct buf block;
    buf_init(out, max);
    buf_init(&block, max + BLOCK_HEAD);
    int rc = warc_open_place(&r, &s, w, ctx, place);
    if (rc == 0)
        rc = read_block(&block, &s, r.head.block_len, max + BLOCK_HEAD);
    if (rc == 0)
        rc = cut_block(&block, &s, r.head.block_len);
    if (rc == 0)
        rc = decode(out, ctx, &r, &block, max);
    buf_dispose(&block);
    stream_dispose(&s);
    return rc;
}

static int warc_read(struct buf *out, void *self, mimeo_ctx *ctx, const struct archive_place *place, size_t max)
{
    struct warc *w = self;
    pthread_mutex_lock(&w->lock);
    bool enough = unpacked_too_much(w->unpacked, w->size);
    pthread_mutex_unlock(&w->lock);
    buf_init(out, max);
    if (enough)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the archive unpacks to far more than it should: nothing more is read");
    int rc = read_record(out, w, ctx, place, max);
    pthread_mutex_lock(&w->lock);
    w->unpacked += rc == MIMEO_EMALFORMED ? max : out->len;
    pthread_mutex_unlock(&w->lock);
    return rc;
}

/* ---- opening */

static void warc_free(void *self)
{
    struct warc *w = self;
    if (w->walking)
        record_walk_dispose(&w->walk);
    for (size_t i = 0; i < w->count; i++)
        if (w->parts[i].owned)
            close(w->parts[i].bytes.fd);
    pthread_mutex_destroy(&w->lock);
    places_dispose(&w->index);
    free(w->parts);
    free(w);
}

int warc_open_parts(struct archive_opened *out, mimeo_ctx *ctx, const struct warc_part *parts, size_t count)
{
    static const struct archive_reader reader = {warc_next, warc_read, warc_find, warc_newest, warc_done, warc_free};
    struct warc *w = calloc(1, sizeof(*w));
    int rc = 0;
    if (w == NULL || (w->parts = calloc(count + 1, sizeof(*w->parts))) == NULL) {
        free(w);
        for (size_t i = 0; i < count; i++)
            if (parts[i].owned)
                close(parts[i].bytes.fd);
        return ctx_error_nomem(ctx);
    }
    pthread_mutex_init(&w->lock, NULL);
    memcpy(w->parts, parts, count * sizeof(*parts));
    w->count = count;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        bool tangled = false;
        w->size += w->parts[i].bytes.len;
        rc = record_walk_is_tangled(&tangled, ctx, &w->parts[i].bytes);
        if (rc == 0 && tangled)
            rc = unpack_part(&w->parts[i], ctx);
    }
    if (rc < 0) {
        warc_free(w);
        return rc;
    }
    *out = (struct archive_opened){&reader, w};
    return 0;
}

int warc_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file)
{
    struct warc_part part = {*file, false};
    return warc_open_parts(out, ctx, &part, 1);
}
