/*
 * Encrypted packs have no magic: a file that is nothing known and looks random is tried with the passphrase, if there
 * is one.  Each try costs a key derivation or two, a quarter of a second each; so a stick full of noise could keep a
 * reader busy for hours, were the files that do not open not counted.
 */
#include "store/sealed.h"

#include "trust/seal.h"

#define FAILURES_MAX 64 /* files that one passphrase does not open, after which no others are tried */

static int refuse(mimeo_ctx *ctx, const char *path, uint64_t size)
{
    return ctx_error(ctx, MIMEO_EPASSPHRASE,
                     seal_size_fits(size)
                         ? "'%s' is nothing that mimeo knows, or an encrypted pack: give --passphrase-file"
                         : "'%s' is nothing that mimeo knows, or an encrypted pack that is cut short: get it again, or "
                           "give --passphrase-file for what is left", path);
}

int sealed_add(struct pack_source *source, mimeo_ctx *ctx, const struct pack_region *r, struct view front)
{
    struct passphrase p = {NULL, 0};
    if (!seal_may_be(r->len, front))
        return 0;
    if (ctx->ask.fn == NULL)
        return refuse(ctx, r->path, r->len);
    int rc = ctx_passphrase(&p.ptr, &p.len, ctx);
    if (rc < 0)
        return rc;
    if (ctx->passphrase_failures >= FAILURES_MAX)
        return ctx_error(ctx, MIMEO_EPASSPHRASE, "'%s' was not tried: the passphrase does not open %d files already", r->path,
                         FAILURES_MAX);
    rc = pack_source_add_sealed(source, ctx, r, &p);
    if (rc == MIMEO_EPASSPHRASE)
        ctx->passphrase_failures++;
    return rc < 0 ? ctx_error_prefix(ctx, rc, "'%s'", r->path) : 1;
}
