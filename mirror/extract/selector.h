/*
 * A useful part of CSS selectors (Selectors Level 3): tag, *, #id, .class, [attr], [attr=value], [attr^=value],
 * [attr$=value], [attr*=value], [attr~=value]; below ("a b"), directly below ("a > b"), either ("a, b").
 */
#ifndef EXTRACT_SELECTOR_H
#define EXTRACT_SELECTOR_H

#include "base/arena.h"
#include "extract/dom.h"

struct selector;

/* Memory is the arena's.  NULL where `text` is none: then *fault says why, or is NULL on no memory. */
struct selector *selector_parse(struct arena *a, struct view text, const char **fault);
bool selector_matches(const struct selector *s, const struct dom_node *n);

#endif
