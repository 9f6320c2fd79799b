/* Elements by name. */
#include "extract/dom_tags.h"

#include <string.h>
#include <strings.h>

#define VOID DOM_IS_VOID
#define RAW DOM_IS_RAW
#define FORMATTING DOM_IS_FORMATTING
#define BLOCK DOM_IS_BLOCK
#define BOUNDARY DOM_IS_BOUNDARY
#define HEAD DOM_IS_HEAD
#define GONE DOM_IS_GONE

#define NAME_MAX_LEN 10

static const struct {
    char name[NAME_MAX_LEN + 1];
    uint8_t flags;
} tags[DOM_TAG_COUNT] = {
#define ROW(name, id, flags) [DOM_##id] = {name, flags},
    DOM_TAG_LIST(ROW)
#undef ROW
};

enum dom_tag dom_tag_of(struct view name)
{
    size_t low = DOM_OTHER + 1, high = DOM_TAG_COUNT;
    if (name.len == 0 || name.len > NAME_MAX_LEN)
        return DOM_OTHER;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = (name.ptr[0] | 0x20) - tags[middle].name[0]; /* mostly enough; all begin with a letter */
        if (order == 0)
            order = strncasecmp((const char *)name.ptr, tags[middle].name, name.len);
        if (order == 0 && tags[middle].name[name.len] == 0)
            return (enum dom_tag)middle;
        if (order <= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return DOM_OTHER;
}

unsigned dom_tag_flags(enum dom_tag tag) { return tags[tag].flags; }

const char *dom_tag_name(enum dom_tag tag) { return tags[tag].name; }
