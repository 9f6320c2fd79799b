#include "archive/url_key.h"

#include <string.h>

#include "trust/hash.h"

struct parts {
    struct view scheme, authority, path, query;
    bool has_authority, has_query;
};

static bool is_alpha(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static struct view until(struct view *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->len && (rest->ptr[n] == '\0' || strchr(stops, rest->ptr[n]) == NULL))
        n++;
    struct view out = view_of(rest->ptr, n);
    *rest = view_of(rest->ptr + n, rest->len - n);
    return out;
}

static struct view trim(struct view v)
{
    while (v.len > 0 && v.ptr[0] <= ' ')
        v = view_of(v.ptr + 1, v.len - 1);
    while (v.len > 0 && v.ptr[v.len - 1] <= ' ')
        v.len--;
    return v;
}

/* RFC 3986 s. 3.1; what else precedes a colon is the beginning of a path. */
static bool is_scheme(struct view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!is_alpha(v.ptr[i]) && (i == 0 || (!is_digit(v.ptr[i]) && v.ptr[i] != '+' && v.ptr[i] != '-' && v.ptr[i] != '.')))
            return false;
    return v.len > 0;
}

/* RFC 3986, appendix B. */
static struct parts split(struct view url)
{
    struct parts p = {.has_query = false};
    struct view rest = trim(url), at = rest;
    struct view scheme = until(&at, ":/?#");
    if (at.len > 0 && at.ptr[0] == ':' && is_scheme(scheme)) {
        p.scheme = scheme;
        rest = view_of(at.ptr + 1, at.len - 1);
    }
    if (view_starts_with(rest, "//")) {
        rest = view_of(rest.ptr + 2, rest.len - 2);
        p.authority = until(&rest, "/?#");
        p.has_authority = true;
    }
    p.path = until(&rest, "?#");
    if (rest.len > 0 && rest.ptr[0] == '?') {
        rest = view_of(rest.ptr + 1, rest.len - 1);
        p.query = until(&rest, "#");
        p.has_query = true;
    }
    return p;
}

static int hex_value(uint8_t c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int url_percent(const uint8_t *at, size_t left)
{
    int high = left >= 3 && at[0] == '%' ? hex_value(at[1]) : -1, low = high >= 0 ? hex_value(at[2]) : -1;
    return low < 0 ? -1 : high << 4 | low;
}

/* RFC 3986 s. 2.3: these are the same with and without %. */
static bool is_unreserved(uint8_t c)
{
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void append_percent(struct buf *out, uint8_t c)
{
    buf_appendf(out, "%%%02X", c);
}

/* A "%" for itself becomes "%25": before what is decoded here it would become another byte's. */
static void append_encoded(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        int byte = url_percent(v.ptr + i, v.len - i);
        uint8_t c = byte >= 0 ? (uint8_t)byte : v.ptr[i];
        if (byte >= 0) {
            i += 2;
            if (is_unreserved(c))
                buf_append_byte(out, c);
            else
                append_percent(out, c);
        } else if (c <= ' ' || c >= 0x7F || strchr("\"%<>\\^`{|}", c) != NULL) {
            append_percent(out, c);
        } else {
            buf_append_byte(out, c);
        }
    }
}

static void append_lower(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        buf_append_byte(out, c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c);
    }
}

/* Until nothing changes: what is left has to be its own normal form. */
static struct view without_port(struct view authority, const char *scheme)
{
    const char *own = strcmp(scheme, "http:") == 0 ? ":80" : strcmp(scheme, "https:") == 0 ? ":443" : ":";
    size_t len = strlen(own);
    for (;;) {
        if (authority.len > 0 && authority.ptr[authority.len - 1] == ':')
            authority.len--;
        else if (authority.len > len && memcmp(authority.ptr + authority.len - len, own, len) == 0)
            authority.len -= len;
        else
            return authority;
    }
}

/* host:port without the user, and without the port that goes without saying. */
static void append_authority(struct buf *out, struct view authority, const char *scheme)
{
    for (size_t i = authority.len; i-- > 0;) {
        if (authority.ptr[i] == '@') {
            authority = view_of(authority.ptr + i + 1, authority.len - i - 1);
            break;
        }
    }
    struct buf encoded;
    buf_init(&encoded, URL_MAX);
    append_encoded(&encoded, authority);
    append_lower(out, without_port(buf_view(&encoded), scheme));
    if (buf_status(&encoded) < 0)
        out->failed = encoded.failed;
    buf_dispose(&encoded);
}

/* RFC 3986 s. 5.2.4, on what was appended from `start` on. */
static void remove_dots(struct buf *out, size_t start)
{
    size_t to = start;
    for (size_t i = start; i < out->len;) {
        size_t next = i + 1;
        while (next < out->len && out->ptr[next] != '/')
            next++;
        struct view segment = view_of(out->ptr + i, next - i); /* with the slash before it */
        bool last = next == out->len, one = view_equal_str(segment, "/."), two = view_equal_str(segment, "/..");
        if (two)
            while (to > start && out->ptr[--to] != '/')
                ;
        if (!one && !two) {
            memmove(out->ptr + to, segment.ptr, segment.len);
            to += segment.len;
        } else if (last) {
            out->ptr[to++] = '/';
        }
        i = next;
    }
    out->len = to;
}

static bool compose(char out[URL_MAX], const struct parts *p, struct view directory)
{
    struct buf b;
    buf_init(&b, URL_MAX - 1);
    append_lower(&b, p->scheme);
    buf_append_byte(&b, ':');
    if (p->has_authority && buf_status(&b) == 0) {
        char scheme[16] = "";
        if (b.len < sizeof(scheme))
            memcpy(scheme, b.ptr, b.len);
        buf_append_str(&b, "//");
        append_authority(&b, p->authority, scheme);
    }
    size_t start = b.len;
    if (p->has_authority && directory.len == 0 && (p->path.len == 0 || p->path.ptr[0] != '/'))
        buf_append_byte(&b, '/');
    append_encoded(&b, directory);
    append_encoded(&b, p->path);
    if (buf_status(&b) == 0 && p->has_authority)
        remove_dots(&b, start);
    if (p->has_query) {
        buf_append_byte(&b, '?');
        append_encoded(&b, p->query);
    }
    bool good = buf_status(&b) == 0 && p->scheme.len > 0;
    if (good) {
        memcpy(out, b.ptr, b.len);
        out[b.len] = '\0';
    }
    buf_dispose(&b);
    return good;
}

bool url_normal(char out[URL_MAX], struct view url)
{
    struct parts p = split(url);
    return compose(out, &p, view_of(NULL, 0));
}

bool url_join(char out[URL_MAX], const char *base, struct view ref)
{
    struct parts r = split(ref), b = split(view_of_str(base));
    struct view directory = {NULL, 0};
    if (r.scheme.len > 0)
        return compose(out, &r, directory);
    r.scheme = b.scheme;
    if (r.has_authority)
        return compose(out, &r, directory);
    r.authority = b.authority;
    r.has_authority = b.has_authority;
    if (r.path.len == 0) {
        r.path = b.path;
        if (!r.has_query) {
            r.query = b.query;
            r.has_query = b.has_query;
        }
    } else if (r.path.ptr[0] != '/') {
        size_t len = b.path.len;
        while (len > 0 && b.path.ptr[len - 1] != '/')
            len--;
        directory = view_of(b.path.ptr, len);
    }
    return compose(out, &r, directory);
}

struct url_key url_key_named(const char *space, struct view name)
{
    hash_state state;
    struct url_key key;
    hash_init(&state);
    hash_update(&state, view_of(space, strlen(space) + 1));
    hash_update(&state, name);
    struct hash hash = hash_final(&state);
    memcpy(key.bytes, hash.bytes, sizeof(key.bytes));
    return key;
}

struct url_key url_key_of(const char *normal)
{
    const char *rest = normal;
    if (strncmp(normal, "https://", 8) == 0)
        rest = normal + 6;
    else if (strncmp(normal, "http://", 7) == 0)
        rest = normal + 5;
    return url_key_named("url", view_of_str(rest));
}
