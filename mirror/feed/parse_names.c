/* Names, namespaces, languages and bases: see feed/parse_names.h. */
#include "feed/parse_names.h"

#include <string.h>
#include <strings.h>

#include "extract/dom_token.h"

struct view element_name(const struct parse *p, const struct element *e)
{
    return view_of(p->names.ptr + e->name_at, e->name_len);
}

/* FNV-1a, without regard to case. */
uint32_t name_sum_of(struct view name)
{
    uint32_t sum = 2166136261U;
    for (size_t i = 0; i < name.len; i++)
        sum = (sum ^ (name.ptr[i] | 0x20U)) * 16777619U;
    return sum;
}

void name_split(struct view name, struct view *prefix, struct view *local)
{
    const uint8_t *colon = name.len == 0 ? NULL : memchr(name.ptr, ':', name.len);
    size_t len = colon == NULL ? 0 : (size_t)(colon - name.ptr);
    *prefix = view_of(name.ptr, len);
    *local = colon == NULL ? name : view_of(colon + 1, name.len - len - 1);
}

enum feed_space name_space(const struct parse *p, struct view prefix)
{
    for (size_t i = p->binding_count; i > 0; i--) {
        const struct binding *b = &p->bindings[i - 1];
        if (b->prefix_len == prefix.len && memcmp(p->names.ptr + b->prefix_at, prefix.ptr, prefix.len) == 0)
            return b->space;
    }
    return space_of_prefix(prefix);
}

size_t names_keep(struct parse *p, struct view v)
{
    size_t at = p->names.len;
    buf_append_view(&p->names, v);
    buf_append_byte(&p->names, 0);
    return buf_status(&p->names) < 0 ? 0 : at;
}

void names_bind(struct parse *p, const struct xml *x)
{
    for (size_t i = 0; i < x->attribute_count && p->binding_count < PARSE_BINDINGS; i++) {
        struct view name = x->attributes[i].name, prefix = {NULL, 0};
        if (!view_starts_with(name, "xmlns") || (name.len > 5 && name.ptr[5] != ':'))
            continue;
        if (name.len > 6)
            prefix = view_of(name.ptr + 6, name.len - 6);
        if (prefix.len > PARSE_NAME_MAX)
            continue;
        struct binding *b = &p->bindings[p->binding_count];
        b->prefix_len = prefix.len;
        b->space = space_of_uri(x->attributes[i].value);
        b->prefix_at = names_keep(p, prefix);
        p->binding_count += b->prefix_at > 0;
    }
}

struct view parse_attribute(const struct parse *p, const char *local)
{
    for (size_t i = 0; i < p->xml->attribute_count; i++) {
        struct view prefix, name;
        name_split(p->xml->attributes[i].name, &prefix, &name);
        if (name.len == strlen(local) && strncasecmp((const char *)name.ptr, local, name.len) == 0)
            return p->xml->attributes[i].value;
    }
    return view_of(NULL, 0);
}

/* xml:lang and xml:base: never by their local names alone, which mean other things elsewhere. */
struct view attribute_own(const struct xml *x, const char *name)
{
    for (size_t i = 0; i < x->attribute_count; i++)
        if (view_equal_str(x->attributes[i].name, name))
            return x->attributes[i].value;
    return view_of(NULL, 0);
}

const char *parse_lang(const struct parse *p)
{
    for (size_t i = p->depth; i > 0; i--)
        if (p->stack[i - 1].lang_at > 0)
            return (const char *)p->names.ptr + p->stack[i - 1].lang_at;
    return NULL;
}

const char *parse_base(const struct parse *p)
{
    for (size_t i = p->depth; i > 0; i--)
        if (p->stack[i - 1].base_at > 0)
            return (const char *)p->names.ptr + p->stack[i - 1].base_at;
    return NULL;
}

static const char *base_here(const struct parse *p)
{
    const char *base = parse_base(p);
    if (base != NULL)
        return base;
    return p->link != NULL ? p->link : p->url;
}

/* An address that was escaped twice has "&amp;" in it, which no address means. */
static struct view decode_again(struct buf *out, struct view v)
{
    if (v.len == 0 || v.len > LIMIT_ARTICLE_URL || memmem(v.ptr, v.len, "&amp;", 5) == NULL)
        return v;
    return dom_decode(out, v) < 0 ? v : buf_view(out);
}

const char *parse_address(struct parse *p, struct view raw)
{
    struct buf url, again;
    const char *kept = NULL;
    buf_init(&url, LIMIT_ARTICLE_URL);
    buf_init(&again, 2 * (size_t)LIMIT_ARTICLE_URL);
    struct view once = decode_again(&again, view_trim(raw));
    bool good = clean_url(&url, once, base_here(p)) &&
                (view_starts_with(buf_view(&url), "http://") || view_starts_with(buf_view(&url), "https://"));
    if (good)
        kept = arena_string(p->in_entry ? &p->entry.memory : &p->memory, buf_view(&url));
    buf_dispose(&url);
    buf_dispose(&again);
    return kept;
}

/* xml:base, resolved against what is in force around it. */
size_t names_keep_base(struct parse *p, struct view base)
{
    struct buf url;
    size_t at = 0;
    buf_init(&url, LIMIT_ARTICLE_URL);
    if (base.len > 0 && clean_url(&url, base, base_here(p)))
        at = names_keep(p, buf_view(&url));
    buf_dispose(&url);
    return at;
}
