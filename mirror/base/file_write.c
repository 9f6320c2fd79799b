/*
 * Writing files, so that at every moment either the old or the new bytes are there; and what a killed writer left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file_inside.h"

#define TEMPORARY_PREFIX ".mimeo-tmp-"
#define TEMPORARY_TRIES 100

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
    if (!file_name_is_plain(name))
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
    int fd = file_open_plain(dir_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (char *at = parent; fd < 0 && errno == ENOENT && at != NULL;) {
        at = strchr(at + 1, '/');
        if (at != NULL)
            *at = '\0';
        if (mkdirat(dir_fd, parent, (mode & 077) == 0 ? 0700 : 0755) < 0 && errno != EEXIST)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot make the directory '%s'", parent);
        if (at != NULL)
            *at = '/';
        fd = file_open_plain(dir_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return fd < 0 ? file_refuse_open(ctx, parent) : fd;
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
    if (!file_name_is_plain(name))
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no plain name below a directory", name);
    if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT && errno != ENOTDIR)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot remove '%s'", name);
    return 0;
}

/* ---- what was left ---- */

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
