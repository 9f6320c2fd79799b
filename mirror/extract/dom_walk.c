/* Walking a page's tree, and what stands in it. */
#include <string.h>
#include <strings.h>

#include "extract/dom.h"

#define DESCRIBED 28 /* bytes of an id or a class */

/* ---- attributes */

static const struct dom_attribute *attribute_of(const struct dom_node *n, const char *name)
{
    for (uint32_t i = 0; i < n->attribute_count; i++)
        if (view_equal_str(n->attributes[i].name, name))
            return &n->attributes[i];
    return NULL;
}

struct view dom_attribute(const struct dom_node *n, const char *name)
{
    const struct dom_attribute *a = attribute_of(n, name);
    return a == NULL ? (struct view){0} : a->value;
}

bool dom_has_attribute(const struct dom_node *n, const char *name) { return attribute_of(n, name) != NULL; }

static bool is_white(uint8_t b) { return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r'; }

bool dom_has_word(const struct dom_node *n, const char *attribute, const char *word)
{
    struct view v = dom_attribute(n, attribute);
    size_t len = strlen(word);
    for (size_t at = 0; at + len <= v.len; at++) {
        size_t end = at + len;
        if ((at == 0 || is_white(v.ptr[at - 1])) && (end == v.len || is_white(v.ptr[end])) &&
            strncasecmp((const char *)v.ptr + at, word, len) == 0)
            return true;
    }
    return false;
}

bool dom_has_class(const struct dom_node *n, const char *name) { return dom_has_word(n, "class", name); }

/* ---- the walk */

struct dom_node *dom_after(const struct dom_node *n, const struct dom_node *top)
{
    while (n != top && n->next == NULL && n->parent != NULL)
        n = n->parent;
    return n == top ? NULL : n->next;
}

struct dom_node *dom_next(const struct dom_node *n, const struct dom_node *top)
{
    return n->first != NULL ? n->first : dom_after(n, top);
}

struct dom_node *dom_find(const struct dom_node *top, enum dom_tag tag)
{
    for (struct dom_node *n = dom_next(top, top); n != NULL; n = dom_next(n, top))
        if (n->tag == tag)
            return n;
    return NULL;
}

bool dom_within(const struct dom_node *n, const struct dom_node *ancestor)
{
    while (n != NULL && n != ancestor)
        n = n->parent;
    return n != NULL;
}

/* ---- text */

/* The space that is due comes with the next letter, so none stands at either end. */
static void append_collapsed(struct buf *out, struct view v, bool *due, size_t begin)
{
    size_t at = 0;
    while (at < v.len) {
        size_t end = at;
        while (end < v.len && !is_white(v.ptr[end]))
            end++;
        if (end > at) {
            if (*due && out->len > begin)
                buf_append_byte(out, ' ');
            *due = false;
            buf_append(out, v.ptr + at, end - at);
        }
        for (at = end; at < v.len && is_white(v.ptr[at]); at++)
            *due = true;
    }
}

int dom_text(struct buf *out, const struct dom_node *top)
{
    size_t begin = out->len;
    bool due = false;
    const struct dom_node *n = top;
    while (n != NULL && buf_status(out) == 0) {
        if (n != top && (n->tag == DOM_SCRIPT || n->tag == DOM_STYLE || n->tag == DOM_TEMPLATE)) {
            n = dom_after(n, top);
            continue;
        }
        if (n->tag == DOM_TEXT)
            append_collapsed(out, n->text, &due, begin);
        else if (n->tag == DOM_BR || dom_is_block(n->tag))
            due = true;
        const struct dom_node *next = dom_next(n, top);
        for (const struct dom_node *p = n; next != NULL && p != next->parent; p = p->parent)
            due = due || dom_is_block(p->tag); /* a block ends here */
        n = next;
    }
    return buf_status(out);
}

static void append_part(struct buf *out, char mark, struct view v)
{
    struct cursor c = cursor_of(v);
    while (c.left > 0 && is_white(*c.ptr)) {
        c.ptr++;
        c.left--;
    }
    size_t len = 0;
    while (len < c.left && len < DESCRIBED && !is_white(c.ptr[len]))
        len++;
    while (len > 0 && len < c.left && (c.ptr[len] & 0xC0) == 0x80)
        len--; /* no half characters */
    if (len == 0)
        return;
    buf_append_byte(out, (uint8_t)mark);
    buf_append(out, c.ptr, len);
}

int dom_describe(struct buf *out, const struct dom_node *n)
{
    const char *name = dom_tag_name(n->tag);
    buf_append_str(out, n->tag == DOM_TEXT ? "text" : name[0] != 0 ? name : "element");
    append_part(out, '#', dom_attribute(n, "id"));
    append_part(out, '.', dom_attribute(n, "class"));
    return buf_status(out);
}
