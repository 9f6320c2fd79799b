/* Rules at work. */
#include "extract/ruled.h"

#include "extract/rules.h"

enum { AROUND = 1, WITHIN = 2 };

void ruled_force(uint8_t *forced, const struct dom *d, const uint8_t *rules)
{
    struct dom_node *top = dom_root(d);
    for (struct dom_node *n = top; n != NULL; n = dom_next(n, top)) {
        uint8_t rule = rules[n->index];
        if (rule == RULE_KEEP || (n->parent != NULL && forced[n->parent->index] & WITHIN))
            forced[n->index] = WITHIN;
        if (rule == RULE_KEEP || rule == RULE_BODY)
            for (struct dom_node *up = n; up != NULL && !(forced[up->index] & AROUND); up = up->parent)
                forced[up->index] |= AROUND;
    }
}

void ruled_drop(struct body_page *b)
{
    for (size_t i = 0; b->rules != NULL && i < b->facts.count; i++)
        if (b->facts.nodes[i] != NULL && b->rules[i] == RULE_DROP)
            facts_drop(&b->facts, b->facts.nodes[i], DROP_RULE);
}

static struct dom_node *common(struct dom_node *a, struct dom_node *b)
{
    while (a != NULL && !dom_within(b, a))
        a = a->parent;
    return a;
}

bool ruled_body(struct body_page *b)
{
    b->root = NULL;
    for (size_t i = 0; b->rules != NULL && i < b->facts.count; i++)
        if (b->rules[i] == RULE_BODY && b->facts.nodes[i] != NULL && !b->facts.of[i].gone)
            b->root = b->root == NULL ? b->facts.nodes[i] : common(b->root, b->facts.nodes[i]);
    if (b->root == NULL || b->rules[b->root->index] == RULE_BODY)
        return b->root != NULL;
    for (struct dom_node *n = dom_next(b->root, b->root), *next; n != NULL; n = next) {
        bool body = b->rules[n->index] == RULE_BODY, around = facts_of(&b->facts, n)->forced;
        if (!body && !around)
            facts_drop(&b->facts, n, DROP_OUTSIDE);
        next = body || !around ? dom_after(n, b->root) : dom_next(n, b->root);
    }
    return true;
}
