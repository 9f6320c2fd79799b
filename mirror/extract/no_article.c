/*
 * What a reader would get wrong: this errs towards "article".  A short text that was published as an article is
 * worth more than a list of teasers costs.
 */
#include "extract/no_article.h"

#include <string.h>
#include <strings.h>

#define SHORT 140         /* letters: a brief may be as short, but does not stand among many links */
#define LONG 1200         /* what has as much is one, whatever else the page holds */
#define TEASERS 8         /* headings that lead elsewhere, on a list */
#define ERROR_LONGEST 700

static bool value_is(const struct dom_node *n, const char *name, const char *value)
{
    struct view v = dom_attribute(n, name);
    return v.len == strlen(value) && strncasecmp((const char *)v.ptr, value, v.len) == 0;
}

static bool holds(struct view v, const char *what) { return v.len > 0 && memmem(v.ptr, v.len, what, strlen(what)) != NULL; }

/* og:type, or a type in JSON-LD: "NewsArticle", "BlogPosting". */
static bool says_article(const struct dom *d)
{
    const struct dom_node *top = dom_root(d);
    for (const struct dom_node *n = dom_next(top, top); n != NULL; n = dom_next(n, top)) {
        if (n->tag == DOM_META && value_is(n, "property", "og:type") && value_is(n, "content", "article"))
            return true;
        if (n->tag == DOM_SCRIPT && n->first != NULL &&
            (holds(n->first->text, "Article\"") || holds(n->first->text, "BlogPosting\"")))
            return true;
        if (n->attribute_count > 0 && value_is(n, "itemprop", "articleBody"))
            return true;
    }
    return false;
}

/* The address of a site's front: nothing behind the host, or hardly. */
static bool is_front(const char *url)
{
    const char *path = url == NULL ? NULL : strstr(url, "://");
    path = path == NULL ? NULL : strchr(path + 3, '/');
    if (path == NULL)
        return url != NULL && strstr(url, "://") != NULL;
    return path[1] == 0 || path[1] == '?' || path[1] == '#' || strncmp(path, "/index.", 7) == 0;
}

/* Headings of which all is a link. */
static size_t count_teasers(const struct body_page *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->facts.count; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        const struct dom_node *link = n != NULL && dom_is_heading(n->tag) ? dom_find(n, DOM_A) : NULL;
        for (const struct dom_node *up = n; link == NULL && up != NULL && dom_is_heading(n->tag); up = up->parent)
            link = up->tag == DOM_A ? up : NULL;
        count += link != NULL && dom_has_attribute(link, "href");
    }
    return count;
}

static bool asks_for_password(const struct body_page *b)
{
    for (size_t i = 0; i < b->facts.count; i++)
        if (b->facts.nodes[i] != NULL && b->facts.nodes[i]->tag == DOM_INPUT && value_is(b->facts.nodes[i], "type", "password"))
            return true;
    return false;
}

static bool text_holds(const struct dom_node *top, const char *what)
{
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top))
        if (n->tag == DOM_TEXT && holds(n->text, what))
            return true;
    return false;
}

/* What a browser shows where it reached no server, saved as if it were the page: its title is often but the host's name, and
 * its words are in any language, so it is known by the names that Chromium and Firefox give to its parts. */
static bool is_of_browser(const struct dom *d)
{
    static const char *const parts[] = {"errorShortDesc", "errorTitle", "errorLongContent", "netErrorButtonContainer",
                                        "neterrorTryAgainButton"};
    const struct dom_node *top = dom_body(d), *firefox = NULL, *wrapper = NULL;
    bool part = false;
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top)) {
        if (n->attribute_count == 0)
            continue;
        if (value_is(n, "id", "main-frame-error") || (n == top && dom_has_class(n, "neterror")))
            return true;
        if (value_is(n, "id", "errorPageContainer"))
            firefox = n;
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            part = part || value_is(n, "id", parts[i]);
        if (wrapper == NULL && dom_has_class(n, "interstitial-wrapper")) /* of a certificate that is not good */
            wrapper = n;
    }
    return (firefox != NULL && part) || (wrapper != NULL && text_holds(wrapper, "ERR_"));
}

static bool is_error_title(const char *title)
{
    static const char *const words[] = {"404", "403 forbidden", "page not found", "not found", "access denied", "just a moment",
                                        "attention required", "are you a robot", "captcha", "seite nicht gefunden",
                                        "página no encontrada", "page introuvable", "страница не найдена",
                                        "service unavailable", "502 bad gateway", "internal server error", "error 4", "error 5"};
    for (size_t i = 0; title != NULL && i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(title, words[i]) != NULL)
            return true;
    return false;
}

/* Next to nothing, and around it a page of links. */
static bool is_remnant(const struct body_page *b)
{
    const struct facts *f = facts_of(&b->facts, b->root), *page = facts_of(&b->facts, dom_body(b->facts.dom));
    return f->good < SHORT && f->chars < 2 * SHORT && page->chars > 6 * f->chars && link_density(page) > 0.4;
}

static const char *list_in(const struct body_page *b, const char *url)
{
    size_t teasers = count_teasers(b);
    if (is_front(url) && teasers > 2)
        return "a front page";
    return teasers >= TEASERS ? "a list of articles" : NULL;
}

const char *no_article_in(const struct body_page *b, const char *title, const char *url)
{
    const struct facts *f = b->root == NULL ? &(struct facts){0} : facts_of(&b->facts, b->root);
    if (f->good < LONG && is_of_browser(b->facts.dom))
        return "a browser's error page";
    if (f->good < ERROR_LONGEST && is_error_title(title))
        return "a page that says something went wrong";
    if (f->good < SHORT * 2 && asks_for_password(b))
        return "a page to log in";
    bool nothing = f->chars + f->pictures == 0;
    if (!nothing && (says_article(b->facts.dom) || f->good >= LONG))
        return NULL;
    const char *list = f->good < LONG / 2 || is_front(url) ? list_in(b, url) : NULL;
    if (list != NULL)
        return list;
    return nothing || is_remnant(b) ? "no text that reads like an article's" : NULL;
}
