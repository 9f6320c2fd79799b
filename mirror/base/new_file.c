/*
 * Writing large files so that they are there whole or not at all.
 *
 * What a reader would get wrong: a name that is free when the file is opened may be taken when it is done, an hour
 * later.  So the name is claimed by the one call that puts the file in place, and never by looking first.
 */
#include "base/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define FD_PATH_MAX 64

static void path_of_fd(char out[FD_PATH_MAX], int fd)
{
    snprintf(out, FD_PATH_MAX, "/proc/self/fd/%d", fd);
}

static int is_taken(mimeo_ctx *ctx, const char *name)
{
    return ctx_error(ctx, MIMEO_EEXISTS, "'%s' is there already: choose another name", name);
}

static int cannot_write(const struct new_file *f, mimeo_ctx *ctx)
{
    return ctx_error_errno(ctx, MIMEO_EIO, "cannot write '%s'", f->name);
}

/* ---- opening ---- */

/* Without a name, where the file system can and it can be given one later. */
static int open_nameless(int dir, mode_t mode)
{
    char path[FD_PATH_MAX];
    int fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    path_of_fd(path, fd);
    if (access(path, F_OK) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) /* for when it has a temporary name */
        return fd;
    close(fd);
    return -1;
}

int new_file_open(struct new_file *out, mimeo_ctx *ctx, int dir_fd, const char *name, mode_t mode, bool replace)
{
    struct stat st;
    struct new_file f = {.dir = -1, .fd = -1, .mode = mode, .replace = replace};
    *out = f;
    bool there = fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && !replace)
        return is_taken(ctx, name);
    if (there && !S_ISREG(st.st_mode))
        return ctx_error(ctx, MIMEO_EEXISTS, "'%s' is there and is no file: choose another name", name);
    f.name = strdup(name);
    f.dir = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = f.name == NULL ? ctx_error_nomem(ctx)
             : f.dir < 0    ? ctx_error_errno(ctx, MIMEO_EIO, "cannot open the directory of '%s'", name)
                            : 0;
    if (rc == 0 && (f.fd = open_nameless(f.dir, mode)) < 0)
        rc = f.fd = file_make_temporary(ctx, f.dir, name, mode, f.temporary);
    *out = f;
    return rc < 0 ? rc : 0;
}

/* ---- writing ---- */

int new_file_write(struct new_file *f, mimeo_ctx *ctx, struct view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(f->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot_write(f, ctx);
        bytes.ptr += n;
        bytes.len -= (size_t)n;
        f->len += (uint64_t)n;
    }
    return 0;
}

int new_file_patch(struct new_file *f, mimeo_ctx *ctx, uint64_t offset, struct view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = pwrite(f->fd, bytes.ptr, bytes.len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot_write(f, ctx);
        bytes.ptr += n;
        bytes.len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

/* ---- putting it in place ---- */

/* The nameless file gets `name`, which must be free. */
static int give_name(const struct new_file *f, const char *name)
{
    char path[FD_PATH_MAX];
    path_of_fd(path, f->fd);
    return linkat(AT_FDCWD, path, f->dir, name, AT_SYMLINK_FOLLOW);
}

/* A name to be renamed from, where another file is to give way. */
static int give_temporary_name(struct new_file *f, mimeo_ctx *ctx)
{
    char temporary[sizeof(f->temporary)];
    int lock = file_make_temporary(ctx, f->dir, f->name, f->mode, temporary);
    if (lock < 0)
        return lock;
    /* The name was ours a moment ago; the lock goes with the file that is removed. */
    int rc = unlinkat(f->dir, temporary, 0) < 0 || give_name(f, temporary) < 0 ? cannot_write(f, ctx) : 0;
    close(lock);
    if (rc == 0)
        strcpy(f->temporary, temporary);
    return rc;
}

static int put_in_place(struct new_file *f, mimeo_ctx *ctx)
{
    if (f->temporary[0] == '\0' && !f->replace) {
        if (give_name(f, f->name) == 0)
            return 0;
        return errno == EEXIST ? is_taken(ctx, f->name) : cannot_write(f, ctx);
    }
    int rc = f->temporary[0] == '\0' ? give_temporary_name(f, ctx) : 0;
    if (rc < 0)
        return rc;
    int bad = renameat2(f->dir, f->temporary, f->dir, f->name, f->replace ? 0 : RENAME_NOREPLACE);
    if (bad < 0 && errno == EINVAL) /* the file system knows no such flag: what looking says is the best there is */
        bad = faccessat(f->dir, f->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0
                  ? (errno = EEXIST, -1)
                  : renameat(f->dir, f->temporary, f->dir, f->name);
    if (bad < 0)
        return errno == EEXIST ? is_taken(ctx, f->name) : cannot_write(f, ctx);
    f->temporary[0] = '\0';
    return 0;
}

int new_file_commit(struct new_file *f, mimeo_ctx *ctx)
{
    int rc = fsync(f->fd) < 0 ? cannot_write(f, ctx) : 0;
    if (rc == 0)
        rc = put_in_place(f, ctx);
    if (rc == 0 && fsync(f->dir) < 0 && errno != EINVAL) { /* some file systems sync no directories */
        rc = cannot_write(f, ctx);
        unlinkat(f->dir, f->name, 0);
    }
    return rc;
}

void new_file_dispose(struct new_file *f)
{
    if (f == NULL || f->name == NULL)
        return;
    if (f->temporary[0] != '\0')
        unlinkat(f->dir, f->temporary, 0);
    if (f->fd >= 0)
        close(f->fd);
    if (f->dir >= 0)
        close(f->dir);
    free(f->name);
    *f = (struct new_file){.dir = -1, .fd = -1};
}
