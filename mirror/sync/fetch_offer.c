/*
 * What libgit2 says that we have.
 *
 * It offers what the repository's references reach, newest first, and gives up after 256 commits: a branch that moves
 * often would push another out of that, and the other would come whole again.  So the repository is given a database of
 * references that has one: that of the branch that is fetched.  It cannot be written to either, so that nothing
 * of libgit2 moves a branch.
 */
#include <stdlib.h>
#include <string.h>

#include "store/git_calls.h"
#include "sync/fetch_git.h"

#define THE_REF "refs/heads/kept"

struct offer {
    git_refdb_backend backend;
    bool any;
    git_oid id;
};
struct offer_iterator {
    git_reference_iterator iterator;
    const struct offer *offer;
    bool done;
};

static int exists(int *out, git_refdb_backend *b, const char *name)
{
    *out = ((const struct offer *)b)->any && strcmp(name, THE_REF) == 0;
    return 0;
}

static int lookup(git_reference **out, git_refdb_backend *b, const char *name)
{
    const struct offer *o = (const struct offer *)b;
    if (!o->any || strcmp(name, THE_REF) != 0)
        return GIT_ENOTFOUND;
    *out = git_reference__alloc(THE_REF, &o->id, NULL);
    return *out == NULL ? GIT_ERROR : 0;
}

static int next_name(const char **out, git_reference_iterator *it)
{
    struct offer_iterator *i = (struct offer_iterator *)it;
    if (i->done || !i->offer->any)
        return GIT_ITEROVER;
    i->done = true;
    *out = THE_REF;
    return 0;
}

static int next(git_reference **out, git_reference_iterator *it)
{
    struct offer_iterator *i = (struct offer_iterator *)it;
    const char *name;
    int code = next_name(&name, it);
    return code < 0 ? code : lookup(out, (git_refdb_backend *)(uintptr_t)&i->offer->backend, name);
}

static void free_iterator(git_reference_iterator *it)
{
    free(it);
}

static int iterate(git_reference_iterator **out, git_refdb_backend *b, const char *glob)
{
    struct offer_iterator *i = calloc(1, sizeof(*i));
    (void)glob;
    if (i == NULL)
        return GIT_ERROR;
    i->iterator.next = next;
    i->iterator.next_name = next_name;
    i->iterator.free = free_iterator;
    i->offer = (const struct offer *)b;
    *out = &i->iterator;
    return 0;
}

/* ---- nothing is written ---- */

static int no_write(git_refdb_backend *b, const git_reference *ref, int force, const git_signature *who,
                    const char *message, const git_oid *old, const char *old_target)
{
    (void)b, (void)ref, (void)force, (void)who, (void)message, (void)old, (void)old_target;
    return GIT_ERROR;
}

static int no_rename(git_reference **out, git_refdb_backend *b, const char *old_name, const char *new_name, int force,
                     const git_signature *who, const char *message)
{
    (void)out, (void)b, (void)old_name, (void)new_name, (void)force, (void)who, (void)message;
    return GIT_ERROR;
}

static int no_delete(git_refdb_backend *b, const char *name, const git_oid *old_id, const char *old_target)
{
    (void)b, (void)name, (void)old_id, (void)old_target;
    return GIT_ERROR;
}

static int no_log(git_refdb_backend *b, const char *name)
{
    (void)b, (void)name;
    return 0;
}

static int no_log_read(git_reflog **out, git_refdb_backend *b, const char *name)
{
    (void)out, (void)b, (void)name;
    return GIT_ENOTFOUND;
}

static int no_log_write(git_refdb_backend *b, git_reflog *log)
{
    (void)b, (void)log;
    return GIT_ERROR;
}

static int no_log_rename(git_refdb_backend *b, const char *old_name, const char *new_name)
{
    (void)b, (void)old_name, (void)new_name;
    return GIT_ERROR;
}

static void free_backend(git_refdb_backend *b)
{
    free(b);
}

static git_refdb_backend *new_backend(const struct git_id *id)
{
    struct offer *o = calloc(1, sizeof(*o));
    if (o == NULL)
        return NULL;
    git_refdb_init_backend(&o->backend, GIT_REFDB_BACKEND_VERSION);
    o->any = id != NULL;
    if (id != NULL)
        memcpy(o->id.id, id->bytes, GIT_ID_LEN);
    o->backend.exists = exists;
    o->backend.lookup = lookup;
    o->backend.iterator = iterate;
    o->backend.write = no_write;
    o->backend.rename = no_rename;
    o->backend.del = no_delete;
    o->backend.has_log = no_log;
    o->backend.ensure_log = no_log;
    o->backend.free = free_backend;
    o->backend.reflog_read = no_log_read;
    o->backend.reflog_write = no_log_write;
    o->backend.reflog_rename = no_log_rename;
    o->backend.reflog_delete = no_log;
    return &o->backend;
}

int fetch_offer(mimeo_ctx *ctx, git_repository *repo, const struct git_id *id)
{
    git_refdb *db = NULL;
    git_refdb_backend *backend = new_backend(id);
    int code = backend == NULL ? GIT_ERROR : git_refdb_new(&db, repo);
    if (code < 0) {
        free(backend);
        return ctx_error_nomem(ctx);
    }
    code = git_refdb_set_backend(db, backend);
    if (code == 0)
        code = git_repository_set_refdb(repo, db);
    git_refdb_free(db);
    return code < 0 ? scratch_error(ctx, "cannot say what is held") : 0;
}
