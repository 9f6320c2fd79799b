/*
 * Who wrote it.  JSON-LD, then elements that say they are the author (itemprop, class, rel), then <meta>.
 *
 * What a reader would get wrong: pages name many authors, of comments, of other articles, of pictures.  An element
 * counts only near the title and outside of what its makers call comments, related and the like.
 */
#include <string.h>

#include "base/limits.h"
#include "extract/field.h"
#include "extract/names.h"

#define TEXT_MAX 200   /* bytes of a byline; what is longer is a biography */
#define BEFORE 120     /* nodes before the title that may hold it */
#define AFTER 1500     /* and behind */

/* ---- JSON-LD */

static void add_ld(struct names *out, const struct meta_page *m, const json_t *authors)
{
    for (size_t i = 0; i < NAMES_MAX; i++) {
        const json_t *author = json_ld_at(&m->ld, authors, i);
        if (author == NULL)
            break;
        struct buf line;
        buf_init(&line, 1024);
        field_line(&line, json_ld_string(&m->ld, author), 1000, true);
        size_t before = out->count;
        names_add(out, buf_view(&line), buf_view(&m->site), json_is_object(author));
        for (size_t k = before; k < out->count; k++)
            out->of[k].body = out->of[k].body || json_ld_is(author, "Organization NewsMediaOrganization Corporation");
        buf_dispose(&line);
    }
}

static void from_ld(struct names *out, const struct meta_page *m)
{
    static const char *const members[] = {"author", "creator", "contributor"};
    for (size_t i = 0; out->count == 0 && i < sizeof members / sizeof members[0]; i++)
        if (m->ld.article != NULL)
            add_ld(out, m, json_ld_get(&m->ld, m->ld.article, members[i]));
}

/* ---- elements */

static bool is_elsewhere(const struct meta_page *m, const struct dom_node *n)
{
    return (m->says.around[n->index] & (SAYS_ELSEWHERE | SAYS_FIGURE)) != 0;
}

/* A name at the right below the text, as Vietnamese and Russian papers set it. */
static bool is_signature(const struct dom_node *n)
{
    struct view style = dom_attribute(n, "style");
    return n->tag == DOM_P && (line_has(style, "text-align:right") || line_has(style, "text-align: right") ||
                               line_is(dom_attribute(n, "align"), "right"));
}

#define RANKS 5

/* 0: none; the smaller the better. */
static int byline_rank(const struct meta_page *m, const struct dom_node *n)
{
    uint32_t says = m->says.own[n->index];
    if (n->tag == DOM_TEXT || n->tag == DOM_META || n->tag == DOM_LINK || n->tag == DOM_IMG || n->tag == DOM_SCRIPT)
        return 0;
    if (dom_has_word(n, "itemprop", "author"))
        return 1;
    if (dom_has_word(n, "rel", "author"))
        return 3;
    if ((says & SAYS_BYLINE) != 0)
        return 2;
    if ((says & SAYS_AUTHOR) != 0)
        return 4;
    return is_signature(n) ? RANKS : 0;
}

/* Within itemprop=author the name is said apart. */
static const struct dom_node *name_within(const struct dom_node *n)
{
    for (const struct dom_node *at = n; at != NULL; at = dom_next(at, n))
        if (at->tag != DOM_TEXT && dom_has_word(at, "itemprop", "name"))
            return at;
    return n;
}

/* Links to authors within a byline are its names, each by itself. */
static bool add_links(struct names *out, const struct meta_page *m, const struct dom_node *n)
{
    size_t before = out->count;
    for (const struct dom_node *at = n; at != NULL; at = dom_next(at, n)) {
        struct view href = dom_attribute(at, "href");
        bool author = at->tag == DOM_A && (dom_has_word(at, "rel", "author") || line_has(href, "/author") || line_has(href, "/autor") ||
                                           line_has(href, "/by/") || line_has(href, "/people/") || line_has(href, "/profile/") ||
                                           line_has(href, "/person/") || line_has(href, "/journalist") || line_has(href, "/staff/") ||
                                           line_has(href, "/auteur"));
        if (!author)
            continue;
        struct buf line;
        buf_init(&line, TEXT_MAX + 8);
        node_line(&line, at, TEXT_MAX);
        names_add(out, buf_view(&line), buf_view(&m->site), true);
        buf_dispose(&line);
    }
    return out->count > before;
}

static void add_element(struct names *out, const struct meta_page *m, const struct dom_node *n)
{
    struct buf line;
    buf_init(&line, 2 * TEXT_MAX);
    node_line(&line, name_within(n), 2 * TEXT_MAX - 8);
    if (line.len > 0 && line.len <= TEXT_MAX && !add_links(out, m, n))
        names_add(out, buf_view(&line), buf_view(&m->site), false);
    buf_dispose(&line);
}

/* The best element, and those of the same rank beside it. */
static void from_elements(struct names *out, const struct meta_page *m)
{
    const struct dom_node *top = dom_body(m->dom), *title = m->taken->title;
    uint32_t middle = title == NULL ? 0 : title->index;
    for (int rank = 1; rank <= RANKS && out->count == 0; rank++) {
        const struct dom_node *first = NULL, *n = top;
        while (n != NULL) {
            bool near = title == NULL || (n->index + BEFORE >= middle && n->index <= middle + AFTER);
            bool beside = first == NULL || n->parent == first->parent ||
                          (n->parent != NULL && first->parent != NULL && n->parent->parent == first->parent->parent);
            if (!near || !beside || byline_rank(m, n) != rank || is_elsewhere(m, n)) {
                n = dom_next(n, top);
                continue;
            }
            size_t before = out->count;
            add_element(out, m, n);
            if (out->count > before && first == NULL) {
                first = n;
                m->taken->byline = n;
            }
            n = out->count > before ? dom_after(n, top) : dom_next(n, top);
        }
    }
}

/* ---- <meta> */

static void from_meta(struct names *out, const struct meta_page *m)
{
    static const char *const names[] = {"author", "article:author", "parsely-author", "sailthru.author", "citation_author", "dc.creator",
                                        "dcterms.creator", "byl", "article:author_name", "cxenseparse:author", "dable:author",
                                        "articleauthor", "og:article:author", "creator"};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && out->count == 0; i++) {
        struct view value;
        size_t from = 0;
        while (meta_each(m, names[i], &from, &value)) {
            struct buf line;
            buf_init(&line, 1024);
            field_line(&line, value, 1000, true);
            names_add(out, buf_view(&line), buf_view(&m->site), false);
            buf_dispose(&line);
        }
    }
}

/* ---- all */

/* People are better than an agency, and that is better than the paper's own name. */
static int worth(const struct names *n)
{
    int most = n->count > 0 ? 1 : 0;
    for (size_t i = 0; i < n->count; i++)
        most = !n->of[i].body ? 3 : !n->of[i].site && most < 2 ? 2 : most;
    return most;
}

/* An element that repeats the names already known: it is shown by the record. */
static void take_known(const struct meta_page *m, const struct names *known)
{
    struct names found = {.count = 0};
    from_elements(&found, m);
    for (size_t i = 0; i < found.count; i++)
        for (size_t k = 0; k < known->count; k++)
            if (strcasecmp(found.of[i].text, known->of[k].text) == 0)
                return;
    m->taken->byline = NULL;
}

void meta_bylines(struct meta_page *m)
{
    static void (*const sources[])(struct names *, const struct meta_page *) = {from_ld, from_elements, from_meta};
    struct names best = {.count = 0};
    for (size_t i = 0; i < 3 && worth(&best) < 3; i++) {
        struct names names = {.count = 0};
        sources[i](&names, m);
        if (worth(&names) > worth(&best))
            best = names;
    }
    names_settle(&best);
    if (m->taken->byline == NULL && best.count > 0)
        take_known(m, &best);
    for (size_t i = 0; i < best.count; i++)
        record_add(m, "bylines", view_of_str(best.of[i].text), LIMIT_LIST_ITEM, LIMIT_LIST);
}
