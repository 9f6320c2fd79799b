/*
 * Furniture within the body: by its makers' names, by its links, and by what it says.
 *
 * What a reader would get wrong: a judgement may cost an article no more than a share of its text (SHARE).  A
 * name that is wrong once in a thousand pages must not cost a page.
 */
#include "extract/body.h"

#include <string.h>

#include <utf8proc.h>

#include "base/text.h"
#include "extract/furniture_words.h"

#define SHARE 0.3      /* of the body's text, the most that one weak judgement takes */
#define LINE_LONGEST 400   /* bytes of a line that are looked at */
#define BEFORE 200     /* characters of article that stand before its comments */

/* ---- by names */

static bool is_small(const struct body_page *b, const struct dom_node *n)
{
    return facts_of(&b->facts, n)->good <= facts_of(&b->facts, b->root)->good * SHARE;
}

static bool holds_picture_alone(const struct body_page *b, const struct dom_node *n)
{
    return facts_of(&b->facts, n)->pictures > 0 && facts_of(&b->facts, n)->chars < 200;
}

static bool is_named_furniture(const struct body_page *b, const struct dom_node *n)
{
    struct hint h = b->hints[n->index];
    if (n->tag == DOM_TEXT || facts_of(&b->facts, n)->gone || h.strength == HINT_NONE || h.body == HINT_STRONG)
        return false;
    bool block = dom_is_block(n->tag) || n->tag == DOM_OTHER || n->tag == DOM_SPAN;
    bool picture = (h.reason == DROP_MEDIA || n->tag == DOM_HEADER) && holds_picture_alone(b, n);
    return block && !picture && !(h.strength == HINT_WEAK && h.body == HINT_WEAK && n->tag == DOM_ARTICLE);
}

static void prune_names(struct body_page *b)
{
    struct hint_groups groups = {0};
    uint32_t most = (uint32_t)(facts_of(&b->facts, b->root)->good * SHARE);
    for (struct dom_node *n = dom_next(b->root, b->root); n != NULL; n = dom_next(n, b->root))
        if (is_named_furniture(b, n))
            hint_groups_add(&groups, n, facts_of(&b->facts, n)->good);
    for (struct dom_node *n = dom_next(b->root, b->root), *next; n != NULL; n = next) {
        bool drop = is_named_furniture(b, n) && hint_groups_good(&groups, n) <= most;
        if (drop)
            facts_drop(&b->facts, n, b->hints[n->index].reason);
        next = facts_of(&b->facts, n)->gone ? dom_after(n, b->root) : dom_next(n, b->root);
    }
}

/* ---- by links */

static bool is_box(enum dom_tag t)
{
    return t == DOM_DIV || t == DOM_SECTION || t == DOM_UL || t == DOM_OL || t == DOM_TABLE || t == DOM_ASIDE ||
           t == DOM_DL || t == DOM_ARTICLE || t == DOM_FORM || t == DOM_P || t == DOM_FIELDSET || t == DOM_CENTER ||
           t == DOM_BLOCKQUOTE || dom_is_heading(t);
}

static bool follows_colon(const struct body_page *b, const struct dom_node *n)
{
    for (uint32_t i = n->index; i-- > b->root->index;) {
        const struct dom_node *before = b->facts.nodes[i];
        if (before == NULL || before->tag != DOM_TEXT || b->facts.of[i].gone || b->facts.of[i].chars == 0)
            continue;
        struct view v = before->text;
        while (v.len > 0 && (v.ptr[v.len - 1] <= ' '))
            v.len--;
        return v.len > 0 && v.ptr[v.len - 1] == ':';
    }
    return false;
}

static bool is_link_box(const struct body_page *b, const struct dom_node *n)
{
    const struct facts *f = facts_of(&b->facts, n);
    double density = link_density(f);
    if (f->chars == 0 || !is_box(n->tag) || b->hints[n->index].body == HINT_STRONG)
        return false;
    if (dom_is_heading(n->tag))
        return false;
    if (n->tag == DOM_P || n->tag == DOM_BLOCKQUOTE)
        return (density > 0.95 || (density > 0.7 && f->stops == 0)) && !follows_colon(b, n);
    if (n->tag == DOM_UL || n->tag == DOM_OL)
        return density > 0.75 && !follows_colon(b, n);
    if (density > 0.8 || (density > 0.6 && f->chars < 300))
        return !follows_colon(b, n);
    return density > 0.5 && f->stops * 40 < f->chars && !follows_colon(b, n);
}

static void prune_links(struct body_page *b)
{
    for (struct dom_node *n = dom_next(b->root, b->root), *next; n != NULL; n = next) {
        next = facts_of(&b->facts, n)->gone ? dom_after(n, b->root) : dom_next(n, b->root);
        if (n->tag == DOM_TEXT || facts_of(&b->facts, n)->gone || !is_link_box(b, n))
            continue;
        facts_drop(&b->facts, n, DROP_LINKS);
        next = dom_after(n, b->root);
    }
}

/* ---- by words */

/* A run as one folded line; empty where it is too long to be furniture. */
static struct view fold_run(struct buf *line, const struct body_page *b, const struct text_run *r)
{
    buf_clear(line);
    bool due = false;
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        if (n == NULL || n->tag != DOM_TEXT || b->facts.of[i].gone)
            continue;
        struct cursor c = cursor_of(n->text);
        uint32_t code;
        while (utf8_next(&c, &code)) {
            if (line->len > LINE_LONGEST)
                return (struct view){0};
            if (code <= ' ' || code == 0xA0) {
                due = line->len > 0;
                continue;
            }
            if (due)
                buf_append_byte(line, ' ');
            due = false;
            buf_append_utf8(line, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
        }
    }
    return buf_view(line);
}

/* The outermost element within root that has nothing but this run. */
static struct dom_node *box_of(const struct body_page *b, const struct text_run *r)
{
    struct dom_node *n = r->owner;
    if (n == b->root || facts_of(&b->facts, n)->chars != r->chars)
        return NULL;
    while (n->parent != b->root && facts_of(&b->facts, n->parent)->chars == r->chars)
        n = n->parent;
    return n;
}

static void drop_run(struct body_page *b, const struct text_run *r, enum drop_reason why)
{
    struct dom_node *box = box_of(b, r);
    if (box != NULL && facts_of(&b->facts, box)->pictures == 0) {
        facts_drop(&b->facts, box, why);
        return;
    }
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && b->facts.nodes[b->facts.of[i].owner] == r->owner)
            facts_drop(&b->facts, n, why);
    }
}

static bool is_prose(const struct body_page *b, const struct dom_node *n)
{
    const struct facts *f = facts_of(&b->facts, n);
    return f->chars > 100 && f->stops > 0 && link_density(f) < 0.3;
}

static void drop_following(struct body_page *b, struct dom_node *head)
{
    for (struct dom_node *n = head->next; n != NULL; n = n->next) {
        const struct facts *f = facts_of(&b->facts, n);
        if (f->gone || f->chars == 0)
            continue;
        if (dom_is_heading(n->tag) || is_prose(b, n))
            return;
        facts_drop(&b->facts, n, DROP_RELATED);
    }
}

static void drop_head(struct body_page *b, const struct text_run *r)
{
    struct dom_node *box = box_of(b, r);
    if (box == NULL) {
        drop_run(b, r, DROP_RELATED);
        return;
    }
    const struct facts *up = facts_of(&b->facts, box->parent);
    bool first = true;
    for (const struct dom_node *n = box->prev; n != NULL; n = n->prev)
        first = first && facts_of(&b->facts, n)->chars == 0;
    if (box->parent != b->root && first && is_small(b, box->parent) && b->hints[box->parent->index].body != HINT_STRONG &&
        (link_density(up) > 0.2 || up->good == 0)) {
        facts_drop(&b->facts, box->parent, DROP_RELATED);
        return;
    }
    drop_following(b, box);
    facts_drop(&b->facts, box, DROP_RELATED);
}

/* All that comes after this run within root. */
static void drop_rest(struct body_page *b, const struct text_run *r)
{
    struct dom_node *box = box_of(b, r), *n = box == NULL ? r->owner : box;
    for (; n != b->root; n = n->parent)
        for (struct dom_node *after = n->next; after != NULL; after = after->next)
            facts_drop(&b->facts, after, DROP_COMMENTS);
    drop_run(b, r, DROP_COMMENTS);
}

static void judge_run(struct body_page *b, const struct text_run *r, struct view line, uint32_t before)
{
    double density = r->chars == 0 ? 0 : (double)r->links / r->chars;
    switch (furniture_of(line)) {
    case FURNITURE_HEAD: drop_head(b, r); break;
    case FURNITURE_END:
        if (before >= BEFORE)
            drop_rest(b, r);
        break;
    case FURNITURE_LINE:
        if (r->chars <= 80 || density > 0.3)
            drop_run(b, r, DROP_WORDS);
        break;
    case FURNITURE_LEAD:
        if (density > 0.3)
            drop_run(b, r, DROP_WORDS);
        break;
    case NOT_FURNITURE: break;
    }
}

static int prune_words(struct body_page *b, mimeo_ctx *ctx)
{
    struct buf line;
    uint32_t before = 0;
    buf_init(&line, LINE_LONGEST + 64);
    for (size_t i = 0; i < b->facts.run_count; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (!dom_within(r->owner, b->root) || facts_of(&b->facts, r->first)->gone)
            continue;
        if (r->chars < LINE_LONGEST)
            judge_run(b, r, fold_run(&line, b, r), before);
        before += run_weight(r);
    }
    buf_dispose(&line);
    return ctx_check_cancel(ctx);
}

/* ---- headings of nothing */

static void prune_headings(struct body_page *b)
{
    bool text_follows = false;
    const struct dom_node *end = dom_after(b->root, dom_root(b->facts.dom));
    uint32_t from = b->root->index, to = end == NULL ? (uint32_t)b->facts.count : end->index;
    for (uint32_t i = to; i-- > from;) {
        struct dom_node *n = b->facts.nodes[i];
        const struct facts *f = &b->facts.of[i];
        if (n == NULL || f->gone)
            continue;
        if (n->tag == DOM_TEXT && !f->in_heading && f->chars > 0)
            text_follows = true;
        else if (dom_is_heading(n->tag) && !text_follows)
            facts_drop(&b->facts, n, DROP_RELATED);
        else if (n->tag == DOM_H1)
            facts_drop(&b->facts, n, DROP_TITLE);
    }
}

int body_prune(struct body_page *b, mimeo_ctx *ctx)
{
    if (!b->lenient)
        prune_names(b);
    int rc = facts_cut_runs(&b->facts, ctx);
    if (rc == 0)
        rc = prune_words(b, ctx);
    if (rc == 0) {
        prune_links(b);
        prune_headings(b);
        rc = facts_cut_runs(&b->facts, ctx);
    }
    return rc;
}
