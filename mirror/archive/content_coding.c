#include "archive/content_coding.h"

#include <string.h>
#include <strings.h>

#include "archive/head_fields.h"
#include "archive/unpack.h"

enum coding coding_of(const char *word)
{
    static const struct {
        const char *word;
        enum coding coding;
    } words[] = {
        {"", CODING_NONE},         {"identity", CODING_NONE}, {"none", CODING_NONE},      {"utf-8", CODING_NONE},
        {"gzip", CODING_GZIP},     {"x-gzip", CODING_GZIP},   {"deflate", CODING_DEFLATE}, {"x-deflate", CODING_DEFLATE},
        {"br", CODING_BROTLI},     {"zstd", CODING_ZSTD},     {"binary", CODING_NONE},    {"8bit", CODING_NONE},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasecmp(word, words[i].word) == 0)
            return words[i].coding;
    return CODING_UNKNOWN;
}

/* Text, or a picture as it is: what no coding begins with, or would be an odd chance. */
static bool looks_plain(struct view in)
{
    size_t i = 0;
    while (i < in.len && strchr(" \t\r\n", in.ptr[i]) != NULL && in.ptr[i] != '\0')
        i++;
    struct view v = view_after(in, i);
    return v.len == 0 || v.ptr[0] == '<' || v.ptr[0] == '{' || view_starts_with(in, "\xEF\xBB\xBF") ||
           view_starts_with(in, "\xFF\xD8\xFF") || view_starts_with(in, "\x89PNG") || view_starts_with(in, "GIF8") ||
           view_starts_with(in, "RIFF");
}

static bool is_as_named(enum coding coding, struct view in)
{
    switch (coding) {
    case CODING_GZIP: return view_starts_with(in, "\x1f\x8b");
    case CODING_ZSTD: return view_starts_with(in, "\x28\xb5\x2f\xfd");
    default: return !looks_plain(in);
    }
}

int coding_undo(struct buf *out, mimeo_ctx *ctx, enum coding coding, struct view in, size_t max, bool *whole)
{
    static const enum unpack_kind kinds[] = {[CODING_GZIP] = UNPACK_ZLIB, [CODING_DEFLATE] = UNPACK_ZLIB,
                                             [CODING_BROTLI] = UNPACK_BROTLI, [CODING_ZSTD] = UNPACK_ZSTD};
    if (coding != CODING_NONE && is_as_named(coding, in)) {
        if (coding != CODING_UNKNOWN)
            return unpack(out, ctx, kinds[coding], in, max, whole);
        buf_init(out, 0);
        return ctx_error(ctx, MIMEO_EMALFORMED, "its body is packed in a way that is not known");
    }
    buf_init(out, max);
    if (in.len > max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
    return buf_append_view(out, in) < 0 ? ctx_error_nomem(ctx) : 0;
}
