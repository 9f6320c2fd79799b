/*
 * Files.  Two kinds of names come here: paths that the user gave (followed as they are), and names
 * below a directory that a stranger may have filled (no symbolic link, no "..", regular files only,
 * in every component).
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/openat2.h>
#endif

#define TEMPORARY_PREFIX ".mimeo-tmp-"
#define TEMPORARY_TRIES 100
#define MAP_FROM (64 * 1024) /* smaller files are read */
#define NAME_MAX_BYTES 4096

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

static bool name_is_plain(const char *name)
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

static int open_plain(int dir_fd, const char *name, int flags)
{
    if (!name_is_plain(name)) {
        errno = EINVAL;
        return -1;
    }
    int fd = open_beneath(dir_fd, name, flags);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        fd = open_by_parts(dir_fd, name, flags);
    return fd;
}

static int refuse_open(mimeo_ctx *ctx, const char *name)
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
    int fd = open_plain(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return refuse_open(ctx, name);
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
    int fd = open_plain(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? refuse_open(ctx, name) : fd;
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

/* ---- directories ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a + 1, *(const char *const *)b + 1);
}

/* The entries' names, each behind a byte with its d_type. */
static int list_names(char ***out, size_t *count, mimeo_ctx *ctx, int dir_fd, size_t max)
{
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot read a directory");
    }
    char **names = NULL;
    size_t n = 0, cap = 0;
    int rc = 0;
    struct dirent *e;
    while (rc == 0 && (errno = 0, e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (n == max) {
            rc = ctx_error(ctx, MIMEO_EMALFORMED, "a directory has more than %zu entries", max);
            break;
        }
        if (n == cap) {
            cap = cap == 0 ? 64 : 2 * cap;
            char **grown = realloc(names, cap * sizeof(*grown));
            if (grown == NULL) {
                rc = ctx_error_nomem(ctx);
                break;
            }
            names = grown;
        }
        size_t len = strlen(e->d_name);
        if ((names[n] = malloc(len + 2)) == NULL) {
            rc = ctx_error_nomem(ctx);
            break;
        }
        names[n][0] = (char)e->d_type;
        memcpy(names[n++] + 1, e->d_name, len + 1);
    }
    if (rc == 0 && errno != 0)
        rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot read a directory");
    closedir(dir);
    *out = names;
    *count = n;
    return rc;
}

int dir_each(mimeo_ctx *ctx, int dir_fd, size_t max,
             int (*fn)(const char *name, unsigned char d_type, void *payload), void *payload)
{
    char **names = NULL;
    size_t count = 0;
    int rc = list_names(&names, &count, ctx, dir_fd, max);
    if (rc == 0 && count > 0)
        qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 0; i < count; i++) {
        if (rc == 0)
            rc = fn(names[i] + 1, (unsigned char)names[i][0], payload);
        free(names[i]);
    }
    free(names);
    return rc;
}

int dir_make(mimeo_ctx *ctx, const char *path, mode_t mode)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return ctx_error_nomem(ctx);
    int rc = 0;
    for (char *slash = copy; rc == 0 && slash != NULL;) {
        slash = strchr(slash + 1, '/');
        if (slash != NULL)
            *slash = '\0';
        if (copy[0] != '\0' && mkdir(copy, mode) < 0 && errno != EEXIST)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot make the directory '%s'", copy);
        if (slash != NULL)
            *slash = '/';
    }
    struct stat st;
    if (rc == 0 && (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
        rc = ctx_error(ctx, MIMEO_EEXISTS, "'%s' is there and is no directory", path);
    free(copy);
    return rc;
}

/* ---- writing ---- */

static int write_all(mimeo_ctx *ctx, int fd, const char *name, struct view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
        bytes.ptr += n;
        bytes.len -= (size_t)n;
    }
    if (fsync(fd) < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
    return 0;
}

/* The directory that `name` is in, made where it is missing; *base is the last component. */
static int open_parent(mimeo_ctx *ctx, int dir_fd, const char *name, mode_t mode, const char **base)
{
    if (!name_is_plain(name))
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no plain name below a directory", name);
    const char *slash = strrchr(name, '/');
    *base = slash == NULL ? name : slash + 1;
    if (slash == NULL) {
        int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot open the directory of '%s'", name) : fd;
    }
    char parent[NAME_MAX_BYTES];
    memcpy(parent, name, (size_t)(slash - name));
    parent[slash - name] = '\0';
    int fd = open_plain(dir_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (char *at = parent; fd < 0 && errno == ENOENT && at != NULL;) {
        at = strchr(at + 1, '/');
        if (at != NULL)
            *at = '\0';
        if (mkdirat(dir_fd, parent, (mode & 077) == 0 ? 0700 : 0755) < 0 && errno != EEXIST)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot make the directory '%s'", parent);
        if (at != NULL)
            *at = '/';
        fd = open_plain(dir_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return fd < 0 ? refuse_open(ctx, parent) : fd;
}

/* A lock on the temporary file says that its writer lives, until the name is another: dir_remove_stale leaves it alone.
 * One who sweeps in the moment between making and locking wins, and then another is made. */
int file_make_temporary(mimeo_ctx *ctx, int parent, const char *name, mode_t mode, char temporary[64])
{
    static _Atomic unsigned counter;
    for (int tries = 0; tries < TEMPORARY_TRIES; tries++) {
        struct timespec now;
        struct stat st;
        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(temporary, 64, TEMPORARY_PREFIX "%ld-%u-%lx", (long)getpid(), counter++, (unsigned long)now.tv_nsec);
        int fd = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0)
            break;
        bool swept = flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
        if (!swept && (fstat(fd, &st) < 0 || st.st_nlink > 0))
            return fd;
        close(fd);
        errno = EAGAIN;
    }
    return ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
}

int file_write_atomic(mimeo_ctx *ctx, int dir_fd, const char *name, struct view bytes, mode_t mode)
{
    const char *base;
    char temporary[64];
    int parent = open_parent(ctx, dir_fd, name, mode, &base);
    if (parent < 0)
        return parent;
    int fd = file_make_temporary(ctx, parent, name, mode, temporary);
    int rc = fd < 0 ? fd : 0;
    if (rc == 0) {
        rc = write_all(ctx, fd, name, bytes);
        if (rc == 0 && renameat(parent, temporary, parent, base) < 0)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
        if (rc < 0)
            unlinkat(parent, temporary, 0);
        else if (fsync(parent) < 0)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
        close(fd); /* after fsync it has nothing left to say */
    }
    close(parent);
    return rc == MIMEO_ENOTFOUND ? MIMEO_EIO : rc;
}

int file_write_new(mimeo_ctx *ctx, int dir_fd, const char *name, struct view bytes, mode_t mode)
{
    const char *base;
    int parent = open_parent(ctx, dir_fd, name, mode, &base);
    if (parent < 0)
        return parent;
    int fd = openat(parent, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    int rc = 0;
    if (fd < 0 && errno == EEXIST)
        rc = ctx_error(ctx, MIMEO_EEXISTS, "'%s' is there already", name);
    else if (fd < 0)
        rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot make '%s'", name);
    if (rc == 0) {
        rc = write_all(ctx, fd, name, bytes);
        if (close(fd) < 0 && rc == 0)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
        if (rc < 0)
            unlinkat(parent, base, 0);
        else if (fsync(parent) < 0)
            rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", name);
    }
    close(parent);
    return rc;
}

int file_remove(mimeo_ctx *ctx, int dir_fd, const char *name)
{
    if (!name_is_plain(name))
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no plain name below a directory", name);
    if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT && errno != ENOTDIR)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot remove '%s'", name);
    return 0;
}

struct tree_removal {
    mimeo_ctx *ctx;
    int fd, depth;
};

#define REMOVE_DEPTH_MAX 32

static int remove_tree(mimeo_ctx *ctx, int dir_fd, const char *name, int depth);

static int remove_below(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    const struct tree_removal *r = payload;
    if (unlinkat(r->fd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return ctx_error_errno(r->ctx, MIMEO_EIO, "cannot remove '%s'", name);
    return remove_tree(r->ctx, r->fd, name, r->depth + 1);
}

static int remove_tree(mimeo_ctx *ctx, int dir_fd, const char *name, int depth)
{
    struct tree_removal r = {ctx, openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), depth};
    if (r.fd < 0)
        return errno == ENOENT ? 0 : ctx_error_errno(ctx, MIMEO_EIO, "cannot remove '%s'", name);
    int rc = depth > REMOVE_DEPTH_MAX ? ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is nested too deep", name)
                                      : dir_each(ctx, r.fd, SIZE_MAX, remove_below, &r);
    close(r.fd);
    if (rc == 0 && unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot remove '%s'", name);
    return rc;
}

int dir_remove_tree(mimeo_ctx *ctx, int dir_fd, const char *name)
{
    return remove_tree(ctx, dir_fd, name, 0);
}

struct stale {
    mimeo_ctx *ctx;
    int fd;
};

/* One that is locked is being written at this moment. */
static int remove_stale(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    const struct stale *s = payload;
    if (strncmp(name, TEMPORARY_PREFIX, sizeof(TEMPORARY_PREFIX) - 1) != 0)
        return 0;
    int fd = openat(s->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    bool alive = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    int rc = alive ? 0 : file_remove(s->ctx, s->fd, name);
    if (fd >= 0)
        close(fd);
    return rc;
}

int dir_remove_stale(mimeo_ctx *ctx, int dir_fd)
{
    struct stale s = {ctx, dir_fd};
    return dir_each(ctx, dir_fd, SIZE_MAX, remove_stale, &s);
}

/* ---- locks ---- */

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int file_lock(int *out_fd, mimeo_ctx *ctx, int dir_fd, const char *name, int seconds)
{
    int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot make the lock '%s'", name);
    int64_t deadline = milliseconds() + (int64_t)seconds * 1000;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot lock '%s'", name);
            close(fd);
            return rc;
        }
        int rc = ctx_check_cancel(ctx);
        if (rc == 0 && milliseconds() >= deadline)
            rc = ctx_error(ctx, MIMEO_EBUSY,
                           "another mimeo is at work here (it holds '%s'): wait for it, then run again", name);
        if (rc < 0) {
            close(fd);
            return rc;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    }
    *out_fd = fd;
    return 0;
}

void file_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}
