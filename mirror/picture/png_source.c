#include "picture/png_source.h"

#include <string.h>

static void on_error(png_structp png, png_const_charp message)
{
    struct png_source *s = png_get_error_ptr(png);

    if (s->rc == 0)
        s->rc = ctx_error(s->ctx, MIMEO_EMALFORMED, "the PNG picture cannot be decoded (%s): export it again", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t len)
{
    struct png_source *s = png_get_io_ptr(png);
    struct view bytes;

    if (!cursor_take(&s->in, len, &bytes))
        png_error(png, "cut short");
    memcpy(out, bytes.ptr, len);
}

png_structp png_source_reader(struct png_source *s)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);

    if (png != NULL) {
        png_set_read_fn(png, s, on_read);
        png_set_user_limits(png, LIMIT_PICTURE_SIDE, LIMIT_PICTURE_SIDE);
    }
    return png;
}

png_structp png_source_writer(struct png_source *s)
{
    return png_create_write_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
}
