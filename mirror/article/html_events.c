/* Reading the parser's events (article/html_parser.h). */
#include "article/html_parser.h"
#include "article/tree_build.h"

static bool read_view(struct cursor *c, struct view *out)
{
    uint32_t len;
    return cursor_u32be(c, &len) && cursor_take(c, len, out);
}

static bool read_attribute(struct cursor *c, struct html_attribute *out)
{
    uint8_t name;
    if (!cursor_u8(c, &name) || name >= ATTR_COUNT || !read_view(c, &out->value))
        return false;
    out->name = (enum attribute_name)name;
    return true;
}

static bool read_open(struct cursor *c, struct html_event *out)
{
    uint8_t tag, count;
    if (!cursor_u8(c, &tag) || !cursor_u8(c, &count))
        return false;
    if (tag < TAG_A || tag > HTML_BLOCK || count > ATTR_COUNT)
        return false;
    out->tag = tag;
    out->attribute_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!read_attribute(c, &out->attributes[i]))
            return false;
    }
    return true;
}

bool html_event_next(struct cursor *c, struct html_event *out)
{
    struct cursor ahead = *c;
    uint8_t type;
    bool good = false;
    if (!cursor_u8(&ahead, &type))
        return false;
    switch (type) {
    case 'O':
        out->type = HTML_OPEN;
        good = read_open(&ahead, out);
        break;
    case 'C':
        out->type = HTML_CLOSE;
        good = true;
        break;
    case 'T':
        out->type = HTML_TEXT;
        good = read_view(&ahead, &out->text);
        break;
    default: break;
    }
    if (good)
        *c = ahead;
    return good;
}
