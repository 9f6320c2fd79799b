/*
 * Files.  Two kinds of names come here: paths that the user gave (followed as they are), and names
 * below a directory that a stranger may have filled (no symbolic link, no "..", regular files only,
 * in every component).
 */
#include "base/file_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/openat2.h>
#endif

#define MAP_FROM (64 * 1024) /* smaller files are read */

char *path_join(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    bool slash = a_len > 0 && a[a_len - 1] != '/';
    char *out = malloc(a_len + slash + b_len + 1);
    if (out == NULL)
        return NULL;
    memcpy(out, a, a_len);
    if (slash)
        out[a_len] = '/';
    memcpy(out + a_len + slash, b, b_len + 1);
    return out;
}

/* ---- opening below a directory ---- */

bool file_name_is_plain(const char *name)
{
    if (name[0] == '\0' || name[0] == '/' || strlen(name) >= NAME_MAX_BYTES)
        return false;
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += part != name;
        size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && part[0] == '.' && part[1] == '.'))
            return false;
    }
    return true;
}

/* One component after another, for kernels (or sandboxes) without openat2. */
static int open_by_parts(int dir_fd, const char *name, int flags)
{
    char part[NAME_MAX_BYTES];
    int at = dir_fd;
    for (;;) {
        size_t len = strcspn(name, "/");
        memcpy(part, name, len);
        part[len] = '\0';
        bool last = name[len] == '\0';
        int fd = openat(at, part, last ? flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        if (at != dir_fd)
            close(at);
        errno = error;
        if (fd < 0 || last)
            return fd;
        at = fd;
        name += len + 1;
    }
}

#ifdef __linux__
static int open_beneath(int dir_fd, const char *name, int flags)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)flags,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));
}
#else
static int open_beneath(int dir_fd, const char *name, int flags)
{
    (void)dir_fd;
    (void)name;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
#endif

int file_open_plain(int dir_fd, const char *name, int flags)
{
    if (!file_name_is_plain(name)) {
        errno = EINVAL;
        return -1;
    }
    int fd = open_beneath(dir_fd, name, flags);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        fd = open_by_parts(dir_fd, name, flags);
    return fd;
}

int file_refuse_open(mimeo_ctx *ctx, const char *name)
{
    if (errno == ELOOP || errno == EXDEV)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is or leads through a symbolic link: it is not followed",
                         name);
    if (errno == ENOTDIR)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no '%s'", name);
    if (errno == EINVAL)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no plain name below a directory", name);
    return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", name);
}

int file_open_beneath(mimeo_ctx *ctx, int dir_fd, const char *name, uint64_t *size)
{
    /* Not blocking, so that a pipe under the name of a file is refused and not waited for. */
    int fd = file_open_plain(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return file_refuse_open(ctx, name);
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no regular file", name);
    }
    if (size != NULL)
        *size = (uint64_t)st.st_size;
    return fd;
}

int dir_open_beneath(mimeo_ctx *ctx, int dir_fd, const char *name)
{
    int fd = file_open_plain(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? file_refuse_open(ctx, name) : fd;
}

int dir_open(mimeo_ctx *ctx, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot open the directory '%s'", path) : fd;
}

/* ---- reading ---- */

/* Read to the end, at most `max` bytes; one more is tried, to notice what is too large. */
static int read_all(struct buf *b, mimeo_ctx *ctx, int fd, const char *name, size_t max)
{
    for (;;) {
        size_t room = max + 1 - b->len < 65536 ? max + 1 - b->len : 65536;
        if (buf_reserve(b, room) < 0)
            return ctx_error_nomem(ctx);
        ssize_t n = read(fd, b->ptr + b->len, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", name);
        b->len += (size_t)n;
        b->ptr[b->len] = 0;
        if (b->len > max)
            return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is over its limit of %zu bytes", name, max);
        if (n == 0)
            return 0;
    }
}

int file_read(struct buf *out, mimeo_ctx *ctx, const char *path, size_t max)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
    struct buf b;
    buf_init(&b, max + 1);
    struct stat st;
    int rc = 0;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        rc = ctx_error(ctx, MIMEO_EIO, "'%s' is a directory", path);
    if (rc == 0)
        rc = read_all(&b, ctx, fd, standard ? "standard input" : path, max);
    if (!standard)
        close(fd);
    if (rc < 0) {
        buf_dispose(&b);
        return rc;
    }
    *out = b;
    return 0;
}

static int map_file(struct file_bytes *out, mimeo_ctx *ctx, int fd, const char *name, size_t size)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", name);
    *out = (struct file_bytes){view_of(map, size), map, NULL};
    return 0;
}

static int load_file(struct file_bytes *out, mimeo_ctx *ctx, int fd, const char *name, size_t size)
{
    uint8_t *heap = malloc(size + 1);
    if (heap == NULL)
        return ctx_error_nomem(ctx);
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(fd, heap + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            free(heap);
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", name);
        }
        if (n == 0)
            break; /* cut short since it was opened: what is there is judged as it is */
        done += (size_t)n;
    }
    heap[done] = 0;
    *out = (struct file_bytes){view_of(heap, done), NULL, heap};
    return 0;
}

int file_load_at(struct file_bytes *out, mimeo_ctx *ctx, int dir_fd, const char *name, size_t max,
                 bool trusted)
{
    uint64_t size;
    int fd = file_open_beneath(ctx, dir_fd, name, &size);
    if (fd < 0)
        return fd;
    int rc;
    if (size > max)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' has %llu bytes: over its limit of %zu", name,
                       (unsigned long long)size, max);
    else if (trusted && size >= MAP_FROM)
        rc = map_file(out, ctx, fd, name, (size_t)size);
    else
        rc = load_file(out, ctx, fd, name, (size_t)size);
    close(fd);
    return rc;
}

void file_unload(struct file_bytes *f)
{
    if (f == NULL)
        return;
    if (f->map != NULL)
        munmap(f->map, f->view.len);
    free(f->heap);
    *f = (struct file_bytes){0};
}
