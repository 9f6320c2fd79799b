/*
 * AVIF (ISO/IEC 14496-12 and 23008-12): nothing moves, so that no offset has to change.
 * The copy is walked, and whatever the picture does not need is overwritten by zeros.
 *
 *     ftyp | meta { hdlr pitm iloc iinf { infe } iref iprp { ipco ipma } idat } | mdat
 *
 *  - Boxes that are not known to be needed become `free` boxes of zeros.
 *  - Of mdat and idat only the bytes of items that the picture is made of stay: the
 *    primary item, the tiles of a grid, and their alpha.  Exif, XMP, thumbnails and
 *    other pictures become zeros, as do bytes that no item claims.
 *  - Within AV1 data, metadata and padding OBUs become padding of zeros.
 *
 * What a reader would get wrong: iloc does not say that its ranges are apart or even in
 * mdat.  All pixel data is first zeroed and then the wanted ranges are copied back from
 * the original; a wanted range that lies in no data box refuses the picture.
 * Orientation (irot, imir) is applied by viewers and stays.  A cut (clap) is refused: what
 * was cut away is still in there.  Sequences are refused.
 */
#include <string.h>

#include "import/picture_codec.h"

#define ITEMS_MAX 512
#define REFS_MAX 2048
#define PROPERTIES_MAX 512
#define REGIONS_MAX 32
#define FOURCC(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

struct box {
    uint32_t type;
    size_t at;      /* of the type field, in the file */
    struct view in; /* its payload */
};

struct item {
    uint32_t id, type;
    size_t type_at; /* of the type, in the file */
    bool wanted, is_located;
    uint8_t method; /* 0: offset in the file, 1: in idat */
    uint64_t offset, len;
    unsigned extents;
};

struct reference {
    uint32_t type, from, to;
};

struct property {
    uint32_t type;
    uint32_t a, b; /* ispe: width, height; irot: quarter turns in a */
    bool wiped;
};

struct region {
    size_t at, len;
};

struct avif {
    struct buf *out;
    mimeo_ctx *ctx;
    struct view in;
    uint32_t primary;
    bool has_meta, has_primary;
    struct item items[ITEMS_MAX];
    size_t item_count;
    struct reference refs[REFS_MAX];
    size_t ref_count;
    struct property properties[PROPERTIES_MAX];
    size_t property_count;
    struct region data[REGIONS_MAX]; /* payloads of mdat */
    size_t data_count;
    struct region idat;
    uint32_t width, height;
};

static int odd(struct avif *a, const char *what)
{
    return picture_error_odd(a->ctx, "AVIF", what);
}

static size_t offset_of(const struct avif *a, struct view part)
{
    return (size_t)(part.ptr - a->in.ptr);
}

static void wipe(struct avif *a, size_t at, size_t len)
{
    if (len > 0)
        memset(a->out->ptr + at, 0, len);
}

/* Make a box of the copy a `free` one with zeros in it. */
static void wipe_box(struct avif *a, const struct box *box)
{
    memcpy(a->out->ptr + box->at, "free", 4);
    wipe(a, offset_of(a, box->in), box->in.len);
}

static bool take_box(struct box *box, struct cursor *c, const struct avif *a)
{
    struct cursor at = *c;
    uint32_t size, type;
    uint64_t len, large;

    if (!cursor_u32be(&at, &size) || !cursor_u32be(&at, &type))
        return false;
    len = size;
    if (size == 1) {
        if (!cursor_u64be(&at, &large) || large < 16)
            return false;
        len = large - 16;
    } else if (size == 0) {
        len = at.left;
    } else if (size < 8) {
        return false;
    } else {
        len = size - 8;
    }
    if (len > at.left || !cursor_take(&at, (size_t)len, &box->in))
        return false;
    box->type = type;
    box->at = (size_t)(c->ptr - a->in.ptr) + 4;
    *c = at;
    return true;
}

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

static struct item *find_item(struct avif *a, uint32_t id)
{
    for (size_t i = 0; i < a->item_count; i++)
        if (a->items[i].id == id)
            return &a->items[i];
    return NULL;
}

static int read_brands(struct avif *a, const struct box *box)
{
    static const char known[] = "avif avis mif1 miaf msf1 MA1A MA1B avio mif2 iso8 iso9 isom "
                                "1pic ";
    size_t at = offset_of(a, box->in);

    if (box->in.len < 8 || box->in.len % 4 != 0 || box->in.len > 256)
        return odd(a, "has an impossible first box");
    if (view_starts_with(box->in, "avis"))
        return ctx_error(a->ctx, MIMEO_EMALFORMED,
                         "the AVIF picture is a sequence, which mimeo cannot clean: "
                         "save it as WebP, or as a still picture");
    wipe(a, at + 4, 4);
    for (size_t i = 0; i < box->in.len; i += 4) {
        char brand[6] = {0};
        memcpy(brand, box->in.ptr + i, 4);
        brand[4] = ' ';
        if (i != 4 && (strlen(brand) != 5 || !strstr(known, brand)))
            memcpy(a->out->ptr + at + i, "mif1", 4);
    }
    return 0;
}

/* hdlr: version, 4 of zero, handler(4), 12 of zero, a name for people. */
static int read_handler(struct avif *a, const struct box *box)
{
    if (box->in.len < 24 || memcmp(box->in.ptr + 8, "pict", 4) != 0)
        return odd(a, "does not say that it is a picture");
    wipe(a, offset_of(a, box->in), 8);
    wipe(a, offset_of(a, box->in) + 12, box->in.len - 12);
    return 0;
}

static int read_primary(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    uint8_t version;
    uint32_t flags;

    if (!take_version(&c, &version, &flags) || version > 1 || a->has_primary ||
        !take_id(&c, version == 1, &a->primary) || c.left > 0)
        return odd(a, "does not name its main image");
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
        return odd(a, "has a broken list of items");
    if (a->item_count == ITEMS_MAX || find_item(a, item.id))
        return odd(a, "has too many items, or one twice");
    item.type_at = (size_t)(c.ptr - a->in.ptr) - 4;
    wipe(a, item.type_at + 4, c.left);
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
        return odd(a, "has a broken list of items");
    while (rc == 0 && c.left > 0) {
        if (!take_box(&child, &c, a))
            return odd(a, "has a broken list of items");
        rc = read_item(a, &child);
    }
    return rc == 0 && a->item_count != count ? odd(a, "has a broken list of items") : rc;
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
        return odd(a, "has a broken table of places");
    for (unsigned i = 0; i < extents; i++)
        if (!take_sized(c, s->index, &index) || !take_sized(c, s->offset, &offset) ||
            !take_sized(c, s->length, &len))
            return odd(a, "has a broken table of places");
    item = find_item(a, id);
    if (!item || item->is_located || source != 0 || method > 1 || !u64_add(base, offset, &offset))
        return odd(a, "has a broken table of places");
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
        return odd(a, "has a broken table of places");
    s.offset = first >> 4;
    s.length = first & 15;
    s.base = second >> 4;
    s.index = s.version > 0 ? second & 15 : 0;
    for (; rc == 0 && count > 0; count--)
        rc = read_location(a, &c, &s);
    return rc == 0 && c.left > 0 ? odd(a, "has a broken table of places") : rc;
}

static int read_reference(struct avif *a, const struct box *box, bool wide)
{
    struct cursor c = cursor_of(box->in);
    struct reference ref = {.type = box->type};
    uint16_t count;

    if (!take_id(&c, wide, &ref.from) || !cursor_u16be(&c, &count))
        return odd(a, "has a broken table of references");
    for (; count > 0; count--) {
        if (a->ref_count == REFS_MAX || !take_id(&c, wide, &ref.to))
            return odd(a, "has a broken table of references");
        a->refs[a->ref_count++] = ref;
    }
    return c.left > 0 ? odd(a, "has a broken table of references") : 0;
}

static int read_references(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box child;
    uint8_t version;
    uint32_t flags;
    int rc = 0;

    if (!take_version(&c, &version, &flags) || version > 1)
        return odd(a, "has a broken table of references");
    while (rc == 0 && c.left > 0) {
        if (!take_box(&child, &c, a))
            return odd(a, "has a broken table of references");
        rc = read_reference(a, &child, version == 1);
    }
    return rc;
}

/* OBU: 0 type(4) extension has_size 0, [extension], [leb128 size], payload. */
static bool take_obu(struct cursor *c, uint8_t *type, struct view *payload)
{
    uint8_t header, byte, extension;
    uint64_t size = 0;

    if (!cursor_u8(c, &header) || header & 0x80)
        return false;
    *type = header >> 3 & 15;
    if (header & 4 && !cursor_u8(c, &extension))
        return false;
    if (!(header & 2))
        return cursor_take(c, c->left, payload);
    for (unsigned i = 0; i < 5; i++) {
        if (!cursor_u8(c, &byte))
            return false;
        size |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80))
            return size <= c->left && cursor_take(c, (size_t)size, payload);
    }
    return false;
}

/* Sequence header, frames and tiles are the picture; metadata (5), padding (15) and the
 * reserved types are not. */
static bool is_wanted_obu(uint8_t type)
{
    return type >= 1 && type <= 7 && type != 5;
}

static int clean_av1(struct avif *a, struct view bytes)
{
    struct cursor c = cursor_of(bytes);

    while (c.left > 0) {
        uint8_t *header = a->out->ptr + (c.ptr - a->in.ptr);
        struct view payload;
        uint8_t type;
        if (!take_obu(&c, &type, &payload))
            return odd(a, "has broken AV1 data");
        if (is_wanted_obu(type))
            continue;
        *header = (uint8_t)(15 << 3 | (*header & 6));
        wipe(a, offset_of(a, payload), payload.len);
        if (payload.len > 0) /* padding ends in a one bit, AV1 s. 5.7 */
            a->out->ptr[offset_of(a, payload) + payload.len - 1] = 0x80;
    }
    return 0;
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
        return odd(a, "has too many properties");
    if (box->type == FOURCC('c', 'l', 'a', 'p'))
        return odd(a, "is cropped, with what was cut away still in it");
    if (box->type == FOURCC('a', 'u', 'x', 'C')) {
        if (!is_alpha(box->in))
            return odd(a, "carries a second image that is not its transparency");
        keep = true;
    }
    if (box->type == FOURCC('c', 'o', 'l', 'r'))
        keep = box->in.len == 11 && view_starts_with(box->in, "nclx");
    if (box->type == FOURCC('a', 'v', '1', 'C') && box->in.len >= 4) {
        keep = true;
        rc = clean_av1(a, view_of(box->in.ptr + 4, box->in.len - 4));
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
        wipe_box(a, box);
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
        return odd(a, "has its properties twice");
    while (rc == 0 && c.left > 0) {
        if (!take_box(&child, &c, a))
            return odd(a, "has broken properties");
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
        return odd(a, "has broken properties");
    index = wide ? (size_t)(first & 0x7f) << 8 | second : first & 0x7f;
    if (index == 0)
        return 0;
    if (index > a->property_count)
        return odd(a, "has broken properties");
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
        return odd(a, "has broken properties");
    for (; count > 0; count--) {
        if (!take_id(&c, version == 1, &id) || !cursor_u8(&c, &n))
            return odd(a, "has broken properties");
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
    return c.left > 0 ? odd(a, "has broken properties") : 0;
}

/* ipco comes before ipma, 23008-12 s. 9.3.1; other boxes are wiped. */
static int read_properties(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box child;
    int rc = 0;

    while (rc == 0 && c.left > 0) {
        if (!take_box(&child, &c, a))
            return odd(a, "has broken properties");
        if (child.type == FOURCC('i', 'p', 'c', 'o'))
            rc = read_container(a, &child);
        else if (child.type == FOURCC('i', 'p', 'm', 'a'))
            rc = read_associations(a, &child);
        else
            wipe_box(a, &child);
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
        if (!take_box(&child, &c, a))
            return odd(a, "has a broken directory");
        if (child.type == FOURCC('i', 'd', 'a', 't')) {
            if (a->idat.len > 0)
                return odd(a, "has two of a kind in its directory");
            a->idat = (struct region){offset_of(a, child.in), child.in.len};
            wipe(a, a->idat.at, a->idat.len);
            continue;
        }
        while (i < META_BOXES && meta_boxes[i].type != child.type)
            i++;
        if (i == META_BOXES) {
            wipe_box(a, &child);
            continue;
        }
        if (has[i])
            return odd(a, "has two of a kind in its directory");
        has[i] = true;
        found[i] = child;
    }
    return 0;
}

static int read_meta(struct avif *a, const struct box *box)
{
    struct cursor c = cursor_of(box->in);
    struct box found[META_BOXES] = {0};
    bool has[META_BOXES] = {0};
    uint8_t version;
    uint32_t flags;
    int rc;

    if (a->has_meta || !take_version(&c, &version, &flags))
        return odd(a, "has a broken directory");
    a->has_meta = true;
    rc = sort_meta(a, c, found, has);
    for (size_t i = 0; rc == 0 && i < META_BOXES; i++)
        if (has[i])
            rc = meta_boxes[i].read(a, &found[i]);
    return rc;
}

static int read_top(struct avif *a, const struct box *box)
{
    switch (box->type) {
    case FOURCC('f', 't', 'y', 'p'): return read_brands(a, box);
    case FOURCC('m', 'e', 't', 'a'): return read_meta(a, box);
    case FOURCC('m', 'o', 'o', 'v'):
        return ctx_error(a->ctx, MIMEO_EMALFORMED,
                         "the AVIF picture holds a sequence, which mimeo cannot clean: "
                         "save it as WebP, or as a still picture");
    case FOURCC('m', 'd', 'a', 't'):
        if (a->data_count == REGIONS_MAX)
            return odd(a, "has too many data boxes");
        a->data[a->data_count++] = (struct region){offset_of(a, box->in), box->in.len};
        wipe(a, offset_of(a, box->in), box->in.len);
        return 0;
    default: wipe_box(a, box); return 0;
    }
}

static bool is_box_type(uint32_t type)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        if ((type >> shift & 0xff) < 0x20 || (type >> shift & 0xff) > 0x7e)
            return false;
    return true;
}

/* What does not look like a whole box is bytes after the end, and is cut; where it was a
 * box that the picture needed, its items will be found to lie in no data. */
static int read_boxes(struct avif *a)
{
    struct cursor c = cursor_of(a->in);
    struct box box;
    int rc = 0;

    while (rc == 0 && c.left > 0) {
        struct cursor before = c;
        if (!take_box(&box, &c, a) || !is_box_type(box.type)) {
            a->out->len -= before.left;
            break;
        }
        rc = read_top(a, &box);
    }
    return rc;
}

static bool is_pixels(const struct item *item)
{
    return item->type == FOURCC('a', 'v', '0', '1') || item->type == FOURCC('g', 'r', 'i', 'd');
}

/* A reference that makes one item part of what another shows: the tiles of a grid, or the
 * alpha of an image (which points from the alpha to the image).  Returns whether it did. */
static bool follow(struct avif *a, const struct reference *ref)
{
    struct item *from = find_item(a, ref->from), *to = find_item(a, ref->to);

    if (!from || !to)
        return false;
    if (ref->type == FOURCC('d', 'i', 'm', 'g') && from->wanted && is_pixels(to) && !to->wanted)
        return to->wanted = true;
    if (ref->type == FOURCC('a', 'u', 'x', 'l') && to->wanted && is_pixels(from) && !from->wanted)
        return from->wanted = true;
    return false;
}

static int choose_items(struct avif *a)
{
    struct item *primary = find_item(a, a->primary);
    bool more = true;

    if (!a->has_meta || !a->has_primary || !primary)
        return picture_error_short(a->ctx, "AVIF");
    if (!is_pixels(primary))
        return odd(a, "is made of parts that mimeo does not know");
    primary->wanted = true;
    for (unsigned depth = 0; more && depth < 8; depth++) {
        more = false;
        for (size_t i = 0; i < a->ref_count; i++)
            more |= follow(a, &a->refs[i]);
    }
    return more ? odd(a, "has parts of parts without end") : 0;
}

static bool is_within(const struct region *r, uint64_t at, uint64_t len)
{
    return at >= r->at && at - r->at <= r->len && len <= r->len - (at - r->at);
}

static int restore_item(struct avif *a, const struct item *item)
{
    uint64_t at = item->offset;
    bool inside = false;
    struct view bytes;

    if (!item->is_located || item->extents != 1 || item->len == 0)
        return odd(a, "keeps an image in pieces, or nowhere");
    if (item->method == 1) {
        inside = u64_add(at, a->idat.at, &at) && is_within(&a->idat, at, item->len);
    } else {
        for (size_t i = 0; i < a->data_count; i++)
            inside = inside || is_within(&a->data[i], at, item->len);
    }
    if (!inside)
        return picture_error_short(a->ctx, "AVIF");
    bytes = view_of(a->in.ptr + at, (size_t)item->len);
    memcpy(a->out->ptr + at, bytes.ptr, bytes.len);
    if (item->type == FOURCC('a', 'v', '0', '1'))
        return clean_av1(a, bytes);
    /* grid: version, flags, rows-1, columns-1, width, height of 2 or 4 bytes each */
    return bytes.len == 8 || bytes.len == 12 ? 0 : odd(a, "has a broken grid");
}

static int clean(struct avif *a)
{
    int rc;

    if (buf_append_view(a->out, a->in) < 0)
        return picture_out_status(a->out, a->ctx);
    rc = read_boxes(a);
    if (rc == 0)
        rc = choose_items(a);
    if (rc == 0)
        rc = picture_check_size(a->ctx, a->width, a->height);
    for (size_t i = 0; rc == 0 && i < a->item_count; i++) {
        if (a->items[i].wanted)
            rc = restore_item(a, &a->items[i]);
        else /* a type that no reader knows, lest it stumble over Exif made of zeros */
            memcpy(a->out->ptr + a->items[i].type_at, "free", 4);
    }
    return rc;
}

int picture_avif_clean(struct buf *out, mimeo_ctx *ctx, struct view in)
{
    struct avif a = {.out = out, .ctx = ctx, .in = in};
    return clean(&a);
}

int picture_avif_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view in, bool cleaned)
{
    struct buf again;
    struct avif a = {.out = &again, .ctx = ctx, .in = in};
    int rc;

    buf_init(&again, LIMIT_PICTURE);
    rc = clean(&a);
    if (rc == 0 && cleaned && !view_equal(buf_view(&again), in))
        rc = picture_error_trace(ctx, "AVIF", "something besides its pixels");
    buf_dispose(&again);
    if (rc == 0)
        *info = (struct picture_info){PICTURE_AVIF, a.width, a.height};
    return rc;
}
