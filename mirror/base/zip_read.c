/*
 * Reading the list of a zip's entries (PKWARE APPNOTE 6.3.9), zip64 too.
 *
 *     … | central headers | [zip64 end | zip64 locator |] end | comment
 */
#include "base/zip_read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

#define END_LEN 22
#define COMMENT_MAX 65535
#define LOCATOR_LEN 20
#define END64_LEN 56
#define CENTRAL_LEN 46
#define LOCAL_LEN 30
#define IN_ZIP64 0xFFFFFFFFu

struct zip_file {
    int fd;
    uint64_t size;
    mimeo_ctx *ctx;
    const char *path;
};

static int malformed(const struct zip_file *z)
{
    return ctx_error(z->ctx, MIMEO_EMALFORMED, "'%s' is a zip archive that is cut short or damaged: get it again", z->path);
}

/* Exactly so many bytes. */
static int read_exactly(const struct zip_file *z, uint64_t offset, uint8_t *bytes, size_t len)
{
    size_t got = 0;
    if (offset > z->size || len > z->size - offset)
        return malformed(z);
    while (got < len) {
        ssize_t n = pread(z->fd, bytes + got, len - got, (off_t)(offset + got));
        if (n < 0)
            return ctx_error_errno(z->ctx, MIMEO_EIO, "cannot read '%s'", z->path);
        if (n == 0)
            return malformed(z);
        got += (size_t)n;
    }
    return 0;
}

static uint64_t le(const uint8_t *at, int bytes)
{
    uint64_t n = 0;
    while (bytes-- > 0)
        n = n << 8 | at[bytes];
    return n;
}

/* ---- the end ---- */

struct central {
    uint64_t offset, len, count;
};

/* Where the end is, in the last bytes: the last one whose comment goes exactly to the end of the file. */
static const uint8_t *find_end(const uint8_t *bytes, size_t len)
{
    for (size_t i = len < END_LEN ? 0 : len - END_LEN + 1; i-- > 0;)
        if (le(bytes + i, 4) == 0x06054b50 && le(bytes + i + 20, 2) == len - i - END_LEN)
            return bytes + i;
    return NULL;
}

static int read_end64(struct central *out, const struct zip_file *z, uint64_t end)
{
    uint8_t locator[LOCATOR_LEN], end64[END64_LEN];
    if (end < LOCATOR_LEN)
        return malformed(z);
    int rc = read_exactly(z, end - LOCATOR_LEN, locator, sizeof(locator));
    if (rc == 0 && le(locator, 4) != 0x07064b50)
        rc = malformed(z);
    if (rc == 0)
        rc = read_exactly(z, le(locator + 8, 8), end64, sizeof(end64));
    if (rc == 0 && le(end64, 4) != 0x06064b50)
        rc = malformed(z);
    if (rc == 0)
        *out = (struct central){le(end64 + 48, 8), le(end64 + 40, 8), le(end64 + 32, 8)};
    return rc;
}

static int read_end(struct central *out, const struct zip_file *z)
{
    size_t len = z->size < END_LEN + COMMENT_MAX ? (size_t)z->size : END_LEN + COMMENT_MAX;
    uint8_t *bytes = malloc(len == 0 ? 1 : len);
    int rc = bytes == NULL ? ctx_error_nomem(z->ctx) : read_exactly(z, z->size - len, bytes, len);
    const uint8_t *end = rc < 0 ? NULL : find_end(bytes, len);
    if (rc == 0 && end == NULL)
        rc = malformed(z);
    if (rc == 0) {
        *out = (struct central){le(end + 16, 4), le(end + 12, 4), le(end + 10, 2)};
        if (out->offset == IN_ZIP64 || out->len == IN_ZIP64 || out->count == 0xFFFF)
            rc = read_end64(out, z, z->size - len + (uint64_t)(end - bytes));
    }
    free(bytes);
    return rc;
}

/* ---- entries ---- */

struct entry {
    uint64_t flags, method, packed, raw, offset;
    uint32_t crc;
    struct view name;
};

/* The zip64 field has those numbers that do not fit, in this order. */
static bool read_zip64(struct entry *e, struct view extra)
{
    uint64_t *const numbers[] = {&e->raw, &e->packed, &e->offset};
    bool needed = false;
    for (size_t i = 0; i < 3; i++)
        needed = needed || *numbers[i] == IN_ZIP64;
    while (needed && extra.len >= 4) {
        size_t len = (size_t)le(extra.ptr + 2, 2), at = 4;
        if (len > extra.len - 4)
            return false;
        if (le(extra.ptr, 2) == 0x0001) {
            for (size_t i = 0; i < 3; i++) {
                if (*numbers[i] != IN_ZIP64)
                    continue;
                if (at + 8 > 4 + len)
                    return false;
                *numbers[i] = le(extra.ptr + at, 8);
                at += 8;
            }
            return true;
        }
        extra = view_of(extra.ptr + 4 + len, extra.len - 4 - len);
    }
    return !needed;
}

/* The next central header: *c moves behind it. */
static bool read_central(struct entry *e, struct cursor *c)
{
    struct view fixed, extra, comment;
    if (!cursor_take(c, CENTRAL_LEN, &fixed) || le(fixed.ptr, 4) != 0x02014b50)
        return false;
    *e = (struct entry){le(fixed.ptr + 8, 2), le(fixed.ptr + 10, 2), le(fixed.ptr + 20, 4), le(fixed.ptr + 24, 4),
                        le(fixed.ptr + 42, 4), (uint32_t)le(fixed.ptr + 16, 4), {NULL, 0}};
    return cursor_take(c, (size_t)le(fixed.ptr + 28, 2), &e->name) && cursor_take(c, (size_t)le(fixed.ptr + 30, 2), &extra) &&
           cursor_take(c, (size_t)le(fixed.ptr + 32, 2), &comment) && read_zip64(e, extra);
}

/* Its bytes stand behind the local header, whose name and extra field have lengths of their own. */
static int locate(struct zip_stretch *out, const struct zip_file *z, const struct entry *e)
{
    uint8_t local[LOCAL_LEN];
    int rc = read_exactly(z, e->offset, local, sizeof(local));
    if (rc < 0)
        return rc;
    uint64_t at = e->offset + LOCAL_LEN + le(local + 26, 2) + le(local + 28, 2);
    if (le(local, 4) != 0x04034b50 || at > z->size || e->packed > z->size - at)
        return malformed(z);
    bool open = (e->flags & 1) == 0; /* not encrypted */
    *out = (struct zip_stretch){at, e->packed, open && e->method == 0 && e->packed == e->raw, open && e->method == 8,
                                e->raw, e->crc, e->name};
    return 0;
}

int zip_each(int fd, uint64_t size, mimeo_ctx *ctx, const char *path,
             int (*fn)(const struct zip_stretch *e, void *payload), void *payload)
{
    struct zip_file z = {fd, size, ctx, path};
    struct central central = {0, 0, 0};
    uint64_t sum = 0;
    int rc = read_end(&central, &z);
    if (rc == 0 && (central.len > ZIP_READ_CENTRAL || central.count > ZIP_READ_ENTRIES))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is a zip archive with too many files in it: unpack it first", path);
    uint8_t *bytes = rc < 0 ? NULL : malloc(central.len == 0 ? 1 : (size_t)central.len);
    if (rc == 0)
        rc = bytes == NULL ? ctx_error_nomem(ctx) : read_exactly(&z, central.offset, bytes, (size_t)central.len);
    struct cursor c = cursor_of(view_of(bytes, rc < 0 ? 0 : (size_t)central.len));
    for (uint64_t i = 0; rc == 0 && i < central.count; i++) {
        struct entry e;
        struct zip_stretch stretch;
        rc = read_central(&e, &c) ? locate(&stretch, &z, &e) : malformed(&z);
        if (rc == 0 && (!u64_add(sum, stretch.len, &sum) || sum > size)) /* ten thousand entries may all be the same stretch */
            rc = malformed(&z);
        if (rc == 0)
            rc = fn(&stretch, payload);
    }
    free(bytes);
    return rc;
}

bool zip_first(struct zip_stretch *out, int fd, uint64_t size)
{
    uint8_t local[LOCAL_LEN];
    if (pread(fd, local, sizeof(local), 0) != (ssize_t)sizeof(local) || le(local, 4) != 0x04034b50)
        return false;
    uint64_t at = LOCAL_LEN + le(local + 26, 2) + le(local + 28, 2);
    if (at >= size)
        return false;
    *out = (struct zip_stretch){.offset = at, .len = size - at, .plain = le(local + 8, 2) == 0 && (le(local + 6, 2) & 1) == 0};
    return true;
}
