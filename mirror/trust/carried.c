/*
 * Files that people carry.  What a reader would get wrong: the checksum is looked at before anything else, so
 * that a file that was damaged is never called forged, which would send people looking for an enemy.
 */
#include "trust/carried.h"

#include <string.h>

#include "trust/hash.h"

#define SUM "sum "
#define SUM_LINE_LEN (sizeof(SUM) - 1 + HASH_HEX_LEN + 1)

static bool is_white(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool all_ends_are_crlf(struct view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] == '\n' && (i == 0 || v.ptr[i - 1] != '\r'))
            return false;
    return true;
}

/* What mail changed, put right. */
static int put_right(struct buf *out, mimeo_ctx *ctx, struct view v)
{
    bool crlf = memchr(v.ptr, '\r', v.len) != NULL && all_ends_are_crlf(v);
    while (v.len > 0 && is_white(v.ptr[v.len - 1]))
        v.len--;
    int rc = buf_reserve(out, v.len + 1);
    for (size_t i = 0; rc == 0 && i < v.len; i++)
        if (!(crlf && v.ptr[i] == '\r' && i + 1 < v.len && v.ptr[i + 1] == '\n'))
            rc = buf_append_byte(out, v.ptr[i]);
    if (rc == 0)
        rc = buf_append_byte(out, '\n');
    if (rc == MIMEO_EMALFORMED)
        return ctx_error(ctx, rc, "the file is over its limit of %zu bytes", out->max);
    return rc < 0 ? ctx_error_nomem(ctx) : 0;
}

static int check_first_line(mimeo_ctx *ctx, const char *what, struct view text, const char *kind)
{
    struct cursor c = cursor_of(text);
    struct view line;
    uint64_t version;
    if (!cursor_skip(&c, "mimeo ") || !cursor_skip(&c, kind) || !cursor_skip(&c, " ") || !cursor_line(&c, &line) ||
        !parse_decimal(line, UINT32_MAX, &version) || version == 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is no %s: it does not begin 'mimeo %s 1'", what, kind, kind);
    if (version != 1)
        return ctx_error(ctx, MIMEO_ENEWER, "'%s' is of version %llu, and this mimeo knows version 1: update it", what,
                         (unsigned long long)version);
    return 0;
}

/* Take the last line off `text` where it fits the rest. */
static bool take_sum(struct view *text)
{
    struct hash is;
    if (text->len <= SUM_LINE_LEN)
        return false;
    struct view above = view_of(text->ptr, text->len - SUM_LINE_LEN);
    struct view line = view_of(text->ptr + above.len, SUM_LINE_LEN - 1);
    if (above.ptr[above.len - 1] != '\n' || !view_starts_with(line, SUM) ||
        !hash_parse(view_of(line.ptr + sizeof(SUM) - 1, HASH_HEX_LEN), &is))
        return false;
    struct hash want = hash_of(above);
    *text = above;
    return hash_equal(&is, &want);
}

int carried_unpack(struct buf *out, mimeo_ctx *ctx, const char *what, struct view bytes, const char *kind)
{
    int rc = bytes.len == 0 ? ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is empty", what) : put_right(out, ctx, bytes);
    struct view text = buf_view(out);
    if (rc == 0)
        rc = check_first_line(ctx, what, text, kind);
    if (rc == 0 && !take_sum(&text))
        rc = ctx_error(ctx, MIMEO_EMALFORMED,
                       "'%s' was changed on the way, or cut short: its last line does not fit the lines above; ask "
                       "for it again, as an attached file or on a stick", what);
    if (rc == 0)
        out->len = text.len;
    return rc;
}

int carried_seal(struct buf *b, mimeo_ctx *ctx)
{
    char hex[HASH_HEX_LEN + 1];
    struct hash h = hash_of(buf_view(b));
    hash_format(hex, &h);
    buf_appendf(b, SUM "%s\n", hex);
    int rc = buf_status(b);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "the file would be over its limit of %zu bytes", b->max) : 0;
}

bool carried_line(struct cursor *c, const char *keyword, struct view *value)
{
    struct cursor at = *c;
    if (!cursor_skip(&at, keyword) || !cursor_skip(&at, " ") || !cursor_line(&at, value))
        return false;
    *c = at;
    return true;
}

bool carried_block(struct cursor *c, const char *keyword, size_t max, struct view *bytes)
{
    struct cursor at = *c;
    struct view number;
    uint64_t len;
    if (!carried_line(&at, keyword, &number) || !parse_decimal(number, max, &len) ||
        !cursor_take(&at, (size_t)len, bytes))
        return false;
    *c = at;
    return true;
}

int carried_put_block(struct buf *b, const char *keyword, struct view bytes)
{
    buf_appendf(b, "%s %zu\n", keyword, bytes.len);
    return buf_append_view(b, bytes);
}
