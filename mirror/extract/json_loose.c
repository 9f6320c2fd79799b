/*
 * JSON that is read for what it means (json_loose.h).
 *
 * Each function moves on at least one byte or says that the end was reached, whatever it meets: a text is read
 * once, in time linear in its length.  A value that cannot be is NULL and its parent goes on with the next.
 */
#include "extract/json_loose.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

struct loose {
    struct cursor c;
    struct buf text; /* the string at hand */
    size_t values;
    bool no_memory;
};

static json_t *take_value(struct loose *p, int depth);

static void step(struct loose *p, size_t len)
{
    len = len < p->c.left ? len : p->c.left;
    p->c.ptr += len;
    p->c.left -= len;
}

static bool at(const struct loose *p, const char *word)
{
    size_t len = strlen(word);
    return p->c.left >= len && memcmp(p->c.ptr, word, len) == 0;
}

static void skip_until(struct loose *p, const char *end)
{
    const void *found = memmem(p->c.ptr, p->c.left, end, strlen(end));
    step(p, found == NULL ? p->c.left : (size_t)((const uint8_t *)found - p->c.ptr) + strlen(end));
}

/* White space, comments, and what hides a script from old browsers. */
static void skip_space(struct loose *p)
{
    for (size_t before = 0; before != p->c.left;) {
        before = p->c.left;
        while (p->c.left > 0 && (*p->c.ptr <= ' ' || *p->c.ptr == ';'))
            step(p, 1);
        if (at(p, "\xEF\xBB\xBF") || at(p, "-->") || at(p, "]]>"))
            step(p, 3);
        else if (at(p, "\xC2\xA0"))
            step(p, 2);
        else if (at(p, "<![CDATA["))
            step(p, 9);
        else if (at(p, "<!--"))
            step(p, 4);
        else if (at(p, "/*"))
            skip_until(p, "*/");
        else if (at(p, "//<![CDATA[") || at(p, "//]]>"))
            step(p, 2);
        else if (at(p, "//"))
            skip_until(p, "\n");
    }
}

/* ---- strings */

static bool take_hex(struct loose *p, uint32_t *out)
{
    uint32_t value = 0;
    if (p->c.left < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = p->c.ptr[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    step(p, 4);
    *out = value;
    return true;
}

/* Behind "\u". */
static void take_code(struct loose *p)
{
    uint32_t code, low;
    if (!take_hex(p, &code))
        return;
    if (code >= 0xD800 && code < 0xDC00 && at(p, "\\u")) {
        struct cursor before = p->c;
        step(p, 2);
        if (take_hex(p, &low) && low >= 0xDC00 && low < 0xE000)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        else
            p->c = before;
    }
    bool good = code >= ' ' && (code < 0xD800 || code >= 0xE000);
    buf_append_utf8(&p->text, good ? code : ' ');
}

static void take_escape(struct loose *p)
{
    uint8_t c = p->c.left > 0 ? *p->c.ptr : 0;
    step(p, 1);
    if (c == 'u')
        take_code(p);
    else if (c == 'n' || c == 't' || c == 'r' || c == 'b' || c == 'f')
        buf_append_byte(&p->text, c == 'n' ? '\n' : ' ');
    else if (c > ' ')
        buf_append_byte(&p->text, c);
}

/* Is the quote at hand the string's end?  It is where what may follow a string follows. */
static bool ends_string(const struct loose *p)
{
    struct cursor c = p->c;
    size_t looked = 0;
    bool line = false;
    for (c.ptr++, c.left--; c.left > 0 && *c.ptr <= ' ' && looked < 4096; c.ptr++, c.left--, looked++)
        line = line || *c.ptr == '\n';
    return c.left == 0 || (line && *c.ptr == '"') || /* a comma is missing */ strchr(",:}]", *c.ptr) != NULL || *c.ptr == '/' || *c.ptr == '<';
}

/* Behind the opening quote. */
static void take_string(struct loose *p, uint8_t quote)
{
    buf_clear(&p->text);
    while (p->c.left > 0) {
        uint8_t c = *p->c.ptr;
        if (c == quote && ends_string(p)) {
            step(p, 1);
            return;
        }
        step(p, 1);
        if (c == '\\')
            take_escape(p);
        else
            buf_append_byte(&p->text, c < ' ' ? ' ' : c);
    }
}

static json_t *string_value(struct loose *p)
{
    if (!utf8_valid(buf_view(&p->text)))
        return NULL;
    json_t *value = json_stringn_nocheck(buf_str(&p->text), p->text.len);
    p->no_memory = p->no_memory || value == NULL;
    return value;
}

/* A number, true, null, or a key that nobody put in quotes: up to what ends it. */
static void take_word(struct loose *p)
{
    buf_clear(&p->text);
    while (p->c.left > 0 && *p->c.ptr > ' ' && strchr(",:{}[]\"", *p->c.ptr) == NULL) {
        buf_append_byte(&p->text, *p->c.ptr);
        step(p, 1);
    }
}

static json_t *word_value(struct loose *p)
{
    static const char *const nothing[] = {"null", "undefined", "NaN", "None", ""};
    take_word(p);
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (view_equal_str(buf_view(&p->text), nothing[i]))
            return NULL;
    if (view_equal_str(buf_view(&p->text), "true") || view_equal_str(buf_view(&p->text), "false"))
        return json_boolean(p->text.len == 4);
    return string_value(p); /* numbers too: nothing here is reckoned with */
}

/* ---- lists and objects */

static json_t *take_array(struct loose *p, int depth)
{
    json_t *array = json_array();
    while (array != NULL && p->c.left > 0) {
        size_t before = p->c.left;
        skip_space(p);
        if (at(p, "]")) {
            step(p, 1);
            break;
        }
        if (at(p, "}"))
            break; /* the object around ends: the bracket is missing */
        json_t *value = take_value(p, depth);
        if (value != NULL && json_array_append_new(array, value) < 0)
            p->no_memory = true;
        skip_space(p);
        if (at(p, ",") || p->c.left == before)
            step(p, 1);
    }
    return array;
}

static void take_member(struct loose *p, json_t *object, int depth)
{
    if (at(p, "\"") || at(p, "'")) {
        uint8_t quote = *p->c.ptr;
        step(p, 1);
        take_string(p, quote);
    } else {
        take_word(p);
    }
    json_t *key = string_value(p);
    skip_space(p);
    if (at(p, ":")) {
        step(p, 1);
        json_t *value = take_value(p, depth);
        if (key != NULL && value != NULL && json_object_set_nocheck(object, json_string_value(key), value) < 0)
            p->no_memory = true;
        json_decref(value);
    }
    json_decref(key);
}

static json_t *take_object(struct loose *p, int depth)
{
    json_t *object = json_object();
    while (object != NULL && p->c.left > 0) {
        size_t before = p->c.left;
        skip_space(p);
        if (at(p, "}")) {
            step(p, 1);
            break;
        }
        if (at(p, "]"))
            break; /* the list around ends: the brace is missing */
        take_member(p, object, depth);
        skip_space(p);
        if (at(p, ",") || p->c.left == before)
            step(p, 1);
    }
    return object;
}

static json_t *take_value(struct loose *p, int depth)
{
    skip_space(p);
    if (p->c.left == 0 || depth > JSON_LOOSE_DEPTH || ++p->values > JSON_LOOSE_VALUES) {
        p->c.left = 0; /* too much: what there is will do */
        return NULL;
    }
    uint8_t c = *p->c.ptr;
    json_t *value;
    if (c == '{' || c == '[') {
        step(p, 1);
        value = c == '{' ? take_object(p, depth + 1) : take_array(p, depth + 1);
        p->no_memory = p->no_memory || value == NULL;
        return value;
    }
    if (c != '"' && c != '\'')
        return word_value(p);
    step(p, 1);
    take_string(p, c);
    return string_value(p);
}

json_t *json_loose_parse(struct view text)
{
    struct loose p = {.c = cursor_of(text)};
    json_t *all = json_array();
    buf_init(&p.text, text.len + 4);
    while (all != NULL && p.c.left > 0) {
        size_t before = p.c.left;
        json_t *value = take_value(&p, 0);
        if (value != NULL && json_array_append_new(all, value) < 0)
            p.no_memory = true;
        if (p.c.left == before)
            step(&p, 1);
    }
    buf_dispose(&p.text);
    if (p.no_memory) {
        json_decref(all);
        return NULL;
    }
    return all;
}
