/*
 * Which way is up: the orientation tag of EXIF (CIPA DC-008, tag 0x0112 of IFD 0), and
 * turning pixels by it.  This is the only thing that is ever read out of EXIF.
 *
 * What a reader would get wrong: the tag tells where row 0 and column 0 *are*, so 6
 * ("row 0 is the right side") means: turn clockwise to see it upright.
 */
#include <string.h>

#include "picture/codec.h"

#define TIFF_TAG_ORIENTATION 0x0112
#define TIFF_SHORT 3
#define TIFF_ENTRY 12

struct tiff {
    struct view all;
    bool big_endian;
};

static bool tiff_u16(const struct tiff *t, struct cursor *c, uint16_t *out)
{
    return t->big_endian ? cursor_u16be(c, out) : cursor_u16le(c, out);
}

static bool tiff_u32(const struct tiff *t, struct cursor *c, uint32_t *out)
{
    return t->big_endian ? cursor_u32be(c, out) : cursor_u32le(c, out);
}

/* The start of IFD 0. */
static bool tiff_open(struct tiff *t, struct cursor *ifd, struct view exif)
{
    struct cursor c = cursor_of(exif);
    struct view skipped;
    uint16_t magic;
    uint32_t offset;

    (void)(c.left >= 6 && memcmp(c.ptr, "Exif\0", 5) == 0 && cursor_take(&c, 6, &skipped));
    t->all = view_of(c.ptr, c.left);
    if (cursor_skip(&c, "II"))
        t->big_endian = false;
    else if (cursor_skip(&c, "MM"))
        t->big_endian = true;
    else
        return false;
    if (!tiff_u16(t, &c, &magic) || magic != 42 || !tiff_u32(t, &c, &offset))
        return false;
    *ifd = cursor_of(t->all);
    return cursor_take(ifd, offset, &skipped);
}

int picture_exif_orientation(struct view exif)
{
    struct tiff t;
    struct cursor ifd;
    uint16_t entries;

    if (!tiff_open(&t, &ifd, exif) || !tiff_u16(&t, &ifd, &entries))
        return 1;
    for (; entries > 0; entries--) {
        struct view entry;
        struct cursor c;
        uint16_t tag, type, value;
        uint32_t count;
        if (!cursor_take(&ifd, TIFF_ENTRY, &entry))
            return 1;
        c = cursor_of(entry);
        if (!tiff_u16(&t, &c, &tag) || !tiff_u16(&t, &c, &type) || !tiff_u32(&t, &c, &count) ||
            !tiff_u16(&t, &c, &value))
            return 1;
        if (tag == TIFF_TAG_ORIENTATION)
            return type == TIFF_SHORT && count == 1 && value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

bool picture_swaps_sides(int orientation)
{
    return orientation >= 5;
}

/* Where the pixel that is shown at x, y stands in the source. */
static size_t source_index(size_t x, size_t y, size_t w, size_t h, int orientation)
{
    switch (orientation) {
    case 2: return y * w + (w - 1 - x);
    case 3: return (h - 1 - y) * w + (w - 1 - x);
    case 4: return (h - 1 - y) * w + x;
    case 5: return x * w + y;
    case 6: return (h - 1 - x) * w + y;
    case 7: return (h - 1 - x) * w + (w - 1 - y);
    case 8: return x * w + (w - 1 - y);
    default: return y * w + x;
    }
}

void picture_turn(uint8_t *dst, const uint8_t *src, size_t w, size_t h, size_t bpp,
                  int orientation)
{
    size_t shown_w = picture_swaps_sides(orientation) ? h : w;
    size_t shown_h = picture_swaps_sides(orientation) ? w : h;

    for (size_t y = 0; y < shown_h; y++) {
        for (size_t x = 0; x < shown_w; x++) {
            memcpy(dst, src + source_index(x, y, w, h, orientation) * bpp, bpp);
            dst += bpp;
        }
    }
}
