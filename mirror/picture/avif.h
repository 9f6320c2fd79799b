/*
 * Private to the two files of AVIF: the walk, and what it has found so far.
 *
 * What a reader would get wrong: `in` is read and `out` is written, and both have the same
 * layout; a view always lies in `in`, and its place in `out` is avif_offset().
 */
#ifndef PICTURE_AVIF_H
#define PICTURE_AVIF_H

#include "picture/codec.h"

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

int avif_odd(struct avif *a, const char *what);
size_t avif_offset(const struct avif *a, struct view part);
void avif_wipe(struct avif *a, size_t at, size_t len);
/* Make a box of the copy a `free` one with zeros in it. */
void avif_wipe_box(struct avif *a, const struct box *box);
/* False where what follows is no whole box. */
bool avif_take_box(struct box *box, struct cursor *c, const struct avif *a);
struct item *avif_find_item(struct avif *a, uint32_t id);
/* Metadata and padding OBUs in `bytes` become padding. */
int avif_clean_av1(struct avif *a, struct view bytes);
/* The whole directory: items, places, references, properties. */
int avif_read_meta(struct avif *a, const struct box *box);

#endif
