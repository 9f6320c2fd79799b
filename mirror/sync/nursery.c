/*
 * Directories for the time of a run.  A lock in each says that its run lives; one over all of them, that none is swept
 * in the moment between its making and its lock.
 */
#include "sync/nursery.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "library/paths.h"

#define NEW "new-"
#define LOCK "lock"
#define LOCK_SECONDS 10

struct sweep {
    mimeo_ctx *ctx;
    int dir;
};

static int sweep_one(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    const struct sweep *s = payload;
    int lock;
    if (strncmp(name, NEW, strlen(NEW)) != 0)
        return 0;
    int dir = dir_open_beneath(s->ctx, s->dir, name);
    if (dir < 0)
        return 0;
    if (file_lock(&lock, s->ctx, dir, LOCK, 0) == 0) { /* nobody is at work in it */
        dir_remove_tree(NULL, s->dir, name);           /* or the next run does */
        file_unlock(lock);
    }
    close(dir);
    return 0;
}

static int make_one(struct nursery *out, mimeo_ctx *ctx, const char *parent)
{
    struct nursery n = {NULL, -1};
    char name[32] = NEW;
    uint8_t random[8];
    ctx_random(ctx, random, sizeof(random));
    format_hex(name + strlen(NEW), random, sizeof(random));
    n.path = path_join(parent, name);
    int rc = n.path == NULL ? ctx_error_nomem(ctx) : dir_make(ctx, n.path, 0700);
    int dir = rc < 0 ? rc : dir_open(ctx, n.path);
    rc = dir < 0 ? dir : file_lock(&n.lock, ctx, dir, LOCK, 0);
    if (dir >= 0)
        close(dir);
    if (rc < 0)
        nursery_close(&n);
    else
        *out = n;
    return rc;
}

/* `out` NULL: sweep alone. */
static int open_in(struct nursery *out, mimeo_ctx *ctx, const char *parent)
{
    int lock = -1;
    int rc = dir_make(ctx, parent, 0700);
    int dir = rc < 0 ? rc : dir_open(ctx, parent);
    if (dir < 0)
        return dir;
    rc = file_lock(&lock, ctx, dir, LOCK, LOCK_SECONDS);
    if (rc == 0) {
        struct sweep s = {ctx, dir};
        rc = dir_each(ctx, dir, SIZE_MAX, sweep_one, &s);
        if (rc == 0 && out != NULL)
            rc = make_one(out, ctx, parent);
        file_unlock(lock);
    }
    close(dir);
    return rc;
}

int nursery_sweep(mimeo_ctx *ctx, const char *library)
{
    char *work = path_join(library, "work");
    int rc = work == NULL ? ctx_error_nomem(ctx) : open_in(NULL, ctx, work);
    free(work);
    return rc;
}

/* In /tmp everybody may have made a directory of the name: it must be ours, and nobody else's to write in. */
static int open_temporary(struct nursery *out, mimeo_ctx *ctx)
{
    char name[32];
    struct stat st;
    const char *dir = getenv("TMPDIR");
    snprintf(name, sizeof(name), "mimeo-%lu", (unsigned long)geteuid());
    char *parent = path_join(dir != NULL && dir[0] == '/' ? dir : "/tmp", name);
    int rc = parent == NULL ? ctx_error_nomem(ctx) : dir_make(ctx, parent, 0700);
    if (rc == 0 && (lstat(parent, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0))
        rc = ctx_error(ctx, MIMEO_EIO, "'%s' is somebody else's: set TMPDIR to a directory of your own", parent);
    if (rc == 0)
        rc = open_in(out, ctx, parent);
    free(parent);
    return rc;
}

int nursery_open(struct nursery *out, mimeo_ctx *ctx, const char *library)
{
    char *place = NULL;
    int rc = path_library(&place, ctx, library);
    char *work = rc < 0 ? NULL : path_join(place, "work");
    if (rc == 0)
        rc = work == NULL ? ctx_error_nomem(ctx) : dir_make(ctx, work, 0700);
    if (rc == 0 && access(work, W_OK) < 0)
        rc = MIMEO_EIO;
    if (rc == 0)
        rc = open_in(out, ctx, work);
    else if (rc == MIMEO_EIO) /* a library on a medium that cannot be written */
        rc = open_temporary(out, ctx);
    free(place);
    free(work);
    return rc;
}

void nursery_close(struct nursery *n)
{
    if (n->path == NULL)
        return;
    dir_remove_tree(NULL, AT_FDCWD, n->path);
    if (n->lock >= 0)
        file_unlock(n->lock);
    free(n->path);
    *n = (struct nursery){NULL, -1};
}
