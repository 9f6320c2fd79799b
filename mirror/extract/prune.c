/*
 * Furniture within the body: by its makers' names, by its links, and by what it says.
 *
 * What a reader would get wrong: a judgement may cost an article no more than a share of its text (PRUNE_SHARE).
 * A name that is wrong once in a thousand pages must not cost a page.
 */
#include "extract/prune.h"

#include <string.h>

/* ---- by names */

#define REST_OF_LINE 60 /* letters */

static bool holds_picture_alone(const struct body_page *b, const struct dom_node *n)
{
    return facts_of(&b->facts, n)->pictures > 0 && facts_of(&b->facts, n)->chars < 200;
}

/* Sentences without a link: "paywall" may name what stands behind it as well as what stands before. */
static bool is_plain_prose(const struct body_page *b, const struct dom_node *n, enum drop_reason why)
{
    const struct facts *f = facts_of(&b->facts, n);
    bool doubtful = n->tag == DOM_HEADER || why == DROP_PROMOTION || why == DROP_RELATED || why == DROP_SHARING ||
                    why == DROP_ADVERTISING;
    return doubtful && (f->links == 0 || (n->tag == DOM_HEADER && f->good > 80)) && f->stops > 0 && f->chars > 80;
}

static bool is_named_furniture(const struct body_page *b, const struct dom_node *n)
{
    struct hint h = b->hints[n->index];
    if (n->tag == DOM_TEXT || facts_of(&b->facts, n)->gone || h.strength == HINT_NONE ||
        (facts_of(&b->facts, n)->holds_body && h.reason != DROP_COMMENTS))
        return false;
    if (h.strength == HINT_WEAK && (h.body == HINT_STRONG || dom_is_heading(n->tag) || is_plain_prose(b, n, h.reason)))
        return false;
    if (h.strength == HINT_WEAK && n->tag == DOM_SPAN && h.reason != DROP_AUTHOR &&
        b->facts.of[facts_of(&b->facts, n)->owner].chars > facts_of(&b->facts, n)->chars + REST_OF_LINE)
        return false; /* part of a sentence */
    bool block = dom_is_block(n->tag) || n->tag == DOM_OTHER || n->tag == DOM_SPAN;
    bool picture = (h.reason == DROP_MEDIA || n->tag == DOM_HEADER) && holds_picture_alone(b, n);
    return block && !picture && !(h.strength == HINT_WEAK && h.body == HINT_WEAK && n->tag == DOM_ARTICLE);
}

static void prune_names(struct body_page *b)
{
    struct hint_groups groups = {0};
    uint32_t most = (uint32_t)(facts_of(&b->facts, b->root)->good * PRUNE_SHARE);
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

/* A post that is quoted whole: much of it may be links. */
static bool is_embedded_post(const struct dom_node *n)
{
    static const char *const classes[] = {"twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "telegram-post",
                                          "fb-post", "bluesky-embed", "mastodon-embed", "reddit-embed-bq"};
    for (size_t i = 0; n->tag == DOM_BLOCKQUOTE && i < sizeof classes / sizeof classes[0]; i++)
        if (dom_has_class(n, classes[i]))
            return true;
    return false;
}

static bool is_box(enum dom_tag t)
{
    return t == DOM_DIV || t == DOM_SECTION || t == DOM_UL || t == DOM_OL || t == DOM_TABLE || t == DOM_ASIDE ||
           t == DOM_DL || t == DOM_ARTICLE || t == DOM_FORM || t == DOM_P || t == DOM_FIELDSET || t == DOM_CENTER ||
           t == DOM_BLOCKQUOTE || dom_is_heading(t);
}

#define LEAD_MOST 60  /* letters above a list of links */
#define LOOK_BACK 400 /* nodes: beyond, the text before is not what leads here */

static bool follows_colon(const struct body_page *b, const struct dom_node *n)
{
    uint32_t far = n->index > b->root->index + LOOK_BACK ? n->index - LOOK_BACK : b->root->index;
    for (uint32_t i = n->index; i-- > far;) {
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
    if (f->chars == 0 || !is_box(n->tag) || b->hints[n->index].body == HINT_STRONG || dom_is_heading(n->tag))
        return false;
    const struct dom_node *quote = n->tag == DOM_DIV ? dom_find(n, DOM_BLOCKQUOTE) : n;
    if (quote != NULL && is_embedded_post(quote))
        return false;
    if (n->tag == DOM_P || n->tag == DOM_BLOCKQUOTE)
        return (density > 0.95 || (density > 0.7 && f->stops == 0)) && !follows_colon(b, n);
    if (n->tag == DOM_UL || n->tag == DOM_OL)
        return (density > 0.95 || (density > 0.75 && f->stops * 80 < f->chars)) && !follows_colon(b, n);
    if (density > 0.8 || (density > 0.6 && f->chars < 300))
        return !follows_colon(b, n);
    return density > 0.5 && f->stops * 40 < f->chars && !follows_colon(b, n);
}

/* The box of a list of links with the line above it: "see also". */
static struct dom_node *with_its_lead(const struct body_page *b, struct dom_node *n)
{
    while (n->parent != b->root && b->hints[n->parent->index].body != HINT_STRONG) {
        const struct facts *f = facts_of(&b->facts, n), *up = facts_of(&b->facts, n->parent);
        if (up->chars - f->chars > LEAD_MOST || up->stops > f->stops || up->pictures > f->pictures || up->titles > 0)
            break;
        n = n->parent;
    }
    return n;
}

static void prune_links(struct body_page *b)
{
    if (link_density(facts_of(&b->facts, b->root)) > 0.8)
        return; /* then links are what it is about */
    for (struct dom_node *n = dom_next(b->root, b->root), *next; n != NULL; n = next) {
        bool whole = facts_of(&b->facts, n)->gone || (n->tag != DOM_TEXT && is_embedded_post(n));
        next = whole ? dom_after(n, b->root) : dom_next(n, b->root);
        if (n->tag == DOM_TEXT || facts_of(&b->facts, n)->gone || !is_link_box(b, n))
            continue;
        n = with_its_lead(b, n);
        facts_drop(&b->facts, n, DROP_LINKS);
        next = dom_after(n, b->root);
    }
}

/* ---- by what is asked in them */

#define FORM_MOST 500 /* letters around a field for an address */

static bool asks_for_address(const struct dom_node *n)
{
    struct view type = dom_attribute(n, "type");
    return n->tag == DOM_INPUT && (view_equal_str(type, "email") || view_equal_str(type, "password") ||
                                   view_equal_str(type, "tel") || view_equal_str(dom_attribute(n, "name"), "email"));
}

/* The box around a field for an address, with the words that ask for it. */
static void prune_forms(struct body_page *b)
{
    const struct facts *root = facts_of(&b->facts, b->root);
    for (struct dom_node *n = dom_next(b->root, b->root); n != NULL; n = dom_next(n, b->root)) {
        struct dom_node *box = NULL;
        if (!asks_for_address(n))
            continue;
        for (struct dom_node *up = n->parent; up != b->root && facts_of(&b->facts, up)->titles == 0; up = up->parent) {
            const struct facts *f = facts_of(&b->facts, up);
            if (f->chars > FORM_MOST || f->good > root->good * PRUNE_SHARE)
                break;
            box = up;
        }
        if (box != NULL)
            facts_drop(&b->facts, box, DROP_PROMOTION);
    }
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
        if ((n->tag == DOM_TEXT && !f->in_heading && f->chars > 0) || n->tag == DOM_IMG || n->tag == DOM_IFRAME)
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
    prune_forms(b);
    int rc = facts_cut_runs(&b->facts, ctx);
    if (rc == 0)
        rc = prune_words(b, ctx);
    if (rc == 0) {
        prune_pull_quotes(b);
        prune_links(b);
        prune_headings(b);
        prune_initials(b);
        rc = facts_cut_runs(&b->facts, ctx);
    }
    return rc;
}
