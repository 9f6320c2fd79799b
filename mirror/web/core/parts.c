/*
 * The parts of exports: which are here, and what to ask for where one is not.
 *
 * Each part lists what all parts of its export hold (bundle/part.h).  Nobody signed that: it goes into words for the
 * reader and nowhere else.
 */
#include "core.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/part.h"

#define SETS_MAX 64 /* exports that are told of */

struct set {
    char hex[2 * PART_SET_LEN + 1];
    uint32_t of;
    char **bundles;  /* of each part, as words: "41-43,50" */
    uint64_t *media;
    bool *here;
};

struct sets {
    struct set items[SETS_MAX];
    size_t count;
};

static void set_dispose(struct set *s)
{
    for (uint32_t i = 0; s->bundles != NULL && i < s->of; i++)
        free(s->bundles[i]);
    free(s->bundles);
    free(s->media);
    free(s->here);
}

static char *ranges_text(const struct part_holds *h)
{
    struct buf b;
    buf_init(&b, LIMIT_PART);
    part_ranges_write(&b, h->ranges, h->count);
    return buf_detach(&b, NULL);
}

static bool set_init(struct set *s, const struct part *p, const char *hex)
{
    *s = (struct set){.of = p->of};
    memcpy(s->hex, hex, sizeof(s->hex));
    s->bundles = calloc(p->of, sizeof(*s->bundles));
    s->media = calloc(p->of, sizeof(*s->media));
    s->here = calloc(p->of, sizeof(*s->here));
    bool good = s->bundles != NULL && s->media != NULL && s->here != NULL;
    for (uint32_t i = 0; good && i < p->of; i++) {
        s->media[i] = p->holds[i].media;
        good = (s->bundles[i] = ranges_text(&p->holds[i])) != NULL;
    }
    if (!good)
        set_dispose(s);
    return good;
}

static int hear(const struct part *p, void *payload)
{
    struct sets *sets = payload;
    char hex[2 * PART_SET_LEN + 1];
    struct set *s = NULL;
    format_hex(hex, p->set, PART_SET_LEN);
    for (size_t i = 0; i < sets->count && s == NULL; i++)
        if (strcmp(sets->items[i].hex, hex) == 0 && sets->items[i].of == p->of)
            s = &sets->items[i];
    if (s == NULL) {
        if (sets->count == SETS_MAX)
            return 0;
        s = &sets->items[sets->count];
        if (!set_init(s, p, hex))
            return MIMEO_ENOMEM;
        sets->count++;
    }
    s->here[p->number - 1] = true;
    return 0;
}

static void put_set(struct buf *b, const struct set *s)
{
    put_open(b, NULL, '{');
    put_string(b, "set", s->hex);
    put_number(b, "of", s->of);
    put_open(b, "have", '[');
    for (uint32_t i = 0; i < s->of; i++)
        if (s->here[i])
            put_number(b, NULL, i + 1);
    put_close(b, ']');
    put_open(b, "missing", '[');
    for (uint32_t i = 0; i < s->of; i++) {
        if (s->here[i])
            continue;
        put_open(b, NULL, '{');
        put_number(b, "part", i + 1);
        put_string(b, "bundles", s->bundles[i]);
        put_number(b, "media", s->media[i]);
        put_close(b, '}');
    }
    put_close(b, ']');
    put_close(b, '}');
}

void core_put_parts(struct buf *b, const char *key, struct store *store)
{
    struct sets *sets = calloc(1, sizeof(*sets));
    put_open(b, key, '[');
    if (sets != NULL)
        store_each_part(store, core_ctx, hear, sets);
    for (size_t i = 0; sets != NULL && i < sets->count; i++) {
        put_set(b, &sets->items[i]);
        set_dispose(&sets->items[i]);
    }
    free(sets);
    put_close(b, ']');
}
