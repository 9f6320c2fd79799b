/*
 * Walking what was handed over.  A stick may hold anything: so there are caps on depth and number, links are not followed, and
 * what is neither a mirror nor a pack is no fault where nobody named it.
 */
#include "library/gather.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library/mirror.h"

#define DEPTH_MAX 8        /* a library on a stick has its mirrors at 2 */
#define ENTRIES_MAX 100000 /* of one directory, and of all */
#define MIRRORS_MAX 1000

struct mimeo_gathering {
    struct packs *packs;
    size_t publishers; /* that packs name; 1 where there are packs that name nobody */
    char **mirrors;
    size_t mirror_count, mirror_cap;
    size_t sealed;
};

/* ---- what is found ---- */

struct gathering {
    mimeo_gathering *g;
    mimeo_ctx *ctx;
    const struct mimeo_gather_options *options;
    size_t entries;
    int code; /* of the first that was refused */
    char message[CTX_MESSAGE_MAX];
};

/* Trouble of this machine, or of this run, is nobody's fault. */
static bool ends_all(int code)
{
    return code == MIMEO_ENOMEM || code == MIMEO_ECANCELLED;
}

/* A path gives nothing: the others may.  The context says why. */
static int refuse(struct gathering *w, const char *path, int code)
{
    if (ends_all(code))
        return code;
    if (w->code == 0) {
        w->code = code;
        memcpy(w->message, mimeo_ctx_message(w->ctx), sizeof(w->message));
    }
    if (w->options->refused != NULL)
        w->options->refused(path, code, mimeo_ctx_message(w->ctx), w->options->payload);
    return 0;
}

static int add_mirror(struct gathering *w, const char *path)
{
    mimeo_gathering *g = w->g;
    if (g->mirror_count == MIRRORS_MAX)
        return refuse(w, path, ctx_error(w->ctx, MIMEO_EMALFORMED, "'%s' is left out: more than %d mirrors", path, MIRRORS_MAX));
    if (g->mirror_count == g->mirror_cap) {
        size_t cap = g->mirror_cap == 0 ? 8 : 2 * g->mirror_cap;
        char **grown = realloc(g->mirrors, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(w->ctx);
        g->mirrors = grown;
        g->mirror_cap = cap;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return ctx_error_nomem(w->ctx);
    g->mirrors[g->mirror_count++] = copy;
    return 0;
}

static int add_found(struct gathering *w, const char *path)
{
    int rc = packs_add_found(w->g->packs, w->ctx, path, w->options->sealed);
    w->g->sealed += rc == PACKS_SEALED;
    return rc < 0 ? refuse(w, path, rc) : 0;
}

/* ---- walking ---- */

struct level {
    struct gathering *w;
    const char *path;
    int depth;
    bool in_mirror;  /* whose own files are the mirror's */
    bool in_library; /* whose trust files look like mirrors and are none */
};

static int walk(struct gathering *w, const char *path, int depth);

static bool is_passed_over(const struct level *l, const char *name)
{
    static const char *const of_mirror[] = {"bundles", "charter", "dict", "media"};
    bool is = name[0] == '.' || (l->in_library && (strcmp(name, "trust") == 0 || strcmp(name, "work") == 0));
    for (size_t i = 0; l->in_mirror && i < sizeof(of_mirror) / sizeof(of_mirror[0]); i++)
        is = is || strcmp(name, of_mirror[i]) == 0;
    return is;
}

static bool has_directory(const char *path, const char *name)
{
    struct stat st;
    char *full = path_join(path, name);
    bool has = full != NULL && stat(full, &st) == 0 && S_ISDIR(st.st_mode);
    free(full);
    return has;
}

/* The kind of an entry; not every file system says it in the listing.  What is gone since is nothing. */
static unsigned char type_of(const char *path, unsigned char d_type)
{
    struct stat st;
    if (d_type != DT_UNKNOWN)
        return d_type;
    return lstat(path, &st) < 0 ? DT_UNKNOWN : (unsigned char)IFTODT(st.st_mode);
}

static int visit(const char *name, unsigned char d_type, void *payload)
{
    const struct level *l = payload;
    struct gathering *w = l->w;
    if (is_passed_over(l, name))
        return 0;
    if (++w->entries > ENTRIES_MAX)
        return ctx_error(w->ctx, MIMEO_EMALFORMED, "'%s': there are more than %d files: what follows is left out; name less",
                         l->path, ENTRIES_MAX);
    char *path = path_join(l->path, name);
    if (path == NULL)
        return ctx_error_nomem(w->ctx);
    unsigned char type = type_of(path, d_type);
    int rc = ctx_check_cancel(w->ctx);
    if (rc == 0 && type == DT_DIR && l->depth < DEPTH_MAX)
        rc = walk(w, path, l->depth + 1);
    else if (rc == 0 && type == DT_REG)
        rc = add_found(w, path);
    free(path);
    return rc;
}

static int walk(struct gathering *w, const char *path, int depth)
{
    struct level l = {w, path, depth, store_is_mirror(path), has_directory(path, "publishers") && has_directory(path, "trust")};
    int rc = l.in_mirror ? add_mirror(w, path) : 0;
    if (rc < 0 || (l.in_mirror && store_is_bare(path)))
        return rc;
    int fd = dir_open(w->ctx, path);
    if (fd < 0)
        return refuse(w, path, fd);
    rc = dir_each(w->ctx, fd, ENTRIES_MAX, visit, &l);
    close(fd);
    return rc < 0 && depth > 0 && !ends_all(rc) && w->entries <= ENTRIES_MAX ? refuse(w, path, rc) : rc;
}

static int gather_path(struct gathering *w, const char *path)
{
    struct stat st;
    int rc;
    if (stat(path, &st) < 0)
        rc = ctx_error_errno(w->ctx, MIMEO_EIO, "cannot open '%s'", path);
    else if (S_ISDIR(st.st_mode))
        rc = walk(w, path, 0);
    else if (S_ISREG(st.st_mode))
        rc = packs_add(w->g->packs, w->ctx, path);
    else
        rc = ctx_error(w->ctx, MIMEO_EMALFORMED, "'%s' is neither a file nor a directory", path);
    return rc < 0 ? refuse(w, path, rc) : 0;
}

/* ---- sorting ---- */

static int index_packs(mimeo_gathering *g, mimeo_ctx *ctx)
{
    if (packs_files(g->packs) == 0)
        return 0;
    int rc = packs_index(g->packs, ctx);
    if (rc < 0)
        return rc;
    while (packs_publisher(g->packs, g->publishers) != NULL)
        g->publishers++;
    g->publishers = g->publishers == 0 ? 1 : g->publishers;
    return 0;
}

/* Nothing is there: why? */
static int refuse_all(const struct gathering *w, const char *path)
{
    if (w->code < 0)
        return ctx_error(w->ctx, w->code, "%s", w->message);
    if (w->g->sealed > 0)
        return ctx_error(w->ctx, MIMEO_EPASSPHRASE,
                         "'%s' holds no mirror and no pack, and %zu files that may be encrypted packs: give --passphrase-file",
                         path, w->g->sealed);
    return ctx_error(w->ctx, MIMEO_ENOTFOUND,
                     "'%s' holds no mirror (no 'head', 'charter' or 'bundles', and no git repository) and no pack", path);
}

int mimeo_gather(mimeo_gathering **out, mimeo_ctx *ctx, const char *const *paths, size_t count,
                 const struct mimeo_gather_options *options)
{
    mimeo_gathering *g = calloc(1, sizeof(*g));
    struct gathering *w = calloc(1, sizeof(*w));
    int rc = g == NULL || w == NULL ? ctx_error_nomem(ctx) : packs_new(&g->packs, ctx);
    if (rc == 0)
        *w = (struct gathering){.g = g, .ctx = ctx, .options = options};
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = gather_path(w, paths[i]);
    if (rc == 0)
        rc = index_packs(g, ctx);
    if (rc == 0 && mimeo_gathering_count(g) == 0)
        rc = refuse_all(w, count == 0 ? "." : paths[0]);
    free(w);
    if (rc < 0) {
        mimeo_gathering_free(g);
        return rc;
    }
    *out = g;
    return 0;
}

void mimeo_gathering_free(mimeo_gathering *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->mirror_count; i++)
        free(g->mirrors[i]);
    free(g->mirrors);
    packs_free(g->packs);
    free(g);
}

size_t mimeo_gathering_count(const mimeo_gathering *g)
{
    return g->publishers + g->mirror_count;
}

size_t mimeo_gathering_sealed(const mimeo_gathering *g)
{
    return g->sealed;
}

int gathering_store(struct store **out, const mimeo_gathering *g, mimeo_ctx *ctx, size_t n, size_t copy)
{
    return n < g->publishers ? packs_store(out, ctx, g->packs, n, copy)
                             : store_open(out, ctx, g->mirrors[n - g->publishers], false);
}

size_t gathering_copies(const mimeo_gathering *g, size_t n)
{
    return n < g->publishers ? packs_copies(g->packs, n) : 0;
}

int mimeo_gathering_mirror(mimeo_mirror **out, const mimeo_gathering *g, mimeo_ctx *ctx, size_t n, const char *library)
{
    struct store *store;
    int rc = gathering_store(&store, g, ctx, n, 0);
    return rc == 0 ? mirror_open_store(out, ctx, store, library, MIRROR_STRANGE) : rc;
}
