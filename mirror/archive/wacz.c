/*
 * WACZ (Web Archive Collection Zipped, 1.1.1): a zip whose entries archive/….warc.gz are read one after another as one archive.
 *
 * Entries that are stored, as the specification wants them, are read where they lie; those packed with deflate are unpacked
 * into temporary files without names.  The names in the zip choose what is read and are never names of files.  Of what else
 * is in it only datapackage.json is looked at, for the digests of the archives, which are checked behind the last record;
 * indexes, lists of pages and zips within are not, for the records themselves say it all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "archive/stream.h"
#include "archive/wacz_digest.h"
#include "archive/warc.h"
#include "base/zip_read.h"

#define FAULTS_MAX 32
#define NAME_SHOWN 80
#define STEP (64 * KIB)
#define LIST_MAX (4 * MIB) /* of datapackage.json */

/* An archive in it. */
struct member {
    struct stretch bytes; /* as the part has them, who owns the descriptor */
    char *name;           /* NULL: on no memory, not checked */
};

struct wacz {
    struct archive_opened inner;
    const struct stretch *file; /* while opening */
    mimeo_ctx *ctx;
    struct warc_part *parts;    /* while opening */
    struct member *members;     /* beside the parts, for as long as there is something to check */
    size_t count, checked;
    struct zip_stretch list;    /* of datapackage.json; `len` 0: there is none */
    struct file_digests digests;
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
    if (view_equal_str(e->name, "datapackage.json"))
        z->list = *e;
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
    else if (rc == 0) {
        z->members[z->count] = (struct member){part.bytes, strndup((const char *)e->name.ptr, e->name.len)};
        z->parts[z->count++] = part;
    }
    return rc;
}

/* ---- digests */

static bool unpack_list(struct buf *out, struct view packed, size_t raw_len)
{
    z_stream s = {.next_in = (uint8_t *)packed.ptr, .avail_in = (uInt)packed.len};
    if (buf_reserve(out, raw_len) < 0 || inflateInit2(&s, -15) != Z_OK)
        return false;
    s.next_out = out->ptr;
    s.avail_out = (uInt)raw_len;
    bool good = inflate(&s, Z_FINISH) == Z_STREAM_END;
    out->len = raw_len - s.avail_out;
    inflateEnd(&s);
    return good;
}

/* A list that cannot be read says nothing; it was never more than a word about the others. */
static int read_digests(struct wacz *z, mimeo_ctx *ctx)
{
    const struct zip_stretch *e = &z->list;
    struct buf bytes, raw;
    size_t got = 0;
    if (e->len == 0 || e->len > LIST_MAX || e->raw_len == 0 || e->raw_len > LIST_MAX || !(e->plain || e->deflated))
        return 0;
    buf_init(&bytes, LIST_MAX);
    buf_init(&raw, LIST_MAX);
    int rc = buf_reserve(&bytes, (size_t)e->len) < 0 ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = stretch_read(&got, ctx, z->file, e->offset, bytes.ptr, (size_t)e->len);
    bytes.len = got;
    if (rc == 0 && (e->plain || unpack_list(&raw, buf_view(&bytes), (size_t)e->raw_len)))
        file_digests_read(&z->digests, ctx, buf_view(e->plain ? &bytes : &raw));
    buf_dispose(&bytes);
    buf_dispose(&raw);
    return rc;
}

static int check_members(struct wacz *z, mimeo_ctx *ctx)
{
    while (z->checked < z->count) {
        const struct member *m = &z->members[z->checked++];
        const struct file_digest *d = m->name == NULL ? NULL : file_digests_find(&z->digests, view_of_str(m->name));
        bool holds = true;
        int rc = d == NULL ? 0 : file_digest_check(&holds, ctx, &m->bytes, d);
        if (rc < 0)
            return rc;
        if (!holds)
            return ctx_error(ctx, MIMEO_EMALFORMED, "'%.*s' in it is not what its datapackage.json says: it was damaged or changed: "
                                                    "get it again", NAME_SHOWN, m->name);
    }
    return 0;
}

/* ---- the archive */

static int wacz_next(struct archive_record *out, void *self, mimeo_ctx *ctx)
{
    struct wacz *z = self;
    if (z->told < z->fault_count)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s", z->faults[z->told++]);
    int rc = z->inner.reader->next(out, z->inner.self, ctx);
    return rc == 0 ? check_members(z, ctx) : rc; /* last, so that what can be read comes first */
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
    for (size_t i = 0; i < z->count; i++)
        free(z->members[i].name);
    free(z->members);
    free(z->parts);
    file_digests_dispose(&z->digests);
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
    if (z == NULL || (z->parts = calloc(WARC_PARTS_MAX, sizeof(*z->parts))) == NULL ||
        (z->members = calloc(WARC_PARTS_MAX, sizeof(*z->members))) == NULL) {
        if (z != NULL)
            wacz_free(z);
        return ctx_error_nomem(ctx);
    }
    z->file = file;
    z->ctx = ctx;
    int rc = zip_each(file->fd, file->len, ctx, file->name, add_entry, z);
    if (rc == 0 && z->count == 0)
        rc = z->fault_count > 0 ? ctx_error(ctx, MIMEO_EMALFORMED, "'%s': %s", file->name, z->faults[0])
                                : ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is a zip without a web archive in it", file->name);
    if (rc == 0)
        rc = read_digests(z, ctx);
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
