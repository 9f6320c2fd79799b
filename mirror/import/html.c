/*
 * HTML: a fragment or a whole document, front matter allowed in front.
 *
 * The cleaner alone decides what the body becomes.  Here the bytes are only scanned for
 * what stands around it: the first h1, <title>, the language, and where <body> begins.  A
 * page that fools this scan gets a poor title, no more.
 */
#include <string.h>
#include <strings.h>

#include "import/draft.h"

struct outline {
    struct view title;              /* inside of the first <title> */
    struct view heading;            /* inside of the first <h1> … */
    struct view heading_whole;      /* … and with its tags */
    struct view html_tag, body_tag; /* attributes */
    const uint8_t *body, *body_end; /* NULL where there is no such tag */
    const uint8_t *head_end;
};

struct tag_at {
    struct view name;       /* as written */
    struct view attributes;
    bool closing;
    const uint8_t *begin;   /* of its '<' */
};

static bool is_alpha(uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0D && c != 0x0B);
}

static bool name_is(struct view name, const char *what)
{
    return name.len == strlen(what) && strncasecmp((const char *)name.ptr, what, name.len) == 0;
}

static void skip(struct cursor *c, size_t len)
{
    struct view passed;
    cursor_take(c, len < c->left ? len : c->left, &passed);
}

static void skip_past(struct cursor *c, const char *stop)
{
    const uint8_t *at = c->left == 0 ? NULL : memmem(c->ptr, c->left, stop, strlen(stop));
    skip(c, at == NULL ? c->left : (size_t)(at - c->ptr) + strlen(stop));
}

/* The attributes up to '>', quotes minded. */
static struct view take_attributes(struct cursor *c)
{
    const uint8_t *begin = c->ptr;
    uint8_t quote = 0;
    size_t len = 0;
    for (; len < c->left; len++) {
        uint8_t b = begin[len];
        if (quote != 0)
            quote = b == quote ? 0 : quote;
        else if (b == '"' || b == '\'')
            quote = b;
        else if (b == '>')
            break;
    }
    skip(c, len + 1);
    return view_of(begin, len);
}

/* The next tag; comments and declarations are passed over.  False at the end. */
static bool next_tag(struct cursor *c, struct tag_at *out)
{
    while (c->left > 0) {
        const uint8_t *lt = memchr(c->ptr, '<', c->left);
        skip(c, lt == NULL ? c->left : (size_t)(lt - c->ptr));
        if (c->left < 2)
            return false;
        if (cursor_skip(c, "<!--")) {
            skip_past(c, "-->");
            continue;
        }
        bool closing = c->ptr[1] == '/';
        size_t at = closing ? 2 : 1;
        if (c->left <= at || !is_alpha(c->ptr[at])) {
            skip(c, 1);
            continue;
        }
        *out = (struct tag_at){.closing = closing, .begin = c->ptr};
        skip(c, at);
        size_t len = 0;
        while (len < c->left && !is_space(c->ptr[len]) && c->ptr[len] != '>' && c->ptr[len] != '/')
            len++;
        cursor_take(c, len, &out->name);
        out->attributes = take_attributes(c);
        return true;
    }
    return false;
}

/* Elements whose content is text up to their closing tag. */
static bool is_raw(struct view name)
{
    static const char *const names[] = {"script", "style", "title", "textarea", "xmp",
                                        "iframe", "noembed", "noframes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (name_is(name, names[i]))
            return true;
    }
    return false;
}

/* The text of a raw element; the cursor stops at its closing tag. */
static struct view take_raw(struct cursor *c, struct view name)
{
    const uint8_t *begin = c->ptr;
    while (c->left > 0) {
        const uint8_t *lt = memchr(c->ptr, '<', c->left);
        skip(c, lt == NULL ? c->left : (size_t)(lt - c->ptr));
        if (c->left >= name.len + 2 && c->ptr[1] == '/' &&
            strncasecmp((const char *)c->ptr + 2, (const char *)name.ptr, name.len) == 0)
            break;
        skip(c, 1);
    }
    return view_of(begin, (size_t)(c->ptr - begin));
}

static void note_heading(struct outline *o, const struct tag_at *tag, const struct cursor *c,
                         const uint8_t **open, const uint8_t **inner)
{
    if (!tag->closing && *open == NULL && o->heading_whole.ptr == NULL) {
        *open = tag->begin;
        *inner = c->ptr;
    } else if (tag->closing && *open != NULL) {
        o->heading = view_of(*inner, (size_t)(tag->begin - *inner));
        o->heading_whole = view_of(*open, (size_t)(c->ptr - *open));
        *open = NULL;
    }
}

static struct outline outline_of(struct view html)
{
    struct outline o = {0};
    struct cursor c = cursor_of(html);
    const uint8_t *heading_open = NULL, *heading_inner = NULL;
    struct tag_at tag;
    while (next_tag(&c, &tag)) {
        if (name_is(tag.name, "h1"))
            note_heading(&o, &tag, &c, &heading_open, &heading_inner);
        else if (name_is(tag.name, "html") && o.html_tag.ptr == NULL)
            o.html_tag = tag.attributes;
        else if (name_is(tag.name, "head") && tag.closing && o.head_end == NULL)
            o.head_end = c.ptr;
        else if (name_is(tag.name, "body") && tag.closing)
            o.body_end = tag.begin;
        else if (name_is(tag.name, "body") && o.body == NULL) {
            o.body = c.ptr;
            o.body_tag = tag.attributes;
        } else if (!tag.closing && is_raw(tag.name)) {
            struct view text = take_raw(&c, tag.name);
            if (name_is(tag.name, "title") && o.title.ptr == NULL)
                o.title = text;
        }
    }
    return o;
}

/* The value of an attribute in quotes or bare; empty where there is none. */
static struct view attribute_of(struct view attributes, const char *name)
{
    struct cursor c = cursor_of(attributes);
    while (c.left > 0) {
        struct view word, value = {0};
        size_t len = 0;
        while (len < c.left && (is_space(c.ptr[len]) || c.ptr[len] == '/'))
            len++;
        skip(&c, len);
        for (len = 0; len < c.left && !is_space(c.ptr[len]) && c.ptr[len] != '='; len++)
            ;
        cursor_take(&c, len, &word);
        if (cursor_skip(&c, "=\"")) {
            if (!cursor_until(&c, '"', &value))
                skip(&c, c.left);
        } else if (cursor_skip(&c, "='")) {
            if (!cursor_until(&c, '\'', &value))
                skip(&c, c.left);
        } else if (cursor_skip(&c, "=")) {
            for (len = 0; len < c.left && !is_space(c.ptr[len]); len++)
                ;
            cursor_take(&c, len, &value);
        }
        if (name_is(word, name))
            return value;
    }
    return (struct view){0};
}

/* The title from the heading, which then leaves the body, or else from <title>. */
static int take_title(struct draft *d, const struct outline *o, bool *drop_heading)
{
    struct buf line;
    struct record *r = &d->article->record;
    buf_init(&line, LIMIT_HTML);
    int rc = o->heading.ptr == NULL ? 0 : html_to_line(&line, d->ctx, o->heading);
    if (rc == 0 && line.len > 0)
        rc = draft_title(d, buf_view(&line));
    *drop_heading = line.len > 0 && r->title != NULL && view_equal_str(buf_view(&line), r->title);
    if (rc == 0 && r->title == NULL && o->title.ptr != NULL) {
        buf_clear(&line);
        rc = html_to_line(&line, d->ctx, o->title);
        if (rc == 0)
            rc = draft_title(d, buf_view(&line));
    }
    buf_dispose(&line);
    return rc;
}

static int take_language(struct draft *d, const struct outline *o)
{
    struct view lang = attribute_of(o->html_tag, "lang");
    struct view dir = attribute_of(o->html_tag, "dir");
    struct record *r = &d->article->record;
    int rc = draft_lang_hint(d, lang.len > 0 ? lang : attribute_of(o->body_tag, "lang"));
    if (dir.len == 0)
        dir = attribute_of(o->body_tag, "dir");
    if (rc == 0 && r->dir == NULL && name_is(dir, "rtl"))
        r->dir = "rtl";
    return rc;
}

/* What is between <body> and </body>, or behind </head>, or all; without the heading where
 * it has become the title. */
static int import_body(struct draft *d, struct view html, const struct outline *o,
                       bool drop_heading)
{
    const uint8_t *begin = o->body != NULL ? o->body : o->head_end, *end = html.ptr + html.len;
    if (begin == NULL)
        begin = html.ptr;
    if (o->body_end != NULL && o->body_end >= begin)
        end = o->body_end;
    const uint8_t *cut = o->heading_whole.ptr;
    if (!drop_heading || cut < begin || cut + o->heading_whole.len > end)
        return draft_body_html(d, view_of(begin, (size_t)(end - begin)));
    struct buf rest;
    buf_init(&rest, LIMIT_HTML);
    buf_append(&rest, begin, (size_t)(cut - begin));
    cut += o->heading_whole.len;
    buf_append(&rest, cut, (size_t)(end - cut));
    int rc = buf_status(&rest) < 0 ? ctx_error_nomem(d->ctx)
                                   : draft_body_html(d, buf_view(&rest));
    buf_dispose(&rest);
    return rc;
}

int html_import(struct draft *d)
{
    json_t *fields = NULL;
    bool drop_heading = false;
    struct view html = buf_view(&d->item->bytes);
    int rc = front_matter_parse(&fields, &html, d->ctx, d->item->where, html);
    if (rc == 0 && fields != NULL)
        rc = draft_fields(d, fields);
    json_decref(fields);
    if (rc < 0)
        return rc;
    struct outline o = outline_of(html);
    rc = take_title(d, &o, &drop_heading);
    if (rc == 0)
        rc = take_language(d, &o);
    if (rc == 0)
        rc = import_body(d, html, &o, drop_heading);
    return rc;
}
