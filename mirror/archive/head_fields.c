#include "archive/head_fields.h"

#include <string.h>
#include <strings.h>

size_t head_len(struct view v)
{
    struct cursor c = cursor_of(v);
    struct view line;
    while (cursor_line(&c, &line))
        if (line.len == 0 || (line.len == 1 && line.ptr[0] == '\r'))
            return v.len - c.left;
    return 0;
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '\0';
}

static struct view trim(struct view v)
{
    while (v.len > 0 && is_blank(v.ptr[0]))
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && is_blank(v.ptr[v.len - 1]))
        v.len--;
    return v;
}

/* The next line with what is folded into it. */
static bool next_field(struct cursor *c, struct view *out)
{
    struct view line;
    if (c->left == 0)
        return false;
    if (!cursor_line(c, &line))
        cursor_take(c, c->left, &line);
    while (c->left > 0 && line.len > 0 && (c->ptr[0] == ' ' || c->ptr[0] == '\t')) {
        struct view more;
        if (!cursor_line(c, &more))
            cursor_take(c, c->left, &more);
        line.len = (size_t)(more.ptr + more.len - line.ptr);
    }
    *out = line;
    return true;
}

static bool is_named(struct view field, const char *name, struct view *value)
{
    const uint8_t *colon = memchr(field.ptr, ':', field.len);
    size_t len = strlen(name);
    if (colon == NULL)
        return false;
    struct view key = trim(view_of(field.ptr, (size_t)(colon - field.ptr)));
    if (key.len != len || strncasecmp((const char *)key.ptr, name, len) != 0)
        return false;
    *value = trim(view_of(colon + 1, field.len - (size_t)(colon + 1 - field.ptr)));
    return true;
}

/* Append unfolded: a line end with the spaces around it is one space. */
static bool append_value(char *out, size_t cap, struct view value)
{
    size_t n = strlen(out);
    bool folded = false;
    for (size_t i = 0; i < value.len; i++) {
        uint8_t byte = value.ptr[i];
        bool blank = is_blank(byte);
        folded = blank && (folded || byte != ' ');
        if (folded && n > 0 && out[n - 1] == ' ')
            continue;
        if (n + 1 >= cap)
            return false;
        out[n++] = blank ? ' ' : (char)byte;
    }
    out[n] = '\0';
    return true;
}

static bool collect(char *out, size_t cap, struct view head, const char *name, bool all)
{
    struct cursor c = cursor_of(head);
    struct view field, value;
    bool any = false;
    out[0] = '\0';
    while (next_field(&c, &field)) {
        if (!is_named(field, name, &value))
            continue;
        if ((any && !append_value(out, cap, view_of_str(", "))) || !append_value(out, cap, value)) {
            out[0] = '\0';
            return false;
        }
        any = true;
        if (!all)
            break;
    }
    return any;
}

bool head_field(char *out, size_t cap, struct view head, const char *name)
{
    return collect(out, cap, head, name, false);
}

bool head_fields(char *out, size_t cap, struct view head, const char *name)
{
    return collect(out, cap, head, name, true);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void media_type_of(char *out, size_t cap, const char *content_type)
{
    size_t n = 0, len = strcspn(content_type, ";, \t");
    bool slash = memchr(content_type, '/', len) != NULL;
    if (slash && len < cap)
        for (; n < len; n++)
            out[n] = lower(content_type[n]);
    out[n] = '\0';
}

/* A value, quoted or not, from *at on, which moves behind it; false where it is too long. */
static bool take_value(char *out, size_t cap, const char **at)
{
    bool quoted = **at == '"', fits = true;
    size_t n = 0;
    for (*at += quoted ? 1 : 0; **at != '\0' && (quoted ? **at != '"' : strchr("; \t", **at) == NULL); ++*at) {
        if (quoted && **at == '\\' && (*at)[1] != '\0')
            ++*at;
        fits = fits && n + 1 < cap;
        if (fits)
            out[n++] = **at;
    }
    out[n] = '\0';
    return fits && n > 0;
}

bool media_parameter(char *out, size_t cap, const char *content_type, const char *name)
{
    const char *at = content_type + strcspn(content_type, ";");
    while (*at != '\0') {
        at += strspn(at, "; \t");
        size_t len = strcspn(at, "=; \t");
        bool same = len == strlen(name) && strncasecmp(at, name, len) == 0;
        at += len;
        at += strspn(at, " \t");
        if (*at == '=') {
            at++;
            at += strspn(at, " \t");
            if (take_value(out, cap, &at) && same)
                return true;
        }
        at += strcspn(at, ";");
    }
    out[0] = '\0';
    return false;
}

bool media_is_page(const char *media_type)
{
    return strcmp(media_type, "text/html") == 0 || strcmp(media_type, "application/xhtml+xml") == 0;
}
