/*
 * Finding a page's feed: see import/feed_link.h.
 *
 * Nothing is fetched, and nothing published by it: the address is for a message.  So the bytes are looked through as they stand;
 * what is no ASCII in a page of another encoding is in no address.
 */
#include "import/feed_link.h"

#include <string.h>
#include <strings.h>

#include "extract/dom_token.h"

#define HEAD_MAX ((size_t)256 * 1024) /* bytes; links stand in front */

struct found {
    char feed[URL_MAX], comments[URL_MAX], base[URL_MAX], own[URL_MAX]; /* "" where there is none */
};

/* The attribute decoded; "" where there is none, or one that is too long. */
static void take_attribute(char out[URL_MAX], const struct dom_token *t, const char *name)
{
    struct buf b;
    out[0] = '\0';
    for (size_t i = 0; i < t->attribute_count; i++) {
        struct view v = t->attributes[i].name;
        if (v.len != strlen(name) || strncasecmp((const char *)v.ptr, name, v.len) != 0)
            continue;
        buf_init(&b, URL_MAX - 1);
        if (dom_decode(&b, t->attributes[i].value) == 0 && memchr(b.ptr == NULL ? (void *)"" : b.ptr, '\0', b.len) == NULL) {
            memcpy(out, b.len == 0 ? (const void *)"" : b.ptr, b.len);
            out[b.len] = '\0';
        }
        buf_dispose(&b);
        return;
    }
}

/* Is `word` one of the words of `list`? */
static bool has_word(const char *list, const char *word)
{
    for (size_t len; *list != '\0'; list += len) {
        list += strspn(list, " \t\r\n\f");
        len = strcspn(list, " \t\r\n\f");
        if (len == strlen(word) && strncasecmp(list, word, len) == 0)
            return true;
    }
    return false;
}

static bool is_feed_type(const char *type)
{
    static const char *const types[] = {"application/rss+xml", "application/atom+xml", "application/feed+json",
                                        "application/rdf+xml"};
    size_t len = strcspn(type, "; \t");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strlen(types[i]) == len && strncasecmp(type, types[i], len) == 0)
            return true;
    }
    return false;
}

static void look_at(struct found *f, const struct dom_token *t)
{
    char rel[URL_MAX], type[URL_MAX], href[URL_MAX], title[URL_MAX];
    take_attribute(href, t, "href");
    if (href[0] == '\0')
        return;
    if (t->tag == DOM_BASE && f->base[0] == '\0')
        memcpy(f->base, href, sizeof href);
    if (t->tag != DOM_LINK)
        return;
    take_attribute(rel, t, "rel");
    take_attribute(type, t, "type");
    if (has_word(rel, "canonical") && f->own[0] == '\0')
        memcpy(f->own, href, sizeof href);
    if (!has_word(rel, "alternate") || !is_feed_type(type))
        return;
    take_attribute(title, t, "title");
    bool comments = strcasestr(title, "comment") != NULL || strstr(href, "/comments/") != NULL;
    char *to = comments ? f->comments : f->feed;
    if (to[0] == '\0')
        memcpy(to, href, sizeof href);
}

static void look_through(struct found *f, struct view page)
{
    struct cursor c = cursor_of(view_of(page.ptr, page.len < HEAD_MAX ? page.len : HEAD_MAX));
    struct dom_token t;
    while (dom_token_next(&c, &t)) {
        if (t.type != DOM_TOKEN_OPEN)
            continue;
        if (t.tag == DOM_BODY)
            return;
        look_at(f, &t);
        if ((dom_tag_flags(t.tag) & DOM_IS_RAW) != 0 && !t.self_closing)
            dom_token_raw(&c, t.tag);
    }
}

bool feed_link_find(char out[URL_MAX], struct view page, const char *base)
{
    struct found f = {.feed = ""};
    char from[URL_MAX] = "", joined[URL_MAX];
    look_through(&f, page);
    const char *href = f.feed[0] != '\0' ? f.feed : f.comments;
    if (base == NULL || !url_normal(from, view_of_str(base)))
        (void)(url_normal(from, view_of_str(f.own)) || url_normal(from, view_of_str(f.base)));
    if (f.base[0] != '\0' && from[0] != '\0' && url_join(joined, from, view_of_str(f.base)))
        memcpy(from, joined, sizeof from);
    if (href[0] == '\0')
        return false;
    bool good = from[0] != '\0' ? url_join(joined, from, view_of_str(href)) : url_normal(joined, view_of_str(href));
    if (!good || (strncmp(joined, "http://", 7) != 0 && strncmp(joined, "https://", 8) != 0))
        return false;
    memcpy(out, joined, sizeof joined);
    return true;
}
