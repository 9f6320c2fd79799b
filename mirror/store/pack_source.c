/*
 * Files of a pack.  An export may have come in a thousand parts, and a process may have about as many files open: the
 * first few stay open, the others take turns.
 *
 * What a reader would get wrong: a sealed file has two lengths, on the disk and of what it holds; offsets are of the second.
 */
#include "store/pack_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/seal.h"

#define OPEN_MAX_FILES 64 /* that stay open; the last of these places is for the others, in turn */
#define FILES_MAX 100000

struct pack_file {
    char *path;
    int fd; /* -1: closed for now */
    uint64_t start, len;
    struct seal_reader *seal; /* NULL: not sealed */
    uint64_t base, size;      /* on the disk: where it begins in its file, and how long it is */
    uint64_t file_size;
    dev_t device;
    ino_t inode;
};

struct pack_source {
    struct pack_file *files;
    size_t count, cap;
    uint64_t size;
    size_t guest; /* the file beyond the first few that is open; `count`: none */
    size_t sealed; /* how many are; the one that is read at the moment, or was last */
    size_t reading;
    uint64_t lost;
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
        seal_reader_free(s->files[i].seal);
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

/* Into the list, not yet counted into its size. */
static int list_file(struct pack_source *s, mimeo_ctx *ctx, const struct pack_region *r)
{
    struct stat st;
    struct pack_file f = {.fd = -1, .start = s->size, .base = r->base, .size = r->len, .len = r->len};
    int rc = grow(s, ctx);
    if (rc == 0)
        rc = open_file(&f.fd, &st, ctx, r->path);
    if (rc < 0)
        return rc;
    f.file_size = (uint64_t)st.st_size;
    if (r->base > f.file_size || r->len > f.file_size - r->base)
        rc = ctx_error(ctx, MIMEO_EIO, "'%s' changed while it was read: run it again", r->path);
    else if ((f.path = strdup(r->path)) == NULL)
        rc = ctx_error_nomem(ctx);
    if (rc < 0) {
        close(f.fd);
        return rc;
    }
    f.device = st.st_dev;
    f.inode = st.st_ino;
    s->files[s->count++] = f;
    s->guest = s->count;
    return 0;
}

static void forget_last(struct pack_source *s)
{
    struct pack_file *f = &s->files[--s->count];
    if (f->fd >= 0)
        close(f->fd);
    seal_reader_free(f->seal);
    free(f->path);
    s->guest = s->count;
}

static int count_last(struct pack_source *s, mimeo_ctx *ctx)
{
    struct pack_file *f = &s->files[s->count - 1];
    if (!u64_add(s->size, f->len, &s->size)) {
        forget_last(s);
        return ctx_error_nomem(ctx);
    }
    if (s->count > OPEN_MAX_FILES) {
        close(f->fd);
        f->fd = -1;
    }
    return 0;
}

int pack_source_add(struct pack_source *s, mimeo_ctx *ctx, const struct pack_region *r)
{
    int rc = list_file(s, ctx, r);
    return rc == 0 ? count_last(s, ctx) : rc;
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

size_t pack_source_sealed(const struct pack_source *s)
{
    return s->sealed;
}

bool pack_source_is_concurrent(const struct pack_source *s)
{
    return s->count <= OPEN_MAX_FILES && s->sealed == 0;
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
    if (st.st_dev != f->device || st.st_ino != f->inode || (uint64_t)st.st_size != f->file_size)
        return ctx_error(ctx, MIMEO_EIO, "'%s' changed while it was read: run it again", f->path);
    return 0;
}

/* Bytes as they stand on the disk. */
static int read_disk(struct pack_source *s, mimeo_ctx *ctx, size_t file, uint64_t at, uint8_t *bytes, size_t len, size_t *got)
{
    struct pack_file *f = &s->files[file];
    int rc = f->fd < 0 ? open_guest(s, ctx, file) : 0;
    *got = 0;
    while (rc == 0 && *got < len) {
        ssize_t n = pread(f->fd, bytes + *got, len - *got, (off_t)(f->base + at + *got));
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", f->path);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return rc;
}

static int get_sealed(uint8_t *bytes, size_t len, uint64_t offset, size_t *got, mimeo_ctx *ctx, void *payload)
{
    struct pack_source *s = payload;
    return read_disk(s, ctx, s->reading, offset, bytes, len, got);
}

/* The readers of sealed files have buffers: only one keeps them. */
static void turn_to(struct pack_source *s, size_t file)
{
    if (s->reading != file && s->reading < s->count && s->files[s->reading].seal != NULL)
        seal_reader_rest(s->files[s->reading].seal);
    s->reading = file;
}

static int read_sealed(struct pack_source *s, mimeo_ctx *ctx, size_t file, uint64_t at, uint8_t *bytes, size_t len, size_t *got)
{
    struct seal_reader *r = s->files[file].seal;
    size_t done = 0;
    turn_to(s, file);
    while (done < len) {
        size_t n;
        int rc = seal_read(r, ctx, bytes + done, len - done, at + done, &n);
        if (rc < 0 && rc != MIMEO_EFORGED)
            return rc;
        done += n;
        if (rc == 0)
            break;
        uint64_t gap = seal_reader_beyond(r, at + done) - (at + done);
        size_t lost = gap < len - done ? (size_t)gap : len - done;
        memset(bytes + done, 0xFF, lost);
        s->lost += lost;
        done += lost;
    }
    *got = done;
    return 0;
}

int pack_source_add_sealed(struct pack_source *s, mimeo_ctx *ctx, const struct pack_region *r, const struct passphrase *p)
{
    int rc = list_file(s, ctx, r);
    if (rc < 0)
        return rc;
    struct pack_file *f = &s->files[s->count - 1];
    turn_to(s, s->count - 1);
    rc = seal_reader_new(&f->seal, ctx, p, f->size, get_sealed, s);
    if (rc < 0) {
        forget_last(s);
        return rc;
    }
    f->len = seal_reader_len(f->seal);
    s->sealed++;
    return count_last(s, ctx);
}

const char *pack_source_damage(const struct pack_source *s, size_t file)
{
    return s->files[file].seal == NULL ? NULL : seal_reader_damage(s->files[file].seal);
}

int pack_source_read(struct pack_source *s, mimeo_ctx *ctx, uint64_t offset, uint8_t *bytes, size_t len, size_t *got)
{
    *got = 0;
    if (offset >= s->size)
        return 0;
    size_t file = pack_source_at(s, offset);
    const struct pack_file *f = &s->files[file];
    uint64_t at = offset - f->start;
    len = f->len - at < len ? (size_t)(f->len - at) : len;
    return f->seal == NULL ? read_disk(s, ctx, file, at, bytes, len, got) : read_sealed(s, ctx, file, at, bytes, len, got);
}

uint64_t pack_source_lost(const struct pack_source *s)
{
    return s->lost;
}
