/*
 * Section, tags and summary.
 */
#include <string.h>

#include "base/limits.h"
#include "extract/field.h"

#define TAG_CHARACTERS 60 /* what is longer is a sentence */

/* ---- section */

/* The last but the page itself of a trail such as Home > World > Europe > this page. */
static bool from_crumbs(struct meta_page *m)
{
    const json_t *list = json_ld_get(&m->ld, m->ld.crumbs, "itemListElement");
    struct buf folded, title;
    bool found = false;
    buf_init(&title, 4 * LIMIT_TITLE);
    buf_init(&folded, 4 * LIMIT_TITLE);
    field_folded(&title, buf_view(&m->title));
    for (size_t i = json_array_size(list); !found && i-- > 1;) { /* the first is the front page */
        const json_t *crumb = json_ld_at(&m->ld, list, i);
        struct view name = json_ld_text(&m->ld, crumb, "name");
        if (name.len == 0)
            name = json_ld_text(&m->ld, crumb, "item.name");
        buf_clear(&folded);
        field_folded(&folded, name);
        found = folded.len > 0 && !view_starts_with(name, "http") && field_length(name) <= 40 &&
                !view_equal(buf_view(&folded), buf_view(&title)) && i + 1 < json_array_size(list);
        if (found)
            record_put(m, "section", name, LIMIT_LIST_ITEM, true);
    }
    buf_dispose(&title);
    buf_dispose(&folded);
    return found;
}

static void from_trail(struct meta_page *m)
{
    const struct dom_node *top = dom_body(m->dom), *trail = top, *last = NULL;
    while (trail != NULL && (trail->tag == DOM_BODY || (m->says.own[trail->index] & SAYS_CRUMBS) == 0))
        trail = dom_next(trail, top);
    for (const struct dom_node *n = trail; n != NULL; n = dom_next(n, trail))
        if (n->tag == DOM_A)
            last = n;
    if (last == NULL)
        return;
    struct buf line;
    buf_init(&line, LIMIT_LIST_ITEM + 8);
    node_line(&line, last, LIMIT_LIST_ITEM);
    if (field_length(buf_view(&line)) <= 40)
        record_put(m, "section", buf_view(&line), LIMIT_LIST_ITEM, false);
    buf_dispose(&line);
}

static void set_section(struct meta_page *m)
{
    struct view said = json_ld_text(&m->ld, m->ld.article, "articleSection");
    if (said.len == 0 || field_length(said) > 80)
        said = meta_get(m, "article:section og:article:section parsely-section sailthru.section section articlesection "
                           "cxenseparse:category lp.section:short category");
    if (said.len > 0 && field_length(said) <= 80)
        record_put(m, "section", said, LIMIT_LIST_ITEM, true);
    else if (!from_crumbs(m))
        from_trail(m);
}

/* ---- tags */

static void add_tag(struct meta_page *m, struct view raw)
{
    struct buf line;
    buf_init(&line, LIMIT_LIST_ITEM + 8);
    field_line(&line, raw, LIMIT_LIST_ITEM, true);
    struct view tag = line_trim(buf_view(&line));
    if (field_length(tag) > 1 && tag.ptr[0] != '_' && field_length(tag) <= TAG_CHARACTERS && !view_starts_with(tag, "http") && memchr(tag.ptr, ':', tag.len) == NULL)
        record_add(m, "tags", tag, LIMIT_LIST_ITEM, LIMIT_LIST);
    buf_dispose(&line);
}

/* A list in one string. */
static void add_tags(struct meta_page *m, struct view list)
{
    static const char *const signs[] = {",", ";", "，", "、", "،", "|"};
    const char *sign = NULL;
    for (size_t i = 0; sign == NULL && i < sizeof signs / sizeof signs[0]; i++)
        if (list.len > 0 && memmem(list.ptr, list.len, signs[i], strlen(signs[i])) != NULL)
            sign = signs[i];
    if (sign == NULL && list.len > 0 && list.ptr[0] >= 0xE3 && memchr(list.ptr, ' ', list.len) != NULL)
        sign = " "; /* Chinese and Japanese words have none within */
    while (list.len > 0) {
        const uint8_t *at = sign == NULL ? NULL : memmem(list.ptr, list.len, sign, strlen(sign));
        size_t len = at == NULL ? list.len : (size_t)(at - list.ptr), step = at == NULL ? len : len + strlen(sign);
        add_tag(m, view_of(list.ptr, len));
        list = view_of(list.ptr + step, list.len - step);
    }
}

static bool has_tags(const struct meta_page *m) { return json_object_get(m->record, "tags") != NULL; }

static void tags_of_meta(struct meta_page *m, const char *name)
{
    size_t from = 0;
    struct view value;
    while (meta_each(m, name, &from, &value))
        add_tags(m, value);
}

static void tags_of_ld(struct meta_page *m)
{
    const json_t *keywords = json_ld_get(&m->ld, m->ld.article, "keywords");
    size_t count = json_is_array(keywords) ? json_array_size(keywords) : keywords != NULL;
    for (size_t i = 0; i < count && i < 4 * LIMIT_LIST; i++) {
        struct view said = json_ld_string(&m->ld, json_ld_at(&m->ld, keywords, i));
        if (count > 1)
            add_tag(m, said);
        else
            add_tags(m, said);
    }
}

static void tags_of_links(struct meta_page *m)
{
    const struct dom_node *top = dom_body(m->dom);
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top)) {
        if (n->tag != DOM_A || !dom_has_word(n, "rel", "tag"))
            continue;
        struct buf line;
        buf_init(&line, LIMIT_LIST_ITEM + 8);
        node_line(&line, n, LIMIT_LIST_ITEM);
        add_tag(m, buf_view(&line));
        buf_dispose(&line);
    }
}

static void set_tags(struct meta_page *m)
{
    static const char *const names[] = {"article:tag", "parsely-tags", "news_keywords", "og:article:tag", "sailthru.tags"};
    static const char *const late[] = {"keywords", "dc.subject", "citation_keywords"};
    tags_of_ld(m);
    for (size_t i = 0; !has_tags(m) && i < sizeof names / sizeof names[0]; i++)
        tags_of_meta(m, names[i]);
    if (!has_tags(m))
        tags_of_links(m);
    for (size_t i = 0; !has_tags(m) && i < sizeof late / sizeof late[0]; i++)
        tags_of_meta(m, late[i]);
}

/* ---- summary */

static void set_summary(struct meta_page *m)
{
    struct view said = meta_get(m, "og:description description twitter:description dc.description dcterms.description sailthru.description");
    if (field_length(said) < 20) {
        struct view ld = json_ld_text(&m->ld, m->ld.article, "description");
        said = ld.len > said.len ? ld : said;
    }
    record_put(m, "summary", said, LIMIT_SUMMARY / 2, true);
}

void meta_topics(struct meta_page *m)
{
    set_section(m);
    set_tags(m);
    set_summary(m);
}
