/*
 * The metadata of a page (meta.h): gathers what <meta> and JSON-LD say, then asks for each field in turn.
 *
 * The order of the fields matters: the language decides what 3/4/2024 is, the title tells the site's name from it,
 * a byline is known by what it is not (title, site).
 */
#include "extract/meta.h"

#include <stdlib.h>
#include <string.h>

#include "article/clean.h"
#include "base/limits.h"
#include "extract/field.h"

static void take_meta(struct meta_page *m, const struct dom_node *n)
{
    static const char *const keys[] = {"property", "name", "itemprop", "http-equiv"};
    struct view value = line_trim(dom_attribute(n, "content"));
    for (size_t i = 0; value.len > 0 && i < sizeof keys / sizeof keys[0]; i++) {
        /* "og:title dc:title": several at once. */
        struct view names = line_trim(dom_attribute(n, keys[i]));
        while (names.len > 0) {
            size_t len = 0;
            while (len < names.len && names.ptr[len] > ' ')
                len++;
            if (len > 0 && m->entry_count < META_ENTRIES)
                m->entries[m->entry_count++] = (struct meta_entry){view_of(names.ptr, len), value};
            names = line_trim(view_of(names.ptr + len, names.len - len));
        }
    }
}

static void gather(struct meta_page *m)
{
    const struct dom_node *root = dom_root(m->dom);
    for (const struct dom_node *n = root; n != NULL; n = dom_next(n, root))
        if (n->tag == DOM_META)
            take_meta(m, n);
}

/* ---- addresses */

bool meta_resolve(struct buf *out, const struct meta_page *m, struct view address)
{
    buf_init(out, LIMIT_ARTICLE_URL);
    bool good = address.len > 0 && clean_url(out, address, m->url) &&
                (view_starts_with(buf_view(out), "http://") || view_starts_with(buf_view(out), "https://"));
    if (!good)
        buf_dispose(out);
    return good;
}

static struct view host_of(struct view url)
{
    const uint8_t *at = url.len == 0 ? NULL : memmem(url.ptr, url.len, "://", 3);
    if (at == NULL)
        return view_of(url.ptr, 0);
    at += 3;
    size_t len = 0, left = url.len - (size_t)(at - url.ptr);
    while (len < left && strchr("/?#", at[len]) == NULL)
        len++;
    return view_of(at, len);
}

/* A canonical address without a path is the site's front page: a template's mistake, where the page has another. */
static bool is_front_page(struct view url)
{
    struct view host = host_of(url);
    size_t after = (size_t)(host.ptr - url.ptr) + host.len;
    return host.len == 0 || after >= url.len || (after + 1 == url.len && url.ptr[after] == '/');
}

static bool is_private(struct view url)
{
    struct view host = host_of(url);
    return line_has(host, "localhost") || view_starts_with(host, "127.") || view_starts_with(host, "10.") ||
           view_starts_with(host, "192.168.") || line_has(host, ".local") || line_has(host, ".internal") ||
           host.len == 0 || memchr(host.ptr, '.', host.len) == NULL;
}

static bool put_url(struct meta_page *m, struct view address)
{
    struct buf url;
    if (!meta_resolve(&url, m, line_trim(address)))
        return false;
    bool own = m->url != NULL && view_equal_str(buf_view(&url), m->url);
    bool good = own || (!is_front_page(buf_view(&url)) && !is_private(buf_view(&url)));
    if (good)
        record_put(m, "url", buf_view(&url), LIMIT_ARTICLE_URL, false);
    buf_dispose(&url);
    return good;
}

void meta_address(struct meta_page *m)
{
    const struct dom_node *root = dom_root(m->dom);
    for (const struct dom_node *n = root; n != NULL; n = dom_next(n, root))
        if (n->tag == DOM_LINK && dom_has_word(n, "rel", "canonical") && put_url(m, dom_attribute(n, "href")))
            return;
    if (put_url(m, meta_get(m, "og:url")) || (m->url != NULL && put_url(m, view_of_str(m->url))))
        return;
    if (!put_url(m, json_ld_text(&m->ld, m->ld.article, "mainEntityOfPage")) &&
        !put_url(m, json_ld_text(&m->ld, m->ld.article, "url")))
        put_url(m, meta_get(m, "twitter:url parsely-link sailthru.url"));
}

int page_meta(json_t *object, mimeo_ctx *ctx, const struct dom *page, const struct page_source *source,
              struct page_taken *taken)
{
    static void (*const fields[])(struct meta_page *) = {meta_address, meta_language, meta_title, meta_dates, meta_bylines,
                                                         meta_topics, meta_picture};
    struct meta_page *m = calloc(1, sizeof *m);
    if (m == NULL)
        return ctx_error_nomem(ctx);
    m->ctx = ctx;
    m->dom = page;
    m->url = source->url;
    m->record = object;
    m->taken = taken;
    *taken = (struct page_taken){.title = NULL};
    buf_init(&m->title, LIMIT_TITLE + 8);
    buf_init(&m->site, LIMIT_LIST_ITEM + 8);
    gather(m);
    int rc = says_gather(&m->says, page) < 0 ? ctx_error_nomem(ctx) : json_ld_gather(&m->ld, ctx, page, source->url);
    for (size_t i = 0; rc == 0 && i < sizeof fields / sizeof fields[0]; i++)
        fields[i](m);
    if (rc == 0 && m->no_memory)
        rc = ctx_error_nomem(ctx);
    json_ld_dispose(&m->ld);
    says_dispose(&m->says);
    buf_dispose(&m->title);
    buf_dispose(&m->site);
    free(m);
    return rc;
}
