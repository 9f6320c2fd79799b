/*
 * JSON for the page's script.  Strings come from strangers, and base/json.h escapes them; numbers stay below 2^53, as
 * the format's limits have it.
 */
#include "json.h"

#include "base/json.h"

static void put_key(struct buf *b, const char *key)
{
    uint8_t last = b->len == 0 ? '{' : b->ptr[b->len - 1];
    if (last != '{' && last != '[')
        buf_append_byte(b, ',');
    if (key != NULL) {
        json_append_string(b, view_of_str(key));
        buf_append_byte(b, ':');
    }
}

void put_open(struct buf *b, const char *key, char bracket)
{
    if (b->len > 0)
        put_key(b, key);
    buf_append_byte(b, (uint8_t)bracket);
}

void put_close(struct buf *b, char bracket)
{
    buf_append_byte(b, (uint8_t)bracket);
}

void put_string(struct buf *b, const char *key, const char *value)
{
    put_key(b, key);
    json_append_string(b, view_of_str(value));
}

void put_number(struct buf *b, const char *key, uint64_t value)
{
    put_key(b, key);
    buf_appendf(b, "%llu", (unsigned long long)value);
}

void put_bool(struct buf *b, const char *key, bool value)
{
    put_key(b, key);
    buf_append_str(b, value ? "true" : "false");
}

void put_time(struct buf *b, const char *key, bool has, int64_t seconds)
{
    put_key(b, key);
    if (has)
        buf_appendf(b, "%lld", (long long)seconds);
    else
        buf_append_str(b, "null");
}

static void put_strings(struct buf *b, const char *key, const char *const *items, size_t count)
{
    put_open(b, key, '[');
    for (size_t i = 0; i < count; i++)
        put_string(b, NULL, items[i]);
    put_close(b, ']');
}

static void put_media(struct buf *b, const struct mimeo_media *media, size_t count)
{
    put_open(b, "media", '[');
    for (size_t i = 0; i < count; i++) {
        put_open(b, NULL, '{');
        put_string(b, "hash", media[i].hash);
        put_string(b, "type", media[i].type);
        put_number(b, "bytes", media[i].bytes);
        put_number(b, "width", media[i].width);
        put_number(b, "height", media[i].height);
        put_string(b, "alt", media[i].alt);
        put_string(b, "caption", media[i].caption);
        put_string(b, "credit", media[i].credit);
        put_close(b, '}');
    }
    put_close(b, ']');
}

void put_article(struct buf *b, const char *key, const struct mimeo_article *a)
{
    static const char *const actions[] = {"", "publish", "revise", "retract"};
    put_open(b, key, '{');
    put_string(b, "id", a->id);
    put_string(b, "action", actions[a->action]);
    put_number(b, "revision", a->revision);
    put_string(b, "title", a->title);
    put_string(b, "subtitle", a->subtitle);
    put_string(b, "section", a->section);
    put_string(b, "summary", a->summary);
    put_string(b, "lang", a->lang);
    put_string(b, "dir", a->dir);
    put_string(b, "url", a->url);
    put_string(b, "note", a->note);
    put_strings(b, "bylines", a->bylines, a->byline_count);
    put_strings(b, "tags", a->tags, a->tag_count);
    put_time(b, "published", a->has_published, a->published);
    put_time(b, "modified", a->has_modified, a->modified);
    put_number(b, "words", a->words);
    put_media(b, a->media, a->media_count);
    put_bool(b, "hasBody", a->has_body);
    put_number(b, "seq", a->seq);
    put_time(b, "bundleTime", true, a->bundle_time);
    put_bool(b, "joined", a->joined);
    put_close(b, '}');
}
