#include "archive/archive.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "archive/head_fields.h"
#include "archive/reader.h"
#include "archive/record_head.h"

struct archive {
    enum archive_kind kind;
    struct archive_opened opened;
    int fd;
    uint64_t size;
    char *name;
    unsigned faults; /* what was left out */
};

#define FAULTS_TOLD 10 /* one by one; the rest are counted */

/* ---- telling */

/* The beginning of what a gzip file holds, past empty members; the length of it. */
static size_t inflate_front(uint8_t *out, size_t room, struct view head)
{
    z_stream z = {.next_in = (uint8_t *)head.ptr, .avail_in = (uInt)head.len, .next_out = out, .avail_out = (uInt)room};
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return 0;
    while (inflate(&z, Z_SYNC_FLUSH) == Z_STREAM_END && z.avail_out == room && inflateReset(&z) == Z_OK)
        ;
    size_t made = room - z.avail_out;
    inflateEnd(&z);
    return made;
}

static bool is_mhtml(struct view head)
{
    char type[CONTENT_TYPE_MAX], media_type[CONTENT_TYPE_MAX];
    size_t len = head_len(head);
    if (len == 0 || head.ptr[0] == '<' || !head_field(type, sizeof(type), view_of(head.ptr, len), "Content-Type"))
        return false;
    media_type_of(media_type, sizeof(media_type), type);
    return strcmp(media_type, "multipart/related") == 0;
}

enum archive_kind archive_sniff(struct view head)
{
    uint8_t front[64];
    if (view_starts_with(head, "PK\x03\x04"))
        return ARCHIVE_WACZ;
    if (view_starts_with(head, "ZIM\x04"))
        return ARCHIVE_ZIM;
    if (view_starts_with(head, "\x1f\x8b\x08"))
        head = view_of(front, inflate_front(front, sizeof(front), head));
    while (head.len > 0 && (head.ptr[0] == '\r' || head.ptr[0] == '\n'))
        head = view_of(head.ptr + 1, head.len - 1);
    if (record_begins(head))
        return head.ptr[0] == 'f' ? ARCHIVE_ARC : ARCHIVE_WARC;
    return is_mhtml(head) ? ARCHIVE_MHTML : ARCHIVE_NONE;
}

const char *archive_kind_name(enum archive_kind kind)
{
    static const char *const names[] = {"", "WARC", "ARC", "WACZ", "ZIM", "MHTML"};
    return names[kind];
}

/* ---- opening */

/* A pipe can be read only once and in order. */
static int spool_pipe(struct archive *a, mimeo_ctx *ctx)
{
    int fd = spool_open(ctx), rc = fd < 0 ? fd : spool_rest(ctx, fd, a->fd, a->name);
    if (rc < 0) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    close(a->fd);
    a->fd = fd;
    return 0;
}

static int measure(struct archive *a, mimeo_ctx *ctx)
{
    struct stat st;
    int rc = fstat(a->fd, &st) < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", a->name) : 0;
    if (rc == 0 && !S_ISREG(st.st_mode)) {
        rc = spool_pipe(a, ctx);
        if (rc == 0 && fstat(a->fd, &st) < 0)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", a->name);
    }
    if (rc == 0)
        a->size = (uint64_t)st.st_size;
    return rc;
}

static int open_kind(struct archive *a, mimeo_ctx *ctx)
{
    uint8_t bytes[ARCHIVE_SNIFF_LEN];
    struct stretch file = {a->fd, 0, a->size, a->name};
    size_t got = 0;
    int rc = stretch_read(&got, ctx, &file, 0, bytes, sizeof(bytes));
    if (rc < 0)
        return rc;
    a->kind = archive_sniff(view_of(bytes, got));
    switch (a->kind) {
    case ARCHIVE_WARC:
    case ARCHIVE_ARC: return warc_open(&a->opened, ctx, &file);
    case ARCHIVE_WACZ: return wacz_open(&a->opened, ctx, &file);
    case ARCHIVE_ZIM: return zim_open(&a->opened, ctx, &file);
    case ARCHIVE_MHTML: return mhtml_open(&a->opened, ctx, &file);
    default:
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no web archive that is known (WARC, WACZ, ZIM, MHTML)", a->name);
    }
}

int archive_open(struct archive **out, mimeo_ctx *ctx, int fd, const char *name)
{
    struct archive *a = calloc(1, sizeof(*a));
    if (a == NULL || (a->name = strdup(name)) == NULL) {
        free(a);
        close(fd);
        return ctx_error_nomem(ctx);
    }
    a->fd = fd;
    int rc = measure(a, ctx);
    if (rc == 0)
        rc = open_kind(a, ctx);
    if (rc < 0)
        archive_free(a);
    else
        *out = a;
    return rc;
}

void archive_free(struct archive *a)
{
    if (a == NULL)
        return;
    if (a->opened.self != NULL)
        a->opened.reader->free(a->opened.self);
    close(a->fd);
    free(a->name);
    free(a);
}

enum archive_kind archive_kind_of(const struct archive *a)
{
    return a->kind;
}

int archive_next(struct archive_record *out, struct archive *a, mimeo_ctx *ctx)
{
    for (;;) {
        int rc = a->opened.reader->next(out, a->opened.self, ctx);
        if (rc == MIMEO_EMALFORMED && ++a->faults <= FAULTS_TOLD)
            return ctx_error_prefix(ctx, rc, "%s", a->name);
        if (rc == 0 && a->faults > FAULTS_TOLD) {
            unsigned more = a->faults - FAULTS_TOLD;
            a->faults = 0;
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s: %u more %s damaged", a->name, more,
                             more == 1 ? "record is" : "records are");
        }
        if (rc != MIMEO_EMALFORMED)
            return rc;
    }
}

int archive_newest(bool *out, struct archive *a, mimeo_ctx *ctx, const struct archive_record *page)
{
    return a->opened.reader->newest(out, a->opened.self, ctx, page);
}

uint64_t archive_done(const struct archive *a)
{
    uint64_t done = a->opened.reader->done(a->opened.self);
    return done < a->size ? done : a->size;
}

uint64_t archive_size(const struct archive *a)
{
    return a->size;
}

int archive_read(struct buf *out, struct archive *a, mimeo_ctx *ctx, const struct archive_place *place, size_t max)
{
    return a->opened.reader->read(out, a->opened.self, ctx, place, max);
}

int archive_find(struct archive_place *out, struct archive *a, mimeo_ctx *ctx, const char *url)
{
    return a->opened.reader->find(out, a->opened.self, ctx, url);
}
