/*
 * Inside of the importers: an article while it is being made of one item of input.
 *
 *     item -> format importer -> fields (one JSON object, whatever the format was)
 *                             -> body   (HTML or paragraphs)
 *          -> draft_finish: title, id, pictures, words, a trial run of the record writer
 *
 * Front matter becomes the same JSON object that a JSON Lines record is, so that every
 * check on a field is written once (fields.c).
 */
#ifndef IMPORT_DRAFT_H
#define IMPORT_DRAFT_H

#include <jansson.h>

#include "article/words.h"
#include "import/article.h"

#define DRAFT_NAME_MAX LIMIT_ARTICLE_URL /* bytes of a picture's name */
#define DRAFT_WARNINGS_MAX (64 * KIB)
#define DRAFT_EXPLAIN_MAX (4 * MIB)
#define DRAFT_PICTURES (2 * LIMIT_ARTICLE_MEDIA) /* names tried, refused ones too */

/* A picture that the item names: `file` is its key. */
struct draft_picture {
    char *file;                         /* a name below the source, decoded, or an absolute address */
    bool tried;                         /* opened and cleaned, or refused */
    bool usable;                        /* hash and info are set */
    bool listed;                        /* in `images`: becomes a figure where the body lacks it */
    bool shown;                         /* the body has it */
    struct hash hash;
    struct picture_info info;
    uint64_t bytes, before;             /* as it is published; as it came */
    const char *alt, *caption, *credit; /* in the record's arena; NULL where absent */
};

struct draft {
    mimeo_ctx *ctx;
    const struct input_item *item;
    const struct article_options *options;
    struct article *article;            /* what is filled */
    bool lenient;                       /* a bad field costs the field, not the article */
    struct draft_picture *pictures;
    size_t picture_count;
    struct record_media *media;         /* what record.media points to while drafting */
};

/* "`where`: " and the words; returns MIMEO_EMALFORMED. */
int draft_refuse(struct draft *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line in the article's warnings, with `where` in front. */
void draft_warn(struct draft *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- fields.c: everything but the body */

/* Put the known fields of `object` into the record; unknown ones are passed over. */
int draft_fields(struct draft *d, const json_t *object);
/* The title where the fields gave none; does nothing where they did. */
int draft_title(struct draft *d, struct view text);
/* The language where neither the fields nor the options gave one; a bad one is passed over. */
int draft_lang_hint(struct draft *d, struct view lang);
/* `v` with white space collapsed and isolates taken out, appended to `out`.  NULL, or words
 * for the fault ("holds U+202E (right-to-left override)"), which live in `why`. */
const char *line_clean(struct buf *out, struct view v, char *why, size_t why_len);
/* line_clean, checked against `max` and kept in the record; *out NULL where nothing is left. */
int draft_line(struct draft *d, const char **out, const char *field, struct view v, size_t max);
/* The language of the options where there is none yet, and the direction that follows. */
int draft_settle_language(struct draft *d);

/* ---- ids.c */

/* Set record.id where the fields did not: from the address, else from the file's stem. */
int draft_id(struct draft *d);

/* ---- figures.c: pictures */

/* The `images` or `media` field. */
int draft_images(struct draft *d, const json_t *images);
/* The cleaner's callback (struct clean_options); payload is the draft. */
int draft_clean_picture(struct clean_picture *out, mimeo_ctx *ctx, struct view src,
                        struct view alt, void *payload);
/* Put what the body does not show around it, and list in the record what the body then
 * shows, in its order. */
int draft_place_pictures(struct draft *d);
/* The caption of the picture with this hash, where it was not given and fits. */
int draft_caption(struct draft *d, struct view hex, struct view caption);
void draft_drop_pictures(struct draft *d);

/* ---- body.c */

/* HTML, cleaned, with its pictures. */
int draft_body_html(struct draft *d, struct view html);
/* Plain text: paragraphs divided by empty lines. */
int draft_body_text(struct draft *d, struct view text);
/* One paragraph of plain text; empty ones are passed over. */
int draft_body_paragraph(struct draft *d, struct view text);
/* The plain text of a bit of HTML, on one line. */
int html_to_line(struct buf *out, mimeo_ctx *ctx, struct view html);

/* ---- front_matter.c */

#define FRONT_MATTER_MAX (64 * KIB)
#define FRONT_MATTER_EVENTS 10000
#define FRONT_MATTER_DEPTH 8

/* Where `text` begins with a line "---": the object (json_decref) and *rest behind the
 * closing "---".  Else *out is NULL and *rest is `text`. */
int front_matter_parse(json_t **out, struct view *rest, mimeo_ctx *ctx, const char *where,
                       struct view text);

/* ---- one for each format */

int jsonl_import(struct draft *d);
int object_import(struct draft *d, const json_t *object); /* the fields and the body of a record */
int page_import(struct draft *d);                         /* INPUT_PAGE, INPUT_TEXT_PAGE */
int markdown_import(struct draft *d);
int html_import(struct draft *d);
int text_import(struct draft *d);

#endif
