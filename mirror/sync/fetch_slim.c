/*
 * Keeping of the scratch repository what the next fetch is judged by: commits, so that it knows what is older and what
 * is new, and the trees of the newest, so that what they share with the next ones is there.
 *
 * What a reader would get wrong: the order.  The new pack is in place and synced, then refs/kept/ says that this is taken,
 * and only then the other packs go; a kill between any two leaves more than is needed, never less.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "sync/fetch_git.h"

struct slimming {
    mimeo_ctx *ctx;
    struct scratch scratch;
    git_packbuilder *pack;
    struct git_id tips[2];
    bool has[2];
};

static int insert(struct slimming *s, const git_oid *id)
{
    size_t n = git_packbuilder_object_count(s->pack);
    if (n % 1000 == 0)
        ctx_progress(s->ctx, "tidying up", n, 0, "objects");
    return git_packbuilder_insert(s->pack, id, NULL) < 0 ? scratch_error(s->ctx, "cannot pack what is kept") : 0;
}

static int insert_tree(const struct git_id *tree, void *payload)
{
    git_oid id;
    memcpy(id.id, tree->bytes, GIT_ID_LEN);
    return insert(payload, &id);
}

static int insert_commits(struct slimming *s)
{
    git_revwalk *walk = NULL;
    git_oid id;
    int code = git_revwalk_new(&walk, s->scratch.repo);
    for (size_t i = 0; code == 0 && i < 2; i++)
        if (s->has[i]) {
            memcpy(id.id, s->tips[i].bytes, GIT_ID_LEN);
            code = git_revwalk_push(walk, &id);
        }
    int rc = code < 0 ? scratch_error(s->ctx, "cannot walk the history") : 0;
    while (rc == 0 && (code = git_revwalk_next(&id, walk)) == 0)
        rc = insert(s, &id);
    if (rc == 0 && code != GIT_ITEROVER)
        rc = scratch_error(s->ctx, "cannot walk the history");
    git_revwalk_free(walk);
    return rc;
}

static int on_pack(int stage, uint32_t done, uint32_t total, void *payload)
{
    (void)stage;
    ctx_progress(payload, "tidying up", done, total, "objects");
    return 0;
}

static int fill(struct slimming *s)
{
    int rc = git_packbuilder_new(&s->pack, s->scratch.repo) < 0 ? scratch_error(s->ctx, "cannot pack what is kept") : 0;
    if (rc == 0)
        git_packbuilder_set_callbacks(s->pack, on_pack, s->ctx);
    if (rc == 0)
        rc = insert_commits(s);
    for (size_t i = 0; rc == 0 && i < 2; i++)
        if (s->has[i])
            rc = scratch_each_tree(&s->scratch, s->ctx, &s->tips[i], insert_tree, s);
    return rc;
}

/* The one pack, in place and synced. */
static int write_pack(struct slimming *s, char name[GIT_OID_HEXSZ + 1])
{
    name[0] = '\0';
    int rc = fill(s);
    if (rc == 0 && git_packbuilder_object_count(s->pack) > 0) {
        if (git_packbuilder_write(s->pack, NULL, 0, NULL, NULL) < 0)
            rc = scratch_error(s->ctx, "cannot write the pack of what is kept");
        else
            snprintf(name, GIT_OID_HEXSZ + 1, "%s", git_packbuilder_name(s->pack));
    }
    git_packbuilder_free(s->pack);
    return rc;
}

static int set_refs(struct slimming *s, enum scratch_ref kind)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < 2; i++)
        rc = scratch_set(&s->scratch, s->ctx, kind, scratch_branches[i], s->has[i] ? &s->tips[i] : NULL);
    return rc;
}

/* What the references of kind `from` name becomes all that there is, and those of kind `to` name it too. */
static int slim(mimeo_ctx *ctx, const char *git_dir, enum scratch_ref from, enum scratch_ref to)
{
    struct slimming s = {.ctx = ctx};
    char name[GIT_OID_HEXSZ + 1];
    int rc = scratch_open(&s.scratch, ctx, git_dir, false);
    if (rc < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < 2; i++) {
        rc = scratch_get(&s.tips[i], &s.scratch, ctx, from, scratch_branches[i]);
        s.has[i] = rc == 0;
        rc = rc == MIMEO_ENOTFOUND ? 0 : rc;
    }
    if (rc == 0)
        rc = write_pack(&s, name);
    if (rc == 0)
        rc = set_refs(&s, to);
    if (rc == 0)
        rc = scratch_remove_packs(&s.scratch, ctx, name);
    scratch_close(&s.scratch);
    return rc;
}

int fetch_slim_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct fetch_job *job = payload;
    (void)out;
    return slim(ctx, job->git_dir, SCRATCH_HEAD, SCRATCH_KEPT);
}

int fetch_undo_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct fetch_job *job = payload;
    (void)out;
    return slim(ctx, job->git_dir, SCRATCH_KEPT, SCRATCH_HEAD);
}
