/*
 * Inside of parse.c: names of elements with what their prefixes stand for, and what elements say for all that is in them (their
 * language, their base).  All live in parse.names, which is cut back as elements close.
 */
#ifndef FEED_PARSE_NAMES_H
#define FEED_PARSE_NAMES_H

#include "feed/parse.h"

#define PARSE_NAME_MAX 256

struct view element_name(const struct parse *p, const struct element *e);
uint32_t name_sum_of(struct view name);
void name_split(struct view name, struct view *prefix, struct view *local);
enum feed_space name_space(const struct parse *p, struct view prefix);

/* Their place in parse.names; 0 where it is full, or there is nothing to keep. */
size_t names_keep(struct parse *p, struct view v);
size_t names_keep_base(struct parse *p, struct view base); /* resolved against what is in force around it */
/* What xmlns attributes declare. */
void names_bind(struct parse *p, const struct xml *x);
/* By its whole name. */
struct view attribute_own(const struct xml *x, const char *name);

#endif
