/*
 * Inside of the terminal renderer: render.c walks the tree, render_inline.c makes paragraphs, render_table.c lays tables
 * out, render_line.c puts lines down.
 */
#ifndef ARTICLE_RENDER_STATE_H
#define ARTICLE_RENDER_STATE_H

#include "article/render.h"
#include "article/wrap.h"

#define RENDER_FRAMES 512   /* nested quotes, items, lists */
#define RENDER_ISOLATES 16
#define RENDER_MARK_LEN 32

/* What a quote, list item or definition puts in front of its lines. */
struct render_frame {
    char first[RENDER_MARK_LEN]; /* of its first line */
    char next[RENDER_MARK_LEN];  /* of the others */
    size_t cells;                /* of this and all frames around it */
    bool used;
    bool ordered;                /* of a list: */
    bool is_list;
    long long number, step;
    int digits;
};

struct renderer {
    struct buf *out;
    mimeo_ctx *ctx;
    const struct render_options *options;
    struct buf text;          /* the paragraph so far (article/wrap.h) */
    struct buf scratch;
    bool has_text, after_space, preformatted;
    size_t column;            /* of preformatted text, for tabs */
    unsigned counts[4];       /* open elements of each style */
    struct render_frame frames[RENDER_FRAMES];
    size_t depth, too_deep;
    bool any, gap;            /* something is printed; an empty line is due */
    const char *dir;          /* of the block at hand, or NULL */
    struct view *links;
    size_t link_count, link_cap;
    int rc;
};

/* ---- render_line.c */

/* A line's text, its styles and isolates opened again at its begin and closed at its end. */
struct pen {
    struct renderer *r;
    unsigned style;
    uint32_t isolates[RENDER_ISOLATES];
    size_t isolate_count;
};
void pen_line(struct pen *pen, const struct wrap_line *line);

/* Cells that all the frames take. */
size_t prefix_cells(const struct renderer *r);
/* Cells left for text; 0 where lines are not broken. */
size_t text_width(const struct renderer *r);
/* The frames' marks in front of a line; `blank`: of an empty line. */
void put_prefix(struct renderer *r, bool blank);
/* The empty line that is due, if one is. */
void put_gap(struct renderer *r);
void put_spaces(struct renderer *r, size_t count);
/* Put the paragraph down and begin a new one; returns the cells of its longest line. */
size_t flush_paragraph(struct renderer *r);
/* A line of `glyph` of so many cells. */
void put_rule(struct renderer *r, const char *glyph, size_t cells);

/* ---- render_inline.c */

/* Inline elements, text and pictures into r->text. */
void inline_enter(struct renderer *r, const struct node *n);
void inline_leave(struct renderer *r, const struct node *n);
void break_line(struct renderer *r);
void clear_text(struct renderer *r);
unsigned style_of(enum tag tag);
void style_begin(struct renderer *r, unsigned style);
void style_end(struct renderer *r, unsigned style);
/* The addresses of all links, numbered. */
void put_links(struct renderer *r);

/* ---- render_table.c */

void render_table(struct renderer *r, const struct node *table);

#endif
