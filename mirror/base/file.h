/*
 * Files: whole reads with a cap, atomic and durable writes, locks, and opening a
 * name below a directory that a stranger filled (no symlinks, no "..", regular
 * files only).  Errors name the path.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/context.h"

/* Read the whole regular file into `out` (initialised here; max `max`).  MIMEO_ENOTFOUND,
 * MIMEO_EIO, MIMEO_EMALFORMED where it is larger than `max`.  Path "-" is standard input. */
int file_read(struct buf *out, mimeo_ctx *ctx, const char *path, size_t max);

/* A read-only map of a regular file, closed with file_unmap.  A file cut short by
 * somebody else while mapped would raise SIGBUS; so files over 64 KiB are mapped only
 * from our own library, others are read: file_load decides by `trusted`. */
struct file_bytes {
    struct view view;
    void *map;     /* not NULL where mapped */
    uint8_t *heap; /* not NULL where read */
};
int file_load_at(struct file_bytes *out, mimeo_ctx *ctx, int dir_fd, const char *name,
                 size_t max, bool trusted);
void file_unload(struct file_bytes *f);

/* Open `name` ("a/b/c") below dir_fd for reading, following no symlink in any
 * component, refusing "..", absolute names and what is not a regular file.
 * Returns the descriptor or a negative code; `size` may be NULL. */
int file_open_beneath(mimeo_ctx *ctx, int dir_fd, const char *name, uint64_t *size);
/* The same for a directory. */
int dir_open_beneath(mimeo_ctx *ctx, int dir_fd, const char *name);
/* Open a directory the user named (symlinks allowed): descriptor or negative code. */
int dir_open(mimeo_ctx *ctx, const char *path);
/* Call `fn` for each entry but . and .., names in byte order.  Stops at a nonzero
 * return and passes it up.  More than `max` entries: MIMEO_EMALFORMED. */
int dir_each(mimeo_ctx *ctx, int dir_fd, size_t max,
             int (*fn)(const char *name, unsigned char d_type, void *payload), void *payload);

/* Write `name` below dir_fd so that at every moment either the old or the new bytes
 * are there: a temporary file beside it, fsync, rename, fsync of the directory.
 * Parent directories are made (mode 0755, or 0700 where mode & 077 == 0).  Nothing is
 * left behind on failure. */
int file_write_atomic(mimeo_ctx *ctx, int dir_fd, const char *name, struct view bytes,
                      mode_t mode);
/* A temporary file in the directory `parent` as the above uses, for one who writes piece by piece (base/new_file.h): the
 * descriptor, with a lock on it that keeps it from being swept, or a negative code; `name` is for messages. */
int file_make_temporary(mimeo_ctx *ctx, int parent, const char *name, mode_t mode, char temporary[64]);
/* Make a new file (O_EXCL), fsynced; MIMEO_EEXISTS where one is there. */
int file_write_new(mimeo_ctx *ctx, int dir_fd, const char *name, struct view bytes, mode_t mode);
/* Remove what a killed file_write_atomic left in this directory (not below it); what a living one is about to put in
 * place stays, so no lock is needed. */
int dir_remove_stale(mimeo_ctx *ctx, int dir_fd);
int file_remove(mimeo_ctx *ctx, int dir_fd, const char *name); /* absent is fine */
/* Remove a directory of ours with everything in it, following no symlink; absent is fine.  `dir_fd` may be AT_FDCWD; with
 * `ctx` NULL no message is set. */
int dir_remove_tree(mimeo_ctx *ctx, int dir_fd, const char *name);
/* Make `path` and its parents; an existing directory is fine. */
int dir_make(mimeo_ctx *ctx, const char *path, mode_t mode);

/* An exclusive advisory lock on `name` below dir_fd, waiting at most `seconds`;
 * MIMEO_EBUSY after.  Released by file_unlock or by the end of the process. */
int file_lock(int *out_fd, mimeo_ctx *ctx, int dir_fd, const char *name, int seconds);
void file_unlock(int fd);

/* "a/b" in fresh memory (free() it), or NULL. */
char *path_join(const char *a, const char *b);

#endif
