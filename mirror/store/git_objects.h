/*
 * Reading the objects of a git repository that a stranger may have made.  No configuration, hook,
 * alternate or reference of it is followed: a branch is a file with 40 digits, an object is found by
 * its id and read under a cap.  What it says is believed by nobody: the layers above verify.
 */
#ifndef STORE_GIT_OBJECTS_H
#define STORE_GIT_OBJECTS_H

#include "base/bytes.h"
#include "base/context.h"
#include "base/limits.h"

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

/* An entry of a tree, read raw: a name may be anything, also what git would refuse to check out. */
#define GIT_MODE_FILE 0100644
#define GIT_MODE_TREE 040000
#define GIT_MODE_LINK 0120000
#define GIT_MODE_COMMIT 0160000
#define GIT_TREE_MAX (4 * MIB) /* 40,000 pictures of one bundle; a tree of a million names is no mirror's */
#define GIT_COMMIT_MAX (64 * KIB)
struct git_entry {
    unsigned mode;
    struct view name; /* borrowed from the tree */
    struct git_id id;
};
/* False at the end (nothing is left) and at damage (something is). */
bool git_tree_next(struct cursor *c, struct git_entry *out);
/* The tree of a commit, from its bytes.  False where they are no commit. */
bool git_commit_root(struct view commit, struct git_id *out);

/* libgit2 as we want it: no configuration of the machine or of a user, caps on what it maps. */
int git_library_init(mimeo_ctx *ctx);
/* The words of libgit2's last error, never NULL. */
const char *git_library_words(void);

#endif
