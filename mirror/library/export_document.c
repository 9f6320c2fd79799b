/*
 * Articles as one file that anything opens: HTML with the pictures inside, or text.
 *
 * What a reader would get wrong: such a file proves nothing.  It comes from verified bundles, and whoever passes it on may
 * have changed it; so it says that of itself.
 *
 * The body is the cleaner's, so nothing in it loads or runs; the policy in the head says so once more to the browser.
 * Pictures go out one at a time: where one stands in the body a random mark stands while the body is written to memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article/clean.h"
#include "base/text.h"
#include "library/export_inside.h"

#define MARK_LEN 32 /* hex digits */

struct mimeo_document {
    struct mimeo_document_options options;
    struct export_place place;
    struct export_output out;
    char *name;
    size_t count;
};

/* ---- the frame ---- */

/* The hash in the policy is that of what stands between the style tags: test_export_article.sh compares. */
static const char head[] =
    "<!DOCTYPE html>\n"
    "<html>\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
    "style-src 'sha256-wxCky+nPwL0emOlXC7iLZCOTfibaJ0+8vj7YmGmsPTs='; base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Article</title>\n"
    "<style>"
    ":root{color-scheme:light dark}"
    "body{max-width:38em;margin:0 auto;padding:1em;font:1.06em/1.55 Georgia,serif}"
    "h1{line-height:1.2;margin-bottom:.3em}"
    "h1+p{font-size:1.15em}"
    "header p,footer,figcaption{color:GrayText}"
    "img{max-width:100%;height:auto}"
    "figure{margin:1em 0}"
    "pre,table{display:block;overflow-x:auto}"
    "blockquote{margin-inline:1em;padding-inline-start:1em;border-inline-start:3px solid GrayText}"
    "article+article{margin-top:3em;border-top:1px solid GrayText;padding-top:1em}"
    "footer{margin-top:2em;font-size:.85em;overflow-wrap:anywhere}"
    "</style>\n"
    "</head>\n"
    "<body>\n";

static const char foot[] = "<footer>Nobody signed this copy: anybody may have changed it on its way.</footer>\n"
                           "</body>\n"
                           "</html>\n";

static int put(mimeo_document *d, mimeo_ctx *ctx, const struct buf *b)
{
    return buf_status(b) < 0 ? ctx_error_nomem(ctx) : export_output_put(&d->out, ctx, buf_view(b));
}

/* ---- pictures ---- */

struct picture_use {
    struct picture_use *next;
    char mark[MARK_LEN + 24];
    size_t n; /* of the article */
};
struct picture_uses {
    struct picture_use *first, **last;
    size_t count;
    bool used[LIMIT_ARTICLE_MEDIA];
    char mark[MARK_LEN + 1];
};

static bool picture_is_held(const mimeo_reading *r, mimeo_ctx *ctx, size_t n)
{
    unsigned char *bytes;
    size_t len;
    if (mimeo_reading_picture(&bytes, &len, r, ctx, n) < 0)
        return false;
    free(bytes);
    return true;
}

static int put_picture(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r, size_t n)
{
    unsigned char *bytes;
    size_t len;
    struct buf b;
    int rc = mimeo_reading_picture(&bytes, &len, r, ctx, n);
    if (rc < 0)
        return rc;
    buf_init(&b, 256);
    buf_appendf(&b, "data:%s;base64,", mimeo_reading_article(r)->media[n].type);
    rc = put(d, ctx, &b);
    if (rc == 0)
        rc = export_output_put_base64(&d->out, ctx, view_of(bytes, len));
    buf_dispose(&b);
    free(bytes);
    return rc;
}

/* ---- the body ---- */

static struct node *next_node(struct node *top, struct node *n)
{
    if (n->first_child != NULL)
        return n->first_child;
    while (n != top && n->next == NULL)
        n = n->parent;
    return n == top ? NULL : n->next;
}

static size_t picture_of(const struct mimeo_article *a, struct view hash)
{
    size_t n = 0;
    while (n < a->media_count && !view_equal_str(hash, a->media[n].hash))
        n++;
    return n;
}

static void remove_src(struct node *img)
{
    struct attribute **at = &img->attributes;
    while (*at != NULL && (*at)->name != ATTR_SRC)
        at = &(*at)->next;
    if (*at != NULL)
        *at = (*at)->next;
}

/* The picture's place gets its mark; one that is not held is shown by its words. */
static int mark_picture(struct picture_uses *u, mimeo_ctx *ctx, const mimeo_reading *r, struct node *img, bool no_media)
{
    const struct mimeo_article *a = mimeo_reading_article(r);
    struct attribute *src = img->attributes;
    while (src != NULL && src->name != ATTR_SRC)
        src = src->next;
    size_t n = src == NULL ? a->media_count : picture_of(a, src->value);
    if (n < a->media_count)
        u->used[n] = true;
    if (no_media || n == a->media_count || u->count == LIMIT_ARTICLE_MEDIA || !picture_is_held(r, ctx, n)) {
        remove_src(img);
        return 0;
    }
    struct picture_use *use = calloc(1, sizeof(*use));
    if (use == NULL)
        return ctx_error_nomem(ctx);
    snprintf(use->mark, sizeof(use->mark), "%s-%zu", u->mark, u->count++);
    use->n = n;
    src->value = view_of_str(use->mark);
    *u->last = use;
    u->last = &use->next;
    return 0;
}

static int put_marked(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r, const struct picture_uses *u, struct view html)
{
    int rc = 0;
    for (const struct picture_use *use = u->first; rc == 0 && use != NULL; use = use->next) {
        const size_t len = strlen(use->mark);
        const uint8_t *at = memmem(html.ptr, html.len, use->mark, len);
        if (at == NULL)
            return ctx_error(ctx, MIMEO_EFAIL, "a picture lost its place");
        rc = export_output_put(&d->out, ctx, view_of(html.ptr, (size_t)(at - html.ptr)));
        if (rc == 0)
            rc = put_picture(d, ctx, r, use->n);
        html = view_of(at + len, html.len - (size_t)(at - html.ptr) - len);
    }
    return rc == 0 ? export_output_put(&d->out, ctx, html) : rc;
}

static int put_body(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r, struct picture_uses *u)
{
    struct tree *tree;
    struct buf html;
    size_t len;
    const char *body = mimeo_reading_html(r, &len);
    int rc = clean_html(&tree, ctx, view_of(body, len), NULL);
    if (rc < 0)
        return rc;
    struct node *top = tree_root(tree);
    for (struct node *n = next_node(top, top); rc == 0 && n != NULL; n = next_node(top, n))
        if (n->tag == TAG_IMG)
            rc = mark_picture(u, ctx, r, n, d->options.no_media);
    buf_init(&html, 2 * LIMIT_HTML);
    if (rc == 0 && tree_write(&html, tree) < 0)
        rc = ctx_error_nomem(ctx);
    tree_free(tree);
    if (rc == 0)
        rc = put_marked(d, ctx, r, u, buf_view(&html));
    buf_dispose(&html);
    return rc;
}

/* ---- around the body ---- */

static void element(struct buf *b, const char *tag, const char *text)
{
    if (text[0] == '\0')
        return;
    buf_appendf(b, "<%s>", tag);
    html_escape(b, view_of_str(text));
    buf_appendf(b, "</%s>\n", tag);
}

static void attribute(struct buf *b, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    buf_appendf(b, " %s=\"", name);
    html_escape(b, view_of_str(value));
    buf_append_str(b, "\"");
}

static void put_byline(struct buf *b, const struct mimeo_article *a)
{
    char time[21];
    buf_append_str(b, "<p>");
    for (size_t i = 0; i < a->byline_count; i++) {
        buf_append_str(b, i > 0 ? ", " : "");
        html_escape(b, view_of_str(a->bylines[i]));
    }
    time_format(time, a->has_published ? a->published : a->bundle_time);
    buf_appendf(b, "%s<time datetime=\"%s\">%.10s</time>", a->byline_count > 0 ? " · " : "", time, time);
    if (a->section[0] != '\0') {
        buf_append_str(b, " · ");
        html_escape(b, view_of_str(a->section));
    }
    buf_append_str(b, "</p>\n");
}

static void put_note(struct buf *b, const mimeo_reading *r)
{
    const struct mimeo_article *a = mimeo_reading_article(r);
    char revision[32];
    snprintf(revision, sizeof(revision), "Revision %u", a->revision);
    const char *words = a->action == MIMEO_RETRACT  ? "Retracted by the publisher"
                        : mimeo_reading_erased(r)   ? "The text was erased at the publisher's request"
                        : a->action == MIMEO_REVISE ? revision
                                                    : "";
    if (words[0] == '\0')
        return;
    buf_appendf(b, "<p><strong>%s%s", words, a->note[0] != '\0' ? ": " : ".");
    html_escape(b, view_of_str(a->note));
    buf_append_str(b, "</strong></p>\n");
}

static int put_top(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r)
{
    const struct mimeo_article *a = mimeo_reading_article(r);
    struct buf b;
    buf_init(&b, 256 * KIB);
    buf_append_str(&b, "<article");
    attribute(&b, "lang", a->lang);
    attribute(&b, "dir", a->dir[0] != '\0' ? a->dir : "auto");
    buf_append_str(&b, ">\n<header>\n");
    element(&b, "h1", a->title);
    element(&b, "p", a->subtitle);
    put_byline(&b, a);
    put_note(&b, r);
    buf_append_str(&b, "</header>\n");
    int rc = put(d, ctx, &b);
    buf_dispose(&b);
    return rc;
}

/* A picture that the article has and that its text does not place. */
static int put_figure(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r, size_t n)
{
    const struct mimeo_media *m = &mimeo_reading_article(r)->media[n];
    struct buf b;
    int rc = export_output_put(&d->out, ctx, VIEW_OF_LITERAL("\n<figure><img src=\""));
    if (rc == 0)
        rc = put_picture(d, ctx, r, n);
    if (rc < 0)
        return rc;
    buf_init(&b, 64 * KIB);
    buf_append_str(&b, "\"");
    attribute(&b, "alt", m->alt);
    buf_append_str(&b, ">");
    if (m->caption[0] != '\0' || m->credit[0] != '\0') {
        buf_append_str(&b, "<figcaption>");
        html_escape(&b, view_of_str(m->caption));
        buf_append_str(&b, m->caption[0] != '\0' && m->credit[0] != '\0' ? " · " : "");
        html_escape(&b, view_of_str(m->credit));
        buf_append_str(&b, "</figcaption>");
    }
    buf_append_str(&b, "</figure>");
    rc = put(d, ctx, &b);
    buf_dispose(&b);
    return rc;
}

static int put_other_pictures(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r, const struct picture_uses *u)
{
    const struct mimeo_article *a = mimeo_reading_article(r);
    int rc = 0;
    if (d->options.no_media)
        return 0;
    for (size_t n = 0; rc == 0 && n < a->media_count; n++)
        if (!u->used[n] && picture_is_held(r, ctx, n))
            rc = put_figure(d, ctx, r, n);
    return rc;
}

static int put_end(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r)
{
    const struct mimeo_article *a = mimeo_reading_article(r);
    struct buf b;
    buf_init(&b, 64 * KIB);
    buf_append_str(&b, "\n");
    if (a->url[0] != '\0') {
        buf_append_str(&b, "<footer><a rel=\"noreferrer\"");
        attribute(&b, "href", a->url);
        buf_append_str(&b, ">");
        html_escape(&b, view_of_str(a->url));
        buf_append_str(&b, "</a></footer>\n");
    }
    buf_append_str(&b, "</article>\n");
    int rc = put(d, ctx, &b);
    buf_dispose(&b);
    return rc;
}

static int add_html(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r)
{
    struct picture_uses u = {.first = NULL};
    uint8_t random[MARK_LEN / 2];
    u.last = &u.first;
    ctx_random(ctx, random, sizeof(random));
    format_hex(u.mark, random, sizeof(random));
    int rc = put_top(d, ctx, r);
    if (rc == 0)
        rc = put_body(d, ctx, r, &u);
    if (rc == 0)
        rc = put_other_pictures(d, ctx, r, &u);
    while (u.first != NULL) {
        struct picture_use *use = u.first;
        u.first = use->next;
        free(use);
    }
    return rc == 0 ? put_end(d, ctx, r) : rc;
}

static int add_text(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r)
{
    char *text;
    int rc = mimeo_reading_terminal(&text, r, ctx, 0, false);
    if (rc < 0)
        return rc;
    if (d->count > 0)
        rc = export_output_put(&d->out, ctx, VIEW_OF_LITERAL("\n* * *\n\n"));
    if (rc == 0)
        rc = export_output_put(&d->out, ctx, view_of_str(text));
    free(text);
    return rc;
}

/* ---- the document ---- */

int mimeo_document_new(mimeo_document **out, mimeo_ctx *ctx, const struct mimeo_document_options *options)
{
    mimeo_document *d = calloc(1, sizeof(*d));
    char letters[9];
    if (d == NULL)
        return ctx_error_nomem(ctx);
    d->options = *options;
    d->out.file = (struct new_file){.dir = -1, .fd = -1};
    export_random_name(letters, ctx);
    int rc = export_place_open(&d->place, ctx, options->output, options->fd, true);
    if (rc == 0 && asprintf(&d->name, "%s%s", d->place.name != NULL ? d->place.name : letters,
                            d->place.name != NULL                       ? ""
                            : options->form == MIMEO_DOCUMENT_HTML ? ".html"
                                                                        : ".txt") < 0) {
        d->name = NULL;
        rc = ctx_error_nomem(ctx);
    }
    if (rc == 0)
        rc = export_output_open(&d->out, ctx, &d->place, d->name, options->replace);
    if (rc == 0 && options->form == MIMEO_DOCUMENT_HTML)
        rc = export_output_put(&d->out, ctx, view_of_str(head));
    if (rc < 0) {
        mimeo_document_free(d);
        return rc;
    }
    *out = d;
    return 0;
}

int mimeo_document_add(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r)
{
    int rc = d->options.form == MIMEO_DOCUMENT_HTML ? add_html(d, ctx, r) : add_text(d, ctx, r);
    if (rc == 0)
        d->count++;
    return rc;
}

int mimeo_document_finish(mimeo_document *d, mimeo_ctx *ctx)
{
    int rc = d->options.form == MIMEO_DOCUMENT_HTML ? export_output_put(&d->out, ctx, view_of_str(foot)) : 0;
    if (rc == 0)
        rc = export_output_commit(&d->out, ctx);
    struct mimeo_export_file file = {d->out.path, d->out.len, 1, 1};
    if (rc == 0 && d->options.written != NULL)
        d->options.written(&file, d->options.payload);
    return rc;
}

void mimeo_document_free(mimeo_document *d)
{
    if (d == NULL)
        return;
    export_output_dispose(&d->out);
    export_place_dispose(&d->place);
    free(d->name);
    free(d);
}
