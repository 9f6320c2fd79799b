/*
 * A store's media, and the lists of parts that stand in packs.  In a directory and in a pack media are looked up where they are; a
 * repository's are listed, since a picture may be on either branch.
 */
#include <stdlib.h>
#include <string.h>

#include "store/pack_index.h"
#include "store/store_inside.h"

struct media_walk {
    struct store *s;
    mimeo_ctx *ctx;
    struct backend *backend;
};

static int collect_media(const char *name, const struct stray *why, void *payload)
{
    struct media_walk *w = payload;
    struct store *s = w->s;
    struct name n = name_read(name);
    if (why != NULL || n.kind != NAME_MEDIA)
        return 0;
    if (s->media_count == STORE_MEDIA_MAX)
        return ctx_error(w->ctx, MIMEO_EMALFORMED, "'%s' has more than %d pictures", s->path, STORE_MEDIA_MAX);
    if (s->media_count == s->media_cap) {
        size_t cap = s->media_cap == 0 ? 64 : 2 * s->media_cap;
        struct media_place *grown = realloc(s->media, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(w->ctx);
        s->media = grown;
        s->media_cap = cap;
    }
    s->media[s->media_count++] = (struct media_place){n.hash, n.seq, w->backend};
    return 0;
}

static int compare_places(const void *a, const void *b)
{
    const struct media_place *x = a, *y = b;
    int by_hash = memcmp(x->hash.bytes, y->hash.bytes, HASH_LEN);
    return by_hash != 0 ? by_hash : x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int know_media(struct store *s, mimeo_ctx *ctx)
{
    struct backend *places[] = {s->files, s->media_branch};
    if (s->media_known)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        struct media_walk w = {s, ctx, places[i]};
        int rc = places[i] == NULL ? 0 : places[i]->ops->each(places[i], ctx, "media", collect_media, &w);
        if (rc < 0) {
            s->media_count = 0;
            return rc;
        }
    }
    if (s->media_count > 0)
        qsort(s->media, s->media_count, sizeof(*s->media), compare_places);
    s->media_known = true;
    return 0;
}

/* The first place that has this hash. */
static const struct media_place *find_media(const struct store *s, const struct hash *h)
{
    return hash_find(h, s->media, s->media_count, sizeof(*s->media));
}

static int get_media_at(struct stored *out, struct store *s, struct backend *b, mimeo_ctx *ctx, uint64_t seq,
                        const struct hash *h)
{
    char name[STORE_NAME_MAX];
    store_name_media(name, seq, h);
    return store_get_from(out, s, b, ctx, name, LIMIT_MEDIA, 0);
}

int store_get_media(struct stored *out, struct store *s, mimeo_ctx *ctx, uint64_t seq,
                    const struct hash *h)
{
    int rc = MIMEO_ENOTFOUND;
    bool pack = s->kind == STORE_PACK; /* which finds by the hash alone */
    if (seq > 0 || pack)
        rc = get_media_at(out, s, s->files, ctx, pack ? 1 : seq, h);
    if (seq > 0 && rc == MIMEO_ENOTFOUND && s->media_branch != NULL)
        rc = get_media_at(out, s, s->media_branch, ctx, seq, h);
    if (rc != MIMEO_ENOTFOUND)
        return rc;
    rc = pack ? 0 : know_media(s, ctx);
    if (rc < 0)
        return rc;
    const struct media_place *m = pack ? NULL : find_media(s, h);
    if (m == NULL)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "the picture is not held: its bytes did not come along");
    return get_media_at(out, s, m->backend, ctx, m->seq, h);
}

struct media_pass {
    int (*fn)(uint64_t seq, const struct hash *h, void *payload);
    void *payload;
};

static int pass_media(const char *name, const struct stray *why, void *payload)
{
    const struct media_pass *p = payload;
    struct name n = name_read(name);
    return why != NULL || n.kind != NAME_MEDIA ? 0 : p->fn(n.seq, &n.hash, p->payload);
}

int store_each_media(struct store *s, mimeo_ctx *ctx,
                     int (*fn)(uint64_t seq, const struct hash *h, void *payload), void *payload)
{
    if (s->kind == STORE_PACK || s->kind == STORE_DIRECTORY) /* each is there once */
        return s->files->ops->each(s->files, ctx, "media", pass_media, &(struct media_pass){fn, payload});
    int rc = know_media(s, ctx);
    for (size_t i = 0; rc == 0 && i < s->media_count; i++) {
        const struct media_place *m = &s->media[i];
        bool again = i > 0 && m[-1].seq == m->seq && hash_equal(&m[-1].hash, &m->hash);
        if (!again)
            rc = fn(m->seq, &m->hash, payload);
    }
    return rc;
}

int store_pack_media(size_t *count, struct store *s, mimeo_ctx *ctx)
{
    return pack_index_count_media(count, pack_view_of(s->files), ctx);
}

const struct hash *store_pack_picture(const struct store *s, size_t n, bool *listed)
{
    return pack_index_media(pack_view_of(s->files), n, listed);
}

int store_pack_find(size_t *n, const struct store *s, const struct hash *h)
{
    return pack_index_find_media(n, pack_view_of(s->files), h);
}

/* ---- lists of parts ---- */

struct part_walk {
    struct store *s;
    mimeo_ctx *ctx;
    int (*fn)(const struct part *p, const struct part_here *here, void *payload);
    void *payload;
};

static int pass_part(const char *name, const struct stray *why, void *payload)
{
    struct part_walk *w = payload;
    struct stored bytes;
    struct part p;
    int rc = why == NULL ? store_get_from(&bytes, w->s, w->s->files, w->ctx, name, LIMIT_PART, 0) : MIMEO_ENOTFOUND;
    if (rc < 0)
        return rc == MIMEO_EIO || rc == MIMEO_ENOMEM ? rc : 0;
    rc = part_parse(&p, w->ctx, w->s->path, bytes.view);
    store_release(&bytes);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0;
    const struct part_count *is = pack_index_part(pack_view_of(w->s->files), name);
    rc = w->fn(&p, &(struct part_here){is == NULL ? 0 : is->offset, is == NULL ? 0 : is->media}, w->payload);
    part_dispose(&p);
    return rc;
}

int store_each_part_here(struct store *s, mimeo_ctx *ctx,
                         int (*fn)(const struct part *p, const struct part_here *here, void *payload), void *payload)
{
    struct part_walk w = {s, ctx, fn, payload};
    return s->kind == STORE_PACK ? s->files->ops->each(s->files, ctx, STORE_PARTS, pass_part, &w) : 0;
}

struct part_pass {
    int (*fn)(const struct part *p, void *payload);
    void *payload;
};

int store_pack_part(uint64_t *place, const struct store *s, size_t n)
{
    const struct part_count *is = pack_index_part_of(pack_view_of(s->files), n);
    if (is != NULL)
        *place = is->offset;
    return is != NULL;
}

static int pass_list(const struct part *p, const struct part_here *here, void *payload)
{
    (void)here;
    const struct part_pass *pass = payload;
    return pass->fn(p, pass->payload);
}

int store_each_part(struct store *s, mimeo_ctx *ctx, int (*fn)(const struct part *p, void *payload), void *payload)
{
    return store_each_part_here(s, ctx, pass_list, &(struct part_pass){fn, payload});
}
