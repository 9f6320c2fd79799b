/*
 * Rules of publishers: reading them, and which are for a page.
 */
#include "extract/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "extract/date.h"
#include "extract/selector.h"

#define RULES_MAX MIB    /* of a file */
#define RULES_COUNT 2000 /* in a file */
#define SITE_MAX 256
#define LIST_MAX 32      /* bylines, tags */
#define FIELD_MAX 4096   /* bytes of a field; the importer has limits of its own */

enum kind { K_KEEP, K_DROP, K_BODY, K_TEXT, K_DATE, K_LIST };

static const struct keyword {
    const char *word;
    enum kind kind;
    const char *field;
} keywords[] = {
    {"keep", K_KEEP, NULL}, {"drop", K_DROP, NULL}, {"body", K_BODY, NULL}, {"title", K_TEXT, "title"},
    {"subtitle", K_TEXT, "subtitle"}, {"byline", K_LIST, "bylines"}, {"published", K_DATE, "published"},
    {"modified", K_DATE, "modified"}, {"section", K_TEXT, "section"}, {"tag", K_LIST, "tags"},
    {"summary", K_TEXT, "summary"}, {"lang", K_TEXT, "lang"},
};

struct rule_line {
    struct rule_line *next;
    const struct keyword *keyword;
    struct selector *selector;
    char *sites; /* of its section, divided by spaces */
};

struct page_rules {
    struct arena arena;
    struct rule_line *first, **last;
    size_t count;
};

/* ---- reading */

static bool is_white(uint8_t b) { return b == ' ' || b == '\t' || b == '\r'; }

static struct view trimmed(struct view v)
{
    while (v.len > 0 && is_white(v.ptr[0]))
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && is_white(v.ptr[v.len - 1]))
        v.len--;
    return v;
}

struct reader {
    struct page_rules *rules;
    mimeo_ctx *ctx;
    const char *where;
    unsigned line;
    char *sites;
};

static int refuse(const struct reader *r, const char *fault)
{
    return ctx_error(r->ctx, MIMEO_EMALFORMED, "%s, line %u: %s", r->where, r->line, fault);
}

static int read_section(struct reader *r, struct view v)
{
    if (v.ptr[v.len - 1] != ']')
        return refuse(r, "a section ends with ']'");
    struct view sites = trimmed(view_of(v.ptr + 1, v.len - 2));
    if (sites.len == 0)
        return refuse(r, "a section names the sites that it is for: [example.org], or [*] for all");
    if (sites.len > SITE_MAX)
        return refuse(r, "a section's names are too long");
    r->sites = arena_string(&r->rules->arena, sites);
    return r->sites == NULL ? ctx_error_nomem(r->ctx) : 0;
}

static const struct keyword *keyword_of(struct view word)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (view_equal_str(word, keywords[i].word))
            return &keywords[i];
    return NULL;
}

static int read_rule(struct reader *r, struct view v)
{
    size_t len = 0;
    const char *fault = NULL;
    while (len < v.len && !is_white(v.ptr[len]))
        len++;
    const struct keyword *keyword = keyword_of(view_of(v.ptr, len));
    struct view rest = trimmed(view_of(v.ptr + len, v.len - len));
    if (keyword == NULL)
        return refuse(r, "a rule begins with keep, drop, body, title, subtitle, byline, published, modified, section, tag, "
                         "summary or lang");
    if (r->sites == NULL)
        return refuse(r, "a rule stands below a section: [example.org]");
    if (rest.len == 0)
        return refuse(r, "a selector is missing");
    if (r->rules->count++ == RULES_COUNT)
        return refuse(r, "there are too many rules");
    struct rule_line *line = arena_alloc(&r->rules->arena, sizeof *line);
    struct selector *selector = line == NULL ? NULL : selector_parse(&r->rules->arena, rest, &fault);
    if (selector == NULL)
        return fault == NULL ? ctx_error_nomem(r->ctx) : refuse(r, fault);
    *line = (struct rule_line){.keyword = keyword, .selector = selector, .sites = r->sites};
    *r->rules->last = line;
    r->rules->last = &line->next;
    return 0;
}

static int read_line(struct reader *r, struct view v)
{
    r->line++;
    v = trimmed(v);
    if (v.len == 0 || v.ptr[0] == '#')
        return 0;
    return v.ptr[0] == '[' ? read_section(r, v) : read_rule(r, v);
}

int page_rules_read(struct page_rules **out, mimeo_ctx *ctx, const char *where, struct view text)
{
    struct page_rules *rules = calloc(1, sizeof *rules);
    struct reader r = {.rules = rules, .ctx = ctx, .where = where};
    struct cursor c = cursor_of(text);
    struct view line;
    int rc = rules == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rules->last = &rules->first;
    if (rc == 0 && (!utf8_valid(text) || (text.len > 0 && memchr(text.ptr, 0, text.len) != NULL)))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: is not a text in UTF-8", where);
    cursor_skip(&c, "\xef\xbb\xbf");
    while (rc == 0 && cursor_line(&c, &line))
        rc = read_line(&r, line);
    if (rc == 0 && c.left > 0)
        rc = read_line(&r, view_of(c.ptr, c.left));
    if (rc == 0)
        *out = rules;
    else
        page_rules_free(rules);
    return rc;
}

int page_rules_load(struct page_rules **out, mimeo_ctx *ctx, const char *path)
{
    struct buf text = {0};
    int rc = file_read(&text, ctx, path, RULES_MAX);
    if (rc == 0)
        rc = page_rules_read(out, ctx, path, buf_view(&text));
    buf_dispose(&text);
    return rc;
}

void page_rules_free(struct page_rules *r)
{
    if (r != NULL)
        arena_dispose(&r->arena);
    free(r);
}

/* ---- which are for a page */

/* '*' stands for any characters.  Without recursion: only the last star is ever gone back to. */
static bool glob(struct view pattern, struct view v)
{
    size_t p = 0, i = 0, star = SIZE_MAX, back = 0;
    while (i < v.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            back = i;
        } else if (p < pattern.len && (pattern.ptr[p] | 0x20) == (v.ptr[i] | 0x20)) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++back;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* "host" is for all of the host's pages, "host/path*" for those with such a path; "www." does not count. */
static bool site_fits(struct view site, struct view address)
{
    size_t host = 0;
    while (host < address.len && strchr("/?#", address.ptr[host]) == NULL)
        host++;
    bool path = memchr(site.ptr, '/', site.len) != NULL;
    struct view part = path ? address : view_of(address.ptr, host);
    return glob(site, part) ||
           (view_starts_with(part, "www.") && glob(site, view_of(part.ptr + 4, part.len - 4)));
}

static bool is_for(const struct rule_line *line, const char *url)
{
    const char *address = url == NULL ? NULL : strstr(url, "://");
    struct cursor c = cursor_of(view_of_str(line->sites));
    while (c.left > 0) {
        struct view site;
        if (!cursor_until(&c, ' ', &site)) {
            site = view_of(c.ptr, c.left);
            c.left = 0;
        }
        if (view_equal_str(site, "*") || (site.len > 0 && address != NULL && site_fits(site, view_of_str(address + 3))))
            return true;
    }
    return false;
}

/* ---- marks */

int page_rules_mark(uint8_t **marks, const struct page_rules *r, mimeo_ctx *ctx, struct dom *d, const char *url)
{
    static const uint8_t mark_of[] = {[K_KEEP] = RULE_KEEP, [K_DROP] = RULE_DROP, [K_BODY] = RULE_BODY};
    *marks = NULL;
    for (const struct rule_line *line = r == NULL ? NULL : r->first; line != NULL; line = line->next) {
        if (line->keyword->kind > K_BODY || !is_for(line, url))
            continue;
        if (*marks == NULL && (*marks = dom_alloc(d, dom_count(d))) == NULL)
            return ctx_error_nomem(ctx);
        struct dom_node *top = dom_body(d);
        for (struct dom_node *n = top; n != NULL; n = dom_next(n, top))
            if (n->tag != DOM_TEXT && selector_matches(line->selector, n))
                (*marks)[n->index] = mark_of[line->keyword->kind];
    }
    return 0;
}

/* ---- fields */

/* What an element says: meta and time have it in an attribute. */
static int value_of(struct buf *out, const struct dom_node *n)
{
    struct view v = dom_attribute(n, n->tag == DOM_META ? "content" : "datetime");
    if ((n->tag == DOM_META || n->tag == DOM_TIME) && v.len > 0)
        return buf_append_view(out, v);
    return dom_text(out, n);
}

static int set_value(json_t *object, mimeo_ctx *ctx, const struct keyword *k, struct view v)
{
    char when[21];
    struct date date;
    json_t *value = NULL;
    if (v.len == 0)
        return 0;
    if (k->kind == K_DATE) {
        const char *lang = json_string_value(json_object_get(object, "lang"));
        if (!date_find(&date, v, lang))
            return 0;
        date_settle(&date, NULL);
        date_format(when, &date);
        value = json_string(when);
    } else {
        value = json_stringn((const char *)v.ptr, v.len);
    }
    if (k->kind != K_LIST)
        return json_object_set_new(object, k->field, value) < 0 ? ctx_error_nomem(ctx) : 0;
    json_t *list = json_object_get(object, k->field);
    if (json_array_size(list) >= LIST_MAX) {
        json_decref(value);
        return 0;
    }
    return json_array_append_new(list, value) < 0 ? ctx_error_nomem(ctx) : 0;
}

static int fill(json_t *object, mimeo_ctx *ctx, const struct rule_line *line, const struct dom *d)
{
    struct dom_node *top = dom_root(d);
    struct buf value;
    bool found = false;
    int rc = 0;
    buf_init(&value, FIELD_MAX);
    for (struct dom_node *n = top; rc == 0 && n != NULL; n = dom_next(n, top)) {
        if (n->tag == DOM_TEXT || !selector_matches(line->selector, n))
            continue;
        if (!found && line->keyword->kind == K_LIST &&
            json_object_set_new(object, line->keyword->field, json_array()) < 0)
            rc = ctx_error_nomem(ctx);
        found = true;
        buf_clear(&value);
        if (rc == 0 && value_of(&value, n) == 0)
            rc = set_value(object, ctx, line->keyword, buf_view(&value));
        if (line->keyword->kind != K_LIST)
            break;
    }
    buf_dispose(&value);
    return rc;
}

int page_rules_fields(json_t *object, const struct page_rules *r, mimeo_ctx *ctx, const struct dom *d, const char *url)
{
    int rc = 0;
    for (const struct rule_line *line = r == NULL ? NULL : r->first; rc == 0 && line != NULL; line = line->next)
        if (line->keyword->kind >= K_TEXT && is_for(line, url))
            rc = fill(object, ctx, line, d);
    return rc;
}
