/* Pictures that an entry brings along: enclosures and Media RSS. */
#include "feed/parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* By what is said of it, else by its address's end. */
static bool is_picture(struct view type, struct view medium, const char *address)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"};
    if (medium.len > 0)
        return medium.len == 5 && strncasecmp((const char *)medium.ptr, "image", 5) == 0;
    if (type.len > 0)
        return type.len > 6 && strncasecmp((const char *)type.ptr, "image/", 6) == 0;
    size_t len = strcspn(address, "?#");
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t n = strlen(endings[i]);
        if (len > n && strncasecmp(address + len - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

static uint64_t number_of(struct view v)
{
    uint64_t out = 0;
    return parse_decimal(view_trim(v), 1000000, &out) ? out : 0;
}

static void add_picture(struct parse *p, const char *address, uint64_t width, bool thumbnail, bool grouped)
{
    struct entry *e = &p->entry;
    for (size_t i = 0; i < e->picture_count; i++)
        if (strcmp(e->pictures[i].file, address) == 0)
            return;
    if (e->picture_count == LIMIT_ARTICLE_MEDIA)
        return;
    e->pictures[e->picture_count++] =
        (struct feed_picture){.file = address, .width = width, .thumbnail = thumbnail, .grouped = grouped};
}

static bool within(const struct parse *p, enum feed_field field)
{
    return p->depth > 1 && p->stack[p->depth - 2].field == field;
}

void media_opened(struct parse *p, enum feed_field field)
{
    struct view url = parse_attribute(p, field == FIELD_ENCLOSURE ? "href" : "url");
    if (url.len == 0)
        url = parse_attribute(p, "url");
    const char *address = url.len == 0 || !p->in_entry ? NULL : parse_address(p, url);
    bool thumbnail = field == FIELD_MEDIA_THUMBNAIL;
    if (address == NULL ||
        (!thumbnail && !is_picture(parse_attribute(p, "type"), parse_attribute(p, "medium"), address)))
        return;
    add_picture(p, address, number_of(parse_attribute(p, "width")), thumbnail,
                within(p, FIELD_MEDIA_GROUP) && p->entry.picture_count > 0);
}

static struct feed_picture *last_picture(struct entry *e)
{
    return e->picture_count == 0 ? NULL : &e->pictures[e->picture_count - 1];
}

void media_closed(struct parse *p, enum feed_field field, struct view text)
{
    struct feed_picture *last = last_picture(&p->entry);
    const char *address;
    if (field == FIELD_IMAGE_URL && (address = parse_address(p, text)) != NULL)
        add_picture(p, address, 0, false, false);
    if (last == NULL)
        return;
    if (field == FIELD_MEDIA_CAPTION && last->caption == NULL)
        last->caption = entry_keep(&p->entry, text);
    if (field == FIELD_MEDIA_CREDIT && last->credit == NULL)
        last->credit = entry_keep(&p->entry, text);
}
