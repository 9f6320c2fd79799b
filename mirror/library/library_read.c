/*
 * Reading one article of the library: where the catalog says it is, or by a walk.  The catalog is believed only
 * so far as the record that it points at is the article asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "library/library_inside.h"
#include "library/listing.h"

struct search {
    mimeo_library *l;
    mimeo_ctx *ctx;
    struct holding *only; /* NULL: any */
    const char *id;
    struct holding *found, *second; /* those that have it */
    char full[LIMIT_ARTICLE_ID + 1];
    bool ambiguous;                 /* several articles of one publisher begin so */
};

/* ---- who has it? ---- */

static int has_exactly(struct search *s, struct holding *h)
{
    struct place place;
    mimeo_reading *r;
    if (h->indexed) {
        int rc = index_find(s->l->index, s->ctx, &h->publisher, s->id, &place);
        if (rc >= 0 || rc == MIMEO_ENOMEM)
            return rc;
        library_catalog_failed(s->l, h);
    }
    int rc = reading_exact(&r, h->mirror, s->ctx, s->id);
    if (rc == 1)
        mimeo_reading_free(r);
    return rc;
}

static int has_prefix(struct search *s, struct holding *h)
{
    char full[LIMIT_ARTICLE_ID + 1];
    int rc = h->indexed ? index_find_prefix(s->l->index, s->ctx, &h->publisher, s->id, full)
                        : reading_find_prefix(full, h->mirror, s->ctx, s->id);
    if (rc > 0)
        strcpy(s->full, full);
    s->ambiguous |= rc > 1;
    return rc;
}

static int ask_each(struct search *s, int (*has)(struct search *s, struct holding *h))
{
    for (size_t i = 0; i < s->l->count; i++) {
        struct holding *h = &s->l->items[i];
        if (s->only != NULL && h != s->only)
            continue;
        int rc = library_ready(s->l, s->ctx, h);
        if (rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED || (rc < 0 && s->only != NULL))
            return rc;
        rc = rc < 0 ? 0 : has(s, h); /* one that cannot be opened does not hide the others */
        if (rc < 0)
            return rc;
        if (rc > 0 && s->found == NULL)
            s->found = h;
        else if (rc > 0 && s->second == NULL)
            s->second = h;
    }
    return 0;
}

static int ask_all(struct search *s)
{
    int rc = ask_each(s, has_exactly);
    if (rc == 0 && s->found != NULL)
        strcpy(s->full, s->id);
    return rc == 0 && s->found == NULL ? ask_each(s, has_prefix) : rc;
}

/* The catalog has nothing of a bundle with any damage in its own; a walk finds what still can be read.  1 where there
 * is such a bundle. */
static int walk_the_damaged(struct search *s)
{
    int any = 0;
    for (size_t i = 0; i < s->l->count; i++) {
        struct holding *h = &s->l->items[i];
        if (!h->indexed || (s->only != NULL && h != s->only))
            continue;
        int bad = index_has_bad(s->l->index, s->ctx, &h->publisher);
        if (bad == MIMEO_ENOMEM)
            return bad;
        if (bad != 0) {
            h->indexed = false;
            h->walked = true;
            any = 1;
        }
    }
    return any;
}

static int find(struct search *s)
{
    int rc = ask_all(s);
    if (rc == 0 && s->found == NULL)
        rc = walk_the_damaged(s);
    if (rc == 1)
        rc = ask_all(s);
    if (rc < 0)
        return rc;
    if (s->found == NULL)
        return ctx_error(s->ctx, MIMEO_ENOTFOUND, "no article '%s' is held: see 'mimeo list'", s->id);
    if (s->second != NULL)
        return ctx_error(s->ctx, MIMEO_EUSAGE, "several publishers have an article '%s': name one with --publisher", s->id);
    if (s->ambiguous)
        return ctx_error(s->ctx, MIMEO_EUSAGE, "several articles begin with '%s': write more of the id", s->id);
    return 0;
}

/* ---- opening it ---- */

/* 1 and *out; 0 where the catalog was wrong about it. */
static int open_by_catalog(mimeo_reading **out, struct search *s)
{
    struct place place;
    int rc = index_find(s->l->index, s->ctx, &s->found->publisher, s->full, &place);
    if (rc == 1)
        rc = reading_at(out, s->found->mirror, s->ctx, &place, s->full);
    return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED || rc == 1 ? rc : 0;
}

static int open_found(mimeo_reading **out, struct search *s)
{
    struct holding *h = s->found;
    int rc = h->indexed ? open_by_catalog(out, s) : 0;
    if (rc == 0 && h->indexed) {
        rc = library_repair(s->l, s->ctx, h);
        if (rc == 0 && h->indexed)
            rc = open_by_catalog(out, s);
    }
    if (rc == 0)
        rc = reading_exact(out, h->mirror, s->ctx, s->full);
    if (rc == 0)
        return ctx_error(s->ctx, MIMEO_ENOTFOUND, "no article '%s' is held: see 'mimeo list'", s->id);
    return rc < 0 ? rc : 0;
}

int mimeo_library_read(mimeo_reading **out, mimeo_mirror **m, mimeo_library *l, mimeo_ctx *ctx, const char *who,
                       const char *id)
{
    struct search s = {.l = l, .ctx = ctx, .id = id};
    int rc = 0;
    if (l->count == 0)
        return library_say_nobody(l, ctx, who);
    if (id[0] == '\0')
        return ctx_error(ctx, MIMEO_EUSAGE, "an article's id is needed: see 'mimeo list'");
    if (strlen(id) > LIMIT_ARTICLE_ID)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "no article has an id so long: see 'mimeo list'");
    if (who != NULL)
        rc = library_find(&s.only, l, ctx, who);
    if (rc == 0)
        rc = find(&s);
    if (rc == 0)
        rc = open_found(out, &s);
    if (rc == 0)
        *m = s.found->mirror;
    return rc;
}
