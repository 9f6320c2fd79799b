/*
 * What is left of the body, as HTML for the cleaner: blocks that only lay out become div, links and pictures are
 * resolved, and a line broken twice is a paragraph's end.
 */
#include "extract/body.h"

#include <string.h>

#include "article/clean.h"
#include "base/limits.h"
#include "extract/media.h"

enum form { UNWRAPPED, AS_IT_IS, AS_DIV, HEADING, LINK, MEDIA };

static enum form form_of_tag(enum dom_tag tag)
{
    switch (tag) {
    case DOM_P: case DOM_UL: case DOM_OL: case DOM_LI: case DOM_BLOCKQUOTE: case DOM_PRE: case DOM_DL: case DOM_DT:
    case DOM_DD: case DOM_HR: case DOM_BR: case DOM_B: case DOM_STRONG: case DOM_I: case DOM_EM: case DOM_CODE:
    case DOM_KBD: case DOM_SAMP: case DOM_SUB: case DOM_SUP: case DOM_S: case DOM_DEL: case DOM_INS: case DOM_U:
    case DOM_MARK: case DOM_Q: case DOM_CITE: case DOM_ABBR: case DOM_SMALL: case DOM_RUBY: case DOM_RT: case DOM_BDI:
    case DOM_BDO: case DOM_CAPTION: case DOM_FIGURE: case DOM_FIGCAPTION: case DOM_WBR: case DOM_TABLE: case DOM_THEAD:
    case DOM_TBODY: case DOM_TFOOT: case DOM_TR: case DOM_TD: case DOM_TH:
        return AS_IT_IS;
    case DOM_H1: case DOM_H2: case DOM_H3: case DOM_H4: case DOM_H5: case DOM_H6: return HEADING;
    case DOM_A: return LINK;
    case DOM_IMG: case DOM_PICTURE: case DOM_IFRAME: case DOM_VIDEO: case DOM_EMBED: case DOM_OBJECT: case DOM_NOSCRIPT:
        return MEDIA;
    default: return dom_is_block(tag) ? AS_DIV : UNWRAPPED;
    }
}

/* A body that stands in a cell or an item is no table and no list. */
static bool is_bare_root(const struct body_page *b, const struct dom_node *n)
{
    return n == b->root && (n->tag == DOM_TD || n->tag == DOM_TH || n->tag == DOM_LI || n->tag == DOM_DD);
}

static enum form form_of(const struct body_page *b, const struct dom_node *n)
{
    if (is_bare_root(b, n))
        return AS_DIV;
    if (n->tag == DOM_NOSCRIPT && facts_of(&b->facts, n)->chars > 0) /* all that there is on the page */
        return AS_DIV;
    return n->tag == DOM_OTHER && view_equal_str(n->text, "amp-img") ? MEDIA : form_of_tag(n->tag);
}

static void put_escaped(struct buf *out, struct view v, bool attribute)
{
    size_t from = 0;
    for (size_t i = 0; i < v.len; i++) {
        const char *as = NULL;
        switch (v.ptr[i]) {
        case '&': as = "&amp;"; break;
        case '<': as = "&lt;"; break;
        case '>': as = "&gt;"; break;
        case '"': as = attribute ? "&quot;" : NULL; break;
        default: break;
        }
        if (as == NULL)
            continue;
        buf_append(out, v.ptr + from, i - from);
        buf_append_str(out, as);
        from = i + 1;
    }
    if (v.len > from)
        buf_append(out, v.ptr + from, v.len - from);
}

static void put_attribute(struct buf *out, const char *name, struct view value)
{
    if (value.len == 0)
        return;
    buf_appendf(out, " %s=\"", name);
    put_escaped(out, value, true);
    buf_append_byte(out, '"');
}

/* An address made absolute where that can be; else as it stands. */
static void put_url(struct buf *out, const char *name, struct view raw, const char *base)
{
    struct buf url;
    buf_init(&url, 2 * LIMIT_ARTICLE_URL);
    put_attribute(out, name, clean_url(&url, raw, base) ? buf_view(&url) : raw);
    buf_dispose(&url);
}

static void put_picture(struct buf *out, const struct body_page *b, const struct media *m)
{
    buf_append_str(out, "<img");
    put_url(out, "src", m->address, b->url);
    put_attribute(out, "alt", m->words);
    buf_append_byte(out, '>');
}

static void put_media(struct buf *out, const struct body_page *b, const struct dom_node *n)
{
    struct media m;
    if (!media_of(&m, n))
        return;
    if (m.kind == MEDIA_PICTURE) {
        put_picture(out, b, &m);
        return;
    }
    buf_append_str(out, "<figure><figcaption><a");
    put_url(out, "href", m.address, b->url);
    buf_append_byte(out, '>');
    struct buf shown;
    buf_init(&shown, 2 * LIMIT_ARTICLE_URL);
    put_escaped(out, clean_url(&shown, m.address, b->url) ? buf_view(&shown) : m.address, false);
    buf_dispose(&shown);
    buf_append_str(out, "</a></figcaption></figure>");
}

/* A figure of a table or a quote is a box around text. */
static bool is_box(const struct dom_node *figure)
{
    return dom_find(figure, DOM_TABLE) != NULL || dom_find(figure, DOM_BLOCKQUOTE) != NULL || dom_find(figure, DOM_PRE) != NULL;
}

static const char *name_of(const struct body_page *b, const struct dom_node *n)
{
    if (n->tag == DOM_FIGURE && is_box(n))
        return "div";
    switch (form_of(b, n)) {
    case AS_IT_IS: return dom_tag_name(n->tag);
    case AS_DIV: return "div";
    case HEADING: return n->tag == DOM_H1 ? "h2" : dom_tag_name(n->tag);
    case LINK: return "a";
    default: return NULL;
    }
}

static bool is_break(const struct body_page *b, const struct dom_node *n, bool back)
{
    do
        n = back ? n->prev : n->next;
    while (n != NULL && (facts_of(&b->facts, n)->gone || (n->tag == DOM_TEXT && facts_of(&b->facts, n)->chars == 0)));
    return n != NULL && n->tag == DOM_BR;
}

/* Of several br in a row, where they stand in a paragraph or in what only lays out, the first ends a paragraph and the
 * others go. */
static bool break_paragraph(struct buf *out, const struct body_page *b, const struct dom_node *n)
{
    bool paragraph = n->parent->tag == DOM_P;
    if (!paragraph && form_of(b, n->parent) != AS_DIV)
        return false;
    if (is_break(b, n, true))
        return true;
    if (!is_break(b, n, false))
        return false;
    buf_append_str(out, paragraph ? "</p><p>" : "</div><div>");
    return true;
}

static void put_open(struct buf *out, const struct body_page *b, const struct dom_node *n)
{
    const char *name = name_of(b, n);
    if (n->tag == DOM_BR && break_paragraph(out, b, n))
        return;
    if (name == NULL)
        return;
    buf_appendf(out, "<%s", name);
    if (n->tag == DOM_A)
        put_url(out, "href", dom_attribute(n, "href"), b->url);
    if (n->tag == DOM_TD || n->tag == DOM_TH) {
        put_attribute(out, "colspan", dom_attribute(n, "colspan"));
        put_attribute(out, "rowspan", dom_attribute(n, "rowspan"));
    }
    if (n->tag == DOM_OL)
        put_attribute(out, "start", dom_attribute(n, "start"));
    put_attribute(out, "lang", dom_attribute(n, "lang"));
    put_attribute(out, "dir", dom_attribute(n, "dir"));
    buf_append_byte(out, '>');
}

static void put_close(struct buf *out, const struct body_page *b, const struct dom_node *n)
{
    const char *name = name_of(b, n);
    if (name != NULL && !(dom_tag_flags(n->tag) & DOM_IS_VOID))
        buf_appendf(out, "</%s>", name);
}

static void write_node(struct buf *out, const struct body_page *b, const struct dom_node *n)
{
    if (n->tag == DOM_TEXT)
        put_escaped(out, n->text, false);
    else
        put_open(out, b, n);
}

static bool is_white(struct view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] > ' ' && !(v.ptr[i] == 0xC2 && i + 1 < v.len && v.ptr[i + 1] == 0xA0) &&
            !(v.ptr[i] == 0xA0 && i > 0 && v.ptr[i - 1] == 0xC2))
            return false;
    return true;
}

/* A paragraph of spaces, as some editors set them for distance. */
static bool is_spacer(const struct body_page *b, const struct dom_node *p)
{
    if ((p->tag != DOM_P && p->tag != DOM_DIV && !dom_is_heading(p->tag)) || facts_of(&b->facts, p)->chars > 0)
        return false;
    for (const struct dom_node *n = dom_next(p, p); n != NULL; n = dom_next(n, p))
        if (n->tag == DOM_TEXT ? !is_white(n->text) : n->tag != DOM_BR && form_of(b, n) != UNWRAPPED)
            return false;
    return true;
}

int body_write(struct buf *out, mimeo_ctx *ctx, const struct body_page *b)
{
    const struct dom_node *n = b->root;
    while (n != NULL && buf_status(out) == 0) {
        bool gone = facts_of(&b->facts, n)->gone || is_spacer(b, n), media = n->tag != DOM_TEXT && form_of(b, n) == MEDIA;
        if (!gone && media)
            put_media(out, b, n);
        else if (!gone)
            write_node(out, b, n);
        if (!gone && !media && n->first != NULL) {
            n = n->first;
            continue;
        }
        if (!gone && !media && n->tag != DOM_TEXT)
            put_close(out, b, n);
        while (n != b->root && n->next == NULL) {
            n = n->parent;
            put_close(out, b, n);
        }
        n = n == b->root ? NULL : n->next;
    }
    if (buf_status(out) == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return buf_status(out) == 0 ? 0 : ctx_error(ctx, MIMEO_EMALFORMED, "the article is longer than can be kept");
}
