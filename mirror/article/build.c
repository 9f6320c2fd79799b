/*
 * The clean tree, made from the parser's events.
 *
 * The stack holds what the source has open; an element gets its node in the tree when there is
 * content for it ("is realized"), so what is empty goes by itself.  Blocks end every line and
 * inline element: <b>one<p>two</p></b> becomes <b>one</b><p><b>two</b></p>.  So no inline element
 * is ever open across a block, and none of the parser's repairs (adoption agency, reconstruction)
 * has anything to do when it reads again what is written.
 *
 * What a reader would get wrong: cleaning twice changes nothing only as long as every decision
 * depends on the tree so far and on the content that follows, never on what was left out.
 */
#include "article/build.h"

#include <stdio.h>
#include <stdlib.h>

#include "article/html_parser.h"
#include "article/nest.h"
#include "article/tree_build.h"
#include "article/values.h"
#include "base/limits.h"

#define REOPENED_MAX 65536 /* inline elements, over a whole body: else a few tags make gigabytes */

struct entry {
    int tag;                      /* an enum tag that is kept, or HTML_INLINE, HTML_BLOCK */
    enum shape shape;             /* where it is kept */
    struct attribute *attributes;
    struct node *node;            /* NULL: not realized, or closed by a block */
    bool realized;                /* has been */
    size_t base, line;            /* entry + 1 of the innermost container and line; 0: root, none */
    size_t blocks, inlines;       /* depth in the tree */
};

struct builder {
    mimeo_ctx *ctx;
    const struct clean_options *options;
    struct tree *tree;
    struct entry stack[LIMIT_HTML_DEPTH + 1];
    size_t depth;
    struct node *at;              /* where content goes */
    bool broken;                  /* a block began or ended since the last content */
    char gap;                     /* what to put between blocks that became one line; 0: nothing */
    size_t reopened;
    struct node *writing;         /* the text node whose characters are in `text` */
    struct buf text, scratch;
    int rc;
};

static bool is_kept(const struct entry *e) { return e->tag < HTML_INLINE; }

static bool is_container(const struct entry *e)
{
    return is_kept(e) && (e->shape == SHAPE_FLOW || e->shape == SHAPE_PARTS);
}

static const struct entry *top_of(const struct builder *b)
{
    return &b->stack[b->depth]; /* stack[0] is the root */
}

/* No parser lets anything but col into a colgroup; one that was taken over may say so. */
static bool is_misplaced(const struct builder *b, int tag)
{
    return b->stack[top_of(b)->base].tag == TAG_COLGROUP && tag != TAG_COL;
}

static enum tag line_tag(const struct builder *b)
{
    const struct entry *e = top_of(b);
    return e->line == 0 ? TAG_TEXT : (enum tag)b->stack[e->line].tag;
}

/* ---- nodes */

static struct node *append(struct builder *b, struct node *parent, enum tag tag)
{
    struct node *n = tree_append(b->tree, parent, tag);
    if (n == NULL) {
        b->rc = ctx_error_nomem(b->ctx);
        return parent; /* a node at least, until the caller sees the code */
    }
    return n;
}

static void flush_text(struct builder *b)
{
    if (b->writing == NULL)
        return;
    const char *bytes = arena_string(&b->tree->arena, buf_view(&b->text));
    if (bytes == NULL || buf_status(&b->text) < 0)
        b->rc = ctx_error_nomem(b->ctx);
    else
        b->writing->text = view_of(bytes, b->text.len);
    b->writing = NULL;
}

/* Text that follows text is one with it, as it will be for who parses what is written. */
static void write_text(struct builder *b, struct view v)
{
    struct node *last = b->at->last_child;
    if (last == NULL || last->tag != TAG_TEXT)
        last = append(b, b->at, TAG_TEXT);
    if (b->rc < 0)
        return;
    if (last != b->writing) {
        flush_text(b);
        buf_clear(&b->text);
        if (last->text.len > 0)
            buf_append_view(&b->text, last->text);
        b->writing = last;
    }
    buf_append_view(&b->text, v);
}

/* ---- blocks */

static void close_lines(struct builder *b)
{
    for (size_t i = 1; i <= b->depth; i++) {
        if (!is_container(&b->stack[i]))
            b->stack[i].node = NULL;
    }
}

/* The node of the innermost container that has one. */
static struct node *base_node(const struct builder *b)
{
    size_t base = top_of(b)->base;
    while (b->stack[base].node == NULL)
        base = b->stack[base - 1].base;
    return b->stack[base].node;
}

static void boundary(struct builder *b)
{
    close_lines(b);
    b->at = base_node(b);
    b->broken = true;
    b->gap = 0;
}

/* Go down from b->at through what must stand around `tag`, into what is there already. */
static void go_into_implied(struct builder *b, enum tag tag)
{
    enum tag implied;
    while (b->rc == 0 && (implied = nest_implied(b->at->tag, tag)) != TAG_TEXT) {
        struct node *last = b->at->last_child;
        b->at = last != NULL && last->tag == implied ? last : append(b, b->at, implied);
    }
}

static void append_block(struct builder *b, enum tag tag, struct attribute *attributes)
{
    go_into_implied(b, tag);
    if (b->rc == 0)
        b->at = append(b, b->at, tag);
    if (b->rc == 0)
        b->at->attributes = attributes;
    b->broken = false;
}

static void realize_containers(struct builder *b)
{
    size_t base = top_of(b)->base;
    if (b->stack[base].node != NULL)
        return;
    boundary(b);
    for (size_t i = 1; i <= base && b->rc == 0; i++) {
        struct entry *e = &b->stack[i];
        if (!is_container(e) || e->node != NULL)
            continue;
        append_block(b, (enum tag)e->tag, e->attributes);
        e->node = b->at;
    }
}

static void append_void_block(struct builder *b, enum tag tag, struct attribute *attributes)
{
    realize_containers(b);
    boundary(b);
    append_block(b, tag, attributes);
    boundary(b);
}

/* ---- lines */

/* Is there a block that is not ours around the content, within its container? */
static bool is_in_foreign_block(const struct builder *b)
{
    size_t i = b->depth;
    while (i > top_of(b)->base && b->stack[i].tag != HTML_BLOCK)
        i--;
    return i > top_of(b)->base;
}

static bool ends_in_line(const struct node *n)
{
    return n->last_child != NULL && !tag_is_block(n->last_child->tag);
}

/* Text of a <div>, and text that a block divided from other text, becomes a paragraph. */
static bool needs_paragraph(const struct builder *b)
{
    if (b->broken && ends_in_line(b->at))
        return true;
    return (b->at->tag == TAG_ROOT || b->at->tag == TAG_BLOCKQUOTE) && is_in_foreign_block(b);
}

static void realize_line(struct builder *b)
{
    struct entry *line = top_of(b)->line == 0 ? NULL : &b->stack[top_of(b)->line];
    if (line != NULL && line->node == NULL) {
        boundary(b);
        append_block(b, (enum tag)line->tag, line->attributes);
        line->node = b->at;
    } else if (line == NULL && b->at == base_node(b)) {
        go_into_implied(b, TAG_TEXT);
        if (b->rc == 0 && needs_paragraph(b))
            b->at = append(b, b->at, TAG_P);
    }
}

static void realize_inlines(struct builder *b)
{
    for (size_t i = 1; i <= b->depth && b->rc == 0; i++) {
        struct entry *e = &b->stack[i];
        if (!is_kept(e) || e->shape != SHAPE_INLINE || e->node != NULL)
            continue;
        if (e->realized && b->reopened++ >= REOPENED_MAX)
            return;
        b->at = e->node = append(b, b->at, (enum tag)e->tag);
        e->realized = true;
        if (b->rc == 0)
            e->node->attributes = e->attributes;
    }
}

/* Make b->at the place for text and what is like it. */
static void begin_content(struct builder *b)
{
    realize_containers(b);
    if (b->rc == 0)
        realize_line(b);
    if (b->rc == 0)
        realize_inlines(b);
    if (b->rc == 0 && b->gap != 0)
        write_text(b, view_of(&b->gap, 1));
    b->gap = 0;
    b->broken = false;
}

/* White space where nothing of a line is yet says nothing. */
static bool is_idle_space(const struct builder *b)
{
    const struct entry *e = top_of(b);
    if (line_tag(b) == TAG_PRE)
        return false;
    if (b->gap != 0 || b->broken || b->stack[e->base].node == NULL)
        return true;
    if (e->line != 0)
        return b->stack[e->line].node == NULL;
    const struct node *n = b->at;
    while (nest_shape(n->tag) == SHAPE_INLINE)
        n = n->parent;
    return nest_shape(n->tag) == SHAPE_PARTS || !ends_in_line(n);
}

static void take_text(struct builder *b, struct view v)
{
    buf_clear(&b->scratch);
    if (is_misplaced(b, TAG_TEXT))
        return;
    if (text_clean(&b->scratch, v) < 0) {
        b->rc = ctx_error_nomem(b->ctx);
        return;
    }
    v = buf_view(&b->scratch);
    if (v.len == 0 || (text_is_white(v) && is_idle_space(b)))
        return;
    begin_content(b);
    if (b->rc == 0)
        write_text(b, v);
}

/* ---- elements */

static bool asks_for_picture(const struct builder *b, int tag)
{
    return tag == TAG_IMG && b->options->picture != NULL;
}

static void set_attribute(struct builder *b, struct attribute **list, enum tag tag,
                          enum attribute_name name, struct view raw)
{
    buf_clear(&b->scratch);
    if (value_clean(&b->scratch, tag, name, raw, b->options->base_url) &&
        tree_set_attribute(b->tree, list, name, buf_view(&b->scratch)) < 0)
        b->rc = ctx_error_nomem(b->ctx);
}

static struct attribute *take_attributes(struct builder *b, const struct html_event *e)
{
    struct attribute *list = NULL;
    for (size_t i = 0; i < e->attribute_count && b->rc == 0; i++) {
        const struct html_attribute *a = &e->attributes[i];
        bool from_caller = asks_for_picture(b, e->tag) &&
                           (a->name == ATTR_SRC || a->name == ATTR_WIDTH || a->name == ATTR_HEIGHT);
        if (!from_caller)
            set_attribute(b, &list, (enum tag)e->tag, a->name, a->value);
    }
    return list;
}

static const struct view *value_in(const struct attribute *list, enum attribute_name name)
{
    const struct node n = {.attributes = (struct attribute *)(uintptr_t)list};
    return node_attribute(&n, name);
}

/* The first src, without controls and the spaces around; it stays in b->scratch. */
static struct view picture_source(struct builder *b, const struct html_event *e)
{
    buf_clear(&b->scratch);
    for (size_t i = 0; i < e->attribute_count; i++) {
        if (e->attributes[i].name == ATTR_SRC) {
            text_clean(&b->scratch, e->attributes[i].value);
            break;
        }
    }
    struct view v = buf_view(&b->scratch);
    while (v.len > 0 && text_is_white(view_of(v.ptr, 1)))
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && text_is_white(view_of(v.ptr + v.len - 1, 1)))
        v.len--;
    return v;
}

static void set_side(struct builder *b, struct attribute **list, enum attribute_name name,
                     uint32_t pixels)
{
    char number[16];
    int len = snprintf(number, sizeof number, "%u", pixels);
    if (pixels > 0)
        set_attribute(b, list, TAG_IMG, name, view_of(number, (size_t)len));
}

/* Ask the caller what the picture becomes; false where it goes. */
static bool take_picture(struct builder *b, const struct html_event *e, struct attribute **list)
{
    struct clean_picture picture = {.width = 0};
    const struct view *alt = value_in(*list, ATTR_ALT);
    int rc = b->options->picture(&picture, b->ctx, picture_source(b, e),
                                 alt == NULL ? (struct view){NULL, 0} : *alt,
                                 b->options->payload);
    if (rc <= 0) {
        b->rc = rc;
        return false;
    }
    set_attribute(b, list, TAG_IMG, ATTR_SRC, view_of_str(picture.hash));
    set_side(b, list, ATTR_WIDTH, picture.width);
    set_side(b, list, ATTR_HEIGHT, picture.height);
    return true;
}

static void take_void(struct builder *b, const struct html_event *e)
{
    struct attribute *list = take_attributes(b, e);
    enum tag tag = (enum tag)e->tag;
    if (is_misplaced(b, e->tag))
        return;
    if (b->rc == 0 && asks_for_picture(b, e->tag) && !take_picture(b, e, &list))
        return;
    if (b->rc < 0 || (tag == TAG_IMG && value_in(list, ATTR_SRC) == NULL))
        return;
    if (tag == TAG_HR || tag == TAG_COL) {
        append_void_block(b, tag, list);
        return;
    }
    begin_content(b);
    if (b->rc == 0) {
        struct node *n = append(b, b->at, tag);
        if (b->rc == 0)
            n->attributes = list;
    }
}

/* A block that is not ours begins or ends. */
static void foreign_block_edge(struct builder *b)
{
    enum tag line = line_tag(b);
    if (line == TAG_TEXT || line == TAG_P)
        boundary(b);
    else if (b->stack[top_of(b)->line].node != NULL)
        b->gap = line == TAG_PRE ? '\n' : ' ';
}

/* Is the inline element one that may be here?  An `a` in an `a`, or a ruby text out of its ruby,
 * would be moved by the parser. */
static bool inline_may_stand(const struct builder *b, int tag)
{
    const struct entry *top = top_of(b);
    size_t i = b->depth;
    if (top->inlines == NEST_INLINES)
        return false;
    if (tag == TAG_RT || tag == TAG_RP) {
        while (i > 0 && !(is_kept(&b->stack[i]) && b->stack[i].shape == SHAPE_INLINE))
            i--;
        return i > top->base && i > top->line && b->stack[i].tag == TAG_RUBY;
    }
    for (; tag == TAG_A && i > 0; i--) {
        if (b->stack[i].tag == TAG_A)
            return false;
    }
    return true;
}

static int line_becomes(const struct builder *b, int tag)
{
    const struct entry *top = top_of(b);
    enum tag outer = line_tag(b);
    bool in_empty_heading = outer != TAG_TEXT && outer != TAG_P && outer != TAG_PRE &&
                            b->stack[top->line].node == NULL;
    return outer == TAG_PRE || (in_empty_heading && tag == TAG_P) ? HTML_BLOCK : tag;
}

static int container_becomes(const struct builder *b, int tag, size_t *blocks)
{
    enum tag outer = (enum tag)b->stack[top_of(b)->base].tag;
    *blocks += 1;
    if (tag == TAG_FIGCAPTION && outer != TAG_FIGURE)
        return HTML_BLOCK;
    for (enum tag t; (t = nest_implied(outer, (enum tag)tag)) != TAG_TEXT; outer = t)
        *blocks += 1;
    return *blocks > NEST_BLOCKS ? HTML_BLOCK : tag;
}

static void push(struct builder *b, const struct html_event *event)
{
    const struct entry *top = top_of(b);
    struct entry e = {.tag = event->tag, .base = top->base, .line = top->line,
                      .blocks = top->blocks, .inlines = top->inlines};
    size_t blocks = top->blocks;
    if (is_misplaced(b, e.tag))
        e.tag = HTML_INLINE;
    if (is_kept(&e)) {
        e.shape = nest_shape((enum tag)e.tag);
        if (e.shape == SHAPE_INLINE)
            e.tag = inline_may_stand(b, e.tag) ? e.tag : HTML_INLINE;
        else if (e.shape == SHAPE_LINE)
            e.tag = line_becomes(b, e.tag);
        else
            e.tag = container_becomes(b, e.tag, &blocks);
    }
    if (is_kept(&e))
        e.attributes = take_attributes(b, event);
    if (e.tag == TAG_A && value_in(e.attributes, ATTR_HREF) == NULL)
        e.tag = HTML_INLINE;
    size_t index = ++b->depth;
    if (is_container(&e)) {
        e.base = index;
        e.line = 0;
        e.blocks = blocks;
    } else if (is_kept(&e)) {
        e.line = e.shape == SHAPE_LINE ? index : e.line;
        e.inlines += e.shape == SHAPE_INLINE;
    }
    b->stack[index] = e;
    if (e.tag == HTML_BLOCK)
        foreign_block_edge(b);
    if (is_container(&e) && nest_keeps_empty((enum tag)e.tag))
        realize_containers(b);
}

static void pop(struct builder *b)
{
    const struct entry e = b->stack[b->depth--];
    if (e.tag == HTML_BLOCK)
        foreign_block_edge(b);
    else if (is_kept(&e) && e.shape != SHAPE_INLINE)
        boundary(b);
    else if (is_kept(&e) && e.node != NULL)
        b->at = e.node->parent;
}

static int malformed(struct builder *b)
{
    return ctx_error(b->ctx, MIMEO_EMALFORMED, "the HTML could not be read: its parser failed");
}

static void take_event(struct builder *b, const struct html_event *e)
{
    static const struct html_event nothing = {.type = HTML_OPEN, .tag = HTML_INLINE};
    bool is_void = e->type == HTML_OPEN && e->tag < HTML_INLINE && tag_is_void((enum tag)e->tag);
    if (e->type == HTML_TEXT)
        take_text(b, e->text);
    else if (e->type == HTML_CLOSE ? b->depth == 0 : b->depth == LIMIT_HTML_DEPTH)
        b->rc = malformed(b);
    else if (e->type == HTML_CLOSE)
        pop(b);
    else if (!is_void)
        push(b, e);
    else {
        take_void(b, e);
        push(b, &nothing); /* for its HTML_CLOSE */
    }
}

int build_tree(struct tree **out, mimeo_ctx *ctx, struct view events,
               const struct clean_options *options)
{
    struct builder *b = calloc(1, sizeof *b);
    struct html_event *e = calloc(1, sizeof *e);
    struct tree *tree = tree_new();
    int rc = MIMEO_ENOMEM;
    if (b != NULL && e != NULL && tree != NULL) {
        struct cursor c = cursor_of(events);
        b->ctx = ctx;
        b->options = options;
        b->tree = tree;
        b->at = b->stack[0].node = tree_root(tree);
        b->stack[0].tag = TAG_ROOT;
        buf_init(&b->text, events.len + REOPENED_MAX);
        buf_init(&b->scratch, 4 * events.len + 4 * KIB);
        while (b->rc == 0 && html_event_next(&c, e)) {
            take_event(b, e);
            if (b->rc == 0)
                b->rc = ctx_check_cancel(ctx);
        }
        if (b->rc == 0 && c.left > 0)
            b->rc = malformed(b);
        if (b->rc == 0)
            flush_text(b);
        rc = b->rc;
        buf_dispose(&b->text);
        buf_dispose(&b->scratch);
    } else {
        ctx_error_nomem(ctx);
    }
    free(e);
    free(b);
    if (rc < 0)
        tree_free(tree);
    else
        *out = tree;
    return rc;
}
