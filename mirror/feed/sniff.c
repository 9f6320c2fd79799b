/* What looks like a feed: feed_sniff() of feed/feed.h. */
#include <string.h>
#include <strings.h>

#include "feed/feed.h"

#define SNIFF_MAX (8 * KIB)

/* The bytes as ASCII, whatever the encoding: NULs and byte order marks go. */
static size_t narrow(char out[SNIFF_MAX + 1], struct view head)
{
    size_t len = 0;
    for (size_t i = 0; i < head.len && len < SNIFF_MAX; i++) {
        uint8_t c = head.ptr[i];
        if (c != 0 && c != 0xEF && c != 0xBB && c != 0xBF && c != 0xFE && c != 0xFF)
            out[len++] = (char)c;
    }
    out[len] = 0;
    return len;
}

static const char *past(const char *at, const char *end)
{
    const char *found = strstr(at, end);
    return found == NULL ? at + strlen(at) : found + strlen(end);
}

/* Past declarations, comments and what stands before them (white space, a server's warning). */
static const char *root_element(const char *at)
{
    for (;;) {
        at += strcspn(at, "<");
        if (strncmp(at, "<?", 2) == 0)
            at = past(at, ">");
        else if (strncmp(at, "<!--", 4) == 0)
            at = past(at, "-->");
        else if (strncmp(at, "<!", 2) == 0)
            at = strcspn(at, "[") < strcspn(at, ">") ? past(past(at, "]"), ">") : past(at, ">");
        else
            return at;
    }
}

static enum feed_kind kind_of_root(const char *root)
{
    static const struct {
        const char *name;
        enum feed_kind kind;
    } roots[] = {{"rss", FEED_RSS}, {"RDF", FEED_RDF}, {"feed", FEED_ATOM}, {"entry", FEED_ATOM}, {"channel", FEED_RSS}};
    if (*root != '<')
        return FEED_NONE;
    const char *name = root + 1, *end = name + strcspn(name, " \t\r\n/>");
    const char *colon = memchr(name, ':', (size_t)(end - name));
    name = colon == NULL ? name : colon + 1;
    for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
        if ((size_t)(end - name) == strlen(roots[i].name) &&
            strncasecmp(name, roots[i].name, (size_t)(end - name)) == 0)
            return roots[i].kind;
    return FEED_NONE;
}

static bool says_json_feed(const char *text)
{
    static const char *const addresses[] = {"\"https://jsonfeed.org/", "\"http://jsonfeed.org/", "\"https:\\/\\/jsonfeed.org\\/"};
    const char *at = strstr(text, "\"version\"");
    if (at == NULL)
        return false;
    at += strlen("\"version\"");
    at += strspn(at, " \t\r\n:");
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        if (strncmp(at, addresses[i], strlen(addresses[i])) == 0)
            return true;
    return false;
}

/* A JSON Feed says so in "version", which may stand behind its items; these have names of their own. */
static bool is_json_feed(const char *text)
{
    if (text[strspn(text, " \t\r\n")] != '{')
        return false;
    return says_json_feed(text) ||
           (strstr(text, "\"items\"") != NULL &&
            (strstr(text, "\"content_html\"") != NULL || strstr(text, "\"content_text\"") != NULL));
}

enum feed_kind feed_sniff(struct view head)
{
    char text[SNIFF_MAX + 1];
    narrow(text, head);
    if (is_json_feed(text))
        return FEED_JSON;
    enum feed_kind kind = kind_of_root(root_element(text));
    const char *later = strstr(text, "<?xml"); /* behind a server's warning */
    if (kind == FEED_NONE && (later != NULL || (later = strstr(text, "<rss")) != NULL))
        kind = kind_of_root(root_element(later));
    return kind == FEED_RSS && strstr(text, "wordpress.org/export/") != NULL ? FEED_WXR : kind;
}

const char *feed_kind_name(enum feed_kind kind)
{
    switch (kind) {
    case FEED_RSS: return "RSS";
    case FEED_RDF: return "RSS 1.0";
    case FEED_ATOM: return "Atom";
    case FEED_JSON: return "JSON Feed";
    case FEED_WXR: return "WordPress export";
    case FEED_NONE: break;
    }
    return "no feed";
}
