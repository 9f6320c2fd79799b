/*
 * Branch media after a cut (FORMAT.md section 8): as it was after the last good bundle.  Its commits are those of
 * bundles that first cite pictures, so the one wanted is found by walking back; where an erasure beyond the cut made
 * a new beginning, none is left to find, and the pictures that stay are put into a commit of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "store/backend.h"
#include "store/writer.h"

/* ---- pictures beyond the cut ---- */

struct sieve {
    uint64_t last_good;
    uint64_t newest; /* of those that stay; 0: none does */
    git_tree_update *updates;
    size_t count, cap;
    bool no_memory;
};

static int sift(const char *root, const git_tree_entry *entry, void *payload)
{
    struct sieve *s = payload;
    char path[STORE_NAME_MAX];
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return 0;
    if ((size_t)snprintf(path, sizeof(path), "%s%s", root, git_tree_entry_name(entry)) >= sizeof(path))
        return 0;
    struct name n = name_read(path);
    if (n.kind == NAME_MEDIA && n.seq <= s->last_good) {
        s->newest = n.seq > s->newest ? n.seq : s->newest;
        return 0;
    }
    if (s->count == s->cap) {
        size_t cap = s->cap == 0 ? 64 : 2 * s->cap;
        git_tree_update *updates = realloc(s->updates, cap * sizeof(*updates));
        s->no_memory |= updates == NULL;
        if (updates == NULL)
            return -1;
        s->updates = updates;
        s->cap = cap;
    }
    char *copy = strdup(path);
    s->no_memory |= copy == NULL;
    if (copy == NULL)
        return -1;
    s->updates[s->count++] = (git_tree_update){.action = GIT_TREE_UPDATE_REMOVE, .path = copy};
    return 0;
}

static void sieve_dispose(struct sieve *s)
{
    for (size_t i = 0; i < s->count; i++)
        free((char *)(uintptr_t)s->updates[i].path);
    free(s->updates);
}

/* The tip's tree without what is beyond the cut: 1 and *out, 0 where nothing is left. */
static int left_over(git_tree **out, uint64_t *newest, struct mirror_writer *w, mimeo_ctx *ctx, const git_commit *tip,
                     uint64_t last_good)
{
    struct sieve s = {.last_good = last_good};
    git_tree *tree = NULL;
    git_oid id;
    int rc = git_commit_tree(&tree, tip) < 0 ? writer_error(ctx, "cannot read a tree of our own") : 0;
    if (rc == 0 && git_tree_walk(tree, GIT_TREEWALK_PRE, sift, &s) < 0)
        rc = s.no_memory ? ctx_error_nomem(ctx) : writer_error(ctx, "cannot read a tree of our own");
    if (rc == 0 && s.newest > 0) {
        if (git_tree_create_updated(&id, w->repo, tree, s.count, s.updates) < 0 ||
            git_tree_lookup(out, w->repo, &id) < 0)
            rc = writer_error(ctx, "cannot write to the git repository");
        *newest = s.newest;
    }
    git_tree_free(tree);
    sieve_dispose(&s);
    return rc == 0 ? s.newest > 0 : rc;
}

/* ---- the commit wanted ---- */

static int find(git_commit **out, git_tree **tree, uint64_t *newest, struct mirror_writer *w, mimeo_ctx *ctx,
                uint64_t last_good)
{
    git_commit *tip = NULL, *at, *parent;
    uint64_t seq = 0;
    int rc = writer_tip(&tip, w, ctx, BRANCH_MEDIA);
    if (rc <= 0)
        return rc;
    if (git_commit_dup(&at, tip) < 0) {
        git_commit_free(tip);
        return writer_error(ctx, BRANCH_MEDIA);
    }
    while (rc == 1 && (!writer_message_seq(at, "media", &seq) || seq > last_good)) {
        if (git_commit_parentcount(at) == 0) {
            rc = 0;
        } else if (git_commit_parent(&parent, at, 0) < 0) {
            rc = writer_error(ctx, "cannot read a commit of our own");
        } else {
            git_commit_free(at);
            at = parent;
        }
    }
    if (rc == 1) {
        *out = at;
    } else {
        git_commit_free(at);
        if (rc == 0)
            rc = left_over(tree, newest, w, ctx, tip, last_good) < 0 ? MIMEO_EIO : 0;
    }
    git_commit_free(tip);
    return rc;
}

int writer_media_at(git_commit **out, git_tree **tree, struct mirror_writer *w, mimeo_ctx *ctx, uint64_t last_good)
{
    uint64_t newest;
    return find(out, tree, &newest, w, ctx, last_good);
}

/* A commit of what is left over, which has no other to follow. */
static int commit_left_over(git_oid *out, struct mirror_writer *w, mimeo_ctx *ctx, git_tree *tree, uint64_t seq,
                            int64_t time)
{
    git_signature *who = NULL;
    char message[64];
    snprintf(message, sizeof(message), "media %llu\n", (unsigned long long)seq);
    int rc = git_signature_new(&who, "mimeo", "mimeo@invalid", time, 0) < 0 ||
                     git_commit_create(out, w->repo, NULL, who, who, NULL, message, tree, 0, NULL) < 0
                 ? writer_error(ctx, "cannot write a commit")
                 : 0;
    git_signature_free(who);
    return rc;
}

int writer_media_back(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t last_good, int64_t time)
{
    git_commit *commit = NULL;
    git_tree *tree = NULL;
    git_reference *ref = NULL;
    git_oid id;
    uint64_t newest = 0;
    int rc = find(&commit, &tree, &newest, w, ctx, last_good);
    if (rc < 0)
        return rc;
    if (rc == 1)
        id = *git_commit_id(commit);
    else if (tree != NULL)
        rc = commit_left_over(&id, w, ctx, tree, newest, time);
    git_commit_free(commit);
    git_tree_free(tree);
    if (rc < 0)
        return rc;
    int code;
    if (rc == 1 || newest > 0)
        code = git_reference_create(&ref, w->repo, BRANCH_MEDIA, &id, 1, NULL);
    else
        code = git_reference_remove(w->repo, BRANCH_MEDIA);
    git_reference_free(ref);
    return code < 0 && code != GIT_ENOTFOUND ? writer_error(ctx, BRANCH_MEDIA) : 0;
}
