/*
 * A mirror's files in a directory that anybody may have filled: every name is opened beneath it
 * without following a link (base/file.h).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backend.h"

#define DEPTH_MAX 10 /* "media/" and six pairs */

struct directory {
    struct backend backend;
    int fd;
    bool trusted;
};

static int read_front(struct stored *out, mimeo_ctx *ctx, int dir_fd, const char *name, size_t front)
{
    uint8_t *bytes = malloc(front);
    int fd = bytes == NULL ? ctx_error_nomem(ctx) : file_open_beneath(ctx, dir_fd, name, NULL);
    if (fd < 0) {
        free(bytes);
        return fd;
    }
    size_t len = 0;
    ssize_t n;
    while (len < front && (n = read(fd, bytes + len, front - len)) > 0)
        len += (size_t)n;
    close(fd);
    *out = (struct stored){.view = view_of(bytes, len), .owner = {NULL, bytes}};
    return 0;
}

static int get(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max, size_t front)
{
    struct directory *d = (struct directory *)b;
    struct file_bytes f;
    if (front > 0)
        return read_front(out, ctx, d->fd, name, front);
    int rc = file_load_at(&f, ctx, d->fd, name, max, d->trusted);
    if (rc == 0)
        *out = (struct stored){.view = f.view, .owner = {f.map, f.heap}};
    return rc;
}

bool store_name_is_furniture(const char *entry)
{
    static const char *const names[] = {"lost+found", "System Volume Information", ".Spotlight-V100", ".fseventsd", ".Trashes"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(entry, names[i]) == 0)
            return true;
    return false;
}

/* ---- walking ---- */

struct walk {
    mimeo_ctx *ctx;
    name_fn fn;
    void *payload;
    const char *base; /* of the directory at hand, "" or "bundles/00" */
    int fd;
    int depth;
};

static int walk_directory(const struct walk *w);

static int walk_below(const struct walk *w, const char *entry, const char *name)
{
    struct walk below = *w;
    below.base = name;
    below.depth++;
    if (below.depth > DEPTH_MAX)
        return w->fn(name, &stray_name, w->payload);
    below.fd = dir_open_beneath(w->ctx, w->fd, entry);
    if (below.fd == MIMEO_EMALFORMED)
        return w->fn(name, &stray_link, w->payload);
    if (below.fd < 0)
        return below.fd == MIMEO_ENOTFOUND ? 0 : below.fd;
    int rc = walk_directory(&below);
    close(below.fd);
    return rc;
}

/* What an entry is, as a d_type; DT_UNKNOWN where it is gone since.  Not every file system says it in the listing,
 * and asking for each costs more than all else where a thousand bundles are held. */
static unsigned char type_of(const struct walk *w, const char *entry, unsigned char d_type)
{
    struct stat st;
    if (d_type != DT_UNKNOWN)
        return d_type;
    return fstatat(w->fd, entry, &st, AT_SYMLINK_NOFOLLOW) < 0 ? DT_UNKNOWN : (unsigned char)IFTODT(st.st_mode);
}

static int visit(const char *entry, unsigned char d_type, void *payload)
{
    const struct walk *w = payload;
    char name[4096];
    int len = snprintf(name, sizeof(name), "%s%s%s", w->base, w->base[0] == '\0' ? "" : "/", entry);
    if (len < 0 || (size_t)len >= sizeof(name))
        return w->fn(entry, &stray_name, w->payload);
    if (w->base[0] == '\0' && (strcmp(entry, ".git") == 0 || store_name_is_furniture(entry)))
        return 0;
    unsigned char type = type_of(w, entry, d_type);
    if (type == DT_UNKNOWN)
        return 0;
    if (type == DT_LNK)
        return w->fn(name, &stray_link, w->payload);
    enum name_kind kind = name_read(name).kind;
    if (type == DT_DIR)
        return kind == NAME_DIRECTORY ? walk_below(w, entry, name) : w->fn(name, &stray_name, w->payload);
    if (type != DT_REG)
        return w->fn(name, &stray_special, w->payload);
    return w->fn(name, kind == NAME_NONE || kind == NAME_DIRECTORY ? &stray_name : NULL, w->payload);
}

static int walk_directory(const struct walk *w)
{
    return dir_each(w->ctx, w->fd, STORE_NAMES_MAX, visit, (void *)w);
}

static int each(struct backend *b, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    struct directory *d = (struct directory *)b;
    struct walk w = {ctx, fn, payload, "", d->fd, 0};
    return top[0] == '\0' ? walk_directory(&w) : walk_below(&w, top, top);
}

static void directory_close(struct backend *b)
{
    struct directory *d = (struct directory *)b;
    close(d->fd);
    free(d);
}

static const struct backend_ops ops = {get, each, directory_close};

int directory_open(struct backend **out, mimeo_ctx *ctx, const char *path, bool trusted)
{
    struct directory *d = calloc(1, sizeof(*d));
    if (d == NULL)
        return ctx_error_nomem(ctx);
    d->backend.ops = &ops;
    d->trusted = trusted;
    d->fd = dir_open(ctx, path);
    if (d->fd < 0) {
        int rc = d->fd;
        free(d);
        return rc;
    }
    *out = &d->backend;
    return 0;
}
