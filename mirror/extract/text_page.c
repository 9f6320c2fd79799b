/*
 * A page's text to its story (text_page.h).
 *
 * What the story is, text_story.c finds; here its lines become a record.
 */
#include "extract/text_page.h"

#include <string.h>

#include <jansson.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/charset.h"
#include "extract/field.h"
#include "extract/language.h"
#include "extract/names.h"
#include "extract/page_child.h"

#define LANGUAGE_SAMPLE (32 * KIB)
#define SNIFF_MOST (256 * KIB)

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

static int put_story(struct buf *out, const struct text_lines *l, const struct text_story *s)
{
    bool list = false;
    if (s->caption != SIZE_MAX)
        put_element(out, "<figure><figcaption>", l->of[s->caption].text, "</figcaption></figure>\n");
    for (size_t i = s->from; i < s->to; i++) {
        const struct text_line *line = &l->of[i];
        if (!text_story_keeps(l, s, i))
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

static int put_date(json_t *object, const struct text_lines *l, const struct text_story *s, const char *url, const char *lang)
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

static int put_explanation(json_t *object, const struct text_lines *l, const struct text_story *s)
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
                           : within && text_story_keeps(l, s, i) ? "kept"
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

static int put_record(json_t *object, const struct text_lines *l, const struct text_story *s, const struct job *j)
{
    struct buf html, text;
    const char *lang = NULL, *url = j->source->url;
    buf_init(&html, LIMIT_HTML);
    buf_init(&text, LANGUAGE_SAMPLE);
    for (size_t i = s->from; i < s->to && buf_status(&text) == 0; i++)
        if (text_story_keeps(l, s, i)) {
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
    struct text_story s;
    if (!text_story_find(&s, l))
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
    struct text_story s;
    mimeo_ctx *ctx;
    struct view front = view_of(bytes.ptr, bytes.len < SNIFF_MOST ? bytes.len : SNIFF_MOST);
    if (bytes.len == 0 || mimeo_ctx_new(&ctx) < 0)
        return false;
    bool page = false;
    if (text_lines_cut(&lines, ctx, "", front) == 0) {
        size_t dropped = 0;
        bool story = text_story_find(&s, &lines);
        for (size_t i = 0; story && i < lines.count; i++)
            dropped += i < s.from || i >= s.to ? i != s.title && i != s.subtitle && i != s.date && i != s.byline && i != s.caption : !text_story_keeps(&lines, &s, i);
        page = story && lines.furniture >= 3 && dropped >= 4;
        text_lines_dispose(&lines);
    }
    mimeo_ctx_free(ctx);
    return page;
}
