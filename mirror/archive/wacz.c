/*
 * WACZ (Web Archive Collection Zipped, 1.1.1): a zip whose entries archive/….warc.gz are read one after another as one archive.
 *
 * Entries that are stored, as the specification wants them, are read where they lie; those packed with deflate are unpacked
 * into temporary files without names.  The names in the zip choose what is read and are never names of files; everything
 * else in it (indexes, lists of pages, zips within) is not looked at, for the records themselves say it all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "archive/stream.h"
#include "archive/warc.h"
#include "base/zip_read.h"

#define FAULTS_MAX 32
#define NAME_SHOWN 80
#define STEP (64 * KIB)

struct wacz {
    struct archive_opened inner;
    const struct stretch *file; /* while opening */
    mimeo_ctx *ctx;
    struct warc_part *parts;    /* while opening */
    size_t count;
    uint64_t spooled;           /* bytes of all that were unpacked */
    char *faults[FAULTS_MAX]; /* entries that are left out: told by the first calls of next */
    size_t fault_count, told;
};

static void leave_out(struct wacz *z, const struct zip_stretch *e, const char *why)
{
    char *words;
    int shown = e->name.len < NAME_SHOWN ? (int)e->name.len : NAME_SHOWN;
    if (z->fault_count < FAULTS_MAX && asprintf(&words, "'%.*s' in it %s", shown, (const char *)e->name.ptr, why) >= 0)
        z->faults[z->fault_count++] = words;
}

/* ---- an entry that is packed */

struct inflation {
    z_stream z;
    uint8_t in[STEP], out[STEP];
    uint64_t at, made;
    uint32_t crc;
};

static const char *check(const struct wacz *z, const struct inflation *f, const struct zip_stretch *e)
{
    if (f->made > e->raw_len)
        return "is larger than the zip says";
    if ((f->made > STREAM_FREE && f->made / STREAM_RATIO > f->at) || spooled_too_much(z->spooled, z->file->len))
        return "unpacks to far more than it should";
    return NULL;
}

/* 0, and *why is NULL where all is well. */
static int inflate_entry(const char **why, struct inflation *f, struct wacz *z, const struct zip_stretch *e, int fd)
{
    const struct stretch from = {z->file->fd, e->offset, e->len, z->file->name};
    int rc = 0, got = Z_OK;
    while (rc == 0 && *why == NULL && got != Z_STREAM_END) {
        size_t len = 0;
        if (f->z.avail_in == 0) {
            rc = ctx_check_cancel(z->ctx);
            if (rc == 0)
                rc = stretch_read(&len, z->ctx, &from, f->at, f->in, STEP);
            f->at += len;
            f->z.next_in = f->in;
            f->z.avail_in = (uInt)len;
            if (rc < 0)
                break;
        }
        f->z.next_out = f->out;
        f->z.avail_out = STEP;
        got = inflate(&f->z, Z_NO_FLUSH);
        size_t made = STEP - f->z.avail_out;
        f->made += made;
        z->spooled += made;
        f->crc = (uint32_t)crc32(f->crc, f->out, (uInt)made);
        if ((got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR) || (got != Z_STREAM_END && len == 0 && made == 0))
            *why = "is damaged";
        else
            *why = check(z, f, e);
        if (*why == NULL)
            rc = spool_write(z->ctx, fd, view_of(f->out, made));
    }
    if (rc == 0 && *why == NULL && f->crc != e->crc)
        *why = "is damaged: its checksum is another";
    return rc;
}

static int spool_entry(const char **why, struct warc_part *out, struct wacz *z, const struct zip_stretch *e)
{
    struct inflation *f = calloc(1, sizeof(*f));
    int fd = f == NULL ? ctx_error_nomem(z->ctx) : spool_open(z->ctx);
    int rc = fd < 0 ? fd : 0;
    if (rc == 0 && inflateInit2(&f->z, -15) != Z_OK)
        rc = ctx_error_nomem(z->ctx);
    if (rc == 0) {
        rc = inflate_entry(why, f, z, e, fd);
        inflateEnd(&f->z);
    }
    if (rc == 0 && *why == NULL)
        *out = (struct warc_part){{fd, 0, f->made, z->file->name}, true};
    else if (fd >= 0)
        close(fd);
    free(f);
    return rc;
}

/* ---- entries */

static bool ends_with(struct view name, const char *end)
{
    size_t len = strlen(end);
    return name.len >= len && strncasecmp((const char *)name.ptr + name.len - len, end, len) == 0;
}

static bool is_archive(struct view name)
{
    return view_starts_with(name, "archive/") && memchr(name.ptr, '\0', name.len) == NULL &&
           (ends_with(name, ".warc.gz") || ends_with(name, ".warc") || ends_with(name, ".arc.gz") || ends_with(name, ".arc"));
}

static int add_entry(const struct zip_stretch *e, void *payload)
{
    struct wacz *z = payload;
    const char *why = NULL;
    struct warc_part part = {{z->file->fd, e->offset, e->len, z->file->name}, false};
    if (!is_archive(e->name))
        return 0;
    if (z->count == WARC_PARTS_MAX)
        return ctx_error(z->ctx, MIMEO_EMALFORMED, "'%s' holds more than %d archives: split it", z->file->name, WARC_PARTS_MAX);
    int rc = 0;
    if (e->deflated)
        rc = spool_entry(&why, &part, z, e);
    else if (!e->plain)
        why = "is encrypted, or packed in a way that is not read";
    if (rc == 0 && why != NULL)
        leave_out(z, e, why);
    else if (rc == 0)
        z->parts[z->count++] = part;
    return rc;
}

/* ---- the archive */

static int wacz_next(struct archive_record *out, void *self, mimeo_ctx *ctx)
{
    struct wacz *z = self;
    if (z->told < z->fault_count)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s", z->faults[z->told++]);
    return z->inner.reader->next(out, z->inner.self, ctx);
}

static int wacz_read(struct buf *out, void *self, mimeo_ctx *ctx, const struct archive_place *place, size_t max)
{
    struct wacz *z = self;
    return z->inner.reader->read(out, z->inner.self, ctx, place, max);
}

static int wacz_find(struct archive_place *out, void *self, mimeo_ctx *ctx, const char *url)
{
    struct wacz *z = self;
    return z->inner.reader->find(out, z->inner.self, ctx, url);
}

static int wacz_newest(bool *out, void *self, mimeo_ctx *ctx, const struct archive_record *record)
{
    struct wacz *z = self;
    return z->inner.reader->newest(out, z->inner.self, ctx, record);
}

static uint64_t wacz_done(const void *self)
{
    const struct wacz *z = self;
    return z->inner.reader->done(z->inner.self);
}

static void wacz_free(void *self)
{
    struct wacz *z = self;
    if (z->inner.self != NULL)
        z->inner.reader->free(z->inner.self);
    for (size_t i = 0; i < z->fault_count; i++)
        free(z->faults[i]);
    free(z);
}

static void close_parts(struct wacz *z)
{
    for (size_t i = 0; i < z->count; i++)
        if (z->parts[i].owned)
            close(z->parts[i].bytes.fd);
}

int wacz_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file)
{
    static const struct archive_reader reader = {wacz_next, wacz_read, wacz_find, wacz_newest, wacz_done, wacz_free};
    struct wacz *z = calloc(1, sizeof(*z));
    if (z == NULL || (z->parts = calloc(WARC_PARTS_MAX, sizeof(*z->parts))) == NULL) {
        free(z);
        return ctx_error_nomem(ctx);
    }
    z->file = file;
    z->ctx = ctx;
    int rc = zip_each(file->fd, file->len, ctx, file->name, add_entry, z);
    if (rc == 0 && z->count == 0)
        rc = z->fault_count > 0 ? ctx_error(ctx, MIMEO_EMALFORMED, "'%s': %s", file->name, z->faults[0])
                                : ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is a zip without a web archive in it", file->name);
    if (rc < 0)
        close_parts(z);
    else
        rc = warc_open_parts(&z->inner, ctx, z->parts, z->count);
    free(z->parts);
    z->parts = NULL;
    if (rc < 0)
        wacz_free(z);
    else
        *out = (struct archive_opened){&reader, z};
    return rc;
}
