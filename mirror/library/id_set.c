/* Open addressing, linear probing, at most three quarters full. */
#include "library/id_set.h"

#include <stdlib.h>
#include <string.h>

#include "trust/hash.h"

void id_set_init(struct id_set *s, mimeo_ctx *ctx)
{
    *s = (struct id_set){0};
    ctx_random(ctx, s->key, sizeof(s->key));
}

void id_set_dispose(struct id_set *s)
{
    if (s == NULL)
        return;
    free(s->slots);
    s->slots = NULL;
    s->cap = s->count = 0;
}

uint64_t id_set_hash(const struct id_set *s, const char *id)
{
    hash_state state;
    hash_init(&state);
    hash_update(&state, view_of(s->key, sizeof(s->key)));
    hash_update(&state, view_of_str(id));
    struct hash h = hash_final(&state);
    uint64_t out;
    memcpy(&out, h.bytes, sizeof(out));
    return out == 0 ? 1 : out;
}

/* The slot that holds `hash`, or the free one where it belongs. */
static size_t find(const uint64_t *slots, size_t cap, uint64_t hash)
{
    size_t i = (size_t)hash & (cap - 1);
    while (slots[i] != 0 && slots[i] != hash)
        i = (i + 1) & (cap - 1);
    return i;
}

static int grow(struct id_set *s, mimeo_ctx *ctx)
{
    size_t cap = s->cap == 0 ? 1024 : 2 * s->cap;
    uint64_t *slots = calloc(cap, sizeof(*slots));
    if (slots == NULL)
        return ctx_error_nomem(ctx);
    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i] != 0)
            slots[find(slots, cap, s->slots[i])] = s->slots[i];
    free(s->slots);
    s->slots = slots;
    s->cap = cap;
    return 0;
}

int id_set_add(struct id_set *s, mimeo_ctx *ctx, uint64_t hash)
{
    if (4 * (s->count + 1) > 3 * s->cap) {
        int rc = grow(s, ctx);
        if (rc < 0)
            return rc;
    }
    size_t i = find(s->slots, s->cap, hash);
    if (s->slots[i] == hash)
        return 0;
    s->slots[i] = hash;
    s->count++;
    return 1;
}

bool id_set_has(const struct id_set *s, uint64_t hash)
{
    return s->cap > 0 && s->slots[find(s->slots, s->cap, hash)] == hash;
}
