/*
 * For tests/e2e/test_pictures.sh and the bench of pictures:
 *
 *     picture_tool small WIDTH QUALITY OUT FILE...   each made small into OUT/<file name>; a line each:
 *                                                    "FILE before after type WxH encoded|kept lost N"
 *     picture_tool full OUT FILE...                  the same, cleaned alone
 *     picture_tool psnr FILE OTHER                   dB between OTHER, and FILE decoded whole and made as wide by a plain
 *                                                    mean of areas; both laid on white
 *
 *     picture_tool make jpeg|png W H FILE            a picture with grain; JPEG with EXIF in it
 *
 * A picture that is refused is a line "FILE: message", and the status is 1.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <turbojpeg.h>

#include "picture/decode.h"
#include "picture/frames.h"

static int load(struct buf *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t bytes[65536];
    size_t n;

    buf_init(out, LIMIT_PICTURE + 1);
    if (f == NULL)
        return -1;
    while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
        buf_append(out, bytes, n);
    fclose(f);
    return buf_status(out);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int prepare(mimeo_ctx *ctx, const char *directory, const char *path, const struct picture_want *want)
{
    struct buf in, out = {0};
    struct picture_made m;
    char to[4096];
    int rc = load(&in, path) < 0 ? ctx_error(ctx, MIMEO_EIO, "cannot be opened")
                                 : picture_prepare(&out, &m, ctx, buf_view(&in), want);

    buf_dispose(&in);
    if (rc < 0) {
        printf("%s: %s\n", path, mimeo_ctx_message(ctx));
        return 1;
    }
    snprintf(to, sizeof(to), "%s/%s", directory, name_of(path));
    FILE *f = fopen(to, "wb");
    if (f == NULL || fwrite(out.ptr, 1, out.len, f) != out.len || fclose(f) != 0)
        return 1;
    printf("%s %llu %zu %s %ux%u %s lost %u\n", path, (unsigned long long)m.before, out.len,
           picture_media_type(m.info.type), m.info.width, m.info.height, m.encoded ? "encoded" : "kept", m.frames_lost);
    buf_dispose(&out);
    return 0;
}

static int decode(struct raster *out, mimeo_ctx *ctx, const char *path)
{
    struct buf in;
    struct picture_info info;
    struct frames f;
    int rc = load(&in, path) < 0 ? ctx_error(ctx, MIMEO_EIO, "cannot be opened") : picture_inspect(&info, ctx, buf_view(&in));

    if (rc == 0)
        switch (info.type) {
        case PICTURE_JPEG: rc = picture_jpeg_decode(out, ctx, buf_view(&in), SHRINK_SIDE); break;
        case PICTURE_PNG: rc = picture_png_decode(out, ctx, buf_view(&in), SHRINK_SIDE); break;
        case PICTURE_WEBP: rc = picture_webp_decode(out, ctx, buf_view(&in), SHRINK_SIDE); break;
        case PICTURE_AVIF: rc = picture_avif_decode(out, ctx, buf_view(&in), SHRINK_SIDE); break;
        default:
            rc = picture_gif_frames(&f, ctx, buf_view(&in));
            if (rc == 0) {
                rc = picture_first_frame(out, ctx, &f, SHRINK_SIDE);
                f.close(&f);
            }
        }
    buf_dispose(&in);
    return rc;
}

static double on_white(const uint8_t *p, size_t i)
{
    return (p[i] * p[3] + 255.0 * (255 - p[3])) / 255;
}

/* The mean over the area of pixel x, y of a w x h picture. */
static double mean(const struct raster *r, size_t x, size_t y, size_t i, uint32_t w, uint32_t h)
{
    double x0 = (double)x * r->width / w, x1 = (double)(x + 1) * r->width / w;
    double y0 = (double)y * r->height / h, y1 = (double)(y + 1) * r->height / h, sum = 0, area = 0;

    for (size_t v = (size_t)y0; v < r->height && (double)v < y1; v++)
        for (size_t u = (size_t)x0; u < r->width && (double)u < x1; u++) {
            double a = (fmin((double)u + 1, x1) - fmax((double)u, x0)) * (fmin((double)v + 1, y1) - fmax((double)v, y0));
            sum += a * on_white(r->rgba + (v * r->width + u) * 4, i);
            area += a;
        }
    return sum / area;
}

static int psnr(mimeo_ctx *ctx, const char *path, const char *other)
{
    struct raster a, b;
    double error = 0;

    if (decode(&a, ctx, path) < 0 || decode(&b, ctx, other) < 0) {
        printf("%s: %s\n", path, mimeo_ctx_message(ctx));
        return 1;
    }
    for (size_t y = 0; y < b.height; y++)
        for (size_t x = 0; x < b.width; x++)
            for (size_t i = 0; i < 3; i++) {
                double d = mean(&a, x, y, i, b.width, b.height) - on_white(b.rgba + (y * b.width + x) * 4, i);
                error += d * d;
            }
    error /= 3.0 * b.width * b.height;
    printf("%.2f\n", error == 0 ? 99.0 : 10 * log10(255 * 255 / error));
    free(a.rgba);
    free(b.rgba);
    return 0;
}

/* ---- made ones ---- */

static void paint(uint8_t *p, size_t w, size_t h)
{
    uint32_t seed = 1;

    for (size_t i = 0; i < w * h * 3; i++) {
        size_t x = i / 3 % w, y = i / 3 / w, hill = (x * 255 / w + y * 255 / h) / 2, wave = (x / 40 + y / 60) % 2 * 40;
        seed = seed * 1664525 + 1013904223;
        p[i] = (uint8_t)((hill + wave) * (3 + i % 3) / 8 + (seed >> 24) % 16);
    }
}

static int write_jpeg(FILE *f, const uint8_t *p, int w, int h)
{
    static const char exif[] = "\xff\xe1\0\x1e" "Exif\0\0MM\0*\0\0\0\x08\0\0SECRET-GPS...";
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    tjhandle handle = tjInitCompress();

    if (handle == NULL || tjCompress2(handle, p, w, 0, h, TJPF_RGB, &bytes, &len, TJSAMP_420, 88, 0) != 0)
        return 1;
    fwrite(bytes, 1, 2, f);
    fwrite(exif, 1, 32, f);
    fwrite(bytes + 2, 1, len - 2, f);
    tjFree(bytes);
    tjDestroy(handle);
    return 0;
}

static int make(const char *kind, int w, int h, const char *path)
{
    uint8_t *p = malloc((size_t)w * (size_t)h * 3);
    FILE *f = fopen(path, "wb");
    png_image image = {.version = PNG_IMAGE_VERSION, .width = (png_uint_32)w, .height = (png_uint_32)h,
                       .format = PNG_FORMAT_RGB};
    int status = 1;

    if (p == NULL || f == NULL)
        return 1;
    paint(p, (size_t)w, (size_t)h);
    if (strcmp(kind, "jpeg") == 0)
        status = write_jpeg(f, p, w, h);
    else
        status = !png_image_write_to_stdio(&image, f, 0, p, 0, NULL);
    free(p);
    return fclose(f) != 0 ? 1 : status;
}

int main(int argc, char **argv)
{
    mimeo_ctx *ctx;
    struct picture_want want = {0};
    int status = 0, at = 3;

    if (argc < 4 || mimeo_ctx_new(&ctx) < 0)
        return 2;
    if (strcmp(argv[1], "make") == 0 && argc == 6) {
        status = make(argv[2], atoi(argv[3]), atoi(argv[4]), argv[5]);
    } else if (strcmp(argv[1], "psnr") == 0) {
        status = psnr(ctx, argv[2], argv[3]);
    } else {
        if (strcmp(argv[1], "small") == 0) {
            want = (struct picture_want){true, (uint32_t)atoi(argv[2]), atoi(argv[3])};
            at = 5;
        }
        for (int i = at; i < argc; i++)
            status |= prepare(ctx, argv[at - 1], argv[i], &want);
    }
    mimeo_ctx_free(ctx);
    return status;
}
