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

#include "picture/avif.h"

int avif_odd(struct avif *a, const char *what)
{
    return picture_error_odd(a->ctx, "AVIF", what);
}

size_t avif_offset(const struct avif *a, struct view part)
{
    return (size_t)(part.ptr - a->in.ptr);
}

void avif_wipe(struct avif *a, size_t at, size_t len)
{
    if (len > 0)
        memset(a->out->ptr + at, 0, len);
}

void avif_wipe_box(struct avif *a, const struct box *box)
{
    memcpy(a->out->ptr + box->at, "free", 4);
    avif_wipe(a, avif_offset(a, box->in), box->in.len);
}

bool avif_take_box(struct box *box, struct cursor *c, const struct avif *a)
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

struct item *avif_find_item(struct avif *a, uint32_t id)
{
    for (size_t i = 0; i < a->item_count; i++)
        if (a->items[i].id == id)
            return &a->items[i];
    return NULL;
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

int avif_clean_av1(struct avif *a, struct view bytes)
{
    struct cursor c = cursor_of(bytes);

    while (c.left > 0) {
        uint8_t *header = a->out->ptr + (c.ptr - a->in.ptr);
        struct view payload;
        uint8_t type;
        if (!take_obu(&c, &type, &payload))
            return avif_odd(a, "has broken AV1 data");
        if (is_wanted_obu(type))
            continue;
        *header = (uint8_t)(15 << 3 | (*header & 6));
        avif_wipe(a, avif_offset(a, payload), payload.len);
        if (payload.len > 0) /* padding ends in a one bit, AV1 s. 5.7 */
            a->out->ptr[avif_offset(a, payload) + payload.len - 1] = 0x80;
    }
    return 0;
}

static int read_brands(struct avif *a, const struct box *box)
{
    static const char known[] = "avif avis mif1 miaf msf1 MA1A MA1B avio mif2 iso8 iso9 isom "
                                "1pic ";
    size_t at = avif_offset(a, box->in);

    if (box->in.len < 8 || box->in.len % 4 != 0 || box->in.len > 256)
        return avif_odd(a, "has an impossible first box");
    if (view_starts_with(box->in, "avis"))
        return ctx_error(a->ctx, MIMEO_EMALFORMED,
                         "the AVIF picture is a sequence, which mimeo cannot clean: "
                         "save it as WebP, or as a still picture");
    avif_wipe(a, at + 4, 4);
    for (size_t i = 0; i < box->in.len; i += 4) {
        char brand[6] = {0};
        memcpy(brand, box->in.ptr + i, 4);
        brand[4] = ' ';
        if (i != 4 && (strlen(brand) != 5 || !strstr(known, brand)))
            memcpy(a->out->ptr + at + i, "mif1", 4);
    }
    return 0;
}

static int read_top(struct avif *a, const struct box *box)
{
    switch (box->type) {
    case FOURCC('f', 't', 'y', 'p'): return read_brands(a, box);
    case FOURCC('m', 'e', 't', 'a'): return avif_read_meta(a, box);
    case FOURCC('m', 'o', 'o', 'v'):
        return ctx_error(a->ctx, MIMEO_EMALFORMED,
                         "the AVIF picture holds a sequence, which mimeo cannot clean: "
                         "save it as WebP, or as a still picture");
    case FOURCC('m', 'd', 'a', 't'):
        if (a->data_count == REGIONS_MAX)
            return avif_odd(a, "has too many data boxes");
        a->data[a->data_count++] = (struct region){avif_offset(a, box->in), box->in.len};
        avif_wipe(a, avif_offset(a, box->in), box->in.len);
        return 0;
    default: avif_wipe_box(a, box); return 0;
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
        if (!avif_take_box(&box, &c, a) || !is_box_type(box.type)) {
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
    struct item *from = avif_find_item(a, ref->from), *to = avif_find_item(a, ref->to);

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
    struct item *primary = avif_find_item(a, a->primary);
    bool more = true;

    if (!a->has_meta || !a->has_primary || !primary)
        return picture_error_short(a->ctx, "AVIF");
    if (!is_pixels(primary))
        return avif_odd(a, "is made of parts that mimeo does not know");
    primary->wanted = true;
    for (unsigned depth = 0; more && depth < 8; depth++) {
        more = false;
        for (size_t i = 0; i < a->ref_count; i++)
            more |= follow(a, &a->refs[i]);
    }
    return more ? avif_odd(a, "has parts of parts without end") : 0;
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
        return avif_odd(a, "keeps an image in pieces, or nowhere");
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
        return avif_clean_av1(a, bytes);
    /* grid: version, flags, rows-1, columns-1, width, height of 2 or 4 bytes each */
    return bytes.len == 8 || bytes.len == 12 ? 0 : avif_odd(a, "has a broken grid");
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
