/*
 * A mirror's files on a branch of a git repository, read from its objects: nothing need be checked
 * out.  Trees are read raw, so an entry that git would refuse to check out (a link, a submodule, a name
 * like ".." ) is met here as a name like any other, and refused as one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/backend.h"
#include "store/git_objects.h"

#define DEPTH_MAX 10

/* The tree read last at each depth: names are asked for in order, mostly. */
struct cached_tree {
    bool held;
    struct git_id id;
    struct buf bytes;
};

struct branch {
    struct backend backend;
    struct git_objects *objects;
    struct git_id root;
    struct cached_tree cache[DEPTH_MAX];
};

/* The bytes of a tree at a depth, from the cache where it is the one read last. */
static int read_tree(struct view *out, struct branch *b, mimeo_ctx *ctx, const struct git_id *id, size_t depth)
{
    struct cached_tree *t = &b->cache[depth];
    if (t->held && memcmp(t->id.bytes, id->bytes, GIT_ID_LEN) == 0) {
        *out = buf_view(&t->bytes);
        return 0;
    }
    if (t->held)
        buf_dispose(&t->bytes);
    t->held = false;
    int rc = git_objects_read(&t->bytes, b->objects, ctx, id, GIT_KIND_TREE, GIT_TREE_MAX);
    if (rc < 0)
        return rc;
    t->held = true;
    t->id = *id;
    *out = buf_view(&t->bytes);
    return 0;
}

static int not_there(mimeo_ctx *ctx, const char *name)
{
    return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no '%s'", name);
}

/* Follow a name down to its entry. */
static int find_entry(struct git_entry *out, struct branch *b, mimeo_ctx *ctx, const char *name)
{
    struct git_id at = b->root;
    struct cursor path = cursor_of(view_of_str(name));
    for (size_t depth = 0; depth < DEPTH_MAX; depth++) {
        struct view part, tree;
        struct git_entry e = {0};
        bool last = !cursor_until(&path, '/', &part), found = false;
        if (last)
            part = view_of(path.ptr, path.left);
        int rc = read_tree(&tree, b, ctx, &at, depth);
        if (rc < 0)
            return rc;
        struct cursor c = cursor_of(tree);
        while (!found && git_tree_next(&c, &e))
            found = view_equal(e.name, part);
        if (!found || (!last && e.mode != GIT_MODE_TREE))
            return not_there(ctx, name);
        if (last) {
            *out = e;
            return 0;
        }
        at = e.id;
    }
    return not_there(ctx, name);
}

static int get(struct stored *out, struct backend *backend, mimeo_ctx *ctx, const char *name, size_t max,
               size_t front)
{
    struct branch *b = (struct branch *)backend;
    struct git_entry e;
    struct buf bytes;
    (void)front; /* git has no cheap front */
    int rc = find_entry(&e, b, ctx, name);
    if (rc == 0 && e.mode != GIT_MODE_FILE)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no plain file in git", name);
    if (rc == 0)
        rc = git_objects_read(&bytes, b->objects, ctx, &e.id, GIT_KIND_BLOB, max);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? rc : ctx_error_prefix(ctx, rc, "%s", name);
    size_t len;
    char *heap = buf_detach(&bytes, &len);
    *out = (struct stored){.view = view_of(heap, len), .owner = {NULL, heap}};
    return 0;
}

/* ---- walking ---- */

struct walk {
    struct branch *b;
    mimeo_ctx *ctx;
    name_fn fn;
    void *payload;
};

static const struct stray *why_not(unsigned mode, enum name_kind kind)
{
    if (mode == GIT_MODE_LINK)
        return &stray_link;
    if (mode == GIT_MODE_COMMIT)
        return &stray_submodule;
    if (mode == GIT_MODE_TREE ? kind != NAME_DIRECTORY : kind == NAME_NONE || kind == NAME_DIRECTORY)
        return &stray_name;
    return mode == GIT_MODE_TREE || mode == GIT_MODE_FILE ? NULL : &stray_mode;
}

static int walk_tree(const struct walk *w, const struct git_id *id, const char *base, int depth)
{
    struct buf bytes; /* of its own: the cache may turn over while `fn` reads */
    int rc = git_objects_read(&bytes, w->b->objects, w->ctx, id, GIT_KIND_TREE, GIT_TREE_MAX);
    if (rc < 0)
        return rc;
    struct cursor c = cursor_of(buf_view(&bytes));
    struct git_entry e;
    while (rc == 0 && git_tree_next(&c, &e)) {
        char name[STORE_NAME_MAX + 256];
        snprintf(name, sizeof(name), "%s%s%.*s", base, base[0] == '\0' ? "" : "/",
                 (int)(e.name.len < 200 ? e.name.len : 200), (const char *)e.name.ptr);
        const struct stray *why = why_not(e.mode, e.name.len < 200 ? name_read(name).kind : NAME_NONE);
        if (why == NULL && e.mode == GIT_MODE_TREE && depth < DEPTH_MAX)
            rc = walk_tree(w, &e.id, name, depth + 1);
        else
            rc = w->fn(name, e.mode == GIT_MODE_TREE && why == NULL ? &stray_name : why, w->payload);
        if (rc == 0)
            rc = ctx_check_cancel(w->ctx);
    }
    if (rc == 0 && c.left > 0)
        rc = ctx_error(w->ctx, MIMEO_EFORGED, "a tree in git is damaged: clone the mirror again");
    buf_dispose(&bytes);
    return rc;
}

static int each(struct backend *backend, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    struct branch *b = (struct branch *)backend;
    struct walk w = {b, ctx, fn, payload};
    struct git_entry e;
    if (top[0] == '\0')
        return walk_tree(&w, &b->root, "", 0);
    int rc = find_entry(&e, b, ctx, top);
    if (rc == MIMEO_ENOTFOUND)
        return 0;
    if (rc < 0)
        return rc;
    return e.mode == GIT_MODE_TREE ? walk_tree(&w, &e.id, top, 1) : 0;
}

static void branch_close(struct backend *backend)
{
    struct branch *b = (struct branch *)backend;
    for (size_t i = 0; i < DEPTH_MAX; i++)
        if (b->cache[i].held)
            buf_dispose(&b->cache[i].bytes);
    git_objects_close(b->objects);
    free(b);
}

static const struct backend_ops ops = {get, each, branch_close};

static int find_root(struct branch *b, mimeo_ctx *ctx, const char *branch)
{
    struct git_id commit;
    struct buf bytes;
    int rc = git_objects_branch(&commit, b->objects, ctx, branch);
    if (rc == 0)
        rc = git_objects_read(&bytes, b->objects, ctx, &commit, GIT_KIND_COMMIT, GIT_COMMIT_MAX);
    if (rc < 0)
        return rc;
    if (!git_commit_root(buf_view(&bytes), &b->root))
        rc = ctx_error(ctx, MIMEO_EFORGED, "the newest commit of branch '%s' is damaged: clone the mirror again",
                       branch);
    buf_dispose(&bytes);
    return rc;
}

int git_branch_open(struct backend **out, mimeo_ctx *ctx, const char *git_dir, const char *branch)
{
    struct branch *b = calloc(1, sizeof(*b));
    if (b == NULL)
        return ctx_error_nomem(ctx);
    b->backend.ops = &ops;
    int rc = git_objects_open(&b->objects, ctx, git_dir);
    if (rc == 0)
        rc = find_root(b, ctx, branch);
    if (rc < 0) {
        branch_close(&b->backend);
        return rc;
    }
    *out = &b->backend;
    return 0;
}
