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
    free(f->at);
    *f = (struct folded){0};
}

static bool make_room(struct folded *f, size_t len)
{
    if (len <= f->cap)
        return true;
    free(f->chars);
    free(f->at);
    f->chars = malloc(len * sizeof(*f->chars));
    f->at = malloc(len * sizeof(*f->at));
    f->cap = f->chars == NULL || f->at == NULL ? 0 : len;
    return f->cap > 0;
}

bool fold_text(struct folded *out, struct view text)
{
    out->len = 0;
    if (table == NULL || !make_room(out, text.len + 1))
        return false;
    struct cursor c = cursor_of(text);
    uint32_t code;
    for (size_t at = 0; utf8_next(&c, &code); at = text.len - c.left) {
        uint32_t folded = code < TABLE_LEN ? table[code] : code;
        if (folded == 0)
            continue;
        out->chars[out->len] = folded;
        out->at[out->len++] = (uint32_t)at;
    }
    return true;
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
