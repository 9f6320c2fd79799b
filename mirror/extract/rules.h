/*
 * What a newsroom knows of its own pages and the judgement does not: a file of rules, described in RULES.md.
 *
 *     [example.org blog.example.org/20*]
 *     body  div.story-text
 *     drop  .inline-promo, p[data-kind=teaser]
 *     title h1.headline
 */
#ifndef EXTRACT_RULES_H
#define EXTRACT_RULES_H

#include <jansson.h>

#include "extract/dom.h"

struct page_rules;

/* MIMEO_EMALFORMED names the file (`where`), the line and what is wrong with it. */
int page_rules_read(struct page_rules **out, mimeo_ctx *ctx, const char *where, struct view text);
/* From a file. */
int page_rules_load(struct page_rules **out, mimeo_ctx *ctx, const char *path);
void page_rules_free(struct page_rules *r);

/* ---- for page.c */

enum rule { RULE_NONE, RULE_KEEP, RULE_DROP, RULE_BODY };

/* *marks: an enum rule for each node by its index, in the tree's memory; NULL where no section is about `url`
 * (NULL: not known) or `r` is NULL. */
int page_rules_mark(uint8_t **marks, const struct page_rules *r, mimeo_ctx *ctx, struct dom *d, const char *url);
/* Fields for which there are rules, from the first element that fits (bylines and tags: from all), into `object`. */
int page_rules_fields(json_t *object, const struct page_rules *r, mimeo_ctx *ctx, const struct dom *d, const char *url);

#endif
