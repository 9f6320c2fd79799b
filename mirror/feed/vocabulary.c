/* What the elements of feeds are: see feed/vocabulary.h. */
#include "feed/vocabulary.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *part; /* of the namespace's name: versions differ, and people err */
    const char *prefix;
    enum feed_space space;
} spaces[] = {
    {"www.w3.org/2005/Atom", "atom", SPACE_ATOM},
    {"purl.org/atom/ns", "atom10", SPACE_ATOM},
    {"www.w3.org/1999/02/22-rdf", "rdf", SPACE_RDF},
    {"purl.org/rss/1.0/modules/content", "content", SPACE_CONTENT},
    {"purl.org/dc/elements", "dc", SPACE_DC},
    {"purl.org/dc/terms", "dcterms", SPACE_DC},
    {"purl.org/metadata/dublin_core", "dcterm", SPACE_DC},
    {"search.yahoo.com/mrss", "media", SPACE_MEDIA},
    {"search.yahoo.com/rss", "media", SPACE_MEDIA},
    {"itunes.com/dtds/podcast", "itunes", SPACE_ITUNES},
    {"wordpress.org/export/1.0/excerpt", "excerpt", SPACE_EXCERPT},
    {"wordpress.org/export/1.1/excerpt", "excerpt", SPACE_EXCERPT},
    {"wordpress.org/export/1.2/excerpt", "excerpt", SPACE_EXCERPT},
    {"wordpress.org/export/", "wp", SPACE_WP},
    {"rssnamespace.org/feedburner", "feedburner", SPACE_FEEDBURNER},
    {"purl.org/atompub/tombstones", "at", SPACE_TOMBSTONE},
    {"www.w3.org/1999/xhtml", "xhtml", SPACE_XHTML},
    {"prismstandard.org/namespaces", "prism", SPACE_PRISM},
    {"purl.org/rss/1.0/", "rss", SPACE_PLAIN}, /* behind its modules */
    {"my.netscape.com", "rss", SPACE_PLAIN},
    {"channel.netscape.com", "rss", SPACE_PLAIN},
    {"backend.userland.com", "rss", SPACE_PLAIN},
    {"blogs.law.harvard.edu/tech/rss", "rss", SPACE_PLAIN},
    {"cyber.law.harvard.edu/rss", "rss", SPACE_PLAIN},
};

static const struct {
    enum feed_field parent;
    enum feed_space space;
    const char *local;
    enum feed_field field;
} rules[] = {
    {FIELD_DOCUMENT, SPACE_PLAIN, "rss", FIELD_ROOT},
    {FIELD_DOCUMENT, SPACE_RDF, "RDF", FIELD_ROOT},
    {FIELD_DOCUMENT, SPACE_PLAIN, "channel", FIELD_FEED},
    {FIELD_DOCUMENT, SPACE_ATOM, "feed", FIELD_FEED},
    {FIELD_DOCUMENT, SPACE_PLAIN, "feed", FIELD_FEED},
    {FIELD_DOCUMENT, SPACE_ATOM, "entry", FIELD_ENTRY},
    {FIELD_ROOT, SPACE_PLAIN, "channel", FIELD_FEED},
    {FIELD_ROOT, SPACE_PLAIN, "item", FIELD_ENTRY},
    {FIELD_FEED, SPACE_PLAIN, "item", FIELD_ENTRY},
    {FIELD_FEED, SPACE_ATOM, "entry", FIELD_ENTRY},
    {FIELD_FEED, SPACE_PLAIN, "entry", FIELD_ENTRY},
    {FIELD_FEED, SPACE_TOMBSTONE, "deleted-entry", FIELD_DELETED},
    {FIELD_FEED, SPACE_PLAIN, "language", FIELD_LANGUAGE},
    {FIELD_FEED, SPACE_DC, "language", FIELD_LANGUAGE},
    {FIELD_FEED, SPACE_PLAIN, "link", FIELD_LINK},
    {FIELD_FEED, SPACE_ATOM, "link", FIELD_ATOM_LINK},
    {FIELD_FEED, SPACE_ATOM, "author", FIELD_AUTHOR},
    {FIELD_FEED, SPACE_PLAIN, "author", FIELD_AUTHOR},
    {FIELD_FEED, SPACE_WP, "author", FIELD_WP_AUTHOR},
    {FIELD_DELETED, SPACE_TOMBSTONE, "comment", FIELD_COMMENT},
    {FIELD_DELETED, SPACE_ATOM, "link", FIELD_ATOM_LINK},

    {FIELD_ENTRY, SPACE_PLAIN, "title", FIELD_TITLE},
    {FIELD_ENTRY, SPACE_PLAIN, "link", FIELD_LINK},
    {FIELD_ENTRY, SPACE_PLAIN, "guid", FIELD_GUID},
    {FIELD_ENTRY, SPACE_PLAIN, "id", FIELD_GUID},
    {FIELD_ENTRY, SPACE_PLAIN, "pubDate", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_PLAIN, "date", FIELD_DATE},
    {FIELD_ENTRY, SPACE_PLAIN, "author", FIELD_CREATOR},
    {FIELD_ENTRY, SPACE_PLAIN, "category", FIELD_CATEGORY},
    {FIELD_ENTRY, SPACE_PLAIN, "description", FIELD_DESCRIPTION},
    {FIELD_ENTRY, SPACE_PLAIN, "summary", FIELD_DESCRIPTION},
    {FIELD_ENTRY, SPACE_PLAIN, "content", FIELD_CONTENT},
    {FIELD_ENTRY, SPACE_PLAIN, "fulltext", FIELD_CONTENT},
    {FIELD_ENTRY, SPACE_PLAIN, "enclosure", FIELD_ENCLOSURE},
    {FIELD_ENTRY, SPACE_PLAIN, "image", FIELD_IMAGE},
    {FIELD_ENTRY, SPACE_PLAIN, "published", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_PLAIN, "updated", FIELD_MODIFIED},
    {FIELD_ENTRY, SPACE_CONTENT, "encoded", FIELD_CONTENT},
    {FIELD_ENTRY, SPACE_XHTML, "body", FIELD_XHTML},
    {FIELD_ENTRY, SPACE_XHTML, "div", FIELD_XHTML},
    {FIELD_ENTRY, SPACE_DC, "creator", FIELD_CREATOR},
    {FIELD_ENTRY, SPACE_DC, "date", FIELD_DATE},
    {FIELD_ENTRY, SPACE_DC, "created", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_DC, "issued", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_DC, "modified", FIELD_MODIFIED},
    {FIELD_ENTRY, SPACE_DC, "subject", FIELD_CATEGORY},
    {FIELD_ENTRY, SPACE_DC, "language", FIELD_LANGUAGE},
    {FIELD_ENTRY, SPACE_DC, "title", FIELD_TITLE},
    {FIELD_ENTRY, SPACE_DC, "description", FIELD_DESCRIPTION},
    {FIELD_ENTRY, SPACE_DC, "identifier", FIELD_GUID},
    {FIELD_ENTRY, SPACE_ITUNES, "author", FIELD_CREATOR},
    {FIELD_ENTRY, SPACE_ITUNES, "summary", FIELD_DESCRIPTION},
    {FIELD_ENTRY, SPACE_PRISM, "section", FIELD_SECTION},
    {FIELD_ENTRY, SPACE_FEEDBURNER, "origLink", FIELD_ORIGINAL_LINK},

    {FIELD_ENTRY, SPACE_ATOM, "title", FIELD_TITLE},
    {FIELD_ENTRY, SPACE_ATOM, "id", FIELD_GUID},
    {FIELD_ENTRY, SPACE_ATOM, "link", FIELD_ATOM_LINK},
    {FIELD_ENTRY, SPACE_ATOM, "published", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_ATOM, "issued", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_ATOM, "created", FIELD_PUBLISHED},
    {FIELD_ENTRY, SPACE_ATOM, "updated", FIELD_MODIFIED},
    {FIELD_ENTRY, SPACE_ATOM, "modified", FIELD_MODIFIED},
    {FIELD_ENTRY, SPACE_ATOM, "author", FIELD_AUTHOR},
    {FIELD_ENTRY, SPACE_ATOM, "category", FIELD_CATEGORY},
    {FIELD_ENTRY, SPACE_ATOM, "summary", FIELD_DESCRIPTION},
    {FIELD_ENTRY, SPACE_ATOM, "content", FIELD_CONTENT},
    {FIELD_AUTHOR, SPACE_ATOM, "name", FIELD_AUTHOR_NAME},
    {FIELD_AUTHOR, SPACE_PLAIN, "name", FIELD_AUTHOR_NAME},

    {FIELD_ENTRY, SPACE_MEDIA, "group", FIELD_MEDIA_GROUP},
    {FIELD_ENTRY, SPACE_MEDIA, "content", FIELD_MEDIA_CONTENT},
    {FIELD_MEDIA_GROUP, SPACE_MEDIA, "content", FIELD_MEDIA_CONTENT},
    {FIELD_ENTRY, SPACE_MEDIA, "thumbnail", FIELD_MEDIA_THUMBNAIL},
    {FIELD_MEDIA_GROUP, SPACE_MEDIA, "thumbnail", FIELD_MEDIA_THUMBNAIL},
    {FIELD_MEDIA_CONTENT, SPACE_MEDIA, "thumbnail", FIELD_MEDIA_THUMBNAIL},
    {FIELD_MEDIA_CONTENT, SPACE_MEDIA, "description", FIELD_MEDIA_CAPTION},
    {FIELD_MEDIA_CONTENT, SPACE_MEDIA, "text", FIELD_MEDIA_CAPTION},
    {FIELD_MEDIA_CONTENT, SPACE_MEDIA, "credit", FIELD_MEDIA_CREDIT},
    {FIELD_ENTRY, SPACE_MEDIA, "credit", FIELD_MEDIA_CREDIT},
    {FIELD_IMAGE, SPACE_PLAIN, "url", FIELD_IMAGE_URL},

    {FIELD_ENTRY, SPACE_EXCERPT, "encoded", FIELD_EXCERPT},
    {FIELD_ENTRY, SPACE_WP, "status", FIELD_WP_STATUS},
    {FIELD_ENTRY, SPACE_WP, "post_type", FIELD_WP_TYPE},
    {FIELD_ENTRY, SPACE_WP, "post_password", FIELD_WP_PASSWORD},
    {FIELD_ENTRY, SPACE_WP, "post_id", FIELD_WP_ID},
    {FIELD_ENTRY, SPACE_WP, "post_date_gmt", FIELD_WP_DATE},
    {FIELD_ENTRY, SPACE_WP, "post_modified_gmt", FIELD_WP_MODIFIED},
    {FIELD_ENTRY, SPACE_WP, "attachment_url", FIELD_WP_FILE},
    {FIELD_ENTRY, SPACE_WP, "postmeta", FIELD_WP_META},
    {FIELD_WP_META, SPACE_WP, "meta_key", FIELD_WP_META_KEY},
    {FIELD_WP_META, SPACE_WP, "meta_value", FIELD_WP_META_VALUE},
    {FIELD_FEED, SPACE_WP, "category", FIELD_WP_TERM},
    {FIELD_WP_TERM, SPACE_WP, "term_id", FIELD_WP_TERM_ID},
    {FIELD_WP_TERM, SPACE_WP, "cat_name", FIELD_WP_TERM_NAME},
    {FIELD_WP_AUTHOR, SPACE_WP, "author_login", FIELD_WP_LOGIN},
    {FIELD_WP_AUTHOR, SPACE_WP, "author_display_name", FIELD_WP_NAME},
};

static bool same_word(struct view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp((const char *)v.ptr, word, v.len) == 0;
}

enum feed_space space_of_uri(struct view uri)
{
    if (uri.len == 0)
        return SPACE_PLAIN;
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
        if (memmem(uri.ptr, uri.len, spaces[i].part, strlen(spaces[i].part)) != NULL)
            return spaces[i].space;
    return SPACE_OTHER;
}

enum feed_space space_of_prefix(struct view prefix)
{
    if (prefix.len == 0)
        return SPACE_PLAIN;
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
        if (same_word(prefix, spaces[i].prefix))
            return spaces[i].space;
    return SPACE_OTHER;
}

enum feed_field field_of(enum feed_field parent, enum feed_space space, struct view local)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (rules[i].parent == parent && rules[i].space == space && same_word(local, rules[i].local))
            return rules[i].field;
    return FIELD_NONE;
}

bool field_holds_markup(enum feed_field field)
{
    return field == FIELD_TITLE || field == FIELD_DESCRIPTION || field == FIELD_CONTENT || field == FIELD_XHTML || field == FIELD_EXCERPT ||
           field == FIELD_COMMENT || field == FIELD_MEDIA_CAPTION;
}
