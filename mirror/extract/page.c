/*
 * Page to article: decode, parse, what it says of itself, which of it is the body; all in a child with caps, since
 * every byte of it may be hostile.
 */
#include "extract/page.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/limits.h"
#include "extract/body.h"
#include "extract/boilerplate.h"
#include "extract/charset.h"
#include "extract/explain.h"
#include "extract/meta.h"
#include "extract/no_article.h"
#include "extract/page_child.h"
#include "extract/rules.h"

#define HTML_MOST (16 * MIB) /* of the body */
#define TITLE_LOOK 4096      /* bytes */
#define TITLE_MOST 90        /* bytes of a title made of the text */
#define LINE_REST 40         /* letters around a field in its line: with more it is part of a sentence */
#define SHORT 60             /* letters: what is less is hardly an article */
#define THIN 250             /* letters: what is less may be the wrong part of the page */

struct job {
    const struct page_source *source;
    const struct page_options *options;
    json_t *object;
    struct page_taken taken;
    uint8_t *marks; /* of rules */
};

static const char *text_field(const struct job *j, const char *name)
{
    return json_string_value(json_object_get(j->object, name));
}

/* ---- the body */

/* What the fields show already.  Never what holds the body, or much of it, nor a date within a sentence. */
static void drop_taken(struct body_page *b, const struct dom_node *taken)
{
    struct dom_node *n = taken == NULL ? NULL : b->facts.nodes[taken->index];
    const struct facts *root = facts_of(&b->facts, b->root);
    if (n == NULL || n == b->root || !dom_within(n, b->root) || facts_of(&b->facts, n)->good * 3 > root->good)
        return;
    const struct facts *f = facts_of(&b->facts, n), *line = &b->facts.of[f->owner];
    if (f->owner == b->root->index || line->chars <= f->chars + LINE_REST || dom_is_block(n->tag))
        facts_drop(&b->facts, n, DROP_TITLE);
}

static int find_body(struct body_page *b, mimeo_ctx *ctx, struct dom *d, struct job *j, bool lenient)
{
    int rc = body_gather(b, ctx, d, j->marks, lenient);
    b->heading = j->taken.title;
    b->title = text_field(j, "title");
    b->author = json_string_value(json_array_get(json_object_get(j->object, "bylines"), 0));
    b->url = text_field(j, "url") != NULL ? text_field(j, "url") : j->source->url;
    if (rc == 0)
        rc = body_choose(b, ctx);
    if (rc < 0 || b->root == NULL)
        return rc;
    drop_taken(b, j->taken.title);
    drop_taken(b, j->taken.subtitle);
    drop_taken(b, j->taken.byline);
    drop_taken(b, j->taken.date);
    rc = body_prune(b, ctx);
    if (rc == 0 && j->options->learned != NULL) {
        boilerplate_drop(j->options->learned, b, j->source->url);
        rc = facts_cut_runs(&b->facts, ctx);
    }
    return rc;
}

static uint32_t good_of(const struct body_page *b) { return b->root == NULL ? 0 : facts_of(&b->facts, b->root)->good; }

static uint32_t chars_of(const struct body_page *b) { return b->root == NULL ? 0 : facts_of(&b->facts, b->root)->chars; }

/* The first try may be right, and the page a short article among much else.  Where it is wrong it is for one name, which
 * took what the second has. */
static bool one_name_took_it(const struct body_page *first, const struct body_page *second)
{
    uint32_t most = 0, all = facts_of(&second->facts, second->root)->chars;
    for (size_t i = 0; i < first->facts.count; i++) {
        const struct facts *f = &first->facts.of[i];
        const struct dom_node *n = first->facts.nodes[i];
        bool named = f->reason != KEPT && f->reason != DROP_NO_TEXT && f->reason != DROP_OUTSIDE && f->reason != DROP_COMMENTS &&
                     f->reason != DROP_RELATED && f->reason != DROP_CONSENT;
        if (named && f->chars > most && n != NULL)
            most = f->chars;
    }
    return most * 2 >= all;
}

/* Where names left next to nothing, once more without them: sites name their parts as they like. */
static int judge(struct body_page *b, mimeo_ctx *ctx, struct dom *d, struct job *j)
{
    struct body_page second;
    int rc = find_body(b, ctx, d, j, false);
    if (rc < 0 || good_of(b) >= THIN)
        return rc;
    rc = find_body(&second, ctx, d, j, true);
    if (rc == 0 && good_of(&second) >= THIN && good_of(&second) > 3 * good_of(b) &&
        ((good_of(b) < SHORT && chars_of(b) < THIN) || one_name_took_it(b, &second)))
        *b = second;
    return rc;
}

/* ---- the object */

static int add_text(struct job *j, mimeo_ctx *ctx, const char *name, struct view v)
{
    json_t *value = json_stringn(v.len > 0 ? (const char *)v.ptr : "", v.len);
    return json_object_set_new(j->object, name, value) < 0 ? ctx_error_nomem(ctx) : 0;
}

static int add_explanation(struct job *j, mimeo_ctx *ctx, const struct body_page *b)
{
    struct buf lines;
    buf_init(&lines, MIB);
    int rc = explain_body(&lines, b);
    json_t *value = rc < 0 ? NULL : json_loadb((const char *)lines.ptr, lines.len, 0, NULL);
    rc = json_object_set_new(j->object, "explain", value) < 0 ? ctx_error_nomem(ctx) : 0;
    buf_dispose(&lines);
    return rc;
}

static int add_body(struct job *j, mimeo_ctx *ctx, const struct body_page *b)
{
    struct buf html;
    buf_init(&html, HTML_MOST);
    int rc = body_write(&html, ctx, b);
    if (rc == 0)
        rc = add_text(j, ctx, "html", buf_view(&html));
    buf_dispose(&html);
    return rc;
}

/* A page that names itself nowhere: its first heading, or its first words. */
static int add_title(struct job *j, mimeo_ctx *ctx, const struct body_page *b)
{
    struct buf text;
    int rc = 0;
    if (text_field(j, "title") != NULL && text_field(j, "title")[0] != 0)
        return 0;
    buf_init(&text, TITLE_LOOK);
    for (size_t i = 0; i < b->facts.run_count && text.len == 0; i++)
        if (dom_within(b->facts.runs[i].owner, b->root))
            dom_text(&text, b->facts.runs[i].owner); /* it says no more once it is full */
    struct view v = buf_view(&text);
    if (v.len > TITLE_MOST) {
        v.len = TITLE_MOST;
        while (v.len > 0 && v.ptr[v.len] != ' ' && (v.ptr[v.len] & 0xC0) != 0xC0)
            v.len--;
    }
    if (v.len > 0)
        rc = add_text(j, ctx, "title", v);
    buf_dispose(&text);
    return rc;
}

static int extract_from(struct buf *out, mimeo_ctx *ctx, struct dom *d, struct job *j)
{
    struct body_page b = {0};
    int rc = page_meta(j->object, ctx, d, j->source, &j->taken);
    const char *url = j->source->url != NULL ? j->source->url : text_field(j, "url");
    if (rc == 0)
        rc = page_rules_mark(&j->marks, j->options->rules, ctx, d, url);
    if (rc == 0)
        rc = page_rules_fields(j->object, j->options->rules, ctx, d, url);
    if (rc == 0)
        rc = judge(&b, ctx, d, j);
    const char *none = rc < 0 ? NULL : no_article_in(&b, text_field(j, "title"), url);
    if (none != NULL)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "%s: no article in it: %s", j->source->where, none);
    if (rc == 0)
        rc = add_title(j, ctx, &b);
    if (rc == 0)
        rc = add_body(j, ctx, &b);
    if (rc == 0 && j->options->explain)
        rc = add_explanation(j, ctx, &b);
    return rc == 0 ? page_put_object(out, ctx, j->object) : rc;
}

/* ---- in the child */

/* Bytes of a picture or a program, not of a text: UTF-16 has zeros too, but a byte order mark or one zero in two. */
static bool is_binary(struct view v)
{
    size_t zeros = 0, look = v.len < 4096 ? v.len : 4096;
    bool marked = v.len >= 2 && ((v.ptr[0] == 0xFF && v.ptr[1] == 0xFE) || (v.ptr[0] == 0xFE && v.ptr[1] == 0xFF));
    for (size_t i = 0; i < look; i++)
        zeros += v.ptr[i] == 0;
    return !marked && zeros > 0 && zeros < look / 3;
}

static int work(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    struct job *j = payload;
    struct buf made = {0};
    struct view text;
    struct dom *d = NULL;
    page_child_heap(j->source->bytes.len);
    int rc = charset_view(&text, &made, ctx, j->source->bytes, j->source->content_type, CHARSET_HTML, NULL);
    j->object = json_object();
    if (rc == 0 && j->object == NULL)
        rc = ctx_error_nomem(ctx);
    if (rc == 0)
        rc = dom_parse(&d, ctx, text);
    if (rc == 0)
        rc = extract_from(out, ctx, d, j);
    dom_free(d);
    json_decref(j->object);
    buf_dispose(&made);
    return rc;
}

int page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *source, const struct page_options *options)
{
    static const struct page_options none = {0};
    struct job j = {.source = source, .options = options == NULL ? &none : options};
    if (is_binary(source->bytes))
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: holds binary data, not a page", source->where);
    return page_child(out, ctx, source, work, &j);
}
