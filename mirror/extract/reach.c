/*
 * How far the body reaches.  Sites cut one into pieces, for advertising between them, and set its lead apart; and they
 * set the next article, teasers and their own small print right below it.
 */
#include "extract/choose.h"

#include <string.h>

#define CLIMB 8      /* elements that are looked at around the best one */
#define FIRST 200    /* letters of good text in an article */
#define SHORT 20     /* … in one that is known by its title */
#define MUCH 300     /* letters that a part behind the one with most has, to be another part of it */
#define POSTS 4      /* articles in a row that are one, told in posts */
#define POST 60      /* letters of good text in such a post */
#define CLASS_MAX 64 /* bytes of a class that are compared */

/* The child of `parent` on the way down to n. */
static struct dom_node *way_to(struct dom_node *n, const struct dom_node *parent)
{
    while (n->parent != parent)
        n = n->parent;
    return n;
}

/* The first class, without digits. */
static size_t stem_of(char out[CLASS_MAX], const struct dom_node *n)
{
    struct view class = dom_attribute(n, "class");
    size_t len = 0, i = 0;
    while (i < class.len && class.ptr[i] <= ' ')
        i++;
    for (; i < class.len && class.ptr[i] > ' ' && len < CLASS_MAX; i++)
        if (class.ptr[i] < '0' || class.ptr[i] > '9')
            out[len++] = (char)class.ptr[i];
    return len;
}

/* One of a row of boxes that are made alike, as one body in several pieces is. */
static bool is_twin(const struct dom_node *a, const struct dom_node *b)
{
    char x[CLASS_MAX], y[CLASS_MAX];
    size_t len = stem_of(x, a);
    return a->tag == b->tag && len == stem_of(y, b) && memcmp(x, y, len) == 0;
}

static bool holds_title(const struct body_page *b, const struct dom_node *n) { return facts_of(&b->facts, n)->titles > 0; }

/* The title that stands before n, not in it. */
static const struct dom_node *title_before(const struct body_page *b, const struct dom_node *n)
{
    for (uint32_t i = n->index; i-- > 0;)
        if (b->facts.nodes[i] != NULL && b->facts.nodes[i]->tag == DOM_H1 && !dom_within(n, b->facts.nodes[i]))
            return b->facts.nodes[i];
    return NULL;
}

/* Two boxes with a title each, and no title above them. */
static bool is_other_article(const struct body_page *b, const struct dom_node *n, const struct dom_node *way)
{
    return holds_title(b, n) && holds_title(b, way) && title_before(b, n->index < way->index ? n : way) == NULL;
}

/* Another piece of what `way` holds. */
static bool is_alike(const struct body_page *b, const struct dom_node *n, const struct dom_node *way, const struct dom_node *best)
{
    const struct facts *f = facts_of(&b->facts, n), *wanted = facts_of(&b->facts, best);
    if (n == way || n->tag == DOM_TEXT || f->gone || link_density(f) >= 0.25)
        return false;
    if (is_other_article(b, n, way))
        return false;
    if (n->tag == DOM_TD || n->tag == DOM_TH || n->tag == DOM_TABLE) /* a column beside it is no piece of it, unless it is as much */
        return link_density(f) < 0.1 && f->good > wanted->good * 0.4;
    if (is_twin(n, way))
        return f->good > wanted->good * 0.15 || f->good > 150 || (f->good > 20 && dom_attribute(n, "class").len > 0);
    struct hint h = b->hints[n->index];
    if (h.body == HINT_STRONG && f->good > wanted->good * 0.3)
        return true;
    const struct dom_node *title = title_before(b, best);
    if (n->index > way->index)
        return (n->parent->tag == DOM_ARTICLE || (title != NULL && dom_within(title, n->parent) && f->good > MUCH)) &&
               f->good > wanted->good * 0.4 && link_density(f) < 0.1 && h.strength == HINT_NONE;
    return (title == NULL || n->index > title->index || dom_within(title, n)) && f->score >= wanted->score * 0.25F && h.strength == HINT_NONE;
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

/* The article that has the page's own title, however short it is: what is told below it may be longer. */
static bool is_titled(const struct body_page *b, const struct dom_node *n, const struct dom_node *at)
{
    return b->heading != NULL && n->tag == DOM_ARTICLE && at->tag == DOM_ARTICLE && dom_within(b->heading, n) &&
           facts_of(&b->facts, n)->good >= SHORT;
}

/* The element with most within the first of several articles, of which `best` is in another.  A page is about its
 * first: others are loaded below it. */
static struct dom_node *first_article(const struct body_page *b, struct dom_node *best)
{
    struct dom_node *first = NULL, *most = best;
    for (struct dom_node *at = best; at->tag != DOM_BODY && at->parent != NULL && first == NULL; at = at->parent)
        for (struct dom_node *n = at->parent->first; n != at && first == NULL; n = n->next)
            if (is_titled(b, n, at) || (n->tag != DOM_TEXT && is_twin(n, at) && facts_of(&b->facts, n)->good >= FIRST &&
                                        is_other_article(b, n, at)))
                first = n;
    for (struct dom_node *n = first; n != NULL; n = dom_next(n, first))
        if (n == first || facts_of(&b->facts, n)->score > facts_of(&b->facts, most)->score)
            most = n;
    return most;
}

/* One of the posts that a page is made of, told as it happens: four articles and more that are made alike, with text in
 * each, below the page's title. */
static bool is_post(const struct body_page *b, const struct dom_node *n)
{
    size_t posts = 0;
    if (n->tag != DOM_ARTICLE || n->parent == NULL || b->heading == NULL || b->heading->index > n->index || holds_title(b, n))
        return false;
    for (const struct dom_node *other = n->parent->first; other != NULL; other = other->next) {
        if (other->tag != DOM_ARTICLE)
            continue;
        const struct facts *f = facts_of(&b->facts, other);
        posts += !f->gone && f->good > POST && link_density(f) < 0.25 && is_twin(n, other) && !dom_within(b->heading, other);
    }
    return posts >= POSTS;
}

struct dom_node *body_reach(struct body_page *b, struct dom_node *best)
{
    best = first_article(b, best);
    struct dom_node *outer = best, *at = best;
    bool named = b->hints[best->index].body == HINT_STRONG;
    for (int i = 0; i < CLIMB && at->tag != DOM_BODY && (at->tag != DOM_ARTICLE || is_post(b, at)) && at->parent != NULL; i++) {
        at = at->parent;
        if (has_alike(b, at, best) || (!named && has_lead(b, at, outer)))
            outer = at;
    }
    trim(b, outer, best);
    return outer;
}
