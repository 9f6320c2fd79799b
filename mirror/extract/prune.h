/*
 * Inside of pruning (body_prune() of extract/body.h): the judgements by words, in a file of their own.
 */
#ifndef EXTRACT_PRUNE_H
#define EXTRACT_PRUNE_H

#include "extract/body.h"

#define PRUNE_SHARE 0.3 /* of the body's text, the most that one weak judgement takes */

/* Lines that say what furniture says, and what stands below such heads; links with one lead.  The runs must be cut. */
int prune_words(struct body_page *b, mimeo_ctx *ctx);

/* Sentences of the text that are set in it once more.  (pull_quotes.c) */
void prune_pull_quotes(struct body_page *b);

/* Letters that a style sheet sets large, put back to their words.  (initials.c) */
void prune_initials(struct body_page *b);

/* A run as one line of small letters; empty where it is too long to be furniture.  `line` is cleared. */
struct view prune_fold(struct buf *line, const struct body_page *b, const struct text_run *r);
#define PRUNE_LINE 400 /* bytes */
/* … its beginning, however long it is. */
struct view prune_start(struct buf *line, const struct body_page *b, const struct text_run *r);

/* A run of text, and the boxes within root that hold nothing else. */
void prune_run(struct body_page *b, const struct text_run *r, enum drop_reason why);

#endif
