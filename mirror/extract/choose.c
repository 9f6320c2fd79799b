/*
 * Which element holds the body.  Each run of text gives its weight to the elements around it, less the further out;
 * who has most is the body's holder.  Teasers of a front page may have more text than an article, but each in a box
 * of its own.
 */
#include "extract/body.h"
#include "extract/choose.h"
#include "extract/ruled.h"

#include <string.h>

#define LEVELS 6         /* elements around a run that get something of it */
#define RUN_MOST 500     /* of one run: a single long notice is no article */
#define ENOUGH 200       /* characters that make a text without its comments */
#define BRIEF 80         /* … where a title is there too */

/* ---- names */

/* There is a title, and so the article is more likely with it than where there is none. */
static bool title_elsewhere(const struct body_page *b)
{
    return facts_of(&b->facts, dom_body(b->facts.dom))->titles > 0;
}

/* Would it take most of the page's text, with others of its class? */
static bool takes_too_much(const struct body_page *b, const struct hint_groups *g, const struct dom_node *n,
                           enum drop_reason why)
{
    uint32_t all = facts_of(&b->facts, dom_body(b->facts.dom))->good, its = facts_of(&b->facts, n)->good;
    const struct facts *f = facts_of(&b->facts, n);
    if (why == DROP_COMMENTS || why == DROP_CONSENT || (f->titles == 0 && !f->holds_body && title_elsewhere(b)))
        return all - its < (f->titles == 0 && title_elsewhere(b) ? BRIEF : ENOUGH);
    if (f->titles > 0 && f->titles == facts_of(&b->facts, dom_body(b->facts.dom))->titles && its > ENOUGH)
        return true; /* "newsletter-post": the title stands in it, with a text */
    its = hint_groups_good(g, n);
    return its > ENOUGH && its > all * 0.45;
}

static bool speaks_against(const struct body_page *b, const struct dom_node *n)
{
    if (n == NULL || n->tag == DOM_TEXT || facts_of(&b->facts, n)->gone || n->tag == DOM_BODY || n->tag == DOM_HTML)
        return false;
    struct hint h = b->hints[n->index];
    return h.strength == HINT_STRONG && (h.reason == DROP_COMMENTS || !facts_of(&b->facts, n)->holds_body) &&
           (h.reason != DROP_MEDIA || facts_of(&b->facts, n)->pictures == 0);
}

static void drop_by_names(struct body_page *b)
{
    struct hint_groups groups = {0};
    for (size_t i = 0; i < b->facts.count; i++)
        if (speaks_against(b, b->facts.nodes[i]))
            hint_groups_add(&groups, b->facts.nodes[i], b->facts.of[i].good);
    for (size_t i = 0; i < b->facts.count; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (speaks_against(b, n) && !takes_too_much(b, &groups, n, b->hints[i].reason))
            facts_drop(&b->facts, n, b->hints[i].reason);
    }
}

/* What is called the body, and is more than a line, speaks for all around it. */
static void mark_bodies(struct body_page *b)
{
    for (size_t i = b->facts.count; i-- > 0;) {
        struct facts *f = &b->facts.of[i];
        if (b->facts.nodes[i] == NULL || f->gone)
            continue;
        f->holds_body = f->holds_body || (b->hints[i].body == HINT_STRONG && f->good >= ENOUGH &&
                                          b->hints[i].reason != DROP_COMMENTS);
        if (f->holds_body && b->facts.nodes[i]->parent != NULL)
            facts_of(&b->facts, b->facts.nodes[i]->parent)->holds_body = true;
    }
}

int body_gather(struct body_page *out, mimeo_ctx *ctx, struct dom *d, const uint8_t *rules, bool lenient)
{
    uint8_t *forced = NULL;
    *out = (struct body_page){.lenient = lenient, .rules = rules};
    if (rules != NULL && (forced = dom_alloc(d, dom_count(d))) == NULL)
        return ctx_error_nomem(ctx);
    if (rules != NULL)
        ruled_force(forced, d, rules);
    int rc = facts_gather(&out->facts, ctx, d, forced, lenient);
    if (rc < 0)
        return rc;
    ruled_drop(out);
    out->hints = dom_alloc(d, out->facts.count * sizeof(struct hint));
    if (out->hints == NULL)
        return ctx_error_nomem(ctx);
    for (size_t i = 0; i < out->facts.count; i++) {
        const struct dom_node *n = out->facts.nodes[i];
        if (n != NULL && n->tag != DOM_TEXT && !out->facts.of[i].gone)
            out->hints[i] = hint_of(n);
    }
    rc = facts_cut_runs(&out->facts, ctx);
    mark_bodies(out);
    if (rc == 0 && !lenient) {
        drop_by_names(out);
        drop_teasers(out);
        drop_small_print(out);
    }
    if (rc == 0)
        drop_asking(out);
    return rc == 0 ? facts_cut_runs(&out->facts, ctx) : rc;
}

/* ---- scores */

static bool is_paragraph(enum dom_tag tag)
{
    return tag == DOM_P || tag == DOM_PRE || tag == DOM_BLOCKQUOTE || tag == DOM_LI || tag == DOM_DD || tag == DOM_DT ||
           tag == DOM_ADDRESS || tag == DOM_SUMMARY || tag == DOM_UL || tag == DOM_OL || tag == DOM_DL;
}

/* Nothing but this one element. */
static bool is_only_child(const struct dom_node *n)
{
    for (const struct dom_node *other = n->parent->first; other != NULL; other = other->next) {
        if (other == n)
            continue;
        if (other->tag != DOM_TEXT)
            return false;
        for (size_t i = 0; i < other->text.len; i++)
            if (strchr(" \t\r\n\f", other->text.ptr[i]) == NULL)
                return false;
    }
    return true;
}

static void spread(struct body_page *b, const struct text_run *r)
{
    uint32_t weight = run_weight(r);
    struct dom_node *at = r->owner, *body = dom_body(b->facts.dom);
    if (weight == 0 || facts_of(&b->facts, at)->in_heading)
        return;
    float points = 20 + (float)(weight < RUN_MOST ? weight : RUN_MOST) + 10 * (float)(r->commas < 10 ? r->commas : 10);
    if (at->tag == DOM_LI || at->tag == DOM_DD || at->tag == DOM_DT)
        points /= 2;
    while (at != body && at->parent != NULL && is_paragraph(at->tag))
        at = at->parent;
    while (at != body && at->parent != NULL && at != r->owner && !is_paragraph(r->owner->tag) && is_only_child(at))
        at = at->parent;
    for (int level = 0; level < LEVELS && at != NULL && at != dom_root(b->facts.dom); at = at->parent) {
        facts_of(&b->facts, at)->score += level == 0 ? points : level == 1 ? points / 2 : points / (float)(level * 3);
        if (at->parent != NULL && !is_only_child(at))
            level++;
    }
}

static float evidence(const struct body_page *b, const struct dom_node *n)
{
    const struct facts *f = facts_of(&b->facts, n);
    struct hint h = b->hints[n->index];
    float factor = (float)(1 - link_density(f));
    if (h.body == HINT_STRONG)
        factor *= 1.6F;
    else if (h.body == HINT_WEAK)
        factor *= 1.2F;
    if (h.strength != HINT_NONE && h.body != HINT_STRONG && !b->lenient)
        factor *= 0.6F;
    return factor;
}

static struct dom_node *best_of(struct body_page *b)
{
    struct dom_node *best = NULL;
    float most = 0;
    for (size_t i = 0; i < b->facts.count; i++) {
        struct facts *f = &b->facts.of[i];
        if (f->gone || f->score <= 0 || b->facts.nodes[i] == NULL)
            continue;
        f->score *= evidence(b, b->facts.nodes[i]);
        if (f->score > most) {
            most = f->score;
            best = b->facts.nodes[i];
        }
    }
    return best;
}

/* ---- which */

/* Where the makers name the body, and it has about as much, that is it. */
static struct dom_node *named(const struct body_page *b, struct dom_node *best)
{
    const struct facts *f = facts_of(&b->facts, best);
    if (b->hints[best->index].body == HINT_STRONG)
        return best;
    for (struct dom_node *up = best->parent; up != NULL && up->tag != DOM_HTML; up = up->parent) {
        const struct facts *u = facts_of(&b->facts, up);
        if (b->hints[up->index].body == HINT_STRONG && u->good <= f->good * 2 && u->good * 2 >= u->chars)
            return up;
    }
    for (struct dom_node *n = dom_next(best, best); n != NULL; n = dom_next(n, best))
        if (n->tag != DOM_TEXT && !facts_of(&b->facts, n)->gone && b->hints[n->index].body == HINT_STRONG &&
            facts_of(&b->facts, n)->good > f->good * 0.6)
            return n;
    return best;
}

/* A page without a sentence may be a verse or a list: what its makers call an article, or all of it. */
static struct dom_node *fallback(const struct body_page *b)
{
    struct dom_node *body = dom_body(b->facts.dom);
    static const enum dom_tag tags[] = {DOM_ARTICLE, DOM_MAIN};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct dom_node *n = dom_find(body, tags[i]);
        if (n != NULL && !facts_of(&b->facts, n)->gone &&
            (facts_of(&b->facts, n)->chars > 0 || facts_of(&b->facts, n)->pictures > 0))
            return n;
    }
    const struct facts *f = facts_of(&b->facts, body);
    return link_density(f) < 0.5 || f->chars < ENOUGH ? body : NULL;
}

int body_choose(struct body_page *b, mimeo_ctx *ctx)
{
    if (ruled_body(b))
        return facts_cut_runs(&b->facts, ctx);
    for (size_t i = 0; i < b->facts.run_count; i++)
        spread(b, &b->facts.runs[i]);
    struct dom_node *best = best_of(b);
    b->root = best == NULL ? fallback(b) : named(b, body_reach(b, best));
    return ctx_check_cancel(ctx);
}
