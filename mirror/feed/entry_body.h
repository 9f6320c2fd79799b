/* The text of an entry: which of those that it has, and how much of an article that is. */
#ifndef FEED_ENTRY_BODY_H
#define FEED_ENTRY_BODY_H

#include "feed/parse.h"

struct entry_body {
    struct buf html;   /* tidy */
    struct buf text;   /* the same as one line */
    bool is_content;   /* the entry said that this is its content, and not a description of it */
    bool cut;          /* a link to the rest was dropped from it */
};

/* To be disposed of in any case. */
int entry_body_make(struct entry_body *out, mimeo_ctx *ctx, const struct parse *p);
void entry_body_dispose(struct entry_body *b);

/* Is it the beginning of an article alone, or a word on it? */
bool entry_body_is_summary(const struct entry_body *b, const struct entry *e);
/* Append "summary": a description beside the text, unless it is its beginning. */
int entry_body_put_summary(struct buf *out, const struct entry_body *b, const struct entry *e);
/* The language: what the entry says, or what holds around it, or the feed says, where the text can be in it; else the text's. */
bool entry_body_language(char out[36], const struct entry_body *b, const struct parse *p);

#endif
