/*
 * An article on a terminal: see article/render.h.
 *
 * One walk over the tree.  Inline elements add to the paragraph at hand (render_inline.c); blocks end it and set the
 * frames in front of the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article/render_state.h"
#include "base/limits.h"
#include "base/text.h"

/* ---- frames */

/* The marks take at most half of the width, however deep the nesting. */
static void push_frame(struct renderer *r, const char *first, const char *next)
{
    if (r->depth == RENDER_FRAMES) {
        r->too_deep++;
        return;
    }
    struct render_frame *f = &r->frames[r->depth];
    size_t width = r->options->width > 0 ? (size_t)r->options->width : 80;
    size_t cells = prefix_cells(r) + text_cells(view_of_str(next));
    bool room = cells <= width / 2;
    *f = (struct render_frame){.cells = room ? cells : prefix_cells(r)};
    snprintf(f->first, sizeof f->first, "%s", room ? first : "");
    snprintf(f->next, sizeof f->next, "%s", room ? next : "");
    r->depth++;
}

static void pop_frame(struct renderer *r)
{
    if (r->too_deep > 0)
        r->too_deep--;
    else if (r->depth > 0)
        r->depth--;
}

static long long attribute_number(const struct node *n, enum attribute_name name, long long none)
{
    const struct view *v = node_attribute(n, name);
    char text[16];
    if (v == NULL || v->len == 0 || v->len >= sizeof text)
        return none;
    memcpy(text, v->ptr, v->len);
    text[v->len] = 0;
    return strtoll(text, NULL, 10);
}

static long long count_items(const struct node *list)
{
    long long count = 0;
    for (const struct node *n = list->first_child; n != NULL; n = n->next)
        count += n->tag == TAG_LI;
    return count;
}

static int digits_of(long long number)
{
    char text[32];
    return snprintf(text, sizeof text, "%lld", number);
}

/* A frame without marks of its own that numbers its items. */
static void enter_list(struct renderer *r, const struct node *list)
{
    size_t before = r->depth;
    push_frame(r, "", "");
    if (r->depth == before)
        return;
    struct render_frame *f = &r->frames[before];
    long long count = count_items(list);
    bool reversed = node_attribute(list, ATTR_REVERSED) != NULL;
    f->is_list = true;
    f->ordered = list->tag == TAG_OL;
    f->step = reversed ? -1 : 1;
    f->number = attribute_number(list, ATTR_START, reversed ? count : 1);
    int first = digits_of(f->number), last = digits_of(f->number + f->step * (count - 1));
    f->digits = first > last ? first : last;
}

static void enter_item(struct renderer *r)
{
    static const char *const bullets[] = {"• ", "◦ ", "▪ "};
    struct render_frame *list = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
    char first[RENDER_MARK_LEN], next[RENDER_MARK_LEN];
    if (list != NULL && list->is_list && list->ordered) {
        int digits = list->digits < 20 ? list->digits : 20;
        snprintf(first, sizeof first, "%*lld. ", digits, list->number);
        snprintf(next, sizeof next, "%*s", digits + 2, "");
        list->number += list->step;
        push_frame(r, first, next);
        return;
    }
    size_t level = 0;
    for (size_t i = 0; i < r->depth; i++)
        level += r->frames[i].is_list && !r->frames[i].ordered;
    push_frame(r, bullets[(level == 0 ? 0 : level - 1) % 3], "  ");
}

/* ---- blocks */

static bool is_one_of_parents(const struct node *n, enum tag tag)
{
    while (n != NULL && n->tag != tag)
        n = n->parent;
    return n != NULL;
}

static bool is_heading(enum tag tag) { return tag >= TAG_H2 && tag <= TAG_H6; }


static void set_direction(struct renderer *r, const struct node *n)
{
    r->dir = NULL;
    for (; n != NULL && r->dir == NULL; n = n->parent) {
        const struct view *dir = n->tag == TAG_TEXT || !(tag_is_block(n->tag) || n->parent == NULL)
                                     ? NULL
                                     : node_attribute(n, ATTR_DIR);
        if (dir != NULL && view_equal_str(*dir, "rtl"))
            r->dir = "rtl";
        else if (dir != NULL && view_equal_str(*dir, "ltr"))
            r->dir = "ltr";
    }
}

static void enter_block(struct renderer *r, const struct node *n)
{
    flush_paragraph(r);
    set_direction(r, n);
    switch (n->tag) {
    case TAG_BLOCKQUOTE:
        put_gap(r);
        push_frame(r, "│ ", "│ ");
        break;
    case TAG_UL: case TAG_OL:
        r->gap = r->gap && !is_one_of_parents(n->parent, TAG_LI);
        enter_list(r, n);
        break;
    case TAG_LI: enter_item(r); break;
    case TAG_DD:
        r->gap = false;
        push_frame(r, "    ", "    ");
        break;
    case TAG_PRE:
        push_frame(r, "    ", "    ");
        r->preformatted = true;
        break;
    case TAG_FIGCAPTION: case TAG_CAPTION: r->gap = r->gap && n->tag == TAG_CAPTION; break;
    default: break;
    }
    style_begin(r, style_of(n->tag));
}

/* What is under a heading where there is no bold to tell it. */
static void underline(struct renderer *r, enum tag tag, size_t cells)
{
    if (!r->options->style && cells > 0 && (tag == TAG_H2 || tag == TAG_H3))
        put_rule(r, tag == TAG_H2 ? "=" : "-", cells);
}

static void leave_block(struct renderer *r, const struct node *n)
{
    size_t cells;
    style_end(r, style_of(n->tag));
    if (n->tag == TAG_PRE && r->text.len > 0 && r->text.ptr[r->text.len - 1] == '\n')
        r->text.len--; /* the line end in front of </pre> */
    cells = flush_paragraph(r);
    r->gap = true;
    switch (n->tag) {
    case TAG_BLOCKQUOTE: case TAG_DD: pop_frame(r); break;
    case TAG_PRE:
        r->preformatted = false;
        pop_frame(r);
        break;
    case TAG_UL: case TAG_OL:
        pop_frame(r);
        r->gap = !is_one_of_parents(n->parent, TAG_LI);
        break;
    case TAG_LI:
        pop_frame(r);
        r->gap = n->last_child != NULL && n->last_child->tag == TAG_P;
        break;
    case TAG_DT: r->gap = false; break;
    default:
        if (is_heading(n->tag))
            underline(r, n->tag, cells);
        break;
    }
    set_direction(r, n->parent);
}

static void put_thematic_break(struct renderer *r)
{
    size_t width = text_width(r);
    flush_paragraph(r);
    r->gap = true;
    put_gap(r);
    put_rule(r, "─", width == 0 || width > 40 ? 40 : width);
    r->gap = true;
}

static void walk(struct renderer *r, const struct node *root)
{
    const struct node *n = root;
    bool entering = true;
    do {
        if (n->tag == TAG_ROOT)
            continue;
        if (n->tag == TAG_HR) {
            if (entering)
                put_thematic_break(r);
        } else if (n->tag == TAG_TABLE) {
            flush_paragraph(r);
            set_direction(r, n);
            render_table(r, n);
            entering = false; /* past all that is in it */
        } else if (n->tag == TAG_TEXT || !tag_is_block(n->tag)) {
            if (entering)
                inline_enter(r, n);
            else
                inline_leave(r, n);
        } else if (entering) {
            enter_block(r, n);
        } else {
            leave_block(r, n);
        }
        if (r->rc == 0)
            r->rc = ctx_check_cancel(r->ctx);
    } while (r->rc == 0 && tree_walk(root, &n, &entering));
    flush_paragraph(r);
}

int render_terminal(struct buf *out, mimeo_ctx *ctx, const struct tree *t,
                    const struct render_options *options)
{
    struct renderer *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ctx_error_nomem(ctx);
    r->out = out;
    r->ctx = ctx;
    r->options = options;
    buf_init(&r->text, 8 * LIMIT_BODY_BLOCK);
    buf_init(&r->scratch, 8 * LIMIT_BODY_BLOCK);
    walk(r, tree_root((struct tree *)(uintptr_t)t));
    if (r->link_count > 0)
        put_links(r);
    int rc = r->rc;
    if (rc == 0)
        rc = buf_status(&r->text) < 0 ? buf_status(&r->text) : buf_status(out);
    buf_dispose(&r->text);
    buf_dispose(&r->scratch);
    free(r->links);
    free(r);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc == MIMEO_EMALFORMED
               ? ctx_error(ctx, rc, "the article is too large to be shown on a terminal")
               : rc;
}

int render_paragraph(struct buf *out, struct view text, int width, int first_indent, int indent)
{
    struct buf safe;
    struct wrapper w;
    struct wrap_line line;
    int here = first_indent;
    buf_init(&safe, 3 * text.len + 1);
    buf_append_printable(&safe, text, true);
    wrap_begin(&w, buf_view(&safe));
    while (w.more) {
        int cells = width <= 0 ? 0 : width - here < 10 ? 10 : width - here;
        if (!wrap_next(&w, (size_t)cells, &line))
            break;
        buf_appendf(out, "%*s", line.cells > 0 ? here : 0, "");
        buf_append_view(out, line.text);
        buf_append_byte(out, '\n');
        here = indent;
    }
    int rc = buf_status(&safe) < 0 ? buf_status(&safe) : buf_status(out);
    buf_dispose(&safe);
    return rc;
}
