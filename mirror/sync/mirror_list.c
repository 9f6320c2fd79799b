/*
 * The two small files of addresses.  Both are parsed as strictly as what comes from outside; but a spoilt
 * health file is thrown away, and spoilt addresses are an error: losing them silently would cut a reader off.
 */
#include "sync/mirror_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define ADDED_FIRST "mimeo mirrors 1\n"
#define HEALTH_FIRST "mimeo health 1\n"
#define FILE_MAX (256 * KIB)
#define HEALTH_MAX (MIRRORS_ADDED_MAX + LIMIT_MIRRORS + 32) /* older addresses are forgotten */

/* ---- places ---- */

struct place {
    char hex[HASH_HEX_LEN + 1];
    char name[HASH_HEX_LEN + 32]; /* below `dir` */
    int dir;
};

/* `make`: the directory is made where it is missing.  MIMEO_ENOTFOUND without it. */
static int place_open(struct place *out, mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                      const char *top, const char *name, bool make)
{
    char *path = path_join(library, top);
    if (path == NULL)
        return ctx_error_nomem(ctx);
    hash_format(out->hex, publisher);
    snprintf(out->name, sizeof(out->name), "%s/%s", out->hex, name);
    int rc = make ? dir_make(ctx, path, 0700) : 0;
    out->dir = rc < 0 ? rc : dir_open(ctx, path);
    free(path);
    return out->dir < 0 ? out->dir : 0;
}

/* 1 and the file's bytes, 0 where there is none. */
static int load(struct file_bytes *out, mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                const char *top, const char *name)
{
    struct place p;
    int rc = place_open(&p, ctx, library, publisher, top, name, false);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    rc = file_load_at(out, ctx, p.dir, p.name, FILE_MAX, false);
    close(p.dir);
    return rc == MIMEO_ENOTFOUND ? 0 : rc < 0 ? rc : 1;
}

static int save(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *top, const char *name,
                const struct buf *text)
{
    struct place p;
    if (buf_status(text) < 0)
        return ctx_error_nomem(ctx);
    int rc = place_open(&p, ctx, library, publisher, top, name, true);
    if (rc < 0)
        return rc;
    rc = file_write_atomic(ctx, p.dir, p.name, buf_view(text), 0600);
    close(p.dir);
    return rc;
}

/* ---- the list ---- */

static struct mirror_entry *find(struct mirror_list *l, struct view address)
{
    for (size_t i = 0; i < l->count; i++)
        if (view_equal_str(address, l->items[i].address))
            return &l->items[i];
    return NULL;
}

static int append(struct mirror_list *l, mimeo_ctx *ctx, struct view address, bool added, bool usable)
{
    if (address.len > ADDRESS_MAX || find(l, address) != NULL)
        return 0;
    struct mirror_entry *grown = realloc(l->items, (l->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return ctx_error_nomem(ctx);
    l->items = grown;
    struct mirror_entry *e = &l->items[l->count++];
    *e = (struct mirror_entry){.added = added, .usable = usable};
    memcpy(e->address, address.ptr, address.len);
    return 0;
}

static int load_added(struct mirror_list *l, mimeo_ctx *ctx, const char *library, const struct hash *publisher)
{
    struct file_bytes f;
    struct view line;
    int rc = load(&f, ctx, library, publisher, "trust", "mirrors");
    if (rc <= 0)
        return rc;
    struct cursor c = cursor_of(f.view);
    bool good = cursor_skip(&c, ADDED_FIRST);
    rc = 0;
    while (rc == 0 && good && cursor_line(&c, &line)) {
        char why[96];
        good = line.len > 0 && line.len <= ADDRESS_MAX && text_line_fault(line, why, sizeof(why)) == NULL &&
               l->count < MIRRORS_ADDED_MAX;
        if (good)
            rc = append(l, ctx, line, true, true);
    }
    if (rc == 0 && (!good || c.left > 0)) {
        char hex[HASH_HEX_LEN + 1];
        hash_format(hex, publisher);
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s/trust/%.16s…/mirrors is damaged: restore it, or remove it and add the "
                                              "addresses again with 'mimeo mirrors add'", library, hex);
    }
    file_unload(&f);
    return rc;
}

/* A publisher's list is public, and a stolen key can write one: it must not make a reader knock within its own network. */
static bool may_be_asked(const char *text)
{
    struct address a;
    if (address_parse(&a, NULL, text) < 0)
        return false;
    bool may = a.kind != ADDRESS_PATH && !address_is_private(&a);
    address_dispose(&a);
    return may;
}

static int take_header(struct mirror_list *l, mimeo_ctx *ctx, const struct header *header)
{
    int rc = 0;
    for (size_t i = 0; header != NULL && rc == 0 && i < header->mirror_count; i++)
        rc = append(l, ctx, view_of_str(header->mirrors[i]), false, may_be_asked(header->mirrors[i]));
    return rc;
}

/* ---- health ---- */

/* "GOOD BAD WAY ADDRESS" a line; what does not parse is none. */
static bool take_health_line(struct view line, struct mirror_entry *out, struct view *address)
{
    struct cursor c = cursor_of(line);
    struct view good, bad, way;
    uint64_t g, b;
    if (!cursor_until(&c, ' ', &good) || !cursor_until(&c, ' ', &bad) || !cursor_until(&c, ' ', &way) ||
        !parse_decimal(good, INT64_MAX, &g) || !parse_decimal(bad, INT64_MAX, &b) || way.len >= WAY_NAME_MAX)
        return false;
    *out = (struct mirror_entry){.last_good = (int64_t)g, .last_bad = (int64_t)b};
    if (!view_equal_str(way, "-"))
        memcpy(out->way, way.ptr, way.len);
    *address = view_of(c.ptr, c.left);
    return true;
}

/* `all`: addresses that are not in the list come into it. */
static void load_health(struct mirror_list *l, mimeo_ctx *ctx, const char *library, const struct hash *publisher, bool all)
{
    struct file_bytes f;
    struct view line, address;
    struct mirror_entry seen, *e;
    if (load(&f, ctx, library, publisher, "work", "health") <= 0)
        return;
    struct cursor c = cursor_of(f.view);
    if (cursor_skip(&c, HEALTH_FIRST))
        while (l->count < HEALTH_MAX && cursor_line(&c, &line) && take_health_line(line, &seen, &address)) {
            if (all && append(l, ctx, address, false, true) < 0)
                break;
            if ((e = find(l, address)) != NULL) {
                e->last_good = seen.last_good;
                e->last_bad = seen.last_bad;
                memcpy(e->way, seen.way, sizeof(e->way));
            }
        }
    file_unload(&f);
}

/* What worked last comes first; the rest stay in their order. */
static void put_best_first(struct mirror_list *l)
{
    size_t best = 0;
    for (size_t i = 1; i < l->count; i++)
        if (l->items[i].last_good > l->items[best].last_good)
            best = i;
    if (l->count == 0 || l->items[best].last_good == 0 || l->items[best].last_bad > l->items[best].last_good)
        return;
    struct mirror_entry e = l->items[best];
    memmove(&l->items[1], &l->items[0], best * sizeof(e));
    l->items[0] = e;
}

int mirror_list_load(struct mirror_list *out, mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                     const struct header *header)
{
    struct mirror_list l = {NULL, 0};
    int rc = load_added(&l, ctx, library, publisher);
    if (rc == 0)
        rc = take_header(&l, ctx, header);
    if (rc < 0) {
        mirror_list_dispose(&l);
        return rc;
    }
    load_health(&l, ctx, library, publisher, false);
    put_best_first(&l);
    *out = l;
    return 0;
}

void mirror_list_dispose(struct mirror_list *l)
{
    free(l->items);
    *l = (struct mirror_list){NULL, 0};
}

/* ---- changing ---- */

static int save_added(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const struct mirror_list *l)
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    buf_append_str(&text, ADDED_FIRST);
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].added)
            buf_appendf(&text, "%s\n", l->items[i].address);
    int rc = save(ctx, library, publisher, "trust", "mirrors", &text);
    buf_dispose(&text);
    return rc;
}

/* As it is kept: a path whole, since the next sync may stand elsewhere.  Fresh memory. */
static int own_spelling(char **out, mimeo_ctx *ctx, const char *address)
{
    struct address a;
    char why[96];
    int rc = address_parse(&a, ctx, address);
    if (rc < 0)
        return rc;
    char *text = a.kind == ADDRESS_PATH ? realpath(a.path, NULL) : strdup(address);
    if (text == NULL)
        rc = a.kind == ADDRESS_PATH ? ctx_error_errno(ctx, MIMEO_EIO, "cannot find '%s'", a.path) : ctx_error_nomem(ctx);
    else if (strlen(text) > ADDRESS_MAX || text_line_fault(view_of_str(text), why, sizeof(why)) != NULL)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "the address '%.60s' is too long, or no line of plain text", text);
    address_dispose(&a);
    if (rc < 0)
        free(text);
    else
        *out = text;
    return rc;
}

int mirror_list_add(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address)
{
    struct mirror_list l = {NULL, 0};
    char *text;
    int rc = own_spelling(&text, ctx, address);
    if (rc < 0)
        return rc;
    rc = load_added(&l, ctx, library, publisher);
    if (rc == 0 && find(&l, view_of_str(text)) == NULL) {
        if (l.count >= MIRRORS_ADDED_MAX)
            rc = ctx_error(ctx, MIMEO_EMALFORMED, "%d addresses are kept for this publisher: remove one first with "
                                                  "'mimeo mirrors remove'", MIRRORS_ADDED_MAX);
        if (rc == 0)
            rc = append(&l, ctx, view_of_str(text), true, true);
        if (rc == 0)
            rc = save_added(ctx, library, publisher, &l);
    }
    mirror_list_dispose(&l);
    free(text);
    return rc;
}

int mirror_list_remove(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address)
{
    struct mirror_list l = {NULL, 0};
    char *text = NULL;
    int rc = load_added(&l, ctx, library, publisher);
    struct mirror_entry *e = rc < 0 ? NULL : find(&l, view_of_str(address));
    if (rc == 0 && e == NULL && own_spelling(&text, NULL, address) == 0)
        e = find(&l, view_of_str(text));
    free(text);
    if (rc == 0 && e == NULL)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' is none that you added: see 'mimeo mirrors'", address);
    if (rc == 0) {
        e->added = false;
        rc = save_added(ctx, library, publisher, &l);
    }
    mirror_list_dispose(&l);
    return rc;
}

static void append_health(struct buf *out, const struct mirror_entry *e)
{
    if (e->last_good > 0 || e->last_bad > 0)
        buf_appendf(out, "%lld %lld %s %s\n", (long long)e->last_good, (long long)e->last_bad,
                    e->way[0] == '\0' ? "-" : e->way, e->address);
}

void mirror_list_note(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address, bool good,
                      const char *way)
{
    struct mirror_list l = {NULL, 0};
    struct mirror_entry *e;
    char *text;
    if (own_spelling(&text, ctx, address) < 0)
        return;
    load_health(&l, ctx, library, publisher, true);
    if (append(&l, ctx, view_of_str(text), false, true) == 0 && (e = find(&l, view_of_str(text))) != NULL) {
        struct buf lines;
        *(good ? &e->last_good : &e->last_bad) = ctx_now(ctx);
        if (good)
            snprintf(e->way, sizeof(e->way), "%s", way);
        buf_init(&lines, FILE_MAX);
        buf_append_str(&lines, HEALTH_FIRST);
        for (size_t i = 0; i < l.count; i++)
            append_health(&lines, &l.items[i]);
        save(ctx, library, publisher, "work", "health", &lines);
        buf_dispose(&lines);
    }
    mirror_list_dispose(&l);
    free(text);
}
