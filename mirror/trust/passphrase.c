/*
 * Passphrases: in memory that is locked and wiped.
 */
#include <string.h>

#include "trust/hash.h"
#include "trust/keyfile.h"

void passphrase_dispose(struct passphrase *p)
{
    if (p == NULL)
        return;
    sodium_free(p->ptr);
    p->ptr = NULL;
    p->len = 0;
}

int passphrase_new(struct passphrase *out, mimeo_ctx *ctx)
{
    char *ptr = sodium_malloc(PASSPHRASE_MAX);
    if (ptr == NULL)
        return ctx_error_nomem(ctx);
    *out = (struct passphrase){ptr, 0};
    return 0;
}

int passphrase_copy(struct passphrase *out, mimeo_ctx *ctx, struct view v)
{
    if (v.len == 0)
        return ctx_error(ctx, MIMEO_EUSAGE, "the passphrase is empty: give at least one byte");
    if (v.len > PASSPHRASE_MAX)
        return ctx_error(ctx, MIMEO_EUSAGE, "the passphrase is longer than %d bytes", PASSPHRASE_MAX);
    char *ptr = sodium_malloc(v.len);
    if (ptr == NULL)
        return ctx_error_nomem(ctx);
    memcpy(ptr, v.ptr, v.len);
    out->ptr = ptr;
    out->len = v.len;
    return 0;
}
