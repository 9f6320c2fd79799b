/*
 * Teasers: what a front page is made of, and what stands beside and below each article.
 *
 * What a reader would get wrong: a list of ten best things looks much the same, but says more of each (MOST).
 */
#include "extract/choose.h"

#define MOST 500 /* letters of a teaser */
#define ROW 3    /* boxes that make a row */
#define LEFT 200 /* letters of good text that must be left on the page */

/* Is all text of the heading a link, from within or around? */
static bool is_linked(const struct body_page *b, const struct dom_node *heading)
{
    const struct facts *f = facts_of(&b->facts, heading);
    return f->chars > 0 && f->links == f->chars;
}

static bool is_teaser(const struct body_page *b, const struct dom_node *box)
{
    const struct facts *f = facts_of(&b->facts, box);
    if (box->tag == DOM_TEXT || box->tag == DOM_P || dom_is_heading(box->tag) || f->gone || f->chars == 0 || f->chars > MOST)
        return false;
    for (struct dom_node *n = dom_next(box, box); n != NULL; n = dom_next(n, box))
        if (dom_is_heading(n->tag) && !facts_of(&b->facts, n)->gone && facts_of(&b->facts, n)->chars > 0)
            return is_linked(b, n);
    return false;
}

static void drop_row(struct body_page *b, struct dom_node *parent)
{
    size_t row = 0;
    uint32_t good = 0, all = facts_of(&b->facts, dom_body(b->facts.dom))->good;
    for (struct dom_node *n = parent->first; n != NULL; n = n->next)
        if (is_teaser(b, n)) {
            row++;
            good += facts_of(&b->facts, n)->good;
        }
    for (struct dom_node *n = parent->first; n != NULL && row >= ROW && all - good >= LEFT; n = n->next)
        if (is_teaser(b, n))
            facts_drop(&b->facts, n, DROP_RELATED);
}

void drop_teasers(struct body_page *b)
{
    for (size_t i = 0; i < b->facts.count; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag != DOM_TEXT && !b->facts.of[i].gone && b->facts.of[i].links > 0)
            drop_row(b, n);
    }
}
