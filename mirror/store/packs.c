/* Packs that are read together, and a store of each publisher in them. */
#include <stdio.h>
#include <stdlib.h>

#include "store/pack_add.h"
#include "store/pack_index.h"

struct packs {
    struct pack_source *source; /* until the index takes it */
    struct pack_index *index;
};

int packs_new(struct packs **out, mimeo_ctx *ctx)
{
    struct packs *p = calloc(1, sizeof(*p));
    int rc = p == NULL ? ctx_error_nomem(ctx) : pack_source_new(&p->source, ctx);
    if (rc < 0) {
        free(p);
        return rc;
    }
    *out = p;
    return 0;
}

void packs_free(struct packs *p)
{
    if (p == NULL)
        return;
    pack_index_release(p->index);
    pack_source_free(p->source);
    free(p);
}

int packs_add(struct packs *p, mimeo_ctx *ctx, const char *path)
{
    return pack_add(p->source, ctx, path);
}

int packs_add_found(struct packs *p, mimeo_ctx *ctx, const char *path, bool sealed)
{
    return pack_add_found(p->source, ctx, path, sealed);
}

size_t packs_files(const struct packs *p)
{
    return pack_source_count(p->index != NULL ? p->index->source : p->source);
}

int packs_index(struct packs *p, mimeo_ctx *ctx)
{
    struct pack_source *source = p->source;
    p->source = NULL;
    return pack_index_make(&p->index, ctx, source, true);
}

const struct hash *packs_publisher(const struct packs *p, size_t n)
{
    return n < p->index->publisher_count ? &p->index->publishers[n + 1].id : NULL;
}

int packs_store(struct store **out, mimeo_ctx *ctx, const struct packs *p, size_t n, size_t copy)
{
    struct pack_index *index = p->index;
    bool named = n < index->publisher_count;
    const struct pack_publisher *is = &index->publishers[named ? n + 1 : 0];
    const char *path = pack_source_path(index->source, is->first_file);
    char *label;
    int len = is->files > 1 ? asprintf(&label, "%s and %zu more", path, is->files - 1) : asprintf(&label, "%s", path);
    if (len < 0)
        return ctx_error_nomem(ctx);
    int rc = store_of_pack(out, ctx, &(struct pack_view){index, named ? (uint8_t)(n + 1) : 0, copy}, label);
    free(label);
    return rc;
}

size_t packs_copies(const struct packs *p, size_t n)
{
    const struct member_list *l = &p->index->named;
    size_t run = 0, most = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct member *m = &l->items[i];
        if (m->kind != MEMBER_BUNDLE || m->publisher != (p->index->publisher_count == 0 ? 0 : n + 1))
            continue;
        run = m->why == 0 ? 0 : run + 1; /* a further one is marked as a stray */
        most = run > most ? run : most;
    }
    return most;
}
