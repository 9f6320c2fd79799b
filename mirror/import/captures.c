#include "import/captures.h"

#include <stdlib.h>
#include <string.h>

#include <mimeo/error.h>

#include "trust/hash.h"

#define TAKEN INT64_MAX /* for `date`: a copy came out */

/* Part of a strong hash: nobody makes two addresses that hide one another. */
static uint64_t hash_url(const char *url)
{
    struct hash h = hash_of(view_of_str(url));
    uint64_t n;
    memcpy(&n, h.bytes, sizeof(n));
    return n == 0 ? 1 : n;
}

static struct capture *slot_of(const struct captures *c, uint64_t url)
{
    size_t at = (size_t)url & (c->cap - 1);
    while (c->slots[at].url != 0 && c->slots[at].url != url)
        at = (at + 1) & (c->cap - 1);
    return &c->slots[at];
}

static int grow(struct captures *c)
{
    struct captures bigger = {.cap = c->cap == 0 ? 256 : c->cap * 2, .count = c->count};
    bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
    if (bigger.slots == NULL)
        return MIMEO_ENOMEM;
    for (size_t i = 0; i < c->cap; i++) {
        if (c->slots[i].url != 0)
            *slot_of(&bigger, c->slots[i].url) = c->slots[i];
    }
    free(c->slots);
    *c = bigger;
    return 0;
}

int captures_note(struct captures *c, const char *url, int64_t date)
{
    uint64_t hash = hash_url(url);
    if (c->count * 4 >= c->cap * 3) {
        if (c->count >= CAPTURES_MAX)
            return 0;
        if (grow(c) < 0)
            return MIMEO_ENOMEM;
    }
    struct capture *slot = slot_of(c, hash);
    if (slot->url == 0) {
        *slot = (struct capture){hash, date};
        c->count++;
    } else if (date > slot->date) {
        slot->date = date;
    }
    return 0;
}

bool captures_take(struct captures *c, const char *url, int64_t date)
{
    struct capture *slot = c->cap == 0 ? NULL : slot_of(c, hash_url(url));
    if (slot == NULL || slot->url == 0)
        return true;
    if (slot->date == TAKEN || date < slot->date)
        return false;
    slot->date = TAKEN;
    return true;
}

void captures_dispose(struct captures *c)
{
    free(c->slots);
    *c = (struct captures){0};
}
