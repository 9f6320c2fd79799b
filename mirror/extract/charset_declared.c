/*
 * What a page says of its own encoding: the XML declaration, <meta charset>, <meta http-equiv>.
 *
 * A browser looks at the first 1,024 bytes, and a third of real pages say it later.  Comments and scripts are
 * passed over: they quote pages.
 */
#include <string.h>

#include "base/limits.h"
#include "extract/charset.h"

#define DECLARED_WITHIN (32 * KIB)

struct attribute {
    struct view name, value;
};

static bool is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }

static void skip_space(struct cursor *c)
{
    while (c->left > 0 && is_space(*c->ptr)) {
        c->ptr++;
        c->left--;
    }
}

static bool same_word(struct view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp((const char *)v.ptr, word, v.len) == 0;
}

static bool begins(const struct cursor *c, const char *word)
{
    return c->left >= strlen(word) && strncasecmp((const char *)c->ptr, word, strlen(word)) == 0;
}

/* Past `end`, or to the end of all. */
static void skip_past(struct cursor *c, const char *end)
{
    size_t len = strlen(end);
    while (c->left > 0 && !begins(c, end)) {
        c->ptr++;
        c->left--;
    }
    size_t step = c->left < len ? c->left : len;
    c->ptr += step;
    c->left -= step;
}

static struct view take_until(struct cursor *c, const char *stops)
{
    const uint8_t *from = c->ptr;
    while (c->left > 0 && (*c->ptr == 0 || strchr(stops, *c->ptr) == NULL)) {
        c->ptr++;
        c->left--;
    }
    return view_of(from, (size_t)(c->ptr - from));
}

/* The next attribute of a tag; false at its end. */
static bool take_attribute(struct cursor *c, struct attribute *out)
{
    while (c->left > 0 && (is_space(*c->ptr) || *c->ptr == '/')) {
        c->ptr++;
        c->left--;
    }
    if (c->left == 0 || *c->ptr == '>')
        return false;
    out->name = take_until(c, " \t\r\n\f=/>");
    out->value = view_of(c->ptr, 0);
    skip_space(c);
    if (!cursor_skip(c, "="))
        return out->name.len > 0;
    skip_space(c);
    if (cursor_skip(c, "\""))
        out->value = take_until(c, "\"");
    else if (cursor_skip(c, "'"))
        out->value = take_until(c, "'");
    else
        out->value = take_until(c, " \t\r\n\f>");
    if (c->left > 0 && (*c->ptr == '"' || *c->ptr == '\''))
        cursor_skip(c, *c->ptr == '"' ? "\"" : "'");
    return true;
}

/* "text/html; charset=x" within a <meta>'s content. */
static const struct charset *of_content(struct view content)
{
    struct cursor c = cursor_of(content);
    skip_past(&c, "charset");
    skip_space(&c);
    if (!cursor_skip(&c, "="))
        return NULL;
    skip_space(&c);
    return charset_by_label(take_until(&c, ";, \t\r\n"));
}

/* Behind "<meta". */
static const struct charset *of_meta(struct cursor *c)
{
    struct view charset = VIEW_OF_LITERAL(""), content = VIEW_OF_LITERAL("");
    bool is_type = false;
    struct attribute a;
    while (take_attribute(c, &a)) {
        if (same_word(a.name, "charset"))
            charset = a.value;
        else if (same_word(a.name, "content"))
            content = a.value;
        else if (same_word(a.name, "http-equiv"))
            is_type = same_word(a.value, "content-type");
    }
    return charset.len > 0 ? charset_by_label(charset) : is_type ? of_content(content) : NULL;
}

static const struct charset *of_html(struct cursor c)
{
    const struct charset *found = NULL;
    while (found == NULL && c.left > 0) {
        take_until(&c, "<");
        if (cursor_skip(&c, "<!--")) {
            skip_past(&c, "-->");
        } else if (begins(&c, "<script")) {
            skip_past(&c, "</script");
        } else if (begins(&c, "<style")) {
            skip_past(&c, "</style");
        } else if (begins(&c, "<meta") && c.left > 5 && (is_space(c.ptr[5]) || c.ptr[5] == '/')) {
            c.ptr += 5;
            c.left -= 5;
            found = of_meta(&c);
        } else if (c.left > 0) {
            c.ptr++;
            c.left--;
        }
    }
    return found;
}

/* <?xml version="1.0" encoding="x"?>, at the very start. */
static const struct charset *of_xml(struct cursor c)
{
    struct attribute a;
    skip_space(&c);
    if (!begins(&c, "<?xml") || !cursor_take(&c, 5, &a.name))
        return NULL;
    while (take_attribute(&c, &a) && !same_word(a.name, "?"))
        if (same_word(a.name, "encoding"))
            return charset_by_label(a.value);
    return NULL;
}

const struct charset *charset_declared(struct view bytes, enum charset_kind kind)
{
    if (kind == CHARSET_TEXT)
        return NULL;
    struct cursor c = cursor_of(view_of(bytes.ptr, bytes.len < DECLARED_WITHIN ? bytes.len : DECLARED_WITHIN));
    const struct charset *found = of_xml(c);
    if (found == NULL && kind == CHARSET_HTML)
        found = of_html(c);
    /* Bytes in which this could be read are not UTF-16 (the standard's own rule). */
    return found != NULL && strncmp(found->name, "utf-16", 6) == 0 ? CHARSET_UTF8 : found;
}
