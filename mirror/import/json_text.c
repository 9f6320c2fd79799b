/*
 * JSON text (RFC 8259) to jansson's values.
 *
 * jansson's own parser takes its input a character at a time through three layers; for
 * articles, which are long strings, that was more than half of the time of an import.
 * Here a string is one scan for its end and one check of its UTF-8.  Strict: no NUL, no lone
 * surrogates, no key twice, nothing behind the value.  Numbers are checked but only integers
 * keep their value, since no field of an article is a fraction.
 */
#include <string.h>

#include "base/text.h"
#include "import/draft.h"

struct parser {
    struct cursor c;
    struct buf text;   /* the string at hand, unescaped */
    size_t values;
    const char *fault; /* words for what is wrong at c, or NULL on no memory */
};

static json_t *parse_value(struct parser *p, int depth);

static json_t *fail(struct parser *p, const char *fault)
{
    if (p->fault == NULL)
        p->fault = fault;
    return NULL;
}

static void skip(struct cursor *c, size_t len)
{
    c->ptr += len;
    c->left -= len;
}

static void skip_space(struct cursor *c)
{
    while (c->left > 0 &&
           (*c->ptr == ' ' || *c->ptr == '\n' || *c->ptr == '\t' || *c->ptr == '\r'))
        skip(c, 1);
}

/* ---- strings */

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
static bool take_unicode(struct parser *p)
{
    uint32_t code, low;
    if (!take_hex4(&p->c, &code) || code == 0 || (code >= 0xDC00 && code <= 0xDFFF))
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (!cursor_skip(&p->c, "\\u") || !take_hex4(&p->c, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    buf_append_utf8(&p->text, code);
    return true;
}

/* Behind "\". */
static bool take_escape(struct parser *p)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t c;
    if (!cursor_u8(&p->c, &c))
        return false;
    if (c == 'u')
        return take_unicode(p);
    const char *at = c == 0 ? NULL : strchr(from, c);
    return at != NULL && buf_append_byte(&p->text, (uint8_t)to[at - from]) == 0;
}

/* Up to the quote or backslash that ends a run of plain characters. */
static size_t plain_len(struct cursor c)
{
    size_t len = 0;
    while (len < c.left && c.ptr[len] != '"' && c.ptr[len] != '\\' && c.ptr[len] >= 0x20)
        len++;
    return len;
}

/* Behind the opening quote, into p->text. */
static bool take_string(struct parser *p)
{
    buf_clear(&p->text);
    for (;;) {
        struct view run;
        cursor_take(&p->c, plain_len(p->c), &run);
        buf_append_view(&p->text, run);
        if (cursor_skip(&p->c, "\""))
            break;
        if (!cursor_skip(&p->c, "\\"))
            return fail(p, p->c.left == 0 ? "a string has no end"
                                          : "a string holds a line end or another control") != NULL;
        if (!take_escape(p))
            return fail(p, "this escape in a string is not one of JSON's") != NULL;
    }
    if (buf_status(&p->text) < 0)
        return false;
    return utf8_valid(buf_view(&p->text)) || fail(p, "a string is not valid UTF-8") != NULL;
}

static json_t *parse_string(struct parser *p)
{
    return take_string(p) ? json_stringn_nocheck(buf_str(&p->text), p->text.len) : NULL;
}

/* ---- numbers */

static size_t take_digits(struct cursor *c)
{
    size_t len = 0;
    while (len < c->left && c->ptr[len] >= '0' && c->ptr[len] <= '9')
        len++;
    skip(c, len);
    return len;
}

static json_t *parse_number(struct parser *p)
{
    bool negative = cursor_skip(&p->c, "-"), whole = true;
    const uint8_t *begin = p->c.ptr;
    size_t digits = take_digits(&p->c);
    uint64_t value = 0;
    if (digits == 0 || (digits > 1 && *begin == '0'))
        return fail(p, "this is not a value");
    if (cursor_skip(&p->c, ".")) {
        whole = false;
        if (take_digits(&p->c) == 0)
            return fail(p, "this number is not one of JSON's");
    }
    if (cursor_skip(&p->c, "e") || cursor_skip(&p->c, "E")) {
        whole = false;
        if (!cursor_skip(&p->c, "+"))
            cursor_skip(&p->c, "-");
        if (take_digits(&p->c) == 0)
            return fail(p, "this number is not one of JSON's");
    }
    if (!whole || !parse_decimal(view_of(begin, digits), INT64_MAX, &value))
        return json_real(0.0);
    return json_integer(negative ? -(json_int_t)value : (json_int_t)value);
}

/* ---- containers */

/* The comma or the end behind a value: 1 where another follows, 0 at the end, -1 where neither. */
static int next_item(struct parser *p, const char *end)
{
    skip_space(&p->c);
    if (cursor_skip(&p->c, end))
        return 0;
    if (cursor_skip(&p->c, ","))
        return 1;
    fail(p, *end == '}' ? "',' or '}' is missing" : "',' or ']' is missing");
    return -1;
}

static json_t *parse_array(struct parser *p, int depth)
{
    json_t *array = json_array();
    skip_space(&p->c);
    if (array == NULL || cursor_skip(&p->c, "]"))
        return array;
    int more;
    do {
        json_t *value = parse_value(p, depth);
        more = value == NULL || json_array_append_new(array, value) < 0 ? -1 : next_item(p, "]");
    } while (more > 0);
    if (more == 0)
        return array;
    json_decref(array);
    return NULL;
}

static bool parse_member(struct parser *p, json_t *object, int depth)
{
    skip_space(&p->c);
    if (!cursor_skip(&p->c, "\""))
        return fail(p, "a key in quotes is missing") != NULL;
    if (!take_string(p))
        return false;
    json_t *key = json_stringn_nocheck(buf_str(&p->text), p->text.len);
    if (key == NULL)
        return false;
    skip_space(&p->c);
    json_t *value = NULL;
    if (json_object_get(object, json_string_value(key)) != NULL)
        fail(p, "a key is there twice");
    else if (!cursor_skip(&p->c, ":"))
        fail(p, "':' is missing");
    else
        value = parse_value(p, depth);
    bool good = value != NULL &&
                json_object_set_new_nocheck(object, json_string_value(key), value) == 0;
    json_decref(key);
    return good;
}

static json_t *parse_object(struct parser *p, int depth)
{
    json_t *object = json_object();
    skip_space(&p->c);
    if (object == NULL || cursor_skip(&p->c, "}"))
        return object;
    int more;
    do
        more = parse_member(p, object, depth) ? next_item(p, "}") : -1;
    while (more > 0);
    if (more == 0)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *parse_value(struct parser *p, int depth)
{
    if (depth > JSON_TEXT_DEPTH)
        return fail(p, "it is nested too deep");
    if (++p->values > JSON_TEXT_VALUES)
        return fail(p, "it has too many values");
    skip_space(&p->c);
    if (cursor_skip(&p->c, "\""))
        return parse_string(p);
    if (cursor_skip(&p->c, "{"))
        return parse_object(p, depth + 1);
    if (cursor_skip(&p->c, "["))
        return parse_array(p, depth + 1);
    if (cursor_skip(&p->c, "true"))
        return json_true();
    if (cursor_skip(&p->c, "false"))
        return json_false();
    if (cursor_skip(&p->c, "null"))
        return json_null();
    return p->c.left == 0 ? fail(p, "a value is missing") : parse_number(p);
}

int json_text_parse(json_t **out, mimeo_ctx *ctx, const char *where, struct view text)
{
    struct parser p = {.c = cursor_of(text)};
    buf_init(&p.text, text.len);
    json_t *value = parse_value(&p, 0);
    skip_space(&p.c);
    if (value != NULL && p.c.left > 0) {
        fail(&p, "something follows the value");
        json_decref(value);
        value = NULL;
    }
    buf_dispose(&p.text);
    if (value != NULL) {
        *out = value;
        return 0;
    }
    return p.fault == NULL ? ctx_error_nomem(ctx)
                           : ctx_error(ctx, MIMEO_EMALFORMED, "%s: not JSON: byte %zu: %s", where,
                                       text.len - p.c.left + 1, p.fault);
}
