/*
 * From an item of input to an article ready to be signed: a record, a clean body, and the
 * pictures that it names.
 *
 *     struct article a;
 *     int rc = article_import(&a, ctx, item, &options);
 *     if (rc == 0) { …; article_dispose(&a); }
 */
#ifndef IMPORT_ARTICLE_H
#define IMPORT_ARTICLE_H

#include "article/clean.h"
#include "bundle/record.h"
#include "import/input.h"
#include "picture/picture.h"

/* Somewhere to put a cleaned picture; called from the thread that imports.  0 or a code. */
typedef int (*article_picture_fn)(mimeo_ctx *ctx, const struct hash *hash,
                                  const struct picture_info *info, struct view bytes, void *payload);

struct page_rules;
struct boilerplate;

struct article_options {
    const char *lang;          /* where the article names none; NULL: the record has none */
    article_picture_fn picture; /* NULL: pictures are left out */
    struct picture_want want;   /* how they are made; zeros: cleaned alone */
    void *payload;
    const struct page_rules *rules;    /* of pages (extract/rules.h); NULL: none */
    const struct boilerplate *learned; /* NULL: nothing */
    bool explain;              /* fill article.explain */
    bool trial;                /* to be shown, not published: it may do without an id, and article.text is filled */
};

struct article {
    /* action RECORD_PUBLISH, or RECORD_RETRACT where the input says "action":"retract";
     * revision 0 (the caller numbers); id always set; words counted; media in the order of
     * the body. has_published only where the input says when. */
    struct record record;
    struct buf body;       /* canonical HTML, at most LIMIT_BODY_BLOCK */
    uint64_t media_before[LIMIT_ARTICLE_MEDIA]; /* bytes of each of record.media as it came */
    struct buf warnings;   /* a line each: pictures left out and why, fields left out */
    struct buf explain;    /* of a page: a line each: what was kept and dropped, and why */
    struct buf text;       /* of a trial: the body's text, without captions */
    bool no_id;            /* of a trial: record.id is none of its own */
    char *site;            /* the name of the site that a page is of; NULL: not known */
};

/* MIMEO_EMALFORMED names the item, the field and the fault.  MIMEO_ENOTFOUND: a page, but there is no article in it.
 *
 * The id: the input's `id` (a whole number is taken as its digits; else it must be [a-z0-9._-]{1,128}; upper case and other characters are
 * refused, with a suggestion); else made of `url`: the last part of its path as a slug, "-", and
 * 8 hex digits of its hash; else the file's stem (of index.html the directory's name) as a slug, with such digits of its own where letters
 * were lost; else a refusal that says to give one.  Two files of one name in two directories have
 * one id: who imports many has to notice.
 *
 * JSON fields: those of FORMAT.md section 6 by the same names (id, action, title, subtitle,
 * bylines, lang, dir, section, tags, published, modified, url, summary, note), also `byline` or
 * `author` (a string or null), `body` (a string of HTML, or an array of paragraphs of plain text) or
 * `html`, `text` (paragraphs divided by empty lines), `images` or `media` (an array of file names, or of
 * objects with file, alt, caption, credit).  Unknown fields are passed over.  Front matter has the same fields.
 * Paragraphs are written straight as canonical HTML, without a parser.
 *
 * A picture that the body does not show (`images`) becomes a figure: the first before the text, the
 * others after it.  Remote pictures, missing ones and refused ones are left out with a warning.
 * In titles and other one-line fields white space is collapsed and isolates and embeddings are taken
 * out; an override (U+202D, U+202E) or a control is refused, since it can make a name read as another. */
int article_import(struct article *out, mimeo_ctx *ctx, const struct input_item *item,
                   const struct article_options *options);
void article_dispose(struct article *a);

/* The text of the body alone, without captions: blocks divided by an empty line, items of lists and rows of tables on a
 * line each. */
int article_text(struct buf *out, mimeo_ctx *ctx, const struct article *a);

#endif
