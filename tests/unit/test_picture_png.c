/*
 * PNG: every sample comes through, and nothing besides them.
 */
#include "picture_samples.h"

struct sample {
    unsigned w, h;
    int colour, depth, interlace;
};

static unsigned channels_of(int colour)
{
    return colour == PNG_COLOR_TYPE_RGB         ? 3
           : colour == PNG_COLOR_TYPE_RGB_ALPHA ? 4
           : colour == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                                 : 1;
}

static void on_write(png_structp png, png_bytep bytes, size_t len)
{
    buf_append(png_get_io_ptr(png), bytes, len);
}

static void encode(struct buf *out, const struct sample *s)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_color palette[16];
    uint8_t alpha[16];
    size_t bpp = channels_of(s->colour) * (s->depth == 16 ? 2 : 1);
    uint8_t *pixels = new_pixels(s->w, s->h, bpp);
    png_bytep rows[64];

    assert_true(s->h <= 64);
    if (s->depth < 8)
        for (size_t i = 0; i < (size_t)s->w * s->h; i++)
            pixels[i] = (uint8_t)(pixels[i] % (1 << s->depth));
    for (uint8_t i = 0; i < 16; i++) {
        palette[i] = (png_color){(png_byte)(i * 16), (png_byte)(255 - i), 7};
        alpha[i] = (uint8_t)(255 - i * 3);
    }
    for (size_t y = 0; y < s->h; y++)
        rows[y] = pixels + y * s->w * bpp;
    png_set_write_fn(png, out, on_write, NULL);
    png_set_IHDR(png, info, s->w, s->h, s->depth, s->colour, s->interlace, 0, 0);
    if (s->colour == PNG_COLOR_TYPE_PALETTE) {
        int n = 1 << (s->depth < 4 ? s->depth : 4);
        png_set_PLTE(png, info, palette, n);
        png_set_tRNS(png, info, alpha, n, NULL);
        if (s->depth == 8)
            for (size_t i = 0; i < (size_t)s->w * s->h; i++)
                pixels[i] &= 15;
    }
    png_set_gAMA_fixed(png, info, 45455);
    png_write_info(png, info);
    png_set_packing(png);
    png_write_image(png, rows);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(pixels);
}

#define HEAD 33 /* signature and IHDR */

static void put_secrets(struct buf *b, int orientation)
{
    struct buf exif;
    buf_init(&exif, SAMPLE_MAX);
    put_tiff(&exif, orientation);
    put_png_chunk(b, "eXIf", exif.ptr, exif.len);
    put_png_chunk(b, "tEXt", "Comment\0" SECRET, 18);
    put_png_chunk(b, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0" SECRET, 32);
    put_png_chunk(b, "zTXt", "k\0" SECRET, 12);
    put_png_chunk(b, "tIME", "\7\xe8\1\1\1\1\1", 7);
    put_png_chunk(b, "iCCP", SECRET "\0\0zzz", 15);
    put_png_chunk(b, "pHYs", "\0\0\1\0\0\0\1\0\1", 9);
    put_png_chunk(b, "sPLT", SECRET, 10);
    put_png_chunk(b, "gpSs", SECRET, 10);
    buf_dispose(&exif);
}

static void put_laden(struct buf *out, const struct buf *plain, int orientation)
{
    buf_append(out, plain->ptr, HEAD);
    put_secrets(out, orientation);
    buf_append(out, plain->ptr + HEAD, plain->len - HEAD - 12);
    put_secrets(out, orientation);
    buf_append(out, plain->ptr + plain->len - 12, 12);
    buf_append(out, plain->ptr, plain->len);
    buf_append_str(out, SECRET);
}

static void on_read(png_structp png, png_bytep out, size_t len)
{
    struct view bytes;
    assert_true(cursor_take(png_get_io_ptr(png), len, &bytes));
    memcpy(out, bytes.ptr, len);
}

/* The samples as they are, all of them: palettes are looked up, but nothing is rounded. */
static uint8_t *decode(struct view in, unsigned *w, unsigned *h, size_t *bpp)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    struct cursor c = cursor_of(in);
    png_bytepp rows;
    uint8_t *pixels;
    size_t row_len;

    png_set_read_fn(png, &c, on_read);
    png_read_png(png, info, PNG_TRANSFORM_EXPAND, NULL);
    *w = png_get_image_width(png, info);
    *h = png_get_image_height(png, info);
    rows = png_get_rows(png, info);
    row_len = png_get_rowbytes(png, info);
    *bpp = row_len / *w;
    pixels = malloc(row_len * *h);
    assert_non_null(pixels);
    for (size_t y = 0; y < *h; y++)
        memcpy(pixels + y * row_len, rows[y], row_len);
    png_destroy_read_struct(&png, &info, NULL);
    return pixels;
}

static void turn_case(const struct sample *s, int orientation)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf plain, laden, out;
    struct picture_info info;
    uint8_t *before, *after, *expected;
    unsigned w, h;
    size_t bpp;

    buf_init(&plain, SAMPLE_MAX);
    buf_init(&laden, SAMPLE_MAX);
    encode(&plain, s);
    put_laden(&laden, &plain, orientation);
    if (clean_sample(&out, ctx, &laden) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_true(view_has(buf_view(&out), "gAMA"));
    assert_false(view_has(buf_view(&out), "pHYs"));
    assert_false(view_has(buf_view(&out), "tIME"));
    assert_int_equal(picture_inspect(&info, ctx, buf_view(&out)), 0);
    before = decode(buf_view(&plain), &w, &h, &bpp);
    expected = malloc((size_t)w * h * bpp);
    picture_turn(expected, before, w, h, bpp, orientation);
    after = decode(buf_view(&out), &w, &h, &bpp);
    assert_int_equal(w, info.width);
    assert_int_equal(h, info.height);
    assert_int_equal(w, orientation >= 5 ? s->h : s->w);
    assert_int_equal(out.ptr[24], s->depth);
    assert_memory_equal(after, expected, (size_t)w * h * bpp);
    free(before);
    free(after);
    free(expected);
    buf_dispose(&plain);
    buf_dispose(&laden);
    buf_dispose(&out);
    mimeo_ctx_free(ctx);
}

static void png_of_every_kind_keeps_every_sample(void **state)
{
    static const struct sample samples[] = {
        {21, 13, PNG_COLOR_TYPE_RGB, 8, 0},        {21, 13, PNG_COLOR_TYPE_RGB_ALPHA, 8, 1},
        {21, 13, PNG_COLOR_TYPE_RGB, 16, 0},       {21, 13, PNG_COLOR_TYPE_GRAY, 1, 1},
        {21, 13, PNG_COLOR_TYPE_GRAY, 2, 0},       {21, 13, PNG_COLOR_TYPE_GRAY, 16, 1},
        {21, 13, PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0}, {21, 13, PNG_COLOR_TYPE_PALETTE, 4, 1},
        {21, 13, PNG_COLOR_TYPE_PALETTE, 2, 0},    {21, 13, PNG_COLOR_TYPE_PALETTE, 8, 0},
        {1, 1, PNG_COLOR_TYPE_RGB, 8, 0},          {1, 1, PNG_COLOR_TYPE_GRAY, 1, 1},
        {1, 60, PNG_COLOR_TYPE_RGB_ALPHA, 16, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        for (int orientation = 1; orientation <= 8; orientation++)
            turn_case(&samples[i], orientation);
}

static const struct sample small = {6, 5, PNG_COLOR_TYPE_RGB, 8, 0};

/* IDAT with a secret in the clear behind the end of the zlib stream. */
static void png_with_bytes_behind_the_stream_loses_them(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf plain, laden, out;
    uint8_t *before, *after;
    unsigned w, h;
    size_t bpp;
    (void)state;
    buf_init(&plain, SAMPLE_MAX);
    buf_init(&laden, SAMPLE_MAX);
    encode(&plain, &small);
    buf_append(&laden, plain.ptr, plain.len - 12);
    put_png_chunk(&laden, "IDAT", SECRET, 10);
    buf_append(&laden, plain.ptr + plain.len - 12, 12);
    assert_int_equal(clean_sample(&out, ctx, &laden), 0);
    before = decode(buf_view(&plain), &w, &h, &bpp);
    after = decode(buf_view(&out), &w, &h, &bpp);
    assert_memory_equal(before, after, (size_t)w * h * bpp);
    free(before);
    free(after);
    buf_dispose(&out);
    buf_dispose(&plain);
    buf_dispose(&laden);
    mimeo_ctx_free(ctx);
}

static void put_ihdr(struct buf *b, uint32_t w, uint32_t h)
{
    struct buf data;
    buf_init(&data, 13);
    buf_append_u32be(&data, w);
    buf_append_u32be(&data, h);
    buf_append(&data, "\x08\0\0\0\0", 5);
    buf_append(b, "\x89PNG\r\n\x1a\n", 8);
    put_png_chunk(b, "IHDR", data.ptr, 13);
    buf_dispose(&data);
}

/* Stored, so that what is in it can be seen: `len` bytes of the secret, as gray rows. */
static void put_stored(struct buf *b, const char *type, uint32_t sequence, const char *raw,
                       size_t len)
{
    struct buf data;
    buf_init(&data, SAMPLE_MAX);
    if (type[0] == 'f')
        buf_append_u32be(&data, sequence);
    buf_append(&data, "\x78\x01\x01", 3);
    put_u16le(&data, (unsigned)len);
    put_u16le(&data, (unsigned)~len & 0xffff);
    buf_append(&data, raw, len);
    buf_append_u32be(&data, (uint32_t)adler32_z(1, (const Bytef *)raw, len));
    put_png_chunk(b, type, data.ptr, data.len);
    buf_dispose(&data);
}

static void png_with_rows_past_the_last_loses_them(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf in, out;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_ihdr(&in, 2, 2);
    put_stored(&in, "IDAT", 0, "\0ab\0cd" SECRET, 16);
    put_png_chunk(&in, "IEND", "", 0);
    assert_int_equal(clean_sample(&out, ctx, &in), 0);
    buf_dispose(&out);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

static void png_animation_survives_without_its_secrets(void **state)
{
    static const char control[] = "\0\0\0\0\0\0\0\2\0\0\0\2\0\0\0\0\0\0\0\0\0\1\0\x0a\0";
    mimeo_ctx *ctx = new_ctx();
    char second[26];
    struct buf in, out;
    (void)state;
    memcpy(second, control, 26);
    second[3] = 1;
    buf_init(&in, SAMPLE_MAX);
    put_ihdr(&in, 2, 2);
    put_secrets(&in, 6);
    put_png_chunk(&in, "acTL", "\0\0\0\2\0\0\0", 8);
    put_png_chunk(&in, "fcTL", control, 26);
    put_stored(&in, "IDAT", 0, "\0ab\0cd", 6);
    put_png_chunk(&in, "tEXt", SECRET, 10);
    put_png_chunk(&in, "fcTL", second, 26);
    put_stored(&in, "fdAT", 2, "\0ab\0cd" SECRET, 16);
    put_png_chunk(&in, "IEND", "", 0);
    if (clean_sample(&out, ctx, &in) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_true(view_has(buf_view(&out), "acTL"));
    assert_non_null(memmem(out.ptr, out.len, "fdAT\0\0\0\2", 8));
    buf_dispose(&out);
    abuse_sample(ctx, &in, in.len);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

static void assert_refused(const struct buf *in, const char *words)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf out;
    assert_int_equal(clean_sample(&out, ctx, in), MIMEO_EMALFORMED);
    if (!strstr(mimeo_ctx_message(ctx), words))
        fail_msg("'%s' has no '%s'", mimeo_ctx_message(ctx), words);
    mimeo_ctx_free(ctx);
}

static void png_that_lies_about_its_size_is_refused(void **state)
{
    static const struct {
        uint32_t w, h;
        const char *words;
    } lies[] = {
        {0, 1, "no width"},
        {0xffffffff, 0xffffffff, "4294967295"},
        {16385, 1, "a side may have 16384"},
        {10001, 10000, "over 100000000"},
        {16384, 2, "cut short"},
    };
    struct buf in;
    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        buf_init(&in, SAMPLE_MAX);
        put_ihdr(&in, lies[i].w, lies[i].h);
        put_stored(&in, "IDAT", 0, "\0ab\0cd", 6);
        put_png_chunk(&in, "IEND", "", 0);
        assert_refused(&in, lies[i].words);
        buf_dispose(&in);
    }
}

static void png_with_a_wrong_checksum_or_critical_chunk_is_refused(void **state)
{
    struct buf in;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    encode(&in, &small);
    in.ptr[in.len - 1] ^= 1;
    assert_refused(&in, "checksum");
    buf_clear(&in);
    put_ihdr(&in, 2, 2);
    put_png_chunk(&in, "CgBI", "", 0);
    put_stored(&in, "IDAT", 0, "\0ab\0cd", 6);
    put_png_chunk(&in, "IEND", "", 0);
    assert_refused(&in, "unknown chunk");
    buf_dispose(&in);
}

static void png_cut_or_damaged_never_crashes(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf plain;
    (void)state;
    buf_init(&plain, SAMPLE_MAX);
    encode(&plain, &small);
    abuse_sample(ctx, &plain, plain.len);
    buf_dispose(&plain);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_of_every_kind_keeps_every_sample),
        cmocka_unit_test(png_with_bytes_behind_the_stream_loses_them),
        cmocka_unit_test(png_with_rows_past_the_last_loses_them),
        cmocka_unit_test(png_animation_survives_without_its_secrets),
        cmocka_unit_test(png_that_lies_about_its_size_is_refused),
        cmocka_unit_test(png_with_a_wrong_checksum_or_critical_chunk_is_refused),
        cmocka_unit_test(png_cut_or_damaged_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
