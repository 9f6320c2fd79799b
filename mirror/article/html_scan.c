/*
 * The scan before the parser: tags cut as the HTML standard cuts them (13.2.5), and a stack of
 * what is open, with the rules that close elements unasked ("<p>a<p>b" is no deeper than one).
 *
 * What a reader would get wrong: the stack is a good guess, not the parser's.  Formatting that a
 * block's end leaves open stays in it, since the parser opens it again; an end tag does not reach
 * out of a table cell.  Whoever outwits the guess meets the parser's memory cap.
 */
#include "article/html_scan.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define NAME_MAX_LEN 12 /* longer names are of no element that matters here */
#define ARK 3           /* alike formatting elements that the parser opens again */

enum {
    VOID = 1,        /* has no content */
    SKIPPED = 2,     /* the parser passes the tag over in a fragment */
    RAW = 4,         /* content is text up to its end tag */
    FORMATTING = 8,  /* opened again where a block's end closed it */
    BLOCK = 16,      /* closes an open p */
    BOUNDARY = 32,   /* no end tag or implied end reaches out of it */
    MARKER = 64,     /* formatting does not go on behind it */
    FOREIGN = 128,
    DOUBTFUL = 256,
};

enum kind {
    K_OTHER, K_P, K_DIV, K_LI, K_DT_DD, K_OPTION, K_SECTION, K_TR, K_CELL, K_RT, K_HEADING, K_A,
    K_LIST, K_DL, K_TABLE, K_RUBY, K_SELECT,
};

static const struct element {
    const char *name;
    enum kind kind;
    unsigned flags;
} elements[] = {
    {"a", K_A, FORMATTING}, {"address", K_DIV, BLOCK},
    {"applet", K_OTHER, BOUNDARY | MARKER}, {"area", K_OTHER, VOID},
    {"article", K_OTHER, BLOCK}, {"aside", K_OTHER, BLOCK}, {"b", K_OTHER, FORMATTING},
    {"base", K_OTHER, VOID}, {"basefont", K_OTHER, VOID}, {"bgsound", K_OTHER, VOID},
    {"big", K_OTHER, FORMATTING}, {"blockquote", K_OTHER, BLOCK}, {"body", K_OTHER, SKIPPED},
    {"br", K_OTHER, VOID}, {"button", K_OTHER, BOUNDARY}, {"caption", K_SECTION, BOUNDARY | MARKER},
    {"center", K_OTHER, BLOCK}, {"code", K_OTHER, FORMATTING}, {"col", K_OTHER, VOID},
    {"colgroup", K_SECTION, 0}, {"dd", K_DT_DD, BLOCK}, {"details", K_OTHER, BLOCK},
    {"dialog", K_OTHER, BLOCK}, {"dir", K_LIST, BLOCK}, {"div", K_DIV, BLOCK},
    {"dl", K_DL, BLOCK}, {"dt", K_DT_DD, BLOCK}, {"em", K_OTHER, FORMATTING},
    {"embed", K_OTHER, VOID}, {"fieldset", K_OTHER, BLOCK}, {"figcaption", K_OTHER, BLOCK},
    {"figure", K_OTHER, BLOCK}, {"font", K_OTHER, FORMATTING}, {"footer", K_OTHER, BLOCK},
    {"form", K_OTHER, BLOCK}, {"frame", K_OTHER, VOID}, {"frameset", K_OTHER, SKIPPED},
    {"h1", K_HEADING, BLOCK}, {"h2", K_HEADING, BLOCK}, {"h3", K_HEADING, BLOCK},
    {"h4", K_HEADING, BLOCK}, {"h5", K_HEADING, BLOCK}, {"h6", K_HEADING, BLOCK},
    {"head", K_OTHER, SKIPPED}, {"header", K_OTHER, BLOCK}, {"hgroup", K_OTHER, BLOCK},
    {"hr", K_OTHER, VOID | BLOCK}, {"html", K_OTHER, SKIPPED}, {"i", K_OTHER, FORMATTING},
    {"iframe", K_OTHER, RAW}, {"image", K_OTHER, VOID}, {"img", K_OTHER, VOID},
    {"input", K_OTHER, VOID}, {"keygen", K_OTHER, VOID}, {"li", K_LI, BLOCK},
    {"link", K_OTHER, VOID}, {"listing", K_OTHER, BLOCK}, {"main", K_OTHER, BLOCK},
    {"marquee", K_OTHER, BOUNDARY | MARKER}, {"math", K_OTHER, FOREIGN | DOUBTFUL},
    {"menu", K_LIST, BLOCK}, {"meta", K_OTHER, VOID}, {"nav", K_OTHER, BLOCK},
    {"nobr", K_OTHER, FORMATTING}, {"noembed", K_OTHER, RAW}, {"noframes", K_OTHER, RAW},
    {"object", K_OTHER, BOUNDARY | MARKER}, {"ol", K_LIST, BLOCK}, {"optgroup", K_OPTION, 0},
    {"option", K_OPTION, 0}, {"p", K_P, BLOCK}, {"param", K_OTHER, VOID},
    {"plaintext", K_OTHER, RAW | BLOCK}, {"pre", K_OTHER, BLOCK}, {"rp", K_RT, 0}, {"rt", K_RT, 0},
    {"ruby", K_RUBY, 0}, {"s", K_OTHER, FORMATTING}, {"script", K_OTHER, RAW},
    {"section", K_OTHER, BLOCK}, {"select", K_SELECT, DOUBTFUL}, {"small", K_OTHER, FORMATTING},
    {"source", K_OTHER, VOID}, {"strike", K_OTHER, FORMATTING}, {"strong", K_OTHER, FORMATTING},
    {"style", K_OTHER, RAW}, {"summary", K_OTHER, BLOCK}, {"svg", K_OTHER, FOREIGN | DOUBTFUL},
    {"table", K_TABLE, BLOCK | BOUNDARY}, {"tbody", K_SECTION, 0},
    {"td", K_CELL, BOUNDARY | MARKER}, {"template", K_OTHER, BOUNDARY | MARKER | DOUBTFUL},
    {"textarea", K_OTHER, RAW}, {"tfoot", K_SECTION, 0}, {"th", K_CELL, BOUNDARY | MARKER},
    {"thead", K_SECTION, 0}, {"title", K_OTHER, RAW}, {"tr", K_TR, 0}, {"track", K_OTHER, VOID},
    {"tt", K_OTHER, FORMATTING}, {"u", K_OTHER, FORMATTING}, {"ul", K_LIST, BLOCK},
    {"wbr", K_OTHER, VOID}, {"xmp", K_OTHER, RAW | BLOCK},
};

struct open {
    uint64_t name;      /* hash of the name */
    uint64_t tag;       /* … and of the whole tag, for the Ark rule */
    enum kind kind;
    unsigned flags;
};

struct scan {
    mimeo_ctx *ctx;
    struct cursor c;
    struct open open[LIMIT_HTML_DEPTH];
    size_t depth, foreign;
    bool doubtful;
};

struct tag {
    struct view name;
    char lower[NAME_MAX_LEN + 1];
    struct view whole;
    size_t attributes;
    bool closing, self_closing, complete;
};

/* ---- cutting tags */

static bool is_white(uint8_t b) { return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r'; }
static bool is_alpha(uint8_t b) { return (b | 0x20) >= 'a' && (b | 0x20) <= 'z'; }
static uint8_t lower(uint8_t b) { return b >= 'A' && b <= 'Z' ? b | 0x20 : b; }

static void skip(struct cursor *c, size_t len)
{
    struct view passed;
    cursor_take(c, len < c->left ? len : c->left, &passed);
}

static uint8_t peek(const struct cursor *c) { return c->left > 0 ? *c->ptr : 0; }

static void skip_past(struct cursor *c, uint8_t stop)
{
    struct view passed;
    if (!cursor_until(c, stop, &passed))
        skip(c, c->left);
}

void html_skip_comment(struct cursor *c)
{
    if (cursor_skip(c, ">") || cursor_skip(c, "->"))
        return;
    while (c->left > 0) {
        const uint8_t *at = memchr(c->ptr, '-', c->left);
        skip(c, at == NULL ? c->left : (size_t)(at - c->ptr));
        if (cursor_skip(c, "-->") || cursor_skip(c, "--!>"))
            return;
        skip(c, 1);
    }
}

static void skip_value(struct cursor *c)
{
    while (is_white(peek(c)))
        skip(c, 1);
    if (peek(c) == '"' || peek(c) == '\'') {
        uint8_t quote = *c->ptr;
        skip(c, 1);
        skip_past(c, quote);
        return;
    }
    while (c->left > 0 && !is_white(*c->ptr) && *c->ptr != '>')
        skip(c, 1);
}

static void skip_attribute(struct cursor *c)
{
    skip(c, 1); /* whatever it is, even '=', it begins a name */
    while (c->left > 0 && !is_white(*c->ptr) && *c->ptr != '/' && *c->ptr != '>' && *c->ptr != '=')
        skip(c, 1);
    while (is_white(peek(c)))
        skip(c, 1);
    if (peek(c) == '=') {
        skip(c, 1);
        skip_value(c);
    }
}

/* What is behind '<' or '</'. */
static void take_tag(struct cursor *c, struct tag *t)
{
    const uint8_t *begin = c->ptr;
    size_t len = 0;
    while (len < c->left && !is_white(begin[len]) && begin[len] != '/' && begin[len] != '>')
        len++;
    cursor_take(c, len, &t->name);
    for (size_t i = 0; len <= NAME_MAX_LEN && i < len; i++)
        t->lower[i] = (char)lower(t->name.ptr[i]);
    while (c->left > 0 && *c->ptr != '>') {
        t->self_closing = *c->ptr == '/';
        if (is_white(*c->ptr) || *c->ptr == '/') {
            skip(c, 1);
            continue;
        }
        skip_attribute(c);
        t->attributes++;
    }
    t->complete = c->left > 0;
    t->whole = view_of(begin, (size_t)(c->ptr - begin));
    skip(c, 1);
}

/* False at the end. */
static bool next_tag(struct cursor *c, struct tag *t)
{
    while (c->left > 0) {
        const uint8_t *at = memchr(c->ptr, '<', c->left);
        skip(c, at == NULL ? c->left : (size_t)(at - c->ptr) + 1);
        *t = (struct tag){.closing = peek(c) == '/'};
        if (t->closing)
            skip(c, 1);
        if (is_alpha(peek(c))) {
            take_tag(c, t);
            return t->complete;
        }
        if (!t->closing && cursor_skip(c, "!--"))
            html_skip_comment(c);
        else if (t->closing || peek(c) == '!' || peek(c) == '?')
            skip_past(c, '>');
    }
    return false;
}

/* The text of an element, up to its end tag. */
static void skip_raw(struct scan *s, const char *name)
{
    size_t len = strlen(name);
    const uint8_t *begin = s->c.ptr;
    while (s->c.left > 0 && strcmp(name, "plaintext") != 0) {
        const uint8_t *at = memchr(s->c.ptr, '<', s->c.left);
        skip(&s->c, at == NULL ? s->c.left : (size_t)(at - s->c.ptr));
        size_t i = 0;
        while (s->c.left > len + 2 && s->c.ptr[1] == '/' && i < len &&
               lower(s->c.ptr[2 + i]) == (uint8_t)name[i])
            i++;
        if (i == len && (is_white(s->c.ptr[2 + i]) || s->c.ptr[2 + i] == '/' ||
                         s->c.ptr[2 + i] == '>'))
            break;
        skip(&s->c, 1);
    }
    if (strcmp(name, "plaintext") == 0)
        skip(&s->c, s->c.left);
    else if (strcmp(name, "script") == 0 && s->c.ptr != begin &&
             memmem(begin, (size_t)(s->c.ptr - begin), "<!--", 4) != NULL)
        s->doubtful = true; /* a script's end is then another (13.2.5.20 and on) */
}

/* ---- what is open */

static uint64_t hash(struct view v)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < v.len; i++)
        h = (h ^ lower(v.ptr[i])) * 0x100000001b3u;
    return h;
}

static const struct element *element_of(const char *name)
{
    static const struct element other = {"", K_OTHER, 0};
    size_t low = 0, high = sizeof elements / sizeof elements[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, elements[middle].name);
        if (order == 0)
            return &elements[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return &other;
}

static bool goes_on(const struct scan *s, const struct open *o, size_t kept)
{
    size_t alike = 0;
    for (size_t i = 0; i < kept && alike < ARK; i++)
        alike += s->open[i].tag == o->tag;
    return (o->flags & FORMATTING) != 0 && alike < ARK;
}

/* Close open[at] and all above, but the formatting that goes on. */
static void close_from(struct scan *s, size_t at)
{
    size_t kept = at;
    bool marker = false;
    for (size_t i = s->depth; i-- > at;)
        marker = marker || (s->open[i].flags & MARKER) != 0;
    for (size_t i = at; i < s->depth; i++) {
        s->foreign -= (s->open[i].flags & FOREIGN) != 0;
        if (!marker && goes_on(s, &s->open[i], kept))
            s->open[kept++] = s->open[i];
    }
    s->depth = kept;
}

static void take_out(struct scan *s, size_t at)
{
    s->depth--;
    memmove(&s->open[at], &s->open[at + 1], (s->depth - at) * sizeof s->open[0]);
}

/* Does the search for an element to close end here, with nothing found? */
static bool is_limit(const struct open *o, enum kind kind)
{
    switch (kind) {
    case K_LI: case K_DT_DD: /* "special" but for address, div and p (13.2.6.4.7) */
        return (o->flags & (BLOCK | BOUNDARY)) != 0 && o->kind != K_DIV && o->kind != K_P;
    case K_SECTION: case K_TR: case K_CELL: return o->kind == K_TABLE;
    default: return (o->flags & BOUNDARY) != 0;
    }
}

static void close_kind(struct scan *s, enum kind kind)
{
    for (size_t i = s->depth; i-- > 0;) {
        if (s->open[i].kind == kind) {
            if (kind == K_A)
                take_out(s, i);
            else
                close_from(s, i);
            return;
        }
        if (is_limit(&s->open[i], kind))
            return;
    }
}

/* What a start tag closes. */
static void close_implied(struct scan *s, const struct element *e)
{
    if (s->foreign > 0)
        return;
    if (e->flags & BLOCK)
        close_kind(s, K_P);
    switch (e->kind) {
    case K_LI: case K_DT_DD: case K_CELL: case K_TR: case K_SECTION: case K_A:
        close_kind(s, e->kind);
        break;
    case K_RT: case K_OPTION: case K_HEADING:
        if (s->depth > 0 && s->open[s->depth - 1].kind == e->kind)
            s->depth--;
        break;
    default: break;
    }
}

static int open_element(struct scan *s, const struct tag *t, const struct element *e)
{
    close_implied(s, e);
    if (e->flags & (VOID | SKIPPED) || (s->foreign > 0 && t->self_closing))
        return 0;
    if (e->flags & RAW && s->foreign == 0) {
        skip_raw(s, e->name);
        return 0; /* its end tag finds nothing to close */
    }
    if (s->depth == LIMIT_HTML_DEPTH)
        return ctx_error(s->ctx, MIMEO_EMALFORMED,
                         "the HTML is nested deeper than %d elements; look for tags that are "
                         "not closed", LIMIT_HTML_DEPTH);
    s->doubtful = s->doubtful || (e->flags & DOUBTFUL) != 0;
    s->foreign += (e->flags & FOREIGN) != 0;
    s->open[s->depth++] = (struct open){hash(t->name), hash(t->whole), e->kind, e->flags};
    return 0;
}

/* Does an end tag not reach past this one? */
static bool stops_end_tag(const struct open *o, const struct element *e)
{
    bool table_part = e->kind == K_TABLE || e->kind == K_SECTION || e->kind == K_TR ||
                      e->kind == K_CELL;
    if (table_part)
        return o->kind == K_TABLE;
    if (e->kind == K_LI && o->kind == K_LIST)
        return true;
    bool special = (o->flags & (BLOCK | BOUNDARY)) != 0;
    return e->flags & (BLOCK | FORMATTING) ? (o->flags & BOUNDARY) != 0 : special;
}

/* A formatting element is taken out from among what it holds; others close what they hold. */
static void close_element(struct scan *s, const struct tag *t, const struct element *e)
{
    uint64_t name = hash(t->name);
    for (size_t i = s->depth; i-- > 0;) {
        if (s->open[i].name == name) {
            if (e->flags & FORMATTING)
                take_out(s, i);
            else
                close_from(s, i);
            return;
        }
        if (stops_end_tag(&s->open[i], e))
            return;
    }
}

int html_scan(bool *doubtful, mimeo_ctx *ctx, struct view html)
{
    if (html.len > LIMIT_HTML)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the HTML has %zu bytes; at most %zu MiB are taken",
                         html.len, LIMIT_HTML / MIB);
    if (!utf8_valid(html))
        return ctx_error(ctx, MIMEO_EMALFORMED, "the HTML is not valid UTF-8; convert it first");
    struct scan s = {.ctx = ctx, .c = cursor_of(html)};
    struct tag t;
    int rc = 0;
    while (rc == 0 && next_tag(&s.c, &t)) {
        const struct element *e = element_of(t.lower);
        if (t.attributes > LIMIT_HTML_ATTRIBUTES)
            rc = ctx_error(ctx, MIMEO_EMALFORMED,
                           "a tag <%.*s> has %zu attributes; at most %d are taken",
                           (int)(t.name.len < 40 ? t.name.len : 40), (const char *)t.name.ptr,
                           t.attributes, LIMIT_HTML_ATTRIBUTES);
        else if (t.closing)
            close_element(&s, &t, e);
        else
            rc = open_element(&s, &t, e);
    }
    *doubtful = s.doubtful;
    return rc;
}
