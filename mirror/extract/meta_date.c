/*
 * When it was published and changed.
 *
 * JSON-LD's datePublished is right whenever it is there; then <meta>, then elements that say they are the date,
 * near the title; last the address.  A day alone gives way to the same day with a time, said elsewhere.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "extract/field.h"

#define NEAR_BEFORE 100 /* nodes around the title */
#define NEAR_AFTER 500
#define SAME_DAY (36 * 3600)

static const char published_names[] =
    "article:published_time datePublished og:article:published_time parsely-pub-date sailthru.date article:published "
    "rnews:datepublished article.published og:published_time publication_date publish_date publishdate publish-date pubdate "
    "pub_date dcterms.created dcterms.issued dc.date.issued dc.date.created dc.date dcterms.date citation_publication_date "
    "citation_date citation_online_date cxenseparse:recs:publishtime article_date_original originalpublicationdate "
    "displaydate published_at published-date pubtime article:create_at firstcreatetime date.available releasedate date";
static const char modified_names[] =
    "article:modified_time dateModified og:updated_time article:updated_time dcterms.modified dc.date.modified "
    "lastmod last-modified article.updated parsely-updated sailthru.modified cxenseparse:recs:updatetime revised";

/* The first of these names whose content is a date. */
static bool from_meta(struct date *out, const struct meta_page *m, const char *names)
{
    char name[64];
    for (const char *at = names; *at != 0;) {
        size_t len = 0, from = 0;
        struct view value;
        for (; at[len] != 0 && at[len] != ' '; len++)
            if (len + 1 < sizeof name)
                name[len] = at[len];
        name[len < sizeof name ? len : sizeof name - 1] = 0;
        while (meta_each(m, name, &from, &value))
            if (date_find(out, value, m->lang))
                return true;
        at += len + (at[len] == ' ');
    }
    return false;
}

static bool from_ld(struct date *out, const struct meta_page *m, const char *const *members, size_t count)
{
    const json_t *objects[] = {m->ld.article, m->ld.page};
    for (size_t o = 0; o < 2; o++)
        for (size_t i = 0; i < count; i++)
            if (date_find(out, json_ld_text(&m->ld, objects[o], members[i]), m->lang))
                return true;
    return false;
}

/* ---- elements */

static bool is_elsewhere(const struct meta_page *m, const struct dom_node *n)
{
    return (m->says.around[n->index] & (SAYS_ELSEWHERE | SAYS_NO_DATE)) != 0;
}

static bool date_of_element(struct date *out, const struct meta_page *m, const struct dom_node *n, bool *whole)
{
    struct view value = dom_attribute(n, "datetime");
    if (value.len == 0)
        value = dom_attribute(n, "content");
    struct buf line;
    buf_init(&line, 400);
    node_line(&line, n, 300);
    *whole = date_is_all(buf_view(&line), m->lang);
    bool found = (value.len > 0 && date_find(out, value, m->lang)) || (*whole && date_find(out, buf_view(&line), m->lang));
    buf_dispose(&line);
    return found;
}

/* 0 none, else the smaller the better. */
static int date_rank(const struct meta_page *m, const struct dom_node *n)
{
    uint32_t says = m->says.own[n->index];
    bool updated = (says & SAYS_UPDATED) != 0;
    if (n->tag == DOM_TEXT || n->tag == DOM_META || n->tag == DOM_SCRIPT)
        return 0;
    if (dom_has_word(n, "itemprop", "datePublished") || (n->tag == DOM_TIME && dom_has_attribute(n, "pubdate")))
        return 1;
    if (n->tag == DOM_TIME)
        return updated ? 4 : 2;
    return (says & SAYS_DATE) != 0 && !updated ? 3 : 0;
}

/* The best element near the title. */
static const struct dom_node *find_element(struct date *out, const struct meta_page *m)
{
    const struct dom_node *top = dom_body(m->dom), *title = m->taken->title, *found = NULL;
    uint32_t middle = title == NULL ? 0 : title->index;
    int best = 99, tried = 0;
    for (const struct dom_node *n = top; n != NULL && tried < 400; n = dom_next(n, top)) {
        int rank = date_rank(m, n);
        bool near = title == NULL || (n->index + NEAR_BEFORE >= middle && n->index <= middle + NEAR_AFTER);
        if (rank == 0 || rank >= best || (!near && rank > 1) || is_elsewhere(m, n))
            continue;
        struct date date;
        bool whole;
        tried++;
        if (!date_of_element(&date, m, n, &whole))
            continue;
        *out = date;
        best = rank;
        found = n;
    }
    return found;
}

/* A short text that is a date, close to the title, whatever its element is called. */
static const struct dom_node *find_text(struct date *out, const struct meta_page *m)
{
    const struct dom_node *top = dom_body(m->dom), *title = m->taken->title;
    if (title == NULL)
        return NULL;
    for (const struct dom_node *n = top; n != NULL && n->index <= title->index + 150; n = dom_next(n, top))
        if (n->tag == DOM_TEXT && n->index + 60 >= title->index && n->text.len >= 6 && n->text.len <= 160 &&
            date_is_all(n->text, m->lang) && date_find(out, n->text, m->lang) && !is_elsewhere(m, n->parent))
            return n->parent;
    return NULL;
}

/* ---- all */

/* A day alone yields to a time on it. */
static void refine(struct date *d, const struct date *other)
{
    if (!d->has_time && other->has_time && llabs(d->seconds - other->seconds) < SAME_DAY)
        *d = *other;
}

static void put(struct meta_page *m, const char *field, struct date *d)
{
    char text[21];
    date_settle(d, &m->zone);
    date_format(text, d);
    record_put(m, field, view_of_str(text), 32, false);
}

static void note_zone(struct meta_page *m, const struct date *d)
{
    if (d->has_zone && (!m->zone.has_zone || (m->zone.offset == 0 && d->offset != 0)))
        m->zone = *d;
}

static bool find_modified(struct date *out, struct meta_page *m)
{
    static const char *const members[] = {"dateModified"};
    bool found = from_ld(out, m, members, 1) || from_meta(out, m, modified_names);
    if (found)
        note_zone(m, out);
    return found;
}

static bool find_published(struct date *out, struct meta_page *m)
{
    static const char *const members[] = {"datePublished", "dateCreated", "uploadDate"};
    struct date other;
    bool found = from_ld(out, m, members, 3), said = from_meta(&other, m, published_names);
    if (said)
        note_zone(m, &other);
    if (found && said)
        refine(out, &other);
    else if (said)
        *out = other;
    const struct dom_node *n = find_element(&other, m);
    if (n == NULL)
        n = find_text(&other, m);
    if (n != NULL)
        note_zone(m, &other);
    m->taken->date = n;
    if ((found || said) && n != NULL)
        refine(out, &other);
    else if (n != NULL)
        *out = other;
    struct view url = view_of_str(json_string_value(json_object_get(m->record, "url")));
    bool by_url = !found && !said && url.len > 0 && date_of_url(&other, url);
    if (by_url && n == NULL)
        *out = other;
    return found || said || n != NULL || by_url;
}

void meta_dates(struct meta_page *m)
{
    struct date published, modified;
    bool has_modified = find_modified(&modified, m), has_published = find_published(&published, m);
    if (has_published)
        note_zone(m, &published);
    if (has_published)
        put(m, "published", &published);
    if (has_modified && (!has_published || modified.seconds > published.seconds))
        put(m, "modified", &modified);
}
