/*
 * WordPress's shortcodes: [caption], [gallery] and [embed] become HTML, those that play something a link; of others the
 * brackets go and what stands between them stays.  A bracket that is no shortcode ("[sic]", "[…]") is text: it has no
 * attributes and nothing closes it.
 */
#include <stdlib.h>
#include <string.h>

#include "feed/wxr.h"

#define SHORTCODES 2000  /* in one text; the rest is text */
#define SHORTCODE_MAX (4 * KIB)
#define INNER_MAX (64 * KIB) /* between a shortcode and its end */
#define GALLERY_MAX 64

struct shortcode {
    struct view name, attributes;
    struct view inner; /* between it and its end; ptr NULL where it has none */
    size_t len;        /* of all, its end too */
};

static bool is_name(uint8_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static size_t bracket_end(struct view v, size_t from)
{
    uint8_t quote = 0;
    for (size_t i = from; i < v.len && i < SHORTCODE_MAX; i++) {
        uint8_t c = v.ptr[i];
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"')
            quote = c;
        else if (c == ']')
            return i;
        else if (c == '[')
            return 0;
    }
    return 0;
}

/* At a '['. */
static bool take_shortcode(struct shortcode *out, struct view v)
{
    char end_tag[40];
    size_t name = 1;
    while (name < v.len && name < 33 && is_name(v.ptr[name]))
        name++;
    size_t end = name > 1 ? bracket_end(v, name) : 0;
    if (end == 0 || !((v.ptr[1] | 0x20) >= 'a' && (v.ptr[1] | 0x20) <= 'z'))
        return false;
    out->name = view_of(v.ptr + 1, name - 1);
    out->attributes = view_of(v.ptr + name, end - name);
    out->inner = view_of(NULL, 0);
    out->len = end + 1;
    memcpy(end_tag, "[/", 2);
    memcpy(end_tag + 2, out->name.ptr, out->name.len);
    end_tag[2 + out->name.len] = ']';
    size_t within = v.len - end < INNER_MAX ? v.len - end : INNER_MAX;
    const uint8_t *found = memmem(v.ptr + end, within, end_tag, out->name.len + 3);
    if (found != NULL) {
        out->inner = view_of(v.ptr + end + 1, (size_t)(found - v.ptr) - end - 1);
        out->len = (size_t)(found - v.ptr) + out->name.len + 3;
    }
    return true;
}

static bool is(const struct shortcode *s, const char *name) { return view_equal_str(s->name, name); }

/* The value of name="value", in any quotes or none. */
static struct view attribute(const struct shortcode *s, const char *name)
{
    size_t len = strlen(name);
    struct view v = s->attributes;
    for (size_t i = 0; i + len + 1 < v.len; i++) {
        if ((i > 0 && is_name(v.ptr[i - 1])) || memcmp(v.ptr + i, name, len) != 0 || v.ptr[i + len] != '=')
            continue;
        size_t start = i + len + 1;
        uint8_t quote = v.ptr[start] == '"' || v.ptr[start] == '\'' ? v.ptr[start] : ' ';
        start += quote != ' ';
        const uint8_t *end = start < v.len ? memchr(v.ptr + start, quote, v.len - start) : NULL;
        return view_of(v.ptr + start, end == NULL ? v.len - start : (size_t)(end - v.ptr) - start);
    }
    return view_of(NULL, 0);
}

static void put_escaped(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        switch (v.ptr[i]) {
        case '<': buf_append_str(out, "&lt;"); break;
        case '>': buf_append_str(out, "&gt;"); break;
        case '"': buf_append_str(out, "&quot;"); break;
        default: buf_append_byte(out, v.ptr[i]); break;
        }
    }
}

static void put_link(struct buf *out, struct view address)
{
    address = view_trim(address);
    if (!view_starts_with(address, "http://") && !view_starts_with(address, "https://"))
        return;
    buf_append_str(out, "\n\n<p><a href=\"");
    put_escaped(out, address);
    buf_append_str(out, "\">");
    put_escaped(out, address);
    buf_append_str(out, "</a></p>\n\n");
}

/* "<img …> words": the words behind the picture, or its link, are the caption. */
static void put_caption(struct buf *out, const struct shortcode *s)
{
    struct view inner = s->inner, words = attribute(s, "caption");
    const uint8_t *image = inner.len == 0 ? NULL : memmem(inner.ptr, inner.len, "<img", 4);
    const uint8_t *end = image == NULL ? NULL : memchr(image, '>', (size_t)(inner.ptr + inner.len - image));
    if (end == NULL) {
        buf_append_view(out, inner);
        return;
    }
    size_t picture = (size_t)(end - inner.ptr) + 1, from = picture;
    while (from < inner.len && (inner.ptr[from] == ' ' || inner.ptr[from] == '\n'))
        from++;
    if (view_starts_with(view_of(inner.ptr + from, inner.len - from), "</a>"))
        picture = from + 4;
    if (words.len == 0)
        words = view_trim(view_of(inner.ptr + picture, inner.len - picture));
    buf_append_str(out, "\n\n<figure>");
    buf_append(out, inner.ptr, picture);
    buf_append_str(out, "<figcaption>");
    buf_append_view(out, words);
    buf_append_str(out, "</figcaption></figure>\n\n");
}

static void put_picture(struct buf *out, const struct wxr_file *file)
{
    buf_append_str(out, "\n\n<figure><img src=\"");
    put_escaped(out, view_of_str(file->file));
    buf_append_str(out, "\" alt=\"");
    put_escaped(out, view_of_str(file->alt));
    buf_append_str(out, "\"><figcaption>");
    buf_append_str(out, file->caption == NULL ? "" : file->caption);
    buf_append_str(out, "</figcaption></figure>\n\n");
}

static void put_gallery(struct buf *out, const struct wxr *w, const struct shortcode *s)
{
    struct view ids = attribute(s, "ids");
    if (ids.len == 0)
        ids = attribute(s, "include");
    size_t shown = 0;
    for (size_t at = 0; at < ids.len && shown < GALLERY_MAX; shown++) {
        const uint8_t *comma = memchr(ids.ptr + at, ',', ids.len - at);
        size_t len = comma == NULL ? ids.len - at : (size_t)(comma - ids.ptr) - at;
        uint64_t id = 0;
        const struct wxr_file *file = NULL;
        if (parse_decimal(view_trim(view_of(ids.ptr + at, len)), UINT64_MAX / 2, &id))
            file = wxr_find(w, id);
        if (file != NULL)
            put_picture(out, file);
        at += len + 1;
    }
}

static bool plays(const struct shortcode *s)
{
    static const char *const names[] = {"audio", "video", "playlist", "youtube", "vimeo", "twitter", "tweet", "instagram",
                                        "soundcloud", "facebook", "googlevideo", "dailymotion", "vine", "ted"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (is(s, names[i]))
            return true;
    return false;
}

static void put_player(struct buf *out, const struct shortcode *s)
{
    static const char *const names[] = {"src", "url", "mp4", "m4v", "webm", "mp3", "m4a", "ogg"};
    if (s->inner.len > 0) {
        put_link(out, s->inner);
        return;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct view address = attribute(s, names[i]);
        if (address.len > 0) {
            put_link(out, address);
            return;
        }
    }
    put_link(out, s->attributes); /* "[youtube https://…]" */
}

/* True where it was one; then *len bytes are done. */
static bool put_shortcode(struct buf *out, const struct wxr *w, struct view v, size_t *len)
{
    struct shortcode s;
    if (!take_shortcode(&s, v))
        return false;
    bool holds = s.inner.ptr != NULL || memchr(s.attributes.ptr, '=', s.attributes.len) != NULL;
    if (!holds && !is(&s, "gallery") && !is(&s, "embed") && !plays(&s))
        return false;
    *len = s.len;
    if ((is(&s, "caption") || is(&s, "wp_caption")) && s.inner.ptr != NULL) {
        put_caption(out, &s);
    } else if (is(&s, "gallery")) {
        *len = (size_t)(s.attributes.ptr + s.attributes.len - v.ptr) + 1;
        put_gallery(out, w, &s);
    } else if (is(&s, "embed") || plays(&s)) {
        put_player(out, &s);
    } else { /* its brackets alone go: what is in it may hold others */
        *len = (size_t)(s.attributes.ptr + s.attributes.len - v.ptr) + 1;
    }
    return true;
}

/* "[/name]" of one whose beginning was taken away. */
static size_t end_tag_len(struct view v)
{
    size_t i = 2;
    while (i < v.len && i < 34 && is_name(v.ptr[i]))
        i++;
    return v.len > 3 && v.ptr[1] == '/' && i > 2 && i < v.len && v.ptr[i] == ']' ? i + 1 : 0;
}

int wp_shortcodes(struct buf *out, const struct wxr *w, struct view content)
{
    size_t at = 0, met = 0;
    while (at < content.len) {
        const uint8_t *next = met < SHORTCODES ? memchr(content.ptr + at, '[', content.len - at) : NULL;
        size_t stop = next == NULL ? content.len : (size_t)(next - content.ptr), len = 1;
        buf_append(out, content.ptr + at, stop - at);
        if (stop == content.len)
            break;
        struct view v = view_of(content.ptr + stop, content.len - stop);
        met++;
        if (view_starts_with(v, "[[") || (end_tag_len(v) == 0 && !put_shortcode(out, w, v, &len)))
            buf_append_byte(out, '[');
        else if (end_tag_len(v) > 0)
            len = end_tag_len(v);
        at = stop + len;
    }
    return buf_status(out);
}
