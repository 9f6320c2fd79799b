/*
 * Markdown: CommonMark with tables, strike-through and bare addresses as links.
 *
 * Raw HTML passes md4c untouched; it is the cleaner behind it that makes it safe, and only
 * that.  A paragraph that is one picture with a title becomes a figure with a caption:
 *
 *     ![a bridge](bridge.jpg "The bridge on Monday")
 */
#include <string.h>

#include <md4c-html.h>

#include "import/draft.h"

/* No text that fits a body comes from more. */
#define MARKDOWN_MAX (4 * LIMIT_BODY_BLOCK)

static void collect(const MD_CHAR *bytes, MD_SIZE len, void *payload)
{
    buf_append(payload, bytes, len);
}

static int to_html(struct buf *out, struct draft *d, struct view text)
{
    const unsigned flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS;
    buf_init(out, LIMIT_HTML);
    if (text.len > MARKDOWN_MAX)
        return draft_refuse(d, "the body is larger than %zu MiB", MARKDOWN_MAX / MIB);
    if (md_html((const char *)text.ptr, (MD_SIZE)text.len, collect, out, flags, 0) != 0)
        return ctx_error_nomem(d->ctx);
    if (buf_status(out) == MIMEO_ENOMEM)
        return ctx_error_nomem(d->ctx);
    if (buf_status(out) < 0)
        return draft_refuse(d, "the body is larger than %zu MiB as HTML", LIMIT_HTML / MIB);
    return 0;
}

/* `a` up to `stop`, which is passed; false where it is not in `c`. */
static bool take_until(struct cursor *c, const char *stop, struct view *a)
{
    const uint8_t *at = c->left == 0 ? NULL : memmem(c->ptr, c->left, stop, strlen(stop));
    struct view passed;
    return at != NULL && cursor_take(c, (size_t)(at - c->ptr), a) &&
           cursor_take(c, strlen(stop), &passed);
}

/* The rest of a tag, with its '>' passed.  md4c escapes both brackets inside of attributes, so
 * a '<' ends the search: else a run of open tags would cost its square. */
static bool take_tag(struct cursor *c, struct view *out)
{
    size_t len = 0;
    while (len < c->left && c->ptr[len] != '<' && c->ptr[len] != '>')
        len++;
    return len < c->left && c->ptr[len] == '>' && cursor_take(c, len, out) && cursor_skip(c, ">");
}

/* <p><img src="S" alt="A" title="T"></p>, as md4c writes it, at `c`. */
static bool take_captioned(struct cursor *c, struct view *attributes, struct view *title)
{
    struct cursor at = *c;
    struct view tag;
    if (!cursor_skip(&at, "<p><img src=\"") || !take_tag(&at, &tag) || !cursor_skip(&at, "</p>"))
        return false;
    struct cursor in = cursor_of(tag);
    if (!take_until(&in, "\" title=\"", attributes) || !take_until(&in, "\"", title) || in.left > 0)
        return false;
    *c = at;
    return true;
}

/* Pictures that stand alone and have a title become figures. */
static int make_figures(struct buf *out, struct draft *d, struct view html)
{
    struct cursor c = cursor_of(html);
    buf_init(out, 2 * LIMIT_HTML);
    while (c.left > 0) {
        struct view attributes, title, text;
        const uint8_t *at = memmem(c.ptr, c.left, "<p><img ", 8);
        cursor_take(&c, at == NULL ? c.left : (size_t)(at - c.ptr), &text);
        buf_append_view(out, text);
        if (c.left == 0)
            break;
        if (take_captioned(&c, &attributes, &title)) {
            buf_append_str(out, "<figure><img src=\"");
            buf_append_view(out, attributes);
            buf_append_str(out, "\"><figcaption>");
            buf_append_view(out, title);
            buf_append_str(out, "</figcaption></figure>");
        } else if (cursor_take(&c, 1, &text)) {
            buf_append_view(out, text);
        }
    }
    return buf_status(out) < 0 ? ctx_error_nomem(d->ctx) : 0;
}

/* An h1 in front of everything else is the title; it leaves the body where it says what
 * the title says. */
static int take_heading(struct draft *d, struct view *html)
{
    struct cursor c = cursor_of(*html);
    struct view inner;
    if (!cursor_skip(&c, "<h1>") || !take_until(&c, "</h1>", &inner))
        return 0;
    struct buf line;
    buf_init(&line, LIMIT_HTML);
    int rc = html_to_line(&line, d->ctx, inner);
    if (rc == 0 && line.len > 0)
        rc = draft_title(d, buf_view(&line));
    if (rc == 0 && d->article->record.title != NULL &&
        view_equal_str(buf_view(&line), d->article->record.title))
        *html = view_of(c.ptr, c.left);
    buf_dispose(&line);
    return rc;
}

int markdown_import(struct draft *d)
{
    json_t *fields = NULL;
    struct view text = buf_view(&d->item->bytes);
    struct buf html = {0}, figures = {0};
    int rc = front_matter_parse(&fields, &text, d->ctx, d->item->where, text);
    if (rc == 0 && fields != NULL)
        rc = draft_fields(d, fields);
    if (rc == 0)
        rc = to_html(&html, d, text);
    if (rc == 0)
        rc = make_figures(&figures, d, buf_view(&html));
    if (rc == 0) {
        struct view body = buf_view(&figures);
        rc = take_heading(d, &body);
        if (rc == 0)
            rc = draft_body_html(d, body);
    }
    json_decref(fields);
    buf_dispose(&html);
    buf_dispose(&figures);
    return rc;
}
