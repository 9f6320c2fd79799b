/* Folding, and the plain text of a canonical body: what clean_is_canonical said yes to, so no parser is needed. */
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core.h"

#define TABLE_LEN 65536

static uint16_t *table;

CORE_EXPORT(core_fold) int core_fold(const uint16_t *units, size_t bytes)
{
    if (bytes != TABLE_LEN * sizeof(*table))
        return ctx_error(core_ctx, MIMEO_EUSAGE, "that is no table of letters");
    if (table == NULL && (table = malloc(bytes)) == NULL)
        return ctx_error_nomem(core_ctx);
    memcpy(table, units, bytes);
    return 0;
}

void folded_dispose(struct folded *f)
{
    free(f->chars);
    *f = (struct folded){0};
}

static bool make_room(struct folded *f, size_t len)
{
    if (len <= f->cap)
        return true;
    free(f->chars);
    f->chars = malloc(len * sizeof(*f->chars));
    f->cap = f->chars == NULL ? 0 : len;
    return f->cap > 0;
}

/* Two bytes, as most letters but the Latin ones take, without the way through utf8_next: text is long. */
static bool next(struct cursor *c, uint32_t *code)
{
    if (c->left == 0)
        return false;
    uint8_t first = c->ptr[0];
    size_t len = first < 0x80 ? 1 : 2;
    if (len == 2 && (first < 0xC2 || first > 0xDF || c->left < 2 || (c->ptr[1] & 0xC0) != 0x80))
        return utf8_next(c, code);
    *code = len == 1 ? first : (uint32_t)(first & 0x1F) << 6 | (c->ptr[1] & 0x3F);
    c->ptr += len;
    c->left -= len;
    return true;
}

static uint32_t fold(uint32_t code)
{
    return code < TABLE_LEN ? table[code] : code;
}

bool fold_text(struct folded *out, struct view text)
{
    out->len = 0;
    if (table == NULL || !make_room(out, text.len + 1))
        return false;
    struct cursor c = cursor_of(text);
    uint32_t code;
    size_t len = 0;
    while (next(&c, &code)) {
        uint32_t folded = fold(code);
        out->chars[len] = folded;
        len += folded != 0;
    }
    out->len = len;
    return true;
}

size_t fold_place(struct view text, size_t folded)
{
    struct cursor c = cursor_of(text);
    uint32_t code;
    size_t at = 0;
    while (next(&c, &code)) {
        if (fold(code) != 0 && folded-- == 0)
            break;
        at = text.len - c.left;
    }
    return at;
}

size_t folded_find(const struct folded *f, const struct folded *word)
{
    size_t bytes = word->len * sizeof(*word->chars);
    for (size_t i = 0; word->len > 0 && i + word->len <= f->len; i++)
        if (f->chars[i] == word->chars[0] && memcmp(f->chars + i, word->chars, bytes) == 0)
            return i;
    return SIZE_MAX;
}

static bool is_inline(struct view tag)
{
    static const char *const names[] = {"a",  "abbr",  "b",    "bdi", "bdo",  "cite", "code", "del",  "em",  "i",  "ins", "kbd",
                                        "mark", "q", "ruby", "s",   "samp", "small", "span", "strong", "sub", "sup", "time",
                                        "u", "wbr"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (view_equal_str(tag, names[i]))
            return true;
    return false;
}

static void pass_tag(struct buf *out, struct cursor *c)
{
    cursor_skip(c, "/");
    struct view name = view_of(c->ptr, 0);
    while (name.len < c->left && c->ptr[name.len] >= 'a' && c->ptr[name.len] <= 'z')
        name.len++;
    struct view rest;
    if (!cursor_until(c, '>', &rest)) /* attributes have no > of their own: it is escaped */
        c->left = 0;
    if (!is_inline(name))
        buf_append_byte(out, ' ');
}

static void pass_entity(struct buf *out, struct cursor *c)
{
    static const char *const entities[][2] = {{"amp;", "&"}, {"lt;", "<"}, {"gt;", ">"}, {"quot;", "\""}, {"nbsp;", " "}};
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
        if (cursor_skip(c, entities[i][0])) {
            buf_append_str(out, entities[i][1]);
            return;
        }
    buf_append_byte(out, '&');
}

int plain_of_html(struct buf *out, struct view html)
{
    struct cursor c = cursor_of(html);
    buf_clear(out);
    while (c.left > 0) {
        size_t run = 0;
        while (run < c.left && c.ptr[run] != '<' && c.ptr[run] != '&')
            run++;
        buf_append(out, c.ptr, run);
        c.ptr += run;
        c.left -= run;
        if (cursor_skip(&c, "<"))
            pass_tag(out, &c);
        else if (cursor_skip(&c, "&"))
            pass_entity(out, &c);
    }
    return buf_status(out);
}
