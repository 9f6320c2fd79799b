/*
 * Lines of a record out of what pages say, and the record itself while it is filled.
 */
#include "extract/field.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/text.h"
#include "extract/dom_token.h"

/* ---- views */

bool line_has(struct view v, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; len > 0 && i + len <= v.len; i++)
        if (((v.ptr[i] ^ (uint8_t)word[0]) & 0xDF) == 0 && strncasecmp((const char *)v.ptr + i, word, len) == 0)
            return true;
    return false;
}

bool line_is(struct view v, const char *word)
{
    return v.len == strlen(word) && (v.len == 0 || strncasecmp((const char *)v.ptr, word, v.len) == 0);
}

struct view line_trim(struct view v)
{
    while (v.len > 0 && v.ptr[0] <= ' ')
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && v.ptr[v.len - 1] <= ' ')
        v.len--;
    return v;
}

size_t line_starts(struct view v, const char *word)
{
    struct cursor c = cursor_of(v), w = cursor_of(view_of_str(word));
    uint32_t a, b;
    while (utf8_next(&w, &b))
        if (!utf8_next(&c, &a) || (uint32_t)utf8proc_tolower((utf8proc_int32_t)a) != b)
            return 0;
    return v.len - c.left;
}

size_t field_length(struct view v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.len; i++)
        n += (v.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* ---- lines */

static bool is_white(uint32_t code)
{
    return (code >= 9 && code <= 13) || code == ' ' || code == 0x85 || code == 0xA0 || code == 0x2028 || code == 0x2029 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x3000;
}

/* What a line of a record may not hold, and what only shows in wrong places: soft hyphens, word joiners. */
static bool is_dropped(uint32_t code)
{
    return char_is_control(code) || char_is_bidi_control(code) || code == 0xFEFF || code == 0xFFFE || code == 0xFFFF ||
           code == 0xAD || code == 0x2060 || code == 0x200B;
}

/* Past a tag at the cursor: '<' and a letter, '/' or '!'. */
static bool skip_tag(struct cursor *c)
{
    struct view tag;
    if (c->left < 3 || c->ptr[0] != '<')
        return false;
    uint8_t next = c->ptr[1];
    if (next != '/' && next != '!' && ((next | 32) < 'a' || (next | 32) > 'z'))
        return false;
    struct cursor copy = *c;
    if (!cursor_until(&copy, '>', &tag))
        return false;
    *c = copy;
    return true;
}

static int put_line(struct buf *out, struct view text, size_t max, bool tags)
{
    struct cursor c = cursor_of(text);
    size_t begin = out->len;
    bool gap = false;
    int rc = 0;
    uint32_t code;
    while (rc == 0 && c.left > 0) {
        if (tags && skip_tag(&c)) {
            gap = true;
            continue;
        }
        if (!utf8_next(&c, &code))
            break;
        if (is_white(code)) {
            gap = true;
        } else if (!is_dropped(code)) {
            size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
            if (out->len - begin + gap + len > max)
                break;
            if (gap && out->len > begin)
                rc = buf_append_byte(out, ' ');
            rc = rc == 0 ? buf_append_utf8(out, code) : rc;
            gap = false;
        }
    }
    return rc;
}

int field_line(struct buf *out, struct view raw, size_t max, bool markup)
{
    bool references = markup && raw.len > 0 && memchr(raw.ptr, '&', raw.len) != NULL;
    if (!references)
        return put_line(out, raw, max, markup);
    struct buf text;
    buf_init(&text, 4 * raw.len + 16);
    int rc = dom_decode(&text, raw);
    if (rc == 0)
        rc = put_line(out, buf_view(&text), max, true);
    buf_dispose(&text);
    return rc;
}

int field_folded(struct buf *out, struct view line)
{
    struct cursor c = cursor_of(line);
    uint32_t code;
    int rc = 0;
    while (rc == 0 && utf8_next(&c, &code)) {
        utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)code);
        bool kept = (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_NO);
        if (kept)
            rc = buf_append_utf8(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
    }
    return rc;
}

void node_line(struct buf *out, const struct dom_node *n, size_t max)
{
    struct buf text;
    buf_init(&text, 2 * max + 64);
    dom_text(&text, n); /* cut off where it is longer */
    put_line(out, buf_view(&text), max, false);
    buf_dispose(&text);
}

/* ---- what <meta> says */

/* "dc:title" is "dc.title". */
static bool is_name(struct view said, const char *name)
{
    if (said.len != strlen(name))
        return false;
    for (size_t i = 0; i < said.len; i++) {
        char a = (char)said.ptr[i], b = name[i];
        a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a == ':' ? '.' : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b == ':' ? '.' : b;
        if (a != b)
            return false;
    }
    return true;
}

bool meta_each(const struct meta_page *m, const char *name, size_t *from, struct view *out)
{
    for (size_t i = *from; i < m->entry_count; i++)
        if (is_name(m->entries[i].name, name) && m->entries[i].value.len > 0) {
            *from = i + 1;
            *out = m->entries[i].value;
            return true;
        }
    return false;
}

struct view meta_get(const struct meta_page *m, const char *names)
{
    char name[64];
    while (*names != 0) {
        size_t len = strcspn(names, " "), from = 0;
        struct view value;
        if (len < sizeof name) {
            memcpy(name, names, len);
            name[len] = 0;
            if (meta_each(m, name, &from, &value))
                return value;
        }
        names += len + (names[len] == ' ');
    }
    return view_of_str(NULL);
}

/* ---- the record */

void record_put(struct meta_page *m, const char *field, struct view raw, size_t max, bool markup)
{
    struct buf line;
    buf_init(&line, max + 8);
    if (field_line(&line, raw, max, markup) < 0)
        m->no_memory = true;
    if (line.len > 0 && json_object_set_new_nocheck(m->record, field, json_stringn_nocheck(buf_str(&line), line.len)) < 0)
        m->no_memory = true;
    buf_dispose(&line);
}

void record_add(struct meta_page *m, const char *field, struct view raw, size_t max, size_t most)
{
    json_t *list = json_object_get(m->record, field);
    if (list == NULL && json_object_set_new_nocheck(m->record, field, list = json_array()) < 0) {
        m->no_memory = true;
        return;
    }
    struct buf line, folded, other;
    buf_init(&line, max + 8);
    buf_init(&folded, 2 * max + 8);
    buf_init(&other, 2 * max + 8);
    field_line(&line, raw, max, false);
    field_folded(&folded, buf_view(&line));
    bool is_new = folded.len > 0 && json_array_size(list) < most;
    for (size_t i = 0; is_new && i < json_array_size(list); i++) {
        buf_clear(&other);
        field_folded(&other, view_of_str(json_string_value(json_array_get(list, i))));
        is_new = !view_equal(buf_view(&other), buf_view(&folded));
    }
    if (is_new && json_array_append_new(list, json_stringn_nocheck(buf_str(&line), line.len)) < 0)
        m->no_memory = true;
    buf_dispose(&line);
    buf_dispose(&folded);
    buf_dispose(&other);
    if (json_array_size(list) == 0)
        json_object_del(m->record, field);
}
