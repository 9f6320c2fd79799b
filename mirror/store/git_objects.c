/*
 * Git objects and branches, read with as little of git as can be.  Loose objects are inflated here:
 * libgit2 1.5.1 spins for ever on one that is cut short.  Packed ones are libgit2's, through its pack
 * backend alone.
 */
#include "store/git_objects.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "store/git_calls.h"

#define PACKED_REFS_MAX (16 * MIB)
#define HEADER_MAX 32 /* "commit 1234\0" */
#define WINDOW_LEN (4 * MIB)
#define MAPPED_MAX (16 * MIB)
#define PACK_OBJECTS_MAX 50000000
#define PACK_OBJECT_MAX (64 * MIB) /* a tree of a very large directory */

struct git_objects {
    int git_dir;
    git_odb *packs;
};

/* ---- libgit2 ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *missing; /* of libgit2; NULL: all is there */
static int init_code;

static void init_library(void)
{
    static const git_config_level_t levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                                GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};
    missing = git_calls_load();
    if (missing != NULL || (init_code = git_libgit2_init()) < 0)
        return;
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* a stick belongs to whoever formatted it */
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, WINDOW_LEN);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_MAX);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)PACK_OBJECTS_MAX);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, (size_t)PACK_OBJECT_MAX);
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0); /* our own hashes decide */
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}

int git_library_init(mimeo_ctx *ctx)
{
    pthread_once(&once, init_library);
    if (missing != NULL)
        return ctx_error(ctx, MIMEO_EFAIL, "libgit2 cannot be used (%s is missing): install libgit2-1.5", missing);
    return init_code < 0 ? ctx_error(ctx, MIMEO_EFAIL, "libgit2 does not start: %s", git_library_words()) : 0;
}

const char *git_library_words(void)
{
    const git_error *e = git_error_last();
    return e == NULL || e->message == NULL ? "no reason given" : e->message;
}

/* ---- opening ---- */

static int open_packs(struct git_objects *g, mimeo_ctx *ctx, const char *git_dir)
{
    git_odb_backend *backend = NULL;
    char *objects = path_join(git_dir, "objects");
    int rc = objects == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0 && (git_odb_new(&g->packs) < 0 || git_odb_backend_pack(&backend, objects) < 0 ||
                    git_odb_add_backend(g->packs, backend, 1) < 0))
        rc = ctx_error(ctx, MIMEO_EIO, "cannot read the git repository '%s': %s", git_dir, git_library_words());
    free(objects);
    return rc;
}

int git_objects_open(struct git_objects **out, mimeo_ctx *ctx, const char *git_dir)
{
    int rc = git_library_init(ctx);
    if (rc < 0)
        return rc;
    struct git_objects *g = calloc(1, sizeof(*g));
    if (g == NULL)
        return ctx_error_nomem(ctx);
    g->git_dir = dir_open(ctx, git_dir);
    rc = g->git_dir < 0 ? g->git_dir : open_packs(g, ctx, git_dir);
    if (rc < 0) {
        git_objects_close(g);
        return rc;
    }
    *out = g;
    return 0;
}

void git_objects_close(struct git_objects *g)
{
    if (g == NULL)
        return;
    git_odb_free(g->packs);
    if (g->git_dir >= 0)
        close(g->git_dir);
    free(g);
}

/* ---- branches ---- */

static bool read_id(struct view hex, struct git_id *out)
{
    return parse_hex(hex, out->bytes, GIT_ID_LEN);
}

static int loose_ref(struct git_id *out, struct git_objects *g, mimeo_ctx *ctx, const char *ref)
{
    struct file_bytes f;
    int rc = file_load_at(&f, ctx, g->git_dir, ref, 4 * KIB, false);
    if (rc < 0)
        return rc;
    bool good = f.view.len >= 2 * GIT_ID_LEN && read_id(view_of(f.view.ptr, 2 * GIT_ID_LEN), out);
    file_unload(&f);
    return good ? 0 : ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' names no commit", ref);
}

static int packed_ref(struct git_id *out, struct git_objects *g, mimeo_ctx *ctx, const char *ref)
{
    struct file_bytes f;
    int rc = file_load_at(&f, ctx, g->git_dir, "packed-refs", PACKED_REFS_MAX, false);
    if (rc < 0)
        return rc;
    struct cursor c = cursor_of(f.view);
    struct view line, hex;
    rc = MIMEO_ENOTFOUND;
    while (rc != 0 && cursor_line(&c, &line)) {
        struct cursor at = cursor_of(line);
        if (cursor_until(&at, ' ', &hex) && view_equal_str(view_of(at.ptr, at.left), ref) && read_id(hex, out))
            rc = 0;
    }
    file_unload(&f);
    return rc == 0 ? 0 : ctx_error(ctx, rc, "there is no '%s'", ref);
}

int git_objects_branch(struct git_id *out, struct git_objects *g, mimeo_ctx *ctx, const char *branch)
{
    static const char *const places[] = {"refs/heads/", "refs/remotes/origin/"};
    int rc = MIMEO_ENOTFOUND;
    for (size_t i = 0; rc == MIMEO_ENOTFOUND && i < sizeof(places) / sizeof(places[0]); i++) {
        struct buf ref;
        buf_init(&ref, 256);
        buf_append_str(&ref, places[i]);
        buf_append_str(&ref, branch);
        rc = buf_status(&ref) < 0 ? ctx_error_nomem(ctx) : loose_ref(out, g, ctx, buf_str(&ref));
        if (rc == MIMEO_ENOTFOUND)
            rc = packed_ref(out, g, ctx, buf_str(&ref));
        buf_dispose(&ref);
    }
    return rc;
}

/* ---- objects ---- */

static const char *kind_word(enum git_kind kind)
{
    return kind == GIT_KIND_COMMIT ? "commit" : kind == GIT_KIND_TREE ? "tree" : "blob";
}

static int damaged(mimeo_ctx *ctx, const struct git_id *id, const char *words)
{
    char hex[2 * GIT_ID_LEN + 1];
    format_hex(hex, id->bytes, GIT_ID_LEN);
    return ctx_error(ctx, MIMEO_EFORGED, "git object %.12s %s: clone the mirror again, or run 'git fsck'", hex, words);
}

static int too_large(mimeo_ctx *ctx, const struct git_id *id, size_t max)
{
    char hex[2 * GIT_ID_LEN + 1];
    format_hex(hex, id->bytes, GIT_ID_LEN);
    return ctx_error(ctx, MIMEO_EMALFORMED, "git object %.12s is over its limit of %zu bytes", hex, max);
}

/* All of one zlib stream, which must end with its input.  MIMEO_EMALFORMED over out->max, MIMEO_EFORGED
 * where it is no whole stream. */
static int inflate_all(struct buf *out, struct view packed)
{
    z_stream z = {.next_in = (Bytef *)packed.ptr, .avail_in = (uInt)packed.len};
    uint8_t chunk[16384];
    if (inflateInit(&z) != Z_OK)
        return MIMEO_ENOMEM;
    int rc = 0, step = Z_OK;
    while (rc == 0 && step == Z_OK) {
        z.next_out = chunk;
        z.avail_out = sizeof(chunk);
        step = inflate(&z, Z_NO_FLUSH);
        size_t got = sizeof(chunk) - z.avail_out;
        rc = buf_append(out, chunk, got);
        if (step == Z_OK && got == 0 && z.avail_in == 0)
            step = Z_BUF_ERROR; /* cut short: no more will ever come */
    }
    bool whole = step == Z_STREAM_END && z.avail_in == 0;
    inflateEnd(&z);
    return rc < 0 ? rc : whole ? 0 : MIMEO_EFORGED;
}

/* "blob 12\0" in front of 12 bytes. */
static bool take_header(struct cursor *c, enum git_kind kind)
{
    struct view number;
    uint64_t len;
    return cursor_skip(c, kind_word(kind)) && cursor_skip(c, " ") && cursor_until(c, 0, &number) &&
           parse_decimal(number, SIZE_MAX, &len) && len == c->left;
}

static int read_loose(struct buf *out, struct git_objects *g, mimeo_ctx *ctx, const struct git_id *id,
                      enum git_kind kind, size_t max)
{
    char hex[2 * GIT_ID_LEN + 1], name[2 * GIT_ID_LEN + 16];
    struct file_bytes f;
    format_hex(hex, id->bytes, GIT_ID_LEN);
    snprintf(name, sizeof(name), "objects/%.2s/%s", hex, hex + 2);
    /* Deflate makes nothing much longer than it was. */
    int rc = file_load_at(&f, ctx, g->git_dir, name, max + max / 1024 + 64 * KIB, false);
    if (rc < 0)
        return rc == MIMEO_EMALFORMED ? too_large(ctx, id, max) : rc;
    struct buf raw;
    buf_init(&raw, max + HEADER_MAX);
    rc = inflate_all(&raw, f.view);
    file_unload(&f);
    struct cursor c = cursor_of(buf_view(&raw));
    if (rc == MIMEO_EMALFORMED)
        rc = too_large(ctx, id, max);
    else if (rc == MIMEO_ENOMEM)
        rc = ctx_error_nomem(ctx);
    else if (rc < 0 || !take_header(&c, kind))
        rc = damaged(ctx, id, rc < 0 ? "is damaged or cut short" : "is not what its place says");
    else if (buf_append(out, c.ptr, c.left) < 0)
        rc = ctx_error_nomem(ctx);
    buf_dispose(&raw);
    return rc;
}

static int read_packed(struct buf *out, struct git_objects *g, mimeo_ctx *ctx, const struct git_id *id,
                       enum git_kind kind, size_t max)
{
    static const git_object_t types[] = {GIT_OBJECT_COMMIT, GIT_OBJECT_TREE, GIT_OBJECT_BLOB};
    git_oid oid;
    size_t len;
    git_object_t type;
    git_odb_object *o = NULL;
    memcpy(oid.id, id->bytes, GIT_ID_LEN);
    int code = git_odb_read_header(&len, &type, g->packs, &oid);
    if (code == GIT_ENOTFOUND) {
        char hex[2 * GIT_ID_LEN + 1];
        format_hex(hex, id->bytes, GIT_ID_LEN);
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "git object %.12s is not held: is the clone shallow or partial?", hex);
    }
    if (code < 0)
        return damaged(ctx, id, "is damaged");
    if (type != types[kind])
        return damaged(ctx, id, "is not what its place says");
    if (len > max)
        return too_large(ctx, id, max);
    if (git_odb_read(&o, g->packs, &oid) < 0)
        return damaged(ctx, id, "is damaged");
    int rc = git_odb_object_size(o) > max ? too_large(ctx, id, max)
             : buf_append(out, git_odb_object_data(o), git_odb_object_size(o)) < 0 ? ctx_error_nomem(ctx)
                                                                                   : 0;
    git_odb_object_free(o);
    return rc;
}

int git_objects_read(struct buf *out, struct git_objects *g, mimeo_ctx *ctx, const struct git_id *id,
                     enum git_kind kind, size_t max)
{
    buf_init(out, max);
    int rc = read_loose(out, g, ctx, id, kind, max);
    if (rc == MIMEO_ENOTFOUND)
        rc = read_packed(out, g, ctx, id, kind, max);
    if (rc < 0)
        buf_dispose(out);
    return rc;
}

/* ---- inside of objects ---- */

/* "100644 name\0" and 20 bytes. */
bool git_tree_next(struct cursor *c, struct git_entry *out)
{
    struct view mode, id;
    struct git_entry e = {0};
    if (!cursor_until(c, ' ', &mode) || mode.len > 6 || !cursor_until(c, 0, &e.name) ||
        !cursor_take(c, GIT_ID_LEN, &id))
        return false;
    for (size_t i = 0; i < mode.len; i++) {
        if (mode.ptr[i] < '0' || mode.ptr[i] > '7')
            return false;
        e.mode = e.mode * 8 + (unsigned)(mode.ptr[i] - '0');
    }
    memcpy(e.id.bytes, id.ptr, GIT_ID_LEN);
    *out = e;
    return true;
}

/* "tree <40 digits>\n" begins a commit. */
bool git_commit_root(struct view commit, struct git_id *out)
{
    struct cursor c = cursor_of(commit);
    struct view line;
    return cursor_skip(&c, "tree ") && cursor_line(&c, &line) && read_id(line, out);
}
