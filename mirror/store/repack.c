/*
 * Packs in the publisher's own repository.  Hosts serve one pack much faster than ten thousand loose
 * objects; and after an erasure what nobody reaches any more must really go.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/git_objects.h"
#include "store/writer.h"

#define ENTRIES_MAX 10000000
#define PACKS_MAX 50 /* more of them become one */

/* ---- loose objects ---- */

typedef int (*loose_fn)(int objects_dir, const char *name, const git_oid *id, void *payload);

struct loose_walk {
    mimeo_ctx *ctx;
    int objects;
    const char *pair; /* "ab" */
    loose_fn fn;
    void *payload;
};

static int visit_object(const char *entry, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct loose_walk *w = payload;
    char name[300], hex[GIT_OID_HEXSZ + 1];
    git_oid id;
    snprintf(name, sizeof(name), "%s/%.255s", w->pair, entry);
    if (strncmp(entry, "tmp_", 4) == 0) { /* of a killed run; the lock is ours */
        unlinkat(w->objects, name, 0);
        return 0;
    }
    if (strlen(entry) != GIT_OID_HEXSZ - 2)
        return 0;
    snprintf(hex, sizeof(hex), "%s%s", w->pair, entry);
    return git_oid_fromstr(&id, hex) < 0 ? 0 : w->fn(w->objects, name, &id, w->payload);
}

static int visit_pair(const char *entry, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct loose_walk *w = payload;
    if (strlen(entry) != 2 || strspn(entry, "0123456789abcdef") != 2)
        return 0;
    int fd = dir_open_beneath(w->ctx, w->objects, entry);
    if (fd < 0)
        return fd;
    w->pair = entry;
    int rc = dir_each(w->ctx, fd, ENTRIES_MAX, visit_object, w);
    close(fd);
    return rc;
}

static int each_loose(struct mirror_writer *w, mimeo_ctx *ctx, loose_fn fn, void *payload)
{
    struct loose_walk walk = {ctx, dir_open_beneath(ctx, w->git_dir, "objects"), "", fn, payload};
    if (walk.objects < 0)
        return walk.objects;
    int rc = dir_each(ctx, walk.objects, 300, visit_pair, &walk);
    close(walk.objects);
    return rc;
}

static int remove_loose(int objects_dir, const char *name, const git_oid *id, void *payload)
{
    (void)id;
    (void)payload;
    unlinkat(objects_dir, name, 0);
    return 0;
}

struct inserting {
    mimeo_ctx *ctx;
    git_packbuilder *packs;
};

static int insert_loose(int objects_dir, const char *name, const git_oid *id, void *payload)
{
    (void)objects_dir;
    (void)name;
    struct inserting *i = payload;
    return git_packbuilder_insert(i->packs, id, NULL) < 0 ? writer_error(i->ctx, "cannot pack an object") : 0;
}

/* ---- packs ---- */

struct pack_walk {
    mimeo_ctx *ctx;
    int dir;
    const char *keep; /* "pack-<keep>.", "": none of them; NULL: only count */
    size_t count;
};

static int visit_pack(const char *entry, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct pack_walk *w = payload;
    bool pack = strncmp(entry, "pack-", 5) == 0;
    w->count += pack && strstr(entry, ".pack") != NULL;
    if (w->keep == NULL || (pack && w->keep[0] != '\0' && strncmp(entry + 5, w->keep, strlen(w->keep)) == 0))
        return 0;
    return file_remove(w->ctx, w->dir, entry);
}

/* Count the packs; with `keep`, remove all but that one. */
static int each_pack(struct mirror_writer *w, mimeo_ctx *ctx, const char *keep, size_t *count)
{
    struct pack_walk walk = {ctx, dir_open_beneath(ctx, w->git_dir, "objects/pack"), keep, 0};
    if (walk.dir < 0)
        return walk.dir == MIMEO_ENOTFOUND ? 0 : walk.dir;
    int rc = dir_each(ctx, walk.dir, ENTRIES_MAX, visit_pack, &walk);
    close(walk.dir);
    *count = walk.count;
    return rc;
}

int writer_write_pack(struct mirror_writer *w, mimeo_ctx *ctx, git_packbuilder *packs, char name[GIT_OID_HEXSZ + 1])
{
    git_odb *odb = NULL;
    name[0] = '\0';
    if (git_packbuilder_object_count(packs) == 0)
        return 0;
    if (git_packbuilder_write(packs, NULL, 0, NULL, NULL) < 0)
        return writer_error(ctx, "cannot write a pack");
    snprintf(name, GIT_OID_HEXSZ + 1, "%s", git_packbuilder_name(packs));
    if (git_repository_odb(&odb, w->repo) == 0)
        git_odb_refresh(odb);
    git_odb_free(odb);
    return 0;
}

/* ---- everything that is reached ---- */

static int insert_reachable(git_packbuilder *packs, struct mirror_writer *w, mimeo_ctx *ctx)
{
    static const char *const branches[] = {BRANCH_MAIN, BRANCH_MEDIA};
    git_revwalk *walk = NULL;
    git_oid id;
    int rc = git_revwalk_new(&walk, w->repo) < 0 ? writer_error(ctx, "cannot walk the history") : 0;
    for (size_t i = 0; rc == 0 && i < 2; i++)
        if (git_reference_name_to_id(&id, w->repo, branches[i]) == 0 && git_revwalk_push(walk, &id) < 0)
            rc = writer_error(ctx, branches[i]);
    if (rc == 0 && git_packbuilder_insert_walk(packs, walk) < 0)
        rc = writer_error(ctx, "cannot pack the history");
    git_revwalk_free(walk);
    return rc;
}

/* libgit2 remembers the packs that it opened, also those that were removed, and does not write an object that it
 * believes to be in one: a tree that comes again after a cut would be missing.  So it is opened anew. */
static int open_anew(struct mirror_writer *w, mimeo_ctx *ctx)
{
    git_repository *fresh = NULL;
    if (git_repository_open_ext(&fresh, git_repository_path(w->repo), GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
        return writer_error(ctx, "cannot open the git repository again");
    git_repository_free(w->repo);
    w->repo = fresh;
    return 0;
}

/* One pack of all that is reached; every other object goes. */
static int repack_all(struct mirror_writer *w, mimeo_ctx *ctx)
{
    git_packbuilder *packs = NULL;
    char name[GIT_OID_HEXSZ + 1];
    size_t count;
    int rc = git_packbuilder_new(&packs, w->repo) < 0 ? writer_error(ctx, "cannot pack the history") : 0;
    if (rc == 0)
        rc = insert_reachable(packs, w, ctx);
    if (rc == 0)
        rc = writer_write_pack(w, ctx, packs, name);
    git_packbuilder_free(packs);
    if (rc < 0 || name[0] == '\0')
        return rc;
    rc = each_loose(w, ctx, remove_loose, NULL);
    if (rc == 0)
        rc = each_pack(w, ctx, name, &count);
    return rc == 0 ? open_anew(w, ctx) : rc;
}

int mirror_writer_pack(struct mirror_writer *w, mimeo_ctx *ctx)
{
    struct inserting i = {ctx, NULL};
    char name[GIT_OID_HEXSZ + 1];
    size_t count = 0;
    int rc = each_pack(w, ctx, NULL, &count);
    if (rc < 0)
        return rc;
    if (count >= PACKS_MAX)
        return repack_all(w, ctx);
    rc = git_packbuilder_new(&i.packs, w->repo) < 0 ? writer_error(ctx, "cannot make a pack") : 0;
    if (rc == 0)
        rc = each_loose(w, ctx, insert_loose, &i);
    if (rc == 0)
        rc = writer_write_pack(w, ctx, i.packs, name);
    git_packbuilder_free(i.packs);
    return rc == 0 && name[0] != '\0' ? each_loose(w, ctx, remove_loose, NULL) : rc;
}

/* ---- forgetting ---- */

/* All but one: tags of commits before a new beginning, or of a history that was cut off, keep what was erased alive. */
int writer_remove_tags(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t keep)
{
    git_reference_iterator *it = NULL;
    const char *name;
    int rc = git_reference_iterator_glob_new(&it, w->repo, "refs/tags/b*") < 0 ? writer_error(ctx, "cannot list tags") : 0;
    while (rc == 0 && git_reference_next_name(&name, it) == 0) {
        uint64_t seq;
        if (parse_decimal(view_of_str(name + strlen("refs/tags/b")), UINT64_MAX, &seq) && seq != keep &&
            git_reference_remove(w->repo, name) < 0)
            rc = writer_error(ctx, name);
    }
    git_reference_iterator_free(it);
    return rc;
}

int writer_forget_unreachable(struct mirror_writer *w, mimeo_ctx *ctx)
{
    /* Tags of commits before the new beginning keep what was erased alive. */
    int rc = writer_remove_tags(w, ctx, w->seq);
    return rc == 0 ? repack_all(w, ctx) : rc;
}

int writer_remove_packs(struct mirror_writer *w, mimeo_ctx *ctx)
{
    size_t count = 0;
    return each_pack(w, ctx, "", &count);
}

int writer_repack_many(struct mirror_writer *w, mimeo_ctx *ctx)
{
    size_t count = 0;
    int rc = each_pack(w, ctx, NULL, &count);
    return rc == 0 && count >= PACKS_MAX ? repack_all(w, ctx) : rc;
}
