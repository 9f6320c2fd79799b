/* Members of a pack's index: adding and ordering them, and what a stray is called. */
#include "store/pack_index_inside.h"

#include <stdlib.h>
#include <string.h>

const struct stray stray_second_copy = {MIMEO_EFORGED, "a second object of this name, with other bytes"};
static const struct stray malformed_object = {MIMEO_EMALFORMED, "an object whose header is malformed"};
static const struct stray damaged_stretch = {MIMEO_EFORGED, "a damaged stretch"};
static const struct stray cut_short = {MIMEO_EFORGED, "an object that is cut short"};
static const struct stray unknown_kind = {MIMEO_ENEWER, "an object of a kind that this mimeo does not know: update it"};
static const struct stray unreadable = {MIMEO_EFORGED, "cannot be read from here on: is the disk or stick failing, or gone?"};
static const struct stray too_many = {MIMEO_EMALFORMED, "what follows is left out: more than 500000 objects; give fewer "
                                                        "files at a time"};
static const struct stray damaged_seal = {MIMEO_EFORGED, "the encrypted file is cut short, or damaged at one of its ends"};
static const struct stray too_many_publishers = {MIMEO_EMALFORMED, "is of one publisher more than the 250 that can be read together"};
_Static_assert(PACK_OBJECTS_MAX == 500000 && PACK_PUBLISHERS_MAX == 250, "the words name the numbers");

static const struct stray *const strays[] = {
    [STRAY_MALFORMED] = &malformed_object, [STRAY_DAMAGED] = &damaged_stretch, [STRAY_CUT] = &cut_short,
    [STRAY_SECOND] = &stray_second_copy,   [STRAY_KIND] = &unknown_kind,       [STRAY_UNREADABLE] = &unreadable,
    [STRAY_MANY] = &too_many,              [STRAY_SEAL] = &damaged_seal,
    [STRAY_PUBLISHERS] = &too_many_publishers,
};

const struct stray *member_stray(const struct member *m)
{
    return m->kind == MEMBER_MEDIA || m->why == STRAY_NONE ? NULL : strays[m->why];
}

int member_add(struct member_list *l, mimeo_ctx *ctx, const struct member *m)
{
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
        struct member *grown = realloc(l->items, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->count++] = *m;
    return 0;
}

int member_add_stray(struct pack_index *p, mimeo_ctx *ctx, uint64_t offset, enum stray_kind why)
{
    return member_add(&p->named, ctx, &(struct member){.offset = offset, .kind = MEMBER_STRAY, .why = (uint8_t)why});
}

struct hash member_key(uint64_t n)
{
    struct hash key = hash_zero();
    for (size_t i = 0; i < sizeof(n); i++)
        key.bytes[i] = (uint8_t)(n >> (8 * (sizeof(n) - 1 - i)));
    return key;
}

uint64_t member_number(const struct hash *key)
{
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof(n); i++)
        n = n << 8 | key->bytes[i];
    return n;
}

/* By kind, publisher and key, and of one name by offset, so that the first in the pack comes first. */
int member_compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->publisher != y->publisher)
        return x->publisher < y->publisher ? -1 : 1;
    int keys = memcmp(x->key.bytes, y->key.bytes, HASH_LEN);
    return keys != 0 ? keys : x->offset < y->offset ? -1 : x->offset > y->offset;
}

bool member_same_name(const struct member *a, const struct member *b)
{
    return a->kind == b->kind && a->publisher == b->publisher && a->kind != MEMBER_STRAY && hash_equal(&a->key, &b->key);
}
