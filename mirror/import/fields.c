/*
 * The fields of an article, whatever format they came in: one JSON object.
 *
 * Every string that becomes one line of the catalog goes through line_clean.  What a
 * reader would get wrong: a field that is absent, null or empty is the same; a field of
 * the wrong type is refused, never guessed at.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article/id.h"
#include "base/text.h"
#include "import/draft.h"

int draft_refuse(struct draft *d, const char *format, ...)
{
    char words[CTX_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    return ctx_error(d->ctx, MIMEO_EMALFORMED, "%s: %s", d->item->where, words);
}

void draft_warn(struct draft *d, const char *format, ...)
{
    char words[CTX_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    struct buf *out = &d->article->warnings;
    size_t before = out->len;
    buf_append_printable(out, view_of_str(d->item->where), false);
    buf_append_str(out, ": ");
    buf_append_printable(out, view_of_str(words), false);
    if (buf_append_byte(out, '\n') < 0 && out->ptr != NULL) {
        out->len = before; /* full: whole lines only */
        out->ptr[before] = 0;
    }
}

static bool is_white(uint32_t code)
{
    return (code >= 0x09 && code <= 0x0D) || code == ' ' || code == 0x85 || code == 0x2028 ||
           code == 0x2029;
}

/* Isolates, embeddings and their ends, and the byte order mark: harmless to lose. */
static bool is_dropped(uint32_t code)
{
    return (code >= 0x2066 && code <= 0x2069) || (code >= 0x202A && code <= 0x202C) ||
           code == 0xFEFF;
}

const char *line_clean(struct buf *out, struct view v, char *why, size_t why_len)
{
    struct cursor c = cursor_of(v);
    size_t begin = out->len;
    bool gap = false;
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (is_white(code)) {
            gap = true;
        } else if (!is_dropped(code)) {
            if (gap && out->len > begin)
                buf_append_byte(out, ' ');
            buf_append_utf8(out, code);
            gap = false;
        }
    }
    if (c.left > 0)
        return "is not valid UTF-8";
    if (buf_status(out) < 0)
        return "is too long";
    if (out->len == begin)
        return NULL;
    return text_line_fault(view_of(out->ptr + begin, out->len - begin), why, why_len);
}

int draft_line(struct draft *d, const char **out, const char *field, struct view v, size_t max)
{
    char why[80];
    struct buf line;
    buf_init(&line, v.len + 1);
    const char *fault = line_clean(&line, v, why, sizeof why);
    int rc = 0;
    if (fault != NULL)
        rc = draft_refuse(d, "field '%s' %s", field, fault);
    else if (line.len > max)
        rc = draft_refuse(d, "field '%s' is %zu bytes long; the most is %zu", field, line.len,
                          max);
    else if (line.len == 0)
        *out = NULL;
    else if ((*out = record_string(&d->article->record, buf_view(&line))) == NULL)
        rc = ctx_error_nomem(d->ctx);
    buf_dispose(&line);
    return rc;
}

static struct view view_of_json(const json_t *string)
{
    return view_of(json_string_value(string), json_string_length(string));
}

/* The field's value, or NULL where it is absent or null. */
static const json_t *field_get(const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);
    return json_is_null(value) ? NULL : value;
}

/* A field that is one line. */
static int take_line(struct draft *d, const json_t *object, const char *field, size_t max,
                     const char **out)
{
    const json_t *value = field_get(object, field);
    if (value == NULL)
        return 0;
    if (!json_is_string(value))
        return draft_refuse(d, "field '%s' must be a string", field);
    return draft_line(d, out, field, view_of_json(value), max);
}

static int add_to_list(struct draft *d, const char *field, const json_t *value,
                       const char *list[LIMIT_LIST], size_t *count)
{
    const char *line = NULL;
    if (json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return draft_refuse(d, "field '%s' must be a list of strings", field);
    int rc = draft_line(d, &line, field, view_of_json(value), LIMIT_LIST_ITEM);
    if (rc < 0 || line == NULL)
        return rc;
    if (*count == LIMIT_LIST)
        return draft_refuse(d, "field '%s' has more than %d entries", field, LIMIT_LIST);
    list[(*count)++] = line;
    return 0;
}

/* A field that is a list of lines, or one. */
static int take_list(struct draft *d, const json_t *object, const char *field,
                     const char *list[LIMIT_LIST], size_t *count)
{
    const json_t *value = field_get(object, field);
    if (value == NULL)
        return 0;
    if (!json_is_array(value))
        return add_to_list(d, field, value, list, count);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(value); i++)
        rc = add_to_list(d, field, json_array_get(value, i), list, count);
    return rc;
}

/* The first of the three that says anything. */
static int take_bylines(struct draft *d, const json_t *object)
{
    static const char *const fields[] = {"bylines", "byline", "author"};
    struct record *r = &d->article->record;
    int rc = 0;
    for (size_t i = 0; rc == 0 && r->byline_count == 0 && i < 3; i++)
        rc = take_list(d, object, fields[i], r->bylines, &r->byline_count);
    return rc;
}

static int take_time(struct draft *d, const json_t *object, const char *field, bool *has,
                     int64_t *out)
{
    const char *line = NULL;
    int rc = take_line(d, object, field, LIMIT_LIST_ITEM, &line);
    if (rc < 0 || line == NULL)
        return rc;
    if (!time_parse_loose(view_of_str(line), out))
        return draft_refuse(d, "field '%s': '%.40s' is not a time such as 2026-11-23T08:00:00Z",
                            field, line);
    *has = true;
    return 0;
}

/* ---- language and direction */

static char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }
static bool ascii_alpha(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

/* BCP 47 (RFC 5646 s. 2.1.1): language in lower case, Script, REGION, the rest lower. */
static bool lang_normalise(char out[36], const char *lang)
{
    size_t len = strlen(lang), start = 0;
    if (len < 2 || len > 35)
        return false;
    for (size_t i = 0; i <= len; i++) {
        char c = lang[i] == '_' ? '-' : lang[i];
        if (c != '-' && c != 0) {
            if (!ascii_alpha(c) && !(c >= '0' && c <= '9' && start > 0))
                return false;
            out[i] = ascii_lower(c);
            continue;
        }
        size_t part = i - start;
        if (part == 0 || part > 8 || (start == 0 && part < 2))
            return false;
        if (start > 0 && part == 4 && ascii_alpha(out[start]))
            out[start] = ascii_upper(out[start]);
        if (start > 0 && part == 2) {
            out[start] = ascii_upper(out[start]);
            out[start + 1] = ascii_upper(out[start + 1]);
        }
        out[i] = c;
        start = i + 1;
    }
    return true;
}

static bool lang_is_rtl(const char *lang)
{
    static const char *const languages[] = {"ar", "fa", "he", "ur", "ps", "sd",
                                            "ug", "yi", "dv", "ckb"};
    static const char *const scripts[] = {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"};
    const char *dash = strchr(lang, '-');
    size_t first = dash == NULL ? strlen(lang) : (size_t)(dash - lang);
    if (dash != NULL && strcspn(dash + 1, "-") == 4 && ascii_alpha(dash[1])) {
        for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
            if (strncmp(dash + 1, scripts[i], 4) == 0)
                return true;
        }
        return false; /* az-Latn, and ku-Latn too: the script decides */
    }
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        if (strlen(languages[i]) == first && strncmp(lang, languages[i], first) == 0)
            return true;
    }
    return false;
}

static int set_lang(struct draft *d, const char *lang)
{
    char normal[36];
    if (!lang_normalise(normal, lang))
        return draft_refuse(d, "field 'lang': '%.40s' is not a language tag such as en or zh-Hans",
                            lang);
    d->article->record.lang = record_string(&d->article->record, view_of_str(normal));
    return d->article->record.lang == NULL ? ctx_error_nomem(d->ctx) : 0;
}

int draft_lang_hint(struct draft *d, struct view lang)
{
    char text[36], normal[36];
    if (d->article->record.lang != NULL || d->options->lang != NULL || lang.len > 35)
        return 0;
    snprintf(text, sizeof text, "%.*s", (int)lang.len, (const char *)lang.ptr);
    return lang_normalise(normal, text) ? set_lang(d, text) : 0;
}

int draft_settle_language(struct draft *d)
{
    struct record *r = &d->article->record;
    int rc = r->lang == NULL && d->options->lang != NULL ? set_lang(d, d->options->lang) : 0;
    if (rc == 0 && r->dir == NULL && r->lang != NULL && lang_is_rtl(r->lang))
        r->dir = "rtl";
    return rc;
}

static int take_lang(struct draft *d, const json_t *object)
{
    const char *lang = NULL;
    int rc = take_line(d, object, "lang", LIMIT_LIST_ITEM, &lang);
    if (rc < 0 || lang == NULL)
        return rc;
    return set_lang(d, lang);
}

static int take_dir(struct draft *d, const json_t *object)
{
    const char *dir = NULL;
    int rc = take_line(d, object, "dir", LIMIT_LIST_ITEM, &dir);
    if (rc < 0 || dir == NULL)
        return rc;
    if (strcmp(dir, "ltr") != 0 && strcmp(dir, "rtl") != 0)
        return draft_refuse(d, "field 'dir' must be 'ltr' or 'rtl', not '%.20s'", dir);
    d->article->record.dir = dir;
    return 0;
}

/* ---- id, action, address */

static int take_action(struct draft *d, const json_t *object)
{
    const char *action = NULL;
    int rc = take_line(d, object, "action", LIMIT_LIST_ITEM, &action);
    d->article->record.action = RECORD_PUBLISH;
    if (rc < 0 || action == NULL || strcmp(action, "publish") == 0 ||
        strcmp(action, "revise") == 0)
        return rc;
    if (strcmp(action, "retract") != 0)
        return draft_refuse(d, "field 'action' must be 'publish', 'revise' or 'retract', not '%.20s'",
                            action);
    d->article->record.action = RECORD_RETRACT;
    return 0;
}

static int refuse_id(struct draft *d, struct view id)
{
    struct buf slug;
    bool lossy = false;
    buf_init(&slug, LIMIT_ARTICLE_ID);
    slug_append(&slug, id, &lossy);
    int rc = draft_refuse(d, "id '%.*s' must be 1 to %d of a-z 0-9 . _ -%s%s%s",
                          (int)(id.len > 60 ? 60 : id.len), (const char *)id.ptr,
                          LIMIT_ARTICLE_ID, slug.len > 0 ? "; try '" : "", buf_str(&slug),
                          slug.len > 0 ? "'" : "");
    buf_dispose(&slug);
    return rc;
}

/* A number is taken as its digits: many systems count their articles. */
static int take_id(struct draft *d, const json_t *object)
{
    const json_t *value = field_get(object, "id");
    char digits[24];
    struct view id;
    if (value == NULL)
        return 0;
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        id = view_of_str(digits);
    } else if (json_is_string(value)) {
        id = view_of_json(value);
    } else {
        return draft_refuse(d, "field 'id' must be a string");
    }
    if (!article_id_valid(id))
        return refuse_id(d, id);
    d->article->record.id = record_string(&d->article->record, id);
    return d->article->record.id == NULL ? ctx_error_nomem(d->ctx) : 0;
}

static int take_url(struct draft *d, const json_t *object)
{
    const char *given = NULL;
    int rc = take_line(d, object, "url", LIMIT_ARTICLE_URL, &given);
    if (rc < 0 || given == NULL)
        return rc;
    struct buf url;
    buf_init(&url, LIMIT_ARTICLE_URL);
    bool good = clean_url(&url, view_of_str(given), NULL) &&
                (view_starts_with(buf_view(&url), "http://") ||
                 view_starts_with(buf_view(&url), "https://"));
    if (!good)
        rc = draft_refuse(d, "field 'url': '%.80s' is not an http or https address", given);
    else if ((d->article->record.url = record_string(&d->article->record, buf_view(&url))) == NULL)
        rc = ctx_error_nomem(d->ctx);
    buf_dispose(&url);
    return rc;
}

int draft_title(struct draft *d, struct view text)
{
    if (d->article->record.title != NULL)
        return 0;
    return draft_line(d, &d->article->record.title, "title", text, LIMIT_TITLE);
}

/* What a page or a feed says of an article was not written for us: a field that is not as it must be goes with a
 * warning, and the article stays. */
static int forgive(struct draft *d, int rc)
{
    if (rc != MIMEO_EMALFORMED || !d->lenient)
        return rc;
    const char *message = mimeo_ctx_message(d->ctx);
    size_t where = strlen(d->item->where);
    bool named = strncmp(message, d->item->where, where) == 0 && strncmp(message + where, ": ", 2) == 0;
    char words[CTX_MESSAGE_MAX];
    snprintf(words, sizeof words, "%s", named ? message + where + 2 : message);
    draft_warn(d, "%s: left out", words);
    return 0;
}

static int take_names(struct draft *d, const json_t *object)
{
    struct record *r = &d->article->record;
    int rc = take_id(d, object); /* a wrong id or action would be another article: never forgiven */
    if (rc == 0)
        rc = take_action(d, object);
    if (rc == 0)
        rc = forgive(d, take_url(d, object));
    if (rc == 0)
        rc = forgive(d, take_line(d, object, "title", LIMIT_TITLE, &r->title));
    if (rc == 0)
        rc = forgive(d, take_line(d, object, "subtitle", LIMIT_TITLE, &r->subtitle));
    if (rc == 0)
        rc = forgive(d, take_bylines(d, object));
    return rc;
}

static int take_about(struct draft *d, const json_t *object)
{
    struct record *r = &d->article->record;
    int rc = forgive(d, take_line(d, object, "section", LIMIT_LIST_ITEM, &r->section));
    if (rc == 0)
        rc = forgive(d, take_line(d, object, "summary", LIMIT_SUMMARY, &r->summary));
    if (rc == 0)
        rc = forgive(d, take_line(d, object, "note", LIMIT_SUMMARY, &r->note));
    if (rc == 0)
        rc = forgive(d, take_list(d, object, "tags", r->tags, &r->tag_count));
    if (rc == 0)
        rc = forgive(d, take_lang(d, object));
    if (rc == 0)
        rc = forgive(d, take_dir(d, object));
    if (rc == 0)
        rc = forgive(d, take_time(d, object, "published", &r->has_published, &r->published));
    if (rc == 0)
        rc = forgive(d, take_time(d, object, "modified", &r->has_modified, &r->modified));
    return rc;
}

int draft_fields(struct draft *d, const json_t *object)
{
    const json_t *images = field_get(object, "images");
    int rc = take_names(d, object);
    if (rc == 0)
        rc = take_about(d, object);
    if (rc == 0)
        rc = forgive(d, draft_images(d, images != NULL ? images : field_get(object, "media")));
    return rc;
}
