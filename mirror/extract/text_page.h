/*
 * The text of a whole page, as somebody copied or saved it: a story with everything that stood around it.
 *
 * The same judgement as on a page's elements (body.h), on lines: a story is where long lines with ends of
 * sentences stand together; a title is the heading above it; what asks for money, subscriptions or clicks says so
 * in words.
 */
#ifndef EXTRACT_TEXT_PAGE_H
#define EXTRACT_TEXT_PAGE_H

#include "extract/page.h"

/* text_page_extract() is in page.h: the record has title, and where known subtitle, bylines, published, lang, dir,
 * and the story as html: paragraphs, subheadings, lists, and a figure without picture for a caption with its credit. */

/* Is this text full of furniture?  Says yes only where it is certain: a file of title and paragraphs, however odd,
 * stays what it is. */
bool text_page_sniff(struct view bytes);

/* ---- the parts, for text_*.c */

enum text_kind {
    TEXT_PROSE,     /* with ends of sentences */
    TEXT_SHORT,     /* some words: a heading, a menu's entry, a button */
    TEXT_ITEM,      /* begins with a bullet or a number */
    TEXT_CAPTION,   /* of a picture, with its credit */
    TEXT_DATE,
    TEXT_BYLINE,    /* begins with "By" and the like */
    TEXT_FURNITURE, /* says so */
};

struct text_line {
    struct view text;      /* trimmed; a paragraph where lines were joined */
    size_t length;         /* characters; a Han, Kana or Hangul counts for two */
    enum text_kind kind;
    bool blank_before;
    bool ends_sentence;
    const char *why;       /* of furniture, in words */
    bool story;            /* kept */
};
struct text_lines {
    struct text_line *of;
    size_t count;
    size_t furniture;      /* lines of that kind */
    struct buf joined;     /* what `text` of joined lines points into */
};

#define TEXT_LINES 20000

struct text_story {
    size_t from, to;      /* lines, `to` is behind the last */
    size_t prose;         /* characters of it */
    size_t title, subtitle, date, byline, caption; /* lines; SIZE_MAX: none */
};

/* `text` is UTF-8 and must outlive the lines.  0, MIMEO_ENOMEM, or MIMEO_EMALFORMED over TEXT_LINES. */
int text_lines_cut(struct text_lines *out, mimeo_ctx *ctx, const char *where, struct view text);
void text_lines_dispose(struct text_lines *l);

/* What the line asks for in words, or NULL: money, a subscription, a click.  `folded` is in small letters. */
const char *text_appeal(struct view folded, size_t length, bool prose);
/* Does it begin what a paper says to its readers: "A message from", "Dear readers"? */
bool text_appeal_begins(struct view folded, size_t length);

/* False where no stretch of the lines reads like a story.  Marks what is an appeal to readers as furniture. */
bool text_story_find(struct text_story *s, struct text_lines *l);
/* Is this line of the stretch part of the story?  A short one is where prose stands on both sides: a subheading. */
bool text_story_keeps(const struct text_lines *l, const struct text_story *s, size_t i);

#endif
