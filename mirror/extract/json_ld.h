/*
 * JSON-LD (schema.org) of a page: the object that describes its article.
 */
#ifndef EXTRACT_JSON_LD_H
#define EXTRACT_JSON_LD_H

#include <jansson.h>

#include "base/context.h"
#include "extract/dom.h"

struct json_ld {
    json_t *blocks;          /* a list of all values; owned */
    const json_t *article;   /* within, or NULL */
    const json_t *page;      /* a WebPage, or NULL */
    const json_t *crumbs;    /* a BreadcrumbList, or NULL */
    const json_t *site;      /* a WebSite or an organisation that publishes, or NULL */
};

/* All blocks of the page.  `url` (NULL: not known) and `title` tell which of several articles is the page's.
 * 0 or MIMEO_ENOMEM. */
int json_ld_gather(struct json_ld *out, mimeo_ctx *ctx, const struct dom *page, const char *url);
void json_ld_dispose(struct json_ld *ld);

/* A member of `object`, "a.b" for one within; references ({"@id": …}) are followed.  NULL where there is none. */
const json_t *json_ld_get(const struct json_ld *ld, const json_t *object, const char *path);
/* The string that a value is, or that its name, url or @value is; of a list the first.  Empty where there is none. */
struct view json_ld_string(const struct json_ld *ld, const json_t *value);
/* The same of a member. */
struct view json_ld_text(const struct json_ld *ld, const json_t *object, const char *path);
/* The object's @type is one of these, divided by spaces. */
bool json_ld_is(const json_t *object, const char *types);
/* Element i of a list; of what is no list, itself is element 0.  NULL beyond. */
const json_t *json_ld_at(const struct json_ld *ld, const json_t *value, size_t i);

#endif
