/*
 * Entries: filling one, and writing it as the JSON object that import/article.h describes.
 *
 * What a reader would get wrong: caps are kept here (tags, lines, lengths), since a field that passes one would refuse the
 * whole article, and a feed's tags are nobody's fault; what is not text at all still is refused there.
 */
#include "feed/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "feed/flatten.h"
#include "feed/guid.h"
#include "feed/tidy.h"
#include "feed/times.h"

#define TITLE_MAX 500 /* of LIMIT_TITLE bytes: a longer one is a text in the wrong place */
#define SUMMARY_MAX 1000

/* ---- filling */

struct view view_trim(struct view v)
{
    while (v.len > 0 && (v.ptr[0] == ' ' || v.ptr[0] == '\t' || v.ptr[0] == '\n')) {
        v.ptr++;
        v.len--;
    }
    while (v.len > 0 && (v.ptr[v.len - 1] == ' ' || v.ptr[v.len - 1] == '\t' || v.ptr[v.len - 1] == '\n'))
        v.len--;
    return v;
}

const char *entry_keep(struct entry *e, struct view v)
{
    v = view_trim(v);
    return v.len == 0 || v.len > FEED_WORDS_MAX ? NULL : arena_string(&e->memory, v);
}

void entry_add(const char *list[LIMIT_LIST], size_t *count, const char *value)
{
    if (value == NULL || *count == LIMIT_LIST)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i], value) == 0)
            return;
    list[(*count)++] = value;
}

static void clear_text(struct feed_text *t)
{
    struct buf kept = t->bytes;
    if (kept.cap > MIB)
        buf_dispose(&kept);
    if (kept.max == 0)
        buf_init(&kept, FEED_TEXT_MAX);
    buf_clear(&kept);
    *t = (struct feed_text){.bytes = kept};
}

void entry_clear(struct entry *e)
{
    struct feed_text title = e->title, description = e->description, content = e->content, excerpt = e->excerpt,
                     comment = e->comment;
    clear_text(&title);
    clear_text(&description);
    clear_text(&content);
    clear_text(&excerpt);
    clear_text(&comment);
    arena_dispose(&e->memory);
    *e = (struct entry){.title = title, .description = description, .content = content, .excerpt = excerpt, .comment = comment};
}

void entry_dispose(struct entry *e)
{
    buf_dispose(&e->title.bytes);
    buf_dispose(&e->description.bytes);
    buf_dispose(&e->content.bytes);
    buf_dispose(&e->excerpt.bytes);
    buf_dispose(&e->comment.bytes);
    arena_dispose(&e->memory);
}

/* ---- JSON */

static void put_name(struct buf *out, const char *name)
{
    buf_append_str(out, out->len > 0 && out->ptr[out->len - 1] != '{' ? ",\"" : "\"");
    buf_append_str(out, name);
    buf_append_str(out, "\":");
}

static void put_line(struct buf *out, const char *name, struct view v)
{
    if (v.len == 0)
        return;
    put_name(out, name);
    json_append_string(out, v);
}

/* A short piece of HTML or text as one line; nothing where nothing is left. */
static int put_flat(struct buf *out, const char *name, struct view v, enum text_kind kind, size_t max)
{
    struct buf line;
    buf_init(&line, 4 * max + 16);
    int rc = flatten(&line, v, kind, max);
    if (rc == 0)
        put_line(out, name, buf_view(&line));
    buf_dispose(&line);
    return rc;
}

static int put_list(struct buf *out, const char *name, const char *const *list, size_t count)
{
    struct buf line;
    size_t written = 0;
    int rc = 0;
    buf_init(&line, 4 * (size_t)LIMIT_LIST_ITEM);
    for (size_t i = 0; rc == 0 && i < count && written < LIMIT_LIST; i++) {
        if (strlen(list[i]) > 4 * LIMIT_LIST_ITEM)
            continue;
        buf_clear(&line);
        rc = flatten(&line, view_of_str(list[i]), TEXT_HTML, LIMIT_LIST_ITEM);
        if (rc < 0 || line.len == 0)
            continue;
        if (written == 0)
            put_name(out, name);
        buf_append_byte(out, written++ == 0 ? '[' : ',');
        json_append_string(out, buf_view(&line));
    }
    if (written > 0)
        buf_append_byte(out, ']');
    buf_dispose(&line);
    return rc;
}

/* A tag that the importer will take (it refuses an article of no known language). */
static bool is_language(const char *lang)
{
    size_t len = strlen(lang), first = strcspn(lang, "-_");
    if (len > LIMIT_LANG || first < 2 || first > 3)
        return false;
    for (size_t i = 0, part = 0; i <= len; i++) {
        bool divides = lang[i] == '-' || lang[i] == '_' || lang[i] == 0;
        bool alpha = (lang[i] | 0x20) >= 'a' && (lang[i] | 0x20) <= 'z';
        if (divides ? part == 0 || part > 8 : !alpha && !(i > first && lang[i] >= '0' && lang[i] <= '9'))
            return false;
        part = divides ? 0 : part + 1;
    }
    return true;
}

static const char *language_of(const struct parse *p)
{
    const char *choices[] = {p->entry.lang, parse_lang(p), p->lang};
    for (size_t i = 0; i < 3; i++)
        if (choices[i] != NULL && is_language(choices[i]))
            return choices[i];
    return NULL;
}

static void put_time(struct buf *out, const char *name, const char *const *choices, size_t count, const char *lang)
{
    char time[21];
    for (size_t i = 0; i < count; i++) {
        if (feed_time(time, choices[i], lang)) {
            put_line(out, name, view_of_str(time));
            return;
        }
    }
}

/* ---- pictures */

/* The file's name without what makes sizes of one picture differ: query, "-300x200", extension. */
static struct view picture_stem(const char *address)
{
    size_t len = strcspn(address, "?#"), start = len;
    while (start > 0 && address[start - 1] != '/')
        start--;
    size_t end = len;
    for (size_t i = start + 1; i < len; i++)
        if (address[i] == '.')
            end = i;
    size_t cut = end;
    while (cut > start && ((address[cut - 1] >= '0' && address[cut - 1] <= '9') || address[cut - 1] == 'x'))
        cut--;
    if (cut > start + 1 && cut < end && address[cut - 1] == '-' && memchr(address + cut, 'x', end - cut) != NULL)
        end = cut - 1;
    return view_of(address + start, end - start);
}

static bool shown_in(struct view html, const char *address)
{
    struct view stem = picture_stem(address);
    return html.len > 0 && stem.len > 3 && memmem(html.ptr, html.len, stem.ptr, stem.len) != NULL &&
           memmem(html.ptr, html.len, "<img", 4) != NULL;
}

/* Of a group, which holds one picture in several sizes, the largest; a thumbnail only where there is nothing else. */
static bool is_chosen(const struct entry *e, size_t i)
{
    const struct feed_picture *p = &e->pictures[i];
    size_t first = i;
    while (first > 0 && e->pictures[first].grouped)
        first--;
    for (size_t k = first; k < e->picture_count && (k == first || e->pictures[k].grouped); k++) {
        bool better = e->pictures[k].width > p->width || (e->pictures[k].width == p->width && k < i);
        if (k != i && !e->pictures[k].thumbnail && better)
            return false;
    }
    for (size_t k = 0; p->thumbnail && k < e->picture_count; k++)
        if (!e->pictures[k].thumbnail || k < i)
            return false;
    return true;
}

static int put_pictures(struct buf *out, const struct entry *e, struct view html)
{
    size_t written = 0;
    bool has_img = html.len > 0 && memmem(html.ptr, html.len, "<img", 4) != NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < e->picture_count; i++) {
        const struct feed_picture *p = &e->pictures[i];
        if (!is_chosen(e, i) || (p->thumbnail && has_img) || shown_in(html, p->file))
            continue;
        if (written == 0)
            put_name(out, "images");
        buf_append_str(out, written++ == 0 ? "[{" : ",{");
        put_line(out, "file", view_of_str(p->file));
        if (p->alt != NULL)
            rc = put_flat(out, "alt", view_of_str(p->alt), TEXT_HTML, LIMIT_ALT);
        if (rc == 0 && p->caption != NULL)
            rc = put_flat(out, "caption", view_of_str(p->caption), TEXT_HTML, SUMMARY_MAX);
        if (rc == 0 && p->credit != NULL)
            rc = put_flat(out, "credit", view_of_str(p->credit), TEXT_HTML, LIMIT_LIST_ITEM);
        buf_append_byte(out, '}');
    }
    if (written > 0)
        buf_append_byte(out, ']');
    return rc;
}

/* ---- the body */

static bool ends_with(struct view v, const char *end)
{
    size_t len = strlen(end);
    return v.len >= len && memcmp(v.ptr + v.len - len, end, len) == 0;
}

/* "… ", "[...]", "(…)": somebody cut it here. */
static bool breaks_off(struct view text)
{
    text = view_trim(text);
    while (text.len > 0 && (text.ptr[text.len - 1] == ']' || text.ptr[text.len - 1] == ')' || text.ptr[text.len - 1] == ' '))
        text.len--;
    return ends_with(text, "\xE2\x80\xA6") || ends_with(text, "...");
}

#define SHORT_BODY 1000 /* bytes: what is shorter and not even divided into paragraphs is a teaser */
#define SHORT_CUT 2500  /* and this, where it breaks off */

static size_t count_of(struct view v, const char *literal)
{
    size_t count = 0;
    while (v.len > 0) {
        const uint8_t *found = memmem(v.ptr, v.len, literal, strlen(literal));
        if (found == NULL)
            return count;
        size_t done = (size_t)(found - v.ptr) + strlen(literal);
        v = view_of(v.ptr + done, v.len - done);
        count++;
    }
    return count;
}

static int judge_summary(bool *out, const struct entry *e, struct view html, bool is_content, bool cut)
{
    struct buf text;
    buf_init(&text, html.len + 64);
    int rc = flatten(&text, html, TEXT_HTML, html.len + 16);
    struct view v = buf_view(&text);
    size_t paragraph_count = count_of(html, "</p>");
    if (is_content)
        *out = (cut || breaks_off(v)) && v.len < SHORT_CUT;
    else
        *out = e->content_elsewhere || (v.len < SHORT_BODY && paragraph_count < 2) ||
               ((cut || breaks_off(v)) && v.len < SHORT_CUT);
    buf_dispose(&text);
    return rc;
}

/* The body's HTML, from the fullest text that there is.  *used: which. */
static int make_html(struct buf *out, const struct feed_text **used, bool *cut, mimeo_ctx *ctx, const struct entry *e)
{
    const struct feed_text *t = e->content.present ? &e->content : &e->description;
    struct view v = buf_view(&t->bytes);
    bool plain = t->kind == TEXT_PLAIN && !html_has_blocks(v);
    *used = t;
    if (!t->present)
        return 0;
    if (plain || !html_has_tags(v))
        return paragraphs(out, v, plain ? TEXT_PLAIN : TEXT_HTML);
    if (!html_has_blocks(v)) {
        struct buf divided;
        buf_init(&divided, 2 * FEED_TEXT_MAX);
        int rc = paragraphs(&divided, v, TEXT_HTML);
        if (rc == 0)
            rc = tidy_html(out, cut, ctx, buf_view(&divided), e->base != NULL ? e->base : e->link);
        buf_dispose(&divided);
        return rc;
    }
    return tidy_html(out, cut, ctx, v, e->base != NULL ? e->base : e->link);
}

/* A description beside the text, unless it is its beginning. */
static int put_summary(struct buf *out, const struct entry *e, struct view html)
{
    const struct feed_text *t = e->excerpt.present ? &e->excerpt : &e->description;
    struct buf summary, text;
    if (!t->present || !e->content.present)
        return 0;
    buf_init(&summary, 4 * SUMMARY_MAX);
    buf_init(&text, html.len + 64);
    int rc = flatten(&summary, buf_view(&t->bytes), t->kind, SUMMARY_MAX);
    if (rc == 0)
        rc = flatten(&text, html, TEXT_HTML, html.len + 16);
    size_t len = summary.len;
    while (len > 0 && strchr(" .\xE2\x80\xA6[]()", summary.ptr[len - 1]) != NULL)
        len--;
    bool beginning = len > 0 && breaks_off(buf_view(&summary)) && len <= text.len && memcmp(summary.ptr, text.ptr, len) == 0;
    if (rc == 0 && len > 0 && !beginning)
        put_line(out, "summary", buf_view(&summary));
    buf_dispose(&summary);
    buf_dispose(&text);
    return rc;
}

/* ---- the whole */

static int put_title(struct buf *out, const struct parse *p, struct view html)
{
    const struct entry *e = &p->entry;
    if (e->title.present)
        return put_flat(out, "title", buf_view(&e->title.bytes), e->title.kind, TITLE_MAX);
    return put_flat(out, "title", html, TEXT_HTML, 100); /* short posts have none: how they begin */
}

static int put_entry(struct buf *out, bool *summary_only, struct parse *p, struct view html, bool is_content, bool cut)
{
    const struct entry *e = &p->entry;
    const char *lang = language_of(p);
    const char *published[] = {e->published, e->wp.date, e->date, p->kind == FEED_ATOM ? NULL : e->modified};
    const char *modified[] = {e->modified, e->wp.modified};
    int rc = put_title(out, p, html);
    if (rc == 0)
        rc = e->byline_count > 0 ? put_list(out, "bylines", e->bylines, e->byline_count)
                                 : put_list(out, "bylines", p->authors, p->author_count);
    if (lang != NULL)
        put_line(out, "lang", view_of_str(lang));
    if (rc == 0 && e->section != NULL)
        rc = put_flat(out, "section", view_of_str(e->section), TEXT_HTML, LIMIT_LIST_ITEM);
    if (rc == 0)
        rc = put_list(out, "tags", e->tags, e->tag_count);
    put_time(out, "published", published, 4, lang);
    put_time(out, "modified", modified, 2, lang);
    if (rc == 0)
        rc = put_summary(out, e, html);
    put_line(out, "html", html);
    if (rc == 0)
        rc = put_pictures(out, e, html);
    if (rc == 0)
        rc = judge_summary(summary_only, e, html, is_content, cut);
    if (*summary_only) {
        put_name(out, "summary_only");
        buf_append_str(out, "true");
    }
    return rc;
}

static int put_deleted(struct buf *out, const struct entry *e)
{
    put_line(out, "action", VIEW_OF_LITERAL("retract"));
    return e->comment.present ? put_flat(out, "note", buf_view(&e->comment.bytes), e->comment.kind, SUMMARY_MAX) : 0;
}

static bool names_nothing(const struct entry *e) { return e->guid == NULL && e->link == NULL && e->original_link == NULL; }

static const char *reason_to_skip(const struct entry *e)
{
    if (e->skip != NULL)
        return e->skip;
    if (e->cut)
        return "the feed ends, or is broken, within it";
    if (e->too_large)
        return "its text is larger than 16 MiB";
    if (names_nothing(e))
        return "it has neither an id nor a link, so it would be another article each time";
    if (!e->deleted && !e->title.present && !e->content.present && !e->description.present)
        return "it has neither a title nor a text";
    return NULL;
}

/* "'Title': a draft". */
static int give_reason(struct buf *reason, const struct entry *e, const char *why)
{
    if (e->title.present) {
        buf_append_byte(reason, '\'');
        flatten(reason, buf_view(&e->title.bytes), e->title.kind, 120);
        buf_append_str(reason, "': ");
    }
    return buf_append_str(reason, why);
}

int entry_write(struct buf *out, struct buf *reason, bool *summary_only, mimeo_ctx *ctx, struct parse *p)
{
    struct entry *e = &p->entry;
    const struct feed_text *used = NULL;
    struct buf html;
    const char *why = reason_to_skip(e);
    bool cut = false;
    *summary_only = false;
    if (why != NULL)
        return give_reason(reason, e, why) < 0 ? ctx_error_nomem(ctx) : 0;
    buf_init(&html, 2 * FEED_TEXT_MAX);
    int rc = make_html(&html, &used, &cut, ctx, e);
    buf_append_byte(out, '{');
    entry_put_names(out, e);
    if (rc == 0)
        rc = e->deleted ? put_deleted(out, e) : put_entry(out, summary_only, p, buf_view(&html), used == &e->content, cut);
    buf_append_byte(out, '}');
    buf_dispose(&html);
    if (rc == 0 && buf_status(out) == MIMEO_EMALFORMED)
        return give_reason(reason, e, "it is larger than 32 MiB") < 0 ? ctx_error_nomem(ctx) : 0;
    if (rc == 0 && buf_status(out) < 0)
        rc = buf_status(out);
    return rc == 0 ? 0 : ctx_error(ctx, rc, "entry %llu of the feed cannot be taken", (unsigned long long)p->number);
}
