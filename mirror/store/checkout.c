/*
 * The work tree follows the branches.  What a reader would get wrong: the files are never compared
 * with what is on the disk; what differs between the commit that was checked out last and the tip is
 * written, "head" last of all, and then the tip is remembered.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"
#include "store/writer.h"

/* Where "checked out up to here" is kept, in .git/mimeo. */
#define MARK_MAIN "at-main"
#define MARK_MEDIA "at-media"

struct follow {
    struct mirror_writer *w;
    mimeo_ctx *ctx;
    git_index *index; /* NULL for media, which the index does not have */
};

/* ---- marks ---- */

/* 1 and *out, 0 where there is none that can be used: then everything is written again. */
static int read_mark(git_oid *out, struct mirror_writer *w, mimeo_ctx *ctx, const char *mark)
{
    struct file_bytes f;
    int rc = file_load_at(&f, ctx, w->private_dir, mark, 64, false);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    uint8_t id[GIT_OID_RAWSZ];
    bool good = f.view.len >= 2 * GIT_OID_RAWSZ && parse_hex(view_of(f.view.ptr, 2 * GIT_OID_RAWSZ), id, GIT_OID_RAWSZ);
    file_unload(&f);
    if (good)
        memcpy(out->id, id, GIT_OID_RAWSZ);
    return good;
}

static int write_mark(struct mirror_writer *w, mimeo_ctx *ctx, const char *mark, const git_oid *id)
{
    char line[GIT_OID_HEXSZ + 1];
    format_hex(line, id->id, GIT_OID_RAWSZ);
    line[GIT_OID_HEXSZ] = '\n';
    return file_write_atomic(ctx, w->private_dir, mark, view_of(line, sizeof(line)), 0600);
}

/* ---- files ---- */

static void remove_empty_parents(int dir, const char *path)
{
    char at[STORE_NAME_MAX];
    if (strlen(path) >= sizeof(at))
        return;
    strcpy(at, path);
    for (char *slash = strrchr(at, '/'); slash != NULL; slash = strrchr(at, '/')) {
        *slash = '\0';
        if (unlinkat(dir, at, AT_REMOVEDIR) < 0)
            return;
    }
}

static int remove_file(struct follow *f, const char *path)
{
    int rc = file_remove(f->ctx, f->w->dir, path);
    if (rc < 0)
        return rc;
    remove_empty_parents(f->w->dir, path);
    if (f->index != NULL)
        git_index_remove(f->index, path, 0);
    return 0;
}

/* With the file's times and size, so that git need not read it again to find it unchanged. */
static int index_file(struct follow *f, const char *path, const git_oid *id)
{
    struct stat st;
    git_index_entry e = {.mode = GIT_FILEMODE_BLOB, .path = path, .id = *id};
    if (f->index == NULL)
        return 0;
    if (fstatat(f->w->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        e.ctime = (git_index_time){(int32_t)st.st_ctim.tv_sec, (uint32_t)st.st_ctim.tv_nsec};
        e.mtime = (git_index_time){(int32_t)st.st_mtim.tv_sec, (uint32_t)st.st_mtim.tv_nsec};
        e.dev = (uint32_t)st.st_dev;
        e.ino = (uint32_t)st.st_ino;
        e.uid = st.st_uid;
        e.gid = st.st_gid;
        e.file_size = (uint32_t)st.st_size;
    }
    return git_index_add(f->index, &e) < 0 ? writer_error(f->ctx, "cannot change the index") : 0;
}

/* What a run that was killed while it wrote this file left beside it. */
static int remove_stale_beside(struct follow *f, const char *path)
{
    char parent[STORE_NAME_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || (size_t)(slash - path) >= sizeof(parent))
        return 0;
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = '\0';
    int dir = dir_open_beneath(f->ctx, f->w->dir, parent);
    if (dir < 0)
        return dir == MIMEO_ENOTFOUND ? 0 : dir;
    int rc = dir_remove_stale(f->ctx, dir);
    close(dir);
    return rc;
}

static int write_file(struct follow *f, const char *path, const git_oid *id)
{
    git_blob *blob;
    int rc = remove_stale_beside(f, path);
    if (rc < 0)
        return rc;
    if (git_blob_lookup(&blob, f->w->repo, id) < 0)
        return writer_error(f->ctx, "cannot read an object of our own");
    struct view bytes = view_of(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
    rc = file_write_atomic(f->ctx, f->w->dir, path, bytes, 0644);
    git_blob_free(blob);
    return rc == 0 ? index_file(f, path, id) : rc;
}

static int apply(struct follow *f, const git_diff_delta *d)
{
    return d->status == GIT_DELTA_DELETED ? remove_file(f, d->old_file.path)
                                          : write_file(f, d->new_file.path, &d->new_file.id);
}

enum rank { RANK_CHARTER, RANK_OTHER, RANK_HEAD, RANKS };

static enum rank rank_of(const char *path)
{
    return strcmp(path, "head") == 0 ? RANK_HEAD : strncmp(path, "charter/", 8) == 0 ? RANK_CHARTER : RANK_OTHER;
}

/* Charters first, so that no bundle stands there that names one which does not; "head" last. */
static int apply_all(struct follow *f, git_diff *diff)
{
    int rc = 0;
    for (int rank = 0; rank < RANKS; rank++)
        for (size_t i = 0; rc == 0 && i < git_diff_num_deltas(diff); i++) {
            const git_diff_delta *d = git_diff_get_delta(diff, i);
            if (rank_of(d->new_file.path) == (enum rank)rank)
                rc = apply(f, d);
        }
    return rc;
}

/* ---- one branch ---- */

static int tree_of(git_tree **out, struct mirror_writer *w, const git_oid *commit)
{
    git_commit *c;
    if (git_commit_lookup(&c, w->repo, commit) < 0)
        return -1;
    int rc = git_commit_tree(out, c);
    git_commit_free(c);
    return rc;
}

static int follow_branch(struct follow *f, const char *branch, const char *mark)
{
    struct mirror_writer *w = f->w;
    git_oid tip, at;
    git_tree *before = NULL, *after = NULL;
    git_diff *diff = NULL;
    int code = git_reference_name_to_id(&tip, w->repo, branch);
    bool gone = code == GIT_ENOTFOUND;
    if (code < 0 && !gone)
        return writer_error(f->ctx, branch);
    int marked = read_mark(&at, w, f->ctx, mark);
    if (marked < 0 || (gone ? marked == 0 : marked == 1 && git_oid_equal(&at, &tip)))
        return marked < 0 ? marked : 0;
    if (marked == 1 && tree_of(&before, w, &at) < 0)
        before = NULL; /* an erasure made it unreachable, and it is gone: write all */
    /* A branch that is gone, after a cut, leaves no file behind. */
    int rc = (!gone && tree_of(&after, w, &tip) < 0) || git_diff_tree_to_tree(&diff, w->repo, before, after, NULL) < 0
                 ? writer_error(f->ctx, "cannot compare two commits")
                 : apply_all(f, diff);
    if (rc == 0 && f->index != NULL && git_index_write(f->index) < 0)
        rc = writer_error(f->ctx, "cannot write the index");
    if (rc == 0)
        rc = gone ? file_remove(f->ctx, w->private_dir, mark) : write_mark(w, f->ctx, mark, &tip);
    git_diff_free(diff);
    git_tree_free(before);
    git_tree_free(after);
    return rc;
}

/* A damaged index is thrown away: git makes its own again from the files. */
static int open_index(git_index **out, struct mirror_writer *w, mimeo_ctx *ctx)
{
    if (git_repository_index(out, w->repo) == 0)
        return 0;
    int rc = file_remove(ctx, w->git_dir, "index");
    if (rc == 0)
        rc = file_remove(ctx, w->private_dir, MARK_MAIN);
    if (rc == 0 && git_repository_index(out, w->repo) < 0)
        rc = writer_error(ctx, "cannot open the index");
    return rc;
}

int writer_checkout(struct mirror_writer *w, mimeo_ctx *ctx)
{
    struct follow media = {w, ctx, NULL}, main_branch = {w, ctx, NULL};
    int rc = follow_branch(&media, BRANCH_MEDIA, MARK_MEDIA);
    if (rc == 0)
        rc = open_index(&main_branch.index, w, ctx);
    if (rc == 0)
        rc = follow_branch(&main_branch, BRANCH_MAIN, MARK_MAIN);
    git_index_free(main_branch.index);
    return rc;
}
