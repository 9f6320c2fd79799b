/*
 * Lazy pictures keep their address in data-src and the like, or in noscript beside a placeholder; of several sizes
 * one is taken that is wide enough for a screen and no more.
 */
#include "extract/media.h"

#include <string.h>

#define WIDTH_WANTED 1280
#define CANDIDATES 40 /* of a srcset */
#define PIXEL 40      /* a picture no larger than this on a side is an ornament */

static bool is_white(uint8_t b) { return b == ' ' || (b >= '\t' && b <= '\r'); }

static struct view trimmed(struct view v)
{
    while (v.len > 0 && is_white(v.ptr[0])) {
        v.ptr++;
        v.len--;
    }
    while (v.len > 0 && is_white(v.ptr[v.len - 1]))
        v.len--;
    return v;
}

static bool holds(struct view v, const char *what) { return v.len > 0 && memmem(v.ptr, v.len, what, strlen(what)) != NULL; }

/* Could be fetched, and is no placeholder. */
static bool is_address(struct view v)
{
    return v.len > 3 && !view_starts_with(v, "data:") && !view_starts_with(v, "blob:") && !view_starts_with(v, "{") &&
           !view_starts_with(v, "about:") && !holds(v, "placeholder") && !holds(v, "spacer.") && !holds(v, "blank.gif") &&
           !holds(v, "1x1") && !holds(v, "pixel.") && !holds(v, "transparent.");
}

/* ---- srcset (HTML standard 4.8.4.2.1) */

/* Digits before `unit` at the end, 0 where there are none. */
static unsigned size_of(struct view v)
{
    unsigned n = 0;
    for (size_t i = 0; i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9' && n < 100000; i++)
        n = n * 10 + (v.ptr[i] - '0');
    if (v.len > 0 && v.ptr[v.len - 1] == 'x')
        n *= 640; /* of density: as if one were that wide */
    return n;
}

/* A comma within an address is no end of it: only one with a space behind is, or behind the size. */
static struct view take_candidate(struct cursor *c, unsigned *size)
{
    while (c->left > 0 && (is_white(*c->ptr) || *c->ptr == ',')) {
        c->ptr++;
        c->left--;
    }
    size_t len = 0;
    while (len < c->left && !is_white(c->ptr[len]))
        len++;
    struct view url = view_of(c->ptr, len);
    c->ptr += len;
    c->left -= len;
    *size = 0;
    if (url.len > 0 && url.ptr[url.len - 1] == ',') {
        url.len--;
        return url;
    }
    len = 0;
    while (len < c->left && c->ptr[len] != ',')
        len++;
    *size = size_of(trimmed(view_of(c->ptr, len)));
    c->ptr += len;
    c->left -= len;
    return url;
}

static bool better(unsigned size, unsigned than)
{
    if (than >= WIDTH_WANTED)
        return size >= WIDTH_WANTED && size < than;
    return size > than;
}

static struct view best_of_set(struct view set)
{
    struct cursor c = cursor_of(set);
    struct view best = {0};
    unsigned best_size = 0, size;
    for (int i = 0; i < CANDIDATES && c.left > 0; i++) {
        struct view url = take_candidate(&c, &size);
        if (is_address(url) && (best.len == 0 || better(size, best_size))) {
            best = url;
            best_size = size;
        }
    }
    return best;
}

/* ---- pictures */

static struct view first_address(const struct dom_node *n, const char *const *names, bool set)
{
    for (; *names != NULL; names++) {
        struct view v = trimmed(dom_attribute(n, *names));
        if (set)
            v = best_of_set(v);
        if (is_address(v))
            return v;
    }
    return (struct view){0};
}

static struct view address_of_picture(const struct dom_node *n)
{
    static const char *const lazy[] = {"data-src", "data-lazy-src", "data-original", "data-lazy", "data-url", "data-image",
                                       "data-img-src", "data-hi-res-src", "data-full-src", "data-orig-file",
                                       "data-large-file", "data-echo", "data-srcurl", "data-src-medium", NULL};
    static const char *const lazy_sets[] = {"data-srcset", "data-lazy-srcset", NULL};
    static const char *const sets[] = {"srcset", NULL};
    static const char *const plain[] = {"src", NULL};
    struct view v = first_address(n, lazy_sets, true);
    if (v.len == 0)
        v = first_address(n, sets, true);
    if (v.len == 0)
        v = first_address(n, lazy, false);
    return v.len > 0 ? v : first_address(n, plain, false);
}

static bool is_small(const struct dom_node *n, const char *side)
{
    struct view v = dom_attribute(n, side);
    unsigned size = size_of(v);
    return v.len > 0 && v.ptr[v.len - 1] != '%' && size > 0 && size <= PIXEL;
}

static bool picture(struct media *out, const struct dom_node *n)
{
    struct view v = address_of_picture(n);
    if (v.len == 0 || is_small(n, "width") || is_small(n, "height"))
        return false;
    *out = (struct media){MEDIA_PICTURE, v, trimmed(dom_attribute(n, "alt"))};
    return true;
}

/* picture: its img, or a source's set where the img has nothing. */
static bool sources(struct media *out, const struct dom_node *n)
{
    const struct dom_node *img = dom_find(n, DOM_IMG);
    if (img != NULL && picture(out, img))
        return true;
    for (const struct dom_node *s = dom_next(n, n); s != NULL; s = dom_next(s, n)) {
        if (s->tag != DOM_SOURCE || !picture(out, s))
            continue;
        out->words = img == NULL ? (struct view){0} : trimmed(dom_attribute(img, "alt"));
        return true;
    }
    return false;
}

/* The picture in a noscript, where the one beside it has no address of its own. */
static bool without_scripts(struct media *out, const struct dom_node *n)
{
    struct media other;
    const struct dom_node *beside = n->prev, *img = dom_find(n, DOM_IMG);
    while (beside != NULL && beside->tag == DOM_TEXT)
        beside = beside->prev;
    if (beside != NULL && (beside->tag == DOM_IMG || beside->tag == DOM_PICTURE) && media_of(&other, beside))
        return false;
    return img != NULL && picture(out, img);
}

/* ---- frames */

/* What people watch or read in a frame; others hold advertising, forms, counters. */
static bool frame(struct media *out, const struct dom_node *n)
{
    static const char *const makers[] = {
        "youtube.com/embed/", "youtube-nocookie.com/embed/", "player.vimeo.com/video/", "dailymotion.com/embed",
        "t.me/", "instagram.com/", "facebook.com/plugins/video", "facebook.com/plugins/post", "platform.twitter.com/embed",
        "tiktok.com/embed", "rutube.ru/play/embed", "vk.com/video_ext", "ok.ru/videoembed", "soundcloud.com/player",
        "open.spotify.com/embed", "embed.ted.com", "aparat.com/video", "player.bilibili.com", "archive.org/embed",
        "streamable.com/", "odysee.com/$/embed", "rumble.com/embed", "datawrapper.dwcdn.net", "flourish.studio",
        "google.com/maps/embed", "documentcloud.org", "scribd.com/embeds", "reuters.com/video", "players.brightcove.net",
    };
    static const char *const names[] = {"src", "data-src", "data-lazy-src", NULL};
    struct view v = first_address(n, names, false);
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
        if (holds(v, makers[i])) {
            *out = (struct media){MEDIA_LINK, v, {0}};
            return true;
        }
    return false;
}

static bool film(struct media *out, const struct dom_node *n)
{
    static const char *const names[] = {"src", "data-src", NULL};
    struct view v = first_address(n, names, false);
    for (const struct dom_node *s = dom_next(n, n); v.len == 0 && s != NULL; s = dom_next(s, n))
        if (s->tag == DOM_SOURCE)
            v = first_address(s, names, false);
    *out = (struct media){MEDIA_LINK, v, {0}};
    return v.len > 0;
}

bool media_of(struct media *out, const struct dom_node *n)
{
    switch (n->tag) {
    case DOM_IMG: return picture(out, n);
    case DOM_OTHER: return view_equal_str(n->text, "amp-img") && picture(out, n);
    case DOM_PICTURE: return sources(out, n);
    case DOM_NOSCRIPT: return without_scripts(out, n);
    case DOM_VIDEO: return film(out, n);
    case DOM_IFRAME: case DOM_EMBED: return frame(out, n);
    default: return false;
    }
}
