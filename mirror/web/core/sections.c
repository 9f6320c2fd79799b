/* Which sections and languages there are, and how many articles each has. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

#define NAMES_MAX 500 /* sections, and languages, that are told */

struct counted {
    char *name;
    uint64_t count;
};
struct tally {
    struct counted items[NAMES_MAX];
    size_t count;
};

static int count_one(struct tally *t, const char *name)
{
    if (name == NULL || name[0] == '\0')
        return 0;
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->items[i].name, name) == 0) {
            t->items[i].count++;
            return 0;
        }
    if (t->count == NAMES_MAX)
        return 0;
    char *copy = strdup(name);
    if (copy == NULL)
        return ctx_error_nomem(core_ctx);
    t->items[t->count++] = (struct counted){copy, 1};
    return 0;
}

static int most_first(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

static void put_tally(struct buf *b, const char *list, const char *key, struct tally *t)
{
    if (t->count > 0)
        qsort(t->items, t->count, sizeof(t->items[0]), most_first);
    put_open(b, list, '[');
    for (size_t i = 0; i < t->count; i++) {
        put_open(b, NULL, '{');
        put_string(b, key, t->items[i].name);
        put_number(b, "count", t->items[i].count);
        put_close(b, '}');
        free(t->items[i].name);
    }
    put_close(b, ']');
}

static int tally_all(struct core_mirror *c, struct tally *sections, struct tally *langs)
{
    struct shelf s;
    struct place *places;
    int rc = core_in_bundles(&places, c);
    if (rc == 0 && (rc = shelf_init(&s, core_ctx, c->m)) < 0)
        free(places);
    if (rc < 0)
        return rc;
    s.walked = true;
    for (size_t i = 0; rc == 0 && i < c->place_count; i++) {
        struct record r;
        rc = shelf_record(&r, &s, &places[i], NULL);
        if (rc == 1) {
            rc = r.action == RECORD_RETRACT ? 0 : count_one(sections, r.section);
            if (rc == 0 && r.action != RECORD_RETRACT)
                rc = count_one(langs, r.lang);
            record_dispose(&r);
        } else if (rc == MIMEO_EFORGED || rc == MIMEO_EMALFORMED) {
            rc = 0;
        }
    }
    shelf_dispose(&s);
    free(places);
    return rc;
}

CORE_EXPORT(core_sections) int core_sections(int handle)
{
    struct core_mirror *c = core_mirror_get(handle);
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    struct tally *t = calloc(2, sizeof(*t));
    int rc = t == NULL ? ctx_error_nomem(core_ctx) : core_walk(c, &core_all);
    if (rc == 0)
        rc = tally_all(c, &t[0], &t[1]);
    struct buf *b = core_begin();
    put_open(b, NULL, '{');
    if (t != NULL) {
        put_tally(b, "sections", "section", &t[0]);
        put_tally(b, "langs", "lang", &t[1]);
    }
    put_close(b, '}');
    free(t);
    return core_end(rc);
}
