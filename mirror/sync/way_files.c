/*
 * Plain reads: a work tree, a bare repository, a directory, a stick or a pack that this machine can open.
 * Nothing is copied on the way, so nothing can be left behind.
 */
#include "sync/way.h"

static bool serves(const struct address *address)
{
    return address->kind == ADDRESS_PATH;
}

static int next(struct store **out, struct approach *a, mimeo_ctx *ctx)
{
    static const char read_once[] = "read";
    if (a->state == read_once && !a->again)
        return 0;
    a->again = false;
    a->state = (void *)(uintptr_t)read_once;
    int rc = store_open(out, ctx, a->address->path, false);
    return rc < 0 ? rc : 1;
}

static int settle(struct approach *a, mimeo_ctx *ctx, bool good)
{
    (void)a;
    (void)ctx;
    (void)good;
    return 0;
}

static void end(struct approach *a)
{
    a->state = NULL;
}

const struct way way_files = {"files", serves, next, settle, end, NULL};
