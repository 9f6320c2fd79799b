/*
 * Teasers: what a front page is made of, and what stands beside and below each article.
 *
 * What a reader would get wrong: a list of ten best things looks much the same, but says more of each (MOST).
 */
#include "extract/choose.h"

#define MOST 500          /* letters of a teaser */
#define MOST_ARTICLE 1500 /* … that is an article of its own, in a row of them */
#define ROW 3             /* boxes that make a row */
#define ROW_OF_LINKS 4    /* … where no heading says that they are teasers */
#define LINK 15           /* letters of a link that may be another article's title */
#define LEFT 200          /* letters of good text that must be left on the page */

/* Is all text of the heading a link, from within or around? */
static bool is_linked(const struct body_page *b, const struct dom_node *heading)
{
    const struct facts *f = facts_of(&b->facts, heading);
    return f->chars > 0 && f->links == f->chars;
}

static bool is_small_box(const struct body_page *b, const struct dom_node *box)
{
    const struct facts *f = facts_of(&b->facts, box);
    if (box->tag == DOM_TEXT || box->tag == DOM_P || dom_is_heading(box->tag) || f->gone || f->chars == 0)
        return false;
    return f->chars <= (box->tag == DOM_ARTICLE && f->titles == 0 ? MOST_ARTICLE : MOST);
}

static bool is_teaser(const struct body_page *b, const struct dom_node *box)
{
    if (!is_small_box(b, box))
        return false;
    for (struct dom_node *n = dom_next(box, box); n != NULL; n = dom_next(n, box))
        if (dom_is_heading(n->tag) && !facts_of(&b->facts, n)->gone && facts_of(&b->facts, n)->chars > 0)
            return is_linked(b, n);
    return false;
}

/* A line that is a link, then a few that are none: a teaser whose title is no heading. */
static bool is_link_and_lines(const struct body_page *b, const struct dom_node *box)
{
    const struct facts *f = facts_of(&b->facts, box);
    if (box->tag != DOM_DIV || !is_small_box(b, box) || f->links < LINK || f->links * 2 > f->chars || f->titles > 0)
        return false;
    for (const struct dom_node *n = dom_next(box, box); n != NULL; n = dom_next(n, box)) {
        const struct facts *its = facts_of(&b->facts, n);
        if (n->tag != DOM_TEXT || its->gone || its->chars == 0)
            continue;
        const struct dom_node *link = n->parent;
        while (link->tag != DOM_A && link != box)
            link = link->parent;
        return link != box && facts_of(&b->facts, link)->chars == f->links && its->chars >= LINK &&
               (link->next == NULL || link->next->tag != DOM_TEXT);
    }
    return false;
}

/* The best ten of something, right below the title: then the row is what the page is about. */
static bool is_what_it_is_about(const struct dom_node *parent, uint32_t good, uint32_t left)
{
    for (const struct dom_node *n = parent->first; n != NULL; n = n->next)
        if (n->tag == DOM_H1)
            return good > left;
    return false;
}

typedef bool judge_box(const struct body_page *b, const struct dom_node *box);

static void drop_row(struct body_page *b, struct dom_node *parent, judge_box *is, size_t enough)
{
    size_t row = 0;
    uint32_t good = 0, all = facts_of(&b->facts, dom_body(b->facts.dom))->good;
    for (struct dom_node *n = parent->first; n != NULL; n = n->next)
        if (is(b, n)) {
            row++;
            good += facts_of(&b->facts, n)->good;
        }
    if (row < enough || all - good < LEFT || is_what_it_is_about(parent, good, all - good))
        return;
    for (struct dom_node *n = parent->first; n != NULL; n = n->next)
        if (is(b, n))
            facts_drop(&b->facts, n, DROP_RELATED);
}

void drop_teasers(struct body_page *b)
{
    for (size_t i = 0; i < b->facts.count; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (n == NULL || n->tag == DOM_TEXT || b->facts.of[i].gone || b->facts.of[i].links == 0)
            continue;
        drop_row(b, n, is_teaser, ROW);
        drop_row(b, n, is_link_and_lines, ROW_OF_LINKS);
    }
}
