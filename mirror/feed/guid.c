/* Names of entries: see feed/guid.h. */
#include "feed/guid.h"

#include <string.h>
#include <strings.h>

#include "article/id.h"
#include "base/json.h"
#include "bundle/record.h"

static bool tracks(struct view parameter)
{
    static const char *const names[] = {"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id",
                                        "utm_cid", "utm_name", "utm_reader", "utm_referrer", "utm_social", "at_medium", "at_campaign", "at_link", "at_custom", "at_format", "at_ptr",
                                        "fbclid", "gclid", "mc_cid", "mc_eid", "xtor", "ns_mchannel", "ns_source",
                                        "ns_campaign", "ns_linkname", "ns_fee", "wt_mc", "wt_zmc", "traffic_source"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (parameter.len >= strlen(names[i]) && strncasecmp((const char *)parameter.ptr, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

void address_without_tracking(struct buf *out, struct view address)
{
    const char *text = (const char *)address.ptr;
    size_t path = 0, end = 0;
    while (path < address.len && text[path] != '?' && text[path] != '#')
        path++;
    for (end = path; end < address.len && text[end] != '#';)
        end++;
    buf_append(out, text, path);
    char mark = '?';
    for (size_t at = path + 1; at < end;) {
        const char *stop = memchr(text + at, '&', end - at);
        size_t len = stop == NULL ? end - at : (size_t)(stop - text) - at;
        if (len > 0 && !tracks(view_of(text + at, len))) {
            buf_append_byte(out, (uint8_t)mark);
            buf_append(out, text + at, len);
            mark = '&';
        }
        at += len + 1;
    }
    /* A fragment that is a page's own address stays ("#!story"); others are a place in it, or tell where from. */
    if (end + 1 < address.len && (text[end + 1] == '!' || text[end + 1] == '/'))
        buf_append(out, text + end, address.len - end);
}

static bool is_address(const char *s)
{
    return s != NULL && (strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0);
}

/* "https://example.org/?p=123". */
static bool names_a_number(const char *address)
{
    const char *query = strchr(address, '?');
    static const char *const names[] = {"p=", "page_id=", "post_type=", "attachment_id="};
    for (size_t i = 0; query != NULL && i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(query + 1, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* "https://example.org/": the site, which is how some programs name every entry. */
static bool names_a_site(const char *address)
{
    const char *host = strstr(address, "://");
    size_t path = host == NULL ? 0 : (size_t)(host - address) + 3 + strcspn(host + 3, "/?#");
    return host != NULL && (address[path] == 0 || strcmp(address + path, "/") == 0);
}

static void clean_address(struct buf *out, const char *raw)
{
    struct buf url;
    buf_init(&url, LIMIT_ARTICLE_URL);
    if (raw != NULL && clean_url(&url, view_of_str(raw), NULL))
        address_without_tracking(out, buf_view(&url));
    buf_dispose(&url);
}

static void put(struct buf *out, const char *name, struct view v)
{
    if (v.len == 0)
        return;
    buf_append_str(out, out->ptr[out->len - 1] == '{' ? "\"" : ",\"");
    buf_append_str(out, name);
    buf_append_str(out, "\":");
    json_append_string(out, v);
}

void entry_put_names(struct buf *out, const struct entry *e)
{
    struct buf id, link, guid;
    buf_init(&id, LIMIT_ARTICLE_ID);
    buf_init(&link, LIMIT_ARTICLE_URL);
    buf_init(&guid, LIMIT_ARTICLE_URL);
    clean_address(&link, e->original_link != NULL ? e->original_link : e->link);
    bool address = is_address(e->guid);
    if (address)
        clean_address(&guid, e->guid);
    bool by_link = link.len > 0 && (e->guid == NULL || (address && (guid.len == 0 || e->guid_is_no_link ||
                                                                    names_a_number(e->guid) || names_a_site(e->guid))));
    if (link.len == 0 && guid.len > 0 && !e->guid_is_no_link && !e->deleted)
        buf_append_view(&link, buf_view(&guid));
    if (by_link)
        article_id_of_url(&id, buf_view(&link));
    else if (guid.len > 0)
        article_id_of_url(&id, buf_view(&guid));
    else if (e->guid != NULL && article_id_valid(view_of_str(e->guid)))
        buf_append_str(&id, e->guid);
    else if (e->guid != NULL)
        article_id_of_guid(&id, view_of_str(e->guid));
    put(out, "id", buf_view(&id));
    put(out, "url", buf_view(&link));
    buf_dispose(&id);
    buf_dispose(&link);
    buf_dispose(&guid);
}
