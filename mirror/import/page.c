/*
 * Whole pages: what extract/page.h finds in one is a record as a line of JSON is, and goes the same way.
 *
 * Nothing in a page was written for us, so what is wrong with one of its fields costs that field alone.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "extract/json_text.h"
#include "extract/page.h"
#include "extract/text_page.h"
#include "import/draft.h"
#include "net/address.h"

#define BEGINNING 80 /* bytes of a title made of the text */

static const char made_up[] = "https://archive.invalid/";

static int extract(struct buf *out, struct draft *d)
{
    const struct input_item *item = d->item;
    struct page_source source = {.bytes = buf_view(&item->bytes),
                                 .where = item->where,
                                 .content_type = item->content_type,
                                 .url = item->url};
    struct page_options options = {.rules = d->options->rules,
                                   .learned = d->options->learned,
                                   .lang = d->options->lang,
                                   .explain = d->options->explain};
    return item->format == INPUT_PAGE ? page_extract(out, d->ctx, &source, &options)
                                      : text_page_extract(out, d->ctx, &source, &options);
}

/* Without what a site puts in front of its name for telephones and the like. */
static const char *site_name(const char *host)
{
    static const char *const fronts[] = {"www.", "m.", "mobile.", "amp."};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        if (strncasecmp(host, fronts[i], strlen(fronts[i])) == 0)
            return host + strlen(fronts[i]);
    }
    return host;
}

/* May the page, which was found at `found` (NULL: not known), be called by the address `said`?  A page says what it
 * likes: another site's address would make it a revision of that site's article, and its own front page would make all
 * articles one. */
static bool may_be_called(struct draft *d, const char *said, const char *found)
{
    struct address a = {0}, b = {0};
    bool good = address_parse(&a, d->ctx, said) == 0 && (a.kind == ADDRESS_HTTP || a.kind == ADDRESS_HTTPS) &&
                strcmp(a.path, "") != 0 && strcmp(a.path, "/") != 0;
    if (good && found != NULL)
        good = address_parse(&b, d->ctx, found) == 0 && strcasecmp(site_name(a.host), site_name(b.host)) == 0;
    address_dispose(&a);
    address_dispose(&b);
    return good;
}

/* The address that the page gives itself, where that may be; else the one that it was had from; none that an archive
 * made up. */
static int settle_address(struct draft *d, json_t *object)
{
    const char *found = d->item->url_made ? NULL : d->item->url;
    const char *said = json_string_value(json_object_get(object, "url"));
    if (said != NULL && (strncmp(said, made_up, sizeof made_up - 1) == 0 || !may_be_called(d, said, found))) {
        json_object_del(object, "url");
        said = NULL;
    }
    if (said != NULL || found == NULL)
        return 0;
    return json_object_set_new(object, "url", json_string(found)) < 0 ? ctx_error_nomem(d->ctx) : 0;
}

/* `explain` may be a text, or a list of lines. */
static int keep_explanation(struct draft *d, const json_t *explain)
{
    struct buf *out = &d->article->explain;
    if (json_is_string(explain))
        buf_append(out, json_string_value(explain), json_string_length(explain));
    for (size_t i = 0; i < json_array_size(explain); i++) {
        const json_t *line = json_array_get(explain, i);
        if (json_is_string(line)) {
            buf_append(out, json_string_value(line), json_string_length(line));
            buf_append_byte(out, '\n');
        }
    }
    return buf_status(out) == MIMEO_ENOMEM ? ctx_error_nomem(d->ctx) : 0;
}

static int keep_site(struct draft *d, const json_t *site)
{
    if (!json_is_string(site) || json_string_length(site) == 0)
        return 0;
    d->article->site = strdup(json_string_value(site));
    return d->article->site == NULL ? ctx_error_nomem(d->ctx) : 0;
}

/* An article whose page names it nowhere is called by how it begins. */
static int title_of_beginning(struct draft *d)
{
    struct buf line;
    buf_init(&line, LIMIT_BODY_BLOCK);
    int rc = html_to_line(&line, d->ctx, buf_view(&d->article->body));
    size_t len = line.len;
    if (rc == 0 && len > BEGINNING) {
        len = BEGINNING;
        while (len > 0 && line.ptr[len] != ' ')
            len--;
        for (len = len == 0 ? BEGINNING : len; len > 0 && (line.ptr[len] & 0xC0) == 0x80; len--)
            ; /* a script without spaces: not within a character */
        line.len = len;
        buf_append_str(&line, "…");
    }
    if (rc == 0 && len > 0) {
        draft_warn(d, "the page gives no title: the article is called by its first words");
        rc = draft_title(d, buf_view(&line));
    }
    buf_dispose(&line);
    return rc;
}

int page_import(struct draft *d)
{
    struct buf text = {0};
    json_t *object = NULL;
    int rc = extract(&text, d);
    if (rc == 0)
        rc = json_text_parse(&object, d->ctx, d->item->where, buf_view(&text));
    buf_dispose(&text);
    if (rc == 0 && !json_is_object(object))
        rc = draft_refuse(d, "could not be read");
    d->lenient = true;
    if (rc == 0)
        rc = settle_address(d, object);
    if (rc == 0)
        rc = keep_explanation(d, json_object_get(object, "explain"));
    if (rc == 0)
        rc = keep_site(d, json_object_get(object, "site"));
    if (rc == 0)
        rc = object_import(d, object);
    if (rc == 0 && d->article->record.title == NULL)
        rc = title_of_beginning(d);
    json_decref(object);
    return rc;
}
