/*
 * Sources of pictures: what they share, and the directory beside the file.
 *
 * A name comes from a text that somebody else may have written, so it is opened beneath the
 * directory only: no "..", no absolute path, no symbolic link, whatever it points at.
 */
#include "import/pictures.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

/* ---- what they share ---- */

void picture_source_init(struct picture_source *s, const struct picture_source_kind *kind)
{
    s->kind = kind;
    s->holders = 1;
}

struct picture_source *picture_source_hold(struct picture_source *s)
{
    if (s != NULL)
        __atomic_add_fetch(&s->holders, 1, __ATOMIC_RELAXED);
    return s;
}

void picture_source_drop(struct picture_source *s)
{
    if (s != NULL && __atomic_sub_fetch(&s->holders, 1, __ATOMIC_ACQ_REL) == 0)
        s->kind->free(s);
}

int picture_source_get(struct buf *out, mimeo_ctx *ctx, struct picture_source *s, const char *name)
{
    if (s == NULL)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is nowhere to take it from");
    return s->kind->get(out, ctx, s, name);
}

bool picture_name_is_remote(struct view name)
{
    if (view_starts_with(name, "//"))
        return true;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (c == ':')
            return i > 0;
        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
            return false;
    }
    return false;
}

/* ---- a directory ---- */

struct directory_source {
    struct picture_source base;
    char *path, *companion; /* companion: NULL where there is none */
    int fd;                 /* -1 until a picture is asked for: most articles have none */
};

/* Two threads may both open it: the one that comes second closes its own. */
static int open_directory(struct directory_source *d, mimeo_ctx *ctx)
{
    int fd = __atomic_load_n(&d->fd, __ATOMIC_ACQUIRE);
    if (fd >= 0)
        return fd;
    int fresh = dir_open(ctx, d->path);
    if (fresh < 0)
        return fresh;
    if (__atomic_compare_exchange_n(&d->fd, &fd, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    close(fresh);
    return fd;
}

static int read_all(struct buf *out, mimeo_ctx *ctx, int fd, uint64_t size)
{
    if (size > LIMIT_PICTURE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "it is larger than %zu MiB", LIMIT_PICTURE / MIB);
    struct buf bytes;
    buf_init(&bytes, LIMIT_PICTURE);
    int rc = buf_reserve(&bytes, (size_t)size) < 0 ? ctx_error_nomem(ctx) : 0;
    while (rc == 0 && bytes.len < size) {
        ssize_t n = read(fd, bytes.ptr + bytes.len, (size_t)size - bytes.len);
        if (n < 0)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot read it");
        else if (n == 0)
            break;
        else
            bytes.len += (size_t)n;
    }
    if (rc < 0)
        buf_dispose(&bytes);
    else
        *out = bytes;
    return rc;
}

/* "companion/last-part-of-the-address"; NULL where it can be none. */
static char *name_in_companion(const struct directory_source *d, const char *url)
{
    size_t len = strcspn(url, "?#");
    size_t start = len;
    while (start > 0 && url[start - 1] != '/')
        start--;
    if (d->companion == NULL || start == len)
        return NULL;
    char *last = strndup(url + start, len - start);
    char *name = last == NULL ? NULL : path_join(d->companion, last);
    free(last);
    return name;
}

static int directory_get(struct buf *out, mimeo_ctx *ctx, struct picture_source *s, const char *name)
{
    struct directory_source *d = (struct directory_source *)s;
    char *saved = NULL;
    if (picture_name_is_remote(view_of_str(name))) {
        saved = name_in_companion(d, name);
        if (saved == NULL)
            return ctx_error(ctx, MIMEO_ENOTFOUND,
                             "it is elsewhere; save it beside the article and give the file's name");
        name = saved;
    }
    int directory = open_directory(d, ctx), rc = directory;
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    if (directory >= 0) {
        uint64_t size;
        int fd = rc = file_open_beneath(ctx, directory, name, &size);
        if (fd >= 0) {
            rc = read_all(out, ctx, fd, size);
            close(fd);
        }
    }
    free(saved);
    return rc;
}

static void directory_free(struct picture_source *s)
{
    struct directory_source *d = (struct directory_source *)s;
    if (d->fd >= 0)
        close(d->fd);
    free(d->path);
    free(d->companion);
    free(d);
}

int picture_source_directory(struct picture_source **out, mimeo_ctx *ctx, const char *directory,
                             const char *companion)
{
    static const struct picture_source_kind kind = {directory_get, directory_free};
    struct directory_source *d = calloc(1, sizeof *d);
    if (d == NULL)
        return ctx_error_nomem(ctx);
    picture_source_init(&d->base, &kind);
    d->fd = -1;
    d->path = strdup(directory);
    d->companion = companion == NULL ? NULL : strdup(companion);
    if (d->path == NULL || (companion != NULL && d->companion == NULL)) {
        directory_free(&d->base);
        return ctx_error_nomem(ctx);
    }
    *out = &d->base;
    return 0;
}
