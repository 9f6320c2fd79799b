/*
 * Putting lines down: prefix, padding, direction, styles.
 *
 * Each line stands for itself: a terminal takes a line as a paragraph of its own, so styles
 * and isolates that go on over a break are closed before it and opened again behind it.
 */
#include <string.h>

#include "article/render_state.h"
#include "base/text.h"

#define RLI "\xE2\x81\xA7" /* U+2067 */
#define LRI "\xE2\x81\xA6" /* U+2066 */
#define PDI "\xE2\x81\xA9" /* U+2069 */

static void put_style(struct pen *pen, unsigned style)
{
    static const char *const codes[] = {"\x1b[1m", "\x1b[2m", "\x1b[3m", "\x1b[4m"};
    if (!pen->r->options->style)
        return;
    for (unsigned i = 0; i < 4; i++) {
        if (style & (1u << i))
            buf_append_str(pen->r->out, codes[i]);
    }
}

static void end_style(struct pen *pen)
{
    if (pen->r->options->style && pen->style != 0)
        buf_append_str(pen->r->out, "\x1b[0m");
}

/* The state after a mark or an isolate; false where there is nothing to print for it. */
static bool follow(struct pen *pen, const struct cluster *k)
{
    if (k->bytes.ptr[0] == WRAP_MARK_BYTE) {
        pen->style = k->bytes.ptr[1] & 0x7Fu;
        return true;
    }
    if (k->base == 0x2069) {
        if (pen->isolate_count == 0)
            return false;
        pen->isolate_count--;
        return true;
    }
    if (pen->isolate_count == RENDER_ISOLATES)
        return false;
    pen->isolates[pen->isolate_count++] = k->base;
    return true;
}

void pen_line(struct pen *pen, const struct wrap_line *line)
{
    struct buf *out = pen->r->out;
    struct cursor c = cursor_of(line->text);
    struct cluster k;
    put_style(pen, pen->style);
    for (size_t i = 0; i < pen->isolate_count; i++)
        buf_append_utf8(out, pen->isolates[i]);
    while (cluster_next(&c, &k)) {
        if (!k.silent) {
            buf_append_view(out, k.bytes);
        } else if (k.bytes.ptr[0] == WRAP_MARK_BYTE) {
            end_style(pen);
            follow(pen, &k);
            put_style(pen, pen->style);
        } else if (follow(pen, &k)) {
            buf_append_view(out, k.bytes);
        }
    }
    for (size_t i = 0; i < pen->isolate_count; i++)
        buf_append_str(out, PDI);
    end_style(pen);
    c = cursor_of(line->skipped);
    while (cluster_next(&c, &k)) {
        if (k.silent)
            follow(pen, &k);
    }
}

size_t prefix_cells(const struct renderer *r)
{
    return r->depth == 0 ? 0 : r->frames[r->depth - 1].cells;
}

size_t text_width(const struct renderer *r)
{
    if (r->options->width <= 0)
        return 0;
    size_t width = (size_t)r->options->width, prefix = prefix_cells(r);
    return prefix + 10 > width ? 10 : width - prefix;
}

void put_spaces(struct renderer *r, size_t count)
{
    while (count-- > 0)
        buf_append_byte(r->out, ' ');
}

static void trim_spaces(struct buf *out, size_t begin)
{
    while (out->len > begin && out->ptr[out->len - 1] == ' ')
        out->ptr[--out->len] = 0;
}

void put_prefix(struct renderer *r, bool blank)
{
    size_t begin = r->out->len;
    for (size_t i = 0; i < r->depth; i++) {
        struct render_frame *f = &r->frames[i];
        if (blank && !f->used)
            break;
        buf_append_str(r->out, f->used ? f->next : f->first);
        f->used = f->used || !blank;
    }
    if (blank && r->out->ptr != NULL)
        trim_spaces(r->out, begin);
}

void put_gap(struct renderer *r)
{
    if (r->gap && r->any) {
        put_prefix(r, true);
        buf_append_byte(r->out, '\n');
    }
    r->gap = false;
    r->any = true;
}

void put_rule(struct renderer *r, const char *glyph, size_t cells)
{
    put_prefix(r, false);
    while (cells-- > 0)
        buf_append_str(r->out, glyph);
    buf_append_byte(r->out, '\n');
}

static bool is_rtl(const char *dir) { return dir != NULL && strcmp(dir, "rtl") == 0; }

static void put_line(struct renderer *r, struct pen *pen, const struct wrap_line *line, bool rtl)
{
    bool differs = rtl != is_rtl(r->options->dir);
    size_t used = prefix_cells(r) + line->cells;
    if (rtl && r->options->width > 0 && used < (size_t)r->options->width)
        put_spaces(r, (size_t)r->options->width - used);
    if (differs)
        buf_append_str(r->out, rtl ? RLI : LRI);
    put_prefix(r, line->cells == 0 && r->depth > 0 && r->frames[r->depth - 1].used);
    pen_line(pen, line);
    if (differs)
        buf_append_str(r->out, PDI);
    buf_append_byte(r->out, '\n');
}

size_t flush_paragraph(struct renderer *r)
{
    size_t longest = 0;
    if (r->has_text) {
        struct wrapper w;
        struct wrap_line line;
        struct pen pen = {.r = r};
        bool rtl = is_rtl(r->dir != NULL ? r->dir : r->options->dir);
        put_gap(r);
        wrap_begin(&w, buf_view(&r->text));
        while (wrap_next(&w, r->preformatted ? 0 : text_width(r), &line)) {
            put_line(r, &pen, &line, rtl && !r->preformatted);
            longest = line.cells > longest ? line.cells : longest;
        }
    }
    clear_text(r);
    return longest;
}
