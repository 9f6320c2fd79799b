/*
 * Building the tree (HTML standard 13.2.6), from the tokens of dom_token.c.
 *
 * What a reader would get wrong: `open` holds what is open, and an element may leave it from the
 * middle (a form, formatting) while what is open within stays its child in the tree.
 */
#include "extract/dom.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "extract/dom_token.h"

#define NODES_MAX (500 * 1000)

struct dom {
    struct arena arena;
    struct dom_node *root, *head, *body;
    size_t count;
};

struct builder {
    struct dom *dom;
    struct cursor c;
    struct buf scratch;
    struct dom_node *open[LIMIT_HTML_DEPTH];
    size_t depth;
    uint32_t opened[DOM_TAG_COUNT];  /* how many of each are in `open` */
    uint32_t flat[DOM_TAG_COUNT];    /* … and were too deep to be put there */
    bool in_head;
    bool full;
    bool nomem;
};

/* ---- nodes */

static struct dom_node *new_node(struct builder *b, struct dom_node *parent, enum dom_tag tag)
{
    struct dom_node *n = NULL;
    if (b->dom->count < NODES_MAX)
        n = arena_alloc(&b->dom->arena, sizeof *n);
    else
        b->full = true;
    if (n == NULL) {
        b->nomem = true;
        return NULL;
    }
    n->tag = tag;
    n->index = (uint32_t)b->dom->count++;
    n->parent = parent;
    if (parent != NULL) {
        n->prev = parent->last;
        if (parent->last != NULL)
            parent->last->next = n;
        else
            parent->first = n;
        parent->last = n;
    }
    return n;
}

/* Decoded where there is something to decode. */
static struct view decoded(struct builder *b, struct view raw)
{
    if (raw.len == 0 || memchr(raw.ptr, '&', raw.len) == NULL)
        return raw;
    buf_clear(&b->scratch);
    char *copy = dom_decode(&b->scratch, raw) == 0 ? arena_string(&b->dom->arena, buf_view(&b->scratch)) : NULL;
    b->nomem = b->nomem || copy == NULL;
    return copy == NULL ? raw : view_of(copy, b->scratch.len);
}

static struct view lower_name(struct builder *b, struct view raw)
{
    size_t i = 0;
    while (i < raw.len && !(raw.ptr[i] >= 'A' && raw.ptr[i] <= 'Z'))
        i++;
    char *copy = i < raw.len ? arena_string(&b->dom->arena, raw) : NULL;
    for (i = 0; copy != NULL && i < raw.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] | 0x20);
    return copy == NULL ? raw : view_of(copy, raw.len);
}

static void set_attributes(struct builder *b, struct dom_node *n, const struct dom_token *t)
{
    size_t count = t->attribute_count;
    if (n == NULL || count == 0 || n->attribute_count > 0)
        return;
    n->attributes = arena_alloc(&b->dom->arena, count * sizeof *n->attributes);
    if (n->attributes == NULL) {
        b->nomem = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        n->attributes[i].name = lower_name(b, t->attributes[i].name);
        n->attributes[i].value = decoded(b, t->attributes[i].value);
    }
    n->attribute_count = (uint32_t)count;
}

/* ---- what is open */

static struct dom_node *current(const struct builder *b) { return b->open[b->depth - 1]; }

static void push(struct builder *b, struct dom_node *n)
{
    if (b->depth == LIMIT_HTML_DEPTH) {
        b->flat[n->tag]++;
        return;
    }
    b->open[b->depth++] = n;
    b->opened[n->tag]++;
}

static void close_to(struct builder *b, size_t depth)
{
    while (b->depth > depth)
        b->opened[b->open[--b->depth]->tag]--;
}

/* From the middle: what is open within stays open. */
static void take_out(struct builder *b, size_t at)
{
    b->opened[b->open[at]->tag]--;
    b->depth--;
    memmove(&b->open[at], &b->open[at + 1], (b->depth - at) * sizeof b->open[0]);
}

static bool is_list(enum dom_tag t) { return t == DOM_UL || t == DOM_OL || t == DOM_MENU || t == DOM_DIR; }
static bool is_special(enum dom_tag t) { return (dom_tag_flags(t) & (DOM_IS_BLOCK | DOM_IS_BOUNDARY)) != 0; }

/* Close the innermost open `tag`, unless one of the elements that bound it comes first. */
static void close_implied(struct builder *b, enum dom_tag tag, bool (*bounds)(enum dom_tag))
{
    if (b->opened[tag] == 0)
        return;
    for (size_t i = b->depth; i-- > 0 && !bounds(b->open[i]->tag);) {
        if (b->open[i]->tag == tag) {
            close_to(b, i);
            return;
        }
    }
}

static bool bounds_p(enum dom_tag t) { return (dom_tag_flags(t) & DOM_IS_BOUNDARY) != 0; }
static bool bounds_item(enum dom_tag t)
{
    return is_list(t) || t == DOM_DL || (is_special(t) && t != DOM_LI && t != DOM_DD && t != DOM_DT &&
                                         t != DOM_P && t != DOM_DIV && t != DOM_ADDRESS);
}
static bool bounds_row(enum dom_tag t) { return t == DOM_TABLE || t == DOM_TEMPLATE; }

static bool is_section(enum dom_tag t)
{
    return t == DOM_TBODY || t == DOM_THEAD || t == DOM_TFOOT || t == DOM_CAPTION || t == DOM_COLGROUP;
}

static void close_section(struct builder *b)
{
    static const enum dom_tag sections[] = {DOM_TBODY, DOM_THEAD, DOM_TFOOT, DOM_CAPTION, DOM_COLGROUP};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        close_implied(b, sections[i], bounds_row);
}

/* What stands astray between a table's rows and cells (13.2.6.4.13 and on). */
static void clear_to_row(struct builder *b)
{
    while (!bounds_row(current(b)->tag) && !is_section(current(b)->tag) && current(b)->tag != DOM_TR)
        close_to(b, b->depth - 1);
}

/* An open link ends where another begins; what is open within is lifted out of it. */
static void end_formatting(struct builder *b, enum dom_tag tag)
{
    size_t at = b->depth;
    if (b->opened[tag] == 0)
        return;
    while (at-- > 0 && b->open[at]->tag != tag)
        if (bounds_p(b->open[at]->tag))
            return;
    size_t block = at + 1;
    while (block < b->depth && !is_special(b->open[block]->tag))
        block++;
    if (block == b->depth) {
        close_to(b, at);
        return;
    }
    struct dom_node *out = b->open[block], *old = b->open[at], *parent = old->parent;
    if (out->parent != NULL && out->next == NULL && parent != NULL && old->next == NULL) {
        out->parent->last = out->prev;
        if (out->prev != NULL)
            out->prev->next = NULL;
        else
            out->parent->first = NULL;
        out->parent = parent;
        out->prev = old;
        old->next = out;
        parent->last = out;
    }
    take_out(b, at);
}

/* ---- tags */

/* False where the start tag is passed over. */
static bool make_room(struct builder *b, enum dom_tag tag)
{
    unsigned flags = dom_tag_flags(tag);
    if (flags & DOM_IS_BLOCK && !is_section(tag) && tag != DOM_TR && tag != DOM_TD && tag != DOM_TH)
        close_implied(b, DOM_P, bounds_p);
    if (flags & (DOM_IS_BLOCK | DOM_IS_RAW) || tag == DOM_INPUT)
        close_implied(b, DOM_SELECT, bounds_row);
    switch (tag) {
    case DOM_LI: close_implied(b, DOM_LI, bounds_item); break;
    case DOM_DD: case DOM_DT:
        close_implied(b, DOM_DD, bounds_item);
        close_implied(b, DOM_DT, bounds_item);
        break;
    case DOM_TD: case DOM_TH: case DOM_TR: case DOM_TBODY: case DOM_THEAD: case DOM_TFOOT:
    case DOM_CAPTION: case DOM_COLGROUP: case DOM_COL:
        if (b->opened[DOM_TABLE] == 0)
            return false;
        close_implied(b, DOM_TD, bounds_row);
        close_implied(b, DOM_TH, bounds_row);
        if (tag != DOM_TD && tag != DOM_TH)
            close_implied(b, DOM_TR, bounds_row);
        if (is_section(tag))
            close_section(b);
        clear_to_row(b);
        break;
    case DOM_A: case DOM_NOBR: end_formatting(b, tag); break;
    case DOM_BUTTON: close_implied(b, DOM_BUTTON, bounds_row); break;
    case DOM_OPTION: case DOM_OPTGROUP: close_implied(b, DOM_OPTION, bounds_p); break;
    case DOM_FORM: return b->opened[DOM_FORM] == 0;
    case DOM_FRAMESET: case DOM_FRAME: return false;
    default:
        if (dom_is_heading(tag) && dom_is_heading(current(b)->tag))
            close_to(b, b->depth - 1);
    }
    return true;
}

static void open_body(struct builder *b)
{
    if (!b->in_head)
        return;
    close_to(b, 1);
    b->in_head = false;
    b->dom->body = new_node(b, b->dom->root, DOM_BODY);
    if (b->dom->body != NULL)
        push(b, b->dom->body);
}

/* html, head and body are there once each; true where `t` was one of them. */
static bool take_frame_tag(struct builder *b, const struct dom_token *t)
{
    if (t->tag == DOM_BODY)
        open_body(b);
    if (t->tag == DOM_HTML)
        set_attributes(b, b->dom->root, t);
    else if (t->tag == DOM_BODY)
        set_attributes(b, b->dom->body, t);
    return t->tag == DOM_HTML || t->tag == DOM_HEAD || t->tag == DOM_BODY;
}

static bool holds_json(const struct dom_node *n)
{
    struct view type = dom_attribute(n, "type");
    return type.len >= 4 && memmem(type.ptr, type.len, "json", 4) != NULL;
}

static void take_raw(struct builder *b, struct dom_node *n)
{
    struct view raw = dom_token_raw(&b->c, n->tag);
    bool title = n->tag == DOM_TITLE;
    if (raw.len == 0 || !(title || n->tag == DOM_XMP || (n->tag == DOM_SCRIPT && holds_json(n))))
        return;
    struct dom_node *text = new_node(b, n, DOM_TEXT);
    if (text != NULL)
        text->text = title ? decoded(b, raw) : raw;
}

static void open_tag(struct builder *b, struct dom_token *t)
{
    if (take_frame_tag(b, t))
        return;
    unsigned flags = dom_tag_flags(t->tag);
    if (b->in_head && !(flags & DOM_IS_HEAD) && current(b)->tag == DOM_HEAD)
        open_body(b);
    if (flags & DOM_IS_GONE) {
        if (!t->self_closing)
            dom_token_skip(&b->c, t->tag);
        return;
    }
    if (!make_room(b, t->tag))
        return;
    if (t->tag == DOM_IMAGE)
        t->tag = DOM_IMG;
    struct dom_node *n = new_node(b, current(b), t->tag);
    if (n == NULL)
        return;
    n->text = t->text;
    set_attributes(b, n, t);
    if (flags & DOM_IS_RAW)
        take_raw(b, n);
    else if (!(flags & DOM_IS_VOID))
        push(b, n);
}

/* Does an end tag `tag` not reach past this one? */
static bool stops_end(enum dom_tag open, enum dom_tag tag)
{
    bool of_table = is_section(tag) || tag == DOM_TR || tag == DOM_TD || tag == DOM_TH || tag == DOM_TABLE;
    if (of_table)
        return open == DOM_TEMPLATE || (open == DOM_TABLE && tag != DOM_TABLE);
    if (tag == DOM_LI && is_list(open))
        return true;
    return is_special(tag) ? bounds_p(open) : is_special(open);
}

static void close_heading(struct builder *b)
{
    for (size_t i = b->depth; i-- > 1 && !bounds_p(b->open[i]->tag);)
        if (dom_is_heading(b->open[i]->tag)) {
            close_to(b, i);
            return;
        }
}

static void close_tag(struct builder *b, enum dom_tag tag)
{
    if (tag == DOM_BR && !b->in_head)
        new_node(b, current(b), DOM_BR);
    if (tag == DOM_HEAD || tag == DOM_BODY || tag == DOM_HTML || (dom_tag_flags(tag) & DOM_IS_VOID))
        return;
    if (b->flat[tag] > 0) {
        b->flat[tag]--;
        return;
    }
    if (dom_is_heading(tag)) {
        close_heading(b);
        return;
    }
    if (b->opened[tag] == 0)
        return;
    if (dom_tag_flags(tag) & DOM_IS_FORMATTING) {
        end_formatting(b, tag);
        return;
    }
    for (size_t i = b->depth; i-- > 1;) {
        if (b->open[i]->tag == tag) {
            if (tag == DOM_FORM && i + 1 < b->depth)
                take_out(b, i);
            else
                close_to(b, i);
            return;
        }
        if (stops_end(b->open[i]->tag, tag))
            return;
    }
}

static bool is_blank(struct view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (strchr(" \t\n\f\r", v.ptr[i]) == NULL)
            return false;
    return true;
}

static void add_text(struct builder *b, struct view raw)
{
    if (b->in_head && current(b)->tag == DOM_HEAD) {
        if (is_blank(raw))
            return;
        open_body(b);
    }
    struct dom_node *n = b->nomem ? NULL : new_node(b, current(b), DOM_TEXT);
    if (n != NULL)
        n->text = decoded(b, raw);
}

/* ---- */

static int build(struct builder *b, mimeo_ctx *ctx)
{
    struct dom_token t;
    int rc = 0;
    b->dom->root = new_node(b, NULL, DOM_HTML);
    if (b->dom->root != NULL)
        b->dom->head = new_node(b, b->dom->root, DOM_HEAD);
    if (b->nomem)
        return ctx_error_nomem(ctx);
    b->in_head = true;
    push(b, b->dom->root);
    push(b, b->dom->head);
    while (rc == 0 && !b->nomem && dom_token_next(&b->c, &t)) {
        switch (t.type) {
        case DOM_TOKEN_TEXT: add_text(b, t.text); break;
        case DOM_TOKEN_OPEN: open_tag(b, &t); break;
        case DOM_TOKEN_CLOSE: close_tag(b, t.tag); break;
        }
        rc = ctx_check_cancel(ctx);
    }
    open_body(b);
    if (rc == 0 && b->full)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "the page holds more than %d elements and texts", NODES_MAX);
    else if (rc == 0 && b->nomem)
        rc = ctx_error_nomem(ctx);
    return rc;
}

int dom_parse(struct dom **out, mimeo_ctx *ctx, struct view utf8)
{
    if (utf8.len > LIMIT_HTML)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the page has %zu bytes; at most %zu MiB are taken", utf8.len,
                         LIMIT_HTML / MIB);
    if (!utf8_valid(utf8))
        return ctx_error(ctx, MIMEO_EMALFORMED, "the page is not valid UTF-8; convert it first");
    struct dom *d = calloc(1, sizeof *d);
    struct builder *b = calloc(1, sizeof *b);
    int rc = d == NULL || b == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0) {
        b->dom = d;
        b->c = cursor_of(utf8);
        buf_init(&b->scratch, LIMIT_HTML);
        rc = build(b, ctx);
        buf_dispose(&b->scratch);
    }
    free(b);
    if (rc == 0)
        *out = d;
    else
        dom_free(d);
    return rc;
}

void dom_free(struct dom *d)
{
    if (d != NULL)
        arena_dispose(&d->arena);
    free(d);
}

struct dom_node *dom_root(const struct dom *d) { return d->root; }
struct dom_node *dom_head(const struct dom *d) { return d->head; }
struct dom_node *dom_body(const struct dom *d) { return d->body; }
size_t dom_count(const struct dom *d) { return d->count; }
void *dom_alloc(struct dom *d, size_t size) { return arena_alloc(&d->arena, size); }
