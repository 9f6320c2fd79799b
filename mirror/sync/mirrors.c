/* The addresses of mirrors, for the front ends. */
#include <stdlib.h>
#include <string.h>

#include "library/holding.h"
#include "sync/mirror_list.h"
#include "sync/session.h"

struct showing {
    mimeo_ctx *ctx;
    const char *library;
    int (*fn)(const struct mimeo_mirror_info *info, void *payload);
    void *payload;
};

/* The header whose list counts: of what is held, else none. */
static int load_list(struct mirror_list *out, const struct showing *s, const struct hash *publisher)
{
    mimeo_mirror *m = NULL;
    char *held;
    int rc = library_publisher_path(&held, s->ctx, s->library, publisher);
    if (rc < 0)
        return rc;
    if (library_is_held(held))
        rc = mirror_open(&m, s->ctx, held, s->library, MIRROR_HELD);
    free(held);
    if (rc < 0)
        return rc;
    rc = mirror_list_load(out, s->ctx, s->library, publisher, m == NULL ? NULL : m->anchor);
    mimeo_mirror_free(m);
    return rc;
}

static int show(const struct mimeo_pin *pin, void *payload)
{
    struct showing *s = payload;
    struct hash publisher;
    struct mirror_list l;
    int rc = hash_parse(view_of_str(pin->publisher), &publisher) ? load_list(&l, s, &publisher) : MIMEO_EFAIL;
    if (rc < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < l.count; i++) {
        const struct mirror_entry *e = &l.items[i];
        char *shown = address_display(e->address);
        struct mimeo_mirror_info info = {.publisher = pin->publisher, .petname = pin->petname,
                                         .address = shown == NULL ? "" : shown,
                                         .added = e->added, .usable = e->usable, .last_good = e->last_good,
                                         .last_bad = e->last_bad, .way = e->way};
        rc = s->fn(&info, s->payload);
        free(shown);
    }
    mirror_list_dispose(&l);
    return rc;
}

int mimeo_mirrors_each(mimeo_ctx *ctx, const char *library, const char *who,
                       int (*fn)(const struct mimeo_mirror_info *info, void *payload), void *payload)
{
    char *path;
    struct mimeo_pin pin;
    int rc = path_library(&path, ctx, library);
    if (rc < 0)
        return rc;
    struct showing s = {ctx, path, fn, payload};
    if (who == NULL) {
        rc = mimeo_trust_each(ctx, path, show, &s);
    } else {
        rc = mimeo_trust_find(ctx, path, who, &pin);
        if (rc == 0)
            rc = show(&pin, &s);
    }
    free(path);
    return rc;
}

/* Add and remove: find whom, then change. */
static int change(mimeo_ctx *ctx, const char *library, const char *who, const char *address,
                  int (*fn)(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address))
{
    char *path;
    struct mimeo_pin pin;
    struct hash publisher;
    int rc = path_library(&path, ctx, library);
    if (rc < 0)
        return rc;
    rc = mimeo_trust_find(ctx, path, who, &pin);
    if (rc == 0)
        rc = hash_parse(view_of_str(pin.publisher), &publisher) ? fn(ctx, path, &publisher, address) : MIMEO_EFAIL;
    free(path);
    return rc;
}

int mimeo_mirrors_add(mimeo_ctx *ctx, const char *library, const char *who, const char *address)
{
    return change(ctx, library, who, address, mirror_list_add);
}

int mimeo_mirrors_remove(mimeo_ctx *ctx, const char *library, const char *who, const char *address)
{
    return change(ctx, library, who, address, mirror_list_remove);
}
