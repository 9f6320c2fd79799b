/*
 * What a newsroom knows of its own pages and the judgement does not: a file of rules, described in RULES.md.
 *
 *     [example.org *.example.org/blog/*]
 *     body  div.story-text
 *     drop  .inline-promo, p[data-kind=teaser]
 *     title h1.headline
 */
#ifndef EXTRACT_RULES_H
#define EXTRACT_RULES_H

#include "base/bytes.h"
#include "base/context.h"

struct page_rules;

/* MIMEO_EMALFORMED names the file (`where`), the line and what is wrong with it. */
int page_rules_read(struct page_rules **out, mimeo_ctx *ctx, const char *where, struct view text);
/* From a file. */
int page_rules_load(struct page_rules **out, mimeo_ctx *ctx, const char *path);
void page_rules_free(struct page_rules *r);

#endif
