/*
 * Turning a PNG: decoded by libpng, turned, encoded in the very same colour type, depth
 * and palette, so that no sample changes.
 *
 * What a reader would get wrong: libpng leaves by longjmp.  All that must be released
 * stands in one struct that the caller of setjmp owns, so nothing is lost and no local
 * is read after it was changed.
 */
#include <setjmp.h>
#include <stdlib.h>

#include "picture/png_source.h"

struct turn {
    struct png_source source;
    struct buf *out;
    png_structp reader, writer;
    png_infop info, out_info;
    uint8_t *pixels, *turned;
    png_bytep *rows;
    size_t w, h, bpp;
    png_uint_32 shown_w, shown_h;
    int orientation;
};

static void on_write(png_structp png, png_bytep bytes, size_t len)
{
    struct turn *t = png_get_io_ptr(png);

    if (buf_append(t->out, bytes, len) < 0) {
        t->source.rc = picture_out_status(t->out, t->source.ctx);
        png_error(png, "too large");
    }
}

static void on_flush(png_structp png)
{
    (void)png;
}

static void read_start(struct turn *t)
{
    png_read_info(t->reader, t->info);
    png_set_packing(t->reader); /* less than a byte a sample: one byte each while turning */
    png_set_interlace_handling(t->reader);
    png_read_update_info(t->reader, t->info);
    t->w = png_get_image_width(t->reader, t->info);
    t->h = png_get_image_height(t->reader, t->info);
    t->bpp = png_get_rowbytes(t->reader, t->info) / t->w;
}

static int allocate(struct turn *t)
{
    size_t rows = t->w > t->h ? t->w : t->h;
    int rc = picture_check_memory(t->source.ctx, 2 * (uint64_t)t->w * t->h * t->bpp);

    if (rc < 0)
        return rc;
    t->pixels = calloc(t->w * t->h, t->bpp);
    t->turned = calloc(t->w * t->h, t->bpp);
    t->rows = calloc(rows, sizeof(*t->rows));
    return t->pixels && t->turned && t->rows ? 0 : ctx_error_nomem(t->source.ctx);
}

static void point_rows(struct turn *t, uint8_t *pixels, size_t w, size_t h)
{
    for (size_t y = 0; y < h; y++)
        t->rows[y] = pixels + y * w * t->bpp;
}

static void copy_palette(struct turn *t)
{
    png_colorp palette;
    png_bytep alpha;
    png_color_16p key;
    int n;

    if (png_get_PLTE(t->reader, t->info, &palette, &n))
        png_set_PLTE(t->writer, t->out_info, palette, n);
    if (png_get_tRNS(t->reader, t->info, &alpha, &n, &key))
        png_set_tRNS(t->writer, t->out_info, alpha, n, key);
}

/* After reading, libpng tells the depth that the rows have; the file's own is in IHDR. */
static int file_depth(struct view png)
{
    return png.ptr[24];
}

static void write_all(struct turn *t, int depth)
{
    png_set_write_fn(t->writer, t, on_write, on_flush);
    png_set_compression_level(t->writer, 9);
    png_set_IHDR(t->writer, t->out_info, t->shown_w, t->shown_h, depth,
                 png_get_color_type(t->reader, t->info), PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    copy_palette(t);
    png_write_info(t->writer, t->out_info);
    png_set_packing(t->writer);
    png_write_image(t->writer, t->rows);
    png_write_end(t->writer, NULL);
}

static int read_header(struct turn *t)
{
    if (setjmp(png_jmpbuf(t->reader)))
        return t->source.rc;
    read_start(t);
    return 0;
}

static int read_rows(struct turn *t)
{
    if (setjmp(png_jmpbuf(t->reader)))
        return t->source.rc;
    point_rows(t, t->pixels, t->w, t->h);
    png_read_image(t->reader, t->rows);
    return 0;
}

static int write_rows(struct turn *t, int depth)
{
    /* Getters on the reader cannot fail by longjmp; only the writer is armed. */
    if (setjmp(png_jmpbuf(t->writer)))
        return t->source.rc;
    point_rows(t, t->turned, t->shown_w, t->shown_h);
    write_all(t, depth);
    return 0;
}

static int open_both(struct turn *t)
{
    t->reader = png_source_reader(&t->source);
    t->writer = png_source_writer(&t->source);
    if (!t->reader || !t->writer)
        return ctx_error_nomem(t->source.ctx);
    t->info = png_create_info_struct(t->reader);
    t->out_info = png_create_info_struct(t->writer);
    return t->info && t->out_info ? 0 : ctx_error_nomem(t->source.ctx);
}

static void close_both(struct turn *t)
{
    if (t->reader)
        png_destroy_read_struct(&t->reader, &t->info, NULL);
    if (t->writer)
        png_destroy_write_struct(&t->writer, &t->out_info);
    free(t->pixels);
    free(t->turned);
    free(t->rows);
}

int picture_png_turn(struct buf *out, mimeo_ctx *ctx, struct view in, int orientation)
{
    struct turn t = {.source = {.ctx = ctx, .in = cursor_of(in)}, .out = out, .orientation = orientation};
    int rc = open_both(&t);

    if (rc == 0)
        rc = read_header(&t);
    if (rc == 0)
        rc = allocate(&t);
    if (rc == 0)
        rc = read_rows(&t);
    if (rc == 0) {
        picture_turn(t.turned, t.pixels, t.w, t.h, t.bpp, orientation);
        t.shown_w = (png_uint_32)(picture_swaps_sides(orientation) ? t.h : t.w);
        t.shown_h = (png_uint_32)(picture_swaps_sides(orientation) ? t.w : t.h);
        rc = write_rows(&t, file_depth(in));
    }
    close_both(&t);
    return rc;
}
