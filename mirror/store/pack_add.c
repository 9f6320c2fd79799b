/* What is this file?  Its first bytes say it, or, of an encrypted pack, only the passphrase. */
#include "store/pack_add.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sniff.h"
#include "bundle/object.h"
#include "store/sealed.h"
#include "store/store.h"
#include "base/zip_read.h"
#include "trust/seal.h"

struct look {
    uint8_t front[SEAL_LOOK];
    struct view seen;
    struct pack_region region;
    struct sniff what;
};

/* What is it, by its first bytes? */
static int look_at(struct look *out, mimeo_ctx *ctx, int fd, const struct pack_region *r)
{
    size_t len = r->len < sizeof(out->front) ? (size_t)r->len : sizeof(out->front);
    ssize_t n = pread(fd, out->front, len, (off_t)r->base);
    if (n < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", r->path);
    out->seen = view_of(out->front, (size_t)n);
    out->region = *r;
    out->what = sniff(out->seen);
    return 0;
}

/* The file itself; it stays open. */
static int look(int *fd, struct look *out, mimeo_ctx *ctx, const char *path)
{
    struct stat st;
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (opened < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
    int rc = fstat(opened, &st) < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", path) : 0;
    if (rc == 0)
        rc = look_at(out, ctx, opened, &(struct pack_region){path, 0, (uint64_t)st.st_size});
    if (rc < 0)
        close(opened);
    else
        *fd = opened;
    return rc;
}

/* An encrypted pack begins with any bytes at all, "<" in one of 256: only a longer signature says more than the look of
 * all that was seen. */
static bool may_be_sealed(const struct look *l)
{
    enum sniff_kind kind = l->what.kind;
    return (kind == SNIFF_UNKNOWN || kind == SNIFF_HTML || kind == SNIFF_TEXT) && seal_may_be(l->region.len, l->seen);
}

static int refuse(mimeo_ctx *ctx, const struct look *l)
{
    if (l->what.kind != SNIFF_UNKNOWN)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' %s", l->region.path, l->what.words);
    struct prefix prefix; /* has words for a magic that was spoiled on the way */
    char quoted[512];
    snprintf(quoted, sizeof(quoted), "'%s'", l->region.path);
    int rc = prefix_parse(&prefix, ctx, quoted, l->seen);
    return rc < 0 ? rc : ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no mimeo mirror", l->region.path);
}

/* ---- what is a pack, and a zip with packs in it ---- */

static int add_one(struct pack_source *source, mimeo_ctx *ctx, const struct look *l, bool sealed)
{
    int rc = PACKS_NONE;
    if (l->what.kind == SNIFF_PACK)
        rc = pack_source_add(source, ctx, &l->region);
    else if (!may_be_sealed(l))
        return PACKS_NONE;
    else if (!sealed)
        return PACKS_SEALED;
    else if ((rc = sealed_add(source, ctx, &l->region, l->seen)) == 0)
        return PACKS_NONE;
    return rc < 0 ? rc : PACKS_ADDED;
}

struct zip_walk {
    struct pack_source *source;
    mimeo_ctx *ctx;
    int fd;
    const char *path;
    bool sealed;
    int found;   /* the best of its entries */
    bool packed;
    bool locked; /* one of them may be an encrypted pack that does not open: the context says so */
};

static int add_entry(const struct zip_stretch *e, void *payload)
{
    struct zip_walk *w = payload;
    struct look l;
    w->packed = w->packed || !e->plain;
    if (!e->plain)
        return 0;
    int rc = look_at(&l, w->ctx, w->fd, &(struct pack_region){w->path, e->offset, e->len});
    if (rc == 0)
        rc = add_one(w->source, w->ctx, &l, w->sealed);
    w->locked = w->locked || rc == MIMEO_EPASSPHRASE;
    w->found = rc > w->found ? rc : w->found;
    return rc < 0 && rc != MIMEO_EPASSPHRASE ? rc : 0;
}

/* The list of what is in a zip is at its end.  Of one that was cut short the first pack is there all the same. */
static int add_cut(struct pack_source *source, mimeo_ctx *ctx, int fd, const struct pack_region *r)
{
    char words[CTX_MESSAGE_MAX]; /* are about the zip, and stay, where this gives nothing */
    struct look l;
    memcpy(words, ctx->message, sizeof(words));
    int rc = look_at(&l, ctx, fd, r);
    if (rc == 0 && l.what.kind == SNIFF_PACK)
        return add_one(source, ctx, &l, false);
    memcpy(ctx->message, words, sizeof(words));
    return PACKS_NONE;
}

/* `named`: where none of it is a pack, it says why. */
static int add_zip(struct pack_source *source, mimeo_ctx *ctx, int fd, const struct look *l, bool sealed, bool named)
{
    struct zip_walk w = {source, ctx, fd, l->region.path, sealed, PACKS_NONE, false, false};
    struct zip_stretch first;
    int rc = zip_each(fd, l->region.len, ctx, w.path, add_entry, &w);
    if (rc == MIMEO_EMALFORMED && w.found == PACKS_NONE && zip_first(&first, fd, l->region.len) && first.plain &&
        add_cut(source, ctx, fd, &(struct pack_region){w.path, first.offset, first.len}) == PACKS_ADDED)
        return PACKS_ADDED;
    if (rc == MIMEO_EMALFORMED && w.found == PACKS_ADDED)
        return PACKS_ADDED; /* what is wrong with it shows where it is read */
    if (rc == MIMEO_EMALFORMED && !named)
        return PACKS_NONE;
    if (rc < 0 || (w.locked && w.found == PACKS_NONE))
        return rc < 0 ? rc : MIMEO_EPASSPHRASE;
    if (w.found == PACKS_NONE && named)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         w.packed ? "'%s' is a zip archive whose files are compressed: unpack it first"
                                  : "'%s' is a zip archive with no pack in it", w.path);
    return w.found;
}

static int add(struct pack_source *source, mimeo_ctx *ctx, const char *path, bool sealed, bool named)
{
    struct look l;
    int fd = -1;
    int rc = look(&fd, &l, ctx, path);
    if (rc < 0)
        return rc;
    rc = l.what.kind == SNIFF_ZIP ? add_zip(source, ctx, fd, &l, sealed, named) : add_one(source, ctx, &l, sealed);
    if (rc == PACKS_NONE && named)
        rc = refuse(ctx, &l);
    close(fd);
    return rc;
}

int pack_add(struct pack_source *source, mimeo_ctx *ctx, const char *path)
{
    int rc = add(source, ctx, path, true, true);
    return rc < 0 ? rc : 0;
}

int pack_add_found(struct pack_source *source, mimeo_ctx *ctx, const char *path, bool sealed)
{
    return add(source, ctx, path, sealed, false);
}
