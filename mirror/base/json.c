/* JSON's tokens.  A string is one scan for its end and one check of its UTF-8. */
#include "base/json.h"

#include <string.h>

#include "base/text.h"

static bool fail(const char **fault, const char *words)
{
    if (*fault == NULL)
        *fault = words;
    return false;
}

static void skip(struct cursor *c, size_t len)
{
    c->ptr += len;
    c->left -= len;
}

void json_skip_space(struct cursor *c)
{
    while (c->left > 0 &&
           (*c->ptr == ' ' || *c->ptr == '\n' || *c->ptr == '\t' || *c->ptr == '\r'))
        skip(c, 1);
}

/* ---- strings ---- */

static bool take_hex4(struct cursor *c, uint32_t *out)
{
    uint32_t value = 0;
    if (c->left < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint8_t b = c->ptr[i], lower = b | 0x20;
        if (b >= '0' && b <= '9')
            value = value << 4 | (uint32_t)(b - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return false;
    }
    skip(c, 4);
    *out = value;
    return true;
}

/* Behind "\u". */
static bool take_unicode(struct cursor *c, struct buf *out)
{
    uint32_t code, low;
    if (!take_hex4(c, &code) || code == 0 || (code >= 0xDC00 && code <= 0xDFFF))
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (!cursor_skip(c, "\\u") || !take_hex4(c, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    buf_append_utf8(out, code);
    return true;
}

/* Behind "\". */
static bool take_escape(struct cursor *c, struct buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t letter;
    if (!cursor_u8(c, &letter))
        return false;
    if (letter == 'u')
        return take_unicode(c, out);
    const char *at = letter == 0 ? NULL : strchr(from, letter);
    if (at == NULL)
        return false;
    buf_append_byte(out, (uint8_t)to[at - from]);
    return true;
}

/* Up to the quote, backslash or control that ends a run of plain characters. */
static size_t plain_len(struct cursor c)
{
    size_t len = 0;
    while (len < c.left && c.ptr[len] != '"' && c.ptr[len] != '\\' && c.ptr[len] >= 0x20)
        len++;
    return len;
}

bool json_take_string(struct cursor *c, struct buf *out, const char **fault)
{
    size_t start = out->len;
    for (;;) {
        struct view run;
        cursor_take(c, plain_len(*c), &run);
        buf_append_view(out, run);
        if (cursor_skip(c, "\""))
            break;
        if (!cursor_skip(c, "\\"))
            return fail(fault, c->left == 0 ? "a string has no end"
                                            : "a string holds a line end or another control");
        if (!take_escape(c, out))
            return fail(fault, "this escape in a string is not one of JSON's");
    }
    if (buf_status(out) < 0)
        return false;
    return utf8_valid(view_of(out->ptr + start, out->len - start)) ||
           fail(fault, "a string is not valid UTF-8");
}

int json_append_string(struct buf *out, struct view s)
{
    struct cursor c = cursor_of(s);
    buf_append_byte(out, '"');
    while (c.left > 0) {
        struct view run;
        cursor_take(&c, plain_len(c), &run);
        buf_append_view(out, run);
        if (c.left == 0)
            break;
        if (*c.ptr < 0x20)
            buf_appendf(out, "\\u%04x", *c.ptr);
        else
            buf_appendf(out, "\\%c", *c.ptr);
        skip(&c, 1);
    }
    return buf_append_byte(out, '"');
}

/* ---- numbers ---- */

static size_t take_digits(struct cursor *c)
{
    size_t len = 0;
    while (len < c->left && c->ptr[len] >= '0' && c->ptr[len] <= '9')
        len++;
    skip(c, len);
    return len;
}

bool json_take_number(struct cursor *c, struct json_number *out, const char **fault)
{
    struct json_number n = {.negative = cursor_skip(c, "-"), .whole = true};
    const uint8_t *begin = c->ptr;
    size_t digits = take_digits(c);
    if (digits == 0 || (digits > 1 && *begin == '0'))
        return fail(fault, "this is not a value");
    if (cursor_skip(c, ".")) {
        n.whole = false;
        if (take_digits(c) == 0)
            return fail(fault, "this number is not one of JSON's");
    }
    if (cursor_skip(c, "e") || cursor_skip(c, "E")) {
        n.whole = false;
        if (!cursor_skip(c, "+"))
            cursor_skip(c, "-");
        if (take_digits(c) == 0)
            return fail(fault, "this number is not one of JSON's");
    }
    n.whole = n.whole && parse_decimal(view_of(begin, digits), INT64_MAX, &n.value);
    *out = n;
    return true;
}

/* ---- containers ---- */

int json_next_item(struct cursor *c, char end, const char **fault)
{
    json_skip_space(c);
    if (c->left > 0 && *c->ptr == (uint8_t)end) {
        skip(c, 1);
        return 0;
    }
    if (cursor_skip(c, ","))
        return 1;
    fail(fault, end == '}' ? "',' or '}' is missing" : "',' or ']' is missing");
    return -1;
}
