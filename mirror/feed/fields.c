/* What the elements of RSS and Atom say of their entry: see feed/parse.h. */
#include "feed/parse.h"

#include <string.h>
#include <strings.h>

static bool equals(struct view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp((const char *)v.ptr, word, v.len) == 0;
}

static bool begins(struct view v, const char *word)
{
    return v.len >= strlen(word) && strncasecmp((const char *)v.ptr, word, strlen(word)) == 0;
}

static bool ends_in_xml(struct view v) { return v.len >= 3 && memcmp(v.ptr + v.len - 3, "xml", 3) == 0; }

/* ---- opening: what attributes say */

/* Atom's text constructs; without a type they are plain, and RSS's are HTML. */
static void take_type(struct parse *p, enum feed_field field)
{
    struct view type = parse_attribute(p, "type"), mode = parse_attribute(p, "mode");
    bool atom = p->kind == FEED_ATOM;
    bool xhtml = equals(type, "xhtml") || equals(type, "application/xhtml+xml") || equals(mode, "xml");
    p->escaping = xhtml;
    if (xhtml || equals(type, "html") || equals(type, "text/html") || equals(mode, "escaped"))
        p->text_kind = TEXT_HTML;
    else if (type.len > 0 || atom)
        p->text_kind = TEXT_PLAIN;
    const char *base = parse_base(p);
    if ((field == FIELD_CONTENT || field == FIELD_DESCRIPTION) && base != NULL)
        p->entry.base = arena_string(&p->entry.memory, view_of_str(base));
    if (field != FIELD_CONTENT)
        return;
    /* A picture, a film, a document: in base64, and no text. */
    p->dropping = equals(mode, "base64") ||
                  (type.len > 0 && memchr(type.ptr, '/', type.len) != NULL && !begins(type, "text/") && !ends_in_xml(type));
    p->entry.content_elsewhere = p->entry.content_elsewhere || p->dropping;
    if (parse_attribute(p, "src").len > 0) {
        const char *page = parse_address(p, parse_attribute(p, "src"));
        p->entry.content_elsewhere = true;
        if (p->entry.link == NULL && p->text_kind == TEXT_HTML)
            p->entry.link = page;
    }
}

/* Of several links of an entry the page's: rel alternate (or none), a type that is HTML or not said. */
static void take_atom_link(struct parse *p)
{
    struct view rel = parse_attribute(p, "rel"), type = parse_attribute(p, "type");
    const char *address = parse_address(p, parse_attribute(p, "href"));
    bool page = type.len == 0 || begins(type, "text/html") || begins(type, "application/xhtml");
    if (address == NULL)
        return;
    if (equals(rel, "enclosure")) {
        media_opened(p, FIELD_ENCLOSURE);
    } else if (!p->in_entry) {
        if ((rel.len == 0 || equals(rel, "alternate")) && p->link == NULL)
            p->link = address;
    } else if ((rel.len == 0 || equals(rel, "alternate")) &&
               (p->entry.link == NULL || (page && !p->entry.link_is_page))) {
        p->entry.link = address;
        p->entry.link_is_page = page;
    }
}

static void take_deleted(struct parse *p)
{
    p->entry.deleted = true;
    p->entry.guid = entry_keep(&p->entry, parse_attribute(p, "ref"));
    p->entry.modified = entry_keep(&p->entry, parse_attribute(p, "when"));
}

void field_opened(struct parse *p, enum feed_field field)
{
    switch (field) {
    case FIELD_ENTRY: p->entry.link = parse_address(p, parse_attribute(p, "about")); break;
    case FIELD_DELETED: take_deleted(p); break;
    case FIELD_ATOM_LINK: take_atom_link(p); break;
    case FIELD_LINK:
        if (parse_attribute(p, "href").len > 0)
            take_atom_link(p);
        break;
    case FIELD_XHTML: p->escaping = true; break;
    case FIELD_GUID: p->entry.guid_is_no_link = equals(parse_attribute(p, "isPermaLink"), "false"); break;
    case FIELD_CATEGORY: {
        struct view label = parse_attribute(p, "label");
        p->term = entry_keep(&p->entry, label.len > 0 ? label : parse_attribute(p, "term"));
        p->scheme = entry_keep(&p->entry, parse_attribute(p, "domain"));
        p->nicename = entry_keep(&p->entry, parse_attribute(p, "nicename"));
        break;
    }
    case FIELD_TITLE:
    case FIELD_DESCRIPTION:
    case FIELD_CONTENT:
    case FIELD_COMMENT: take_type(p, field); break;
    case FIELD_ENCLOSURE:
    case FIELD_MEDIA_GROUP:
    case FIELD_MEDIA_CONTENT:
    case FIELD_MEDIA_THUMBNAIL: media_opened(p, field); break;
    default: break;
    }
}

/* ---- closing: what stood in them */

static void cut_out(struct buf *text, const char *literal)
{
    size_t len = strlen(literal), kept = 0;
    for (size_t at = 0; at < text->len;) {
        if (text->len - at >= len && memcmp(text->ptr + at, literal, len) == 0) {
            at += len;
            continue;
        }
        text->ptr[kept++] = text->ptr[at++];
    }
    text->len = kept;
}

/* A text that was wrapped twice ("&lt;![CDATA[…]]&gt;") holds the marks of the second time. */
static void unwrap(struct buf *text)
{
    if (text->len == 0 || memmem(text->ptr, text->len, "<![CDATA[", 9) == NULL)
        return;
    cut_out(text, "<![CDATA[");
    cut_out(text, "]]>");
}

/* Take the bytes over where nothing better was there. */
static void keep_text(struct parse *p, struct feed_text *to, struct buf *text, bool longer_wins)
{
    unwrap(text);
    if (view_trim(buf_view(text)).len == 0 || (to->present && !(longer_wins && text->len > to->bytes.len)))
        return;
    struct buf old = to->bytes;
    to->bytes = *text;
    to->kind = p->text_kind;
    to->present = true;
    *text = old;
    if (text->max == 0)
        buf_init(text, FEED_TEXT_MAX);
}

/* "mail@example.org (A Name)" is A Name; "A Name <mail@example.org>" too.  An address alone names nobody whom readers
 * should write to. */
static struct view person(struct view v)
{
    const uint8_t *open = v.len == 0 ? NULL : memchr(v.ptr, '(', v.len);
    const uint8_t *at = v.len == 0 ? NULL : memchr(v.ptr, '@', v.len);
    const uint8_t *angle = v.len == 0 ? NULL : memchr(v.ptr, '<', v.len);
    if (at == NULL)
        return v;
    if (open != NULL && open > at && v.ptr[v.len - 1] == ')')
        return view_trim(view_of(open + 1, (size_t)(v.ptr + v.len - open) - 2));
    if (angle != NULL && angle > v.ptr && angle < at)
        return view_trim(view_of(v.ptr, (size_t)(angle - v.ptr)));
    return memchr(v.ptr, ' ', v.len) == NULL ? view_of(NULL, 0) : v;
}

static void take_person(struct parse *p, enum feed_field parent, struct view text)
{
    struct view name = person(view_trim(text));
    if (name.len > 3 && begins(name, "by "))
        name = view_trim(view_of(name.ptr + 3, name.len - 3));
    if (p->in_entry)
        entry_add(p->entry.bylines, &p->entry.byline_count, entry_keep(&p->entry, name));
    else if (parent == FIELD_AUTHOR && name.len > 0 && name.len <= LIMIT_LIST_ITEM)
        entry_add(p->authors, &p->author_count, arena_string(&p->memory, name));
}

/* WordPress's export says what is a category and what a tag. */
static void take_category(struct parse *p, struct view text)
{
    struct entry *e = &p->entry;
    const char *word = view_trim(text).len > 0 ? entry_keep(e, text) : p->term;
    const char *kind = p->is_export && p->scheme != NULL ? p->scheme : "post_tag";
    if (strcmp(kind, "post_tag") == 0)
        entry_add(e->tags, &e->tag_count, word);
    else if (strcmp(kind, "category") == 0)
        entry_add(e->categories, &e->category_count, word);
    else if (strcmp(kind, "author") == 0) /* as its extensions for several authors keep them */
        entry_add(e->coauthors, &e->coauthor_count, word);
    else if (strcmp(kind, "language") == 0 && e->lang == NULL) /* and for several languages */
        e->lang = p->nicename;
}

static void take_link(struct parse *p, struct view text)
{
    const char *address = parse_address(p, text);
    if (address == NULL)
        return;
    if (!p->in_entry)
        p->link = p->link == NULL ? address : p->link;
    else if (p->entry.link == NULL || !p->entry.link_is_page)
        p->entry.link = address;
    p->entry.link_is_page = p->in_entry;
}

static void keep_first(struct entry *e, const char **to, struct view text)
{
    if (*to == NULL)
        *to = entry_keep(e, text);
}

static void take_language(struct parse *p, struct view text)
{
    struct view v = view_trim(text);
    if (p->in_entry)
        keep_first(&p->entry, &p->entry.lang, text);
    else if (p->lang == NULL && v.len > 0 && v.len <= LIMIT_LANG)
        p->lang = arena_string(&p->memory, v);
}

static void entry_field_closed(struct parse *p, enum feed_field field, enum feed_field parent, struct buf *text)
{
    struct entry *e = &p->entry;
    struct view v = buf_view(text);
    switch (field) {
    case FIELD_TITLE: keep_text(p, &e->title, text, false); break;
    case FIELD_DESCRIPTION: keep_text(p, &e->description, text, true); break;
    case FIELD_CONTENT:
    case FIELD_XHTML: keep_text(p, &e->content, text, true); break;
    case FIELD_EXCERPT: keep_text(p, &e->excerpt, text, false); break;
    case FIELD_COMMENT: keep_text(p, &e->comment, text, false); break;
    case FIELD_GUID: keep_first(e, &e->guid, v); break;
    case FIELD_ORIGINAL_LINK: e->original_link = parse_address(p, v); break;
    case FIELD_PUBLISHED: keep_first(e, &e->published, v); break;
    case FIELD_MODIFIED: keep_first(e, &e->modified, v); break;
    case FIELD_DATE: keep_first(e, &e->date, v); break;
    case FIELD_SECTION: keep_first(e, &e->section, v); break;
    case FIELD_CATEGORY: take_category(p, v); break;
    case FIELD_CREATOR: take_person(p, parent, v); break;
    case FIELD_IMAGE_URL:
    case FIELD_MEDIA_CONTENT:
    case FIELD_MEDIA_CAPTION:
    case FIELD_MEDIA_CREDIT: media_closed(p, field, v); break;
    default: wxr_closed(p, field, v); break;
    }
}

void field_closed(struct parse *p, enum feed_field field, enum feed_field parent, struct buf *text)
{
    struct view v = buf_view(text);
    if (field == FIELD_LANGUAGE)
        take_language(p, v);
    else if (field == FIELD_LINK)
        take_link(p, v);
    else if (field == FIELD_AUTHOR_NAME)
        take_person(p, parent, v);
    else if (p->in_entry)
        entry_field_closed(p, field, parent, text);
    else
        wxr_closed(p, field, v);
}
