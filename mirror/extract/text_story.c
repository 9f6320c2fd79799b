/*
 * Which of a page's lines are its story, and which its title, date, byline and caption.
 *
 * Each line is worth something or costs something; the stretch of lines that is worth most is the story, and in it
 * what is furniture goes.  The title is looked for above it.
 */
#include <string.h>
#include <utf8proc.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/field.h"
#include "extract/text_page.h"

#define STORY_LEAST 140   /* characters of prose that make a story */
#define WORTH_MOST 500    /* what one line is worth at most: a long one is no better than two */
#define TITLE_WITHIN 14   /* lines above the story where its title is */

/* ---- what asks its readers for something, with all that follows */

static void fold(struct buf *out, struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    buf_init(out, 4 * KIB);
    while (utf8_next(&c, &code) && buf_append_utf8(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)) == 0)
        ;
}

static bool begins_appeal(const struct text_line *l)
{
    struct buf folded;
    fold(&folded, l->text);
    bool begins = text_appeal_begins(buf_view(&folded), l->length);
    buf_dispose(&folded);
    return begins;
}

static void make_furniture(struct text_lines *l, size_t i, const char *why)
{
    l->furniture += l->of[i].kind != TEXT_FURNITURE;
    l->of[i].kind = TEXT_FURNITURE;
    l->of[i].why = why;
}

/* A heading such as a story has, set apart from what stands above. */
static bool is_headline(const struct text_line *l)
{
    return l->kind == TEXT_SHORT && l->blank_before && l->length >= 25;
}

/* An appeal goes on to its buttons, two short lines in a row, or to the headline of a story.  Without any, to the end. */
static void mark_appeals(struct text_lines *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (!begins_appeal(&l->of[i]))
            continue;
        size_t lines = 0, buttons = 0;
        for (; i < l->count && buttons < 2 && !(lines > 0 && is_headline(&l->of[i])); i++, lines++) {
            bool button = lines > 1 && l->of[i].length < 60 && (l->of[i].kind == TEXT_SHORT || l->of[i].kind == TEXT_FURNITURE);
            buttons = button ? buttons + 1 : 0;
            make_furniture(l, i, "a message to the readers");
        }
        i--;
    }
}

/* ---- the stretch */

static long worth(const struct text_line *l)
{
    long length = (long)(l->length < WORTH_MOST ? l->length : WORTH_MOST);
    switch (l->kind) {
    case TEXT_PROSE: return length + 40;
    case TEXT_ITEM: return l->length > 40 ? length / 3 : -10;
    case TEXT_CAPTION: return -10;
    case TEXT_SHORT: return l->length > 20 ? -40 : -60;
    case TEXT_DATE:
    case TEXT_BYLINE: return -80;
    default: return l->length > 120 ? -length : -60;
    }
}

static bool find_stretch(struct text_story *out, const struct text_lines *l)
{
    long best = 0, sum = 0;
    size_t from = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (sum <= 0) {
            sum = 0;
            from = i;
        }
        sum += worth(&l->of[i]);
        if (sum > best) {
            best = sum;
            out->from = from;
            out->to = i + 1;
        }
    }
    while (best > 0 && l->of[out->from].kind != TEXT_PROSE && out->from + 1 < out->to)
        out->from++;
    for (size_t i = out->from; best > 0 && i < out->to; i++)
        out->prose += l->of[i].kind == TEXT_PROSE ? l->of[i].length : 0;
    return out->prose >= STORY_LEAST;
}

/* ---- the title and what stands with it */

static bool same_line(struct view a, struct view b)
{
    struct buf x, y;
    buf_init(&x, 8 * KIB);
    buf_init(&y, 8 * KIB);
    field_folded(&x, a);
    field_folded(&y, b);
    bool same = x.len > 0 && view_equal(buf_view(&x), buf_view(&y));
    buf_dispose(&x);
    buf_dispose(&y);
    return same;
}

static bool stands_twice(const struct text_lines *l, size_t at)
{
    size_t to = at + TITLE_WITHIN < l->count ? at + TITLE_WITHIN : l->count;
    for (size_t i = at > TITLE_WITHIN ? at - TITLE_WITHIN : 0; i < to; i++)
        if (i != at && same_line(l->of[i].text, l->of[at].text))
            return true;
    return false;
}

/* How much a line above the story looks like its title; 0: not at all. */
static int title_worth(const struct text_lines *l, size_t i, size_t story)
{
    const struct text_line *line = &l->of[i];
    bool heading = line->kind == TEXT_SHORT || (line->kind == TEXT_PROSE && line->length <= 160);
    if (!heading || line->length < 10 || line->length > 250)
        return 0;
    int sum = line->length >= 25 ? 40 : line->length >= 16 ? 20 : 5;
    sum += line->blank_before ? 5 : 0;
    sum += stands_twice(l, i) ? 40 : 0;
    sum -= line->kind == TEXT_PROSE ? 25 : 0;
    return sum - 2 * (int)(story - i) < 1 ? 1 : sum - 2 * (int)(story - i);
}

static bool is_above(const struct text_line *upper, const struct text_line *lower)
{
    return upper->kind == TEXT_SHORT && upper->length >= 25 && upper->length < lower->length;
}

static void find_title(struct text_story *s, const struct text_lines *l)
{
    int best = 0;
    s->title = SIZE_MAX;
    for (size_t i = s->from; i-- > 0 && s->from - i <= TITLE_WITHIN;) {
        int sum = title_worth(l, i, s->from);
        bool twice = s->title != SIZE_MAX && same_line(l->of[i].text, l->of[s->title].text);
        if (sum > best || twice) {
            s->title = i; /* the upper of two: what stands between belongs to it */
            best = sum > best ? sum : best;
        }
    }
    /* A longer heading right below another is its subtitle. */
    while (s->title != SIZE_MAX && s->title > 0 && !stands_twice(l, s->title) && is_above(&l->of[s->title - 1], &l->of[s->title]))
        s->title--;
    if (s->title == SIZE_MAX && s->from + 1 < s->to && l->of[s->from].length <= 160 && l->of[s->from].length < l->of[s->from + 1].length)
        s->title = s->from++; /* a title that ends like a sentence */
}

/* Between the title and the story, or just above and below. */
static size_t find_kind(const struct text_lines *l, const struct text_story *s, enum text_kind kind)
{
    size_t first = s->title == SIZE_MAX ? s->from : s->title;
    for (size_t i = first; i < s->from; i++)
        if (l->of[i].kind == kind)
            return i;
    for (size_t i = first; i-- > 0 && first - i <= 4;)
        if (l->of[i].kind == kind)
            return i;
    for (size_t i = s->from; i < s->to && kind != TEXT_CAPTION; i++)
        if (l->of[i].kind == kind && (i < s->from + 3 || i + 2 >= s->to))
            return i;
    for (size_t i = s->to; i < l->count && i < s->to + 3 && kind != TEXT_CAPTION; i++)
        if (l->of[i].kind == kind)
            return i;
    return SIZE_MAX;
}

static size_t find_subtitle(const struct text_lines *l, const struct text_story *s)
{
    for (size_t i = s->title == SIZE_MAX ? s->from : s->title + 1; i < s->from; i++)
        if ((l->of[i].kind == TEXT_SHORT || l->of[i].kind == TEXT_PROSE) && l->of[i].length >= 40 && l->of[i].length <= 300 &&
            !same_line(l->of[i].text, l->of[s->title].text))
            return i;
    return SIZE_MAX;
}

bool text_story_find(struct text_story *s, struct text_lines *l)
{
    *s = (struct text_story){.title = SIZE_MAX};
    mark_appeals(l);
    if (!find_stretch(s, l))
        return false;
    find_title(s, l);
    s->date = find_kind(l, s, TEXT_DATE);
    s->byline = find_kind(l, s, TEXT_BYLINE);
    s->caption = find_kind(l, s, TEXT_CAPTION);
    s->subtitle = find_subtitle(l, s);
    return true;
}

bool text_story_keeps(const struct text_lines *l, const struct text_story *s, size_t i)
{
    const struct text_line *line = &l->of[i];
    if (i == s->date || i == s->byline || i == s->caption)
        return false;
    if (line->kind == TEXT_PROSE || line->kind == TEXT_ITEM || line->kind == TEXT_CAPTION)
        return s->title == SIZE_MAX || !same_line(line->text, l->of[s->title].text);
    return line->kind == TEXT_SHORT && i + 1 < s->to && l->of[i + 1].kind != TEXT_FURNITURE && l->of[i + 1].kind != TEXT_SHORT &&
           (s->title == SIZE_MAX || !same_line(line->text, l->of[s->title].text));
}
