/*
 * Which encoding bytes are in: who is believed, in which order (charset.h).
 */
#include "extract/charset.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define GOOD_FOR_BAD 8      /* sequences of UTF-8 for each bad one, where a text is still UTF-8 */
#define NUL_SAMPLE 4096
#define DOUBTFUL 0.35       /* below, what a page says of itself is compared with what it looks like */
#define CLEARLY_BETTER 0.25

/* ---- UTF-8, and what is nearly that */

struct utf8_count {
    size_t good, bad; /* sequences of several bytes; bytes in none */
    size_t cut;       /* the last one is not whole */
};

/* A last character that was cut off is neither. */
static bool is_cut(struct view rest)
{
    static const uint8_t least[] = {0, 0xC2, 0xE0, 0xF0};
    if (rest.len > 3 || rest.ptr[0] < least[rest.len] || rest.ptr[0] > 0xF4)
        return false;
    for (size_t i = 1; i < rest.len; i++)
        if ((rest.ptr[i] & 0xC0) != 0x80)
            return false;
    return true;
}

static struct utf8_count count_utf8(struct view v)
{
    struct utf8_count n = {.good = 0};
    struct cursor c = cursor_of(v);
    while (c.left > 0) {
        uint32_t code;
        uint64_t eight;
        while (c.left >= 8 && (memcpy(&eight, c.ptr, 8), (eight & 0x8080808080808080U) == 0)) {
            c.ptr += 8;
            c.left -= 8;
        }
        if (c.left > 0 && utf8_next(&c, &code)) {
            n.good += code >= 0x80;
        } else if (c.left > 0) {
            bool cut = is_cut(view_of(c.ptr, c.left));
            n.cut += cut;
            n.bad += !cut;
            c.ptr++;
            c.left--;
        }
    }
    return n;
}

static bool nearly_utf8(struct utf8_count n)
{
    return n.bad == 0 || n.good / GOOD_FOR_BAD >= n.bad;
}

/* ---- UTF-16 without a mark */

/* No other encoding has NUL bytes; in UTF-16 of most languages spaces and tags have one, always on the same side. */
static const struct charset *sniff_utf16(struct view v)
{
    size_t nul[2] = {0, 0}, len = v.len < NUL_SAMPLE ? v.len : NUL_SAMPLE;
    for (size_t i = 0; i < len; i++)
        nul[i & 1] += v.ptr[i] == 0;
    size_t more = nul[0] > nul[1] ? nul[0] : nul[1], fewer = nul[0] + nul[1] - more;
    if (more == 0 || more * 50 < len || fewer * 20 > more)
        return NULL;
    return charset_by_label(nul[0] > nul[1] ? VIEW_OF_LITERAL("utf-16be") : VIEW_OF_LITERAL("utf-16le"));
}

/* Chinese and Japanese have no spaces: there what it would say decides. */
static const struct charset *read_utf16(struct view v)
{
    const struct charset *best = NULL;
    double most = 0.5;
    size_t len = v.len < NUL_SAMPLE ? v.len & ~(size_t)1 : NUL_SAMPLE;
    for (int i = 0; i < 2; i++) {
        const struct charset *c = charset_by_label(i == 0 ? VIEW_OF_LITERAL("utf-16le") : VIEW_OF_LITERAL("utf-16be"));
        struct buf text;
        buf_init(&text, 2 * NUL_SAMPLE);
        double fit = charset_convert(&text, c, view_of(v.ptr, len)) < 0 ? 0 : charset_plausibility(buf_view(&text));
        buf_dispose(&text);
        if (fit > most) {
            most = fit;
            best = c;
        }
    }
    return best;
}

/* ISO-2022-JP is all ASCII with these escapes; nothing else has them. */
static const struct charset *sniff_escapes(struct view v)
{
    for (size_t i = 0; i + 2 < v.len; i++) {
        const uint8_t *at = memchr(v.ptr + i, 0x1B, v.len - i - 2);
        if (at == NULL)
            return NULL;
        if (at[1] == '$' && (at[2] == 'B' || at[2] == '@'))
            return charset_by_label(VIEW_OF_LITERAL("iso-2022-jp"));
        i = (size_t)(at - v.ptr);
    }
    return NULL;
}

/* ---- who is believed */

static const struct charset *by_mark(struct view *bytes)
{
    static const struct {
        const char *mark;
        size_t len;
        const char *label;
    } marks[] = {{"\xEF\xBB\xBF", 3, "utf-8"}, {"\xFF\xFE", 2, "utf-16le"}, {"\xFE\xFF", 2, "utf-16be"}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (bytes->len >= marks[i].len && memcmp(bytes->ptr, marks[i].mark, marks[i].len) == 0) {
            *bytes = view_of(bytes->ptr + marks[i].len, bytes->len - marks[i].len);
            return charset_by_label(view_of_str(marks[i].label));
        }
    return NULL;
}

/* The charset parameter of a Content-Type. */
static const struct charset *by_header(const char *content_type)
{
    const char *at = content_type == NULL ? NULL : strcasestr(content_type, "charset");
    if (at == NULL)
        return NULL;
    at += strlen("charset");
    at += strspn(at, " \t");
    if (*at++ != '=')
        return NULL;
    at += strspn(at, " \t\"'");
    return charset_by_label(view_of(at, strcspn(at, " \t\"';,")));
}

/* A header that says UTF-8 or ISO-8859-1 may be the server's habit. */
static bool header_is_wrong(const struct charset *header, struct utf8_count n)
{
    if (header->iconv == NULL)
        return !nearly_utf8(n);
    return strcmp(header->name, "windows-1252") == 0 && n.good >= 3 && n.bad == 0;
}

/* *clean: the bytes are UTF-8 without a fault, as nearly all are, and need no mending. */
static const struct charset *decide(bool *clean, struct view *bytes, const char *content_type, enum charset_kind kind)
{
    const struct charset *c = by_mark(bytes);
    if (c != NULL)
        return c;
    struct utf8_count n = count_utf8(*bytes);
    *clean = n.bad == 0 && n.cut == 0;
    c = by_header(content_type);
    if (c != NULL && !header_is_wrong(c, n))
        return c;
    c = sniff_utf16(*bytes);
    if (c != NULL)
        return c;
    if (nearly_utf8(n))
        return n.good + n.bad == 0 && (c = sniff_escapes(*bytes)) != NULL ? c : CHARSET_UTF8;
    c = read_utf16(*bytes);
    if (c != NULL)
        return c;
    const struct charset *declared = charset_declared(*bytes, kind);
    if (declared != NULL && declared->iconv == NULL)
        declared = NULL; /* it is not, as we know by now */
    double fit = declared == NULL ? 0 : charset_fit(declared, *bytes, kind);
    if (declared != NULL && fit >= DOUBTFUL)
        return declared;
    c = charset_detect(*bytes, kind);
    return declared != NULL && charset_fit(c, *bytes, kind) < fit + CLEARLY_BETTER ? declared : c;
}

int charset_view(struct view *out, struct buf *made, mimeo_ctx *ctx, struct view bytes, const char *content_type,
                 enum charset_kind kind, const char **name)
{
    size_t max;
    if (!size_mul(bytes.len, 3, &max) || !size_add(max, 16, &max))
        return ctx_error_nomem(ctx);
    bool clean = false;
    const struct charset *from = decide(&clean, &bytes, content_type, kind);
    clean = clean && from->iconv == NULL && (bytes.len == 0 || memchr(bytes.ptr, 0, bytes.len) == NULL);
    struct buf text;
    buf_init(&text, max);
    if (!clean && (buf_reserve(&text, bytes.len) < 0 || charset_convert(&text, from, bytes) < 0)) {
        buf_dispose(&text);
        return ctx_error_nomem(ctx);
    }
    *made = text;
    *out = clean ? bytes : buf_view(&text);
    if (name != NULL)
        *name = from->name;
    return 0;
}

int charset_to_utf8(struct buf *out, mimeo_ctx *ctx, struct view bytes, const char *content_type,
                    enum charset_kind kind, const char **name)
{
    struct buf made;
    struct view text;
    int rc = charset_view(&text, &made, ctx, bytes, content_type, kind, name);
    if (rc == 0 && text.ptr != made.ptr && buf_append_view(&made, text) < 0) {
        buf_dispose(&made);
        return ctx_error_nomem(ctx);
    }
    if (rc == 0)
        *out = made;
    return rc;
}
