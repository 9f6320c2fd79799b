/*
 * JPEG's markers (ITU-T T.81 annex B): one pass that decodes nothing.
 *
 *     FFD8 | FFxx length(2) payload | … | FFDA length payload, entropy-coded bytes | … | FFD9
 */
#include <string.h>

#include "picture/jpeg.h"

#define ADOBE_LENGTH 14
#define ICC_ONE "ICC_PROFILE\0\1\1" /* the first segment of one */

static void note_trace(struct jpeg_facts *f, const char *what)
{
    if (!f->trace)
        f->trace = what;
}

/* Move to just after the next marker.  Decoders pass over stray bytes, so do we. */
static bool next_marker(struct jpeg_facts *f, struct cursor *c, uint8_t *marker)
{
    uint8_t byte;

    for (;;) {
        if (!cursor_u8(c, &byte))
            return false;
        if (byte != 0xff) {
            note_trace(f, "bytes between markers");
            continue;
        }
        do {
            if (!cursor_u8(c, &byte))
                return false;
        } while (byte == 0xff);
        if (byte != 0) {
            *marker = byte;
            return true;
        }
    }
}

/* Entropy-coded bytes end before the first marker that is not a restart. */
static bool skip_entropy(struct cursor *c)
{
    struct view skipped;

    while (c->left >= 2) {
        const uint8_t *ff = memchr(c->ptr, 0xff, c->left - 1);
        uint8_t next;
        if (!ff)
            return false;
        next = ff[1];
        cursor_take(c, (size_t)(ff - c->ptr), &skipped);
        if (next != 0 && next != 0xff && !(next >= 0xd0 && next <= 0xd7))
            return true;
        cursor_take(c, next == 0xff ? 1 : 2, &skipped);
    }
    return false;
}

static int read_frame(struct jpeg_facts *f, mimeo_ctx *ctx, uint8_t marker, struct view segment)
{
    struct cursor c = cursor_of(segment);
    uint8_t precision;

    if (marker >= 0xc9)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture uses arithmetic coding, which browsers do not show: "
                         "save it as baseline JPEG");
    if (marker > 0xc2)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture is lossless or hierarchical, which browsers do not "
                         "show: save it as baseline JPEG");
    if (f->has_frame)
        return picture_error_odd(ctx, "JPEG", "has two frames");
    if (!cursor_u8(&c, &precision) || !cursor_u16be(&c, &f->height) ||
        !cursor_u16be(&c, &f->width) || !cursor_u8(&c, &f->components) ||
        c.left != 3u * f->components)
        return picture_error_odd(ctx, "JPEG", "has a broken frame header");
    if (precision != 8)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture has %d bits a sample, which browsers do not show: "
                         "save it with 8",
                         precision);
    if (f->components != 1 && f->components != 3 && f->components != 4)
        return picture_error_odd(ctx, "JPEG", "has neither 1, 3 nor 4 colour components");
    for (size_t i = 0; i < f->components; i++) {
        uint8_t id, factors, table;
        if (!cursor_u8(&c, &id) || !cursor_u8(&c, &factors) || !cursor_u8(&c, &table))
            return picture_error_short(ctx, "JPEG");
        f->component[i] = (struct jpeg_component){factors >> 4, factors & 15};
        if (f->component[i].h < 1 || f->component[i].h > 4 || f->component[i].v < 1 ||
            f->component[i].v > 4)
            return picture_error_odd(ctx, "JPEG", "has impossible sampling factors");
    }
    f->has_frame = true;
    f->progressive = marker == 0xc2;
    return picture_check_size(ctx, f->width, f->height);
}

static bool is_clean_jfif(struct view s)
{
    static const char fixed[] = "JFIF\0\1\1\0\0\1\0\1\0\0";
    return s.len == JFIF_LENGTH - 2 && memcmp(s.ptr, fixed, JFIF_LENGTH - 2) == 0;
}

/* "Adobe", version 100, two words of flags that are 0, the colour transform. */
static bool is_clean_adobe(struct view s)
{
    static const char fixed[] = "Adobe\0\x64\0\0\0\0";
    return s.len == ADOBE_LENGTH - 2 && memcmp(s.ptr, fixed, ADOBE_LENGTH - 3) == 0 &&
           s.ptr[ADOBE_LENGTH - 3] <= 2;
}

static void read_application(struct jpeg_facts *f, uint8_t marker, struct view s)
{
    if (marker == 0xe1 && !f->has_exif && s.len > 6 && memcmp(s.ptr, "Exif\0", 5) == 0) {
        f->has_exif = true;
        f->orientation = picture_exif_orientation(s);
    }
    if (marker == 0xee && view_starts_with(s, "Adobe"))
        f->has_adobe = true;
    if (marker == 0xe2 && s.len > sizeof(ICC_ONE) - 1 && memcmp(s.ptr, ICC_ONE, sizeof(ICC_ONE) - 1) == 0)
        f->icc = view_of(s.ptr + sizeof(ICC_ONE) - 1, s.len - (sizeof(ICC_ONE) - 1));
    if (!(marker == 0xe0 && is_clean_jfif(s)) && !(marker == 0xee && is_clean_adobe(s)))
        note_trace(f, "an application segment");
}

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static int read_segment(struct jpeg_facts *f, mimeo_ctx *ctx, uint8_t marker, struct cursor *c)
{
    uint16_t length;
    struct view segment;

    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8))
        return picture_error_odd(ctx, "JPEG", "has a marker where none may be");
    if (!cursor_u16be(c, &length))
        return picture_error_short(ctx, "JPEG");
    if (length < 2)
        return picture_error_odd(ctx, "JPEG", "has a segment of impossible length");
    if (!cursor_take(c, length - 2u, &segment))
        return picture_error_short(ctx, "JPEG");
    if (is_frame(marker))
        return read_frame(f, ctx, marker, segment);
    if (marker >= 0xe0 && marker <= 0xef) {
        read_application(f, marker, segment);
    } else if (marker == 0xda) {
        if (!f->has_frame)
            return picture_error_odd(ctx, "JPEG", "has a scan before its frame");
        if (++f->scans > JPEG_SCANS)
            return picture_error_odd(ctx, "JPEG", "has more than 100 scans");
        if (!skip_entropy(c))
            return picture_error_short(ctx, "JPEG");
    } else if (marker != 0xc4 && marker != 0xdb && marker != 0xdd) {
        note_trace(f, "a comment or an unknown segment");
    }
    return 0;
}

int jpeg_read_markers(struct jpeg_facts *f, mimeo_ctx *ctx, struct view in)
{
    struct cursor c = cursor_of(in);
    struct jpeg_facts found = {.orientation = 1};
    uint8_t marker;
    int rc;

    if (!cursor_skip(&c, "\xff\xd8"))
        return picture_error_short(ctx, "JPEG");
    for (;;) {
        if (!next_marker(&found, &c, &marker))
            return picture_error_short(ctx, "JPEG");
        if (marker == 0xd9)
            break;
        rc = read_segment(&found, ctx, marker, &c);
        if (rc < 0)
            return rc;
    }
    if (found.scans == 0)
        return picture_error_odd(ctx, "JPEG", "has no pixels");
    if (c.left > 0)
        note_trace(&found, "bytes after its end");
    found.end = in.len - c.left;
    *f = found;
    return 0;
}

uint64_t jpeg_coefficient_bytes(const struct jpeg_facts *f)
{
    uint64_t samples = 0, h_max = 1, v_max = 1;

    for (size_t i = 0; i < f->components; i++) {
        samples += (uint64_t)f->component[i].h * f->component[i].v;
        h_max = f->component[i].h > h_max ? f->component[i].h : h_max;
        v_max = f->component[i].v > v_max ? f->component[i].v : v_max;
    }
    return (uint64_t)f->width * f->height * samples * 2 / (h_max * v_max);
}

int jpeg_check_inks(mimeo_ctx *ctx, const struct jpeg_facts *f)
{
    if (f->components == 4 && !f->has_adobe)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the JPEG picture is CMYK and does not say how its inks are stored: "
                         "save it as RGB");
    return 0;
}
