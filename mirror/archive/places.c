#include "archive/places.h"

#include <stdlib.h>
#include <string.h>

#define OFFSET_MAX (1ULL << 48)
#define PART_MAX (1U << 16)
#define INSIDE_MAX (1U << 30)

void places_dispose(struct places *x)
{
    free(x->entries);
    *x = (struct places){.entries = NULL};
}

int places_add(struct places *x, const struct url_key *key, enum places_kind kind, const struct archive_place *place,
               int64_t date)
{
    if (x->count == PLACES_MAX || place->offset >= OFFSET_MAX || place->part >= PART_MAX || place->inside >= INSIDE_MAX)
        return MIMEO_EMALFORMED;
    if (x->count == x->cap) {
        size_t cap = x->cap == 0 ? 256 : x->cap * 2;
        struct places_entry *more = reallocarray(x->entries, cap, sizeof(*more));
        if (more == NULL)
            return MIMEO_ENOMEM;
        x->entries = more;
        x->cap = cap;
    }
    struct places_entry *e = &x->entries[x->count++];
    memcpy(e->key, key->bytes, sizeof(e->key));
    e->offset_low = (uint32_t)place->offset;
    e->offset_high_part = (uint32_t)(place->offset >> 32) << 16 | place->part;
    e->inside_kind = place->inside << 2 | (uint32_t)kind;
    e->date = date > 0 && date < UINT32_MAX ? (uint32_t)date : 0;
    return 0;
}

static struct archive_place place_of(const struct places_entry *e)
{
    return (struct archive_place){(uint64_t)(e->offset_high_part >> 16) << 32 | e->offset_low, e->inside_kind >> 2,
                                  e->offset_high_part & 0xFFFF};
}

static int compare(const void *a, const void *b)
{
    const struct places_entry *x = a, *y = b;
    struct archive_place p = place_of(x), q = place_of(y);
    int order = memcmp(x->key, y->key, sizeof(x->key));
    if (order == 0)
        order = (int)(x->inside_kind & 3) - (int)(y->inside_kind & 3);
    if (order == 0)
        order = (x->date < y->date) - (x->date > y->date);
    if (order == 0)
        order = (p.part < q.part) - (p.part > q.part);
    if (order == 0)
        order = (p.offset < q.offset) - (p.offset > q.offset);
    return order != 0 ? order : (p.inside < q.inside) - (p.inside > q.inside);
}

void places_sort(struct places *x)
{
    if (x->count > 0)
        qsort(x->entries, x->count, sizeof(*x->entries), compare);
}

bool places_find(enum places_kind *kind, struct archive_place *place, const struct places *x, const struct url_key *key)
{
    size_t low = 0, high = x->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(x->entries[middle].key, key->bytes, URL_KEY_LEN) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == x->count || memcmp(x->entries[low].key, key->bytes, URL_KEY_LEN) != 0)
        return false;
    *kind = (enum places_kind)(x->entries[low].inside_kind & 3);
    *place = place_of(&x->entries[low]);
    return true;
}
