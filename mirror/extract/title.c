/*
 * The title, the subtitle and the site's name.
 *
 * The h1 that agrees with what the page tells other machines (og:title, <title>) is the title as its readers saw
 * it.  Where no h1 agrees: JSON-LD's headline, og:title, <title>, the last two without the site's name at their
 * end or start.
 */
#include <string.h>

#include "base/limits.h"
#include "extract/field.h"

#define SUBTITLE_MAX 400 /* characters; what is longer is a paragraph */

struct line {
    struct buf text, folded;
};

static void line_set(struct line *l, struct view raw, bool markup)
{
    buf_init(&l->text, LIMIT_TITLE + 8);
    buf_init(&l->folded, 4 * LIMIT_TITLE);
    field_line(&l->text, raw, LIMIT_TITLE, markup);
    field_folded(&l->folded, buf_view(&l->text));
}

static void line_dispose(struct line *l)
{
    buf_dispose(&l->text);
    buf_dispose(&l->folded);
}

static bool contains(const struct buf *outer, const struct buf *inner)
{
    return inner->len > 0 && outer->len > 0 && memmem(outer->ptr, outer->len, inner->ptr, inner->len) != NULL;
}

/* ---- the site's name */

static void set_site(struct meta_page *m)
{
    struct view name = meta_get(m, "og:site_name application-name twitter:app:name:iphone apple-mobile-web-app-title");
    if (meta_get(m, "og:site_name").len == 0) {
        struct view publisher = json_ld_text(&m->ld, m->ld.article, "publisher.name");
        if (publisher.len == 0)
            publisher = json_ld_text(&m->ld, m->ld.site, "name");
        name = publisher.len > 0 ? publisher : name;
    }
    if (view_starts_with(name, "http"))
        return;
    field_line(&m->site, name, LIMIT_LIST_ITEM, true);
    if (m->site.len > 0)
        record_put(m, "site", buf_view(&m->site), LIMIT_LIST_ITEM, false);
}

/* ---- cutting the site's name off */

struct cut {
    struct view left, right; /* of the separator */
};

/* The last (or first) of the signs that divide a title from a site's name. */
static bool cut_at(struct cut *out, struct view title, bool last)
{
    static const char *const signs[] = {" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", "|", "｜", "_", "--"};
    bool found = false;
    size_t at = 0;
    for (size_t s = 0; s < sizeof signs / sizeof signs[0]; s++) {
        size_t len = strlen(signs[s]);
        if (s >= 10 && found)
            break; /* signs without spaces only where there are none with */
        for (size_t i = 0; i + len <= title.len; i++) {
            if (memcmp(title.ptr + i, signs[s], len) != 0 || (found && (last ? i <= at : i >= at)))
                continue;
            found = true;
            at = i;
            *out = (struct cut){view_of(title.ptr, i), view_of(title.ptr + i + len, title.len - i - len)};
        }
    }
    return found;
}

/* The host without "www." and what stands behind the name, folded: "theexample". */
static bool is_host(const struct meta_page *m, const struct buf *folded)
{
    struct view url = view_of_str(json_string_value(json_object_get(m->record, "url")));
    struct buf host;
    buf_init(&host, 4 * LIMIT_ARTICLE_URL);
    const uint8_t *from = url.len == 0 ? NULL : memmem(url.ptr, url.len, "://", 3);
    size_t skip = from == NULL ? 0 : (size_t)(from - url.ptr) + 3, len = 0;
    while (skip + len < url.len && url.ptr[skip + len] != '/')
        len++;
    if (len > 0)
        field_folded(&host, view_of(url.ptr + skip, len));
    bool same = folded->len >= 3 && contains(&host, folded);
    buf_dispose(&host);
    return same;
}

static bool is_site(const struct meta_page *m, struct view part)
{
    struct line name, site;
    line_set(&name, part, false);
    line_set(&site, buf_view(&m->site), false);
    bool same = name.folded.len > 0 && (view_equal(buf_view(&name.folded), buf_view(&site.folded)) ||
                                        (name.folded.len >= 4 && contains(&site.folded, &name.folded)) ||
                                        (site.folded.len >= 4 && contains(&name.folded, &site.folded) &&
                                         name.folded.len < 3 * site.folded.len) ||
                                        is_host(m, &name.folded));
    line_dispose(&name);
    line_dispose(&site);
    return same;
}

/* `known`: only what is known to be the site's name goes; else also a short last part. */
static void cut_site(const struct meta_page *m, struct view *title, bool known)
{
    struct cut cut;
    for (int i = 0; i < 4; i++) {
        if (cut_at(&cut, *title, true) && field_length(line_trim(cut.left)) > 8 && is_site(m, cut.right))
            *title = line_trim(cut.left);
        else if (cut_at(&cut, *title, false) && field_length(line_trim(cut.right)) > 8 && is_site(m, cut.left))
            *title = line_trim(cut.right);
        else
            break;
    }
    if (!known && cut_at(&cut, *title, true) && field_length(cut.right) <= 30 &&
        field_length(cut.left) >= 2 * field_length(cut.right) && field_length(cut.left) > 15)
        *title = line_trim(cut.left);
}

/* ---- the h1 */

struct sought {
    struct line og, title, headline;
};

/* How well a heading agrees with what the page says elsewhere: 0 not at all. */
static int agreement(const struct sought *s, const struct buf *folded)
{
    const struct buf *said[] = {&s->og.folded, &s->headline.folded, &s->title.folded};
    int sum = 0;
    for (size_t i = 0; i < 3; i++) {
        if (said[i]->len == 0)
            continue;
        if (view_equal(buf_view(said[i]), buf_view(folded)))
            sum += 400;
        else if (contains(said[i], folded) && folded->len * 5 >= said[i]->len * 2)
            sum += (int)(300 * folded->len / said[i]->len);
        else if (contains(folded, said[i]) && said[i]->len * 5 >= folded->len * 2)
            sum += (int)(200 * said[i]->len / folded->len);
    }
    return sum;
}

static bool is_heading(const struct dom_node *n, bool any)
{
    return n->tag == DOM_H1 || (any && (n->tag == DOM_H2 || n->tag == DOM_H3 || dom_has_word(n, "itemprop", "headline")));
}

/* The heading that agrees most; the first of equals. */
static const struct dom_node *best_heading(struct line *best, const struct meta_page *m, const struct sought *s, bool any)
{
    const struct dom_node *found = NULL, *top = dom_body(m->dom);
    int most = 0, tried = 0;
    for (const struct dom_node *n = top; n != NULL && tried < 200; n = dom_next(n, top)) {
        if (!is_heading(n, any))
            continue;
        struct line line;
        struct buf text;
        buf_init(&text, LIMIT_TITLE + 8);
        node_line(&text, n, LIMIT_TITLE);
        line_set(&line, buf_view(&text), false);
        buf_dispose(&text);
        tried++;
        int worth = field_length(buf_view(&line.text)) < 4 ? 0 : agreement(s, &line.folded);
        if (worth > most) {
            if (found != NULL)
                line_dispose(best);
            *best = line;
            most = worth;
            found = n;
        } else {
            line_dispose(&line);
        }
    }
    return found;
}

/* A page with one h1 that nothing contradicts. */
static const struct dom_node *only_h1(const struct meta_page *m)
{
    const struct dom_node *found = NULL, *top = dom_body(m->dom);
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top))
        if (n->tag == DOM_H1) {
            if (found != NULL)
                return NULL;
            found = n;
        }
    return found;
}

static void choose_without_heading(struct meta_page *m, const struct sought *s)
{
    struct view title = buf_view(&s->headline.text);
    bool cut_short = title.len > 3 && (memcmp(title.ptr + title.len - 3, "...", 3) == 0 ||
                                       memcmp(title.ptr + title.len - 3, "…", 3) == 0);
    if (title.len > 0 && !(cut_short && s->og.text.len >= title.len)) {
        cut_site(m, &title, true);
    } else if (s->og.text.len > 0) {
        title = buf_view(&s->og.text);
        cut_site(m, &title, true);
    } else {
        title = buf_view(&s->title.text);
        cut_site(m, &title, false);
    }
    field_line(&m->title, title, LIMIT_TITLE, false);
    const struct dom_node *h1 = m->title.len == 0 ? only_h1(m) : NULL;
    if (h1 != NULL) {
        node_line(&m->title, h1, LIMIT_TITLE);
        m->taken->title = h1;
    }
}

static void set_title(struct meta_page *m, const struct sought *s)
{
    struct line heading;
    const struct dom_node *n = best_heading(&heading, m, s, false);
    if (n == NULL)
        n = best_heading(&heading, m, s, true);
    if (n == NULL) {
        choose_without_heading(m, s);
    } else {
        struct view title = buf_view(&heading.text);
        cut_site(m, &title, true);
        field_line(&m->title, title, LIMIT_TITLE, false);
        m->taken->title = n;
        line_dispose(&heading);
    }
    record_put(m, "title", buf_view(&m->title), LIMIT_TITLE, false);
}

/* ---- the subtitle */

static bool is_subtitle(const struct meta_page *m, const struct dom_node *n)
{
    bool block = n->tag == DOM_H2 || n->tag == DOM_H3 || n->tag == DOM_H4 || n->tag == DOM_P || n->tag == DOM_DIV ||
                 n->tag == DOM_SPAN;
    return block && (m->says.own[n->index] & SAYS_SUBTITLE) != 0;
}

/* Close behind the title, by name; an h2 right behind it in the same header. */
static const struct dom_node *find_subtitle(const struct meta_page *m)
{
    const struct dom_node *top = dom_body(m->dom), *title = m->taken->title;
    int seen = 0;
    for (const struct dom_node *n = title == NULL ? NULL : dom_after(title, top); n != NULL && seen < 60; n = dom_next(n, top)) {
        if (n->tag == DOM_TEXT)
            continue;
        seen++;
        if (is_subtitle(m, n))
            return n;
        bool near = n->parent == title->parent && (n->tag == DOM_H2 || n->tag == DOM_H3);
        if (near && seen <= 3 && (n->parent->tag == DOM_HEADER || n->parent->tag == DOM_HGROUP))
            return n;
    }
    return NULL;
}

static void set_subtitle(struct meta_page *m)
{
    const struct dom_node *n = find_subtitle(m);
    struct line line, title;
    struct buf text;
    buf_init(&text, 4 * LIMIT_TITLE);
    if (n != NULL)
        node_line(&text, n, LIMIT_TITLE);
    struct view said = n != NULL ? buf_view(&text) : json_ld_text(&m->ld, m->ld.article, "alternativeHeadline");
    line_set(&line, said, n == NULL);
    line_set(&title, buf_view(&m->title), false);
    size_t length = field_length(buf_view(&line.text));
    if (length >= 12 && length <= SUBTITLE_MAX && !contains(&title.folded, &line.folded) &&
        !contains(&line.folded, &title.folded)) {
        record_put(m, "subtitle", buf_view(&line.text), LIMIT_TITLE, false);
        m->taken->subtitle = n;
    }
    line_dispose(&line);
    line_dispose(&title);
    buf_dispose(&text);
}

void meta_title(struct meta_page *m)
{
    struct sought s;
    struct buf text;
    const struct dom_node *title = dom_find(dom_head(m->dom), DOM_TITLE);
    if (title == NULL)
        title = dom_find(dom_root(m->dom), DOM_TITLE);
    buf_init(&text, 4 * LIMIT_TITLE);
    if (title != NULL)
        node_line(&text, title, LIMIT_TITLE);
    set_site(m);
    line_set(&s.og, meta_get(m, "og:title twitter:title parsely-title sailthru.title dc.title dcterms.title citation_title title"), true);
    line_set(&s.headline, json_ld_text(&m->ld, m->ld.article, "headline"), true);
    line_set(&s.title, buf_view(&text), false);
    set_title(m, &s);
    says_settle(&m->says, m->dom, m->taken->title);
    set_subtitle(m);
    line_dispose(&s.og);
    line_dispose(&s.headline);
    line_dispose(&s.title);
    buf_dispose(&text);
}
