/*
 * Tables on a terminal: columns where they fit, else a block of "heading: cell" a row.
 *
 * Natural widths if the table is narrow enough; else each column gets what its longest word
 * needs, and what is left over is shared by how much each still wants.  A cell is plain text
 * with styles; what is nested in it is made flat.  Headings are repeated only where they are
 * short: long ones times many rows would turn a small table into gigabytes.
 */
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "article/render_state.h"
#include "base/limits.h"
#include "base/text.h"

#define COLUMNS_MAX 32
#define COLUMN_GAP 2
#define UNWRAPPED_WIDTH 200 /* of a table where lines are not broken */
#define LEAST_WIDTH_MAX 12
#define HEADING_CELLS 60
#define HEADING_BYTES 240

struct cell {
    size_t begin, len; /* in table.text */
    size_t natural, least;
    size_t column, span;
};

struct row {
    size_t first, count; /* cells */
    bool header;         /* all of them are th, and at least one */
};

struct table {
    struct renderer *r;
    struct buf text;
    struct cell *cells;
    size_t cell_count, cell_cap;
    struct row *rows;
    size_t row_count, row_cap;
    size_t busy[COLUMNS_MAX]; /* rows that a cell above still reaches into */
    size_t columns;
    bool too_wide;
    size_t natural[COLUMNS_MAX], least[COLUMNS_MAX], width[COLUMNS_MAX];
};

/* ---- collecting */

/* `items` with room for one more of `size`; NULL on no memory, and then they stay. */
static void *grown(void *items, size_t *cap, size_t count, size_t size)
{
    if (count < *cap)
        return items;
    size_t more = *cap == 0 ? 16 : 2 * *cap;
    void *out = reallocarray(items, more, size);
    if (out != NULL)
        *cap = more;
    return out;
}

static void break_once(struct renderer *r)
{
    if (r->text.len > 0 && r->text.ptr[r->text.len - 1] != '\n')
        break_line(r);
}

/* All that is below `n`, as one text in r->text. */
static void gather_text(struct renderer *r, const struct node *n, unsigned style)
{
    const struct node *at = n;
    bool entering = true;
    clear_text(r);
    style_begin(r, style);
    while (r->rc == 0 && tree_walk(n, &at, &entering) && at != n) {
        if (at->tag != TAG_TEXT && (tag_is_block(at->tag) || at->tag == TAG_TABLE))
            break_once(r);
        else if (entering)
            inline_enter(r, at);
        else
            inline_leave(r, at);
    }
    style_end(r, style);
}

static size_t span_of(const struct node *n, enum attribute_name name)
{
    const struct view *v = node_attribute(n, name);
    uint64_t span = 1;
    if (v == NULL || !parse_decimal(*v, LIMIT_TABLE_SPAN, &span) || span == 0)
        return 1;
    return (size_t)span;
}

static size_t longest_word(struct view v)
{
    struct cursor c = cursor_of(v);
    struct cluster k;
    size_t longest = 0, cells = 0;
    while (cluster_next(&c, &k)) {
        cells = k.base == ' ' || k.base == '\n' ? 0 : cells + k.cells;
        longest = cells > longest ? cells : longest;
    }
    return longest > LEAST_WIDTH_MAX ? LEAST_WIDTH_MAX : longest;
}

static size_t longest_line(struct view v)
{
    struct wrapper w;
    struct wrap_line line;
    size_t longest = 0;
    wrap_begin(&w, v);
    while (wrap_next(&w, 0, &line))
        longest = line.cells > longest ? line.cells : longest;
    return longest;
}

/* The first column that no cell above reaches into. */
static size_t free_column(const struct table *t, size_t column)
{
    while (column < COLUMNS_MAX && t->busy[column] > 0)
        column++;
    return column;
}

static void add_cell(struct table *t, const struct node *n, size_t *column, size_t *reach)
{
    struct renderer *r = t->r;
    struct cell cell = {.begin = t->text.len, .span = span_of(n, ATTR_COLSPAN)};
    gather_text(r, n, n->tag == TAG_TH ? STYLE_BOLD : 0);
    if (r->has_text)
        buf_append_view(&t->text, buf_view(&r->text));
    cell.len = t->text.len - cell.begin;
    clear_text(r);
    struct cell *cells = grown(t->cells, &t->cell_cap, t->cell_count, sizeof *cells);
    if (cells == NULL || buf_status(&t->text) < 0) {
        t->cells = cells != NULL ? cells : t->cells;
        r->rc = cells == NULL ? MIMEO_ENOMEM : buf_status(&t->text);
        return;
    }
    t->cells = cells;
    struct view text = view_of(cell.len > 0 ? t->text.ptr + cell.begin : NULL, cell.len);
    cell.natural = longest_line(text);
    cell.least = longest_word(text);
    cell.column = free_column(t, *column);
    *column = cell.column + cell.span;
    if (*column > COLUMNS_MAX)
        t->too_wide = true;
    size_t rows = span_of(n, ATTR_ROWSPAN);
    for (size_t i = cell.column; i < *column && i < COLUMNS_MAX; i++)
        reach[i] = rows;
    if (*column > t->columns)
        t->columns = *column;
    t->cells[t->cell_count++] = cell;
}

static void add_row(struct table *t, const struct node *tr)
{
    struct row row = {.first = t->cell_count, .header = true};
    size_t column = 0, reach[COLUMNS_MAX] = {0};
    for (const struct node *n = tr->first_child; n != NULL && t->r->rc == 0; n = n->next) {
        if (n->tag != TAG_TD && n->tag != TAG_TH)
            continue;
        row.header = row.header && n->tag == TAG_TH;
        add_cell(t, n, &column, reach);
    }
    row.count = t->cell_count - row.first;
    row.header = row.header && row.count > 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        if (reach[i] > 0)
            t->busy[i] = reach[i];
        t->busy[i] -= t->busy[i] > 0;
    }
    struct row *rows = grown(t->rows, &t->row_cap, t->row_count, sizeof *rows);
    if (rows == NULL) {
        t->r->rc = MIMEO_ENOMEM;
        return;
    }
    t->rows = rows;
    t->rows[t->row_count++] = row;
}

static void collect(struct table *t, const struct node *table)
{
    const struct node *n = table;
    bool entering = true;
    while (t->r->rc == 0 && tree_walk(table, &n, &entering) && n != table) {
        if (!entering || (n->tag != TAG_TR && n->tag != TAG_CAPTION))
            continue;
        if (n->tag == TAG_TR) {
            add_row(t, n);
        } else {
            gather_text(t->r, n, STYLE_ITALIC);
            flush_paragraph(t->r);
        }
        entering = false; /* past what is in it */
    }
}

/* ---- widths */

static size_t sum(const size_t *widths, size_t from, size_t count)
{
    size_t total = count > 0 ? COLUMN_GAP * (count - 1) : 0;
    for (size_t i = from; i < from + count; i++)
        total += widths[i];
    return total;
}

/* A cell over many columns widens the last of them where all together are too narrow. */
static void widen(size_t *widths, const struct cell *c, size_t wanted)
{
    size_t have = sum(widths, c->column, c->span);
    if (wanted > have)
        widths[c->column + c->span - 1] += wanted - have;
}

static void measure(struct table *t)
{
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < t->cell_count; i++) {
            const struct cell *c = &t->cells[i];
            if ((c->span > 1) != (pass == 1))
                continue;
            widen(t->natural, c, c->natural);
            widen(t->least, c, c->least);
        }
    }
}

/* False where the columns do not fit. */
static bool choose_widths(struct table *t, size_t room)
{
    size_t natural = sum(t->natural, 0, t->columns), least = sum(t->least, 0, t->columns);
    if (least > room)
        return false;
    size_t spare = room - least, wanted = natural > least ? natural - least : 1;
    for (size_t i = 0; i < t->columns; i++) {
        size_t want = t->natural[i] > t->least[i] ? t->natural[i] - t->least[i] : 0;
        t->width[i] = t->least[i] +
                      (natural <= room ? want : (size_t)((uint64_t)want * spare / wanted));
        if (t->width[i] == 0)
            t->width[i] = 1;
    }
    return true;
}

/* ---- in columns */

struct column_pen {
    struct wrapper wrapper;
    struct pen pen;
    bool isolate;
};

static bool has_rtl(struct view v)
{
    struct cursor c = cursor_of(v);
    struct cluster k;
    while (cluster_next(&c, &k)) {
        if (k.base < 0x590 || k.silent)
            continue;
        utf8proc_bidi_class_t class =
            (utf8proc_bidi_class_t)utf8proc_get_property((utf8proc_int32_t)k.base)->bidi_class;
        if (class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL)
            return true;
    }
    return false;
}

/* One line of a row; false where no cell has any more.  Without isolates a terminal would
 * run neighbouring cells of right-to-left text together and swap them. */
static bool put_row_line(struct table *t, const struct row *row, struct column_pen *pens,
                         size_t indent)
{
    struct buf *out = t->r->out;
    size_t at = 0, start = 0;
    bool any = false;
    for (size_t i = 0; i < row->count; i++)
        any = any || pens[i].wrapper.more;
    if (!any)
        return false;
    put_spaces(t->r, indent);
    put_prefix(t->r, false);
    for (size_t i = 0, column = 0; i < row->count; i++) {
        const struct cell *c = &t->cells[row->first + i];
        struct wrap_line line;
        for (; column < c->column; column++)
            start += t->width[column] + COLUMN_GAP;
        if (!wrap_next(&pens[i].wrapper, sum(t->width, c->column, c->span), &line))
            continue;
        put_spaces(t->r, line.cells > 0 && start > at ? start - at : 0);
        if (pens[i].isolate)
            buf_append_utf8(out, 0x2068);
        pen_line(&pens[i].pen, &line);
        if (pens[i].isolate)
            buf_append_utf8(out, 0x2069);
        at = line.cells > 0 ? start + line.cells : at;
    }
    buf_append_byte(out, '\n');
    return true;
}

static void put_columns(struct table *t, size_t indent)
{
    struct column_pen pens[COLUMNS_MAX];
    bool in_header = true;
    for (size_t i = 0; i < t->row_count; i++) {
        const struct row *row = &t->rows[i];
        if (in_header && !row->header && i > 0) {
            put_spaces(t->r, indent);
            put_rule(t->r, "─", sum(t->width, 0, t->columns));
        }
        in_header = in_header && row->header;
        for (size_t j = 0; j < row->count; j++) {
            const struct cell *c = &t->cells[row->first + j];
            struct view text = view_of(c->len > 0 ? t->text.ptr + c->begin : NULL, c->len);
            pens[j] = (struct column_pen){.pen = {.r = t->r}, .isolate = has_rtl(text)};
            wrap_begin(&pens[j].wrapper, text);
        }
        while (put_row_line(t, row, pens, indent))
            ;
    }
}

/* ---- as blocks of "heading: cell" */

static const struct cell *heading_of(const struct table *t, const struct cell *cell)
{
    const struct row *head = t->row_count > 0 && t->rows[0].header ? &t->rows[0] : NULL;
    for (size_t i = 0; head != NULL && i < head->count; i++) {
        const struct cell *c = &t->cells[head->first + i];
        if (c->column <= cell->column && cell->column < c->column + c->span)
            return c->len > 0 && c->len <= HEADING_BYTES && c->natural <= HEADING_CELLS ? c : NULL;
    }
    return NULL;
}

static void put_blocks(struct table *t)
{
    struct renderer *r = t->r;
    for (size_t i = 0; i < t->row_count; i++) {
        const struct row *row = &t->rows[i];
        if (row->header && i == 0 && t->row_count > 1)
            continue;
        for (size_t j = 0; j < row->count; j++) {
            const struct cell *c = &t->cells[row->first + j];
            const struct cell *heading = heading_of(t, c);
            if (c->len == 0)
                continue;
            clear_text(r);
            if (heading != NULL && heading != c) {
                buf_append(&r->text, t->text.ptr + heading->begin, heading->len);
                buf_append_str(&r->text, ": ");
            }
            buf_append(&r->text, t->text.ptr + c->begin, c->len);
            r->has_text = true;
            flush_paragraph(r);
        }
        r->gap = true;
    }
}

static void put_table(struct table *t)
{
    struct renderer *r = t->r;
    size_t room = r->options->width > 0 ? text_width(r) : UNWRAPPED_WIDTH;
    if (!t->too_wide)
        measure(t);
    if (t->too_wide || !choose_widths(t, room)) {
        put_blocks(t);
        return;
    }
    const char *dir = r->dir != NULL ? r->dir : r->options->dir;
    size_t total = sum(t->width, 0, t->columns);
    bool right = dir != NULL && strcmp(dir, "rtl") == 0 && r->options->width > 0;
    put_gap(r);
    put_columns(t, right && room > total ? room - total : 0);
}

void render_table(struct renderer *r, const struct node *table)
{
    struct table *t = calloc(1, sizeof *t);
    if (t == NULL) {
        r->rc = MIMEO_ENOMEM;
        return;
    }
    t->r = r;
    buf_init(&t->text, 8 * LIMIT_BODY_BLOCK);
    r->gap = true;
    collect(t, table);
    if (r->rc == 0 && t->cell_count > 0)
        put_table(t);
    clear_text(r);
    r->gap = true;
    buf_dispose(&t->text);
    free(t->cells);
    free(t->rows);
    free(t);
}
