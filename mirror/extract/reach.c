/*
 * How far the body reaches.  Sites cut one into pieces, for advertising between them, and set its lead apart; and they
 * set the next article, teasers and their own small print right below it.
 */
#include "extract/choose.h"

#define CLIMB 8 /* elements that are looked at around the best one */

/* The child of `parent` on the way down to n. */
static struct dom_node *way_to(struct dom_node *n, const struct dom_node *parent)
{
    while (n->parent != parent)
        n = n->parent;
    return n;
}

/* One of a row of boxes that are made alike, as one body in several pieces is. */
static bool is_twin(const struct dom_node *a, const struct dom_node *b)
{
    struct view class = dom_attribute(a, "class");
    return a->tag == b->tag && class.len > 0 && view_equal(class, dom_attribute(b, "class"));
}

static bool holds_title(const struct body_page *b, const struct dom_node *n)
{
    const struct dom_node *h1 = n->tag == DOM_TEXT ? NULL : dom_find(n, DOM_H1);
    return h1 != NULL && !facts_of(&b->facts, h1)->gone;
}

/* The title that stands before n, not in it. */
static const struct dom_node *title_before(const struct body_page *b, const struct dom_node *n)
{
    for (uint32_t i = n->index; i-- > 0;)
        if (b->facts.nodes[i] != NULL && b->facts.nodes[i]->tag == DOM_H1 && !dom_within(n, b->facts.nodes[i]))
            return b->facts.nodes[i];
    return NULL;
}

/* Another piece of what `way` holds.  A box with a title of its own, as that has, is another article. */
static bool is_alike(const struct body_page *b, const struct dom_node *n, const struct dom_node *way, const struct dom_node *best)
{
    const struct facts *f = facts_of(&b->facts, n), *wanted = facts_of(&b->facts, best);
    if (n == way || n->tag == DOM_TEXT || f->gone || link_density(f) >= 0.25)
        return false;
    if (holds_title(b, n) && (holds_title(b, way) || title_before(b, best) != NULL) && title_before(b, way) == NULL)
        return false;
    if (is_twin(n, way))
        return f->good > wanted->good * 0.15 || f->good > 150;
    return f->score >= wanted->score * 0.25F && b->hints[n->index].strength == HINT_NONE && !holds_title(b, n);
}

static bool has_alike(const struct body_page *b, const struct dom_node *parent, struct dom_node *best)
{
    const struct dom_node *way = way_to(best, parent);
    for (const struct dom_node *n = parent->first; n != NULL; n = n->next)
        if (is_alike(b, n, way, best))
            return true;
    return false;
}

/* Sentences that `outer` has before `inner`, and below the title. */
static bool has_lead(const struct body_page *b, const struct dom_node *outer, const struct dom_node *inner)
{
    const struct dom_node *title = title_before(b, inner);
    uint32_t from = title != NULL && title->index > outer->index ? title->index : outer->index;
    uint32_t good = 0, chars = 0, links = 0;
    for (size_t i = 0; i < b->facts.run_count && b->facts.runs[i].first->index < inner->index; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (r->first->index < from || facts_of(&b->facts, r->first)->gone || facts_of(&b->facts, r->owner)->in_heading ||
            (title != NULL && dom_within(r->first, title)))
            continue;
        chars += r->chars;
        links += r->links;
        good += r->stops > 0 ? run_weight(r) : 0;
    }
    return good >= 60 && good > chars * 0.6 && links < chars * 0.2;
}

/* What stands in `outer` but is no piece of the body: all behind the last piece, and links before the first. */
static void trim(struct body_page *b, const struct dom_node *outer, struct dom_node *best)
{
    for (struct dom_node *way = best; way != outer; way = way->parent) {
        const struct dom_node *last = way;
        for (const struct dom_node *n = way->next; n != NULL; n = n->next)
            if (is_alike(b, n, way, best))
                last = n;
        for (struct dom_node *n = last->next; n != NULL; n = n->next)
            facts_drop(&b->facts, n, DROP_OUTSIDE);
        for (struct dom_node *n = way->prev; n != NULL; n = n->prev)
            if (!is_alike(b, n, way, best) && link_density(facts_of(&b->facts, n)) > 0.3)
                facts_drop(&b->facts, n, DROP_OUTSIDE);
    }
}

struct dom_node *body_reach(struct body_page *b, struct dom_node *best)
{
    struct dom_node *outer = best, *at = best;
    bool named = b->hints[best->index].body == HINT_STRONG;
    for (int i = 0; i < CLIMB && at->tag != DOM_BODY && at->tag != DOM_ARTICLE && at->parent != NULL; i++) {
        at = at->parent;
        if (has_alike(b, at, best) || (!named && has_lead(b, at, outer)))
            outer = at;
    }
    trim(b, outer, best);
    return outer;
}
