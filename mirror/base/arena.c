/* Chunks in a list; one that is full is never looked at again until the end. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_LEN 4000

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, cap;
    alignas(max_align_t) uint8_t bytes[];
};

static struct arena_chunk *add_chunk(struct arena *a, size_t size)
{
    size_t cap = size > CHUNK_LEN ? size : CHUNK_LEN, total;
    struct arena_chunk *c = size_add(sizeof(*c), cap, &total) ? calloc(1, total) : NULL;
    if (c == NULL)
        return NULL;
    c->cap = cap;
    c->next = a->chunks;
    a->chunks = c;
    return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t rounded;
    if (!size_add(size, alignof(max_align_t) - 1, &rounded))
        return NULL;
    rounded &= ~(alignof(max_align_t) - 1);
    struct arena_chunk *c = a->chunks;
    if (c == NULL || c->cap - c->used < rounded)
        c = add_chunk(a, rounded);
    if (c == NULL)
        return NULL;
    void *out = c->bytes + c->used;
    c->used += rounded;
    return out;
}

char *arena_string(struct arena *a, struct view v)
{
    size_t size;
    char *out = size_add(v.len, 1, &size) ? arena_alloc(a, size) : NULL;
    if (out != NULL && v.len > 0)
        memcpy(out, v.ptr, v.len);
    return out;
}

void arena_dispose(struct arena *a)
{
    while (a->chunks != NULL) {
        struct arena_chunk *next = a->chunks->next;
        free(a->chunks);
        a->chunks = next;
    }
}
