/*
 * Private to the files of JPEG: what one pass over the markers finds (jpeg_markers.c).
 */
#ifndef PICTURE_JPEG_H
#define PICTURE_JPEG_H

#include "picture/codec.h"

#define JFIF_LENGTH 16
/* A progressive picture has some ten; each costs a pass over all of it, so that a small file of many takes for ever. */
#define JPEG_SCANS 100

struct jpeg_component {
    uint8_t h, v;
};

struct jpeg_facts {
    uint16_t width, height;
    uint8_t components;
    struct jpeg_component component[4];
    bool has_frame, has_adobe, has_exif, progressive;
    unsigned scans;
    int orientation;
    const char *trace; /* the first thing found that a clean file does not have */
    size_t end;        /* just past EOI */
    struct view icc;   /* a profile that is whole in one segment; else empty */
};

/* MIMEO_EMALFORMED: not a JPEG that browsers show, or cut short. */
int jpeg_read_markers(struct jpeg_facts *f, mimeo_ctx *ctx, struct view in);
/* Bytes that TurboJPEG holds for all coefficients, two each. */
uint64_t jpeg_coefficient_bytes(const struct jpeg_facts *f);
/* 0, or the words for CMYK that cannot be understood. */
int jpeg_check_inks(mimeo_ctx *ctx, const struct jpeg_facts *f);

#endif
