/*
 * Decoding a feed: see feed/decode.h.  The encoding is settled by the first bytes (DETECT_LEN of them), so that the rest can
 * be read piece by piece; a sequence that is cut by the end of a piece waits for the next.
 */
#include "feed/decode.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/charset.h"

#define PIECE_LEN (64 * KIB)
#define DETECT_LEN (256 * KIB)
#define RAW_MAX (DETECT_LEN + PIECE_LEN)
#define MADE_MAX (4 * RAW_MAX) /* the most that bytes grow, UTF-8 from one byte a character: 3 */
#define REPLACEMENT "\xEF\xBF\xBD"

/* ---- reading */

static int read_piece(struct decode *d, mimeo_ctx *ctx)
{
    if (d->head.len > 0) {
        size_t len = d->head.len < PIECE_LEN ? d->head.len : PIECE_LEN;
        if (buf_append(&d->raw, d->head.ptr, len) < 0)
            return ctx_error_nomem(ctx);
        d->head = view_of(d->head.ptr + len, d->head.len - len);
        return 0;
    }
    if (d->fd < 0) {
        d->ended = true;
        return 0;
    }
    if (buf_reserve(&d->raw, PIECE_LEN) < 0)
        return ctx_error_nomem(ctx);
    ssize_t got = read(d->fd, d->raw.ptr + d->raw.len, PIECE_LEN);
    if (got < 0 && errno == EINTR)
        return 0;
    if (got < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot read %s", d->where);
    d->raw.len += (size_t)got;
    d->ended = got == 0;
    return 0;
}

/* ---- which encoding */

/* Bytes of a byte order mark. */
static size_t mark_len(struct view v)
{
    if (view_starts_with(v, "\xEF\xBB\xBF"))
        return 3;
    return view_starts_with(v, "\xFF\xFE") || view_starts_with(v, "\xFE\xFF") ? 2 : 0;
}

static int choose(const struct charset **out, mimeo_ctx *ctx, struct view head, const struct feed_source *source)
{
    struct buf text;
    const char *name;
    int rc = charset_to_utf8(&text, ctx, head, source->content_type, CHARSET_XML, &name);
    if (rc < 0)
        return rc;
    buf_dispose(&text);
    *out = charset_by_label(view_of_str(name));
    return 0;
}

static bool has_high(struct view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] >= 0x80)
            return true;
    return false;
}

/* Valid but for a character that the end cuts. */
static bool is_utf8(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (utf8_next(&c, &code))
        ;
    return c.left < 4;
}

static void convert_from(struct decode *d, const struct charset *charset)
{
    if (charset == NULL || charset->iconv == NULL)
        return;
    d->converter = iconv_open("UTF-8", charset->iconv);
    d->converting = d->converter != (iconv_t)-1;
}

/* The first bytes told nothing; these do, or what the feed says of itself. */
static void decide(struct decode *d)
{
    struct view raw = buf_view(&d->raw);
    if (!d->undecided || !has_high(raw))
        return;
    d->undecided = false;
    if (is_utf8(raw))
        return;
    bool told = d->declared != NULL && d->declared->iconv != NULL;
    convert_from(d, told ? d->declared : charset_by_label(VIEW_OF_LITERAL("windows-1252")));
}

int decode_init(struct decode *d, mimeo_ctx *ctx, const struct feed_source *source)
{
    *d = (struct decode){.head = source->head, .fd = source->fd, .where = source->where};
    buf_init(&d->raw, RAW_MAX);
    buf_init(&d->made, MADE_MAX);
    int rc = 0;
    while (rc == 0 && !d->ended && d->raw.len < DETECT_LEN)
        rc = read_piece(d, ctx);
    if (rc < 0)
        return rc;
    const struct charset *charset = NULL;
    rc = choose(&charset, ctx, buf_view(&d->raw), source);
    size_t skip = mark_len(buf_view(&d->raw));
    if (rc < 0 || d->raw.len == 0)
        return rc;
    memmove(d->raw.ptr, d->raw.ptr + skip, d->raw.len - skip);
    d->raw.len -= skip;
    convert_from(d, charset);
    d->undecided = !d->converting && !d->ended && !has_high(buf_view(&d->raw));
    d->declared = d->undecided ? charset_declared(buf_view(&d->raw), CHARSET_XML) : NULL;
    return 0;
}

void decode_dispose(struct decode *d)
{
    if (d->converting)
        iconv_close(d->converter);
    buf_dispose(&d->raw);
    buf_dispose(&d->made);
}

/* ---- converting */

static void drop_front(struct buf *b, size_t len)
{
    if (b->len > len)
        memmove(b->ptr, b->ptr + len, b->len - len);
    b->len -= len;
}

/* From `raw` to `made`, but for a sequence that is cut. */
static int convert(struct decode *d, mimeo_ctx *ctx)
{
    char *in = (char *)d->raw.ptr;
    size_t left = d->raw.len;
    while (left > 0) {
        size_t room = left * 3 + 16;
        if (buf_reserve(&d->made, room) < 0)
            return ctx_error_nomem(ctx);
        char *out = (char *)d->made.ptr + d->made.len;
        size_t before = left;
        size_t done = iconv(d->converter, &in, &left, &out, &room);
        d->made.len = (size_t)((uint8_t *)out - d->made.ptr);
        if (done != (size_t)-1 || (errno == EINVAL && !d->ended))
            break;
        if (errno == E2BIG && left < before)
            continue;
        buf_append_str(&d->made, REPLACEMENT);
        in++;
        left--;
    }
    drop_front(&d->raw, d->raw.len - left);
    return buf_status(&d->made) < 0 ? ctx_error_nomem(ctx) : 0;
}

/* ---- cleaning */

static bool goes(uint32_t code)
{
    return char_is_control(code) || code == 0xFEFF || (code & 0xFFFE) == 0xFFFE;
}

static void put_clean(struct buf *out, struct decode *d, uint32_t code, struct view as_it_is)
{
    bool lf = code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029;
    if (lf && !(code == '\n' && d->after_cr))
        buf_append_byte(out, '\n');
    else if (code == '\t' || (!lf && !goes(code)))
        buf_append_view(out, as_it_is);
    d->after_cr = code == '\r';
}

/* A run of plain bytes, of which nearly all feeds are made. */
static size_t plain_run(struct view v, size_t at)
{
    size_t end = at;
    while (end < v.len && v.ptr[end] >= ' ' && v.ptr[end] < 0x7F)
        end++;
    return end;
}

/* Append what is whole of `from` to `out`, clean. */
static void clean(struct buf *out, struct decode *d, struct buf *from)
{
    struct view v = buf_view(from);
    size_t at = 0;
    while (at < v.len) {
        size_t end = plain_run(v, at);
        if (end > at) {
            buf_append(out, v.ptr + at, end - at);
            d->after_cr = false;
            at = end;
            continue;
        }
        struct cursor c = cursor_of(view_of(v.ptr + at, v.len - at));
        uint32_t code;
        if (utf8_next(&c, &code)) {
            put_clean(out, d, code, view_of(v.ptr + at, v.len - at - c.left));
            at = v.len - c.left;
        } else if (v.len - at < 4 && !d->ended) {
            break; /* perhaps it is only cut */
        } else {
            buf_append_str(out, REPLACEMENT);
            at++;
        }
    }
    drop_front(from, at);
}

int decode_more(struct decode *d, mimeo_ctx *ctx, struct buf *out)
{
    size_t before = out->len;
    int rc = 0;
    while (rc == 0 && out->len == before && (!d->ended || d->raw.len > 0 || d->made.len > 0)) {
        if (!d->ended && d->raw.len < PIECE_LEN)
            rc = read_piece(d, ctx);
        decide(d);
        if (rc == 0 && d->converting)
            rc = convert(d, ctx);
        if (rc == 0)
            clean(out, d, d->converting ? &d->made : &d->raw);
    }
    if (rc == 0 && buf_status(out) < 0)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: larger than can be read", d->where);
    return rc < 0 ? rc : out->len > before;
}
