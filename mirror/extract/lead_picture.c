/*
 * The lead picture, with caption and credit.
 *
 * Most pages show it above the text and name it again, cut differently, in og:image.  The page's own figure is
 * better: it has the caption.  og:image alone counts where no picture of the body is the same one, and where it is
 * a picture and not the site's emblem.
 */
#include <string.h>

#include "base/limits.h"
#include "extract/field.h"
#include "extract/media.h"

#define NEAR_BEFORE 120 /* nodes around the title */
#define NEAR_AFTER 250
#define STEM_LEAST 6

/* ---- which pictures are the same */

/* The name of the file without directory, query, ending, and the size at its end. */
static struct view stem_of(struct view url)
{
    size_t end = 0, from = 0;
    while (end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#')
        end++;
    for (size_t i = 0; i < end; i++)
        if (url.ptr[i] == '/')
            from = i + 1;
    size_t dot = end;
    while (dot > from && url.ptr[dot - 1] != '.')
        dot--;
    end = dot > from + 1 ? dot - 1 : end;
    /* "-1200x630", "_640" */
    size_t cut = end;
    while (cut > from && ((url.ptr[cut - 1] >= '0' && url.ptr[cut - 1] <= '9') || url.ptr[cut - 1] == 'x'))
        cut--;
    if (cut > from + STEM_LEAST && cut < end && (url.ptr[cut - 1] == '-' || url.ptr[cut - 1] == '_'))
        end = cut - 1;
    return view_of(url.ptr + from, end - from);
}

static bool same_picture(struct view a, struct view b)
{
    struct view x = stem_of(a), y = stem_of(b);
    return (a.len > 0 && view_equal(a, b)) || (x.len >= STEM_LEAST && view_equal(x, y));
}

static bool is_emblem(struct view url)
{
    static const char *const words[] = {"logo", "default", "placeholder", "fallback", "avatar", "icon", "sprite", "blank.", "og-image",
                                        "og_image", "share-image", "social-share", "facebook-share", "no-image", "noimage", "dummy",
                                        ".svg", "generic"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (line_has(url, words[i]))
            return true;
    return false;
}

/* ---- the page's figure */

static const struct dom_node *figure_around(const struct dom_node *picture)
{
    for (const struct dom_node *n = picture; n != NULL && n->tag != DOM_BODY; n = n->parent)
        if (n->tag == DOM_FIGURE)
            return n;
    return NULL;
}

static bool is_elsewhere(const struct meta_page *m, const struct dom_node *n)
{
    return (m->says.around[n->index] & (SAYS_ELSEWHERE | SAYS_NO_PICTURE)) != 0;
}

static int number_of(const struct dom_node *n, const char *attribute)
{
    struct view v = dom_attribute(n, attribute);
    int value = 0;
    for (size_t i = 0; i < v.len && i < 5 && v.ptr[i] >= '0' && v.ptr[i] <= '9'; i++)
        value = value * 10 + (v.ptr[i] - '0');
    return value;
}

struct lead {
    const struct dom_node *picture, *figure;
    struct media media;
};

/* `like` (may be empty): it must be this picture; else a figure near the title that is not small. */
static bool find_lead(struct lead *out, const struct meta_page *m, struct view like)
{
    const struct dom_node *top = dom_body(m->dom), *title = m->taken->title;
    uint32_t middle = title == NULL ? 0 : title->index;
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top)) {
        if (n->tag != DOM_IMG || is_elsewhere(m, n))
            continue;
        struct lead found = {.picture = n, .figure = figure_around(n)};
        bool near = n->index + NEAR_BEFORE >= middle && n->index <= middle + NEAR_AFTER;
        int width = number_of(n, "width");
        bool large = (found.figure != NULL || width >= 400) && (width == 0 || width >= 250);
        if (!near || (like.len == 0 && !large) || !media_of(&found.media, n) || found.media.kind != MEDIA_PICTURE ||
            is_emblem(found.media.address) || (like.len > 0 && !same_picture(like, found.media.address)))
            continue;
        *out = found;
        return true;
    }
    return false;
}

/* Does the page show this picture anywhere?  Then the body has it. */
static bool is_shown(const struct meta_page *m, struct view url)
{
    const struct dom_node *top = dom_body(m->dom);
    struct media media;
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top))
        if (n->tag == DOM_IMG && media_of(&media, n) && same_picture(url, media.address))
            return true;
    return false;
}

/* ---- caption and credit */

static const struct dom_node *find_credit(const struct meta_page *m, const struct dom_node *figure)
{
    for (const struct dom_node *n = dom_next(figure, figure); n != NULL; n = dom_next(n, figure))
        if (n->tag != DOM_IMG && n->tag != DOM_FIGCAPTION &&
            ((m->says.own[n->index] & SAYS_CREDIT) != 0 || dom_has_word(n, "itemprop", "copyrightHolder")))
            return n;
    return NULL;
}

static void put(struct meta_page *m, json_t *image, const char *field, struct view raw, size_t max, bool markup)
{
    struct buf line;
    buf_init(&line, max + 8);
    field_line(&line, raw, max, markup);
    if (line.len > 0 && json_object_set_new_nocheck(image, field, json_stringn_nocheck(buf_str(&line), line.len)) < 0)
        m->no_memory = true;
    buf_dispose(&line);
}

/* The caption without the credit that stands at its end. */
static void put_caption(struct meta_page *m, json_t *image, const struct dom_node *figure)
{
    const struct dom_node *caption = dom_find(figure, DOM_FIGCAPTION), *credit = find_credit(m, figure);
    struct buf said, credited;
    buf_init(&said, LIMIT_SUMMARY);
    buf_init(&credited, LIMIT_LIST_ITEM + 8);
    if (caption != NULL)
        node_line(&said, caption, LIMIT_SUMMARY - 8);
    if (credit != NULL)
        node_line(&credited, credit, LIMIT_LIST_ITEM);
    size_t len = said.len;
    if (credited.len > 0 && len >= credited.len && memcmp(said.ptr + len - credited.len, credited.ptr, credited.len) == 0)
        len -= credited.len;
    put(m, image, "caption", line_trim(view_of(said.ptr, len)), LIMIT_SUMMARY / 4, false);
    put(m, image, "credit", buf_view(&credited), LIMIT_LIST_ITEM, false);
    buf_dispose(&said);
    buf_dispose(&credited);
}

static json_t *image_of(struct meta_page *m, struct view address)
{
    struct buf url;
    json_t *image = json_object();
    bool whole = m->url != NULL && meta_resolve(&url, m, address);
    put(m, image, "file", whole ? buf_view(&url) : address, LIMIT_ARTICLE_URL, false);
    if (whole)
        buf_dispose(&url);
    return image;
}

static void add(struct meta_page *m, json_t *image)
{
    json_t *list = json_array();
    if (image == NULL || json_array_append_new(list, image) < 0 || json_object_set_new_nocheck(m->record, "images", list) < 0)
        m->no_memory = true;
}

static void put_lead(struct meta_page *m, const struct lead *lead)
{
    json_t *image = image_of(m, lead->media.address);
    put(m, image, "alt", lead->media.words, LIMIT_ALT, false);
    if (lead->figure != NULL)
        put_caption(m, image, lead->figure);
    m->taken->figure = lead->figure != NULL ? lead->figure : lead->picture;
    add(m, image);
}

static void put_named(struct meta_page *m, struct view address)
{
    const json_t *ld = json_ld_get(&m->ld, m->ld.article, "image");
    json_t *image = image_of(m, address);
    put(m, image, "alt", meta_get(m, "og:image:alt twitter:image:alt"), LIMIT_ALT, true);
    put(m, image, "caption", json_ld_text(&m->ld, ld, "caption"), LIMIT_SUMMARY / 4, true);
    put(m, image, "credit", json_ld_text(&m->ld, ld, "creditText"), LIMIT_LIST_ITEM, true);
    add(m, image);
}

void meta_picture(struct meta_page *m)
{
    struct lead lead;
    struct view named = meta_get(m, "og:image og:image:url og:image:secure_url twitter:image twitter:image:src");
    if (named.len == 0) {
        named = json_ld_text(&m->ld, json_ld_get(&m->ld, m->ld.article, "image"), "url");
        named = named.len > 0 ? named : json_ld_text(&m->ld, m->ld.article, "image");
    }
    if ((named.len > 0 && find_lead(&lead, m, named)) || find_lead(&lead, m, view_of_str(NULL)))
        put_lead(m, &lead);
    else if (named.len > 0 && !is_emblem(named) && !is_shown(m, named))
        put_named(m, named);
}
