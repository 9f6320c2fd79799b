/* Small pieces of HTML: see feed/flatten.h. */
#include "feed/flatten.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "extract/dom_token.h"

#define ELLIPSIS "\xE2\x80\xA6"

static bool is_alpha(uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

/* At a '<': the length of a tag of HTML, or of a comment, and which element it is; 0 where it is text. */
static size_t tag_at(struct view v, enum dom_tag *tag)
{
    size_t name = v.len > 1 && v.ptr[1] == '/' ? 2 : 1, end = name;
    *tag = DOM_OTHER;
    if (view_starts_with(v, "<!--")) {
        const uint8_t *close_comment = memmem(v.ptr, v.len, "-->", 3);
        return close_comment == NULL ? 0 : (size_t)(close_comment - v.ptr) + 3;
    }
    while (end < v.len && (is_alpha(v.ptr[end]) || (v.ptr[end] >= '0' && v.ptr[end] <= '9')))
        end++;
    if (end == name || !is_alpha(v.ptr[name]))
        return 0;
    *tag = dom_tag_of(view_of(v.ptr + name, end - name));
    const uint8_t *close_tag = *tag == DOM_OTHER ? NULL : memchr(v.ptr + end, '>', v.len - end);
    return close_tag == NULL ? 0 : (size_t)(close_tag - v.ptr) + 1;
}

static bool breaks_line(enum dom_tag tag) { return tag == DOM_BR || tag == DOM_HR || dom_is_block(tag); }

static size_t next_bracket(struct view v, size_t from)
{
    const uint8_t *at = from < v.len ? memchr(v.ptr + from, '<', v.len - from) : NULL;
    return at == NULL ? v.len : (size_t)(at - v.ptr);
}

static bool has_tag(struct view v, bool of_blocks)
{
    for (size_t at = next_bracket(v, 0); at < v.len; at = next_bracket(v, at + 1)) {
        enum dom_tag tag;
        if (tag_at(view_of(v.ptr + at, v.len - at), &tag) > 0 && (!of_blocks || breaks_line(tag)))
            return true;
    }
    return false;
}

bool html_has_blocks(struct view v) { return has_tag(v, true); }
bool html_has_tags(struct view v) { return has_tag(v, false); }

/* `v` without its tags; those of blocks leave a space. */
static void drop_tags(struct buf *out, struct view v)
{
    size_t at = 0;
    while (at < v.len) {
        size_t next = next_bracket(v, at);
        enum dom_tag tag;
        buf_append(out, v.ptr + at, next - at);
        if (next == v.len)
            return;
        size_t len = tag_at(view_of(v.ptr + next, v.len - next), &tag);
        if (len == 0)
            buf_append_byte(out, '<');
        else if (breaks_line(tag))
            buf_append_byte(out, ' ');
        at = next + (len == 0 ? 1 : len);
    }
}

static bool is_white(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0x0C || code == 0xA0 || code == 0x2028 ||
           code == 0x2029;
}

/* One line, no more than `max` bytes. */
static void collapse(struct buf *out, struct view v, size_t max)
{
    struct cursor c = cursor_of(v);
    size_t begin = out->len, word = begin; /* where the last whole word ended */
    bool gap = false;
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (is_white(code)) {
            word = gap ? word : out->len;
            gap = true;
            continue;
        }
        if (char_is_control(code) || code == 0xFEFF)
            continue;
        if (gap && out->len > begin)
            buf_append_byte(out, ' ');
        gap = false;
        buf_append_utf8(out, code);
        if (out->len - begin > max - strlen(ELLIPSIS)) {
            size_t cut = word > begin + max / 2 ? word : out->len - 4;
            while (cut > begin && cut < out->len && (out->ptr[cut] & 0xC0) == 0x80)
                cut--; /* at a character's start */
            out->len = cut;
            buf_append_str(out, ELLIPSIS);
            return;
        }
    }
}

int flatten(struct buf *out, struct view v, enum text_kind kind, size_t max)
{
    struct buf bare, plain;
    buf_init(&bare, v.len + 1);
    buf_init(&plain, 2 * v.len + 16);
    if (kind == TEXT_HTML) {
        drop_tags(&bare, v);
        dom_decode(&plain, buf_view(&bare));
    } else {
        buf_append_view(&plain, v);
    }
    collapse(out, buf_view(&plain), max);
    int rc = buf_status(&bare) < 0 || buf_status(&plain) < 0 ? MIMEO_ENOMEM : buf_status(out);
    buf_dispose(&bare);
    buf_dispose(&plain);
    return rc;
}

/* ---- plain text as HTML */

static void append_escaped(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        switch (v.ptr[i]) {
        case '<': buf_append_str(out, "&lt;"); break;
        case '>': buf_append_str(out, "&gt;"); break;
        case '&': buf_append_str(out, "&amp;"); break;
        default: buf_append_byte(out, v.ptr[i]); break;
        }
    }
}

static bool is_blank(struct view line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t')
            return false;
    return true;
}

/* A sentence's end: then a line's end is a paragraph's too, and not where a column was full. */
static bool ends_sentence(struct view line)
{
    static const char *const ends[] = {".", "!", "?", ":", "\"", ")", "\xE2\x80\xA6", "\xE2\x80\x9D", "\xC2\xBB", "\xE3\x80\x82",
                                       "\xEF\xBC\x81", "\xEF\xBC\x9F", "\xE3\x80\x8D", "\xD8\x9F", "\xDB\x94", "\xE0\xA5\xA4"};
    line = view_trim(line);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t len = strlen(ends[i]);
        if (line.len >= len && memcmp(line.ptr + line.len - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

static bool lines_are_paragraphs(struct view v)
{
    struct cursor c = cursor_of(v);
    size_t lines = 0, ends = 0;
    struct view line;
    while (c.left > 0) {
        if (!cursor_line(&c, &line))
            cursor_take(&c, c.left, &line);
        if (is_blank(line) && c.left > 0 && lines > 0)
            return false; /* blank lines divide it */
        lines += !is_blank(line);
        ends += ends_sentence(line);
    }
    return lines > 1 && ends * 5 >= lines * 4;
}

int paragraphs(struct buf *out, struct view v, enum text_kind kind)
{
    bool open = false, each = lines_are_paragraphs(view_trim(v));
    for (size_t at = 0; at < v.len;) {
        const uint8_t *lf = memchr(v.ptr + at, '\n', v.len - at);
        size_t end = lf == NULL ? v.len : (size_t)(lf - v.ptr);
        struct view line = view_of(v.ptr + at, end - at);
        at = end + 1;
        if (is_blank(line) || (each && open)) {
            if (open)
                buf_append_str(out, "</p>\n");
            open = false;
            if (is_blank(line))
                continue;
        }
        buf_append_str(out, open ? "\n" : "<p>");
        open = true;
        if (kind == TEXT_PLAIN)
            append_escaped(out, line);
        else
            buf_append_view(out, line);
    }
    if (open)
        buf_append_str(out, "</p>\n");
    return buf_status(out);
}
