/*
 * The zip format (PKWARE APPNOTE 6.3.9), as much of it as stored entries need.
 *
 *     local header | name | [zip64 extra] | bytes      for each entry
 *     central header | name | [zip64 extra]            for each entry
 *     [zip64 end | zip64 locator |] end
 *
 * An entry's size and sum are not known when its header is written: the header is written again when they are.  Numbers
 * are little-endian.
 */
#include "store/zip.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define LOCAL_LEN 30
#define EXTRA_LOCAL 20   /* id, size, raw size, packed size */
#define EXTRA_CENTRAL 28 /* and the offset */
#define VERSION 10
#define VERSION_ZIP64 45
#define DOS_DATE ((0 << 9) | (1 << 5) | 1) /* 1980-01-01 */
#define IN_ZIP64 0xFFFFFFFFu

/* ---- numbers ---- */

static void put_le(struct buf *b, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_append_byte(b, (uint8_t)(value >> (8 * i)));
}

static int send(struct zip *z, mimeo_ctx *ctx, struct view bytes)
{
    int rc = z->large || bytes.len <= ZIP_SMALL_MAX - z->len ? z->put(bytes, ctx, z->payload)
                                                             : ctx_error(ctx, MIMEO_EFAIL, "the zip is too large");
    if (rc == 0)
        z->len += bytes.len;
    return rc;
}

static int send_buf(struct zip *z, mimeo_ctx *ctx, struct buf *b)
{
    int rc = buf_status(b) < 0 ? ctx_error_nomem(ctx) : send(z, ctx, buf_view(b));
    buf_dispose(b);
    return rc;
}

/* ---- headers ---- */

/* From "version needed" to the length of what follows the name: what local and central headers share. */
static void put_common(struct buf *b, const struct zip *z, const struct zip_entry *e, int extra)
{
    uint64_t len = z->large ? IN_ZIP64 : e->len;
    put_le(b, z->large ? VERSION_ZIP64 : VERSION, 2);
    put_le(b, 0, 2); /* flags: names are ASCII */
    put_le(b, 0, 2); /* stored */
    put_le(b, 0, 2); /* time */
    put_le(b, DOS_DATE, 2);
    put_le(b, e->crc, 4);
    put_le(b, len, 4);
    put_le(b, len, 4);
    put_le(b, strlen(e->name), 2);
    put_le(b, z->large ? (uint64_t)extra : 0, 2);
}

static void put_extra(struct buf *b, const struct zip *z, const struct zip_entry *e, int extra)
{
    if (!z->large)
        return;
    put_le(b, 0x0001, 2);
    put_le(b, (uint64_t)extra - 4, 2);
    put_le(b, e->len, 8);
    put_le(b, e->len, 8);
    if (extra == EXTRA_CENTRAL)
        put_le(b, e->offset, 8);
}

static void local_header(struct buf *b, const struct zip *z, const struct zip_entry *e)
{
    buf_init(b, LOCAL_LEN + ZIP_NAME_MAX + EXTRA_LOCAL);
    put_le(b, 0x04034b50, 4);
    put_common(b, z, e, EXTRA_LOCAL);
    buf_append_str(b, e->name);
    put_extra(b, z, e, EXTRA_LOCAL);
}

static void central_header(struct buf *b, const struct zip *z, const struct zip_entry *e)
{
    put_le(b, 0x02014b50, 4);
    put_le(b, z->large ? VERSION_ZIP64 : VERSION, 2); /* made by: nothing is said of the system */
    put_common(b, z, e, EXTRA_CENTRAL);
    put_le(b, 0, 2); /* comment */
    put_le(b, 0, 2); /* disk */
    put_le(b, 0, 2);
    put_le(b, 0, 4); /* attributes */
    put_le(b, z->large ? IN_ZIP64 : e->offset, 4);
    buf_append_str(b, e->name);
    put_extra(b, z, e, EXTRA_CENTRAL);
}

static void end_of_large(struct buf *b, const struct zip *z, uint64_t central_len)
{
    put_le(b, 0x06064b50, 4);
    put_le(b, 44, 8);
    put_le(b, VERSION_ZIP64, 2);
    put_le(b, VERSION_ZIP64, 2);
    put_le(b, 0, 4);
    put_le(b, 0, 4);
    put_le(b, z->count, 8);
    put_le(b, z->count, 8);
    put_le(b, central_len, 8);
    put_le(b, z->len, 8);
    put_le(b, 0x07064b50, 4);
    put_le(b, 0, 4);
    put_le(b, z->len + central_len, 8);
    put_le(b, 1, 4);
}

static void put_end(struct buf *b, const struct zip *z, uint64_t central_len)
{
    if (z->large)
        end_of_large(b, z, central_len);
    put_le(b, 0x06054b50, 4);
    put_le(b, 0, 4);
    put_le(b, z->count, 2);
    put_le(b, z->count, 2);
    put_le(b, z->large ? IN_ZIP64 : central_len, 4);
    put_le(b, z->large ? IN_ZIP64 : z->len, 4);
    put_le(b, 0, 2);
}

/* ---- entries ---- */

void zip_init(struct zip *z, bool large, int (*put)(struct view bytes, mimeo_ctx *ctx, void *payload),
              int (*patch)(uint64_t offset, struct view bytes, mimeo_ctx *ctx, void *payload), void *payload)
{
    memset(z, 0, sizeof(*z));
    z->large = large;
    z->put = put;
    z->patch = patch;
    z->payload = payload;
}

int zip_begin(struct zip *z, mimeo_ctx *ctx, const char *name)
{
    struct buf b;
    if (z->count == ZIP_ENTRIES_MAX || strlen(name) > ZIP_NAME_MAX)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' does not go into a zip", name);
    struct zip_entry *e = &z->entries[z->count++];
    strcpy(e->name, name);
    e->offset = z->len;
    e->crc = (uint32_t)crc32(0, NULL, 0);
    local_header(&b, z, e);
    return send_buf(z, ctx, &b);
}

int zip_put(struct zip *z, mimeo_ctx *ctx, struct view bytes)
{
    struct zip_entry *e = &z->entries[z->count - 1];
    int rc = send(z, ctx, bytes);
    if (rc == 0) {
        e->crc = (uint32_t)crc32_z(e->crc, bytes.ptr, bytes.len);
        e->len += bytes.len;
    }
    return rc;
}

int zip_end(struct zip *z, mimeo_ctx *ctx)
{
    const struct zip_entry *e = &z->entries[z->count - 1];
    struct buf b;
    local_header(&b, z, e);
    int rc = buf_status(&b) < 0 ? ctx_error_nomem(ctx) : z->patch(e->offset, buf_view(&b), ctx, z->payload);
    buf_dispose(&b);
    return rc;
}

int zip_finish(struct zip *z, mimeo_ctx *ctx)
{
    struct buf b;
    buf_init(&b, 64 * 1024);
    for (size_t i = 0; i < z->count; i++)
        central_header(&b, z, &z->entries[i]);
    put_end(&b, z, b.len);
    return send_buf(z, ctx, &b);
}
