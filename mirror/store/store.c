/*
 * What all stores share: finding out what a path is, and a mirror's objects by their names.  A git
 * clone has its pictures on a branch that nobody checked out, so a store has a second place to look
 * for them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/pack_add.h"
#include "store/pack_index.h"
#include "store/store_inside.h"

/* ---- what is at the path? ---- */

static bool is_directory(const char *path, const char *name)
{
    struct stat st;
    char *full = path_join(path, name);
    bool is = full != NULL && stat(full, &st) == 0 && S_ISDIR(st.st_mode);
    free(full);
    return is;
}

static bool is_file(const char *path, const char *name)
{
    struct stat st;
    char *full = path_join(path, name);
    bool is = full != NULL && stat(full, &st) == 0 && S_ISREG(st.st_mode);
    free(full);
    return is;
}

static int open_file(struct store *s, mimeo_ctx *ctx)
{
    struct pack_source *source;
    s->kind = STORE_PACK;
    int rc = pack_source_new(&source, ctx);
    if (rc < 0)
        return rc;
    rc = pack_add(source, ctx, s->path);
    if (rc == 0)
        return pack_open(&s->files, ctx, source);
    pack_source_free(source);
    return rc;
}

static bool has_mirror_files(const char *path)
{
    return is_file(path, "head") || is_directory(path, "bundles") || is_directory(path, "charter");
}

bool store_is_bare(const char *path)
{
    return is_file(path, "HEAD") && is_directory(path, "objects") && is_directory(path, "refs");
}

bool store_is_mirror(const char *path)
{
    if (has_mirror_files(path) || store_is_bare(path))
        return true;
    char *git_dir = path_join(path, ".git");
    bool is = git_dir != NULL && store_is_bare(git_dir);
    free(git_dir);
    return is;
}

/* A remark is lost here, and on purpose: without the branch the pictures are just not held. */
static void open_media_branch(struct store *s, mimeo_ctx *ctx, const char *git_dir)
{
    if (git_branch_open(&s->media_branch, ctx, git_dir, "media") < 0)
        s->media_branch = NULL;
}

static int open_branches(struct store *s, mimeo_ctx *ctx, const char *git_dir)
{
    s->kind = STORE_GIT_BARE;
    int rc = git_branch_open(&s->files, ctx, git_dir, "main");
    if (rc == MIMEO_ENOTFOUND)
        return ctx_error(ctx, rc, "'%s' is a git repository without a branch 'main': is it a mirror?", s->path);
    if (rc == 0)
        open_media_branch(s, ctx, git_dir);
    return rc;
}

static int refuse_directory(mimeo_ctx *ctx, const char *path)
{
    return ctx_error(ctx, MIMEO_ENOTFOUND,
                     "'%s' holds no mirror: no 'head', 'charter' or 'bundles', and no git repository", path);
}

static int open_directory(struct store *s, mimeo_ctx *ctx, bool trusted)
{
    if (!has_mirror_files(s->path) && store_is_bare(s->path))
        return open_branches(s, ctx, s->path);
    char *git_dir = path_join(s->path, ".git");
    if (git_dir == NULL)
        return ctx_error_nomem(ctx);
    bool in_git = store_is_bare(git_dir);
    int rc;
    if (has_mirror_files(s->path)) {
        s->kind = in_git ? STORE_GIT_WORKTREE : STORE_DIRECTORY;
        rc = directory_open(&s->files, ctx, s->path, trusted);
        if (rc == 0 && in_git)
            open_media_branch(s, ctx, git_dir);
    } else {
        rc = in_git ? open_branches(s, ctx, git_dir) : refuse_directory(ctx, s->path);
    }
    free(git_dir);
    return rc;
}

int store_open(struct store **out, mimeo_ctx *ctx, const char *path, bool trusted)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is neither a file nor a directory", path);
    struct store *s = calloc(1, sizeof(*s));
    if (s == NULL || (s->path = strdup(path)) == NULL) {
        free(s);
        return ctx_error_nomem(ctx);
    }
    int rc = S_ISDIR(st.st_mode) ? open_directory(s, ctx, trusted) : open_file(s, ctx);
    if (rc < 0) {
        store_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

int store_of_pack(struct store **out, mimeo_ctx *ctx, const struct pack_view *view, const char *label)
{
    struct store *s = calloc(1, sizeof(*s));
    if (s == NULL || (s->path = strdup(label)) == NULL) {
        free(s);
        return ctx_error_nomem(ctx);
    }
    s->kind = STORE_PACK;
    int rc = pack_view_open(&s->files, ctx, view);
    if (rc < 0) {
        store_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

int store_of_backend(struct store **out, mimeo_ctx *ctx, struct backend *files, const char *label)
{
    struct store *s = calloc(1, sizeof(*s));
    if (s == NULL || (s->path = strdup(label)) == NULL) {
        files->ops->close(files);
        free(s);
        return ctx_error_nomem(ctx);
    }
    s->kind = STORE_DIRECTORY;
    s->files = files;
    *out = s;
    return 0;
}

int store_open_git_over(struct store **out, mimeo_ctx *ctx, const char *git_dir, const char *directory)
{
    struct store *s;
    int rc = store_open(&s, ctx, git_dir, false);
    if (rc == 0 && s->kind != STORE_GIT_BARE)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no bare git repository", git_dir);
    else if (rc < 0)
        return rc;
    if (rc == 0) {
        rc = directory_open(&s->under, ctx, directory, true);
        rc = rc == MIMEO_ENOTFOUND ? 0 : rc; /* nothing is held yet */
    }
    if (rc < 0) {
        store_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    struct backend *all[] = {s->files, s->media_branch, s->under};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (all[i] != NULL)
            all[i]->ops->close(all[i]);
    free(s->media);
    free(s->path);
    free(s);
}

enum store_kind store_kind(const struct store *s)
{
    return s->kind;
}

enum store_sealed store_sealed(const struct store *s)
{
    return s->kind == STORE_PACK ? pack_sealed(s->files) : STORE_SEALED_NONE;
}

const char *store_path(const struct store *s)
{
    return s->path;
}

bool store_is_concurrent(const struct store *s)
{
    return s->kind == STORE_PACK ? pack_is_concurrent(s->files) : s->kind != STORE_GIT_BARE;
}

void store_release(struct stored *o)
{
    if (o == NULL)
        return;
    struct file_bytes f = {o->view, o->owner[0], o->owner[1]};
    file_unload(&f);
    *o = (struct stored){.fill = NULL};
}

/* ---- objects by name ---- */

int store_get_from(struct stored *out, struct store *s, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max,
                   size_t front)
{
    int rc = b->ops->get(out, b, ctx, name, max, front);
    if (rc != MIMEO_EINCOMPLETE || s->under == NULL)
        return rc;
    return s->under->ops->get(out, s->under, ctx, name, max, front);
}

static int get(struct stored *out, struct store *s, mimeo_ctx *ctx, const char *name, size_t front)
{
    return store_get_from(out, s, s->files, ctx, name, name_cap(name_read(name).kind), front);
}

int store_get_head(struct stored *out, struct store *s, mimeo_ctx *ctx)
{
    return get(out, s, ctx, "head", 0);
}

int store_get_charter(struct stored *out, struct store *s, mimeo_ctx *ctx, uint32_t version)
{
    char name[STORE_NAME_MAX];
    store_name_charter(name, version);
    return get(out, s, ctx, name, 0);
}

int store_get_bundle(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq)
{
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    return get(out, s, ctx, name, 0);
}

int store_get_bundle_front(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq)
{
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    return get(out, s, ctx, name, PREFIX_LEN + LIMIT_HEADER);
}

int store_get_dictionary(struct stored *out, struct store *s, mimeo_ctx *ctx, const struct hash *h)
{
    char name[STORE_NAME_MAX];
    store_name_dictionary(name, h);
    return get(out, s, ctx, name, 0);
}

int store_get_text(struct stored *out, struct store *s, mimeo_ctx *ctx, const char *name)
{
    if (name_read(name).kind != NAME_TEXT)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is no text of a mirror", name);
    return get(out, s, ctx, name, 0);
}

int store_get_copy(struct stored *out, struct store *s, mimeo_ctx *ctx, const char *name, size_t n)
{
    if (s->kind != STORE_PACK)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' has one file of a name", s->path);
    return pack_get_copy(out, s->files, ctx, name, n, PREFIX_LEN + LIMIT_CHARTER);
}

/* ---- lists ---- */

struct seq_list {
    mimeo_ctx *ctx;
    uint64_t *seqs;
    size_t count, cap;
};

static int add_seq(struct seq_list *l, uint64_t seq)
{
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 256 : 2 * l->cap;
        uint64_t *grown = realloc(l->seqs, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(l->ctx);
        l->seqs = grown;
        l->cap = cap;
    }
    l->seqs[l->count++] = seq;
    return 0;
}

static int collect_seq(const char *name, const struct stray *why, void *payload)
{
    uint64_t seq;
    return why == NULL && store_parse_bundle_name(name, &seq) ? add_seq(payload, seq) : 0;
}

static int collect_header(const char *name, const struct stray *why, void *payload)
{
    uint64_t seq;
    struct cursor c = cursor_of(view_of_str(name));
    bool is_header = why == NULL && cursor_skip(&c, STORE_HEADERS "/") &&
                     parse_decimal(view_of(c.ptr, c.left), LIMIT_SEQ, &seq);
    return is_header ? add_seq(payload, seq) : 0;
}

static int compare_seqs(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x < y ? -1 : x > y;
}

int store_list_bundles(uint64_t **seqs, size_t *count, struct store *s, mimeo_ctx *ctx)
{
    struct seq_list l = {.ctx = ctx};
    int rc = s->files->ops->each(s->files, ctx, "bundles", collect_seq, &l);
    if (rc < 0) {
        free(l.seqs);
        return rc;
    }
    if (l.count > 0)
        qsort(l.seqs, l.count, sizeof(*l.seqs), compare_seqs);
    *seqs = l.seqs;
    *count = l.count;
    return 0;
}

int store_list_headers(uint64_t **seqs, size_t *count, struct store *s, mimeo_ctx *ctx)
{
    struct seq_list l = {.ctx = ctx};
    size_t kept = 0;
    int rc = s->kind == STORE_PACK ? s->files->ops->each(s->files, ctx, STORE_HEADERS, collect_header, &l) : 0;
    if (rc < 0) {
        free(l.seqs);
        return rc;
    }
    if (l.count > 0)
        qsort(l.seqs, l.count, sizeof(*l.seqs), compare_seqs);
    for (size_t i = 0; i < l.count; i++)
        if (kept == 0 || l.seqs[kept - 1] != l.seqs[i])
            l.seqs[kept++] = l.seqs[i];
    *seqs = l.seqs;
    *count = kept;
    return 0;
}

int store_get_header(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq, size_t n)
{
    char name[STORE_NAME_MAX];
    if (s->kind != STORE_PACK)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' has headers in its bundles alone", s->path);
    snprintf(name, sizeof(name), STORE_HEADERS "/%llu/%zu", (unsigned long long)seq, n);
    return store_get_from(out, s, s->files, ctx, name, LIMIT_HEADER, 0);
}

struct charter_count {
    bool held[LIMIT_CHARTERS + 1];
};

static int mark_charter(const char *name, const struct stray *why, void *payload)
{
    struct charter_count *c = payload;
    struct name n = name_read(name);
    if (why == NULL && n.kind == NAME_CHARTER)
        c->held[n.version] = true;
    return 0;
}

int store_count_charters(uint32_t *count, bool *beyond, struct store *s, mimeo_ctx *ctx)
{
    struct charter_count c = {.held = {false}};
    int rc = s->files->ops->each(s->files, ctx, "charter", mark_charter, &c);
    if (rc < 0)
        return rc;
    uint32_t n = 0;
    while (n < LIMIT_CHARTERS && c.held[n + 1])
        n++;
    *count = n;
    *beyond = false;
    for (uint32_t v = n + 1; v <= LIMIT_CHARTERS; v++)
        *beyond = *beyond || c.held[v];
    return 0;
}

/* ---- strays ---- */

struct stray_walk {
    int (*fn)(const char *name, const struct stray *why, void *payload);
    void *payload;
};

static int pass_stray(const char *name, const struct stray *why, void *payload)
{
    struct stray_walk *w = payload;
    return why == NULL ? 0 : w->fn(name, why, w->payload);
}

int store_each_stray(struct store *s, mimeo_ctx *ctx,
                     int (*fn)(const char *name, const struct stray *why, void *payload), void *payload)
{
    struct stray_walk w = {fn, payload};
    int rc = s->files->ops->each(s->files, ctx, "", pass_stray, &w);
    if (rc == 0 && s->media_branch != NULL)
        rc = s->media_branch->ops->each(s->media_branch, ctx, "", pass_stray, &w);
    return rc;
}
