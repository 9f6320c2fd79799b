/*
 * Which element is which, and which end tag closes what: see feed/parse.h.
 *
 * An end tag closes the innermost open element of its name and all within it; one without such an element closes nothing.
 * What a reader would get wrong: elements within a field that holds text (a title, a description) are that text's markup,
 * written unescaped by somebody who should have escaped it, unless their name says that the field's end tag was forgotten.
 */
#include "feed/parse_names.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "extract/dom_tags.h"

#define NAMES_MAX MIB

void parse_init(struct parse *p, const struct feed_source *source, parse_entry_fn entry_done, void *payload)
{
    *p = (struct parse){.url = source->url, .entry_done = entry_done, .payload = payload};
    buf_init(&p->names, NAMES_MAX);
    buf_append_byte(&p->names, 0); /* so that no place in it is 0 */
    buf_init(&p->text, FEED_TEXT_MAX);
    entry_clear(&p->entry);
}

void parse_dispose(struct parse *p)
{
    buf_dispose(&p->names);
    buf_dispose(&p->text);
    arena_dispose(&p->memory);
    entry_dispose(&p->entry);
}

/* ---- the text of a field */

static void escape(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        switch (v.ptr[i]) {
        case '<': buf_append_str(out, "&lt;"); break;
        case '>': buf_append_str(out, "&gt;"); break;
        case '&': buf_append_str(out, "&amp;"); break;
        case '"': buf_append_str(out, "&quot;"); break;
        default: buf_append_byte(out, v.ptr[i]); break;
        }
    }
}

static void write_tag(struct parse *p, const struct xml *x, struct view local)
{
    struct buf *out = &p->text;
    buf_append_byte(out, '<');
    buf_append_view(out, local);
    for (size_t i = 0; i < x->attribute_count; i++) {
        if (view_starts_with(x->attributes[i].name, "xmlns"))
            continue;
        buf_append_byte(out, ' ');
        buf_append_view(out, x->attributes[i].name);
        buf_append_str(out, "=\"");
        escape(out, x->attributes[i].value);
        buf_append_byte(out, '"');
    }
    buf_append_byte(out, '>');
}

static void write_end(struct parse *p, const struct element *e)
{
    struct view prefix, local;
    name_split(element_name(p, e), &prefix, &local);
    buf_append_str(&p->text, "</");
    buf_append_view(&p->text, local);
    buf_append_byte(&p->text, '>');
}

static enum feed_field top_field(const struct parse *p)
{
    return p->depth == 0 ? FIELD_DOCUMENT : p->stack[p->depth - 1].field;
}

/* "<link/>https://…": feeds that went through a program for HTML, to which a link is empty. */
static void take_stray_link(struct parse *p, struct view text)
{
    if (p->in_entry && p->entry.link == NULL && top_field(p) == FIELD_ENTRY && view_starts_with(view_trim(text), "http"))
        p->entry.link = parse_address(p, text);
}

static void take_text(struct parse *p, struct view text)
{
    if (p->field_depth == 0) {
        take_stray_link(p, text);
        return;
    }
    if (p->escaping)
        escape(&p->text, text);
    else
        buf_append_view(&p->text, text);
    if (buf_status(&p->text) < 0 && p->in_entry)
        p->entry.too_large = true;
}

/* ---- opening and closing */

static int begin_entry(struct parse *p)
{
    entry_clear(&p->entry);
    p->in_entry = true;
    p->number++;
    p->entry.cut = true; /* until its end has come */
    return 0;
}

static int end_entry(struct parse *p, mimeo_ctx *ctx)
{
    int rc = p->in_entry ? p->entry_done(p, ctx) : 0;
    p->in_entry = false;
    return rc;
}

static int close_top(struct parse *p, mimeo_ctx *ctx, bool by_itself)
{
    struct element *e = &p->stack[p->depth - 1];
    enum feed_field parent = p->depth > 1 ? p->stack[p->depth - 2].field : FIELD_DOCUMENT;
    int rc = 0;
    if (e->markup) {
        write_end(p, e);
    } else if (e->field == FIELD_ENTRY || e->field == FIELD_DELETED) {
        p->entry.cut = !by_itself;
        rc = end_entry(p, ctx);
    } else if (e->field != FIELD_NONE) {
        field_closed(p, e->field, parent, &p->text);
    }
    if (p->field_depth == p->depth)
        p->field_depth = 0;
    p->binding_count = e->bindings_mark;
    p->names.len = e->names_mark;
    p->names.failed = 0;
    p->depth--;
    return rc;
}

static int close_down_to(struct parse *p, mimeo_ctx *ctx, size_t depth, bool by_itself)
{
    int rc = 0;
    while (rc == 0 && p->depth > depth)
        rc = close_top(p, ctx, by_itself);
    return rc;
}

static void push(struct parse *p, const struct xml *x, enum feed_field field, bool markup, struct element marks)
{
    struct element *e = &p->stack[p->depth];
    struct view lang = attribute_own(x, "xml:lang"), base = attribute_own(x, "xml:base");
    *e = marks;
    e->field = field;
    e->markup = markup;
    e->name_len = x->name.len < PARSE_NAME_MAX ? x->name.len : PARSE_NAME_MAX;
    e->name_at = names_keep(p, view_of(x->name.ptr, e->name_len));
    e->name_len = e->name_at == 0 ? 0 : e->name_len; /* no room for more names: nothing closes it by name */
    e->name_sum = name_sum_of(element_name(p, e));
    e->lang_at = lang.len > 0 && lang.len <= LIMIT_LANG && !markup ? names_keep(p, lang) : 0;
    e->base_at = markup ? 0 : names_keep_base(p, base);
    p->depth++;
}

static void begin_field(struct parse *p, enum feed_field field)
{
    p->text_kind = TEXT_HTML;
    p->escaping = p->dropping = false;
    field_opened(p, field);
    if (field > FIELD_TEXTS && !p->dropping) {
        buf_clear(&p->text);
        p->field_depth = p->depth;
    }
}

/* Where an element of a feed stands in a field's text, the field's end tag was forgotten.  In markup that is meant as such
 * only names say so that HTML has not. */
static bool ends_field(const struct parse *p, enum feed_space space, struct view local)
{
    enum feed_field open = p->stack[p->field_depth - 1].field;
    enum feed_field parent = p->field_depth > 1 ? p->stack[p->field_depth - 2].field : FIELD_DOCUMENT;
    enum feed_field field = field_of(parent, space, local);
    if (view_equal_str(local, "item") || view_equal_str(local, "entry"))
        return !p->escaping;
    if (field == FIELD_NONE || p->escaping)
        return false;
    if (!field_holds_markup(open))
        return true;
    return field == FIELD_GUID || field == FIELD_PUBLISHED || field == FIELD_MODIFIED || field == FIELD_ENCLOSURE ||
           (open == FIELD_TITLE && field != FIELD_TITLE) || (space != SPACE_PLAIN && space != SPACE_XHTML);
}

/* RSS's author is a text; where it holds a name, it is as Atom's. */
static void settle_author(struct parse *p, struct view local)
{
    struct element *open = &p->stack[p->field_depth - 1];
    if (open->field != FIELD_CREATOR || p->field_depth != p->depth || !view_equal_str(local, "name"))
        return;
    open->field = FIELD_AUTHOR;
    p->field_depth = 0;
}

/* The place on the stack that an item belongs in, where one before it was never closed. */
static size_t depth_of_open_entry(const struct parse *p)
{
    for (size_t i = p->depth; i > 0; i--)
        if (p->stack[i - 1].field == FIELD_ENTRY)
            return i - 1;
    return p->depth;
}

/* "<p>one<p>two": HTML's paragraphs and items end where the next begins. */
static int close_before_next(struct parse *p, mimeo_ctx *ctx, enum dom_tag tag)
{
    const struct element *top = &p->stack[p->depth - 1];
    bool ends = tag == DOM_P || tag == DOM_LI || tag == DOM_DT || tag == DOM_DD || tag == DOM_TR || tag == DOM_TD;
    struct view prefix, local;
    if (!ends || !top->markup)
        return 0;
    name_split(element_name(p, top), &prefix, &local);
    return dom_tag_of(local) == tag ? close_top(p, ctx, true) : 0;
}

static int open_markup(struct parse *p, mimeo_ctx *ctx, const struct xml *x, struct view local)
{
    int rc = close_before_next(p, ctx, dom_tag_of(local));
    if (rc < 0)
        return rc;
    struct element marks = {.names_mark = p->names.len, .bindings_mark = p->binding_count};
    write_tag(p, x, local);
    if (buf_status(&p->text) < 0)
        p->entry.too_large = true;
    if ((dom_tag_flags(dom_tag_of(local)) & DOM_IS_VOID) != 0)
        return 0;
    if (x->empty) {
        buf_append_str(&p->text, "</");
        buf_append_view(&p->text, local);
        buf_append_byte(&p->text, '>');
        return 0;
    }
    if (p->depth == PARSE_DEPTH) {
        p->beyond++;
        return 0;
    }
    push(p, x, FIELD_NONE, true, marks);
    return 0;
}

static bool is_entry_name(enum feed_space space, struct view local)
{
    return (space == SPACE_PLAIN || space == SPACE_ATOM) &&
           (view_equal_str(local, "item") || view_equal_str(local, "entry"));
}

/* Close what should have been closed before this element. */
static int close_forgotten(struct parse *p, mimeo_ctx *ctx, enum feed_space space, struct view local)
{
    size_t around = depth_of_open_entry(p);
    if (around < p->depth && top_field(p) != FIELD_NONE && is_entry_name(space, local))
        return close_down_to(p, ctx, around, true);
    return 0;
}

static enum feed_field settle_field(struct parse *p, enum feed_space space, struct view local)
{
    if (p->rooted)
        return field_of(top_field(p), space, local);
    /* Whatever stands around the root (a server's warning, with tags that were never closed) is no part of it. */
    enum feed_field root = field_of(FIELD_DOCUMENT, space, local);
    p->rooted = root != FIELD_NONE;
    return root;
}

static int open_field(struct parse *p, mimeo_ctx *ctx, const struct xml *x, enum feed_field field, struct element marks)
{
    push(p, x, field, false, marks);
    int rc = field == FIELD_ENTRY || field == FIELD_DELETED ? begin_entry(p) : 0;
    if (rc == 0 && field != FIELD_NONE)
        begin_field(p, field);
    return rc == 0 && x->empty ? close_top(p, ctx, true) : rc;
}

static int open_element(struct parse *p, mimeo_ctx *ctx, const struct xml *x)
{
    struct element marks = {.names_mark = p->names.len, .bindings_mark = p->binding_count};
    struct view prefix, local;
    int rc = 0;
    p->xml = x;
    names_bind(p, x);
    name_split(x->name, &prefix, &local);
    enum feed_space space = name_space(p, prefix);
    p->is_export = p->is_export || space == SPACE_WP;
    if (p->field_depth > 0)
        settle_author(p, local);
    if (p->field_depth > 0 && !ends_field(p, space, local)) {
        p->binding_count = marks.bindings_mark; /* prefixes go from markup */
        return open_markup(p, ctx, x, local);
    }
    if (p->field_depth > 0)
        rc = close_down_to(p, ctx, p->field_depth - 1, false);
    if (rc == 0)
        rc = close_forgotten(p, ctx, space, local);
    /* Where something was closed, this element's declarations went with it; conventions remain. */
    if (p->names.len < marks.names_mark)
        marks = (struct element){.names_mark = p->names.len, .bindings_mark = p->binding_count};
    if (rc < 0 || p->depth < PARSE_DEPTH)
        return rc < 0 ? rc : open_field(p, ctx, x, settle_field(p, space, local), marks);
    p->binding_count = marks.bindings_mark;
    p->names.len = marks.names_mark;
    p->beyond += !x->empty;
    return 0;
}

/* HTML that nobody escaped does not mind case. */
static bool same_name(struct view a, struct view b)
{
    return a.len == b.len && strncasecmp((const char *)a.ptr, (const char *)b.ptr, a.len) == 0;
}

/* Of the innermost open element of this name; 0 for none. */
static size_t depth_of_open(const struct parse *p, struct view name)
{
    uint32_t sum = name_sum_of(name);
    for (size_t i = p->depth; i > 0; i--)
        if (p->stack[i - 1].name_sum == sum && same_name(element_name(p, &p->stack[i - 1]), name))
            return i;
    return 0;
}

static int close_element(struct parse *p, mimeo_ctx *ctx, struct view name)
{
    size_t found = depth_of_open(p, name);
    /* What is too deep is only counted; but where an element of the feed itself ends, so does all in it. */
    if (p->beyond > 0 && (found == 0 || p->stack[found - 1].markup)) {
        p->beyond--;
        return 0;
    }
    p->beyond = 0;
    return found == 0 ? 0 : close_down_to(p, ctx, found - 1, true);
}

int parse_xml(struct parse *p, mimeo_ctx *ctx, struct xml *x)
{
    enum xml_event event = XML_TEXT;
    int rc = 0;
    while (rc == 0 && (rc = xml_next(x, ctx, &event)) == 0 && event != XML_END) {
        if (event == XML_OPEN)
            rc = open_element(p, ctx, x);
        else if (event == XML_CLOSE)
            rc = close_element(p, ctx, x->name);
        else
            take_text(p, x->text);
    }
    return rc == 0 ? close_down_to(p, ctx, 0, false) : rc;
}
