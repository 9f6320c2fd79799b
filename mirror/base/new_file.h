/*
 * A large file written piece by piece: nothing of it is there until it is whole and durable.
 *
 *     struct new_file f;
 *     rc = new_file_open(&f, ctx, dir_fd, "x.mimeo", 0644, false);
 *     if (rc == 0 && (rc = new_file_write(&f, ctx, bytes)) == 0)
 *         rc = new_file_commit(&f, ctx);
 *     new_file_dispose(&f);    (throws away what was not committed)
 *
 * Where the file system can, the file has no name before that, so that not even a kill leaves anything.  FAT cannot:
 * there a killed run leaves a temporary file, which dir_remove_stale() removes.
 */
#ifndef BASE_NEW_FILE_H
#define BASE_NEW_FILE_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/context.h"

struct new_file {
    int dir, fd;        /* -1: none */
    char *name;
    mode_t mode;
    bool replace;
    char temporary[64]; /* "" where it has no name */
    uint64_t len;
};

/* `name` is one in the directory itself.  With `replace` a file of this name gives way, without, MIMEO_EEXISTS (now or
 * at the commit).  Zeroed storage may be disposed of. */
int new_file_open(struct new_file *out, mimeo_ctx *ctx, int dir_fd, const char *name, mode_t mode, bool replace);
int new_file_write(struct new_file *f, mimeo_ctx *ctx, struct view bytes);
/* Write over bytes that were written. */
int new_file_patch(struct new_file *f, mimeo_ctx *ctx, uint64_t offset, struct view bytes);
/* After a failure it is not there. */
int new_file_commit(struct new_file *f, mimeo_ctx *ctx);
void new_file_dispose(struct new_file *f);

#endif
