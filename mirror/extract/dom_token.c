/* Cutting a page into tags and text. */
#include "extract/dom_token.h"

#include <string.h>
#include <strings.h>

#include "article/html_scan.h"

static bool is_white(uint8_t b) { return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r'; }
static bool is_alpha(uint8_t b) { return (b | 0x20) >= 'a' && (b | 0x20) <= 'z'; }
static uint8_t peek(const struct cursor *c) { return c->left > 0 ? *c->ptr : 0; }

static void skip(struct cursor *c, size_t len)
{
    c->ptr += len;
    c->left -= len;
}

static void skip_white(struct cursor *c)
{
    while (c->left > 0 && is_white(*c->ptr))
        skip(c, 1);
}

static void skip_past(struct cursor *c, uint8_t stop)
{
    const uint8_t *at = memchr(c->ptr, stop, c->left);
    skip(c, at == NULL ? c->left : (size_t)(at - c->ptr) + 1);
}

/* Up to one of white, '>', and what else stops it. */
static struct view take_word(struct cursor *c, const char *stops)
{
    size_t len = 0;
    while (len < c->left && !is_white(c->ptr[len]) && c->ptr[len] != '>' &&
           (len == 0 || c->ptr[len] != (uint8_t)stops[0]) && (stops[0] == 0 || c->ptr[len] != (uint8_t)stops[1]))
        len++;
    struct view out = view_of(c->ptr, len);
    skip(c, len);
    return out;
}

static struct view take_value(struct cursor *c)
{
    uint8_t quote = peek(c);
    if (quote != '"' && quote != '\'')
        return take_word(c, "");
    skip(c, 1);
    const uint8_t *at = memchr(c->ptr, quote, c->left);
    struct view out = view_of(c->ptr, at == NULL ? c->left : (size_t)(at - c->ptr));
    skip(c, at == NULL ? c->left : out.len + 1);
    return out;
}

static void take_attribute(struct cursor *c, struct dom_token *t)
{
    struct view name = take_word(c, "=/"), value = view_of(name.ptr + name.len, 0);
    skip_white(c);
    if (peek(c) == '=') {
        skip(c, 1);
        skip_white(c);
        value = take_value(c);
    }
    if (t->attribute_count < DOM_ATTRIBUTES && name.len > 0) {
        t->attributes[t->attribute_count].name = name;
        t->attributes[t->attribute_count++].value = value;
    }
}

/* What is behind '<' or '</'; false where the end cuts it off. */
static bool take_tag(struct cursor *c, struct dom_token *t)
{
    size_t len = 0;
    while (len < c->left && !is_white(c->ptr[len]) && c->ptr[len] != '/' && c->ptr[len] != '>')
        len++;
    t->text = view_of(c->ptr, len);
    t->tag = dom_tag_of(t->text);
    t->attribute_count = 0;
    skip(c, len);
    t->self_closing = false;
    for (;;) {
        for (; c->left > 0 && (is_white(*c->ptr) || *c->ptr == '/'); skip(c, 1))
            t->self_closing = *c->ptr == '/';
        if (c->left == 0)
            return false;
        if (*c->ptr == '>')
            break;
        t->self_closing = false;
        take_attribute(c, t);
    }
    skip(c, 1);
    return true;
}

/* The length of the text at c: up to a '<' that begins something. */
static size_t text_len(const struct cursor *c)
{
    const uint8_t *end = c->ptr + c->left, *at = c->ptr;
    while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        if (end - at > 1 && (is_alpha(at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?'))
            return (size_t)(at - c->ptr);
        at++;
    }
    return c->left;
}

bool dom_token_next(struct cursor *c, struct dom_token *t)
{
    while (c->left > 0) {
        size_t len = text_len(c);
        if (len > 0) {
            t->type = DOM_TOKEN_TEXT;
            t->tag = DOM_TEXT;
            t->text = view_of(c->ptr, len);
            skip(c, len);
            return true;
        }
        skip(c, 1);
        bool closing = *c->ptr == '/';
        if (closing)
            skip(c, 1);
        if (is_alpha(peek(c))) {
            t->type = closing ? DOM_TOKEN_CLOSE : DOM_TOKEN_OPEN;
            return take_tag(c, t);
        }
        if (!closing && cursor_skip(c, "!--"))
            html_skip_comment(c);
        else
            skip_past(c, '>');
    }
    return false;
}

/* ---- content that is text */

static bool is_named(struct view name, const char *other)
{
    return name.len == strlen(other) && strncasecmp((const char *)name.ptr, other, name.len) == 0;
}

static bool is_tag_at(const uint8_t *at, const uint8_t *end, const char *name, bool closing)
{
    size_t len = strlen(name), lead = closing ? 2 : 1;
    if ((size_t)(end - at) <= len + lead || (closing && at[1] != '/') ||
        strncasecmp((const char *)at + lead, name, len) != 0)
        return false;
    uint8_t next = at[lead + len];
    return is_white(next) || next == '/' || next == '>';
}

/* The end tag; a script's stands elsewhere where "<!--" and then "<script" come first (13.2.5.20).
 * A comment that is never closed counts for none: else it would take the page with it. */
static const uint8_t *find_end(const struct cursor *c, enum dom_tag tag)
{
    const uint8_t *end = c->ptr + c->left, *at = c->ptr, *closed = NULL;
    const char *name = dom_tag_name(tag);
    bool twice = false, never = tag != DOM_SCRIPT;
    for (; (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
        bool comment = !never && at >= closed && end - at > 4 && memcmp(at, "<!--", 4) == 0;
        if (comment) {
            closed = memmem(at + 4, (size_t)(end - at - 4), "-->", 3);
            never = closed == NULL;
        } else if (is_tag_at(at, end, name, true)) {
            if (!twice || at >= closed)
                return at;
            twice = false;
        } else if (closed != NULL && at < closed && is_tag_at(at, end, name, false)) {
            twice = true;
        }
    }
    return NULL;
}

struct view dom_token_raw(struct cursor *c, enum dom_tag tag)
{
    const uint8_t *at = find_end(c, tag);
    struct view out = view_of(c->ptr, at == NULL ? c->left : (size_t)(at - c->ptr));
    skip(c, out.len);
    if (at != NULL)
        skip_past(c, '>');
    return out;
}

/* A block ends it unasked (13.2.6.5), but not where HTML may stand within. */
void dom_token_skip(struct cursor *c, enum dom_tag tag)
{
    size_t depth = 1;
    bool html_within = false;
    struct dom_token t;
    struct cursor before = *c;
    while (depth > 0 && dom_token_next(c, &t)) {
        bool opens = t.type == DOM_TOKEN_OPEN && !t.self_closing;
        if (t.type == DOM_TOKEN_OPEN && !html_within && (dom_tag_flags(t.tag) & DOM_IS_BLOCK) != 0) {
            *c = before;
            return;
        }
        if (t.type != DOM_TOKEN_TEXT && t.tag == tag)
            depth = t.type == DOM_TOKEN_CLOSE ? depth - 1 : depth + opens;
        else if (opens && (dom_tag_flags(t.tag) & DOM_IS_RAW) != 0)
            dom_token_raw(c, t.tag);
        else if (opens && t.text.len > 7 && t.tag == DOM_OTHER)
            html_within = html_within || is_named(t.text, "foreignobject") || is_named(t.text, "annotation-xml");
        before = *c;
    }
}
