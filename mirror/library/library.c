/*
 * A library opened: who is held, and the catalog.  Nothing in publishers/ makes somebody trusted: pins do, and a
 * directory whose pin was removed is shown as not pinned.
 */
#include "library/library_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "library/database.h"
#include "library/trust_store.h"

#define PUBLISHERS_MAX ((size_t)100000)

/* ---- who is held ---- */

struct opening {
    mimeo_library *l;
    mimeo_ctx *ctx;
    struct trust_store trust;
};

static int fill(struct holding *h, struct opening *o)
{
    struct pin pin;
    int rc = library_publisher_path(&h->path, o->ctx, o->l->path, &h->publisher);
    if (rc == 0)
        rc = trust_pin_read(&pin, &o->trust, o->ctx, &h->publisher);
    if (rc < 0)
        return rc;
    memcpy(h->petname, pin.petname, sizeof(h->petname));
    h->shown.pin = pin.state;
    hash_format(h->shown.publisher, &h->publisher);
    return 0;
}

static int add_publisher(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct opening *o = payload;
    mimeo_library *l = o->l;
    struct holding h = {.path = NULL};
    if (!hash_parse(view_of_str(name), &h.publisher))
        return 0;
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 8 : 2 * l->cap;
        struct holding *grown = realloc(l->items, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(o->ctx);
        l->items = grown;
        l->cap = cap;
    }
    int rc = fill(&h, o);
    if (rc < 0 || !library_is_held(h.path)) {
        free(h.path);
        return rc;
    }
    l->items[l->count++] = h;
    return 0;
}

/* By petname; those without one behind. */
static int compare_holdings(const void *a, const void *b)
{
    const struct holding *x = a, *y = b;
    if ((x->petname[0] == '\0') != (y->petname[0] == '\0'))
        return x->petname[0] == '\0' ? 1 : -1;
    int c = strcasecmp(x->petname, y->petname);
    return c != 0 ? c : memcmp(x->publisher.bytes, y->publisher.bytes, HASH_LEN);
}

static int list_publishers(struct opening *o)
{
    mimeo_library *l = o->l;
    char *dir = path_join(l->path, "publishers");
    if (dir == NULL)
        return ctx_error_nomem(o->ctx);
    int fd = dir_open(o->ctx, dir);
    free(dir);
    if (fd < 0)
        return fd == MIMEO_ENOTFOUND ? 0 : fd; /* nothing was ever taken in */
    int rc = dir_each(o->ctx, fd, PUBLISHERS_MAX, add_publisher, o);
    close(fd);
    if (rc == 0 && l->count > 0)
        qsort(l->items, l->count, sizeof(*l->items), compare_holdings);
    for (size_t i = 0; i < l->count; i++) {
        l->items[i].shown.petname = l->items[i].petname;
        l->items[i].shown.path = l->items[i].path;
    }
    return rc;
}

int mimeo_library_open(mimeo_library **out, mimeo_ctx *ctx, const char *library)
{
    mimeo_library *l = calloc(1, sizeof(*l));
    if (l == NULL)
        return ctx_error_nomem(ctx);
    struct opening o = {.l = l, .ctx = ctx};
    int rc = path_library(&l->path, ctx, library);
    if (rc == 0)
        rc = trust_store_open(&o.trust, ctx, l->path);
    if (rc == 0) {
        rc = list_publishers(&o);
        trust_store_close(&o.trust);
    }
    if (rc < 0) {
        mimeo_library_free(l);
        return rc;
    }
    *out = l;
    return 0;
}

void mimeo_library_free(mimeo_library *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->count; i++) {
        mimeo_mirror_free(l->items[i].mirror);
        free(l->items[i].path);
    }
    free(l->items);
    index_close(l->index);
    free(l->path);
    free(l);
}

const char *mimeo_library_path(const mimeo_library *l)
{
    return l->path;
}

int mimeo_library_each(mimeo_library *l, mimeo_ctx *ctx, int (*fn)(const struct mimeo_holding *holding, void *payload),
                       void *payload)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->count; i++) {
        rc = ctx_check_cancel(ctx);
        if (rc == 0)
            rc = fn(&l->items[i].shown, payload);
    }
    return rc;
}

/* ---- one of them ---- */

static bool is_meant(const struct holding *h, const char *who)
{
    size_t len = strlen(who);
    return (h->petname[0] != '\0' && strcmp(h->petname, who) == 0) ||
           (len >= 8 && strncasecmp(h->shown.publisher, who, len) == 0);
}

struct waiting {
    const char *who; /* NULL: anybody */
    char petname[MIMEO_PETNAME_MAX + 1];
};

static int find_waiting(const struct pin *pin, void *payload)
{
    struct waiting *w = payload;
    struct holding h = {.publisher = pin->publisher};
    hash_format(h.shown.publisher, &pin->publisher);
    strcpy(h.petname, pin->petname);
    if (pin->state == MIMEO_PIN_OWN || (w->who != NULL && !is_meant(&h, w->who)))
        return 0;
    strcpy(w->petname, pin->petname);
    return 1;
}

/* A publisher that is pinned and of whom nothing came yet: a clone was stopped early, or none was made.  1 and *out. */
static int is_waiting(struct waiting *out, const mimeo_library *l, mimeo_ctx *ctx, const char *who)
{
    struct trust_store trust;
    *out = (struct waiting){.who = who};
    int rc = trust_store_open(&trust, ctx, l->path);
    if (rc < 0)
        return rc;
    rc = trust_pin_each(&trust, ctx, find_waiting, out);
    trust_store_close(&trust);
    return rc;
}

int library_say_nobody(const mimeo_library *l, mimeo_ctx *ctx, const char *who)
{
    struct waiting w;
    int rc = is_waiting(&w, l, ctx, who);
    if (rc < 0)
        return rc;
    if (rc == 1)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "nothing of '%s' is held yet: 'mimeo sync' gets it from the mirrors that are "
                         "known, or 'mimeo clone' from an address", w.petname);
    if (l->count == 0)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "the library is empty: 'mimeo clone' takes a publisher's mirror into it");
    return ctx_error(ctx, MIMEO_ENOTFOUND, "nothing of '%s' is held: 'mimeo library' tells who is", who);
}

int library_find(struct holding **out, mimeo_library *l, mimeo_ctx *ctx, const char *who)
{
    struct holding *found = NULL;
    for (size_t i = 0; i < l->count; i++) {
        if (who != NULL && !is_meant(&l->items[i], who))
            continue;
        if (found != NULL && who == NULL)
            return ctx_error(ctx, MIMEO_EUSAGE, "several publishers are held: name one, by petname or ID");
        if (found != NULL)
            return ctx_error(ctx, MIMEO_EUSAGE, "'%s' fits several publishers: write more of the ID", who);
        found = &l->items[i];
    }
    if (found == NULL)
        return library_say_nobody(l, ctx, who);
    *out = found;
    return 0;
}

int library_open_mirror(mimeo_library *l, mimeo_ctx *ctx, struct holding *h)
{
    return h->mirror != NULL ? 0 : mirror_open(&h->mirror, ctx, h->path, l->path, MIRROR_HELD);
}

int mimeo_library_mirror(mimeo_mirror **out, mimeo_library *l, mimeo_ctx *ctx, const char *who)
{
    struct holding *h;
    int rc = library_find(&h, l, ctx, who);
    if (rc == 0)
        rc = library_open_mirror(l, ctx, h);
    if (rc == 0)
        *out = h->mirror;
    return rc;
}

/* ---- the catalog ---- */

/* Writable where that can be had, since it may have to be brought up to date; none is no failure. */
static void open_index(mimeo_library *l, mimeo_ctx *ctx)
{
    if (l->index_tried)
        return;
    l->index_tried = true;
    struct mimeo_ctx quiet;
    ctx_init_worker(&quiet, ctx);
    bool write = access(l->path, W_OK) == 0;
    if (write && index_open(&l->index, &quiet, l->path, true) == 0)
        return;
    if (index_open(&l->index, &quiet, l->path, false) < 0)
        l->index = NULL;
}

static bool gives_up(int rc)
{
    return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED;
}

static void discard_index(mimeo_library *l)
{
    if (l->index != NULL)
        index_discard(l->index);
    l->index = NULL;
    for (size_t i = 0; i < l->count; i++)
        l->items[i].indexed = false;
}

void library_catalog_failed(mimeo_library *l, struct holding *h)
{
    if (l->index != NULL && index_is_spoilt(l->index))
        discard_index(l);
    h->indexed = false;
    h->walked = true;
}

int library_ready(mimeo_library *l, mimeo_ctx *ctx, struct holding *h)
{
    int rc = library_open_mirror(l, ctx, h);
    if (rc < 0 || h->indexed || h->walked)
        return rc;
    open_index(l, ctx);
    rc = l->index == NULL ? MIMEO_ENOTFOUND : index_refresh(l->index, ctx, h->mirror);
    if (rc < 0 && l->index != NULL && index_is_writable(l->index) && index_is_spoilt(l->index)) {
        discard_index(l);
        l->index_tried = false;
        open_index(l, ctx);
        rc = l->index == NULL ? MIMEO_ENOTFOUND : index_refresh(l->index, ctx, h->mirror);
    }
    if (gives_up(rc))
        return rc;
    h->indexed = rc == 0;
    h->walked = rc < 0; /* it is only a cache: the bundles themselves are read */
    return 0;
}

int library_repair(mimeo_library *l, mimeo_ctx *ctx, struct holding *h)
{
    int rc = l->index == NULL ? MIMEO_ENOTFOUND : index_rebuild(l->index, ctx, h->mirror);
    if (gives_up(rc))
        return rc;
    h->indexed = rc == 0;
    if (rc < 0)
        library_catalog_failed(l, h);
    return 0;
}

/* ---- rebuilding ---- */

static int count_up(mimeo_library *l, mimeo_ctx *ctx, const struct holding *h, struct mimeo_rebuild_result *result)
{
    uint64_t bundles, records;
    int rc = index_count(l->index, ctx, &h->publisher, &bundles, &records);
    if (rc < 0)
        return rc;
    result->publishers++;
    result->bundles += bundles;
    result->records += records;
    return 0;
}

int mimeo_library_rebuild(mimeo_library *l, mimeo_ctx *ctx, struct mimeo_rebuild_result *result)
{
    *result = (struct mimeo_rebuild_result){0};
    index_close(l->index);
    l->index = NULL;
    l->index_tried = true;
    if (l->count == 0)
        return library_say_nobody(l, ctx, NULL);
    char *path = path_join(l->path, "catalog.sqlite");
    if (path == NULL)
        return ctx_error_nomem(ctx);
    database_remove(path);
    free(path);
    int rc = index_open(&l->index, ctx, l->path, true);
    for (size_t i = 0; rc == 0 && i < l->count; i++) {
        struct holding *h = &l->items[i];
        rc = library_open_mirror(l, ctx, h);
        if (rc == 0)
            rc = index_rebuild(l->index, ctx, h->mirror);
        h->indexed = rc == 0;
        h->walked = rc < 0;
        if (rc == 0)
            rc = count_up(l, ctx, h, result);
    }
    return rc;
}
