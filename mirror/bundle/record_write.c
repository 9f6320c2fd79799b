/* Writing a record: its line of JSON, keys in the order of FORMAT.md's table. */
#include "base/json.h"
#include "base/text.h"
#include "bundle/record_rules.h"

static void put_key(struct buf *out, const char *key)
{
    if (out->len > 0 && out->ptr[out->len - 1] != '{')
        buf_append_byte(out, ',');
    buf_appendf(out, "\"%s\":", key);
}

static void put_string(struct buf *out, const char *key, const char *value)
{
    if (value == NULL)
        return;
    put_key(out, key);
    json_append_string(out, view_of_str(value));
}

static void put_integer(struct buf *out, const char *key, uint64_t value)
{
    put_key(out, key);
    buf_appendf(out, "%llu", (unsigned long long)value);
}

static void put_time(struct buf *out, const char *key, bool has, int64_t value)
{
    char text[21];
    if (!has)
        return;
    time_format(text, value);
    put_string(out, key, text);
}

static void put_list(struct buf *out, const char *key, const char *const *items, size_t count)
{
    if (count == 0)
        return;
    put_key(out, key);
    for (size_t i = 0; i < count; i++) {
        buf_append_byte(out, i == 0 ? '[' : ',');
        json_append_string(out, view_of_str(items[i]));
    }
    buf_append_byte(out, ']');
}

static void put_media(struct buf *out, const struct record *r)
{
    char hex[HASH_HEX_LEN + 1];
    if (r->media_count == 0)
        return;
    put_key(out, "media");
    for (size_t i = 0; i < r->media_count; i++) {
        const struct record_media *m = &r->media[i];
        buf_append_str(out, i == 0 ? "[{" : ",{");
        hash_format(hex, &m->hash);
        put_string(out, "hash", hex);
        put_string(out, "type", m->type);
        put_integer(out, "bytes", m->bytes);
        put_integer(out, "width", m->width);
        put_integer(out, "height", m->height);
        put_string(out, "alt", m->alt);
        put_string(out, "caption", m->caption);
        put_string(out, "credit", m->credit);
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, ']');
}

static void put_erase(struct buf *out, const struct record *r)
{
    char hex[HASH_HEX_LEN + 1];
    if (r->erase_count == 0)
        return;
    put_key(out, "erase");
    for (size_t i = 0; i < r->erase_count; i++) {
        const struct record_erase *e = &r->erase[i];
        hash_format(hex, &e->hash);
        buf_appendf(out, "%c[%llu,\"%s\",%u,\"%s\"]", i == 0 ? '[' : ',', (unsigned long long)e->seq,
                    erase_table_names[e->table], e->block, hex);
    }
    buf_append_byte(out, ']');
    if (r->restates > 0)
        put_integer(out, "restates", r->restates);
}

static void put_record(struct buf *out, const struct record *r)
{
    buf_append_byte(out, '{');
    put_string(out, "id", r->id);
    put_string(out, "action", record_action_names[r->action]);
    put_integer(out, "revision", r->revision);
    put_string(out, "title", r->title);
    put_string(out, "subtitle", r->subtitle);
    put_list(out, "bylines", r->bylines, r->byline_count);
    put_string(out, "section", r->section);
    put_list(out, "tags", r->tags, r->tag_count);
    put_string(out, "lang", r->lang);
    put_string(out, "dir", r->dir);
    put_time(out, "published", r->has_published, r->published);
    put_time(out, "modified", r->has_modified, r->modified);
    put_string(out, "url", r->url);
    put_string(out, "summary", r->summary);
    put_string(out, "note", r->note);
    if (r->has_body) {
        put_key(out, "body");
        buf_appendf(out, "[%u,%u,%u]", r->body_block, r->body_offset, r->body_len);
    }
    if (r->words > 0)
        put_integer(out, "words", r->words);
    put_media(out, r);
    put_erase(out, r);
    buf_append_byte(out, '}');
}

int record_write(struct buf *out, mimeo_ctx *ctx, const char *what, const struct record *r)
{
    int rc = record_check(ctx, what, r);
    if (rc < 0)
        return rc;
    struct buf line;
    buf_init(&line, LIMIT_RECORD);
    put_record(&line, r);
    rc = buf_status(&line);
    if (rc == MIMEO_EMALFORMED)
        rc = ctx_error(ctx, rc, "%s: article %s: its record is over %zu bytes: shorten its summary or captions",
                       what, r->id, LIMIT_RECORD);
    if (rc == 0) {
        rc = buf_append_view(out, buf_view(&line));
        if (rc == 0)
            rc = buf_append_byte(out, '\n');
        if (rc == MIMEO_EMALFORMED)
            rc = ctx_error(ctx, rc, "%s: article %s: its record does not fit", what, r->id);
    }
    buf_dispose(&line);
    return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx) : rc;
}
