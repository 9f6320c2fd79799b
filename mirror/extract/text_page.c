/*
 * A page's text to its story (text_page.h).
 *
 * Each line is worth something or costs something; the stretch of lines that is worth most is the story, and in it
 * what is furniture goes.  The title is looked for above it.
 */
#include "extract/text_page.h"

#include <string.h>
#include <utf8proc.h>

#include <jansson.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/charset.h"
#include "extract/field.h"
#include "extract/furniture_words.h"
#include "extract/language.h"
#include "extract/names.h"
#include "extract/page_child.h"

#define STORY_LEAST 140   /* characters of prose that make a story */
#define WORTH_MOST 500    /* what one line is worth at most: a long one is no better than two */
#define TITLE_WITHIN 14   /* lines above the story where its title is */
#define LANGUAGE_SAMPLE (32 * KIB)
#define SNIFF_MOST (256 * KIB)

struct story {
    size_t from, to;      /* lines, `to` is behind the last */
    size_t prose;         /* characters of it */
    size_t title, subtitle, date, byline, caption; /* lines; SIZE_MAX: none */
};

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

static bool find_stretch(struct story *out, const struct text_lines *l)
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

static void find_title(struct story *s, const struct text_lines *l)
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
static size_t find_kind(const struct text_lines *l, const struct story *s, enum text_kind kind)
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

static size_t find_subtitle(const struct text_lines *l, const struct story *s)
{
    for (size_t i = s->title == SIZE_MAX ? s->from : s->title + 1; i < s->from; i++)
        if ((l->of[i].kind == TEXT_SHORT || l->of[i].kind == TEXT_PROSE) && l->of[i].length >= 40 && l->of[i].length <= 300 &&
            !same_line(l->of[i].text, l->of[s->title].text))
            return i;
    return SIZE_MAX;
}

static bool find_story(struct story *s, struct text_lines *l)
{
    *s = (struct story){.title = SIZE_MAX};
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

/* Is this line of the stretch part of the story?  A short one is where prose stands on both sides: a subheading. */
static bool is_kept(const struct text_lines *l, const struct story *s, size_t i)
{
    const struct text_line *line = &l->of[i];
    if (i == s->date || i == s->byline || i == s->caption)
        return false;
    if (line->kind == TEXT_PROSE || line->kind == TEXT_ITEM || line->kind == TEXT_CAPTION)
        return s->title == SIZE_MAX || !same_line(line->text, l->of[s->title].text);
    return line->kind == TEXT_SHORT && i + 1 < s->to && l->of[i + 1].kind != TEXT_FURNITURE && l->of[i + 1].kind != TEXT_SHORT &&
           (s->title == SIZE_MAX || !same_line(line->text, l->of[s->title].text));
}

/* ---- the record */

static int escape(struct buf *out, struct view v)
{
    struct buf line;
    buf_init(&line, v.len + 8);
    int rc = field_line(&line, v, v.len, false);
    for (size_t i = 0; rc == 0 && i < line.len; i++)
        rc = line.ptr[i] == '<'   ? buf_append_str(out, "&lt;")
             : line.ptr[i] == '&' ? buf_append_str(out, "&amp;")
                                  : buf_append_byte(out, line.ptr[i]);
    buf_dispose(&line);
    return rc;
}

static int put_element(struct buf *out, const char *open, struct view text, const char *close)
{
    buf_append_str(out, open);
    escape(out, text);
    return buf_append_str(out, close);
}

static struct view without_bullet(struct view v)
{
    size_t i = 0;
    while (i < v.len && v.ptr[i] != ' ')
        i++;
    return line_trim(view_of(v.ptr + i, v.len - i));
}

static int put_story(struct buf *out, const struct text_lines *l, const struct story *s)
{
    bool list = false;
    if (s->caption != SIZE_MAX)
        put_element(out, "<figure><figcaption>", l->of[s->caption].text, "</figcaption></figure>\n");
    for (size_t i = s->from; i < s->to; i++) {
        const struct text_line *line = &l->of[i];
        if (!is_kept(l, s, i))
            continue;
        bool item = line->kind == TEXT_ITEM;
        if (item != list)
            buf_append_str(out, item ? "<ul>\n" : "</ul>\n");
        list = item;
        if (item)
            put_element(out, "<li>", without_bullet(line->text), "</li>\n");
        else if (line->kind == TEXT_SHORT)
            put_element(out, "<h2>", line->text, "</h2>\n");
        else if (line->kind == TEXT_CAPTION)
            put_element(out, "<figure><figcaption>", line->text, "</figcaption></figure>\n");
        else
            put_element(out, "<p>", line->text, "</p>\n");
    }
    if (list)
        buf_append_str(out, "</ul>\n");
    return buf_status(out);
}

static int put_field(json_t *object, const char *field, struct view raw, size_t max)
{
    struct buf line;
    buf_init(&line, max + 8);
    int rc = field_line(&line, raw, max, false);
    if (rc == 0 && line.len > 0)
        rc = json_object_set_new_nocheck(object, field, json_stringn_nocheck(buf_str(&line), line.len)) < 0 ? MIMEO_ENOMEM : 0;
    buf_dispose(&line);
    return rc;
}

static int put_names(json_t *object, struct view line)
{
    struct names names = {.count = 0};
    json_t *list = json_array();
    names_add(&names, line, view_of_str(NULL), false);
    names_settle(&names);
    for (size_t i = 0; list != NULL && i < names.count; i++)
        json_array_append_new(list, json_string_nocheck(names.of[i].text));
    if (json_array_size(list) > 0)
        return json_object_set_new(object, "bylines", list) < 0 ? MIMEO_ENOMEM : 0;
    json_decref(list);
    return 0;
}

static int put_date(json_t *object, const struct text_lines *l, const struct story *s, const char *url, const char *lang)
{
    struct date date;
    char text[21];
    bool found = s->date != SIZE_MAX && date_find(&date, l->of[s->date].text, lang);
    if (!found && (url == NULL || !date_of_url(&date, view_of_str(url))))
        return 0;
    date_settle(&date, NULL);
    date_format(text, &date);
    return put_field(object, "published", view_of_str(text), 32);
}

static int put_language(json_t *object, const struct page_options *options, struct view text, const char **lang)
{
    *lang = language_of_text(text);
    if (options->lang != NULL && (*lang == NULL || language_fits(text, options->lang)))
        *lang = options->lang;
    const char *dir = language_direction(text);
    int rc = *lang == NULL ? 0 : put_field(object, "lang", view_of_str(*lang), LIMIT_LANG);
    return rc == 0 && dir != NULL ? put_field(object, "dir", view_of_str(dir), 8) : rc;
}

static int put_explanation(json_t *object, const struct text_lines *l, const struct story *s)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < l->count && i < 400; i++) {
        const struct text_line *line = &l->of[i];
        bool within = i >= s->from && i < s->to;
        const char *what = i == s->title     ? "title"
                           : i == s->subtitle ? "subtitle"
                           : i == s->date     ? "date"
                           : i == s->byline   ? "byline"
                           : i == s->caption  ? "caption"
                           : within && is_kept(l, s, i) ? "kept"
                                                        : "dropped";
        int shown = (int)(line->text.len < 60 ? line->text.len : 60);
        while (shown > 0 && shown < (int)line->text.len && (line->text.ptr[shown] & 0xC0) == 0x80)
            shown--;
        const char *why = strcmp(what, "dropped") != 0 ? NULL : line->why != NULL ? line->why : within ? "no part of the text" : "not within the story";
        json_array_append_new(list, json_sprintf("%s line %zu (%zu letters)%s%s: %.*s", what, i + 1, line->length, why == NULL ? "" : ": ",
                                                 why == NULL ? "" : why, shown, (const char *)line->text.ptr));
    }
    return json_object_set_new(object, "explain", list) < 0 ? MIMEO_ENOMEM : 0;
}

struct job {
    const struct page_source *source;
    const struct page_options *options;
};

static int put_record(json_t *object, const struct text_lines *l, const struct story *s, const struct job *j)
{
    struct buf html, text;
    const char *lang = NULL, *url = j->source->url;
    buf_init(&html, LIMIT_HTML);
    buf_init(&text, LANGUAGE_SAMPLE);
    for (size_t i = s->from; i < s->to && buf_status(&text) == 0; i++)
        if (is_kept(l, s, i)) {
            buf_append_view(&text, l->of[i].text);
            buf_append_byte(&text, ' ');
        }
    int rc = put_story(&html, l, s);
    if (rc == 0)
        rc = put_language(object, j->options, buf_view(&text), &lang);
    if (rc == 0 && s->title != SIZE_MAX)
        rc = put_field(object, "title", l->of[s->title].text, LIMIT_TITLE);
    if (rc == 0 && s->subtitle != SIZE_MAX)
        rc = put_field(object, "subtitle", l->of[s->subtitle].text, LIMIT_TITLE);
    if (rc == 0 && s->byline != SIZE_MAX)
        rc = put_names(object, l->of[s->byline].text);
    if (rc == 0)
        rc = put_date(object, l, s, url, lang);
    if (rc == 0 && url != NULL)
        rc = put_field(object, "url", view_of_str(url), LIMIT_ARTICLE_URL);
    if (rc == 0)
        rc = json_object_set_new(object, "html", json_stringn(buf_str(&html), html.len)) < 0 ? MIMEO_ENOMEM : 0;
    if (rc == 0 && j->options->explain)
        rc = put_explanation(object, l, s);
    buf_dispose(&html);
    buf_dispose(&text);
    return rc;
}

/* ---- in the child */

static int extract_lines(struct buf *out, mimeo_ctx *ctx, struct text_lines *l, const struct job *j)
{
    struct story s;
    if (!find_story(&s, l))
        return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: no article in it: no text that reads like one", j->source->where);
    json_t *object = json_object();
    int rc = object == NULL || put_record(object, l, &s, j) < 0 ? ctx_error_nomem(ctx) : page_put_object(out, ctx, object);
    json_decref(object);
    return rc;
}

static int work(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct job *j = payload;
    struct text_lines lines;
    struct buf text;
    int rc = charset_to_utf8(&text, ctx, j->source->bytes, j->source->content_type, CHARSET_TEXT, NULL);
    if (rc < 0)
        return rc;
    rc = text_lines_cut(&lines, ctx, j->source->where, buf_view(&text));
    if (rc == 0) {
        rc = extract_lines(out, ctx, &lines, j);
        text_lines_dispose(&lines);
    }
    buf_dispose(&text);
    return rc;
}

int text_page_extract(struct buf *out, mimeo_ctx *ctx, const struct page_source *source, const struct page_options *options)
{
    static const struct page_options none = {0};
    struct job j = {.source = source, .options = options == NULL ? &none : options};
    return page_child(out, ctx, source, work, &j);
}

/* ---- is it one */

/* A story with furniture around it: at least three lines that say so, outside of the story or two fifths of it. */
bool text_page_sniff(struct view bytes)
{
    struct text_lines lines;
    struct story s;
    mimeo_ctx *ctx;
    struct view front = view_of(bytes.ptr, bytes.len < SNIFF_MOST ? bytes.len : SNIFF_MOST);
    if (bytes.len == 0 || mimeo_ctx_new(&ctx) < 0)
        return false;
    bool page = false;
    if (text_lines_cut(&lines, ctx, "", front) == 0) {
        size_t dropped = 0;
        bool story = find_story(&s, &lines);
        for (size_t i = 0; story && i < lines.count; i++)
            dropped += i < s.from || i >= s.to ? i != s.title && i != s.subtitle && i != s.date && i != s.byline && i != s.caption : !is_kept(&lines, &s, i);
        page = story && lines.furniture >= 3 && dropped >= 4;
        text_lines_dispose(&lines);
    }
    mimeo_ctx_free(ctx);
    return page;
}
