/*
 * JSON Feed 1 and 1.1 (jsonfeed.org).  The document is read whole, in the child; its entries are gone through twice, since
 * what holds for all of them (language, authors) may stand behind them.
 *
 * What a reader would get wrong: values of another type than the specification's are passed over, never refused: one bad
 * field is no reason to lose an article.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "feed/reader.h"

#define JSON_DEPTH 32
#define JSON_FEED_MAX (64 * MIB)

/* Walking an object or a list: calls `member` for each member (`key` is empty in a list), which must pass over the value. */
struct walker {
    struct parse *p;
    mimeo_ctx *ctx;
    const char *fault;
    int rc;
    size_t depth;
};
typedef bool (*member_fn)(struct walker *w, struct cursor *c, struct view key);

static bool skip_member(struct walker *w, struct cursor *c, struct view key);

static bool walk(struct walker *w, struct cursor *c, member_fn member)
{
    struct buf key;
    json_skip_space(c);
    char open = c->left > 0 ? (char)*c->ptr : 0;
    if ((open != '{' && open != '[') || ++w->depth > JSON_DEPTH) {
        w->fault = "an object or a list is missing, or is nested too deep";
        return false;
    }
    char end = open == '{' ? '}' : ']';
    c->ptr++;
    c->left--;
    buf_init(&key, FEED_WORDS_MAX);
    json_skip_space(c);
    bool more = !(c->left > 0 && *c->ptr == end), good = true;
    if (!more) {
        c->ptr++;
        c->left--;
    }
    while (good && more) {
        buf_clear(&key);
        json_skip_space(c);
        if (end == '}') {
            good = cursor_skip(c, "\"") && json_take_string(c, &key, &w->fault);
            json_skip_space(c);
            good = good && cursor_skip(c, ":");
        }
        good = good && member(w, c, buf_view(&key));
        int next = good ? json_next_item(c, end, &w->fault) : -1;
        good = good && next >= 0;
        more = next == 1;
    }
    w->depth--;
    buf_dispose(&key);
    return good;
}

/* Past any value.  Strings go into `out` where that is not NULL. */
static bool take_value(struct walker *w, struct cursor *c, struct buf *out, bool *is_string)
{
    struct json_number number;
    *is_string = false;
    json_skip_space(c);
    if (c->left == 0)
        return false;
    if (*c->ptr == '{' || *c->ptr == '[')
        return walk(w, c, skip_member);
    if (cursor_skip(c, "\"")) {
        *is_string = true;
        return json_take_string(c, out, &w->fault);
    }
    if (cursor_skip(c, "true") || cursor_skip(c, "false") || cursor_skip(c, "null"))
        return true;
    const uint8_t *start = c->ptr;
    if (!json_take_number(c, &number, &w->fault))
        return false;
    buf_append(out, start, (size_t)(c->ptr - start)); /* an id that is a number is meant as its digits */
    return true;
}

static bool skip_member(struct walker *w, struct cursor *c, struct view key)
{
    struct buf passed;
    bool is_string;
    (void)key;
    buf_init(&passed, FEED_TEXT_MAX);
    bool good = take_value(w, c, &passed, &is_string);
    buf_dispose(&passed);
    return good;
}

static bool is(struct view key, const char *name) { return view_equal_str(key, name); }

/* ---- a person, an attachment */

static bool author_member(struct walker *w, struct cursor *c, struct view key)
{
    struct buf text;
    bool is_string;
    buf_init(&text, FEED_TEXT_MAX);
    bool good = take_value(w, c, &text, &is_string);
    if (good && is_string && is(key, "name"))
        field_closed(w->p, FIELD_AUTHOR_NAME, FIELD_AUTHOR, &text);
    buf_dispose(&text);
    return good;
}

static bool authors_member(struct walker *w, struct cursor *c, struct view key)
{
    (void)key;
    json_skip_space(c);
    return c->left > 0 && *c->ptr == '{' ? walk(w, c, author_member) : skip_member(w, c, key);
}

/* An attachment's picture: its attributes as an element's. */
static bool attachment_member(struct walker *w, struct cursor *c, struct view key)
{
    struct buf text;
    bool is_string;
    buf_init(&text, FEED_WORDS_MAX);
    bool good = take_value(w, c, &text, &is_string);
    if (good && is(key, "url"))
        w->p->entry.wp.file = entry_keep(&w->p->entry, buf_view(&text));
    if (good && is(key, "mime_type"))
        w->p->entry.wp.type = entry_keep(&w->p->entry, buf_view(&text));
    buf_dispose(&text);
    return good;
}

static bool attachments_member(struct walker *w, struct cursor *c, struct view key)
{
    struct wp_post *file = &w->p->entry.wp;
    (void)key;
    file->file = file->type = NULL;
    json_skip_space(c);
    if (c->left == 0 || *c->ptr != '{')
        return skip_member(w, c, key);
    bool good = walk(w, c, attachment_member);
    if (good && file->file != NULL && file->type != NULL && strncmp(file->type, "image/", 6) == 0) {
        struct buf url;
        buf_init(&url, FEED_WORDS_MAX);
        buf_append_str(&url, file->file);
        media_closed(w->p, FIELD_IMAGE_URL, buf_view(&url));
        buf_dispose(&url);
    }
    return good;
}

static bool tag_member(struct walker *w, struct cursor *c, struct view key)
{
    struct buf text;
    bool is_string;
    (void)key;
    buf_init(&text, FEED_TEXT_MAX);
    bool good = take_value(w, c, &text, &is_string);
    if (good && is_string)
        entry_add(w->p->entry.tags, &w->p->entry.tag_count, entry_keep(&w->p->entry, buf_view(&text)));
    buf_dispose(&text);
    return good;
}

/* ---- an entry */

static const struct {
    const char *key;
    enum feed_field field;
    enum text_kind kind;
} strings[] = {
    {"id", FIELD_GUID, TEXT_PLAIN},
    {"url", FIELD_LINK, TEXT_PLAIN},
    {"title", FIELD_TITLE, TEXT_PLAIN},
    {"content_html", FIELD_CONTENT, TEXT_HTML},
    {"content_text", FIELD_DESCRIPTION, TEXT_PLAIN},
    {"summary", FIELD_EXCERPT, TEXT_PLAIN},
    {"image", FIELD_IMAGE_URL, TEXT_PLAIN},
    {"banner_image", FIELD_IMAGE_URL, TEXT_PLAIN},
    {"date_published", FIELD_PUBLISHED, TEXT_PLAIN},
    {"date_modified", FIELD_MODIFIED, TEXT_PLAIN},
    {"language", FIELD_LANGUAGE, TEXT_PLAIN},
};

static bool item_string(struct walker *w, struct cursor *c, struct view key)
{
    struct buf text;
    bool is_string;
    buf_init(&text, FEED_TEXT_MAX);
    bool good = take_value(w, c, &text, &is_string);
    for (size_t i = 0; good && text.len > 0 && i < sizeof(strings) / sizeof(strings[0]); i++) {
        if (!is(key, strings[i].key))
            continue;
        w->p->text_kind = strings[i].kind;
        field_closed(w->p, strings[i].field, FIELD_ENTRY, &text);
        break;
    }
    buf_dispose(&text);
    return good;
}

static bool item_member(struct walker *w, struct cursor *c, struct view key)
{
    json_skip_space(c);
    char first = c->left > 0 ? (char)*c->ptr : 0;
    if (first == '[' && is(key, "authors"))
        return walk(w, c, authors_member);
    if (first == '{' && is(key, "author"))
        return walk(w, c, author_member);
    if (first == '[' && is(key, "tags"))
        return walk(w, c, tag_member);
    if (first == '[' && is(key, "attachments"))
        return walk(w, c, attachments_member);
    return item_string(w, c, key);
}

static bool items_member(struct walker *w, struct cursor *c, struct view key)
{
    struct parse *p = w->p;
    json_skip_space(c);
    if (c->left == 0 || *c->ptr != '{')
        return skip_member(w, c, key);
    entry_clear(&p->entry);
    p->in_entry = true;
    p->number++;
    bool good = walk(w, c, item_member);
    p->entry.wp = (struct wp_post){0};
    /* A text alone is the content, and not a description of it. */
    if (!p->entry.content.present && p->entry.description.present) {
        struct feed_text none = p->entry.content;
        p->entry.content = p->entry.description;
        p->entry.description = none;
    } else if (p->entry.content.present) {
        p->entry.description.present = false;
    }
    if (!p->entry.content.present && p->entry.excerpt.present) {
        struct feed_text none = p->entry.description;
        p->entry.description = p->entry.excerpt;
        p->entry.excerpt = none;
    }
    p->entry.cut = !good;
    w->rc = p->entry_done(p, w->ctx);
    p->in_entry = false;
    return good && w->rc == 0;
}

/* ---- the feed */

static bool feed_member(struct walker *w, struct cursor *c, struct view key)
{
    struct buf text;
    bool is_string;
    json_skip_space(c);
    char first = c->left > 0 ? (char)*c->ptr : 0;
    if (first == '[' && is(key, "authors"))
        return walk(w, c, authors_member);
    if (first == '{' && is(key, "author"))
        return walk(w, c, author_member);
    if (first != '"')
        return skip_member(w, c, key);
    buf_init(&text, FEED_TEXT_MAX);
    bool good = take_value(w, c, &text, &is_string);
    if (good && is(key, "language"))
        field_closed(w->p, FIELD_LANGUAGE, FIELD_FEED, &text);
    if (good && is(key, "home_page_url"))
        field_closed(w->p, FIELD_LINK, FIELD_FEED, &text);
    buf_dispose(&text);
    return good;
}

static bool entries_member(struct walker *w, struct cursor *c, struct view key)
{
    json_skip_space(c);
    return c->left > 0 && *c->ptr == '[' && is(key, "items") ? walk(w, c, items_member) : skip_member(w, c, key);
}

static int read_whole(struct buf *out, mimeo_ctx *ctx, const struct feed_source *source)
{
    struct decode decode;
    int rc = decode_init(&decode, ctx, source);
    while (rc == 0 && (rc = decode_more(&decode, ctx, out)) == 1)
        rc = 0;
    decode_dispose(&decode);
    return rc < 0 ? rc : 0;
}

int read_json_feed(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source)
{
    struct buf text;
    buf_init(&text, JSON_FEED_MAX);
    int rc = read_whole(&text, ctx, source);
    struct walker w = {.p = p, .ctx = ctx};
    struct cursor c = cursor_of(buf_view(&text));
    /* A fault here is met again among the entries, behind those that are whole. */
    if (rc == 0)
        walk(&w, &c, feed_member);
    w = (struct walker){.p = p, .ctx = ctx};
    c = cursor_of(buf_view(&text));
    if (rc == 0 && !walk(&w, &c, entries_member))
        rc = w.rc < 0 ? w.rc
                      : ctx_error(ctx, MIMEO_EMALFORMED, "%s: byte %zu: %s", source->where, text.len - c.left,
                                  w.fault == NULL ? "is not JSON" : w.fault);
    buf_dispose(&text);
    return rc;
}
