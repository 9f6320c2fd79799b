/*
 * robots.txt: see import/robots.h.
 *
 * Anybody writes these files, so a pattern may be made to be slow: matching has a budget, and what passes it is taken
 * for forbidden.
 */
#include "import/robots.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MATCH_BUDGET 20000000 /* steps, for one path and all rules */

/* ---- normal form: escapes in capitals, nothing escaped that need not be, all else that is no ASCII escaped ---- */

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_unreserved(uint8_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

static void append_normal(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        int high = v.ptr[i] == '%' && i + 2 < v.len ? hex_value(v.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(v.ptr[i + 2]) : -1;
        uint8_t c = low >= 0 ? (uint8_t)(high << 4 | low) : v.ptr[i];
        bool coded = low >= 0;
        i += coded ? 2 : 0;
        if (c <= ' ' || c >= 0x7F || (coded && !is_unreserved(c)))
            buf_appendf(out, "%%%02X", c);
        else
            buf_append_byte(out, c);
    }
}

/* ---- parsing ---- */

struct reading {
    struct robots named, all; /* rules for us, rules for everybody */
    const char *agent;
    bool in_named, in_all;    /* the group at hand is for … */
    bool has_named;
    bool agents;              /* the last line was a user-agent: the next one belongs to the same group */
};

static struct view trim(struct view v)
{
    while (v.len > 0 && (v.ptr[0] == ' ' || v.ptr[0] == '\t'))
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && (v.ptr[v.len - 1] == ' ' || v.ptr[v.len - 1] == '\t' || v.ptr[v.len - 1] == '\r'))
        v.len--;
    return v;
}

static bool word_is(struct view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp((const char *)v.ptr, word, v.len) == 0;
}

/* "Mimeo/2.0 (x)" names mimeo: the product's token is what counts. */
static void take_agent(struct reading *r, struct view value)
{
    if (!r->agents)
        r->in_named = r->in_all = false;
    r->agents = true;
    size_t len = 0;
    while (len < value.len && (is_unreserved(value.ptr[len]) && value.ptr[len] != '.' && value.ptr[len] != '~'))
        len++;
    if (word_is(value, "*"))
        r->in_all = true;
    if (word_is(view_of(value.ptr, len), r->agent))
        r->in_named = r->has_named = true;
}

static int add_rule(struct robots *to, bool allow, const char *pattern)
{
    if (to->count == ROBOTS_RULES)
        return 0;
    if ((to->count & (to->count - 1)) == 0) { /* grow at the powers of two */
        size_t cap = to->count == 0 ? 1 : to->count * 2;
        struct robots_rule *rules = reallocarray(to->rules, cap, sizeof(*rules));
        if (rules == NULL)
            return MIMEO_ENOMEM;
        to->rules = rules;
    }
    char *copy = strdup(pattern);
    if (copy == NULL)
        return MIMEO_ENOMEM;
    to->rules[to->count++] = (struct robots_rule){allow, copy};
    return 0;
}

/* An empty pattern forbids nothing. */
static int take_rule(struct reading *r, bool allow, struct view value)
{
    struct buf pattern;
    int rc = 0;
    if (value.len == 0 || value.len > ROBOTS_PATTERN)
        return 0;
    buf_init(&pattern, 3 * ROBOTS_PATTERN);
    append_normal(&pattern, value);
    if (buf_status(&pattern) < 0)
        rc = MIMEO_ENOMEM;
    if (rc == 0 && r->in_named)
        rc = add_rule(&r->named, allow, buf_str(&pattern));
    if (rc == 0 && r->in_all)
        rc = add_rule(&r->all, allow, buf_str(&pattern));
    buf_dispose(&pattern);
    return rc;
}

static void take_delay(struct reading *r, struct view value)
{
    unsigned long ms = 0, scale = 1000;
    bool fraction = false;
    for (size_t i = 0; i < value.len && scale > 0; i++) {
        uint8_t c = value.ptr[i];
        if (c == '.' && !fraction)
            fraction = true;
        else if (c < '0' || c > '9')
            break;
        else if (fraction)
            ms += (unsigned long)(c - '0') * (scale /= 10);
        else if (ms < 1000UL * ROBOTS_DELAY_MAX)
            ms = ms * 10 + 1000UL * (unsigned long)(c - '0');
    }
    unsigned delay = (unsigned)(ms < 1000UL * ROBOTS_DELAY_MAX ? ms : 1000UL * ROBOTS_DELAY_MAX);
    if (r->in_named)
        r->named.delay_ms = delay;
    if (r->in_all)
        r->all.delay_ms = delay;
}

static int take_line(struct reading *r, struct view line)
{
    const uint8_t *hash = line.len == 0 ? NULL : memchr(line.ptr, '#', line.len);
    if (hash != NULL)
        line.len = (size_t)(hash - line.ptr);
    const uint8_t *colon = line.len == 0 ? NULL : memchr(line.ptr, ':', line.len);
    if (colon == NULL)
        return 0;
    size_t at = (size_t)(colon - line.ptr);
    struct view key = trim(view_of(line.ptr, at)), value = trim(view_of(line.ptr + at + 1, line.len - at - 1));
    if (word_is(key, "user-agent")) {
        take_agent(r, value);
        return 0;
    }
    bool allow = word_is(key, "allow"), disallow = word_is(key, "disallow"), delay = word_is(key, "crawl-delay");
    if (allow || disallow || delay) /* lines of other kinds do not end a list of agents */
        r->agents = false;
    if (delay)
        take_delay(r, value);
    return allow || disallow ? take_rule(r, allow, value) : 0;
}

static bool next_line(struct cursor *c, struct view *line)
{
    if (c->left == 0)
        return false;
    size_t len = 0;
    while (len < c->left && c->ptr[len] != '\n' && c->ptr[len] != '\r')
        len++;
    struct view end;
    cursor_take(c, len, line);
    if (c->left > 0)
        cursor_take(c, 1, &end);
    return true;
}

int robots_parse(struct robots *out, mimeo_ctx *ctx, struct view text, const char *agent)
{
    struct reading r = {.agent = agent};
    struct cursor c = cursor_of(text.len > ROBOTS_MAX ? view_of(text.ptr, ROBOTS_MAX) : text);
    struct view line;
    int rc = 0;
    cursor_skip(&c, "\xEF\xBB\xBF");
    while (rc == 0 && next_line(&c, &line))
        rc = take_line(&r, line);
    robots_dispose(rc < 0 || r.has_named ? &r.all : &r.named);
    if (rc < 0) {
        robots_dispose(&r.named);
        return ctx_error_nomem(ctx);
    }
    *out = r.has_named ? r.named : r.all;
    return 0;
}

void robots_dispose(struct robots *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->rules[i].pattern);
    free(r->rules);
    *r = (struct robots){0};
}

/* ---- matching ---- */

/* Does the pattern match from the path's beginning?  On a mismatch the last "*" takes one more character. */
static bool matches(const char *pattern, const char *path, long *budget)
{
    const char *star = NULL, *resume = NULL;
    while (*budget > 0) {
        --*budget;
        if (*pattern == '*') {
            star = ++pattern;
            resume = path;
        } else if (*pattern == '\0' || (pattern[0] == '$' && pattern[1] == '\0' && *path == '\0')) {
            return true;
        } else if (*path != '\0' && *pattern == *path) {
            pattern++;
            path++;
        } else if (star != NULL && *resume != '\0') {
            pattern = star;
            path = ++resume;
        } else {
            return false;
        }
    }
    return true;
}

bool robots_allow(const struct robots *r, const char *path)
{
    struct buf normal;
    size_t longest = 0;
    bool allowed = true;
    long budget = MATCH_BUDGET;
    if (r->deny_all)
        return false;
    buf_init(&normal, 16 * ROBOTS_PATTERN);
    append_normal(&normal, view_of_str(path));
    if (buf_status(&normal) < 0)
        allowed = false;
    for (size_t i = 0; buf_status(&normal) == 0 && i < r->count; i++) {
        const struct robots_rule *rule = &r->rules[i];
        size_t len = strlen(rule->pattern);
        if (len < longest || (len == longest && longest > 0 && allowed) || !matches(rule->pattern, buf_str(&normal), &budget))
            continue;
        longest = len;
        allowed = rule->allow;
    }
    buf_dispose(&normal);
    return allowed && budget > 0;
}
