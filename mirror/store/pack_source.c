/*
 * Files of a pack.  An export may have come in a thousand parts, and a process may have about as many files open: the
 * first few stay open, the others take turns.
 */
#include "store/pack_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_MAX_FILES 64 /* that stay open; the last of these places is for the others, in turn */
#define FILES_MAX 100000

struct pack_file {
    char *path;
    int fd; /* -1: closed for now */
    uint64_t start, len;
    dev_t device;
    ino_t inode;
};

struct pack_source {
    struct pack_file *files;
    size_t count, cap;
    uint64_t size;
    size_t guest; /* the file beyond the first few that is open; `count`: none */
};

int pack_source_new(struct pack_source **out, mimeo_ctx *ctx)
{
    struct pack_source *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ctx_error_nomem(ctx);
    *out = s;
    return 0;
}

void pack_source_free(struct pack_source *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++) {
        if (s->files[i].fd >= 0)
            close(s->files[i].fd);
        free(s->files[i].path);
    }
    free(s->files);
    free(s);
}

static int grow(struct pack_source *s, mimeo_ctx *ctx)
{
    if (s->count == FILES_MAX)
        return ctx_error(ctx, MIMEO_EMALFORMED, "more than %d files at once: give fewer at a time", FILES_MAX);
    if (s->count < s->cap)
        return 0;
    size_t cap = s->cap == 0 ? 4 : 2 * s->cap;
    struct pack_file *grown = realloc(s->files, cap * sizeof(*grown));
    if (grown == NULL)
        return ctx_error_nomem(ctx);
    s->files = grown;
    s->cap = cap;
    return 0;
}

static int open_file(int *out, struct stat *st, mimeo_ctx *ctx, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, st) < 0) {
        int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    if (!S_ISREG(st->st_mode)) {
        close(fd);
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no regular file", path);
    }
    *out = fd;
    return 0;
}

int pack_source_add(struct pack_source *s, mimeo_ctx *ctx, const char *path)
{
    struct stat st;
    struct pack_file f = {.fd = -1, .start = s->size};
    int rc = grow(s, ctx);
    if (rc == 0)
        rc = open_file(&f.fd, &st, ctx, path);
    if (rc < 0)
        return rc;
    f.path = strdup(path);
    if (f.path == NULL || !u64_add(s->size, (uint64_t)st.st_size, &s->size)) {
        free(f.path);
        close(f.fd);
        return ctx_error_nomem(ctx);
    }
    f.len = (uint64_t)st.st_size;
    f.device = st.st_dev;
    f.inode = st.st_ino;
    if (s->count >= OPEN_MAX_FILES) {
        close(f.fd);
        f.fd = -1;
    }
    s->files[s->count++] = f;
    s->guest = s->count;
    return 0;
}

size_t pack_source_count(const struct pack_source *s)
{
    return s->count;
}

const char *pack_source_path(const struct pack_source *s, size_t file)
{
    return s->files[file].path;
}

uint64_t pack_source_start(const struct pack_source *s, size_t file)
{
    return file < s->count ? s->files[file].start : s->size;
}

/* The last that begins at or before it: empty files have no bytes. */
size_t pack_source_at(const struct pack_source *s, uint64_t offset)
{
    size_t low = 0, high = s->count;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (s->files[mid].start <= offset)
            low = mid;
        else
            high = mid;
    }
    return low;
}

void pack_source_place(char *out, size_t size, const struct pack_source *s, uint64_t offset)
{
    const struct pack_file *f = &s->files[pack_source_at(s, offset)];
    const char *slash = strrchr(f->path, '/');
    if (s->count == 1)
        snprintf(out, size, "byte %llu", (unsigned long long)offset);
    else
        snprintf(out, size, "byte %llu of %s", (unsigned long long)(offset - f->start), slash == NULL ? f->path : slash + 1);
}

bool pack_source_is_concurrent(const struct pack_source *s)
{
    return s->count <= OPEN_MAX_FILES;
}

/* ---- reading ---- */

/* One that was closed is opened again: it has to be the very file that was looked at. */
static int open_guest(struct pack_source *s, mimeo_ctx *ctx, size_t file)
{
    struct pack_file *f = &s->files[file];
    struct stat st;
    if (s->guest < s->count) {
        close(s->files[s->guest].fd);
        s->files[s->guest].fd = -1;
        s->guest = s->count;
    }
    int rc = open_file(&f->fd, &st, ctx, f->path);
    if (rc < 0)
        return rc;
    s->guest = file;
    if (st.st_dev != f->device || st.st_ino != f->inode || (uint64_t)st.st_size != f->len)
        return ctx_error(ctx, MIMEO_EIO, "'%s' changed while it was read: run it again", f->path);
    return 0;
}

int pack_source_read(struct pack_source *s, mimeo_ctx *ctx, uint64_t offset, uint8_t *bytes, size_t len, size_t *got)
{
    *got = 0;
    if (offset >= s->size)
        return 0;
    size_t file = pack_source_at(s, offset);
    struct pack_file *f = &s->files[file];
    int rc = f->fd < 0 ? open_guest(s, ctx, file) : 0;
    uint64_t at = offset - f->start;
    len = f->len - at < len ? (size_t)(f->len - at) : len;
    while (rc == 0 && *got < len) {
        ssize_t n = pread(f->fd, bytes + *got, len - *got, (off_t)(at + *got));
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", f->path);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return rc;
}
