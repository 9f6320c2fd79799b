/*
 * What stands within a line: text, styles, links, quotes, pictures.  It is added to the paragraph at hand (r->text), in
 * which styles are marks (article/wrap.h).
 *
 * What a reader would get wrong: nothing from the tree is printed as it stands.  The cleaner let no control through, but
 * a terminal obeys what it reads, so each text goes through buf_append_printable once more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article/render_state.h"
#include "base/text.h"

#define LINKS_COMPARED 64 /* for saying [3] again; all of them would cost the square */
#define TAB_STOP 8

/* ---- the paragraph at hand */

static unsigned style_bits(const struct renderer *r)
{
    unsigned style = 0;
    for (unsigned i = 0; i < 4; i++)
        style |= r->counts[i] > 0 ? 1u << i : 0;
    return style;
}

static void put_mark(struct renderer *r)
{
    buf_append_byte(&r->text, WRAP_MARK_BYTE);
    buf_append_byte(&r->text, (uint8_t)(0x80u | style_bits(r)));
}

void style_begin(struct renderer *r, unsigned style)
{
    for (unsigned i = 0; i < 4; i++)
        r->counts[i] += (style >> i) & 1;
    if (style != 0)
        put_mark(r);
}

void style_end(struct renderer *r, unsigned style)
{
    for (unsigned i = 0; i < 4; i++)
        r->counts[i] -= (style >> i) & 1;
    if (style != 0)
        put_mark(r);
}

void clear_text(struct renderer *r)
{
    buf_clear(&r->text);
    r->has_text = r->after_space = false;
    r->column = 0;
    if (style_bits(r) != 0)
        put_mark(r);
}

void break_line(struct renderer *r)
{
    if (r->has_text)
        buf_append_byte(&r->text, '\n');
    r->after_space = true; /* no space begins a line */
    r->column = 0;
}

/* One character of `len` bytes, white space collapsed. */
static void put_flowing(struct renderer *r, const uint8_t *at, size_t len)
{
    bool white = *at == ' ' || *at == '\t' || *at == '\n';
    if (len == 2 && at[0] == 0xC2 && at[1] == 0xAD)
        return; /* a soft hyphen: terminals show it anywhere */
    if (white) {
        if (r->has_text && !r->after_space)
            buf_append_byte(&r->text, ' ');
        r->after_space = true;
        return;
    }
    buf_append(&r->text, at, len);
    r->has_text = true;
    r->after_space = false;
}

static void put_kept(struct renderer *r, const uint8_t *at, size_t len)
{
    if (*at == '\t') {
        do
            buf_append_byte(&r->text, ' ');
        while (++r->column % TAB_STOP != 0);
    } else {
        buf_append(&r->text, at, len);
        r->column = *at == '\n' ? 0 : r->column + 1;
    }
    r->has_text = true;
}

static size_t utf8_len(uint8_t lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Tabs and line ends pass, to be dealt with below; all else is made printable. */
static void put_text(struct renderer *r, struct view v)
{
    struct cursor c = cursor_of(v);
    buf_clear(&r->scratch);
    while (c.left > 0) {
        size_t plain = 0;
        while (plain < c.left && c.ptr[plain] != '\t' && c.ptr[plain] != '\n')
            plain++;
        struct view run;
        cursor_take(&c, plain, &run);
        buf_append_printable(&r->scratch, run, false);
        if (cursor_take(&c, c.left > 0, &run))
            buf_append_view(&r->scratch, run);
    }
    if (buf_status(&r->scratch) < 0)
        r->rc = buf_status(&r->scratch);
    for (size_t i = 0, len; i < r->scratch.len; i += len) {
        len = utf8_len(r->scratch.ptr[i]);
        if (r->preformatted)
            put_kept(r, r->scratch.ptr + i, len);
        else
            put_flowing(r, r->scratch.ptr + i, len);
    }
}

static void put_words(struct renderer *r, const char *words)
{
    put_text(r, view_of_str(words));
}

/* ---- links */

/* The number of `href`, new or said before; 0 on no memory. */
static size_t link_number(struct renderer *r, struct view href)
{
    size_t first = r->link_count > LINKS_COMPARED ? r->link_count - LINKS_COMPARED : 0;
    for (size_t i = first; i < r->link_count; i++) {
        if (view_equal(r->links[i], href))
            return i + 1;
    }
    if (r->link_count == r->link_cap) {
        size_t cap = r->link_cap == 0 ? 16 : 2 * r->link_cap;
        struct view *links = reallocarray(r->links, cap, sizeof *links);
        if (links == NULL) {
            r->rc = MIMEO_ENOMEM;
            return 0;
        }
        r->links = links;
        r->link_cap = cap;
    }
    r->links[r->link_count++] = href;
    return r->link_count;
}

/* `text` begins with `word`, which is then passed. */
static bool pass(struct view *text, struct view word)
{
    if (text->len < word.len || memcmp(text->ptr, word.ptr, word.len) != 0)
        return false;
    *text = view_of(text->ptr + word.len, text->len - word.len);
    return true;
}

static struct view trimmed(struct view v)
{
    while (v.len > 0 && (v.ptr[0] == ' ' || v.ptr[0] == '\n'))
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && (v.ptr[v.len - 1] == ' ' || v.ptr[v.len - 1] == '\n'))
        v.len--;
    return v;
}

/* Does the link say its own address?  "https://a.org/", "a.org" and "me@a.org" do: the
 * address is then known from the text.  Only a scheme and a last slash may be missing, else
 * a link could show one place and go to another. */
static bool says_its_address(const struct node *a, struct view href)
{
    const struct node *only = a->first_child;
    if (only == NULL || only->next != NULL || only->tag != TAG_TEXT)
        return false;
    struct view text = trimmed(only->text);
    struct view left = href;
    if (pass(&left, text) && (left.len == 0 || (left.len == 1 && left.ptr[0] == '/')))
        return true;
    left = href;
    return (pass(&left, VIEW_OF_LITERAL("https://")) || pass(&left, VIEW_OF_LITERAL("mailto:"))) &&
           pass(&left, text) && (left.len == 0 || (left.len == 1 && left.ptr[0] == '/'));
}

static void leave_link(struct renderer *r, const struct node *a)
{
    const struct view *href = node_attribute(a, ATTR_HREF);
    char mark[32];
    if (href == NULL || href->len == 0 || says_its_address(a, *href))
        return;
    size_t number = link_number(r, *href);
    snprintf(mark, sizeof mark, "[%zu]", number);
    style_begin(r, STYLE_DIM);
    put_words(r, mark);
    style_end(r, STYLE_DIM);
}

/* Whole, each on a line of its own, never broken: so that it can be copied. */
void put_links(struct renderer *r)
{
    r->gap = true;
    for (size_t i = 0; i < r->link_count; i++) {
        put_gap(r);
        buf_appendf(r->out, "[%zu] ", i + 1);
        buf_append_printable(r->out, r->links[i], false);
        buf_append_byte(r->out, '\n');
    }
}

/* ---- inline elements */

unsigned style_of(enum tag tag)
{
    switch (tag) {
    case TAG_B: case TAG_STRONG: case TAG_TH: case TAG_DT: return STYLE_BOLD;
    case TAG_H2: return STYLE_BOLD | STYLE_UNDERLINE;
    case TAG_H3: case TAG_H4: case TAG_H5: case TAG_H6: return STYLE_BOLD;
    case TAG_I: case TAG_EM: case TAG_CITE: case TAG_FIGCAPTION: case TAG_CAPTION:
        return STYLE_ITALIC;
    case TAG_U: case TAG_INS: case TAG_MARK: return STYLE_UNDERLINE;
    case TAG_SMALL: return STYLE_DIM;
    default: return 0;
    }
}

static void put_picture(struct renderer *r, const struct node *img)
{
    const struct view *alt = node_attribute(img, ATTR_ALT);
    put_words(r, "[picture");
    if (alt != NULL && alt->len > 0) {
        put_words(r, ": ");
        put_text(r, *alt);
    }
    put_words(r, "]");
}

/* A <sup> of at most four digits, which can be written ² and so on. */
static bool is_small_number(const struct node *sup)
{
    const struct node *only = sup->first_child;
    if (sup->tag != TAG_SUP || only == NULL || only->next != NULL || only->tag != TAG_TEXT ||
        only->text.len > 4)
        return false;
    for (size_t i = 0; i < only->text.len; i++) {
        if (only->text.ptr[i] < '0' || only->text.ptr[i] > '9')
            return false;
    }
    return true;
}

static void put_small_number(struct renderer *r, struct view digits)
{
    static const char *const small[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    for (size_t i = 0; i < digits.len; i++)
        put_words(r, small[digits.ptr[i] - '0']);
}

/* The isolate that an inline element with a direction opens; 0: none. */
static uint32_t isolate_of(const struct node *n)
{
    const struct view *dir = node_attribute(n, ATTR_DIR);
    if (tag_is_block(n->tag))
        return 0;
    if (dir != NULL && view_equal_str(*dir, "rtl"))
        return 0x2067;
    if (dir != NULL && view_equal_str(*dir, "ltr"))
        return 0x2066;
    return dir != NULL || n->tag == TAG_BDI ? 0x2068 : 0;
}

static bool is_code(enum tag tag)
{
    return tag == TAG_CODE || tag == TAG_KBD || tag == TAG_SAMP;
}

/* What stands around the text of an element. */
static const char *quote_of(const struct renderer *r, const struct node *n, bool entering)
{
    switch (n->tag) {
    case TAG_Q: return entering ? "“" : "”";
    case TAG_S: case TAG_DEL: return "~";
    case TAG_RT: return entering ? "(" : ")";
    default: return is_code(n->tag) && !r->preformatted && !r->options->style ? "`" : NULL;
    }
}

void inline_enter(struct renderer *r, const struct node *n)
{
    if (n->tag == TAG_TEXT) {
        if (n->parent != NULL && is_small_number(n->parent))
            put_small_number(r, n->text);
        else if (n->parent == NULL || n->parent->tag != TAG_RP) /* see quote_of, TAG_RT */
            put_text(r, n->text);
        return;
    }
    uint32_t isolate = isolate_of(n);
    const char *quote = quote_of(r, n, true);
    if (isolate != 0)
        buf_append_utf8(&r->text, isolate);
    style_begin(r, style_of(n->tag));
    if (quote != NULL)
        put_words(r, quote);
    if (n->tag == TAG_BR && r->preformatted)
        put_words(r, "\n");
    else if (n->tag == TAG_BR)
        break_line(r);
    else if (n->tag == TAG_WBR)
        buf_append_utf8(&r->text, 0x200B);
    else if (n->tag == TAG_IMG)
        put_picture(r, n);
    if (tag_is_void(n->tag)) {
        style_end(r, style_of(n->tag)); /* voids are not met on the way out by everyone */
        if (isolate != 0)
            buf_append_utf8(&r->text, 0x2069);
    }
}

void inline_leave(struct renderer *r, const struct node *n)
{
    const char *quote = quote_of(r, n, false);
    if (n->tag == TAG_TEXT || tag_is_void(n->tag))
        return;
    if (quote != NULL)
        put_words(r, quote);
    style_end(r, style_of(n->tag));
    if (n->tag == TAG_A)
        leave_link(r, n);
    if (isolate_of(n) != 0)
        buf_append_utf8(&r->text, 0x2069);
}
