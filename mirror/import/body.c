/*
 * The body of an article: HTML goes through the cleaner, plain text is written straight in
 * the cleaner's own form, which is many times faster and comes to the same.
 */
#include <string.h>

#include "base/text.h"
#include "import/draft.h"

/* ---- HTML */

/* The text below `n` (not of other elements), as it stands. */
static void append_text_below(struct buf *out, const struct node *n)
{
    const struct node *at = n;
    bool entering = true;
    do {
        if (entering && at->tag == TAG_TEXT)
            buf_append_view(out, at->text);
    } while (tree_walk(n, &at, &entering));
}

static const struct node *figcaption_of(const struct node *img)
{
    const struct node *n = img->parent;
    while (n != NULL && n->tag != TAG_FIGURE)
        n = n->parent;
    for (n = n == NULL ? NULL : n->first_child; n != NULL && n->tag != TAG_FIGCAPTION; n = n->next)
        ;
    return n;
}

/* What a figure says below its picture belongs to the picture's entry too. */
static int take_captions(struct draft *d, struct tree *tree)
{
    const struct node *root = tree_root(tree), *at = root;
    bool entering = true;
    int rc = 0;
    do {
        const struct view *src = entering && at->tag == TAG_IMG ? node_attribute(at, ATTR_SRC) : NULL;
        const struct node *caption = src == NULL ? NULL : figcaption_of(at);
        if (caption == NULL)
            continue;
        struct buf text;
        buf_init(&text, LIMIT_BODY_BLOCK);
        append_text_below(&text, caption);
        rc = draft_caption(d, *src, buf_view(&text));
        buf_dispose(&text);
    } while (rc == 0 && tree_walk(root, &at, &entering));
    return rc;
}

int draft_body_html(struct draft *d, struct view html)
{
    struct clean_options options = {.picture = draft_clean_picture, .payload = d,
                                    .base_url = d->article->record.url};
    struct tree *tree;
    int rc = clean_html(&tree, d->ctx, html, &options);
    if (rc < 0)
        return ctx_error_prefix(d->ctx, rc, "%s: body", d->item->where);
    d->article->record.words = clean_word_count(tree);
    rc = d->picture_count == 0 ? 0 : take_captions(d, tree);
    if (rc == 0) {
        rc = tree_write(&d->article->body, tree);
        if (rc == MIMEO_ENOMEM)
            rc = ctx_error_nomem(d->ctx);
        else if (rc < 0)
            rc = draft_refuse(d, "the body is larger than %zu KiB", LIMIT_BODY_BLOCK / KIB);
    }
    tree_free(tree);
    return rc;
}

int html_to_line(struct buf *out, mimeo_ctx *ctx, struct view html)
{
    struct tree *tree;
    char why[80];
    struct buf text;
    int rc = clean_html(&tree, ctx, html, NULL);
    if (rc < 0)
        return rc;
    buf_init(&text, LIMIT_BODY_BLOCK);
    rc = clean_text(&text, tree);
    tree_free(tree);
    if (rc == 0 && line_clean(out, buf_view(&text), why, sizeof why) != NULL)
        rc = MIMEO_EMALFORMED;
    buf_dispose(&text);
    return rc;
}

/* ---- plain text */

static bool is_white(uint32_t code)
{
    return code == ' ' || (code >= 0x09 && code <= 0x0D);
}

/* What the cleaner takes out of text. */
static bool is_unwanted(uint32_t code)
{
    return char_is_control(code) || char_is_bidi_control(code) || code == 0xFEFF ||
           (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

/* `v` on one line, escaped, without what the cleaner would take out; in runs as long as can be,
 * since this is most of what an import of plain text does. */
static int append_prose(struct buf *out, struct view v)
{
    struct cursor c = cursor_of(v);
    const uint8_t *run = NULL;
    size_t begin = out->len;
    bool gap = false;
    uint32_t code;
    for (;;) {
        const uint8_t *at = c.ptr;
        if (!utf8_next(&c, &code))
            break;
        if (code == ' ' && run != NULL && c.left > 0 && !is_white(*c.ptr))
            continue; /* one space inside of a run */
        bool white = is_white(code);
        if (run != NULL && (white || is_unwanted(code))) {
            html_escape(out, view_of(run, (size_t)(at - run)));
            run = NULL;
        }
        gap = gap || white;
        if (run == NULL && !white && !is_unwanted(code)) {
            if (gap && out->len > begin)
                buf_append_byte(out, ' ');
            gap = false;
            run = at;
        }
    }
    if (run != NULL)
        html_escape(out, view_of(run, (size_t)(c.ptr - run)));
    return c.left > 0 ? MIMEO_EMALFORMED : buf_status(out);
}

int draft_body_paragraph(struct draft *d, struct view text)
{
    struct buf *body = &d->article->body;
    size_t before = body->len;
    buf_append_str(body, "<p>");
    size_t begin = body->len;
    if (append_prose(body, text) == MIMEO_EMALFORMED && buf_status(body) == 0)
        return draft_refuse(d, "the body is not valid UTF-8");
    if (body->len == begin && buf_status(body) == 0) {
        body->len = before;
        return 0;
    }
    buf_append_str(body, "</p>");
    d->article->record.words += prose_words(text);
    if (buf_status(body) == MIMEO_ENOMEM)
        return ctx_error_nomem(d->ctx);
    if (buf_status(body) < 0)
        return draft_refuse(d, "the body is larger than %zu KiB", LIMIT_BODY_BLOCK / KIB);
    return 0;
}

static bool is_empty_line(struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (!is_white(v.ptr[i]))
            return false;
    }
    return true;
}

int draft_body_text(struct draft *d, struct view text)
{
    struct cursor c = cursor_of(text);
    struct view line;
    const uint8_t *begin = c.ptr;
    while (c.left > 0) {
        const uint8_t *at = c.ptr;
        if (!cursor_line(&c, &line))
            cursor_take(&c, c.left, &line);
        if (is_empty_line(line)) {
            int rc = draft_body_paragraph(d, view_of(begin, (size_t)(at - begin)));
            if (rc < 0)
                return rc;
            begin = c.ptr;
        }
    }
    return draft_body_paragraph(d, view_of(begin, (size_t)(c.ptr - begin)));
}
