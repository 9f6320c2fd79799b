/*
 * Finding what is no page in WARC and ARC, and telling which state of a page is the newest, by an index over all records.
 */
#include <stdlib.h>
#include <string.h>

#include "archive/warc_inside.h"

#define HOPS_MAX 6 /* redirects and revisits, one after another */

/* Pages are apart: no picture is looked for among them. */
static struct url_key page_key(const char *url)
{
    struct url_key plain = url_key_of(url);
    return url_key_named("page", view_of(plain.bytes, sizeof(plain.bytes)));
}

static int add_to_index(struct places *x, const struct walk_record *r, const struct archive_place *place)
{
    enum archive_what what = warc_what_of(r);
    enum places_kind kind = what == ARCHIVE_REDIRECT ? PLACES_REDIRECT : what == ARCHIVE_REPEAT ? PLACES_REPEAT : PLACES_BODY;
    struct url_key key = what == ARCHIVE_PAGE ? page_key(r->head.url) : url_key_of(r->head.url);
    if (what == ARCHIVE_ERROR)
        return 0;
    int rc = places_add(x, &key, kind, place, r->head.date);
    if (rc == 0 && what == ARCHIVE_PICTURE && r->head.digest[0] != '\0') {
        key = url_key_named("digest", view_of_str(r->head.digest));
        rc = places_add(x, &key, kind, place, r->head.date);
    }
    return rc;
}

static int make_index(struct warc *w, mimeo_ctx *ctx)
{
    struct record_walk walk;
    struct walk_record *r = malloc(sizeof(*r));
    bool walking = false;
    size_t part = 0;
    int rc = r == NULL ? ctx_error_nomem(ctx) : 1;
    while (rc == 1 || rc == MIMEO_EMALFORMED) { /* archive_next() tells what is damaged */
        rc = warc_walk_parts(r, w, ctx, &walk, &walking, &part);
        if (rc != 1 || !warc_is_response(r))
            continue;
        struct archive_place place = {r->at, r->inside, (uint32_t)part};
        int added = add_to_index(&w->index, r, &place);
        if (added < 0 && added != MIMEO_EMALFORMED)
            rc = ctx_error_nomem(ctx);
        w->full = added == MIMEO_EMALFORMED;
        if (w->full)
            rc = 0;
    }
    if (walking)
        record_walk_dispose(&walk);
    free(r);
    places_sort(&w->index);
    return rc;
}

static int need_index(struct warc *w, mimeo_ctx *ctx)
{
    pthread_mutex_lock(&w->lock);
    if (w->indexed == 0) {
        int rc = make_index(w, ctx);
        w->indexed = rc == 0 ? 1 : rc;
        if (rc < 0)
            memcpy(w->why, ctx->message, sizeof(w->why));
    }
    int indexed = w->indexed;
    pthread_mutex_unlock(&w->lock);
    return indexed == 1 ? 0 : ctx_error(ctx, indexed, "%s", w->why);
}

/* Where it leads: a redirect's target, what a revisit repeats; false where it says nothing. */
static bool follow(char url[URL_MAX], struct url_key *key, const struct walk_record *r, enum places_kind kind)
{
    char next[URL_MAX];
    if (kind == PLACES_REDIRECT) {
        if (!url_join(next, url, view_of_str(r->message.location)))
            return false;
    } else if (r->head.refers_to[0] != '\0' && strcmp(r->head.refers_to, url) != 0) {
        memcpy(next, r->head.refers_to, sizeof(next));
    } else if (r->head.digest[0] != '\0') {
        *key = url_key_named("digest", view_of_str(r->head.digest));
        return true;
    } else {
        return false;
    }
    memcpy(url, next, sizeof(next));
    *key = url_key_of(url);
    return true;
}

static int find_key(struct archive_place *out, struct warc *w, mimeo_ctx *ctx, char url[URL_MAX])
{
    struct url_key key = url_key_of(url);
    struct walk_record *r = malloc(sizeof(*r));
    int rc = r == NULL ? ctx_error_nomem(ctx) : 0;
    for (int hop = 0; rc == 0; hop++) {
        struct archive_place place;
        struct stream s = {.in = NULL};
        enum places_kind kind;
        bool found = hop < HOPS_MAX && places_find(&kind, &place, &w->index, &key);
        if (found && kind == PLACES_BODY) {
            *out = place;
            break;
        }
        if (found && (rc = warc_open_place(r, &s, w, ctx, &place)) == 0)
            found = follow(url, &key, r, kind);
        stream_dispose(&s);
        if (rc == 0 && !found)
            rc = w->full ? ctx_error(ctx, MIMEO_EMALFORMED, "it is not among the archive's first %d records: split the archive",
                                     PLACES_MAX)
                         : ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive");
    }
    free(r);
    return rc;
}

int warc_find(struct archive_place *out, void *self, mimeo_ctx *ctx, const char *url)
{
    char normal[URL_MAX];
    if (!url_normal(normal, view_of_str(url)))
        return ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive: that is no address");
    int rc = need_index(self, ctx);
    return rc < 0 ? rc : find_key(out, self, ctx, normal);
}

int warc_newest(bool *out, void *self, mimeo_ctx *ctx, const struct archive_record *page)
{
    struct warc *w = self;
    struct url_key key = page_key(page->url);
    enum places_kind kind;
    struct archive_place place;
    int rc = need_index(w, ctx);
    if (rc == 0)
        *out = !places_find(&kind, &place, &w->index, &key) ||
               (place.part == page->place.part && place.offset == page->place.offset && place.inside == page->place.inside);
    return rc;
}
