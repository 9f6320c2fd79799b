/*
 * Reading the objects of a git repository that a stranger may have made.  No configuration, hook,
 * alternate or reference of it is followed: a branch is a file with 40 digits, an object is found by
 * its id and read under a cap.  What it says is believed by nobody: the layers above verify.
 */
#ifndef STORE_GIT_OBJECTS_H
#define STORE_GIT_OBJECTS_H

#include "base/bytes.h"
#include "base/context.h"

#define GIT_ID_LEN 20

struct git_id {
    uint8_t bytes[GIT_ID_LEN];
};

enum git_kind { GIT_KIND_COMMIT, GIT_KIND_TREE, GIT_KIND_BLOB };

struct git_objects;
int git_objects_open(struct git_objects **out, mimeo_ctx *ctx, const char *git_dir);
void git_objects_close(struct git_objects *g);
/* The commit that the branch names: refs/heads/<branch>, else refs/remotes/origin/<branch>; loose or packed.
 * MIMEO_ENOTFOUND. */
int git_objects_branch(struct git_id *out, struct git_objects *g, mimeo_ctx *ctx, const char *branch);
/* The object's contents into `out` (initialised here).  MIMEO_EINCOMPLETE where it is not held (a shallow
 * or partial clone), MIMEO_EFORGED where it is damaged or of another kind, MIMEO_EMALFORMED over `max`. */
int git_objects_read(struct buf *out, struct git_objects *g, mimeo_ctx *ctx, const struct git_id *id,
                     enum git_kind kind, size_t max);

/* libgit2 as we want it: no configuration of the machine or of a user, caps on what it maps. */
int git_library_init(mimeo_ctx *ctx);
/* The words of libgit2's last error, never NULL. */
const char *git_library_words(void);

#endif
