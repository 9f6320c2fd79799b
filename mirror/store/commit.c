/*
 * Committing a bundle (FORMAT.md section 8).  Every object is written and synced before a branch moves,
 * and a branch moves only from the commit that was seen before.  So a kill leaves objects that nobody
 * names, or a work tree behind its branch; the next run ends the one and overlooks the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/git_objects.h"
#include "store/store.h"
#include "store/writer.h"

#define LOCK "lock"
#define LOCK_SECONDS 10
#define GIT_LEVEL 1 /* of zlib, as libgit2 has it; it cannot read a loose object of level 0 */
#define EXCLUDE "# Pictures are on branch media.\nmedia/\n"

int writer_error(mimeo_ctx *ctx, const char *what)
{
    int why = errno; /* libgit2 leaves it, and sometimes nothing else */
    const char *words = git_library_words();
    if (why == ENOSPC || why == EDQUOT || strstr(words, "No space left") != NULL || strstr(words, "quota") != NULL)
        return ctx_error(ctx, MIMEO_EIO, "%s: the disk is full: make room and run it again", what);
    return ctx_error(ctx, MIMEO_EIO, "%s: %s", what, words);
}

int writer_tip(git_commit **out, struct mirror_writer *w, mimeo_ctx *ctx, const char *branch)
{
    git_oid id;
    int code = git_reference_name_to_id(&id, w->repo, branch);
    if (code == GIT_ENOTFOUND)
        return 0;
    if (code < 0 || git_commit_lookup(out, w->repo, &id) < 0)
        return writer_error(ctx, branch);
    return 1;
}

bool writer_message_seq(const git_commit *c, const char *word, uint64_t *seq)
{
    const char *message = git_commit_message_raw(c);
    struct view number;
    if (message == NULL)
        return false;
    struct cursor at = cursor_of(view_of_str(message));
    return cursor_skip(&at, word) && cursor_skip(&at, " ") && cursor_line(&at, &number) && at.left == 0 &&
           parse_decimal(number, LIMIT_SEQ, seq) && *seq > 0;
}

/* ---- opening ---- */

static int count_entry(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    size_t *others = payload;
    *others += strcmp(name, ".git") != 0;
    return 0;
}

/* A directory for a new mirror: fresh, empty, or left by an init that was killed. */
static int check_empty(mimeo_ctx *ctx, const char *path)
{
    size_t others = 0;
    int rc = dir_make(ctx, path, 0755);
    int fd = rc < 0 ? rc : dir_open(ctx, path);
    if (fd < 0)
        return fd;
    rc = dir_each(ctx, fd, 1000000, count_entry, &others);
    close(fd);
    if (rc == 0 && others > 0)
        rc = ctx_error(ctx, MIMEO_EEXISTS, "'%s' is not empty: name a new directory for the mirror", path);
    return rc;
}

int writer_configure(git_repository *repo, mimeo_ctx *ctx)
{
    git_config *config = NULL;
    /* No log of branches: it would keep names of erased commits.  Bundles are compressed: no deltas, and
     * little deflating when git serves. */
    bool good = git_repository_config(&config, repo) == 0 &&
                git_config_set_bool(config, "core.logAllRefUpdates", 0) == 0 &&
                git_config_set_bool(config, "core.autocrlf", 0) == 0 &&
                git_config_set_int32(config, "core.bigFileThreshold", 16384) == 0 && /* git heeds this one, */
                git_config_set_int32(config, "pack.windowMemory", 1) == 0 &&         /* libgit2 1.5 that one */
                git_config_set_int32(config, "core.compression", GIT_LEVEL) == 0;
    git_config_free(config);
    return good ? 0 : writer_error(ctx, "cannot write the configuration of the git repository");
}

static int create_repository(git_repository **out, mimeo_ctx *ctx, const char *path)
{
    git_repository_init_options o;
    git_commit *tip;
    int rc = check_empty(ctx, path);
    if (rc < 0)
        return rc;
    if (git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION) < 0)
        return writer_error(ctx, "cannot make a git repository");
    o.flags = GIT_REPOSITORY_INIT_MKDIR;
    o.initial_head = "main";
    if (git_repository_init_ext(out, path, &o) < 0)
        return writer_error(ctx, "cannot make a git repository");
    struct mirror_writer look = {.repo = *out};
    rc = writer_tip(&tip, &look, ctx, BRANCH_MAIN);
    if (rc == 1) {
        git_commit_free(tip);
        rc = ctx_error(ctx, MIMEO_EEXISTS, "'%s' has a git repository with commits: name a new directory", path);
    }
    if (rc == 0)
        rc = writer_configure(*out, ctx);
    return rc;
}

static int open_repository(git_repository **out, mimeo_ctx *ctx, const char *path)
{
    int code = git_repository_open_ext(out, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (code == GIT_ENOTFOUND)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' is no publisher's directory: 'mimeo init' makes one", path);
    if (code < 0)
        return writer_error(ctx, path);
    if (git_repository_is_bare(*out))
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a bare repository: publish in the publisher's own directory", path);
    return 0;
}

static int open_directories(struct mirror_writer *w, mimeo_ctx *ctx, const char *path)
{
    w->dir = dir_open(ctx, path);
    if (w->dir < 0)
        return w->dir;
    if (mkdirat(w->dir, ".git/mimeo", 0700) < 0 && errno != EEXIST)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot make '.git/mimeo' in '%s'", path);
    w->git_dir = dir_open_beneath(ctx, w->dir, ".git");
    if (w->git_dir < 0)
        return w->git_dir;
    w->private_dir = dir_open_beneath(ctx, w->git_dir, "mimeo");
    return w->private_dir < 0 ? w->private_dir : 0;
}

/* What is on branch main decides whether this is a mirror of ours, and how far it is. */
static int read_seq(struct mirror_writer *w, mimeo_ctx *ctx, const char *path)
{
    git_commit *tip;
    int rc = writer_tip(&tip, w, ctx, BRANCH_MAIN);
    if (rc <= 0)
        return rc;
    if (!writer_message_seq(tip, "bundle", &w->seq))
        rc = ctx_error(ctx, MIMEO_EMALFORMED,
                       "'%s' is a git repository, but its branch main is no mirror's: its newest commit is no 'bundle N'",
                       path);
    git_commit_free(tip);
    return rc < 0 ? rc : 0;
}

/* A publisher's clone of a mirror has the pictures on the remote's branch alone. */
static int adopt_media(struct mirror_writer *w, mimeo_ctx *ctx)
{
    git_oid id;
    git_reference *ref = NULL;
    if (git_reference_name_to_id(&id, w->repo, BRANCH_MEDIA) == 0 ||
        git_reference_name_to_id(&id, w->repo, "refs/remotes/origin/media") != 0)
        return 0;
    int rc = git_reference_create(&ref, w->repo, BRANCH_MEDIA, &id, 0, NULL) < 0 ? writer_error(ctx, BRANCH_MEDIA) : 0;
    git_reference_free(ref);
    return rc;
}

/* Git must not see the pictures, which are on a branch of their own. */
static int write_exclude(mimeo_ctx *ctx, int git_dir)
{
    struct file_bytes f = {{NULL, 0}, NULL, NULL};
    int info = mkdirat(git_dir, "info", 0755) < 0 && errno != EEXIST
                   ? ctx_error_errno(ctx, MIMEO_EIO, "cannot make '.git/info'")
                   : dir_open_beneath(ctx, git_dir, "info");
    if (info < 0)
        return info;
    int rc = file_load_at(&f, ctx, info, "exclude", 64 * KIB, false);
    bool same = rc == 0 && view_equal(f.view, VIEW_OF_LITERAL(EXCLUDE));
    file_unload(&f);
    rc = dir_remove_stale(ctx, info);
    if (rc == 0 && !same)
        rc = file_write_atomic(ctx, info, "exclude", VIEW_OF_LITERAL(EXCLUDE), 0644);
    close(info);
    return rc;
}

struct leftovers {
    mimeo_ctx *ctx;
    int dir;
    bool (*is_leftover)(const char *name);
};

/* What libgit2 was writing when it was killed: it takes the same names again in a process forked from the same parent,
 * and fails on them. */
static bool is_temporary(const char *name)
{
    return strncmp(name, "tmp_", 4) == 0 || strncmp(name, "pack_git2_", 10) == 0;
}

static bool is_lock(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".lock") == 0;
}

static int remove_leftover(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    const struct leftovers *l = payload;
    return l->is_leftover(name) ? file_remove(l->ctx, l->dir, name) : 0;
}

int writer_sweep(mimeo_ctx *ctx, int git_dir)
{
    static const char *const locks[] = {"index.lock", "HEAD.lock", "packed-refs.lock", "config.lock"};
    static const struct {
        const char *where;
        bool (*is_leftover)(const char *name);
    } places[] = {{"refs/heads", is_lock}, {"refs/tags", is_lock}, {"objects", is_temporary}, {"objects/pack", is_temporary}};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(locks) / sizeof(locks[0]); i++)
        rc = file_remove(ctx, git_dir, locks[i]);
    for (size_t i = 0; rc == 0 && i < sizeof(places) / sizeof(places[0]); i++) {
        struct leftovers l = {ctx, dir_open_beneath(ctx, git_dir, places[i].where), places[i].is_leftover};
        rc = l.dir < 0 ? (l.dir == MIMEO_ENOTFOUND ? 0 : l.dir) : dir_each(ctx, l.dir, SIZE_MAX, remove_leftover, &l);
        if (l.dir >= 0)
            close(l.dir);
    }
    return rc;
}

/* With the lock held: what a killed run left behind. */
static int recover(struct mirror_writer *w, mimeo_ctx *ctx)
{
    int rc = writer_sweep(ctx, w->git_dir);
    if (rc == 0)
        rc = write_exclude(ctx, w->git_dir);
    if (rc == 0)
        rc = dir_remove_stale(ctx, w->private_dir);
    if (rc == 0)
        rc = dir_remove_stale(ctx, w->dir);
    if (rc == 0)
        rc = adopt_media(w, ctx);
    return rc == 0 ? writer_checkout(w, ctx) : rc;
}

int mirror_writer_open(struct mirror_writer **out, mimeo_ctx *ctx, const char *path, bool create)
{
    int rc = git_library_init(ctx);
    struct mirror_writer *w = calloc(1, sizeof(*w));
    if (w == NULL)
        return rc < 0 ? rc : ctx_error_nomem(ctx);
    w->dir = w->git_dir = w->private_dir = w->lock = -1;
    if (rc == 0)
        rc = create ? create_repository(&w->repo, ctx, path) : open_repository(&w->repo, ctx, path);
    if (rc == 0)
        rc = read_seq(w, ctx, path);
    if (rc == 0)
        rc = open_directories(w, ctx, path);
    if (rc == 0)
        rc = file_lock(&w->lock, ctx, w->private_dir, LOCK, LOCK_SECONDS);
    if (rc == 0)
        rc = read_seq(w, ctx, path); /* again: another run may have ended while we waited */
    if (rc == 0)
        rc = recover(w, ctx);
    if (rc < 0) {
        mirror_writer_close(w);
        return rc;
    }
    *out = w;
    return 0;
}

void mirror_writer_close(struct mirror_writer *w)
{
    if (w == NULL)
        return;
    git_repository_free(w->repo);
    if (w->lock >= 0)
        file_unlock(w->lock);
    if (w->private_dir >= 0)
        close(w->private_dir);
    if (w->git_dir >= 0)
        close(w->git_dir);
    if (w->dir >= 0)
        close(w->dir);
    free(w);
}

int mirror_writer_dir(const struct mirror_writer *w)
{
    return w->dir;
}

int mirror_writer_private_dir(const struct mirror_writer *w)
{
    return w->private_dir;
}

uint64_t mirror_writer_seq(const struct mirror_writer *w)
{
    return w->seq;
}

void mirror_writer_cut(struct mirror_writer *w, uint64_t last_good)
{
    w->last_good = last_good;
}

/* ---- committing ---- */

/* Blobs of the new files, and the tree that follows from `before` (NULL: none). */
int writer_write_tree(git_oid *out, struct mirror_writer *w, mimeo_ctx *ctx, git_tree *before,
                      const struct commit_plan *plan)
{
    git_tree_update *updates = calloc(plan->count + plan->staged_count + 1, sizeof(*updates));
    int rc = updates == NULL ? ctx_error_nomem(ctx) : 0;
    size_t n = 0;
    for (size_t i = 0; rc == 0 && i < plan->staged_count; i++)
        updates[n++] = (git_tree_update){.action = GIT_TREE_UPDATE_UPSERT, .filemode = GIT_FILEMODE_BLOB,
                                         .path = plan->staged[i].name, .id = plan->staged[i].id};
    for (size_t i = 0; rc == 0 && i < plan->count; i++) {
        const struct mirror_file *f = &plan->files[i];
        git_tree_entry *old = NULL;
        git_tree_update u = {.action = GIT_TREE_UPDATE_UPSERT, .filemode = GIT_FILEMODE_BLOB, .path = f->name};
        if (f->bytes.ptr == NULL) {
            u.action = GIT_TREE_UPDATE_REMOVE;
            if (before == NULL || git_tree_entry_bypath(&old, before, f->name) < 0)
                continue; /* gone already */
            git_tree_entry_free(old);
        } else if (git_blob_create_from_buffer(&u.id, w->repo, f->bytes.ptr, f->bytes.len) < 0) {
            rc = writer_error(ctx, "cannot write to the git repository");
        }
        updates[n++] = u;
    }
    /* A first tree is made from the empty one. */
    if (rc == 0 && git_tree_create_updated(out, w->repo, before, n, updates) < 0)
        rc = writer_error(ctx, "cannot write to the git repository");
    free(updates);
    return rc;
}

int writer_write_commit(git_oid *out, struct mirror_writer *w, mimeo_ctx *ctx, const git_oid *tree_id,
                        git_commit *parent, const struct commit_plan *plan)
{
    git_signature *who = NULL;
    git_tree *tree = NULL;
    char message[64];
    const git_commit *parents[] = {parent};
    snprintf(message, sizeof(message), "%s %llu\n", plan->word, (unsigned long long)plan->seq);
    int rc = git_signature_new(&who, "mimeo", "mimeo@invalid", plan->time, 0) < 0 ||
                     git_tree_lookup(&tree, w->repo, tree_id) < 0 ||
                     git_commit_create(out, w->repo, NULL, who, who, NULL, message, tree, parent != NULL, parents) < 0
                 ? writer_error(ctx, "cannot write a commit")
                 : 0;
    git_tree_free(tree);
    git_signature_free(who);
    return rc;
}

/* A run that was killed between the two branches has moved this one already: go back one. */
static int step_back(git_commit **tip, mimeo_ctx *ctx, const struct commit_plan *plan)
{
    uint64_t seq;
    git_commit *parent = NULL;
    if (*tip == NULL || !writer_message_seq(*tip, plan->word, &seq) || seq < plan->seq)
        return 0;
    if (git_commit_parentcount(*tip) > 0 && git_commit_parent(&parent, *tip, 0) < 0)
        return writer_error(ctx, "cannot read a commit of our own");
    git_commit_free(*tip);
    *tip = parent;
    return 0;
}

/* What the plan follows: the branch as it is, or as it was after the last good bundle. */
static int go_back(git_commit **tip, git_tree **before, struct mirror_writer *w, mimeo_ctx *ctx,
                   const struct commit_plan *plan)
{
    if (w->last_good == 0)
        return step_back(tip, ctx, plan);
    if (strcmp(plan->branch, BRANCH_MEDIA) != 0)
        return 0; /* a new beginning whose files are all named: it may well follow the tip's tree */
    git_commit_free(*tip);
    *tip = NULL;
    int rc = writer_media_at(tip, before, w, ctx, w->last_good);
    return rc < 0 ? rc : 0;
}

static int move_branch(struct mirror_writer *w, mimeo_ctx *ctx, const char *branch, const git_oid *to,
                       const git_oid *from)
{
    git_reference *ref = NULL;
    int code = from == NULL ? git_reference_create(&ref, w->repo, branch, to, 0, NULL)
                            : git_reference_create_matching(&ref, w->repo, branch, to, 1, from, NULL);
    git_reference_free(ref);
    if (code == GIT_EMODIFIED || code == GIT_EEXISTS)
        return ctx_error(ctx, MIMEO_ECONFLICT, "%s moved while we worked: something else writes to this directory",
                         branch);
    return code < 0 ? writer_error(ctx, branch) : 0;
}

/* The commit that the plan asks for, written; *from is where the branch stands (zero: nowhere). */
static int prepare(git_oid *out, git_oid *from, struct mirror_writer *w, mimeo_ctx *ctx,
                   const struct commit_plan *plan)
{
    git_commit *tip = NULL;
    git_tree *before = NULL;
    git_oid tree;
    memset(from, 0, sizeof(*from));
    int rc = writer_tip(&tip, w, ctx, plan->branch);
    if (rc == 1) {
        *from = *git_commit_id(tip);
        rc = go_back(&tip, &before, w, ctx, plan);
    }
    if (rc == 0 && tip != NULL && before == NULL && git_commit_tree(&before, tip) < 0)
        rc = writer_error(ctx, "cannot read a tree of our own");
    if (rc == 0)
        rc = writer_write_tree(&tree, w, ctx, before, plan);
    if (rc == 0)
        rc = writer_write_commit(out, w, ctx, &tree, plan->orphan ? NULL : tip, plan);
    git_tree_free(before);
    git_commit_free(tip);
    return rc;
}

static int move_to(struct mirror_writer *w, mimeo_ctx *ctx, const char *branch, const git_oid *to,
                   const git_oid *from)
{
    if (git_oid_equal(to, from))
        return 0;
    return move_branch(w, ctx, branch, to, git_oid_is_zero(from) ? NULL : from);
}

int writer_tag(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t seq, const git_oid *commit)
{
    char name[64];
    git_reference *ref = NULL;
    if (seq % TAG_EACH != 0)
        return 0;
    snprintf(name, sizeof(name), "refs/tags/b%llu", (unsigned long long)seq);
    int rc = git_reference_create(&ref, w->repo, name, commit, 1, NULL) < 0 ? writer_error(ctx, name) : 0;
    git_reference_free(ref);
    return rc;
}

static bool removes_any(const struct mirror_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (files[i].bytes.ptr == NULL)
            return true;
    return false;
}

int mirror_writer_commit(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t seq, int64_t time,
                         bool orphan, const struct mirror_file *changed, size_t changed_count,
                         const struct mirror_file *media, size_t media_count)
{
    struct commit_plan pictures = {BRANCH_MEDIA, "media", seq, time, removes_any(media, media_count), media,
                                   media_count, NULL, 0};
    struct commit_plan bundle = {BRANCH_MAIN, "bundle", seq, time, orphan, changed, changed_count, NULL, 0};
    git_oid media_id, media_from, main_id, main_from;
    int rc = 0;
    if (media_count > 0)
        rc = prepare(&media_id, &media_from, w, ctx, &pictures);
    if (rc == 0)
        rc = prepare(&main_id, &main_from, w, ctx, &bundle);
    if (rc == 0 && media_count > 0)
        rc = move_to(w, ctx, BRANCH_MEDIA, &media_id, &media_from);
    else if (rc == 0 && w->last_good > 0)
        rc = writer_media_back(w, ctx, w->last_good, time);
    if (rc == 0)
        rc = writer_tag(w, ctx, seq, &main_id);
    if (rc == 0)
        rc = move_to(w, ctx, BRANCH_MAIN, &main_id, &main_from);
    if (rc < 0)
        return rc;
    w->seq = seq;
    w->last_good = 0;
    rc = writer_checkout(w, ctx);
    if (rc == 0 && orphan && seq > 1)
        rc = writer_forget_unreachable(w, ctx);
    return rc;
}
