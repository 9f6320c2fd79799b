/*
 * Clusters of a ZIM.
 *
 *     1 byte: packing, and 0x10 where offsets have 8 bytes | offsets of the blobs, and of the end | blobs
 *
 * All behind the first byte may be packed; offsets count from the first offset on.
 */
#include <string.h>

#include "archive/unpack.h"
#include "archive/zim.h"
#include "base/limits.h"

#define PACKED_MAX (64 * MIB)
#define WIDE 0x10

static int damaged(mimeo_ctx *ctx, uint32_t cluster)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "cluster %u is damaged", cluster);
}

static uint64_t number(const uint8_t *at, size_t width)
{
    uint64_t n = 0;
    while (width-- > 0)
        n = n << 8 | at[width];
    return n;
}

/* Where the cluster is; it ends at the latest where the next one begins, or with all of them. */
static int locate(uint64_t *at, uint64_t *end, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, uint32_t cluster)
{
    uint8_t pointers[16];
    size_t count = cluster + 1 < h->clusters ? 2 : 1;
    if (cluster >= h->clusters)
        return damaged(ctx, cluster);
    int rc = stretch_read_all(ctx, file, h->clusters_at + 8ULL * cluster, pointers, 8 * count);
    if (rc < 0)
        return rc;
    *at = number(pointers, 8);
    *end = count == 2 ? number(pointers + 8, 8) : h->end;
    if (*end <= *at || *end > file->len) /* in no order: the packing says where it ends */
        *end = file->len;
    return *at >= file->len ? damaged(ctx, cluster) : 0;
}

/* The stretch of a blob, by two neighbours in the table of offsets, of which `table` is the beginning. */
static bool blob_bounds(uint64_t *from, uint64_t *to, struct view pair, size_t width, uint64_t len)
{
    *from = number(pair.ptr, width);
    *to = number(pair.ptr + width, width);
    return *from <= *to && *to <= len;
}

/* Is blob `n` one of those that the first offset, which is the length of the table, has room for? */
static bool has_blob(uint64_t first, size_t width, uint32_t n)
{
    return first % width == 0 && first / width > (uint64_t)n + 1;
}

static int append(struct buf *out, mimeo_ctx *ctx, uint64_t len, size_t max)
{
    buf_init(out, max);
    if (len > max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
    return buf_reserve(out, (size_t)len) < 0 ? ctx_error_nomem(ctx) : 0;
}

static int plain_blob(struct buf *out, mimeo_ctx *ctx, const struct stretch *file, uint64_t at, uint64_t end, size_t width,
                      uint32_t cluster, uint32_t blob, size_t max)
{
    uint8_t first[8], pair[16];
    uint64_t from = 0, to = 0;
    int rc = stretch_read_all(ctx, file, at, first, width);
    if (rc == 0 && !has_blob(number(first, width), width, blob))
        rc = damaged(ctx, cluster);
    if (rc == 0)
        rc = stretch_read_all(ctx, file, at + (uint64_t)blob * width, pair, 2 * width);
    if (rc == 0 && !blob_bounds(&from, &to, view_of(pair, 2 * width), width, end - at))
        rc = damaged(ctx, cluster);
    if (rc == 0)
        rc = append(out, ctx, to - from, max);
    if (rc == 0 && to > from)
        rc = stretch_read_all(ctx, file, at + from, out->ptr, (size_t)(to - from));
    if (rc == 0 && to > from) {
        out->len = (size_t)(to - from);
        out->ptr[out->len] = 0;
    }
    return rc;
}

static int unpack_cluster(struct zim_cache *cache, mimeo_ctx *ctx, const struct stretch *file, enum unpack_kind kind, uint64_t at,
                          uint64_t end, uint32_t cluster)
{
    struct buf packed, raw;
    bool whole = true;
    size_t len = end - at < PACKED_MAX ? (size_t)(end - at) : PACKED_MAX;
    if (unpacked_too_much(cache->unpacked, file->len))
        return ctx_error(ctx, MIMEO_EMALFORMED, "it unpacks to far more than it should");
    buf_init(&packed, PACKED_MAX);
    buf_init(&raw, 0);
    int rc = buf_reserve(&packed, len) < 0 ? ctx_error_nomem(ctx) : stretch_read(&packed.len, ctx, file, at, packed.ptr, len);
    if (rc == 0)
        rc = unpack(&raw, ctx, kind, buf_view(&packed), ZIM_CLUSTER_MAX, &whole);
    buf_dispose(&packed);
    if (rc < 0 && rc != MIMEO_EMALFORMED)
        return rc;
    cache->unpacked += rc == 0 ? raw.len : ZIM_CLUSTER_MAX; /* what is none may have cost the most */
    buf_dispose(&cache->bytes);                             /* nothing: the cluster is known to be none */
    cache->bytes = raw;
    cache->cluster = cluster;
    cache->holds = true;
    return rc < 0 ? ctx_error_prefix(ctx, rc, "cluster %u", cluster) : 0;
}

static int packed_blob(struct buf *out, mimeo_ctx *ctx, const struct zim_cache *cache, size_t width, uint32_t blob, size_t max)
{
    struct view v = buf_view(&cache->bytes);
    uint64_t from, to;
    if (v.len < width || !has_blob(number(v.ptr, width), width, blob) || ((uint64_t)blob + 2) * width > v.len ||
        !blob_bounds(&from, &to, view_of(v.ptr + (size_t)blob * width, 2 * width), width, v.len))
        return damaged(ctx, cache->cluster);
    int rc = append(out, ctx, to - from, max);
    if (rc == 0)
        rc = buf_append(out, v.ptr + from, (size_t)(to - from)) < 0 ? ctx_error_nomem(ctx) : 0;
    return rc;
}

int zim_blob(struct buf *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, struct zim_cache *cache,
             uint32_t cluster, uint32_t blob, size_t max)
{
    uint64_t at = 0, end = 0;
    uint8_t info = 0;
    buf_init(out, max);
    int rc = locate(&at, &end, ctx, file, h, cluster);
    if (rc == 0)
        rc = stretch_read_all(ctx, file, at, &info, 1);
    if (rc < 0)
        return rc;
    size_t width = (info & WIDE) != 0 ? 8 : 4;
    enum unpack_kind kind;
    switch (info & 15) {
    case 0:
    case 1: return plain_blob(out, ctx, file, at + 1, end, width, cluster, blob, max);
    case 2: kind = UNPACK_ZLIB; break;
    case 4: kind = UNPACK_XZ; break;
    case 5: kind = UNPACK_ZSTD; break;
    default: return ctx_error(ctx, MIMEO_EMALFORMED, "cluster %u is packed in a way that is not known", cluster);
    }
    pthread_mutex_lock(&cache->lock);
    if (!cache->holds || cache->cluster != cluster)
        rc = unpack_cluster(cache, ctx, file, kind, at + 1, end, cluster);
    if (rc == 0)
        rc = packed_blob(out, ctx, cache, width, blob, max);
    pthread_mutex_unlock(&cache->lock);
    return rc;
}
