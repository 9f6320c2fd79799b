/*
 * Directories: listed in the order of bytes, made with their parents, removed with all that is in them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

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

/* ---- removing ---- */

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
