/* Characters and attribute values of the clean tree: see article/values.h. */
#include "article/values.h"

#include <string.h>

#include "article/clean.h"
#include "article/tree_build.h"
#include "base/limits.h"
#include "base/text.h"

#define HASH_DIGITS 64
#define DATETIME_MAX 64
#define START_MAX 999999999

/* ---- characters */

static bool is_unwanted(uint32_t code)
{
    return char_is_control(code) || char_is_bidi_control(code) || code == 0xFEFF ||
           (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* How many bytes of letters that nobody minds stand here: ASCII, U+00C0 to U+07FF, U+1000 to U+1FFF
 * and U+3000 to U+CFFF need no decoding to be known as good.  0: look closer. */
static size_t plain_len(const uint8_t *p, size_t left)
{
    if ((p[0] >= 0x20 && p[0] < 0x7F) || p[0] == '\n' || p[0] == '\t')
        return 1;
    if (p[0] >= 0xC3 && p[0] <= 0xDF)
        return left >= 2 && is_continuation(p[1]) ? 2 : 0;
    if (p[0] == 0xE1 || (p[0] >= 0xE3 && p[0] <= 0xEC))
        return left >= 3 && is_continuation(p[1]) && is_continuation(p[2]) ? 3 : 0;
    return 0;
}

/* Pass what may stay, as far as it goes. */
static struct view take_good(struct cursor *c)
{
    const uint8_t *begin = c->ptr;
    struct cursor ahead = *c;
    uint32_t code;
    for (;;) {
        size_t plain = 0, step;
        while (plain < ahead.left && (step = plain_len(ahead.ptr + plain, ahead.left - plain)) > 0)
            plain += step;
        struct view run;
        cursor_take(&ahead, plain, &run);
        *c = ahead;
        if (ahead.left == 0 || !utf8_next(&ahead, &code) || is_unwanted(code))
            return view_of(begin, (size_t)(c->ptr - begin));
    }
}

static void put_instead(struct buf *out, uint32_t code, uint8_t next)
{
    if (code == '\f' || code == '\v' || code == 0x2028 || code == 0x2029)
        buf_append_byte(out, ' ');
    else if (code == '\r' && next != '\n')
        buf_append_byte(out, '\n');
}

int text_clean(struct buf *out, struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (c.left > 0) {
        struct view good = take_good(&c);
        if (good.len > 0)
            buf_append_view(out, good);
        if (c.left > 0 && !utf8_next(&c, &code))
            break;
        if (c.ptr != good.ptr + good.len)
            put_instead(out, code, c.left > 0 ? *c.ptr : 0);
    }
    return buf_status(out);
}

bool text_is_clean(struct view v)
{
    struct cursor c = cursor_of(v);
    take_good(&c);
    return c.left == 0;
}

bool text_is_white(struct view v)
{
    size_t i = 0;
    while (i < v.len && (v.ptr[i] == ' ' || v.ptr[i] == '\n' || v.ptr[i] == '\t'))
        i++;
    return i == v.len;
}

/* ---- values */

static bool is_digit(uint8_t b) { return b >= '0' && b <= '9'; }
static bool is_alpha(uint8_t b) { return (b | 0x20) >= 'a' && (b | 0x20) <= 'z'; }

static struct view trim(struct view v)
{
    while (v.len > 0 && v.ptr[0] <= ' ')
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && v.ptr[v.len - 1] <= ' ')
        v.len--;
    return v;
}

/* As browsers read a number: what is behind its digits does not count. */
static bool number_of(struct view v, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;
    v = trim(v);
    if (v.len > 0 && v.ptr[0] == '+')
        v = view_of(v.ptr + 1, v.len - 1);
    if (v.len == 0 || !is_digit(v.ptr[0]))
        return false;
    for (size_t i = 0; i < v.len && is_digit(v.ptr[i]) && n <= max; i++)
        n = 10 * n + (uint64_t)(v.ptr[i] - '0');
    *out = n > max ? max : n;
    return true;
}

static bool put_number(struct buf *out, uint64_t n)
{
    return buf_appendf(out, "%llu", (unsigned long long)n) == 0;
}

static bool put_start(struct buf *out, struct view v)
{
    uint64_t n;
    v = trim(v);
    bool negative = v.len > 1 && v.ptr[0] == '-' && is_digit(v.ptr[1]);
    if (negative)
        v = view_of(v.ptr + 1, v.len - 1);
    if (!number_of(v, START_MAX, &n))
        return false;
    if (negative && n > 0)
        buf_append_byte(out, '-');
    return put_number(out, n);
}

static bool put_size(struct buf *out, struct view v, uint64_t least, uint64_t max)
{
    uint64_t n;
    return number_of(v, max, &n) && n >= least && put_number(out, n);
}

static bool put_one_of(struct buf *out, struct view v, const char *const *words)
{
    v = trim(v);
    for (; *words != NULL; words++) {
        size_t i = 0;
        while (i < v.len && (*words)[i] != 0 && (v.ptr[i] | 0x20) == (uint8_t)(*words)[i])
            i++;
        if (i == v.len && (*words)[i] == 0)
            return buf_append_str(out, *words) == 0;
    }
    return false;
}

/* The shape of a tag (RFC 5646 s. 2.1): subtags of 1 to 8 letters or digits. */
static bool put_language(struct buf *out, struct view v)
{
    size_t subtag = 0;
    v = trim(v);
    if (v.len == 0 || v.len > LIMIT_LANG || !is_alpha(v.ptr[0]))
        return false;
    for (size_t i = 0; i < v.len; i++) {
        bool good = v.ptr[i] == '-' ? subtag > 0 : is_alpha(v.ptr[i]) || is_digit(v.ptr[i]);
        subtag = v.ptr[i] == '-' ? 0 : subtag + 1;
        if (!good || subtag > 8)
            return false;
    }
    return subtag > 0 && buf_append_view(out, v) == 0;
}

static bool put_datetime(struct buf *out, struct view v)
{
    v = trim(v);
    if (v.len == 0 || v.len > DATETIME_MAX)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (!is_alpha(v.ptr[i]) && !is_digit(v.ptr[i]) && memchr(" -:.+", v.ptr[i], 5) == NULL)
            return false;
    }
    return buf_append_view(out, v) == 0;
}

static bool put_hash(struct buf *out, struct view v)
{
    uint8_t bytes[HASH_DIGITS / 2];
    return parse_hex(v, bytes, sizeof bytes) && buf_append_view(out, v) == 0;
}

/* Words on one line. */
static bool put_words(struct buf *out, struct view v)
{
    size_t begin = out->len;
    if (text_clean(out, v) < 0)
        return false;
    for (size_t i = begin; i < out->len; i++) {
        if (out->ptr[i] == '\n' || out->ptr[i] == '\t')
            out->ptr[i] = ' ';
    }
    return true;
}

static bool put_value(struct buf *out, enum attribute_name name, struct view raw,
                      const char *base_url)
{
    static const char *const dirs[] = {"ltr", "rtl", "auto", NULL};
    static const char *const scopes[] = {"row", "col", "rowgroup", "colgroup", NULL};
    switch (name) {
    case ATTR_LANG: return put_language(out, raw);
    case ATTR_DIR: return put_one_of(out, raw, dirs);
    case ATTR_HREF: return clean_url(out, raw, base_url);
    case ATTR_SRC: return put_hash(out, raw);
    case ATTR_ALT: return put_words(out, raw);
    case ATTR_WIDTH: case ATTR_HEIGHT: return put_size(out, raw, 1, LIMIT_PICTURE_SIDE);
    case ATTR_COLSPAN: case ATTR_ROWSPAN: return put_size(out, raw, 2, LIMIT_TABLE_SPAN);
    case ATTR_SCOPE: return put_one_of(out, raw, scopes);
    case ATTR_START: return put_start(out, raw);
    case ATTR_REVERSED: return true; /* there or not: it has no value */
    case ATTR_DATETIME: return put_datetime(out, raw);
    default: return false;
    }
}

bool value_clean(struct buf *out, enum tag tag, enum attribute_name name, struct view raw,
                 const char *base_url)
{
    size_t begin = out->len;
    if (tag_takes_attribute(tag, name) && put_value(out, name, raw, base_url))
        return true;
    if (out->len > begin) {
        out->len = begin;
        out->ptr[begin] = 0;
    }
    return false;
}
