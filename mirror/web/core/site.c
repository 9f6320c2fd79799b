/*
 * Reading a site.  The script does the asking (host_fetch), by ranges where the server knows them, and keeps what came
 * lately, so asking twice costs nothing here.
 *
 * What a reader would get wrong: the highest seq comes from a head that nobody has judged yet.  It says how far to look
 * and nothing else; a mirror that lies about it is one that lacks bundles.
 */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "trust/header.h"

#define FRONT_LEN (32 * KIB) /* of a bundle, at first: holds the header and tables of most */
#define NOT_FOUND (-1)

struct site {
    struct backend backend;
    uint64_t head_seq, horizon; /* the lowest seq that is looked at */
    uint32_t charters;          /* that the head names */
};

/* A bundle whose end was not read yet; in front of its bytes. */
struct lazy {
    char name[STORE_NAME_MAX];
    uint8_t bytes[];
};

static int refuse(mimeo_ctx *ctx, const char *name, double why)
{
    return why == NOT_FOUND ? ctx_error(ctx, MIMEO_ENOTFOUND, "there is no '%s' on this mirror", name)
                            : ctx_error(ctx, MIMEO_EUNREACHABLE,
                                        "'%s' cannot be fetched: the mirror does not answer, or something between stops it", name);
}

static int fetch(mimeo_ctx *ctx, const char *name, uint64_t offset, uint8_t *out, size_t len)
{
    size_t done = 0;
    while (done < len) {
        int got = host_fetch(name, strlen(name), (double)(offset + done), out + done, len - done);
        if (got < 0 || (size_t)got > len - done)
            return refuse(ctx, name, got);
        if (got == 0)
            return ctx_error(ctx, MIMEO_EFORGED, "'%s' is shorter than the mirror said: get it from another", name);
        done += (size_t)got;
    }
    return 0;
}

static int size_of(size_t *out, mimeo_ctx *ctx, const char *name, size_t max)
{
    double size = host_fetch_size(name, strlen(name));
    if (!(size >= 0))
        return refuse(ctx, name, size);
    if (size > (double)max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is over its limit of %zu bytes", name, max);
    *out = (size_t)size;
    return 0;
}

/* ---- bundles ---- */

static int fill(struct stored *s, mimeo_ctx *ctx, uint64_t offset, size_t len)
{
    struct lazy *l = s->owner[1];
    return fetch(ctx, l->name, offset, l->bytes + offset, len);
}

static uint64_t packed_sum(struct view table)
{
    struct block_entry e;
    uint64_t sum = 0;
    for (size_t n = 0; table_entry(table, n, &e); n++)
        sum += e.packed_len;
    return sum;
}

/* Where what has to be read of a bundle at first ends: header, both tables and the catalog's blocks.  What does not
 * parse is read whole, and judged by those whose office that is. */
static uint64_t front_end(struct lazy *l, mimeo_ctx *ctx, size_t size, size_t have)
{
    struct prefix p;
    struct header *h = malloc(sizeof(*h));
    struct note *note = malloc(sizeof(*note));
    uint64_t end = size;
    if (h != NULL && note != NULL && prefix_parse(&p, NULL, "", view_of(l->bytes, have)) == 0 && p.header_len <= have - PREFIX_LEN &&
        header_parse(h, note, NULL, "", view_of(l->bytes + PREFIX_LEN, p.header_len)) == 0) {
        uint64_t table = PREFIX_LEN + p.header_len, len = (uint64_t)h->catalog_blocks * TABLE_ENTRY_LEN;
        if (table + len <= size && (table + len <= have || fetch(ctx, l->name, have, l->bytes + have, (size_t)(table + len - have)) == 0)) {
            uint64_t blocks = packed_sum(view_of(l->bytes + table, (size_t)len));
            end = table + len + blocks + (uint64_t)h->body_blocks * TABLE_ENTRY_LEN;
        }
    }
    free(h);
    free(note);
    return end < have ? have : end > size ? size : end;
}

static int get_bundle(struct stored *out, mimeo_ctx *ctx, const char *name, size_t size, size_t front)
{
    size_t room = front > 0 && front < size ? front : size, first = room < FRONT_LEN ? room : FRONT_LEN;
    struct lazy *l = calloc(1, sizeof(*l) + room + 1);
    if (l == NULL)
        return ctx_error_nomem(ctx);
    snprintf(l->name, sizeof(l->name), "%s", name);
    int rc = fetch(ctx, name, 0, l->bytes, first);
    uint64_t end = rc == 0 && room == size ? front_end(l, ctx, size, first) : room;
    if (rc == 0 && end > first)
        rc = fetch(ctx, name, first, l->bytes + first, (size_t)end - first);
    if (rc < 0) {
        free(l);
        return rc;
    }
    *out = (struct stored){.view = view_of(l->bytes, room), .owner = {NULL, l}, .fill = end < room ? fill : NULL};
    return 0;
}

static int get(struct stored *out, struct backend *b, mimeo_ctx *ctx, const char *name, size_t max, size_t front)
{
    size_t size;
    (void)b;
    struct name n = name_read(name);
    if (n.kind == NAME_NONE || n.kind == NAME_TEXT || n.kind == NAME_DIRECTORY)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' is not read from a mirror's site", name);
    int rc = size_of(&size, ctx, name, max);
    if (rc < 0)
        return rc;
    if (n.kind == NAME_BUNDLE)
        return get_bundle(out, ctx, name, size, front);
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return ctx_error_nomem(ctx);
    rc = fetch(ctx, name, 0, bytes, size);
    if (rc < 0) {
        free(bytes);
        return rc;
    }
    *out = (struct stored){.view = view_of(bytes, size), .owner = {NULL, bytes}};
    return 0;
}

/* ---- names ---- */

static int each_bundle(const struct site *s, name_fn fn, void *payload)
{
    char name[STORE_NAME_MAX];
    int rc = 0;
    for (uint64_t seq = s->horizon; rc == 0 && seq > 0 && seq <= s->head_seq; seq++) {
        store_name_bundle(name, seq);
        rc = fn(name, NULL, payload);
    }
    return rc;
}

/* Those that the head names, and there must be a first. */
static int each_charter(const struct site *s, name_fn fn, void *payload)
{
    char name[STORE_NAME_MAX];
    int rc = 0;
    for (uint32_t version = 1; rc == 0 && version <= s->charters; version++) {
        store_name_charter(name, version);
        rc = fn(name, NULL, payload);
    }
    return rc;
}

/* Pictures are not listed: they are asked for by name. */
static int each(struct backend *b, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    const struct site *s = (const struct site *)b;
    (void)ctx;
    if (strcmp(top, "bundles") == 0)
        return each_bundle(s, fn, payload);
    return strcmp(top, "charter") == 0 ? each_charter(s, fn, payload) : 0;
}

static void close_site(struct backend *b)
{
    free(b);
}

static const struct backend_ops ops = {get, each, close_site};

int site_open(struct backend **out, mimeo_ctx *ctx)
{
    struct stored head;
    struct site *s = calloc(1, sizeof(*s));
    struct header *h = malloc(sizeof(*h));
    struct note *note = malloc(sizeof(*note));
    int rc = s == NULL || h == NULL || note == NULL ? ctx_error_nomem(ctx) : get(&head, NULL, ctx, "head", LIMIT_HEADER, 0);
    if (rc == 0) {
        rc = header_parse(h, note, ctx, "head", head.view);
        store_release(&head);
    }
    if (rc == 0) {
        s->backend.ops = &ops;
        s->head_seq = h->seq;
        s->charters = h->newest_version < LIMIT_CHARTERS ? h->newest_version : LIMIT_CHARTERS;
        s->horizon = h->seq > SITE_STEP ? h->seq - SITE_STEP + 1 : 1;
        *out = &s->backend;
    } else {
        free(s);
    }
    free(h);
    free(note);
    return rc;
}

uint64_t site_older(const struct backend *site)
{
    return ((const struct site *)site)->horizon - 1;
}

void site_move(struct backend *site)
{
    struct site *s = (struct site *)site;
    s->horizon = s->horizon > SITE_STEP ? s->horizon - SITE_STEP : 1;
}
