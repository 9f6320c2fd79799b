#include "archive/stretch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

#define SEARCH_LEN (64 * KIB)

int stretch_read(size_t *got, mimeo_ctx *ctx, const struct stretch *s, uint64_t at, void *bytes, size_t len)
{
    size_t n = 0;
    if (at >= s->len)
        len = 0;
    else if (len > s->len - at)
        len = (size_t)(s->len - at);
    while (n < len) {
        ssize_t more = pread(s->fd, (uint8_t *)bytes + n, len - n, (off_t)(s->start + at + n));
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", s->name);
        if (more == 0) /* it was cut while we read */
            break;
        n += (size_t)more;
    }
    *got = n;
    return 0;
}

int stretch_read_all(mimeo_ctx *ctx, const struct stretch *s, uint64_t at, void *bytes, size_t len)
{
    size_t got = 0;
    int rc = stretch_read(&got, ctx, s, at, bytes, len);
    if (rc == 0 && got < len)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is cut short or damaged at byte %llu: get it again", s->name,
                       (unsigned long long)at);
    return rc;
}

int stretch_search(uint64_t *out, mimeo_ctx *ctx, const struct stretch *s, uint64_t at, struct view magic)
{
    uint8_t *bytes = malloc(SEARCH_LEN);
    int rc = bytes == NULL ? ctx_error_nomem(ctx) : 0;
    uint64_t found = s->len;
    while (rc == 0 && at < s->len) {
        size_t got = 0;
        rc = ctx_check_cancel(ctx);
        if (rc == 0)
            rc = stretch_read(&got, ctx, s, at, bytes, SEARCH_LEN);
        const uint8_t *hit = rc < 0 || got < magic.len ? NULL : memmem(bytes, got, magic.ptr, magic.len);
        if (hit != NULL) {
            found = at + (uint64_t)(hit - bytes);
            break;
        }
        if (rc < 0 || got < SEARCH_LEN)
            break;
        at += got - (magic.len - 1); /* it may lie across */
    }
    free(bytes);
    if (rc == 0)
        *out = found;
    return rc;
}

bool unpacked_too_much(uint64_t unpacked, uint64_t size)
{
    return unpacked > UNPACKED_FREE && (unpacked - UNPACKED_FREE) / UNPACKED_FACTOR > size;
}

bool spooled_too_much(uint64_t unpacked, uint64_t size)
{
    return unpacked > UNPACKED_FREE && unpacked / SPOOLED_FACTOR > size;
}

int spool_open(mimeo_ctx *ctx)
{
    const char *directory = getenv("TMPDIR");
    char path[PATH_MAX];
    if (directory == NULL || directory[0] == '\0')
        directory = "/tmp";
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0)
        return fd;
    /* Not every file system can make a file without a name. */
    if (snprintf(path, sizeof(path), "%s/mimeo-XXXXXX", directory) < (int)sizeof(path) && (fd = mkostemp(path, O_CLOEXEC)) >= 0) {
        unlink(path);
        return fd;
    }
    return ctx_error_errno(ctx, MIMEO_EIO, "cannot make a temporary file in '%s'", directory);
}

int spool_write(mimeo_ctx *ctx, int fd, struct view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot write a temporary file");
        bytes = view_of(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return 0;
}

int spool_rest(mimeo_ctx *ctx, int fd, int from, const char *name)
{
    uint8_t bytes[64 * 1024];
    uint64_t copied = 0;
    for (;;) {
        int rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
        ssize_t n = read(from, bytes, sizeof(bytes));
        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", name);
        copied += (uint64_t)n;
        if (copied > SPOOLED_PIPE_MAX)
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s: more than %llu GiB from a pipe: save it, and name the file", name,
                             SPOOLED_PIPE_MAX >> 30);
        rc = spool_write(ctx, fd, view_of(bytes, (size_t)n));
        if (rc < 0)
            return rc;
        ctx_progress(ctx, "reading the archive", copied, 0, "bytes");
    }
}
