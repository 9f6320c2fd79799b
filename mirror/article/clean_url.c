/*
 * Addresses.  A link shows one thing and goes elsewhere; what can be checked is that it goes over
 * http, https, mailto or mimeo, and that browsers and we agree about its host: so no backslash,
 * no user name ("https://bank.example@evil.example/") and no escape may stand in it.
 *
 * What a reader would get wrong: controls are taken out before anything is looked at, since
 * browsers do so too and "java\nscript:" is a scheme to them.
 */
#include <string.h>

#include "article/clean.h"
#include "base/limits.h"
#include "base/text.h"

#define URL_MAX (2 * (size_t)LIMIT_ARTICLE_URL)
#define SCHEME_MAX 6

struct url {
    struct view scheme, authority, path, query, fragment; /* with their "//", "?", "#" */
};

static bool is_alpha(uint8_t b) { return (b | 0x20) >= 'a' && (b | 0x20) <= 'z'; }
static bool is_digit(uint8_t b) { return b >= '0' && b <= '9'; }

static struct view rest_of(struct view v, size_t from)
{
    return view_of(v.ptr + from, v.len - from);
}

/* ---- characters */

static bool goes(uint32_t code)
{
    return char_is_control(code) || char_is_bidi_control(code) || char_is_bidi_mark(code) ||
           code == 0xFEFF || (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

/* Without controls and the spaces around; what would be unclear in text or HTML is escaped. */
static bool normalize(struct buf *out, struct view raw)
{
    struct cursor c = cursor_of(raw);
    size_t spaces = 0;
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (goes(code))
            continue;
        if (code == ' ') {
            spaces += out->len > 0;
            continue;
        }
        for (; spaces > 0 && buf_status(out) == 0; spaces--)
            buf_append_str(out, "%20");
        spaces = 0;
        if (code == '"' || code == '<' || code == '>' || code == '`' || code == '\\')
            buf_appendf(out, "%%%02X", (unsigned)code);
        else
            buf_append_utf8(out, code);
    }
    return c.left == 0 && out->len > 0 && buf_status(out) == 0;
}

/* ---- parts (RFC 3986 s. 3) */

static size_t scheme_len(struct view v)
{
    size_t len = 0;
    while (len < v.len && (is_alpha(v.ptr[len]) ||
                           (len > 0 && (is_digit(v.ptr[len]) || v.ptr[len] == '+' ||
                                        v.ptr[len] == '-' || v.ptr[len] == '.'))))
        len++;
    return len > 0 && len < v.len && v.ptr[len] == ':' ? len : 0;
}

/* What stands before the first of `stops`; *v is moved past it. */
static struct view take_until(struct view *v, const char *stops)
{
    size_t len = 0;
    while (len < v->len && strchr(stops, v->ptr[len]) == NULL)
        len++;
    struct view out = view_of(v->ptr, len);
    *v = rest_of(*v, len);
    return out;
}

static struct url split(struct view v)
{
    struct url u = {.scheme = view_of(v.ptr, scheme_len(v))};
    v = rest_of(v, u.scheme.len > 0 ? u.scheme.len + 1 : 0);
    if (view_starts_with(v, "//")) {
        struct view rest = rest_of(v, 2);
        u.authority = take_until(&rest, "/?#");
        u.authority = view_of(v.ptr, u.authority.len + 2);
        v = rest;
    }
    u.path = take_until(&v, "?#");
    u.query = take_until(&v, "#");
    u.fragment = v;
    return u;
}

static bool is_host(struct view authority)
{
    if (authority.len <= 2 || authority.ptr[2] == ':')
        return false;
    for (size_t i = 2; i < authority.len; i++) {
        uint8_t b = authority.ptr[i];
        if (!is_alpha(b) && !is_digit(b) && b < 0x80 && memchr(".-_:[]", b, 6) == NULL)
            return false;
    }
    return true;
}

/* ---- relative addresses (RFC 3986 s. 5.2) */

static void put(struct buf *out, struct view v)
{
    if (v.len > 0)
        buf_append_view(out, v);
}

/* Take "." and ".." out of the path that begins at `begin` (s. 5.2.4). */
static void remove_dots(struct buf *b, size_t begin)
{
    size_t in = begin, out = begin;
    while (in < b->len) {
        size_t len = 1; /* a segment, with the slash in front */
        while (in + len < b->len && b->ptr[in + len] != '/')
            len++;
        struct view segment = view_of(b->ptr + in, len);
        bool last = in + len == b->len;
        bool up = view_equal_str(segment, "/.."), here = view_equal_str(segment, "/.");
        while (up && out > begin && b->ptr[--out] != '/')
            ;
        if (!up && !here) {
            memmove(b->ptr + out, b->ptr + in, len);
            out += len;
        } else if (last) {
            b->ptr[out++] = '/';
        }
        in += len;
    }
    b->len = out;
}

static bool resolve(struct buf *out, const struct url *u, const char *base_url)
{
    struct buf text;
    buf_init(&text, URL_MAX);
    bool good = base_url != NULL && clean_url(&text, view_of_str(base_url), NULL);
    struct url base = good ? split(buf_view(&text)) : (struct url){0};
    good = good && base.authority.len > 0;
    if (good) {
        bool own_path = u->path.len > 0 || u->authority.len > 0;
        put(out, base.scheme);
        buf_append_byte(out, ':');
        put(out, u->authority.len > 0 ? u->authority : base.authority);
        size_t begin = out->len;
        if (own_path && u->authority.len == 0 && u->path.ptr[0] != '/') {
            while (base.path.len > 0 && base.path.ptr[base.path.len - 1] != '/')
                base.path.len--;
            put(out, base.path);
            if (base.path.len == 0)
                buf_append_byte(out, '/');
        }
        put(out, own_path ? u->path : base.path);
        if (buf_status(out) == 0)
            remove_dots(out, begin);
        put(out, own_path || u->query.len > 0 ? u->query : base.query);
        put(out, u->fragment);
    }
    buf_dispose(&text);
    return good && buf_status(out) == 0;
}

/* ---- */

/* `v` is absolute and of a scheme that a link may have. */
static bool put_absolute(struct buf *out, struct view v)
{
    static const char *const schemes[] = {"http", "https", "mailto", "mimeo"};
    char scheme[SCHEME_MAX + 1] = "";
    struct url u = split(v);
    for (size_t i = 0; i < u.scheme.len && u.scheme.len <= SCHEME_MAX; i++)
        scheme[i] = (char)(u.scheme.ptr[i] | 0x20);
    size_t which = 0;
    while (which < 4 && strcmp(scheme, schemes[which]) != 0)
        which++;
    bool web = which < 2;
    if (which == 4 || v.len > URL_MAX || (web ? !is_host(u.authority) : u.authority.len > 0) ||
        (!web && u.path.len == 0))
        return false;
    size_t before = out->len;
    buf_append_str(out, scheme);
    put(out, rest_of(v, u.scheme.len));
    if (buf_status(out) == 0)
        return true;
    out->len = before;
    return false;
}

bool clean_url(struct buf *out, struct view raw, const char *base_url)
{
    struct buf given, whole;
    buf_init(&given, URL_MAX);
    buf_init(&whole, 2 * URL_MAX);
    bool good = normalize(&given, raw);
    struct url u = good ? split(buf_view(&given)) : (struct url){0};
    if (good && u.scheme.len > 0)
        good = put_absolute(out, buf_view(&given));
    else if (good)
        good = resolve(&whole, &u, base_url) && put_absolute(out, buf_view(&whole));
    buf_dispose(&given);
    buf_dispose(&whole);
    return good;
}
