/*
 * What the makers of a page call its parts: the words in class, id, role and the like.  Evidence, not proof:
 * whoever asks weighs it against how much text would go.
 */
#ifndef EXTRACT_HINTS_H
#define EXTRACT_HINTS_H

#include "extract/facts.h"

enum hint_strength { HINT_NONE, HINT_WEAK, HINT_STRONG };

struct hint {
    enum drop_reason reason;      /* KEPT: nothing speaks against it */
    enum hint_strength strength;
    enum hint_strength body;      /* called an article's body: STRONG, or its surroundings: WEAK */
};

struct hint hint_of(const struct dom_node *n);

/* The elements that have one class are one part of the page, in pieces: how much good text they have together, so
 * that a name which all paragraphs bear is seen to be wrong. */
#define HINT_GROUPS 512
struct hint_groups {
    uint32_t good[HINT_GROUPS]; /* by a hash of the class; two that meet only make it more careful */
};
void hint_groups_add(struct hint_groups *g, const struct dom_node *n, uint32_t good);
uint32_t hint_groups_good(const struct hint_groups *g, const struct dom_node *n);

#endif
