/*
 * A mirror in one file, or in several that are read as one: objects with prefixes in a row (FORMAT.md section 4).  The
 * index says where they are; bytes are read when they are asked for, so memory does not grow with what the pack holds.
 */
#include <stdlib.h>
#include <string.h>

#include "store/backend.h"
#include "store/pack_index.h"

struct pack {
    struct backend backend;
    struct pack_view view;
};

static int load(struct stored *out, struct pack *p, mimeo_ctx *ctx, const char *name, const struct member *m,
                size_t max, size_t front)
{
    if (m == NULL)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no '%s' in the pack", name);
    if (m->len > max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' has %u bytes, over its limit of %zu", name, m->len, max);
    size_t len = front > 0 && front < m->len ? front : m->len, got;
    uint8_t *bytes = malloc(len == 0 ? 1 : len);
    if (bytes == NULL)
        return ctx_error_nomem(ctx);
    int rc = pack_source_read(p->view.index->source, ctx, m->offset, bytes, len, &got);
    if (rc < 0) {
        free(bytes);
        return rc;
    }
    *out = (struct stored){.view = view_of(bytes, got), .owner = {NULL, bytes}};
    return 0;
}

static int get(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max, size_t front)
{
    struct pack *p = (struct pack *)b;
    const struct member *m;
    int rc = pack_index_find(&m, &p->view, ctx, name);
    return rc == 0 ? load(out, p, ctx, name, m, max, front) : rc;
}

int pack_get_copy(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t n, size_t front)
{
    struct pack *p = (struct pack *)b;
    return load(out, p, ctx, name, pack_index_copy(&p->view, name, n), LIMIT_BUNDLE, front);
}

static int each(struct backend *b, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    struct pack *p = (struct pack *)b;
    return pack_index_each(&p->view, ctx, top, fn, payload);
}

static void pack_close(struct backend *b)
{
    struct pack *p = (struct pack *)b;
    pack_index_release(p->view.index);
    free(p);
}

static const struct backend_ops ops = {get, each, pack_close};

int pack_view_open(struct backend **out, mimeo_ctx *ctx, const struct pack_view *view)
{
    struct pack *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return ctx_error_nomem(ctx);
    p->backend.ops = &ops;
    p->view = *view;
    p->view.index->users++;
    *out = &p->backend;
    return 0;
}

int pack_open(struct backend **out, mimeo_ctx *ctx, struct pack_source *source)
{
    struct pack_view v = {NULL, 0, 0};
    int rc = pack_index_make(&v.index, ctx, source, false);
    if (rc < 0)
        return rc;
    rc = pack_view_open(out, ctx, &v);
    pack_index_release(v.index);
    return rc;
}

bool pack_is_concurrent(const struct backend *b)
{
    return pack_source_is_concurrent(((const struct pack *)b)->view.index->source);
}

enum store_sealed pack_sealed(const struct backend *b)
{
    const struct pack_source *s = ((const struct pack *)b)->view.index->source;
    size_t sealed = pack_source_sealed(s);
    return sealed == 0 ? STORE_SEALED_NONE : sealed < pack_source_count(s) ? STORE_SEALED_SOME : STORE_SEALED_ALL;
}

const struct pack_view *pack_view_of(const struct backend *b)
{
    return &((const struct pack *)b)->view;
}
