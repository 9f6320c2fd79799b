/*
 * JSON-LD: which of the objects is the article (json_ld.h).
 *
 * Pages carry several blocks, graphs of objects that refer to each other by @id, and articles that are others:
 * related ones, posts of a live blog, parts.  Only those on top, in a @graph or as what a page is about count.
 */
#include "extract/json_ld.h"

#include <string.h>

#include "extract/dom_token.h"
#include "extract/json_loose.h"

#define BLOCKS 40
#define BLOCK_MAX ((size_t)2 << 20)
#define FOLLOWED 4   /* references of references */
#define SEARCHED 4000 /* objects looked at for an @id */

static const char articles[] =
    "NewsArticle Article BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle "
    "ReviewNewsArticle AskPublicNewsArticle LiveBlogPosting TechArticle ScholarlyArticle SocialMediaPosting Report "
    "AdvertiserContentArticle SatiricalArticle MedicalScholarlyArticle DiscussionForumPosting Review Recipe";
static const char lesser[] = "VideoObject AudioObject PodcastEpisode Event CreativeWork ImageGallery MediaGallery ItemPage";

/* ---- access */

static bool is_listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = len == 0 ? NULL : strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == 0))
            return true;
    return false;
}

/* "http://schema.org/NewsArticle" is "NewsArticle". */
static bool type_is(const json_t *type, const char *types)
{
    const char *word = json_string_value(type);
    const char *last = word == NULL ? NULL : strrchr(word, '/');
    const char *colon = word == NULL ? NULL : strrchr(word, ':');
    last = last == NULL ? colon : last;
    return word != NULL && is_listed(types, last == NULL ? word : last + 1);
}

bool json_ld_is(const json_t *object, const char *types)
{
    const json_t *type = json_object_get(object, "@type");
    if (type == NULL)
        type = json_object_get(object, "type");
    if (!json_is_array(type))
        return type_is(type, types);
    for (size_t i = 0; i < json_array_size(type) && i < 8; i++)
        if (type_is(json_array_get(type, i), types))
            return true;
    return false;
}

/* The object with more than its @id that has this @id. */
static const json_t *find_id(const json_t *value, const char *id, size_t *looked)
{
    const json_t *found = NULL;
    if (json_is_array(value)) {
        for (size_t i = 0; found == NULL && i < json_array_size(value) && *looked < SEARCHED; i++)
            found = find_id(json_array_get(value, i), id, looked);
        return found;
    }
    if (!json_is_object(value) || ++*looked > SEARCHED)
        return NULL;
    const char *own = json_string_value(json_object_get(value, "@id"));
    if (own != NULL && strcmp(own, id) == 0 && json_object_size(value) > 1)
        return value;
    void *at = json_object_iter((json_t *)(uintptr_t)value);
    for (; found == NULL && at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)value, at))
        found = find_id(json_object_iter_value(at), id, looked);
    return found;
}

/* What a reference is to, or the value itself. */
static const json_t *follow(const struct json_ld *ld, const json_t *value)
{
    for (int i = 0; i < FOLLOWED && json_is_object(value) && json_object_size(value) <= 2; i++) {
        const char *id = json_string_value(json_object_get(value, "@id"));
        size_t looked = 0;
        bool bare = json_object_size(value) == 1 || json_object_get(value, "@type") != NULL;
        const json_t *found = id == NULL || !bare ? NULL : find_id(ld->blocks, id, &looked);
        if (found == NULL)
            break;
        value = found;
    }
    return value;
}

const json_t *json_ld_get(const struct json_ld *ld, const json_t *object, const char *path)
{
    char key[64];
    while (object != NULL && *path != 0) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof key)
            return NULL;
        memcpy(key, path, len);
        key[len] = 0;
        path += len + (path[len] == '.');
        object = follow(ld, json_ld_at(ld, object, 0));
        object = json_is_object(object) ? json_object_get(object, key) : NULL;
    }
    return json_is_array(object) ? object : follow(ld, object);
}

const json_t *json_ld_at(const struct json_ld *ld, const json_t *value, size_t i)
{
    if (!json_is_array(value))
        return i == 0 ? value : NULL;
    return i < json_array_size(value) ? follow(ld, json_array_get(value, i)) : NULL;
}

struct view json_ld_string(const struct json_ld *ld, const json_t *value)
{
    static const char *const keys[] = {"name", "@value", "headline", "url", "contentUrl", "alternateName", "@id"};
    for (int depth = 0; depth < 4; depth++) {
        const json_t *inner = NULL;
        value = json_ld_at(ld, value, 0);
        if (json_is_string(value))
            return view_of(json_string_value(value), json_string_length(value));
        for (size_t i = 0; inner == NULL && i < sizeof keys / sizeof keys[0]; i++)
            inner = json_is_object(value) ? json_object_get(value, keys[i]) : NULL;
        value = inner;
    }
    return view_of_str(NULL);
}

struct view json_ld_text(const struct json_ld *ld, const json_t *object, const char *path)
{
    return object == NULL ? view_of_str(NULL) : json_ld_string(ld, json_ld_get(ld, object, path));
}

/* ---- choosing */

struct chosen {
    const char *url;
    int best;
};

/* Does it say that it is of this page?  Addresses without scheme and query. */
static bool same_page(const struct json_ld *ld, const json_t *object, const char *url)
{
    static const char *const keys[] = {"url", "mainEntityOfPage", "@id"};
    const char *own = strstr(url, "://");
    own = own == NULL ? url : own + 3;
    size_t len = strcspn(own, "?#");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *value = json_object_get(object, keys[i]);
        const char *id = json_is_object(value) ? json_string_value(json_object_get(value, "@id")) : NULL;
        struct view said = id != NULL ? view_of_str(id) : json_ld_string(ld, value);
        if (len > 0 && said.len > 0 && memmem(said.ptr, said.len, own, len) != NULL)
            return true;
    }
    return false;
}

static void consider(struct json_ld *ld, const json_t *object, struct chosen *chosen)
{
    if (ld->page == NULL && json_ld_is(object, "WebPage AboutPage"))
        ld->page = object;
    if (ld->crumbs == NULL && json_ld_is(object, "BreadcrumbList"))
        ld->crumbs = object;
    if (json_ld_is(object, "WebSite") || (ld->site == NULL && json_ld_is(object, "NewsMediaOrganization Organization")))
        ld->site = object;
    int worth = json_ld_is(object, articles) ? 4 : json_ld_is(object, lesser) ? 1 : 0;
    if (worth == 0)
        return;
    worth += json_object_get(object, "datePublished") != NULL;
    worth += json_object_get(object, "headline") != NULL;
    worth += json_object_get(object, "author") != NULL;
    worth += chosen->url != NULL && same_page(ld, object, chosen->url) ? 3 : 0;
    if (worth > chosen->best) {
        chosen->best = worth;
        ld->article = object;
    }
}

static void choose_in(struct json_ld *ld, const json_t *value, struct chosen *chosen, int depth)
{
    static const char *const inner[] = {"@graph", "mainEntity", "mainEntityOfPage", "breadcrumb", "isPartOf", "subjectOf"};
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
        choose_in(ld, json_array_get(value, i), chosen, depth + 1);
    if (!json_is_object(value) || depth > 6)
        return;
    consider(ld, value, chosen);
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
        choose_in(ld, json_object_get(value, inner[i]), chosen, depth + 1);
}

/* ---- gathering */

/* Some pages escape all of it. */
static json_t *parse_block(struct view text)
{
    const uint8_t *escaped = memmem(text.ptr, text.len, "&quot;", 6), *plain = memchr(text.ptr, '"', text.len);
    if (escaped == NULL || (plain != NULL && plain < escaped))
        return json_loose_parse(text);
    struct buf decoded;
    buf_init(&decoded, text.len * 2 + 16);
    json_t *value = dom_decode(&decoded, text) < 0 ? json_array() : json_loose_parse(buf_view(&decoded));
    buf_dispose(&decoded);
    return value;
}

int json_ld_gather(struct json_ld *out, mimeo_ctx *ctx, const struct dom *page, const char *url)
{
    struct json_ld ld = {.blocks = json_array()};
    struct chosen chosen = {.url = url};
    const struct dom_node *root = dom_root(page);
    size_t blocks = 0;
    bool good = ld.blocks != NULL;
    for (const struct dom_node *n = root; good && n != NULL && blocks < BLOCKS; n = dom_next(n, root)) {
        if (n->tag != DOM_SCRIPT || n->first == NULL || n->first->text.len > BLOCK_MAX)
            continue;
        struct view type = dom_attribute(n, "type");
        if (type.len == 0 || n->first->text.len == 0)
            continue;
        if (memmem(type.ptr, type.len, "ld+json", 7) == NULL && memmem(type.ptr, type.len, "LD+JSON", 7) == NULL)
            continue;
        json_t *values = parse_block(n->first->text);
        good = values != NULL && json_array_extend(ld.blocks, values) == 0;
        json_decref(values);
        blocks++;
    }
    if (!good) {
        json_decref(ld.blocks);
        return ctx_error_nomem(ctx);
    }
    choose_in(&ld, ld.blocks, &chosen, 0);
    *out = ld;
    return 0;
}

void json_ld_dispose(struct json_ld *ld)
{
    json_decref(ld->blocks);
    *ld = (struct json_ld){.blocks = NULL};
}
