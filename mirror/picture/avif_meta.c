/*
 * The directory of an AVIF picture: its items, where they lie, what refers to what, and
 * their properties.  Words are wiped while reading; so are boxes and properties that no
 * picture needs.
 *
 * What a reader would get wrong: properties are named by their position, so one that is
 * wiped must stay as a box; and whoever called it essential must be made to drop that.
 */
#include <string.h>

#include "picture/avif.h"

/* Version and flags in front of a full box. */
static bool take_version(struct cursor *c, uint8_t *version, uint32_t *flags)
{
    uint32_t word;

    if (!cursor_u32be(c, &word))
        return false;
    *version = (uint8_t)(word >> 24);
    *flags = word & 0xffffff;
    return true;
}

static bool take_sized(struct cursor *c, unsigned size, uint64_t *out)
{
    uint32_t word;

    *out = 0;
    if (size == 0)
        return true;
    if (size == 8)
        return cursor_u64be(c, out);
    if (size != 4 || !cursor_u32be(c, &word))
        return false;
    *out = word;
    return true;
}

/* An id of 2 bytes, or of 4 where `wide`. */
static bool take_id(struct cursor *c, bool wide, uint32_t *id)
{
    uint16_t narrow;

    if (wide)
        return cursor_u32be(c, id);
    if (!cursor_u16be(c, &narrow))
        return false;
    *id = narrow;
    return true;
}

/* hdlr: version, 4 of zero, handler(4), 12 of zero, a name for people. */
static int read_handler(struct avif *a, const struct box *box)
{
    if (box->in.len < 24 || memcmp(box->in.ptr + 8, "pict", 4) != 0)
        return avif_odd(a, "does not say that it is a picture");
    avif_wipe(a, avif_offset(a, box->in), 8);
    avif_wipe(a, avif_offset(a, box->in) + 12, box->in.len - 12);
    return 0;
}

static int read_primary(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    uint8_t version;
    uint32_t flags;

    if (!take_version(&c, &version, &flags) || version > 1 || a->has_primary ||
        !take_id(&c, version == 1, &a->primary) || c.left > 0)
        return avif_odd(a, "does not name its main image");
    a->has_primary = true;
    return 0;
}

/* infe (2, 3): id, protection(2), type(4), name, and a content type for mime: words. */
static int read_item(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct item item = {0};
    uint8_t version;
    uint32_t flags;
    uint16_t protection;

    if (box->type != FOURCC('i', 'n', 'f', 'e') || !take_version(&c, &version, &flags) ||
        (version != 2 && version != 3) || !take_id(&c, version == 3, &item.id) ||
        !cursor_u16be(&c, &protection) || protection != 0 || !cursor_u32be(&c, &item.type) ||
        c.left == 0)
        return avif_odd(a, "has a broken list of items");
    if (a->item_count == ITEMS_MAX || avif_find_item(a, item.id))
        return avif_odd(a, "has too many items, or one twice");
    item.type_at = (size_t)(c.ptr - a->in.ptr) - 4;
    avif_wipe(a, item.type_at + 4, c.left);
    a->items[a->item_count++] = item;
    return 0;
}

static int read_items(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box child;
    uint8_t version;
    uint32_t flags, count;
    int rc = 0;

    if (a->item_count > 0 || !take_version(&c, &version, &flags) || version > 1 ||
        !take_id(&c, version == 1, &count))
        return avif_odd(a, "has a broken list of items");
    while (rc == 0 && c.left > 0) {
        if (!avif_take_box(&child, &c, a))
            return avif_odd(a, "has a broken list of items");
        rc = read_item(a, &child);
    }
    return rc == 0 && a->item_count != count ? avif_odd(a, "has a broken list of items") : rc;
}

struct iloc_sizes {
    uint8_t version;
    unsigned offset, length, base, index;
};

static int read_location(struct avif *a, struct cursor *c, const struct iloc_sizes *s)
{
    uint32_t id;
    uint16_t method = 0, source, extents;
    uint64_t base, index, offset = 0, len = 0;
    struct item *item;

    if (!take_id(c, s->version == 2, &id) || (s->version > 0 && !cursor_u16be(c, &method)) ||
        !cursor_u16be(c, &source) || !take_sized(c, s->base, &base) || !cursor_u16be(c, &extents))
        return avif_odd(a, "has a broken table of places");
    for (unsigned i = 0; i < extents; i++)
        if (!take_sized(c, s->index, &index) || !take_sized(c, s->offset, &offset) ||
            !take_sized(c, s->length, &len))
            return avif_odd(a, "has a broken table of places");
    item = avif_find_item(a, id);
    if (!item || item->is_located || source != 0 || method > 1 || !u64_add(base, offset, &offset))
        return avif_odd(a, "has a broken table of places");
    item->is_located = true;
    item->method = (uint8_t)method;
    item->offset = offset;
    item->len = len;
    item->extents = extents;
    return 0;
}

/* Read after iinf, wherever it stands. */
static int read_locations(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct iloc_sizes s;
    uint8_t first, second;
    uint32_t flags, count;
    int rc = 0;

    if (!take_version(&c, &s.version, &flags) || s.version > 2 || !cursor_u8(&c, &first) ||
        !cursor_u8(&c, &second) || !take_id(&c, s.version == 2, &count))
        return avif_odd(a, "has a broken table of places");
    s.offset = first >> 4;
    s.length = first & 15;
    s.base = second >> 4;
    s.index = s.version > 0 ? second & 15 : 0;
    for (; rc == 0 && count > 0; count--)
        rc = read_location(a, &c, &s);
    return rc == 0 && c.left > 0 ? avif_odd(a, "has a broken table of places") : rc;
}

static int read_reference(struct avif *a, const struct box *box, bool wide)
{
    struct cursor c = cursor_of(box->in);
    struct reference ref = {.type = box->type};
    uint16_t count;

    if (!take_id(&c, wide, &ref.from) || !cursor_u16be(&c, &count))
        return avif_odd(a, "has a broken table of references");
    for (; count > 0; count--) {
        if (a->ref_count == REFS_MAX || !take_id(&c, wide, &ref.to))
            return avif_odd(a, "has a broken table of references");
        a->refs[a->ref_count++] = ref;
    }
    return c.left > 0 ? avif_odd(a, "has a broken table of references") : 0;
}

static int read_references(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box child;
    uint8_t version;
    uint32_t flags;
    int rc = 0;

    if (!take_version(&c, &version, &flags) || version > 1)
        return avif_odd(a, "has a broken table of references");
    while (rc == 0 && c.left > 0) {
        if (!avif_take_box(&child, &c, a))
            return avif_odd(a, "has a broken table of references");
        rc = read_reference(a, &child, version == 1);
    }
    return rc;
}

struct property_rule {
    uint32_t type;
    size_t min, max;
};

static const struct property_rule property_rules[] = {
    {FOURCC('i', 's', 'p', 'e'), 12, 12}, {FOURCC('p', 'i', 'x', 'i'), 5, 9},
    {FOURCC('i', 'r', 'o', 't'), 1, 1},   {FOURCC('i', 'm', 'i', 'r'), 1, 1},
    {FOURCC('p', 'a', 's', 'p'), 8, 8},   {FOURCC('a', '1', 'o', 'p'), 1, 1},
    {FOURCC('c', 'l', 'l', 'i'), 4, 4},   {FOURCC('m', 'd', 'c', 'v'), 24, 24},
    {FOURCC('l', 's', 'e', 'l'), 2, 2},
};

static bool is_plain_property(const struct box *box)
{
    for (size_t i = 0; i < sizeof(property_rules) / sizeof(property_rules[0]); i++)
        if (property_rules[i].type == box->type)
            return box->in.len >= property_rules[i].min && box->in.len <= property_rules[i].max;
    return false;
}

/* auxC: what an auxiliary image is.  Only alpha is part of what is seen. */
static bool is_alpha(struct view auxc)
{
    static const char urn[] = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    static const char old[] = "urn:mpeg:hevc:2015:auxid:1";
    struct view rest = view_of(auxc.ptr + 4, auxc.len < 4 ? 0 : auxc.len - 4);

    return auxc.len > 4 && ((rest.len == sizeof(urn) && memcmp(rest.ptr, urn, sizeof(urn)) == 0) ||
                            (rest.len == sizeof(old) && memcmp(rest.ptr, old, sizeof(old)) == 0));
}

static int read_property(struct avif *a, const struct box *box)
{
    struct property p = {.type = box->type};
    struct cursor c = cursor_of(box->in);
    bool keep = is_plain_property(box);
    struct view skipped;
    int rc = 0;

    if (a->property_count == PROPERTIES_MAX)
        return avif_odd(a, "has too many properties");
    if (box->type == FOURCC('c', 'l', 'a', 'p'))
        return avif_odd(a, "is cropped, with what was cut away still in it");
    if (box->type == FOURCC('a', 'u', 'x', 'C')) {
        if (!is_alpha(box->in))
            return avif_odd(a, "carries a second image that is not its transparency");
        keep = true;
    }
    if (box->type == FOURCC('c', 'o', 'l', 'r'))
        keep = box->in.len == 11 && view_starts_with(box->in, "nclx");
    if (box->type == FOURCC('a', 'v', '1', 'C') && box->in.len >= 4) {
        keep = true;
        rc = avif_clean_av1(a, view_of(box->in.ptr + 4, box->in.len - 4));
    }
    if (keep && box->type == FOURCC('i', 's', 'p', 'e')) {
        cursor_take(&c, 4, &skipped);
        cursor_u32be(&c, &p.a);
        cursor_u32be(&c, &p.b);
    }
    if (keep && box->type == FOURCC('i', 'r', 'o', 't'))
        p.a = box->in.ptr[0] & 3u;
    if (!keep) {
        p.wiped = true;
        avif_wipe_box(a, box);
    }
    a->properties[a->property_count++] = p;
    return rc;
}

static int read_container(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box child;
    int rc = 0;

    if (a->property_count > 0)
        return avif_odd(a, "has its properties twice");
    while (rc == 0 && c.left > 0) {
        if (!avif_take_box(&child, &c, a))
            return avif_odd(a, "has broken properties");
        rc = read_property(a, &child);
    }
    return rc;
}

/* One property that an item has.  Of one that was wiped nobody may insist on. */
static int read_association(struct avif *a, struct cursor *c, bool wide, uint32_t id,
                            bool *is_turned)
{
    size_t at = (size_t)(c->ptr - a->in.ptr);
    uint8_t first, second = 0;
    size_t index;
    const struct property *p;

    if (!cursor_u8(c, &first) || (wide && !cursor_u8(c, &second)))
        return avif_odd(a, "has broken properties");
    index = wide ? (size_t)(first & 0x7f) << 8 | second : first & 0x7f;
    if (index == 0)
        return 0;
    if (index > a->property_count)
        return avif_odd(a, "has broken properties");
    p = &a->properties[index - 1];
    if (p->wiped)
        a->out->ptr[at] &= 0x7f;
    if (id != a->primary)
        return 0;
    if (p->type == FOURCC('i', 's', 'p', 'e')) {
        a->width = p->a;
        a->height = p->b;
    } else if (p->type == FOURCC('i', 'r', 'o', 't')) {
        *is_turned = p->a & 1;
    }
    return 0;
}

static int read_associations(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    uint8_t version, n;
    uint32_t flags, count, id;
    bool is_turned = false;
    int rc = 0;

    if (!take_version(&c, &version, &flags) || version > 1 || !cursor_u32be(&c, &count))
        return avif_odd(a, "has broken properties");
    for (; count > 0; count--) {
        if (!take_id(&c, version == 1, &id) || !cursor_u8(&c, &n))
            return avif_odd(a, "has broken properties");
        for (; rc == 0 && n > 0; n--)
            rc = read_association(a, &c, flags & 1, id, &is_turned);
        if (rc < 0)
            return rc;
    }
    if (is_turned) {
        uint32_t width = a->width;
        a->width = a->height;
        a->height = width;
    }
    return c.left > 0 ? avif_odd(a, "has broken properties") : 0;
}

/* ipco comes before ipma, 23008-12 s. 9.3.1; other boxes are wiped. */
static int read_properties(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box child;
    int rc = 0;

    while (rc == 0 && c.left > 0) {
        if (!avif_take_box(&child, &c, a))
            return avif_odd(a, "has broken properties");
        if (child.type == FOURCC('i', 'p', 'c', 'o'))
            rc = read_container(a, &child);
        else if (child.type == FOURCC('i', 'p', 'm', 'a'))
            rc = read_associations(a, &child);
        else
            avif_wipe_box(a, &child);
    }
    return rc;
}

typedef int (*read_fn)(struct avif *a, const struct box *box);

/* The boxes of meta in the order in which they must be read, whatever order they have. */
static const struct {
    uint32_t type;
    read_fn read;
} meta_boxes[] = {
    {FOURCC('h', 'd', 'l', 'r'), read_handler},    {FOURCC('p', 'i', 't', 'm'), read_primary},
    {FOURCC('i', 'i', 'n', 'f'), read_items},      {FOURCC('i', 'l', 'o', 'c'), read_locations},
    {FOURCC('i', 'r', 'e', 'f'), read_references}, {FOURCC('i', 'p', 'r', 'p'), read_properties},
};
#define META_BOXES (sizeof(meta_boxes) / sizeof(meta_boxes[0]))

static int sort_meta(struct avif *a, struct cursor c, struct box found[META_BOXES],
                     bool has[META_BOXES])
{
    struct box child;

    while (c.left > 0) {
        size_t i = 0;
        if (!avif_take_box(&child, &c, a))
            return avif_odd(a, "has a broken directory");
        if (child.type == FOURCC('i', 'd', 'a', 't')) {
            if (a->idat.len > 0)
                return avif_odd(a, "has two of a kind in its directory");
            a->idat = (struct region){avif_offset(a, child.in), child.in.len};
            avif_wipe(a, a->idat.at, a->idat.len);
            continue;
        }
        while (i < META_BOXES && meta_boxes[i].type != child.type)
            i++;
        if (i == META_BOXES) {
            avif_wipe_box(a, &child);
            continue;
        }
        if (has[i])
            return avif_odd(a, "has two of a kind in its directory");
        has[i] = true;
        found[i] = child;
    }
    return 0;
}

int avif_read_meta(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box found[META_BOXES] = {0};
    bool has[META_BOXES] = {0};
    uint8_t version;
    uint32_t flags;
    int rc;

    if (a->has_meta || !take_version(&c, &version, &flags))
        return avif_odd(a, "has a broken directory");
    a->has_meta = true;
    rc = sort_meta(a, c, found, has);
    for (size_t i = 0; rc == 0 && i < META_BOXES; i++)
        if (has[i])
            rc = meta_boxes[i].read(a, &found[i]);
    return rc;
}

