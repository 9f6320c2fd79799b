/*
 * Pictures as a whole: which kind, what is refused in which words, the child, and the
 * whole corpus where MIMEO_SHARED names a directory with corpus/images.
 */
#include <dirent.h>
#include <stdio.h>

#include "picture_samples.h"

static void picture_of_no_known_kind_is_named_and_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *words;
    } cases[] = {
        {"", 0, "empty"},
        {"II*\0\x08\0\0\0", 8, "TIFF"},
        {"MM\0*\0\0\0\x08", 8, "TIFF"},
        {"BM\x10\0\0\0", 6, "BMP"},
        {"%PDF-1.7", 8, "PDF"},
        {"<?xml version='1.0'?><svg xmlns=''>", 35, "SVG"},
        {"  <SVG>", 7, "SVG"},
        {"<!DOCTYPE html><p><svg>", 23, "HTML"},
        {"<?xml version='1.0'?><rss>", 26, "XML"},
        {"\0\0\0\x18" "ftypheic\0\0\0\0mif1heic", 24, "HEIC"},
        {"\0\0\0\x18" "ftypisom\0\0\0\0isommp42", 24, "MP4"},
        {"RIFF\4\0\0\0WAVE", 12, "AVI or WAV"},
        {"PK\3\4", 4, "ZIP"},
        {"just words", 10, "text"},
        {"\1\2\3\4", 4, "something unknown"},
        {"\xff", 1, "text"},
        {"GIF88a", 6, "text"},
    };
    mimeo_ctx *ctx = new_ctx();
    struct picture_info info;
    struct buf out;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct view v = view_of(cases[i].bytes, cases[i].len);
        assert_int_equal(picture_sniff(v), PICTURE_NONE);
        assert_int_equal(picture_clean(&out, &info, ctx, v), MIMEO_EMALFORMED);
        if (!strstr(mimeo_ctx_message(ctx), cases[i].words))
            fail_msg("'%s' has no '%s'", mimeo_ctx_message(ctx), cases[i].words);
    }
    mimeo_ctx_free(ctx);
}

static void picture_kind_is_told_by_bytes(void **state)
{
    (void)state;
    assert_int_equal(picture_sniff(view_of("\xff\xd8\xff\xe0", 4)), PICTURE_JPEG);
    assert_int_equal(picture_sniff(view_of("\x89PNG\r\n\x1a\n", 8)), PICTURE_PNG);
    assert_int_equal(picture_sniff(view_of("RIFF\0\0\0\0WEBP", 12)), PICTURE_WEBP);
    assert_int_equal(picture_sniff(view_of("GIF87a", 6)), PICTURE_GIF);
    assert_int_equal(picture_sniff(view_of("\0\0\0\x14" "ftypavif\0\0\0\0mif1", 20)), PICTURE_AVIF);
    assert_int_equal(picture_sniff(view_of("\0\0\0\x14" "ftypmif1\0\0\0\0avif", 20)), PICTURE_AVIF);
    assert_string_equal(picture_media_type(PICTURE_WEBP), "image/webp");
    assert_string_equal(picture_media_type(PICTURE_NONE), "");
}

static void picture_over_the_limits_is_refused(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct picture_info info;
    struct buf in, out;
    uint8_t *noise;
    (void)state;
    buf_init(&in, LIMIT_PICTURE + 1);
    buf_append_str(&in, "GIF89a");
    assert_int_equal(buf_reserve(&in, LIMIT_PICTURE + 1 - in.len), 0);
    memset(in.ptr + in.len, 0, LIMIT_PICTURE + 1 - in.len);
    in.len = LIMIT_PICTURE + 1;
    assert_int_equal(picture_clean(&out, &info, ctx, buf_view(&in)), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "over 64 MiB"));
    buf_dispose(&in);

    /* A PNG of noise that is a whole picture, but larger than a media object may be. */
    noise = malloc((size_t)1600 * 1600 * 4);
    assert_non_null(noise);
    for (uint32_t i = 0, x = 1; i < 1600u * 1600 * 4; i++)
        noise[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    {
        png_image image = {.version = PNG_IMAGE_VERSION, .width = 1600, .height = 1600,
                           .format = PNG_FORMAT_RGBA};
        png_alloc_size_t len = (png_alloc_size_t)12 << 20;
        buf_init(&in, len);
        assert_int_equal(buf_reserve(&in, len), 0);
        assert_true(png_image_write_to_memory(&image, in.ptr, &len, 0, noise, 0, NULL));
        in.len = len;
    }
    assert_int_equal(picture_clean(&out, &info, ctx, buf_view(&in)), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "over 7 MiB"));
    buf_dispose(&in);
    free(noise);
    mimeo_ctx_free(ctx);
}

static void picture_comes_back_from_the_child(void **state)
{
    mimeo_ctx *ctx = new_ctx();
    struct picture_info info;
    struct buf in, out;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_gif_head(&in, 12, 7);
    buf_append(&in, "\x21\xfe\x0a" SECRET, 14);
    put_gif_frame(&in, 12, 7);
    buf_append_byte(&in, ';');
    assert_int_equal(picture_clean(&out, &info, ctx, buf_view(&in)), 0);
    assert_clean(buf_view(&out));
    assert_int_equal(info.type, PICTURE_GIF);
    assert_int_equal(info.width, 12);
    assert_int_equal(info.height, 7);
    buf_dispose(&out);
    in.len -= 3;
    assert_int_equal(picture_clean(&out, &info, ctx, buf_view(&in)), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "cut short"));
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

static void picture_orientation_is_read_from_either_order_and_never_past_the_end(void **state)
{
    static const char little[] = "II*\0\x08\0\0\0\1\0\x12\x01\3\0\1\0\0\0\6\0\0\0";
    struct buf big;
    (void)state;
    assert_int_equal(picture_exif_orientation(view_of(little, sizeof(little) - 1)), 6);
    for (int orientation = 0; orientation < 12; orientation++) {
        buf_init(&big, SAMPLE_MAX);
        buf_append(&big, "Exif\0", 6);
        put_tiff(&big, orientation);
        assert_int_equal(picture_exif_orientation(buf_view(&big)),
                         orientation >= 1 && orientation <= 8 ? orientation : 1);
        for (size_t len = 0; len < big.len; len++) {
            uint8_t *exact = malloc(len ? len : 1);
            assert_non_null(exact);
            memcpy(exact, big.ptr, len);
            assert_in_range(picture_exif_orientation(view_of(exact, len)), 1, 8);
            free(exact);
        }
        buf_dispose(&big);
    }
    assert_int_equal(picture_exif_orientation(view_of("II*\0\xff\xff\xff\xff", 8)), 1);
}

static bool read_whole(struct buf *out, const char *path)
{
    uint8_t chunk[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    buf_init(out, LIMIT_PICTURE);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_append(out, chunk, n);
    fclose(f);
    return out->len > 0;
}

static bool is_picture_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strcmp(dot, ".md") != 0 && strcmp(dot, ".jsonl") != 0 && name[0] != '.';
}

static void clean_file(mimeo_ctx *ctx, const char *path)
{
    struct buf in, out;
    struct picture_info before, after;
    assert_true(read_whole(&in, path));
    if (picture_inspect(&before, ctx, buf_view(&in)) < 0 ||
        picture_clean(&out, &after, ctx, buf_view(&in)) < 0)
        fail_msg("%s: %s", path, mimeo_ctx_message(ctx));
    assert_int_equal(before.type, after.type);
    assert_int_equal(before.width, after.width);
    assert_int_equal(before.height, after.height);
    assert_false(view_has(buf_view(&out), "Exif"));
    buf_dispose(&in);
    buf_dispose(&out);
}

static void picture_corpus_is_cleaned_without_a_refusal(void **state)
{
    const char *shared = getenv("MIMEO_SHARED");
    char path[4096];
    struct dirent *entry;
    mimeo_ctx *ctx;
    DIR *dir;
    (void)state;
    snprintf(path, sizeof(path), "%s/corpus/images", shared ? shared : "");
    dir = shared ? opendir(path) : NULL;
    if (!dir) {
        print_message("skipped: MIMEO_SHARED names no directory with corpus/images\n");
        skip();
        return;
    }
    ctx = new_ctx();
    while ((entry = readdir(dir)) != NULL) {
        if (!is_picture_name(entry->d_name))
            continue;
        snprintf(path, sizeof(path), "%s/corpus/images/%s", shared, entry->d_name);
        clean_file(ctx, path);
    }
    closedir(dir);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_of_no_known_kind_is_named_and_refused),
        cmocka_unit_test(picture_kind_is_told_by_bytes),
        cmocka_unit_test(picture_over_the_limits_is_refused),
        cmocka_unit_test(picture_comes_back_from_the_child),
        cmocka_unit_test(picture_orientation_is_read_from_either_order_and_never_past_the_end),
        cmocka_unit_test(picture_corpus_is_cleaned_without_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
