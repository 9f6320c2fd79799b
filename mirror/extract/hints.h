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

#endif
