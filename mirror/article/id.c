/* Ids: see article/id.h. */
#include "article/id.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/limits.h"
#include "base/text.h"
#include "trust/hash.h"

#define SLUG_MAX 80
#define HASH_DIGITS 4 /* bytes, so 8 hex digits */

static bool slug_char(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || code == '.' ||
           code == '_';
}

/* `v` without accents and in lower case; NULL where it is not UTF-8 or memory is out. */
static utf8proc_uint8_t *fold(struct view v)
{
    utf8proc_uint8_t *out = NULL;
    if (v.len == 0 || v.len > LIMIT_ARTICLE_URL)
        return NULL;
    if (utf8proc_map(v.ptr, (utf8proc_ssize_t)v.len, &out,
                     UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK |
                         UTF8PROC_CASEFOLD) < 0)
        return NULL;
    return out;
}

void slug_append(struct buf *out, struct view v, bool *lossy)
{
    utf8proc_uint8_t *folded = fold(v);
    if (folded == NULL) {
        *lossy = true;
        return;
    }
    struct cursor c = cursor_of(view_of_str((const char *)folded));
    size_t begin = out->len;
    bool dash = false;
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (!slug_char(code)) {
            dash = true;
            *lossy = *lossy || code >= 0x80;
            continue;
        }
        bool first = out->len == begin;
        if (out->len - begin >= SLUG_MAX - 1) {
            *lossy = true;
            break;
        }
        if (dash && !first)
            buf_append_byte(out, '-');
        if (!(first && code == '.'))
            buf_append_byte(out, (uint8_t)code);
        dash = false;
    }
    free(folded);
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static uint8_t hex_value(uint8_t c)
{
    return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void percent_decode(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '%' && i + 2 < v.len && is_hex(v.ptr[i + 1]) && is_hex(v.ptr[i + 2])) {
            buf_append_byte(out,
                            (uint8_t)(hex_value(v.ptr[i + 1]) << 4 | hex_value(v.ptr[i + 2])));
            i += 2;
        } else {
            buf_append_byte(out, v.ptr[i]);
        }
    }
}

/* The last part of the path that is not empty, without the extension of a page. */
static struct view url_last_part(struct view url)
{
    static const char *const extensions[] = {".html", ".htm", ".php", ".aspx", ".shtml"};
    const uint8_t *end = url.ptr;
    while (end < url.ptr + url.len && *end != '?' && *end != '#')
        end++;
    const uint8_t *path = memchr(url.ptr, '/', (size_t)(end - url.ptr));
    path = path == NULL || end - path < 2 ? end : path + 2; /* behind "//" */
    while (path < end && *path != '/')
        path++;
    while (end > path && end[-1] == '/')
        end--;
    const uint8_t *start = end;
    while (start > path && start[-1] != '/')
        start--;
    struct view part = {start, (size_t)(end - start)};
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        size_t len = strlen(extensions[i]);
        if (part.len > len && memcmp(part.ptr + part.len - len, extensions[i], len) == 0)
            return view_of(part.ptr, part.len - len);
    }
    return part;
}

static void append_digits(struct buf *out, struct view v)
{
    struct hash hash = hash_of(v);
    buf_append_str(out, out->len == 0 ? "article-" : "-");
    buf_append_hex(out, hash.bytes, HASH_DIGITS);
}

void article_id_of_url(struct buf *out, struct view url)
{
    struct buf part;
    bool lossy = false;
    buf_init(&part, LIMIT_ARTICLE_URL);
    percent_decode(&part, url_last_part(url));
    slug_append(out, buf_view(&part), &lossy);
    append_digits(out, url);
    buf_dispose(&part);
}

void article_id_of_name(struct buf *out, struct view name)
{
    /* Two names that lose their letters must not become one article. */
    bool lossy = false;
    slug_append(out, name, &lossy);
    if (lossy || out->len == 0)
        append_digits(out, name);
}

void article_id_of_guid(struct buf *out, struct view guid)
{
    bool lossy = false;
    slug_append(out, guid, &lossy);
    append_digits(out, guid);
}
