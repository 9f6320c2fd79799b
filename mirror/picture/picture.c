/*
 * Pictures: which kind it is, and cleaning it in a child process.
 *
 * A picture that leaves here goes out under a publisher's signature and cannot be
 * called back; what it tells about who took it, where and when can cost a life.  So a
 * cleaned picture is parsed again before anything believes that it is clean, and is
 * searched for the signatures of metadata without any parsing.
 *
 * What a reader would get wrong: the name and the declared type of a file count for
 * nothing; the bytes alone decide.
 */
#include <string.h>

#include "picture/codec.h"

#include "base/child.h"

struct codec {
    enum picture_type type;
    const char *media_type;
    picture_clean_fn clean;
    picture_inspect_fn inspect;
};

static const struct codec codecs[] = {
    {PICTURE_JPEG, "image/jpeg", picture_jpeg_clean, picture_jpeg_inspect},
    {PICTURE_PNG, "image/png", picture_png_clean, picture_png_inspect},
    {PICTURE_WEBP, "image/webp", picture_webp_clean, picture_webp_inspect},
    {PICTURE_GIF, "image/gif", picture_gif_clean, picture_gif_inspect},
    {PICTURE_AVIF, "image/avif", picture_avif_clean, picture_avif_inspect},
};

static const struct codec *codec_of(enum picture_type type)
{
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
        if (codecs[i].type == type)
            return &codecs[i];
    return NULL;
}

const char *picture_media_type(enum picture_type type)
{
    const struct codec *codec = codec_of(type);
    return codec ? codec->media_type : "";
}

static bool bytes_at(struct view bytes, size_t at, const char *literal, size_t len)
{
    return bytes.len >= at && bytes.len - at >= len && memcmp(bytes.ptr + at, literal, len) == 0;
}

/* The brands of an ISO base media file: 4 bytes each from 8 on, the one at 12 being the
 * minor version. */
static bool has_brand(struct view bytes, const char *brand)
{
    struct cursor c = cursor_of(bytes);
    uint32_t size;

    if (!bytes_at(bytes, 4, "ftyp", 4) || !cursor_u32be(&c, &size))
        return false;
    if (size > bytes.len)
        size = (uint32_t)bytes.len;
    for (size_t at = 8; at + 4 <= size; at += 4)
        if (at != 12 && bytes_at(bytes, at, brand, 4))
            return true;
    return false;
}

enum picture_type picture_sniff(struct view bytes)
{
    if (bytes_at(bytes, 0, "\xff\xd8\xff", 3))
        return PICTURE_JPEG;
    if (bytes_at(bytes, 0, "\x89PNG\r\n\x1a\n", 8))
        return PICTURE_PNG;
    if (bytes_at(bytes, 0, "RIFF", 4) && bytes_at(bytes, 8, "WEBP", 4))
        return PICTURE_WEBP;
    if (bytes_at(bytes, 0, "GIF87a", 6) || bytes_at(bytes, 0, "GIF89a", 6))
        return PICTURE_GIF;
    if (has_brand(bytes, "avif") || has_brand(bytes, "avis"))
        return PICTURE_AVIF;
    return PICTURE_NONE;
}

struct magic {
    size_t at;
    const char *literal;
    size_t len;
    const char *name;
};

#define MAGIC(at, literal, name) {at, literal, sizeof(literal) - 1, name}

static const struct magic others[] = {
    MAGIC(0, "II*\0", "TIFF or camera raw"),
    MAGIC(0, "MM\0*", "TIFF or camera raw"),
    MAGIC(0, "BM", "BMP"),
    MAGIC(0, "%PDF", "PDF"),
    MAGIC(0, "8BPS", "Photoshop (PSD)"),
    MAGIC(0, "\xff\x0a", "JPEG XL"),
    MAGIC(4, "JXL ", "JPEG XL"),
    MAGIC(4, "jP  ", "JPEG 2000"),
    MAGIC(0, "\0\0\1\0", "ICO"),
    MAGIC(0, "PK\3\4", "ZIP archive"),
    MAGIC(0, "\x1f\x8b", "gzip archive"),
    MAGIC(0, "\x1a\x45\xdf\xa3", "WebM or Matroska video"),
    MAGIC(0, "RIFF", "AVI or WAV"),
};

static char lower(uint8_t c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* `word` (lower case) in the first KiB, in any case. */
static bool mentions(struct view bytes, const char *word)
{
    size_t len = strlen(word);
    size_t end = bytes.len < KIB ? bytes.len : KIB;

    for (size_t at = 0; at + len <= end; at++) {
        size_t i = 0;
        while (i < len && lower(bytes.ptr[at + i]) == word[i])
            i++;
        if (i == len)
            return true;
    }
    return false;
}

static bool looks_like_text(struct view bytes)
{
    size_t end = bytes.len < KIB ? bytes.len : KIB;

    for (size_t i = 0; i < end; i++) {
        uint8_t c = bytes.ptr[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* What it looks like, for the message that refuses it. */
static const char *name_of_other(struct view bytes)
{
    if (has_brand(bytes, "heic") || has_brand(bytes, "heix") || has_brand(bytes, "hevc") ||
        has_brand(bytes, "heif") || has_brand(bytes, "mif1"))
        return "HEIC";
    if (bytes_at(bytes, 4, "ftyp", 4))
        return "MP4 or another video";
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (bytes_at(bytes, others[i].at, others[i].literal, others[i].len))
            return others[i].name;
    if (!looks_like_text(bytes))
        return "something unknown";
    if (mentions(bytes, "<html") || mentions(bytes, "<!doctype html"))
        return "HTML";
    if (mentions(bytes, "<svg"))
        return "SVG";
    return mentions(bytes, "<?xml") ? "XML" : "text";
}

static int find_codec(const struct codec **out, mimeo_ctx *ctx, struct view bytes)
{
    const struct codec *codec;

    if (bytes.len == 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the picture is empty (0 bytes)");
    codec = codec_of(picture_sniff(bytes));
    if (!codec)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "this looks like %s, not a picture that can be published: "
                         "save it as JPEG, PNG, WebP, GIF or AVIF",
                         name_of_other(bytes));
    *out = codec;
    return 0;
}

int picture_check_size(mimeo_ctx *ctx, uint64_t width, uint64_t height)
{
    if (width == 0 || height == 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the picture has no width or no height");
    if (width > LIMIT_PICTURE_SIDE || height > LIMIT_PICTURE_SIDE)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the picture is %llu x %llu pixels, a side may have %d: make it smaller",
                         (unsigned long long)width, (unsigned long long)height,
                         LIMIT_PICTURE_SIDE);
    if (width * height > LIMIT_PICTURE_PIXELS)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the picture is %llu x %llu pixels, over %llu in all: make it smaller",
                         (unsigned long long)width, (unsigned long long)height,
                         (unsigned long long)LIMIT_PICTURE_PIXELS);
    return 0;
}

int picture_check_memory(mimeo_ctx *ctx, uint64_t bytes)
{
    if (bytes > PICTURE_PIXEL_MEMORY)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the picture takes %llu MiB of memory, over %zu: "
                         "make it smaller, or turn it upright before",
                         (unsigned long long)(bytes / MIB), PICTURE_PIXEL_MEMORY / MIB);
    return 0;
}

int picture_error_short(mimeo_ctx *ctx, const char *type)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "the %s picture is cut short: get the whole file",
                     type);
}

int picture_error_odd(mimeo_ctx *ctx, const char *type, const char *what)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "the %s picture %s: export it again", type, what);
}

int picture_error_trace(mimeo_ctx *ctx, const char *type, const char *what)
{
    return ctx_error(ctx, MIMEO_EMALFORMED,
                     "the %s picture still carries %s: it is not clean, do not publish it", type,
                     what);
}

int picture_out_status(const struct buf *out, mimeo_ctx *ctx)
{
    if (buf_status(out) == 0)
        return 0;
    if (buf_status(out) == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return ctx_error(ctx, MIMEO_EMALFORMED,
                     "the cleaned picture is over %zu MiB: make it smaller, or compress it more",
                     out->max / MIB);
}

/* Signatures that stand in front of metadata of any kind.  Long enough that compressed
 * pixels do not hit one by chance (6 bytes: once in some 40 million pictures of 7 MiB). */
static const struct view trace_signatures[] = {
    {(const uint8_t *)"Exif\0\0", 6},
    {(const uint8_t *)"ns.adobe.com", 12},
    {(const uint8_t *)"xpacket", 7},
    {(const uint8_t *)"x:xmpmeta", 9},
    {(const uint8_t *)"ICC_PROFILE", 11},
    {(const uint8_t *)"Photoshop 3.0", 13},
    {(const uint8_t *)"XML:com.adobe", 13},
};

static bool contains(struct view bytes, struct view needle)
{
    return memmem(bytes.ptr, bytes.len, needle.ptr, needle.len) != NULL;
}

/* The second look, which shares no code with the cleaners' decisions. */
int picture_look_again(struct picture_info *info, mimeo_ctx *ctx, struct view bytes)
{
    const struct codec *codec;
    int rc = find_codec(&codec, ctx, bytes);

    if (rc == 0)
        rc = codec->inspect(info, ctx, bytes, true);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < sizeof(trace_signatures) / sizeof(trace_signatures[0]); i++)
        if (contains(bytes, trace_signatures[i]))
            return picture_error_trace(ctx, codec->media_type, "a metadata signature");
    return 0;
}

int picture_clean_here(struct buf *out, mimeo_ctx *ctx, struct view in)
{
    const struct codec *codec;
    struct picture_info info;
    int rc;

    buf_init(out, LIMIT_MEDIA);
    rc = find_codec(&codec, ctx, in);
    if (rc == 0)
        rc = codec->clean(out, ctx, in);
    if (rc == 0)
        rc = picture_out_status(out, ctx);
    if (rc == 0)
        rc = picture_look_again(&info, ctx, buf_view(out));
    if (rc < 0)
        buf_dispose(out);
    return rc;
}

/* The child's out is initialised by child_run, which ours must not replace. */
static int clean_in_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct view *in = payload;
    struct buf clean;
    int rc = picture_clean_here(&clean, ctx, *in);

    if (rc < 0)
        return rc;
    buf_append_view(out, buf_view(&clean));
    buf_dispose(&clean);
    return picture_out_status(out, ctx);
}

int picture_check_input(mimeo_ctx *ctx, struct view bytes)
{
    const struct codec *codec;

    if (bytes.len > LIMIT_PICTURE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the picture is over %zu MiB: make it smaller",
                         LIMIT_PICTURE / MIB);
    return find_codec(&codec, ctx, bytes);
}

int picture_settle_memory(mimeo_ctx *ctx, int rc)
{
    if (rc != MIMEO_ENOMEM)
        return rc;
    return ctx_error(ctx, MIMEO_EMALFORMED,
                     "the picture takes more memory than %zu MiB, which is all that one gets: make it smaller",
                     PICTURE_MEMORY / MIB);
}

int picture_clean(struct buf *out, struct picture_info *info, mimeo_ctx *ctx, struct view bytes)
{
    const struct child_limits limits = {
        .memory = child_memory(PICTURE_MEMORY), .seconds = PICTURE_SECONDS, .output = LIMIT_MEDIA};
    struct buf clean = {0};
    int rc = picture_check_input(ctx, bytes);

    if (rc < 0)
        return rc;
    rc = picture_settle_memory(ctx, child_run(&clean, ctx, "the picture", &limits, clean_in_child, &bytes));
    if (rc == 0)
        rc = picture_inspect(info, ctx, buf_view(&clean));
    if (rc < 0) {
        buf_dispose(&clean);
        return rc;
    }
    *out = clean;
    return 0;
}

int picture_inspect(struct picture_info *info, mimeo_ctx *ctx, struct view bytes)
{
    const struct codec *codec;
    struct picture_info found = {0};
    int rc = find_codec(&codec, ctx, bytes);

    if (rc == 0)
        rc = codec->inspect(&found, ctx, bytes, false);
    if (rc < 0)
        return rc;
    found.type = codec->type;
    *info = found;
    return 0;
}
