/*
 * The scratch repository on disk.
 *
 * What a reader would get wrong: it is ours, but what is in it came from strangers.  A commit may be there without its
 * trees (a hostile mirror sent it alone), and then nobody is asked for it again: so what is called fetched was looked
 * through (scratch_each_tree), and what was refused is thrown away (fetch_undo).
 */
#include "sync/fetch_scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "library/id_set.h"
#include "store/backend.h"

#define ENTRIES_MAX 1000000
#define TREES_MAX 1000000
#define DEPTH_MAX 10
#define REF_LEN 64

const char *const scratch_branches[2] = {"main", "media"};

int scratch_error(mimeo_ctx *ctx, const char *what)
{
    const git_error *e = git_error_last();
    int klass = e == NULL ? GIT_ERROR_NONE : e->klass;
    const char *words = git_library_words();
    if (klass == GIT_ERROR_NOMEMORY)
        return ctx_error_nomem(ctx);
    if (strstr(words, strerror(ENOSPC)) != NULL || strstr(words, strerror(EDQUOT)) != NULL)
        return ctx_error(ctx, MIMEO_EIO, "%s: the disk is full: free some space and run again", what);
    if (strstr(words, strerror(EFBIG)) != NULL)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: it is over its limit", what);
    return ctx_error(ctx, klass == GIT_ERROR_OS || klass == GIT_ERROR_FILESYSTEM ? MIMEO_EIO : MIMEO_EFORGED, "%s: %s",
                     what, words);
}

/* ---- what a killed run left ---- */

struct pack_walk {
    mimeo_ctx *ctx;
    int dir;
    const char *keep; /* NULL: only what is left over goes */
};

static bool is_there(int dir, const char *stem, int stem_len, const char *end)
{
    char name[128];
    struct stat st;
    snprintf(name, sizeof(name), "%.*s%s", stem_len, stem, end);
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* libgit2 puts the index in place first and then the pack; one without the other is of a run that was killed. */
static bool is_left_over(int dir, const char *entry)
{
    const char *dot = strrchr(entry, '.');
    if (strncmp(entry, "pack-", 5) != 0 || dot == NULL || strlen(entry) > 100)
        return true;
    int stem = (int)(dot - entry);
    if (strcmp(dot, ".pack") == 0)
        return !is_there(dir, entry, stem, ".idx");
    return strcmp(dot, ".idx") != 0 || !is_there(dir, entry, stem, ".pack");
}

static int visit_pack(const char *entry, unsigned char d_type, void *payload)
{
    struct pack_walk *w = payload;
    (void)d_type;
    bool other = w->keep != NULL &&
                 (w->keep[0] == '\0' || strncmp(entry, "pack-", 5) != 0 ||
                  strncmp(entry + 5, w->keep, strlen(w->keep)) != 0);
    return other || is_left_over(w->dir, entry) ? file_remove(w->ctx, w->dir, entry) : 0;
}

static int each_pack(struct scratch *s, mimeo_ctx *ctx, const char *keep)
{
    struct pack_walk w = {ctx, dir_open_beneath(ctx, s->dir, "objects/pack"), keep};
    if (w.dir < 0)
        return w.dir == MIMEO_ENOTFOUND ? 0 : w.dir;
    int rc = dir_each(ctx, w.dir, ENTRIES_MAX, visit_pack, &w);
    close(w.dir);
    return rc;
}

int scratch_remove_packs(struct scratch *s, mimeo_ctx *ctx, const char *keep)
{
    return each_pack(s, ctx, keep);
}

static int remove_left_overs(struct scratch *s, mimeo_ctx *ctx)
{
    static const char *const places[] = {"refs/heads", "refs/kept"};
    int rc = each_pack(s, ctx, NULL);
    for (size_t i = 0; rc == 0 && i < sizeof(places) / sizeof(places[0]); i++) {
        int fd = dir_open_beneath(ctx, s->dir, places[i]);
        rc = fd == MIMEO_ENOTFOUND ? 0 : fd < 0 ? fd : dir_remove_stale(ctx, fd);
        if (fd >= 0)
            close(fd);
    }
    return rc;
}

/* ---- opening ---- */

/* The file HEAD is what libgit2 makes a repository by; one that a killed run made half is made again. */
static int make(struct scratch *s, mimeo_ctx *ctx)
{
    git_repository_init_options options;
    git_repository *repo = NULL;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
    options.initial_head = "main";
    file_remove(ctx, s->dir, "HEAD.lock");
    file_remove(ctx, s->dir, "config.lock");
    int code = git_repository_init_ext(&repo, s->path, &options);
    git_repository_free(repo);
    return code < 0 ? scratch_error(ctx, "cannot make the scratch repository") : 0;
}

int scratch_open(struct scratch *out, mimeo_ctx *ctx, const char *path, bool make_it)
{
    struct scratch s = {path, -1, NULL};
    struct stat st;
    int rc = git_library_init(ctx);
    if (rc == 0 && make_it)
        rc = dir_make(ctx, path, 0755);
    if (rc == 0)
        rc = s.dir = dir_open(ctx, path);
    if (rc < 0)
        return rc;
    rc = make_it && fstatat(s.dir, "HEAD", &st, AT_SYMLINK_NOFOLLOW) < 0 ? make(&s, ctx) : 0;
    if (rc == 0)
        rc = remove_left_overs(&s, ctx);
    if (rc == 0 && git_repository_open_bare(&s.repo, path) < 0)
        rc = ctx_error(ctx, MIMEO_EFORGED, "the scratch repository is damaged: %s", git_library_words());
    if (rc < 0) {
        scratch_close(&s);
        return rc;
    }
    *out = s;
    return 0;
}

void scratch_close(struct scratch *s)
{
    git_repository_free(s->repo);
    if (s->dir >= 0)
        close(s->dir);
    s->repo = NULL;
    s->dir = -1;
}

/* ---- references ---- */

static void ref_name(char out[REF_LEN], enum scratch_ref kind, const char *branch)
{
    snprintf(out, REF_LEN, "refs/%s/%s", kind == SCRATCH_HEAD ? "heads" : "kept", branch);
}

int scratch_get(struct git_id *out, struct scratch *s, mimeo_ctx *ctx, enum scratch_ref kind, const char *branch)
{
    char name[REF_LEN];
    struct file_bytes f;
    struct view hex;
    ref_name(name, kind, branch);
    int rc = file_load_at(&f, ctx, s->dir, name, KIB, false);
    if (rc < 0)
        return rc == MIMEO_EMALFORMED ? ctx_error(ctx, MIMEO_EFORGED, "the scratch repository is damaged at %s", name) : rc;
    struct cursor c = cursor_of(f.view);
    bool good = cursor_line(&c, &hex) && c.left == 0 && parse_hex(hex, out->bytes, GIT_ID_LEN);
    file_unload(&f);
    return good ? 0 : ctx_error(ctx, MIMEO_EFORGED, "the scratch repository is damaged at %s", name);
}

int scratch_set(struct scratch *s, mimeo_ctx *ctx, enum scratch_ref kind, const char *branch, const struct git_id *id)
{
    char name[REF_LEN], line[2 * GIT_ID_LEN + 2];
    ref_name(name, kind, branch);
    if (id == NULL)
        return file_remove(ctx, s->dir, name);
    format_hex(line, id->bytes, GIT_ID_LEN);
    strcat(line, "\n");
    return file_write_atomic(ctx, s->dir, name, view_of_str(line), 0644);
}

/* ---- is anything in it that was never judged? ---- */

static int count_entry(const char *name, unsigned char d_type, void *payload)
{
    (void)name;
    (void)d_type;
    ++*(size_t *)payload;
    return 0;
}

static bool is_kept(struct scratch *s, const char *branch, bool *any)
{
    struct git_id head, kept;
    int a = scratch_get(&head, s, NULL, SCRATCH_HEAD, branch), b = scratch_get(&kept, s, NULL, SCRATCH_KEPT, branch);
    *any = *any || b == 0;
    return a == b && (a == MIMEO_ENOTFOUND || (a == 0 && memcmp(head.bytes, kept.bytes, GIT_ID_LEN) == 0));
}

bool scratch_is_settled(const char *path)
{
    struct scratch s = {path, dir_open(NULL, path), NULL};
    size_t files = 0;
    bool any = false;
    if (s.dir < 0)
        return s.dir == MIMEO_ENOTFOUND;
    bool settled = is_kept(&s, scratch_branches[0], &any);
    settled = is_kept(&s, scratch_branches[1], &any) && settled;
    int packs = dir_open_beneath(NULL, s.dir, "objects/pack");
    if (packs >= 0) {
        settled = dir_each(NULL, packs, ENTRIES_MAX, count_entry, &files) == 0 && settled;
        close(packs);
    }
    close(s.dir);
    return settled && files == (any ? 2 : 0); /* the pack and its index */
}

void scratch_sweep(const char *path)
{
    struct scratch s = {path, dir_open(NULL, path), NULL};
    if (s.dir < 0)
        return;
    remove_left_overs(&s, NULL);
    close(s.dir);
}

/* ---- trees ---- */

struct tree_walk {
    mimeo_ctx *ctx;
    struct git_objects *objects;
    struct id_set seen; /* a tree may be its own thousandth neighbour: each is visited once */
    int (*fn)(const struct git_id *tree, void *payload);
    void *payload;
};

static int walk_tree(struct tree_walk *w, const struct git_id *id, const char *base, int depth);

static int walk_entries(struct tree_walk *w, struct view tree, const char *base, int depth)
{
    struct cursor c = cursor_of(tree);
    struct git_entry e;
    int rc = 0;
    while (rc == 0 && git_tree_next(&c, &e)) {
        char name[STORE_NAME_MAX];
        if (e.mode != GIT_MODE_TREE || e.name.len >= 32)
            continue;
        snprintf(name, sizeof(name), "%s%s%.*s", base, base[0] == '\0' ? "" : "/", (int)e.name.len,
                 (const char *)e.name.ptr);
        if (name_read(name).kind == NAME_DIRECTORY && depth < DEPTH_MAX)
            rc = walk_tree(w, &e.id, name, depth + 1);
    }
    return rc == 0 && c.left > 0 ? ctx_error(w->ctx, MIMEO_EFORGED, "a tree in git is damaged") : rc;
}

static int walk_tree(struct tree_walk *w, const struct git_id *id, const char *base, int depth)
{
    char hex[2 * GIT_ID_LEN + 1];
    struct buf bytes;
    format_hex(hex, id->bytes, GIT_ID_LEN);
    int is_new = id_set_add(&w->seen, w->ctx, id_set_hash(&w->seen, hex));
    if (is_new <= 0)
        return is_new;
    if (w->seen.count > TREES_MAX)
        return ctx_error(w->ctx, MIMEO_EMALFORMED, "this commit has more than %d directories", TREES_MAX);
    int rc = git_objects_read(&bytes, w->objects, w->ctx, id, GIT_KIND_TREE, GIT_TREE_MAX);
    if (rc < 0)
        return rc;
    if (w->fn != NULL)
        rc = w->fn(id, w->payload);
    if (rc == 0)
        rc = walk_entries(w, buf_view(&bytes), base, depth);
    buf_dispose(&bytes);
    return rc;
}

int scratch_each_tree(struct scratch *s, mimeo_ctx *ctx, const struct git_id *commit,
                      int (*fn)(const struct git_id *tree, void *payload), void *payload)
{
    struct tree_walk w = {.ctx = ctx, .fn = fn, .payload = payload};
    struct buf bytes;
    struct git_id root;
    int rc = git_objects_open(&w.objects, ctx, s->path);
    if (rc < 0)
        return rc;
    id_set_init(&w.seen, ctx);
    rc = git_objects_read(&bytes, w.objects, ctx, commit, GIT_KIND_COMMIT, GIT_COMMIT_MAX);
    if (rc == 0 && !git_commit_root(buf_view(&bytes), &root)) {
        buf_dispose(&bytes);
        rc = ctx_error(ctx, MIMEO_EFORGED, "the commit is damaged");
    } else if (rc == 0) {
        buf_dispose(&bytes);
        rc = walk_tree(&w, &root, "", 0);
    }
    id_set_dispose(&w.seen);
    git_objects_close(w.objects);
    return rc;
}
