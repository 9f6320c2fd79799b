/*
 * Breaking text into lines: see article/wrap.h.
 *
 * A small part of UAX 14: after spaces, after hyphens inside of words, and between
 * characters of scripts that have no spaces, but not before their closing nor after their
 * opening punctuation.  Where a word is longer than a line, between any two clusters.
 */
#include <string.h>

#include <utf8proc.h>

#include "article/render.h"
#include "article/wrap.h"
#include "base/text.h"

static bool is_isolate(uint32_t code) { return code >= 0x2066 && code <= 0x2069; }

static bool is_regional(uint32_t code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }

static size_t code_cells(uint32_t code)
{
    int cells = utf8proc_charwidth((utf8proc_int32_t)code);
    return cells < 0 ? 0 : (size_t)cells;
}

/* Lengthen `k` by what belongs to the same user-perceived character.  Terminals show such a
 * group as wide as its widest member, and a picture selector (U+FE0F) or a flag as two. */
static void take_rest(struct cursor *c, struct cluster *k)
{
    utf8proc_int32_t state = 0, before = (utf8proc_int32_t)k->base;
    for (;;) {
        struct cursor ahead = *c;
        uint32_t code;
        if (!utf8_next(&ahead, &code) ||
            utf8proc_grapheme_break_stateful(before, (utf8proc_int32_t)code, &state))
            break;
        size_t cells = code == 0xFE0F || is_regional(code) ? 2 : code_cells(code);
        if (cells > k->cells)
            k->cells = cells;
        k->bytes.len += c->left - ahead.left;
        *c = ahead;
        before = (utf8proc_int32_t)code;
    }
}

bool cluster_next(struct cursor *c, struct cluster *out)
{
    if (c->left == 0)
        return false;
    struct cluster k = {.bytes = {c->ptr, 1}, .base = c->ptr[0], .cells = 1};
    struct view passed;
    bool ascii = c->ptr[0] >= 0x20 && c->ptr[0] < 0x7F;
    if (ascii && (c->left == 1 || c->ptr[1] < 0x80)) {
        cursor_take(c, 1, &passed); /* most text by far */
    } else if (c->ptr[0] == WRAP_MARK_BYTE && c->left > 1) {
        k.bytes.len = 2;
        k.silent = true;
        k.cells = 0;
        cursor_take(c, 2, &passed);
    } else if (utf8_next(c, &k.base)) {
        k.bytes.len = (size_t)(c->ptr - k.bytes.ptr);
        k.silent = is_isolate(k.base);
        k.cells = code_cells(k.base);
        if (!k.silent && k.base != '\n')
            take_rest(c, &k);
    } else {
        k.base = 0xFFFD;
        cursor_take(c, 1, &passed);
    }
    *out = k;
    return true;
}

size_t text_cells(struct view v)
{
    struct cursor c = cursor_of(v);
    struct cluster k;
    size_t cells = 0;
    while (cluster_next(&c, &k))
        cells += k.cells;
    return cells;
}

static int append_cut(struct buf *out, struct view v, size_t cells)
{
    struct cursor c = cursor_of(v);
    struct cluster k;
    size_t used = 0;
    while (cells > 0 && cluster_next(&c, &k) && used + k.cells < cells) {
        buf_append_view(out, k.bytes);
        used += k.cells;
    }
    return cells == 0 ? buf_status(out) : buf_append_str(out, "…");
}

int buf_append_cells(struct buf *out, struct view v, size_t cells)
{
    struct buf safe;
    buf_init(&safe, 3 * v.len + 1); /* each byte may become U+FFFD */
    int rc = buf_append_printable(&safe, v, false);
    if (rc == 0)
        rc = text_cells(buf_view(&safe)) <= cells ? buf_append_view(out, buf_view(&safe))
                                                  : append_cut(out, buf_view(&safe), cells);
    buf_dispose(&safe);
    return rc;
}

/* ---- where a line may end */

static bool is_letter(uint32_t code)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

/* Scripts written without spaces: Han, Kana, Bopomofo, Yi and their punctuation. */
static bool is_ideographic(uint32_t code)
{
    return (code >= 0x2E80 && code <= 0x312F) || (code >= 0x31A0 && code <= 0x4DBF) ||
           (code >= 0x4E00 && code <= 0xA4CF) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0xFE30 && code <= 0xFE4F) || (code >= 0xFF01 && code <= 0xFF9F) ||
           (code >= 0x20000 && code <= 0x3FFFF);
}

static bool is_one_of(uint32_t code, const uint32_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == code)
            return true;
    }
    return false;
}

/* Never first on a line: closing brackets, stops, small kana, marks of length and repetition. */
static bool is_nonstarter(uint32_t code)
{
    static const uint32_t list[] = {
        '!', ')', ',', '.', ':', ';', '?', ']', '}', '%', 0xBB, 0x2019, 0x201D, 0x2026, 0x2030,
        0x3001, 0x3002, 0x3005, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0x3019,
        0x301B, 0x301C, 0x301E, 0x301F, 0x303B, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063,
        0x3083, 0x3085, 0x3087, 0x308E, 0x3095, 0x3096, 0x309B, 0x309C, 0x309D, 0x309E, 0x30A1,
        0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6,
        0x30FB, 0x30FC, 0x30FD, 0x30FE, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B,
        0xFF1F, 0xFF3D, 0xFF5D, 0xFF60, 0xFF61, 0xFF63, 0xFF64, 0xFF65, 0xFF70, 0xFF9E, 0xFF9F};
    return is_one_of(code, list, sizeof list / sizeof list[0]);
}

/* Never last on a line. */
static bool is_opening(uint32_t code)
{
    static const uint32_t list[] = {
        '(', '[', '{', 0xAB, 0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014,
        0x3016, 0x3018, 0x301A, 0x301D, 0xFF08, 0xFF3B, 0xFF5B, 0xFF5F, 0xFF62};
    return is_one_of(code, list, sizeof list / sizeof list[0]);
}

static bool is_hyphen(uint32_t code)
{
    return code == '-' || code == 0x2010 || code == 0x2013 || code == 0x2014;
}

static bool is_space(uint32_t code) { return code == ' ' || code == 0x200B; }

/* U+00A0, U+202F and U+2060 hold what is on either side. */
static bool is_glue(uint32_t code) { return code == 0xA0 || code == 0x202F || code == 0x2060; }

static bool may_break(uint32_t before_last, uint32_t last, uint32_t next)
{
    if (last == 0 || is_glue(last) || is_glue(next))
        return false;
    if (is_hyphen(last))
        return is_letter(before_last) && is_letter(next);
    return (is_ideographic(last) || is_ideographic(next)) && !is_nonstarter(next) &&
           !is_opening(last);
}

static bool begins_address(struct cursor c)
{
    struct view v = {c.ptr, c.left};
    return view_starts_with(v, "http://") || view_starts_with(v, "https://") ||
           view_starts_with(v, "mailto:") || view_starts_with(v, "mimeo:");
}

/* ---- lines */

/* Spaces, line ends and marks at the end of all change nothing; left there, a mark behind
 * the last LF would make a line of its own. */
static struct view without_tail(struct view v)
{
    for (;;) {
        if (v.len > 0 && (v.ptr[v.len - 1] == ' ' || v.ptr[v.len - 1] == '\n'))
            v.len--;
        else if (v.len > 1 && v.ptr[v.len - 2] == WRAP_MARK_BYTE)
            v.len -= 2;
        else
            return v;
    }
}

void wrap_begin(struct wrapper *w, struct view text)
{
    text = without_tail(text);
    *w = (struct wrapper){.rest = cursor_of(text), .more = text.len > 0};
}

/* A place where the line could end. */
struct place {
    const uint8_t *end, *resume; /* NULL: none yet */
    size_t cells;
};

/* What is known of the line so far. */
struct line_state {
    struct place best;
    const uint8_t *solid; /* behind its last character that is not a space */
    size_t solid_cells, cells;
    uint32_t last, before_last;
    bool address;
};

static bool finish_line(struct wrapper *w, const uint8_t *begin, struct place at,
                        struct wrap_line *out)
{
    const uint8_t *end = w->rest.ptr + w->rest.left;
    out->text = view_of(begin, (size_t)(at.end - begin));
    out->skipped = view_of(at.end, (size_t)(at.resume - at.end));
    out->cells = at.cells;
    w->rest = cursor_of(view_of(at.resume, (size_t)(end - at.resume)));
    w->more = w->rest.left > 0;
    return true;
}

/* Note whether the line could end before the cluster that begins at `here`. */
static void note_place(struct line_state *s, struct cursor here, uint32_t code)
{
    bool after_space = is_space(s->last);
    if (after_space && s->solid_cells > 0)
        s->best = (struct place){s->solid, here.ptr, s->solid_cells};
    else if (!s->address && may_break(s->before_last, s->last, code))
        s->best = (struct place){here.ptr, here.ptr, s->cells};
    if (s->address && after_space)
        s->address = false;
    if ((code == 'h' || code == 'm') && !is_letter(s->last) && begins_address(here))
        s->address = true;
}

bool wrap_next(struct wrapper *w, size_t width, struct wrap_line *out)
{
    if (!w->more)
        return false;
    struct cursor c = w->rest, here = c;
    const uint8_t *begin = c.ptr;
    struct line_state s = {.solid = begin};
    struct cluster k;
    for (; cluster_next(&c, &k); here = c) {
        if (k.silent)
            continue;
        if (k.base == '\n')
            return finish_line(w, begin, (struct place){s.solid, c.ptr, s.solid_cells}, out);
        if (is_space(k.base)) {
            s.cells += k.cells;
        } else {
            note_place(&s, here, k.base);
            bool full = width > 0 && s.cells + k.cells > width;
            if (full && s.best.end != NULL)
                return finish_line(w, begin, s.best, out);
            if (full && s.solid_cells > 0 && !s.address)
                return finish_line(w, begin, (struct place){here.ptr, here.ptr, s.cells}, out);
            s.cells += k.cells;
            s.solid = c.ptr;
            s.solid_cells = s.cells;
        }
        s.before_last = s.last;
        s.last = k.base;
    }
    return finish_line(w, begin, (struct place){s.solid, c.ptr, s.solid_cells}, out);
}
