#include <stdlib.h>
#include <string.h>

#include "archive/zim.h"
#include "base/limits.h"

#define HEADER_LEN 80
#define TYPES_LEN (16 * KIB)
#define ENTRY_HEAD 16 /* of content; a redirect's has 12 */
#define REDIRECT_HEAD 12
#define HOPS_MAX 8
#define TYPE_REDIRECT 0xFFFF
#define TYPE_LINK 0xFFFE
#define TYPE_DELETED 0xFFFD

static bool take_u64(struct cursor *c, uint64_t *out)
{
    uint32_t low, high;
    if (!cursor_u32le(c, &low) || !cursor_u32le(c, &high))
        return false;
    *out = (uint64_t)high << 32 | low;
    return true;
}

static int no_zim(mimeo_ctx *ctx, const struct stretch *file, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is a ZIM file that %s", file->name, why);
}

/* A table of `count` times 8 bytes lies within the file. */
static bool fits(uint64_t at, uint64_t count, uint64_t len)
{
    return at <= len && count <= (len - at) / 8;
}

int zim_header_read(struct zim_header *out, mimeo_ctx *ctx, const struct stretch *file)
{
    uint8_t bytes[HEADER_LEN] = {0};
    struct cursor c = cursor_of(view_of(bytes, sizeof(bytes)));
    struct view id;
    uint32_t magic, page;
    uint16_t major, minor;
    uint64_t titles = 0, checksum = 0;
    struct zim_header h = {0};
    if (file->len < HEADER_LEN)
        return no_zim(ctx, file, "is cut short: get it again");
    int rc = stretch_read_all(ctx, file, 0, bytes, sizeof(bytes));
    if (rc < 0)
        return rc;
    cursor_u32le(&c, &magic);
    cursor_u16le(&c, &major);
    cursor_u16le(&c, &minor);
    cursor_take(&c, 16, &id);
    cursor_u32le(&c, &h.entries);
    cursor_u32le(&c, &h.clusters);
    take_u64(&c, &h.paths_at);
    take_u64(&c, &titles);
    take_u64(&c, &h.clusters_at);
    take_u64(&c, &h.types_at);
    cursor_u32le(&c, &page);
    cursor_u32le(&c, &page);
    take_u64(&c, &checksum);
    if (major != 5 && major != 6)
        return no_zim(ctx, file, "has a version that is not known");
    if (!fits(h.paths_at, h.entries, file->len) || !fits(h.clusters_at, h.clusters, file->len) || h.types_at >= file->len)
        return no_zim(ctx, file, "is cut short (or only the first of several parts: join them with cat), or damaged");
    h.checksum_at = checksum;
    h.has_checksum = h.types_at >= HEADER_LEN; /* else the list of types stands where the header names the checksum's place */
    h.end = checksum <= file->len ? checksum : file->len;
    h.one_space = major == 6 && minor >= 1;
    *out = h;
    return 0;
}

int zim_types_read(struct zim_types *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h)
{
    uint8_t *bytes = malloc(TYPES_LEN);
    size_t got = 0;
    int rc = bytes == NULL ? ctx_error_nomem(ctx) : stretch_read(&got, ctx, file, h->types_at, bytes, TYPES_LEN);
    struct cursor c = cursor_of(view_of(bytes, got));
    struct view name;
    out->count = 0;
    while (rc == 0) {
        if (!cursor_until(&c, '\0', &name) || out->count == ZIM_TYPES_MAX) {
            rc = no_zim(ctx, file, "is damaged: its list of types has no end");
            break;
        }
        if (name.len == 0)
            break;
        char *to = out->names[out->count++];
        size_t len = name.len < ZIM_TYPE_MAX ? name.len : ZIM_TYPE_MAX - 1;
        memcpy(to, name.ptr, len);
        to[len] = '\0';
    }
    free(bytes);
    return rc;
}

static bool parse_entry(struct zim_entry *out, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view path;
    uint8_t parameters, space;
    uint32_t revision;
    if (!cursor_u16le(&c, &out->type) || !cursor_u8(&c, &parameters) || !cursor_u8(&c, &space) || !cursor_u32le(&c, &revision))
        return false;
    out->space = (char)space;
    out->kind = out->type == TYPE_REDIRECT                              ? ZIM_REDIRECT
                : out->type == TYPE_LINK || out->type == TYPE_DELETED ? ZIM_NOTHING
                                                                        : ZIM_CONTENT;
    bool numbers = out->kind == ZIM_REDIRECT  ? cursor_u32le(&c, &out->target)
                   : out->kind == ZIM_CONTENT ? cursor_u32le(&c, &out->cluster) && cursor_u32le(&c, &out->blob)
                                              : true;
    if (!numbers || !cursor_until(&c, '\0', &path) || path.len >= URL_MAX)
        return false;
    memcpy(out->path, path.ptr, path.len);
    out->path[path.len] = '\0';
    return true;
}

int zim_entry_read(struct zim_entry *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, uint32_t n)
{
    uint8_t pointer[8] = {0}, bytes[ENTRY_HEAD + URL_MAX];
    struct cursor c = cursor_of(view_of(pointer, sizeof(pointer)));
    uint64_t at = 0;
    size_t got = 0;
    if (n >= h->entries)
        return ctx_error(ctx, MIMEO_EMALFORMED, "entry %u is not there", n);
    int rc = stretch_read_all(ctx, file, h->paths_at + 8ULL * n, pointer, sizeof(pointer));
    if (rc < 0 || !take_u64(&c, &at))
        return rc;
    if (at < HEADER_LEN)
        return ctx_error(ctx, MIMEO_EMALFORMED, "entry %u is nowhere", n);
    /* Most paths are short. */
    for (size_t len = 256; rc == 0; len = sizeof(bytes)) {
        rc = stretch_read(&got, ctx, file, at, bytes, len);
        if (rc == 0 && parse_entry(out, view_of(bytes, got)))
            return 0;
        if (len == sizeof(bytes) || got < len)
            break;
    }
    return rc < 0 ? rc : ctx_error(ctx, MIMEO_EMALFORMED, "entry %u is damaged", n);
}

static int compare(const struct zim_entry *e, char space, const char *path)
{
    int order = (unsigned char)e->space - (unsigned char)space;
    return order != 0 ? order : strcmp(e->path, path);
}

static int follow(struct zim_entry *e, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h)
{
    int rc = 0;
    for (int hop = 0; rc == 0 && e->kind == ZIM_REDIRECT; hop++)
        rc = hop == HOPS_MAX ? ctx_error(ctx, MIMEO_ENOTFOUND, "it leads in a circle")
                             : zim_entry_read(e, ctx, file, h, e->target);
    if (rc == 0 && e->kind != ZIM_CONTENT)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive");
    return rc;
}

int zim_entry_find(struct zim_entry *out, mimeo_ctx *ctx, const struct stretch *file, const struct zim_header *h, char space,
                   const char *path)
{
    uint32_t low = 0, high = h->entries;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int rc = zim_entry_read(out, ctx, file, h, middle);
        if (rc < 0)
            return rc;
        int order = compare(out, space, path);
        if (order == 0)
            return follow(out, ctx, file, h);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive");
}
