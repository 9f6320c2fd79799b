/*
 * A mirror in one file: objects with prefixes in a row (FORMAT.md section 4).  One pass over the
 * prefixes and headers makes an index by name; bytes are read when they are asked for, so memory
 * does not grow with what the pack holds, nor does a stick that is pulled out end the process.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/object.h"
#include "store/backend.h"

#define SEARCH_LEN (64 * KIB)

struct member {
    char *name;       /* of FORMAT.md section 8; "head" for the bare header of the highest seq */
    const struct stray *why; /* not NULL: no object, but a stray */
    uint64_t offset;  /* of what the name's file would hold */
    uint64_t len;
};

struct pack {
    struct backend backend;
    int fd;
    uint64_t size;
    struct member *members; /* by name; of one name the first in the pack counts */
    size_t count, cap;
    uint64_t head_seq;
    struct member head;
};

static const struct stray malformed_object = {MIMEO_EMALFORMED, "an object whose header is malformed"};
static const struct stray damaged_stretch = {MIMEO_EFORGED, "a damaged stretch"};
static const struct stray cut_short = {MIMEO_EFORGED, "an object that is cut short"};
const struct stray stray_second_copy = {MIMEO_EFORGED, "a second object of this name, with other bytes"};
static const struct stray unknown_kind = {MIMEO_ENEWER, "an object of a kind that this mimeo does not know: update it"};

static int read_at(struct pack *p, mimeo_ctx *ctx, uint64_t offset, uint8_t *bytes, size_t len, size_t *got)
{
    *got = 0;
    while (*got < len) {
        ssize_t n = pread(p->fd, bytes + *got, len - *got, (off_t)(offset + *got));
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read the pack");
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return 0;
}

/* ---- making the index ---- */

static int add_member(struct pack *p, mimeo_ctx *ctx, const char *name, const struct stray *why, uint64_t offset,
                      uint64_t len)
{
    if (p->count == STORE_NAMES_MAX)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the pack has more than %d objects", STORE_NAMES_MAX);
    if (p->count == p->cap) {
        size_t cap = p->cap == 0 ? 64 : 2 * p->cap;
        struct member *grown = realloc(p->members, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        p->members = grown;
        p->cap = cap;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return ctx_error_nomem(ctx);
    p->members[p->count++] = (struct member){copy, why, offset, len};
    return 0;
}

static int add_stray(struct pack *p, mimeo_ctx *ctx, uint64_t offset, const struct stray *why)
{
    char name[64];
    snprintf(name, sizeof(name), "byte %llu", (unsigned long long)offset);
    return add_member(p, ctx, name, why, offset, 0);
}

/* The value of a line of a note whose grammar nobody checked yet. */
static bool claim(struct view note, const char *keyword, uint64_t *out)
{
    struct cursor c = cursor_of(note);
    struct view line;
    while (cursor_line(&c, &line) && line.len > 0) {
        struct cursor at = cursor_of(line);
        if (cursor_skip(&at, keyword))
            return parse_decimal(view_of(at.ptr, at.left), LIMIT_SEQ, out) && *out > 0;
    }
    return false;
}

/* A charter, header or bundle: known by a number in its note. */
static int add_note(struct pack *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    uint8_t bytes[LIMIT_CHARTER];
    char name[STORE_NAME_MAX];
    size_t got;
    uint64_t number;
    int rc = read_at(p, ctx, offset + PREFIX_LEN, bytes, prefix->header_len, &got);
    if (rc < 0)
        return rc;
    struct view note = view_of(bytes, got);
    bool charter = prefix->kind == OBJECT_CHARTER;
    if (!claim(note, charter ? "version " : "seq ", &number) || (charter && number > LIMIT_CHARTERS))
        return add_stray(p, ctx, offset, &malformed_object);
    if (prefix->kind == OBJECT_HEADER) {
        if (number > p->head_seq) {
            p->head_seq = number;
            p->head = (struct member){NULL, NULL, offset + PREFIX_LEN, prefix->header_len};
        }
        return 0;
    }
    if (charter) {
        store_name_charter(name, (uint32_t)number);
        return add_member(p, ctx, name, NULL, offset + PREFIX_LEN, prefix->header_len);
    }
    store_name_bundle(name, number);
    return add_member(p, ctx, name, NULL, offset, prefix->total_len);
}

/* A dictionary or media object: known by its hash.  For media the bundle that cites it first is not
 * known here; seq 1 stands in. */
static int add_hashed(struct pack *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    char name[STORE_NAME_MAX];
    size_t len = (size_t)prefix->total_len - PREFIX_LEN, got;
    uint8_t *bytes = malloc(len == 0 ? 1 : len);
    if (bytes == NULL)
        return ctx_error_nomem(ctx);
    int rc = read_at(p, ctx, offset + PREFIX_LEN, bytes, len, &got);
    struct hash h = hash_of(view_of(bytes, rc < 0 ? 0 : got));
    free(bytes);
    if (rc < 0)
        return rc;
    if (prefix->kind == OBJECT_DICTIONARY)
        store_name_dictionary(name, &h);
    else
        store_name_media(name, 1, &h);
    return add_member(p, ctx, name, NULL, offset + PREFIX_LEN, len);
}

/* A list of parts: known by its place, under a name that is none of a mirror's. */
static int add_part(struct pack *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    char name[64];
    snprintf(name, sizeof(name), STORE_PARTS "/%020llu", (unsigned long long)offset);
    return add_member(p, ctx, name, NULL, offset + PREFIX_LEN, prefix->total_len - PREFIX_LEN);
}

static bool magic_stands(struct pack *p, mimeo_ctx *ctx, uint64_t offset)
{
    uint8_t bytes[sizeof(object_magic)];
    size_t got;
    return read_at(p, ctx, offset, bytes, sizeof(bytes), &got) == 0 && got == sizeof(bytes) &&
           memcmp(bytes, object_magic, sizeof(bytes)) == 0;
}

/* The next magic at or after *offset, or the end. */
static int find_magic(struct pack *p, mimeo_ctx *ctx, uint64_t *offset)
{
    uint8_t *bytes = malloc(SEARCH_LEN);
    size_t got = 0;
    int rc = bytes == NULL ? ctx_error_nomem(ctx) : 0;
    while (rc == 0 && *offset < p->size) {
        rc = read_at(p, ctx, *offset, bytes, SEARCH_LEN, &got);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
        const uint8_t *at = rc < 0 ? NULL : memmem(bytes, got, object_magic, sizeof(object_magic));
        if (at != NULL) {
            *offset += (uint64_t)(at - bytes);
            break;
        }
        /* A magic may lie across the edge of two reads. */
        *offset = got < SEARCH_LEN ? p->size : *offset + got - sizeof(object_magic) + 1;
    }
    free(bytes);
    return rc;
}

/* What begins at *offset; moves it to where the next object may begin. */
static int index_one(struct pack *p, mimeo_ctx *ctx, const char *path, uint64_t *offset)
{
    uint8_t bytes[PREFIX_LEN];
    struct prefix prefix;
    size_t got;
    int rc = read_at(p, ctx, *offset, bytes, sizeof(bytes), &got);
    if (rc < 0)
        return rc;
    uint64_t start = *offset;
    int code = prefix_parse(&prefix, ctx, path, view_of(bytes, got));
    bool fits = (code == 0 || code == MIMEO_ENEWER) && prefix.total_len <= p->size - start;
    if (fits) {
        *offset = start + prefix.total_len;
        if (code == MIMEO_ENEWER)
            return add_stray(p, ctx, start, &unknown_kind);
        if (*offset < p->size && !magic_stands(p, ctx, *offset)) {
            /* Is the length to be believed?  What the object is worth shows when it is read. */
            uint64_t next = start + 1;
            rc = find_magic(p, ctx, &next);
            *offset = rc == 0 && next < *offset ? next : *offset;
        }
        if (rc == 0)
            rc = prefix.kind == OBJECT_PART ? add_part(p, ctx, &prefix, start)
                 : prefix.header_len > 0    ? add_note(p, ctx, &prefix, start)
                                            : add_hashed(p, ctx, &prefix, start);
        return rc;
    }
    *offset = start + 1;
    rc = find_magic(p, ctx, offset);
    if (rc == 0)
        rc = add_stray(p, ctx, start, code == 0 ? &cut_short : &damaged_stretch);
    return rc;
}

/* By name, and of one name by offset, so that the first in the pack comes first. */
static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int names = strcmp(x->name, y->name);
    return names != 0 ? names : x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool same_bytes(struct pack *p, mimeo_ctx *ctx, const struct member *a, const struct member *b)
{
    bool same = a->len == b->len;
    uint8_t left[4096], right[4096];
    size_t x, y;
    for (uint64_t at = 0; same && at < a->len; at += sizeof(left)) {
        size_t len = a->len - at < sizeof(left) ? (size_t)(a->len - at) : sizeof(left);
        same = read_at(p, ctx, a->offset + at, left, len, &x) == 0 &&
               read_at(p, ctx, b->offset + at, right, len, &y) == 0 && x == y && memcmp(left, right, x) == 0;
    }
    return same;
}

/* Second copies are dropped; those with other bytes are strays. */
static void settle_copies(struct pack *p, mimeo_ctx *ctx)
{
    size_t kept = 0, first = 0; /* of the name at hand */
    if (p->count > 0)
        qsort(p->members, p->count, sizeof(*p->members), compare_members);
    for (size_t i = 0; i < p->count; i++) {
        struct member *m = &p->members[i];
        if (kept == 0 || strcmp(p->members[first].name, m->name) != 0) {
            first = kept;
        } else if (same_bytes(p, ctx, &p->members[first], m)) {
            free(m->name);
            continue;
        } else {
            m->why = &stray_second_copy;
        }
        p->members[kept++] = *m;
    }
    p->count = kept;
}

static int index_all(struct pack *p, mimeo_ctx *ctx, const char *path)
{
    uint64_t offset = 0;
    int rc = 0;
    while (rc == 0 && offset < p->size) {
        rc = index_one(p, ctx, path, &offset);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
    }
    if (rc == 0)
        settle_copies(p, ctx);
    return rc;
}

/* ---- the backend ---- */

/* Where the members of this name begin. */
static size_t first_of(const struct pack *p, const char *name)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(p->members[mid].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static const struct member *find(const struct pack *p, const char *name)
{
    if (strcmp(name, "head") == 0)
        return p->head_seq > 0 ? &p->head : NULL;
    for (size_t i = first_of(p, name); i < p->count && strcmp(p->members[i].name, name) == 0; i++)
        if (p->members[i].why == NULL)
            return &p->members[i];
    return NULL;
}

static const struct member *find_copy(const struct pack *p, const char *name, size_t n)
{
    for (size_t i = first_of(p, name); i < p->count && strcmp(p->members[i].name, name) == 0; i++)
        if (p->members[i].why == &stray_second_copy && n-- == 0)
            return &p->members[i];
    return NULL;
}

static int load(struct stored *out, struct pack *p, mimeo_ctx *ctx, const char *name, const struct member *m,
                size_t max, size_t front)
{
    if (m == NULL)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no '%s' in the pack", name);
    if (m->len > max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' has %llu bytes, over its limit of %zu", name,
                         (unsigned long long)m->len, max);
    size_t len = front > 0 && front < m->len ? front : (size_t)m->len, got;
    uint8_t *bytes = malloc(len == 0 ? 1 : len);
    if (bytes == NULL)
        return ctx_error_nomem(ctx);
    int rc = read_at(p, ctx, m->offset, bytes, len, &got);
    if (rc < 0) {
        free(bytes);
        return rc;
    }
    *out = (struct stored){view_of(bytes, got), {NULL, bytes}};
    return 0;
}

static int get(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max, size_t front)
{
    struct pack *p = (struct pack *)b;
    return load(out, p, ctx, name, find(p, name), max, front);
}

int pack_get_copy(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t n, size_t front)
{
    struct pack *p = (struct pack *)b;
    return load(out, p, ctx, name, find_copy(p, name, n), LIMIT_BUNDLE, front);
}

static int each(struct backend *b, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    (void)ctx;
    struct pack *p = (struct pack *)b;
    size_t len = strlen(top);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < p->count; i++) {
        const struct member *m = &p->members[i];
        if (len == 0 || (strncmp(m->name, top, len) == 0 && m->name[len] == '/'))
            rc = fn(m->name, m->why, payload);
    }
    return rc;
}

static void pack_close(struct backend *b)
{
    struct pack *p = (struct pack *)b;
    for (size_t i = 0; i < p->count; i++)
        free(p->members[i].name);
    free(p->members);
    close(p->fd);
    free(p);
}

static const struct backend_ops ops = {get, each, pack_close};

int pack_open(struct backend **out, mimeo_ctx *ctx, const char *path)
{
    struct pack *p = calloc(1, sizeof(*p));
    struct stat st;
    if (p == NULL)
        return ctx_error_nomem(ctx);
    p->backend.ops = &ops;
    p->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int rc = p->fd < 0 || fstat(p->fd, &st) < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path) : 0;
    if (p->fd < 0) {
        free(p);
        return rc;
    }
    if (rc == 0) {
        p->size = (uint64_t)st.st_size;
        rc = index_all(p, ctx, path);
    }
    if (rc < 0) {
        pack_close(&p->backend);
        return rc;
    }
    *out = &p->backend;
    return 0;
}
