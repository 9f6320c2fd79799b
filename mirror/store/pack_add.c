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
#include "trust/seal.h"

struct look {
    uint8_t front[SEAL_LOOK];
    struct view seen;
    uint64_t size;
};

static int look(struct look *out, mimeo_ctx *ctx, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
    ssize_t n = pread(fd, out->front, sizeof(out->front), 0);
    int rc = n < 0 || fstat(fd, &st) < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot read '%s'", path) : 0;
    close(fd);
    if (rc < 0)
        return rc;
    out->seen = view_of(out->front, (size_t)n);
    out->size = (uint64_t)st.st_size;
    return 0;
}

/* An encrypted pack begins with any bytes at all, "<" in one of 256: only a longer signature says more than the look of
 * all that was seen. */
static bool may_be_sealed(const struct look *l, enum sniff_kind kind)
{
    return (kind == SNIFF_UNKNOWN || kind == SNIFF_HTML || kind == SNIFF_TEXT) && seal_may_be(l->size, l->seen);
}

static int refuse(mimeo_ctx *ctx, const char *path, const struct look *l, const struct sniff *what)
{
    if (what->kind != SNIFF_UNKNOWN)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' %s", path, what->words);
    struct prefix prefix; /* has words for a magic that was spoiled on the way */
    char quoted[512];
    snprintf(quoted, sizeof(quoted), "'%s'", path);
    int rc = prefix_parse(&prefix, ctx, quoted, l->seen);
    return rc < 0 ? rc : ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no mimeo mirror", path);
}

int pack_add(struct pack_source *source, mimeo_ctx *ctx, const char *path)
{
    struct look l;
    int rc = look(&l, ctx, path);
    if (rc < 0)
        return rc;
    struct sniff what = sniff(l.seen);
    if (what.kind == SNIFF_PACK)
        return pack_source_add(source, ctx, path);
    rc = may_be_sealed(&l, what.kind) ? sealed_add(source, ctx, path, l.size, l.seen) : 0;
    return rc == 0 ? refuse(ctx, path, &l, &what) : rc < 0 ? rc : 0;
}

int pack_add_found(struct pack_source *source, mimeo_ctx *ctx, const char *path, bool sealed)
{
    struct look l;
    int rc = look(&l, ctx, path);
    if (rc < 0)
        return rc;
    enum sniff_kind kind = sniff(l.seen).kind;
    if (kind == SNIFF_PACK) {
        rc = pack_source_add(source, ctx, path);
        return rc < 0 ? rc : PACKS_ADDED;
    }
    if (!may_be_sealed(&l, kind))
        return PACKS_NONE;
    if (!sealed)
        return PACKS_SEALED;
    rc = sealed_add(source, ctx, path, l.size, l.seen);
    return rc == 1 ? PACKS_ADDED : rc < 0 ? rc : PACKS_NONE;
}
