/*
 * Making a bare repository.  What a reader would get wrong: the branches as they are on the disk trail
 * behind `tips`, which name commits that may still be in memory.
 */
#include "store/bare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/git_calls.h"
#include "store/git_objects.h"
#include "store/memory_objects.h"
#include "store/store.h"
#include "store/writer.h"

#define LOCK "mimeo-lock"
#define LOCK_SECONDS 10
#define MEDIA_MARK "mimeo-media" /* "<seq>\n" */
#define FLUSH_BYTES (16 * MIB)
#define FLUSH_OBJECTS_EACH 1000 /* commits */

static const char *const branch_refs[] = {BRANCH_MAIN, BRANCH_MEDIA};
static const char *const branch_words[] = {"bundle", "media"};

struct tag_to_come {
    uint64_t seq;
    git_oid commit;
};

struct bare {
    struct mirror_writer writer;
    char *path;
    struct memory_objects *memory;
    git_oid tips[2];
    uint64_t seqs[2];
    struct {
        struct staged_file *items;
        size_t count, cap;
    } staged[2];
    struct tag_to_come tags[FLUSH_OBJECTS_EACH / TAG_EACH + 1];
    size_t tag_count;
    unsigned commits; /* since the last pack */
};

/* ---- opening ---- */

static int open_repository(struct bare *b, mimeo_ctx *ctx)
{
    git_repository_init_options o;
    struct stat st;
    git_repository **repo = &b->writer.repo;
    char *objects = path_join(b->path, "objects");
    bool there = objects != NULL && stat(objects, &st) == 0;
    free(objects);
    if (there && git_repository_open_ext(repo, b->path, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL) == 0)
        return 0;
    if (git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION) < 0)
        return writer_error(ctx, "cannot make a git repository");
    o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
    o.initial_head = "main";
    if (git_repository_init_ext(repo, b->path, &o) < 0)
        return writer_error(ctx, "cannot make a git repository");
    return writer_configure(*repo, ctx);
}

/* Objects are found in packs and in memory, nowhere else: no alternates, no loose ones. */
static int open_objects(struct bare *b, mimeo_ctx *ctx)
{
    git_odb *odb = NULL;
    git_odb_backend *packs = NULL;
    char *objects = path_join(b->path, "objects");
    int rc = objects == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0 && (git_odb_new(&odb) < 0 || git_odb_backend_pack(&packs, objects) < 0 ||
                    git_odb_add_backend(odb, packs, 1) < 0 || memory_objects_add_to(&b->memory, odb, 2) < 0 ||
                    git_repository_set_odb(b->writer.repo, odb) < 0))
        rc = writer_error(ctx, "cannot open the git repository");
    git_odb_free(odb); /* the repository has its own hold of it */
    free(objects);
    return rc;
}

/* With the lock held: what a killed run left behind. */
static int recover(struct bare *b, mimeo_ctx *ctx)
{
    int rc = writer_sweep(ctx, b->writer.git_dir);
    return rc == 0 ? dir_remove_stale(ctx, b->writer.git_dir) : rc;
}

/* A branch that is none of ours, or names what is not there, is as good as none: all is made again. */
static int read_tips(struct bare *b, mimeo_ctx *ctx)
{
    int rc = 0;
    for (int i = 0; rc >= 0 && i < 2; i++) {
        git_commit *tip = NULL;
        git_tree *tree = NULL;
        rc = writer_tip(&tip, &b->writer, ctx, branch_refs[i]);
        bool good = rc == 1 && writer_message_seq(tip, branch_words[i], &b->seqs[i]) && git_commit_tree(&tree, tip) == 0;
        if (good)
            b->tips[i] = *git_commit_id(tip);
        git_tree_free(tree);
        git_commit_free(tip);
        if (rc != 0 && !good) {
            b->seqs[0] = b->seqs[1] = 0;
            return bare_forget(b, ctx);
        }
    }
    return 0;
}

int bare_open(struct bare **out, mimeo_ctx *ctx, const char *path)
{
    int rc = git_library_init(ctx);
    struct bare *b = calloc(1, sizeof(*b));
    if (rc < 0 || b == NULL) {
        free(b);
        return rc < 0 ? rc : ctx_error_nomem(ctx);
    }
    struct mirror_writer *w = &b->writer;
    w->dir = w->git_dir = w->private_dir = w->lock = -1;
    b->path = strdup(path);
    rc = b->path == NULL ? ctx_error_nomem(ctx) : dir_make(ctx, path, 0700);
    if (rc == 0)
        rc = w->git_dir = dir_open(ctx, path);
    if (rc >= 0)
        rc = file_lock(&w->lock, ctx, w->git_dir, LOCK, LOCK_SECONDS);
    if (rc == 0)
        rc = open_repository(b, ctx);
    if (rc == 0)
        rc = recover(b, ctx);
    if (rc == 0)
        rc = open_objects(b, ctx);
    if (rc == 0)
        rc = read_tips(b, ctx);
    if (rc < 0) {
        bare_close(b);
        return rc;
    }
    *out = b;
    return 0;
}

static void unstage(struct bare *b, enum bare_branch branch)
{
    for (size_t i = 0; i < b->staged[branch].count; i++)
        free(b->staged[branch].items[i].name);
    b->staged[branch].count = 0;
}

void bare_close(struct bare *b)
{
    if (b == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        unstage(b, (enum bare_branch)i);
        free(b->staged[i].items);
    }
    git_repository_free(b->writer.repo);
    if (b->writer.lock >= 0)
        file_unlock(b->writer.lock);
    if (b->writer.git_dir >= 0)
        close(b->writer.git_dir);
    free(b->path);
    free(b);
}

/* ---- what is there ---- */

uint64_t bare_seq(const struct bare *b, enum bare_branch branch)
{
    return b->seqs[branch];
}

int bare_get_head(struct buf *out, struct bare *b, mimeo_ctx *ctx)
{
    git_commit *tip = NULL;
    git_tree *tree = NULL;
    git_tree_entry *entry = NULL;
    git_blob *blob = NULL;
    if (b->seqs[BARE_MAIN] == 0)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "the git repository is empty");
    int rc = git_commit_lookup(&tip, b->writer.repo, &b->tips[BARE_MAIN]) < 0 || git_commit_tree(&tree, tip) < 0 ||
                     git_tree_entry_bypath(&entry, tree, "head") < 0 ||
                     git_blob_lookup(&blob, b->writer.repo, git_tree_entry_id(entry)) < 0
                 ? writer_error(ctx, "cannot read the git repository")
                 : 0;
    if (rc == 0) {
        buf_init(out, LIMIT_HEADER);
        rc = buf_append(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
        if (rc < 0) {
            buf_dispose(out);
            rc = ctx_error(ctx, rc, "the git repository's head is no mirror's");
        }
    }
    git_blob_free(blob);
    git_tree_entry_free(entry);
    git_tree_free(tree);
    git_commit_free(tip);
    return rc;
}

int bare_get_media_mark(uint64_t *seq, struct bare *b, mimeo_ctx *ctx)
{
    struct file_bytes f;
    int rc = file_load_at(&f, ctx, b->writer.git_dir, MEDIA_MARK, 32, false);
    if (rc < 0 && rc != MIMEO_ENOTFOUND)
        return rc;
    *seq = 0;
    if (rc == MIMEO_ENOTFOUND)
        return 0;
    if (f.view.len > 1)
        parse_decimal(view_of(f.view.ptr, f.view.len - 1), LIMIT_SEQ, seq);
    file_unload(&f);
    return 0;
}

int bare_set_media_mark(struct bare *b, mimeo_ctx *ctx, uint64_t seq)
{
    struct buf line;
    buf_init(&line, 32);
    int rc = buf_appendf(&line, "%llu\n", (unsigned long long)seq) < 0
                 ? ctx_error_nomem(ctx)
                 : file_write_atomic(ctx, b->writer.git_dir, MEDIA_MARK, buf_view(&line), 0600);
    buf_dispose(&line);
    return rc;
}

/* ---- writing ---- */

struct inserting {
    mimeo_ctx *ctx;
    git_packbuilder *packs;
};

static int insert(const git_oid *id, void *payload)
{
    struct inserting *i = payload;
    return git_packbuilder_insert(i->packs, id, NULL) < 0 ? writer_error(i->ctx, "cannot pack an object") : 0;
}

static int write_memory(struct bare *b, mimeo_ctx *ctx)
{
    struct inserting i = {ctx, NULL};
    char name[GIT_OID_HEXSZ + 1];
    if (memory_objects_bytes(b->memory) == 0)
        return 0;
    int rc = git_packbuilder_new(&i.packs, b->writer.repo) < 0 ? writer_error(ctx, "cannot make a pack") : 0;
    if (rc == 0)
        rc = memory_objects_each(b->memory, insert, &i);
    if (rc == 0)
        rc = writer_write_pack(&b->writer, ctx, i.packs, name);
    git_packbuilder_free(i.packs);
    if (rc == 0)
        memory_objects_clear(b->memory);
    return rc;
}

static int move_branch(struct bare *b, mimeo_ctx *ctx, enum bare_branch branch)
{
    git_reference *ref = NULL;
    if (b->seqs[branch] == 0)
        return 0;
    int code = git_reference_create(&ref, b->writer.repo, branch_refs[branch], &b->tips[branch], 1, NULL);
    git_reference_free(ref);
    return code < 0 ? writer_error(ctx, branch_refs[branch]) : 0;
}

/* Pack, then branches and tags: in this order none of them ever names what is not there. */
int bare_flush(struct bare *b, mimeo_ctx *ctx)
{
    int rc = write_memory(b, ctx);
    for (size_t i = 0; rc == 0 && i < b->tag_count; i++)
        rc = writer_tag(&b->writer, ctx, b->tags[i].seq, &b->tags[i].commit);
    if (rc == 0)
        rc = move_branch(b, ctx, BARE_MEDIA);
    if (rc == 0)
        rc = move_branch(b, ctx, BARE_MAIN);
    if (rc == 0)
        b->tag_count = b->commits = 0;
    return rc;
}

int bare_forget(struct bare *b, mimeo_ctx *ctx)
{
    int rc = 0;
    for (int i = 0; rc == 0 && i < 2; i++) {
        int code = git_reference_remove(b->writer.repo, branch_refs[i]);
        rc = code < 0 && code != GIT_ENOTFOUND ? writer_error(ctx, branch_refs[i]) : 0;
        unstage(b, (enum bare_branch)i);
        b->seqs[i] = 0;
    }
    if (rc == 0)
        rc = writer_remove_tags(&b->writer, ctx, 0);
    if (rc == 0)
        rc = file_remove(ctx, b->writer.git_dir, MEDIA_MARK);
    memory_objects_clear(b->memory);
    b->tag_count = b->commits = 0;
    return rc == 0 ? writer_remove_packs(&b->writer, ctx) : rc;
}

int bare_stage(struct bare *b, mimeo_ctx *ctx, enum bare_branch branch, const char *name, struct view bytes)
{
    if (b->staged[branch].count == b->staged[branch].cap) {
        size_t cap = b->staged[branch].cap == 0 ? 256 : 2 * b->staged[branch].cap;
        struct staged_file *items = realloc(b->staged[branch].items, cap * sizeof(*items));
        if (items == NULL)
            return ctx_error_nomem(ctx);
        b->staged[branch].items = items;
        b->staged[branch].cap = cap;
    }
    struct staged_file f = {strdup(name), {{0}}};
    if (f.name == NULL)
        return ctx_error_nomem(ctx);
    if (git_blob_create_from_buffer(&f.id, b->writer.repo, bytes.ptr, bytes.len) < 0) {
        free(f.name);
        return writer_error(ctx, "cannot write to the git repository");
    }
    b->staged[branch].items[b->staged[branch].count++] = f;
    return memory_objects_bytes(b->memory) >= FLUSH_BYTES ? write_memory(b, ctx) : 0;
}

static int make_commit(git_oid *out, struct bare *b, mimeo_ctx *ctx, enum bare_branch branch,
                       const struct commit_plan *plan)
{
    git_commit *tip = NULL;
    git_tree *before = NULL;
    git_oid tree;
    int rc = 0;
    if (b->seqs[branch] > 0 && (git_commit_lookup(&tip, b->writer.repo, &b->tips[branch]) < 0 ||
                                git_commit_tree(&before, tip) < 0))
        rc = writer_error(ctx, "cannot read a commit of our own");
    if (rc == 0)
        rc = writer_write_tree(&tree, &b->writer, ctx, before, plan);
    if (rc == 0)
        rc = writer_write_commit(out, &b->writer, ctx, &tree, plan->orphan ? NULL : tip, plan);
    git_tree_free(before);
    git_commit_free(tip);
    return rc;
}

int bare_commit(struct bare *b, mimeo_ctx *ctx, enum bare_branch branch, uint64_t seq, int64_t time, bool orphan,
                const struct mirror_file *files, size_t count)
{
    struct commit_plan plan = {.branch = branch_refs[branch],
                               .word = branch_words[branch],
                               .seq = seq,
                               .time = time,
                               .orphan = orphan,
                               .files = files,
                               .count = count,
                               .staged = b->staged[branch].items,
                               .staged_count = b->staged[branch].count};
    git_oid id;
    int rc = make_commit(&id, b, ctx, branch, &plan);
    if (rc < 0)
        return rc;
    unstage(b, branch);
    b->tips[branch] = id;
    b->seqs[branch] = seq;
    if (branch == BARE_MAIN && seq % TAG_EACH == 0)
        b->tags[b->tag_count++] = (struct tag_to_come){seq, id};
    b->commits++;
    bool full = memory_objects_bytes(b->memory) >= FLUSH_BYTES || b->commits >= FLUSH_OBJECTS_EACH;
    return full ? bare_flush(b, ctx) : 0;
}

int bare_finish(struct bare *b, mimeo_ctx *ctx)
{
    int rc = bare_flush(b, ctx);
    return rc == 0 ? writer_repack_many(&b->writer, ctx) : rc;
}
