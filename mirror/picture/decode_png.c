/*
 * PNG to pixels: row by row, so that a large one needs no more memory than a row; an interlaced one has to be whole.
 *
 * What a reader would get wrong: libpng leaves by longjmp.  All that must be released stands in one struct that the caller
 * of setjmp owns.  Of an animated PNG, which libpng does not know, this is its still picture.
 */
#include <setjmp.h>
#include <stdlib.h>

#include "picture/decode.h"
#include "picture/icc.h"
#include "picture/png.h"
#include "picture/png_source.h"

struct decoding {
    struct png_source source;
    png_structp png;
    png_infop info;
    struct shrink shrink;
    struct shrink_colours colours;
    uint8_t *pixels; /* a row, or all */
    png_bytep *rows; /* interlaced alone */
    uint32_t width, height, row;
    int passes, orientation;
};

/* Whatever it is, 4 bytes a pixel come out: palettes and grays as colours, 16 bits rounded to 8. */
static void ask_for_rgba(struct decoding *d)
{
    png_set_expand(d->png);
    png_set_scale_16(d->png);
    png_set_gray_to_rgb(d->png);
    png_set_add_alpha(d->png, 255, PNG_FILLER_AFTER);
    d->passes = png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
}

static void read_profile(struct decoding *d)
{
    png_charp name;
    png_bytep profile;
    png_uint_32 len;
    int compression;

    if (png_get_iCCP(d->png, d->info, &name, &compression, &profile, &len) &&
        icc_colours(&d->colours, view_of(profile, len)))
        d->shrink.colours = &d->colours;
}

static int read_header(struct decoding *d)
{
    if (setjmp(png_jmpbuf(d->png)))
        return d->source.rc;
    png_set_chunk_malloc_max(d->png, 4 * MIB);
    png_read_info(d->png, d->info);
    d->width = png_get_image_width(d->png, d->info);
    d->height = png_get_image_height(d->png, d->info);
    read_profile(d);
    ask_for_rgba(d);
    return 0;
}

static int allocate(struct decoding *d)
{
    size_t rows = d->passes > 1 ? d->height : 1, len = (size_t)d->width * 4;
    int rc = picture_check_memory(d->source.ctx, (uint64_t)rows * len + (uint64_t)d->shrink.to.width * d->shrink.to.height * 4);

    if (rc < 0)
        return rc;
    d->pixels = calloc(rows, len);
    d->rows = calloc(rows, sizeof(*d->rows));
    if (d->pixels == NULL || d->rows == NULL)
        return ctx_error_nomem(d->source.ctx);
    for (size_t y = 0; y < rows; y++)
        d->rows[y] = d->pixels + y * len;
    return 0;
}

static int read_rows(struct decoding *d)
{
    if (setjmp(png_jmpbuf(d->png)))
        return d->source.rc;
    if (d->passes > 1)
        png_read_image(d->png, d->rows);
    for (d->row = 0; d->row < d->height; d->row++) {
        if (d->passes == 1)
            png_read_row(d->png, d->pixels, NULL);
        shrink_row(&d->shrink, d->rows[d->passes > 1 ? d->row : 0]);
    }
    return 0;
}

int picture_png_decode(struct raster *out, mimeo_ctx *ctx, struct view in, uint32_t width)
{
    struct decoding d = {.source = {.ctx = ctx, .in = cursor_of(in)}};
    int rc = picture_png_orientation(&d.orientation, ctx, in);

    if (rc < 0)
        return rc;
    d.png = png_source_reader(&d.source);
    d.info = d.png ? png_create_info_struct(d.png) : NULL;
    rc = d.info ? read_header(&d) : ctx_error_nomem(ctx);
    if (rc == 0)
        rc = shrink_start(&d.shrink, ctx, d.width, d.height, shrink_target(width, d.width, d.height, d.orientation));
    if (rc == 0)
        rc = allocate(&d);
    if (rc == 0)
        rc = read_rows(&d);
    if (rc == 0)
        rc = shrink_finish(out, &d.shrink, ctx, d.orientation);
    shrink_dispose(&d.shrink);
    free(d.pixels);
    free(d.rows);
    if (d.png)
        png_destroy_read_struct(&d.png, &d.info, NULL);
    return rc;
}
