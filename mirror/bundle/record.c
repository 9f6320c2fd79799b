/*
 * Catalog records: their memory and their rules.  One function holds the rules for reading and
 * for writing, so a publisher cannot sign what a reader refuses.
 */
#include "bundle/record_rules.h"

#include <string.h>

#include "base/text.h"
#include "trust/url.h"

const char *const record_action_names[RECORD_ACTIONS] = {NULL, "publish", "revise", "retract"};
const char *const erase_table_names[ERASE_TABLES] = {NULL, "catalog", "body", "media"};
static const char *const media_types[] = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"};

void record_dispose(struct record *r)
{
    if (r == NULL)
        return;
    arena_dispose(&r->arena);
    memset(r, 0, sizeof(*r));
}

const char *record_string(struct record *r, struct view v)
{
    return arena_string(&r->arena, v);
}

bool article_id_valid(struct view id)
{
    for (size_t i = 0; i < id.len; i++) {
        uint8_t c = id.ptr[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!good)
            return false;
    }
    return id.len > 0 && id.len <= LIMIT_ARTICLE_ID;
}

bool catalog_next_line(struct cursor *c, struct view *line)
{
    return cursor_line(c, line);
}

/* ---- copying ---- */

static const char *copy_string(struct record *out, const char *s, bool *good)
{
    if (s == NULL)
        return NULL;
    const char *copy = record_string(out, view_of_str(s));
    *good = *good && copy != NULL;
    return copy;
}

static bool copy_strings(struct record *c, const struct record *r)
{
    bool good = true;
    const char **fields[] = {&c->id, &c->title, &c->subtitle, &c->section, &c->summary,
                             &c->lang, &c->dir, &c->url, &c->note};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        *fields[i] = copy_string(c, *fields[i], &good);
    for (size_t i = 0; i < r->byline_count; i++)
        c->bylines[i] = copy_string(c, r->bylines[i], &good);
    for (size_t i = 0; i < r->tag_count; i++)
        c->tags[i] = copy_string(c, r->tags[i], &good);
    return good;
}

static bool copy_arrays(struct record *c, const struct record *r)
{
    bool good = true;
    c->media = NULL;
    c->erase = NULL;
    if (r->media_count > 0 && (c->media = arena_alloc(&c->arena, r->media_count * sizeof(*c->media))) == NULL)
        return false;
    if (r->erase_count > 0 && (c->erase = arena_alloc(&c->arena, r->erase_count * sizeof(*c->erase))) == NULL)
        return false;
    for (size_t i = 0; i < r->media_count; i++) {
        c->media[i] = r->media[i];
        c->media[i].type = copy_string(c, r->media[i].type, &good);
        c->media[i].alt = copy_string(c, r->media[i].alt, &good);
        c->media[i].caption = copy_string(c, r->media[i].caption, &good);
        c->media[i].credit = copy_string(c, r->media[i].credit, &good);
    }
    for (size_t i = 0; i < r->erase_count; i++)
        c->erase[i] = r->erase[i];
    return good;
}

int record_copy(struct record *out, mimeo_ctx *ctx, const struct record *r)
{
    struct record c = *r;
    c.arena = (struct arena){NULL};
    if (!copy_strings(&c, r) || !copy_arrays(&c, r)) {
        arena_dispose(&c.arena);
        return ctx_error_nomem(ctx);
    }
    *out = c;
    return 0;
}

/* ---- rules ---- */

struct rules {
    mimeo_ctx *ctx;
    const char *what;
    const struct record *r;
};

int record_broken(mimeo_ctx *ctx, const char *what, const struct record *r, const char *key, const char *words)
{
    if (r->id == NULL)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: '%s' %s", what, key, words);
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: article %s: '%s' %s", what, r->id, key, words);
}

static int broken(const struct rules *x, const char *key, const char *words)
{
    return record_broken(x->ctx, x->what, x->r, key, words);
}

static int check_line(const struct rules *x, const char *key, const char *text, size_t max)
{
    char why[80];
    if (text == NULL)
        return 0;
    struct view v = view_of_str(text);
    if (v.len == 0)
        return broken(x, key, "is empty");
    if (v.len > max)
        return ctx_error(x->ctx, MIMEO_EMALFORMED, "%s: article %s: '%s' has %zu bytes, over its limit of %zu",
                         x->what, x->r->id, key, v.len, max);
    const char *fault = text_line_fault(v, why, sizeof(why));
    return fault == NULL ? 0 : broken(x, key, fault);
}

static int check_list(const struct rules *x, const char *key, const char *const *items, size_t count)
{
    if (count > LIMIT_LIST)
        return broken(x, key, "has too many entries");
    for (size_t i = 0; i < count; i++) {
        int rc = check_line(x, key, items[i], LIMIT_LIST_ITEM);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static bool lang_is_plain(const char *lang)
{
    size_t len = strlen(lang);
    for (size_t i = 0; i < len; i++) {
        char lower = (char)(lang[i] | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(lang[i] >= '0' && lang[i] <= '9') && lang[i] != '-')
            return false;
    }
    return len > 0 && len <= LIMIT_LANG;
}

static int check_words(const struct rules *x)
{
    const struct record *r = x->r;
    int rc = check_line(x, "title", r->title, LIMIT_TITLE);
    if (rc == 0)
        rc = check_line(x, "subtitle", r->subtitle, LIMIT_TITLE);
    if (rc == 0)
        rc = check_line(x, "section", r->section, LIMIT_LIST_ITEM);
    if (rc == 0)
        rc = check_line(x, "summary", r->summary, LIMIT_SUMMARY);
    if (rc == 0)
        rc = check_line(x, "note", r->note, LIMIT_SUMMARY);
    if (rc == 0)
        rc = check_list(x, "bylines", r->bylines, r->byline_count);
    if (rc == 0)
        rc = check_list(x, "tags", r->tags, r->tag_count);
    return rc;
}

static int check_labels(const struct rules *x)
{
    const struct record *r = x->r;
    if (r->lang != NULL && !lang_is_plain(r->lang))
        return broken(x, "lang", "is no language tag");
    if (r->dir != NULL && strcmp(r->dir, "ltr") != 0 && strcmp(r->dir, "rtl") != 0)
        return broken(x, "dir", "is neither 'ltr' nor 'rtl'");
    if (r->url != NULL && !url_is_site(view_of_str(r->url)))
        return broken(x, "url", "is no http or https address");
    if (r->words > RECORD_INTEGER_MAX)
        return broken(x, "words", "is too large");
    return check_line(x, "url", r->url, LIMIT_ARTICLE_URL);
}

static int check_body(const struct rules *x)
{
    const struct record *r = x->r;
    if (r->action == RECORD_RETRACT)
        return r->has_body ? broken(x, "body", "belongs to no retraction") : 0;
    if (r->title == NULL)
        return broken(x, "title", "is missing");
    if (!r->has_body)
        return broken(x, "body", "is missing");
    if (r->body_len == 0 || (uint64_t)r->body_offset + r->body_len > LIMIT_BODY_BLOCK)
        return broken(x, "body", "has an empty or impossible place");
    return 0;
}

static bool is_media_type(const char *type)
{
    for (size_t i = 0; i < sizeof(media_types) / sizeof(media_types[0]); i++)
        if (strcmp(type, media_types[i]) == 0)
            return true;
    return false;
}

static int check_media(const struct rules *x)
{
    if (x->r->media_count > LIMIT_ARTICLE_MEDIA)
        return broken(x, "media", "has too many entries");
    for (size_t i = 0; i < x->r->media_count; i++) {
        const struct record_media *m = &x->r->media[i];
        if (m->type == NULL || !is_media_type(m->type))
            return broken(x, "media", "is of a type that is none of the format's");
        if (m->bytes == 0 || m->bytes > LIMIT_MEDIA || m->width == 0 || m->height == 0)
            return broken(x, "media", "lacks its size, or has an impossible one");
        int rc = check_line(x, "alt", m->alt, LIMIT_ALT);
        if (rc == 0)
            rc = check_line(x, "caption", m->caption, LIMIT_SUMMARY);
        if (rc == 0)
            rc = check_line(x, "credit", m->credit, LIMIT_LIST_ITEM);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int check_erase(const struct rules *x)
{
    const struct record *r = x->r;
    if (r->erase_count > LIMIT_ERASURES)
        return broken(x, "erase", "has too many entries");
    if (r->erase_count > 0 && r->action != RECORD_RETRACT)
        return broken(x, "erase", "belongs to a retraction alone");
    if (r->restates > 0 && r->erase_count == 0)
        return broken(x, "restates", "belongs to an 'erase' alone");
    if (r->restates > LIMIT_SEQ)
        return broken(x, "restates", "is no bundle's number");
    for (size_t i = 0; i < r->erase_count; i++) {
        const struct record_erase *e = &r->erase[i];
        bool place = e->table == ERASE_MEDIA ? e->block == 0 : e->block < LIMIT_BLOCKS;
        if (e->seq == 0 || e->seq > LIMIT_SEQ || e->table < ERASE_CATALOG || e->table > ERASE_MEDIA || !place)
            return broken(x, "erase", "names an impossible place");
    }
    return 0;
}

int record_check(mimeo_ctx *ctx, const char *what, const struct record *r)
{
    struct rules x = {ctx, what, r};
    if (r->id == NULL || !article_id_valid(view_of_str(r->id)))
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: an 'id' is missing or not of a-z 0-9 . _ - (1 to %d of them)",
                         what, LIMIT_ARTICLE_ID);
    if (r->action < RECORD_PUBLISH || r->action > RECORD_RETRACT)
        return broken(&x, "action", "is none of the format's");
    if (r->revision == 0)
        return broken(&x, "revision", "is missing or 0");
    int rc = check_words(&x);
    if (rc == 0)
        rc = check_labels(&x);
    if (rc == 0)
        rc = check_body(&x);
    if (rc == 0)
        rc = check_media(&x);
    return rc == 0 ? check_erase(&x) : rc;
}

uint64_t record_stands_in(const struct record *r, uint64_t seq)
{
    return r->restates > 0 && r->restates < seq ? r->restates : seq;
}
