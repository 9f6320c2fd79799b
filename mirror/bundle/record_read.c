/*
 * Reading a record takes two steps: the JSON of the whole line is checked, whatever its keys are,
 * and the place of each known value kept; then, where the action is known, the values are read.
 */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "bundle/record_rules.h"

enum key {
    KEY_ID, KEY_ACTION, KEY_REVISION, KEY_TITLE, KEY_SUBTITLE, KEY_BYLINES, KEY_SECTION, KEY_TAGS, KEY_LANG,
    KEY_DIR, KEY_PUBLISHED, KEY_MODIFIED, KEY_URL, KEY_SUMMARY, KEY_NOTE, KEY_BODY, KEY_WORDS, KEY_MEDIA,
    KEY_ERASE, KEY_RESTATES, KEY_COUNT,
};
static const char *const key_names[KEY_COUNT] = {
    "id", "action", "revision", "title", "subtitle", "bylines", "section", "tags", "lang",
    "dir", "published", "modified", "url", "summary", "note", "body", "words", "media",
    "erase", "restates",
};

enum media_key { MEDIA_HASH, MEDIA_TYPE, MEDIA_BYTES, MEDIA_WIDTH, MEDIA_HEIGHT, MEDIA_ALT, MEDIA_CAPTION,
                 MEDIA_CREDIT, MEDIA_KEY_COUNT };
static const char *const media_key_names[MEDIA_KEY_COUNT] = {"hash",   "type", "bytes",   "width",
                                                             "height", "alt",  "caption", "credit"};

/* ---- the JSON of a line ---- */

struct parse {
    mimeo_ctx *ctx;
    const char *what;
    struct cursor c;
    struct buf scratch;    /* the string at hand, unescaped */
    struct arena keys;     /* keys seen, while their object is read */
    const char *fault;     /* of the JSON */
    struct record *record;
};

static bool json_fault(struct parse *p, const char *words)
{
    if (p->fault == NULL)
        p->fault = words;
    return false;
}

static bool take_string(struct parse *p)
{
    buf_clear(&p->scratch);
    return json_take_string(&p->c, &p->scratch, &p->fault);
}

struct key_set {
    const char *names[LIMIT_JSON_KEYS];
    size_t count;
};

/* A key and its colon; the name is in p->scratch. */
static bool take_key(struct parse *p, struct key_set *seen)
{
    json_skip_space(&p->c);
    if (!cursor_skip(&p->c, "\""))
        return json_fault(p, "a key in quotes is missing");
    if (!take_string(p))
        return false;
    const char *name = buf_str(&p->scratch);
    for (size_t i = 0; i < seen->count; i++)
        if (strcmp(seen->names[i], name) == 0)
            return json_fault(p, "a key is there twice");
    if (seen->count == LIMIT_JSON_KEYS)
        return json_fault(p, "an object has too many keys");
    const char *kept = arena_string(&p->keys, buf_view(&p->scratch));
    if (kept == NULL)
        return false;
    seen->names[seen->count++] = kept;
    json_skip_space(&p->c);
    return cursor_skip(&p->c, ":") || json_fault(p, "':' is missing");
}

static bool pass_value(struct parse *p, int depth);

static bool pass_object(struct parse *p, int depth)
{
    struct key_set seen = {.count = 0};
    json_skip_space(&p->c);
    if (cursor_skip(&p->c, "}"))
        return true;
    int more;
    do
        more = take_key(p, &seen) && pass_value(p, depth) ? json_next_item(&p->c, '}', &p->fault) : -1;
    while (more > 0);
    return more == 0;
}

static bool pass_array(struct parse *p, int depth)
{
    json_skip_space(&p->c);
    if (cursor_skip(&p->c, "]"))
        return true;
    int more;
    do
        more = pass_value(p, depth) ? json_next_item(&p->c, ']', &p->fault) : -1;
    while (more > 0);
    return more == 0;
}

/* Any value, checked and passed over; `depth` is that of what holds it. */
static bool pass_value(struct parse *p, int depth)
{
    struct json_number n;
    json_skip_space(&p->c);
    if (cursor_skip(&p->c, "\""))
        return take_string(p);
    bool object = cursor_skip(&p->c, "{");
    if (object || cursor_skip(&p->c, "[")) {
        if (depth == LIMIT_JSON_DEPTH)
            return json_fault(p, "it is nested too deep");
        return object ? pass_object(p, depth + 1) : pass_array(p, depth + 1);
    }
    if (cursor_skip(&p->c, "true") || cursor_skip(&p->c, "false") || cursor_skip(&p->c, "null"))
        return true;
    return json_take_number(&p->c, &n, &p->fault);
}

static int key_index(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

/* An object whose "{" is next: where the value of each known key stands in `values` (empty where it
 * is not there). */
static bool skim_object(struct parse *p, const char *const *names, int count, struct view *values, int depth)
{
    struct key_set seen = {.count = 0};
    json_skip_space(&p->c);
    if (!cursor_skip(&p->c, "{"))
        return json_fault(p, "it is no object");
    json_skip_space(&p->c);
    if (cursor_skip(&p->c, "}"))
        return true;
    int more;
    do {
        if (!take_key(p, &seen))
            return false;
        int at = key_index(buf_str(&p->scratch), names, count);
        json_skip_space(&p->c);
        const uint8_t *start = p->c.ptr;
        if (!pass_value(p, depth))
            return false;
        if (at >= 0)
            values[at] = view_of(start, (size_t)(p->c.ptr - start));
        more = json_next_item(&p->c, '}', &p->fault);
    } while (more > 0);
    return more == 0;
}

/* ---- values, whose JSON was checked ---- */

static int wrong(struct parse *p, const char *key, const char *words)
{
    return record_broken(p->ctx, p->what, p->record, key, words);
}

static int get_string(struct parse *p, const char *key, struct view value, const char **out)
{
    if (value.len == 0)
        return 0;
    p->c = cursor_of(value);
    if (!cursor_skip(&p->c, "\""))
        return wrong(p, key, "is no string");
    if (!take_string(p))
        return ctx_error_nomem(p->ctx);
    *out = arena_string(&p->record->arena, buf_view(&p->scratch));
    return *out == NULL ? ctx_error_nomem(p->ctx) : 0;
}

static int get_integer(struct parse *p, const char *key, struct view value, uint64_t max, uint64_t *out)
{
    if (value.len == 0)
        return 0;
    /* I-JSON's own spelling: digits alone, so 1.0 and 1e0 are none. */
    return parse_decimal(value, max, out) ? 0 : wrong(p, key, "is no integer in its range");
}

static int get_u32(struct parse *p, const char *key, struct view value, uint32_t *out)
{
    uint64_t wide = *out;
    int rc = get_integer(p, key, value, UINT32_MAX, &wide);
    *out = (uint32_t)wide;
    return rc;
}

static int get_time(struct parse *p, const char *key, struct view value, bool *has, int64_t *out)
{
    const char *text = NULL;
    int rc = get_string(p, key, value, &text);
    if (rc < 0 || text == NULL)
        return rc;
    *has = true;
    return time_parse(view_of_str(text), out) ? 0 : wrong(p, key, "is no time in UTC");
}

static int get_hash(struct parse *p, const char *key, struct view value, struct hash *out)
{
    const char *text = NULL;
    int rc = get_string(p, key, value, &text);
    if (rc < 0)
        return rc;
    return text != NULL && hash_parse(view_of_str(text), out) ? 0 : wrong(p, key, "is no hash");
}

static int get_enum(struct parse *p, const char *key, struct view value, const char *const *names, int count,
                    int *out)
{
    const char *text = NULL;
    int rc = get_string(p, key, value, &text);
    if (rc < 0)
        return rc;
    *out = 0;
    for (int i = 1; text != NULL && i < count; i++)
        if (strcmp(text, names[i]) == 0)
            *out = i;
    return 0;
}

/* The next item of the array at `c`, which is behind its "[": 1, or 0 at its end. */
static int next_value(struct parse *p, struct cursor *c, struct view *item)
{
    json_skip_space(c);
    if (cursor_skip(c, ","))
        json_skip_space(c);
    if (cursor_skip(c, "]"))
        return 0;
    const uint8_t *start = c->ptr;
    p->c = *c;
    if (!pass_value(p, 1))
        return ctx_error_nomem(p->ctx); /* it was good before */
    *c = p->c;
    *item = view_of(start, (size_t)(c->ptr - start));
    return 1;
}

static int open_array(struct parse *p, const char *key, struct view value, struct cursor *c)
{
    *c = cursor_of(value);
    return cursor_skip(c, "[") ? 0 : wrong(p, key, "is no array");
}

static int get_list(struct parse *p, const char *key, struct view value, const char **items, size_t *count)
{
    struct cursor c;
    struct view item;
    if (value.len == 0)
        return 0;
    int rc = open_array(p, key, value, &c);
    while (rc == 0 && (rc = next_value(p, &c, &item)) > 0)
        rc = *count == LIMIT_LIST ? wrong(p, key, "has too many entries")
                                  : get_string(p, key, item, &items[(*count)++]);
    return rc;
}

static int get_body(struct parse *p, struct view value)
{
    struct record *r = p->record;
    uint32_t *out[] = {&r->body_block, &r->body_offset, &r->body_len};
    struct cursor c;
    struct view item;
    size_t n = 0;
    if (value.len == 0)
        return 0;
    int rc = open_array(p, "body", value, &c);
    while (rc == 0 && (rc = next_value(p, &c, &item)) > 0)
        rc = n == 3 ? wrong(p, "body", "is not three integers") : get_u32(p, "body", item, out[n++]);
    if (rc == 0 && n != 3)
        rc = wrong(p, "body", "is not three integers");
    r->has_body = true;
    return rc;
}

/* Room for one more of `items`, doubled in the arena. */
static int grow(struct parse *p, void **items, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return 0;
    void *bigger = arena_alloc(&p->record->arena, (count == 0 ? 1 : 2 * count) * size);
    if (bigger == NULL)
        return ctx_error_nomem(p->ctx);
    if (count > 0)
        memcpy(bigger, *items, count * size);
    *items = bigger;
    return 0;
}

static int get_picture(struct parse *p, struct view value, struct record_media *m)
{
    struct view values[MEDIA_KEY_COUNT] = {{0}};
    if (*value.ptr != '{')
        return wrong(p, "media", "holds what is no object");
    p->c = cursor_of(value);
    if (!skim_object(p, media_key_names, MEDIA_KEY_COUNT, values, 2))
        return ctx_error_nomem(p->ctx);
    int rc = get_hash(p, "hash", values[MEDIA_HASH], &m->hash);
    if (rc == 0)
        rc = get_string(p, "type", values[MEDIA_TYPE], &m->type);
    if (rc == 0)
        rc = get_integer(p, "bytes", values[MEDIA_BYTES], RECORD_INTEGER_MAX, &m->bytes);
    if (rc == 0)
        rc = get_u32(p, "width", values[MEDIA_WIDTH], &m->width);
    if (rc == 0)
        rc = get_u32(p, "height", values[MEDIA_HEIGHT], &m->height);
    if (rc == 0)
        rc = get_string(p, "alt", values[MEDIA_ALT], &m->alt);
    if (rc == 0)
        rc = get_string(p, "caption", values[MEDIA_CAPTION], &m->caption);
    return rc == 0 ? get_string(p, "credit", values[MEDIA_CREDIT], &m->credit) : rc;
}

static int get_media(struct parse *p, struct view value)
{
    struct record *r = p->record;
    void *items = NULL;
    struct cursor c;
    struct view item;
    if (value.len == 0)
        return 0;
    int rc = open_array(p, "media", value, &c);
    while (rc == 0 && (rc = next_value(p, &c, &item)) > 0) {
        rc = r->media_count == LIMIT_ARTICLE_MEDIA ? wrong(p, "media", "has too many entries")
                                                   : grow(p, &items, r->media_count, sizeof(*r->media));
        r->media = items;
        if (rc == 0)
            rc = get_picture(p, item, &r->media[r->media_count++]);
    }
    return rc;
}

/* [seq, table, block, hash] */
static int get_erasure(struct parse *p, struct view value, struct record_erase *e)
{
    struct view items[4];
    struct cursor c;
    size_t n = 0;
    int table = 0, rc = open_array(p, "erase", value, &c);
    struct view item;
    while (rc == 0 && (rc = next_value(p, &c, &item)) > 0) {
        rc = n == 4 ? wrong(p, "erase", "holds what is not four values") : 0;
        if (rc == 0)
            items[n++] = item;
    }
    if (rc == 0 && n != 4)
        rc = wrong(p, "erase", "holds what is not four values");
    if (rc == 0)
        rc = get_integer(p, "erase", items[0], RECORD_INTEGER_MAX, &e->seq);
    if (rc == 0)
        rc = get_enum(p, "erase", items[1], erase_table_names, ERASE_TABLES, &table);
    e->table = (enum erase_table)table;
    if (rc == 0)
        rc = get_u32(p, "erase", items[2], &e->block);
    return rc == 0 ? get_hash(p, "erase", items[3], &e->hash) : rc;
}

static int get_erase(struct parse *p, struct view value)
{
    struct record *r = p->record;
    void *items = NULL;
    struct cursor c;
    struct view item;
    if (value.len == 0)
        return 0;
    int rc = open_array(p, "erase", value, &c);
    while (rc == 0 && (rc = next_value(p, &c, &item)) > 0) {
        rc = r->erase_count == LIMIT_ERASURES ? wrong(p, "erase", "has too many entries")
                                              : grow(p, &items, r->erase_count, sizeof(*r->erase));
        r->erase = items;
        if (rc == 0)
            rc = get_erasure(p, item, &r->erase[r->erase_count++]);
    }
    return rc;
}

/* Every value but the id and the action, in any order: the first fault ends it. */
static int get_values(struct parse *p, const struct view *v)
{
    struct record *r = p->record;
    const struct {
        enum key key;
        const char **out;
    } strings[] = {
        {KEY_TITLE, &r->title}, {KEY_SUBTITLE, &r->subtitle}, {KEY_SECTION, &r->section}, {KEY_LANG, &r->lang},
        {KEY_DIR, &r->dir}, {KEY_URL, &r->url}, {KEY_SUMMARY, &r->summary}, {KEY_NOTE, &r->note},
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(strings) / sizeof(strings[0]); i++)
        rc = get_string(p, key_names[strings[i].key], v[strings[i].key], strings[i].out);
    if (rc == 0)
        rc = get_u32(p, "revision", v[KEY_REVISION], &r->revision);
    if (rc == 0)
        rc = get_list(p, "bylines", v[KEY_BYLINES], r->bylines, &r->byline_count);
    if (rc == 0)
        rc = get_list(p, "tags", v[KEY_TAGS], r->tags, &r->tag_count);
    if (rc == 0)
        rc = get_time(p, "published", v[KEY_PUBLISHED], &r->has_published, &r->published);
    if (rc == 0)
        rc = get_time(p, "modified", v[KEY_MODIFIED], &r->has_modified, &r->modified);
    if (rc == 0)
        rc = get_body(p, v[KEY_BODY]);
    if (rc == 0)
        rc = get_integer(p, "words", v[KEY_WORDS], RECORD_INTEGER_MAX, &r->words);
    if (rc == 0)
        rc = get_media(p, v[KEY_MEDIA]);
    if (rc == 0)
        rc = get_erase(p, v[KEY_ERASE]);
    if (rc == 0)
        rc = get_integer(p, "restates", v[KEY_RESTATES], LIMIT_SEQ, &r->restates);
    if (rc == 0 && v[KEY_RESTATES].len > 0 && r->restates == 0)
        rc = wrong(p, "restates", "is 0");
    return rc;
}

static int read_line(struct parse *p, size_t len)
{
    struct view values[KEY_COUNT] = {{0}};
    int action = 0;
    bool good = skim_object(p, key_names, KEY_COUNT, values, 1);
    json_skip_space(&p->c);
    if (good && p->c.left > 0)
        good = json_fault(p, "something follows the object");
    if (!good)
        return p->fault == NULL ? ctx_error_nomem(p->ctx)
                                : ctx_error(p->ctx, MIMEO_EMALFORMED, "%s: a record is not JSON: byte %zu: %s",
                                            p->what, len - p->c.left + 1, p->fault);
    int rc = values[KEY_ACTION].len == 0
                 ? wrong(p, "action", "is missing")
                 : get_enum(p, "action", values[KEY_ACTION], record_action_names, RECORD_ACTIONS, &action);
    if (rc < 0 || action == 0)
        return rc;
    p->record->action = (enum record_action)action;
    rc = get_string(p, "id", values[KEY_ID], &p->record->id);
    if (rc == 0)
        rc = get_values(p, values);
    if (rc == 0)
        rc = record_check(p->ctx, p->what, p->record);
    return rc == 0 ? 1 : rc;
}

int record_parse(struct record *out, mimeo_ctx *ctx, const char *what, struct view line)
{
    struct record r = {0};
    struct parse p = {.ctx = ctx, .what = what, .c = cursor_of(line), .record = &r};
    if (line.len > LIMIT_RECORD)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: a record is over its limit of %zu bytes", what, LIMIT_RECORD);
    buf_init(&p.scratch, LIMIT_RECORD);
    int rc = read_line(&p, line.len);
    buf_dispose(&p.scratch);
    arena_dispose(&p.keys);
    if (rc > 0)
        *out = r;
    else
        record_dispose(&r);
    return rc;
}
