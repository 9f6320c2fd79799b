/*
 * An opened article as plain text, and for a terminal: both from the tree of its clean HTML.  Apart from opening it,
 * so that a build that shows HTML alone (mirror/web/core) needs no HTML parser.
 */
#include "article/clean.h"
#include "article/render.h"
#include "base/text.h"
#include "library/reading_inside.h"

int mimeo_reading_text(char **out, const mimeo_reading *r, mimeo_ctx *ctx)
{
    struct tree *body;
    struct buf b;
    int rc = clean_html(&body, ctx, buf_view(&r->html), NULL);
    if (rc < 0)
        return rc;
    buf_init(&b, LIMIT_HTML);
    rc = buf_append_str(&b, "");
    if (rc == 0)
        rc = clean_text(&b, body);
    tree_free(body);
    if (rc < 0) {
        buf_dispose(&b);
        return ctx_error_nomem(ctx);
    }
    *out = buf_detach(&b, NULL);
    return 0;
}

/* ---- on a terminal ---- */

static void append_styled(struct buf *b, const char *text, int width, bool style, const char *code)
{
    if (text[0] == '\0')
        return;
    if (style)
        buf_appendf(b, "\033[%sm", code);
    render_paragraph(b, view_of_str(text), width, 0, 0);
    if (style)
        buf_append_str(b, "\033[0m");
}

static void append_byline(struct buf *b, const struct mimeo_article *a, int width)
{
    struct buf line;
    buf_init(&line, 64 * KIB);
    for (size_t i = 0; i < a->byline_count; i++)
        buf_appendf(&line, "%s%s", i > 0 ? ", " : "", a->bylines[i]);
    char time[21];
    time_format(time, a->has_published ? a->published : a->bundle_time);
    time[16] = '\0';
    time[10] = ' ';
    buf_appendf(&line, "%s%s UTC", line.len > 0 ? " · " : "", time);
    if (a->section[0] != '\0')
        buf_appendf(&line, " · %s", a->section);
    render_paragraph(b, buf_view(&line), width, 0, 0);
    buf_dispose(&line);
}

static void append_notes(struct buf *b, const mimeo_reading *r, int width)
{
    const struct mimeo_article *a = &r->view.article;
    struct buf line;
    buf_init(&line, 64 * KIB);
    if (a->action == MIMEO_RETRACT)
        buf_appendf(&line, "Retracted by the publisher%s%s", a->note[0] ? ": " : ".", a->note);
    else if (r->erased)
        buf_append_str(&line, "The text was erased at the publisher's request.");
    else if (a->action == MIMEO_REVISE)
        buf_appendf(&line, "Revision %u%s%s", a->revision, a->note[0] ? ": " : ".", a->note);
    if (line.len > 0) {
        buf_append_str(b, "\n");
        render_paragraph(b, buf_view(&line), width, 0, 0);
    }
    buf_dispose(&line);
}

static int append_body(struct buf *b, const mimeo_reading *r, mimeo_ctx *ctx, const struct render_options *o)
{
    struct tree *body;
    int rc = clean_html(&body, ctx, buf_view(&r->html), NULL);
    if (rc == 0) {
        rc = render_terminal(b, ctx, body, o);
        tree_free(body);
    }
    return rc;
}

int mimeo_reading_terminal(char **out, const mimeo_reading *r, mimeo_ctx *ctx, int width, bool style)
{
    const struct mimeo_article *a = &r->view.article;
    struct buf b;
    buf_init(&b, 2 * LIMIT_HTML);
    append_styled(&b, a->title[0] ? a->title : a->id, width, style, "1");
    append_styled(&b, a->subtitle, width, style, "3");
    append_byline(&b, a, width);
    append_notes(&b, r, width);
    int rc = buf_status(&b);
    if (rc == 0 && r->html.len > 0) {
        buf_append_str(&b, "\n");
        rc = append_body(&b, r, ctx, &(struct render_options){width, style, a->dir[0] ? a->dir : NULL});
    }
    if (rc == 0 && a->url[0] != '\0')
        rc = buf_appendf(&b, "\n%s\n", a->url);
    if (rc < 0) {
        buf_dispose(&b);
        return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx) : rc;
    }
    *out = buf_detach(&b, NULL);
    return 0;
}
