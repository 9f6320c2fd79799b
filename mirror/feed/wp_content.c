/*
 * A post's content as WordPress keeps it: HTML in which blank lines are paragraphs, unless the block editor wrote it, which
 * marks its blocks by comments and writes paragraphs itself.
 */
#include <string.h>

#include "extract/dom_tags.h"
#include "feed/wxr.h"

/* An address alone on its line is shown as what it leads to; here as a link. */
static bool is_address(struct view line)
{
    if (!view_starts_with(line, "http://") && !view_starts_with(line, "https://"))
        return false;
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] <= ' ' || line.ptr[i] == '<' || line.ptr[i] == '"' || line.ptr[i] == '>')
            return false;
    return true;
}

static void put_link(struct buf *out, struct view address)
{
    buf_append_str(out, "<p><a href=\"");
    buf_append_view(out, address);
    buf_append_str(out, "\">");
    buf_append_view(out, address);
    buf_append_str(out, "</a></p>\n");
}

static bool take_line(struct cursor *c, struct view *line)
{
    if (c->left == 0)
        return false;
    if (!cursor_line(c, line))
        cursor_take(c, c->left, line);
    return true;
}

static void link_lines(struct buf *out, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view line;
    while (take_line(&c, &line)) {
        if (is_address(view_trim(line))) {
            put_link(out, view_trim(line));
        } else {
            buf_append_view(out, line);
            buf_append_byte(out, '\n');
        }
    }
}

/* ---- paragraphs */

/* The element whose tag begins here, or DOM_TEXT for none. */
static enum dom_tag tag_here(struct view v, bool *closes)
{
    *closes = v.len > 1 && v.ptr[1] == '/';
    size_t from = *closes ? 2 : 1, end = from;
    if (v.len < 3 || v.ptr[0] != '<')
        return DOM_TEXT;
    while (end < v.len && v.ptr[end] != '>' && v.ptr[end] != ' ' && v.ptr[end] != '/' && v.ptr[end] != '\n')
        end++;
    return dom_tag_of(view_of(v.ptr + from, end - from));
}

static bool is_block(enum dom_tag tag)
{
    return tag != DOM_TEXT && (dom_is_block(tag) || tag == DOM_HR || tag == DOM_IFRAME || tag == DOM_SCRIPT ||
                               tag == DOM_STYLE || tag == DOM_TR || tag == DOM_TD || tag == DOM_TH || tag == DOM_TBODY);
}

static bool keeps_lines(enum dom_tag tag)
{
    return tag == DOM_PRE || tag == DOM_SCRIPT || tag == DOM_STYLE || tag == DOM_TABLE || tag == DOM_TEXTAREA;
}

/* Follow which element that keeps its lines is open at the end of `line`; DOM_TEXT for none. */
static enum dom_tag follow(enum dom_tag open, struct view line)
{
    for (size_t i = 0; i < line.len; i++) {
        bool closes;
        enum dom_tag tag = line.ptr[i] == '<' ? tag_here(view_of(line.ptr + i, line.len - i), &closes) : DOM_TEXT;
        if (tag == DOM_TEXT || !keeps_lines(tag))
            continue;
        if (closes && tag == open)
            open = DOM_TEXT;
        else if (!closes && open == DOM_TEXT)
            open = tag;
    }
    return open;
}

/* A line of a paragraph: opens one, or breaks the line before. */
static void put_line(struct buf *out, struct view line, bool *in_paragraph)
{
    bool closes;
    if (is_block(tag_here(line, &closes))) {
        buf_append_str(out, *in_paragraph ? "</p>\n" : "");
        *in_paragraph = false;
        buf_append_view(out, line);
        buf_append_byte(out, '\n');
        return;
    }
    buf_append_str(out, *in_paragraph ? "<br>\n" : "<p>");
    *in_paragraph = true;
    buf_append_view(out, line);
}

static void put_paragraphs(struct buf *out, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view line;
    enum dom_tag open = DOM_TEXT;
    bool in_paragraph = false;
    while (take_line(&c, &line)) {
        struct view text = view_trim(line);
        enum dom_tag before = open;
        open = follow(open, line);
        if (before != DOM_TEXT) {
            buf_append_view(out, line);
            buf_append_byte(out, '\n');
        } else if (text.len == 0) {
            buf_append_str(out, in_paragraph ? "</p>\n" : "");
            in_paragraph = false;
        } else if (!in_paragraph && is_address(text)) {
            put_link(out, text);
        } else {
            put_line(out, text, &in_paragraph);
        }
    }
    buf_append_str(out, in_paragraph ? "</p>\n" : "");
}

int wp_content(struct buf *out, const struct wxr *w, struct view content)
{
    struct buf plain;
    buf_init(&plain, 2 * FEED_TEXT_MAX);
    int rc = wp_shortcodes(&plain, w, content);
    if (rc == 0 && plain.len > 0 && memmem(plain.ptr, plain.len, "<!-- wp:", 8) != NULL)
        link_lines(out, buf_view(&plain));
    else if (rc == 0)
        put_paragraphs(out, buf_view(&plain));
    buf_dispose(&plain);
    return rc < 0 ? rc : buf_status(out);
}
