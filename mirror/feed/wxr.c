/* Posts of an export: see feed/wxr.h. */
#include "feed/wxr.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed/flatten.h"
#include "feed/reader.h"
#include "feed/spool.h"

#define WXR_FILES 1000000
#define WXR_PERSONS 20000
#define WXR_BYTES (64 * MIB) /* of their addresses and words; what is beyond is not found */

/* ---- what the elements say */

static uint64_t number_of(struct view text)
{
    uint64_t out = 0;
    return parse_decimal(view_trim(text), UINT64_MAX / 2, &out) ? out : 0;
}

static void take_meta(struct entry *e, struct view value)
{
    struct wp_post *wp = &e->wp;
    if (wp->meta_key == NULL)
        return;
    if (strcmp(wp->meta_key, "_thumbnail_id") == 0)
        wp->thumbnail = number_of(value);
    else if (strcmp(wp->meta_key, "_yoast_wpseo_primary_category") == 0 || strcmp(wp->meta_key, "rank_math_primary_category") == 0)
        wp->section = number_of(value);
    else if (strcmp(wp->meta_key, "_wp_attachment_image_alt") == 0)
        wp->alt = entry_keep(e, value);
    wp->meta_key = NULL;
}

/* "0000-00-00 00:00:00" is how WordPress says that there is none. */
static const char *time_of(struct entry *e, struct view text)
{
    return view_starts_with(view_trim(text), "0000") ? NULL : entry_keep(e, text);
}

static void post_closed(struct parse *p, enum feed_field field, struct view text)
{
    struct entry *e = &p->entry;
    struct wp_post *wp = &e->wp;
    switch (field) {
    case FIELD_WP_STATUS: wp->status = entry_keep(e, text); break;
    case FIELD_WP_TYPE: wp->type = entry_keep(e, text); break;
    case FIELD_WP_PASSWORD: wp->password = entry_keep(e, text); break;
    case FIELD_WP_ID: wp->id = number_of(text); break;
    case FIELD_WP_DATE: wp->date = time_of(e, text); break;
    case FIELD_WP_MODIFIED: wp->modified = time_of(e, text); break;
    case FIELD_WP_FILE: wp->file = parse_address(p, text); break;
    case FIELD_WP_META_KEY: wp->meta_key = entry_keep(e, text); break;
    case FIELD_WP_META_VALUE: take_meta(e, text); break;
    default: break;
    }
}

static const char *keep(struct wxr *w, struct view v)
{
    v = view_trim(v);
    if (v.len == 0 || v.len > LIMIT_ARTICLE_URL || w->bytes + v.len > WXR_BYTES)
        return NULL;
    w->bytes += v.len + 1;
    return arena_string(&w->memory, v);
}

/* Room for one more of `size` bytes. */
static bool grow(void **list, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room == 0 ? 64 : 2 * *room;
    void *larger = reallocarray(*list, more, size);
    if (larger == NULL)
        return false;
    *list = larger;
    *room = more;
    return true;
}

static void add_person(struct wxr *w)
{
    void *list = w->persons;
    bool fits = w->login != NULL && w->name != NULL && w->person_count < WXR_PERSONS &&
                grow(&list, &w->person_room, w->person_count, sizeof(*w->persons));
    w->persons = list;
    if (fits)
        w->persons[w->person_count++] = (struct wxr_person){w->login, w->name};
    w->login = w->name = NULL;
}

static void add_term(struct wxr *w)
{
    void *list = w->terms;
    bool fits = w->term.id > 0 && w->term.name != NULL && w->term_count < WXR_PERSONS &&
                grow(&list, &w->term_room, w->term_count, sizeof(*w->terms));
    w->terms = list;
    if (fits)
        w->terms[w->term_count++] = w->term;
    w->term = (struct wxr_term){0};
}

void wxr_closed(struct parse *p, enum feed_field field, struct view text)
{
    struct wxr *w = p->wxr;
    if (w == NULL)
        return;
    if (p->in_entry)
        post_closed(p, field, text);
    else if (w->settled)
        return;
    else if (field == FIELD_WP_LOGIN)
        w->login = keep(w, text);
    else if (field == FIELD_WP_NAME)
        w->name = keep(w, text);
    else if (field == FIELD_WP_AUTHOR)
        add_person(w);
    else if (field == FIELD_WP_TERM_ID)
        w->term.id = number_of(text);
    else if (field == FIELD_WP_TERM_NAME)
        w->term.name = keep(w, text);
    else if (field == FIELD_WP_TERM)
        add_term(w);
}

/* ---- the first reading: pictures */

static int first_done(struct parse *p, mimeo_ctx *ctx)
{
    struct wxr *w = p->wxr;
    struct entry *e = &p->entry;
    if (e->wp.type == NULL || strcmp(e->wp.type, "attachment") != 0 || e->wp.file == NULL ||
        w->file_count == WXR_FILES)
        return 0;
    void *list = w->files;
    bool fits = grow(&list, &w->file_room, w->file_count, sizeof(*w->files));
    w->files = list;
    if (!fits)
        return ctx_error_nomem(ctx);
    struct wxr_file file = {.id = e->wp.id, .file = keep(w, view_of_str(e->wp.file))};
    if (file.file == NULL)
        return 0;
    file.alt = e->wp.alt == NULL ? NULL : keep(w, view_of_str(e->wp.alt));
    file.caption = e->excerpt.present ? keep(w, buf_view(&e->excerpt.bytes)) : NULL;
    w->files[w->file_count++] = file;
    return 0;
}

static int by_id(const void *a, const void *b)
{
    uint64_t left = ((const struct wxr_file *)a)->id, right = ((const struct wxr_file *)b)->id;
    return left < right ? -1 : left > right;
}

const struct wxr_file *wxr_find(const struct wxr *w, uint64_t id)
{
    struct wxr_file key = {.id = id};
    if (id == 0 || w->file_count == 0)
        return NULL;
    return bsearch(&key, w->files, w->file_count, sizeof(*w->files), by_id);
}

/* ---- the second: posts */

/* Kinds that WordPress and its extensions keep as posts and nobody reads as such.  What is not known is a newsroom's own kind
 * of article. */
static bool is_no_article(const char *type)
{
    static const char *const kinds[] = {
        "attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache", "user_request",
        "wp_block", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation", "wp_font_family", "wp_font_face",
        "acf-field", "acf-field-group", "elementor_library", "elementor_font", "feedback", "wpcf7_contact_form", "mc4wp-form",
        "popup", "product", "product_variation", "shop_order", "shop_coupon", "scheduled-action", "guest-author", "sidebar",
        "jp_pay_order", "ml-slider", "ml-slide", "wpforms", "frm_form_actions", "amp_validated_url", "custom-css-js"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(type, kinds[i]) == 0)
            return true;
    return false;
}

static const char *why_not(const struct wp_post *wp)
{
    static const struct {
        const char *status, *words;
    } statuses[] = {{"draft", "a draft"},        {"auto-draft", "a draft"}, {"pending", "not yet reviewed"},
                    {"private", "private"},      {"future", "to be published later"},
                    {"trash", "in the trash"},   {"inherit", "a part of another post"}};
    if (wp->password != NULL)
        return "protected by a password";
    if (wp->type != NULL && strcmp(wp->type, "page") == 0)
        return "a page of the site, not a post";
    if (wp->status == NULL || strcmp(wp->status, "publish") == 0)
        return NULL;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (strcmp(wp->status, statuses[i].status) == 0)
            return statuses[i].words;
    return "not published";
}

static const char *name_of(const struct wxr *w, const char *login)
{
    for (size_t i = 0; i < w->person_count; i++)
        if (strcmp(w->persons[i].login, login) == 0)
            return w->persons[i].name;
    return login;
}

/* Those of several authors are all; who entered the post need not be one of them. */
static void settle_authors(struct entry *e, const struct wxr *w)
{
    if (e->coauthor_count > 0)
        memcpy(e->bylines, e->coauthors, sizeof(e->bylines));
    e->byline_count = e->coauthor_count > 0 ? e->coauthor_count : e->byline_count;
    for (size_t i = 0; i < e->byline_count; i++)
        e->bylines[i] = name_of(w, e->bylines[i]);
}

/* One category is the section, or that which was made the first of several; else none says more than the others. */
static void settle_categories(struct entry *e, const struct wxr *w)
{
    size_t count = 0;
    for (size_t i = 0; e->wp.section > 0 && i < w->term_count; i++)
        if (w->terms[i].id == e->wp.section)
            e->section = w->terms[i].name;
    for (size_t i = 0; i < e->category_count; i++)
        if (strcasecmp(e->categories[i], "uncategorized") != 0)
            e->categories[count++] = e->categories[i];
    if (count == 1)
        e->section = e->categories[0];
    for (size_t i = 0; i < count; i++)
        if (e->section == NULL || strcmp(e->section, e->categories[i]) != 0)
            entry_add(e->tags, &e->tag_count, e->categories[i]);
}

static void settle_picture(struct entry *e, const struct wxr *w)
{
    const struct wxr_file *file = wxr_find(w, e->wp.thumbnail);
    if (file != NULL && e->picture_count == 0)
        e->pictures[e->picture_count++] =
            (struct feed_picture){.file = file->file, .alt = file->alt, .caption = file->caption};
}

static int settle_content(struct entry *e, mimeo_ctx *ctx, const struct wxr *w)
{
    struct buf html;
    if (!e->content.present)
        return 0;
    buf_init(&html, 2 * FEED_TEXT_MAX);
    int rc = wp_content(&html, w, buf_view(&e->content.bytes));
    if (rc < 0) {
        buf_dispose(&html);
        return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx) : 0; /* too much of it: as it is */
    }
    buf_dispose(&e->content.bytes);
    e->content.bytes = html;
    return 0;
}

static int second_done(struct parse *p, mimeo_ctx *ctx)
{
    struct wxr *w = p->wxr;
    struct entry *e = &p->entry;
    int rc = 0;
    p->payload = w->payload;
    if (e->wp.type != NULL && is_no_article(e->wp.type))
        return 0;
    e->skip = why_not(&e->wp);
    if (e->skip == NULL) {
        settle_authors(e, w);
        settle_categories(e, w);
        settle_picture(e, w);
        rc = settle_content(e, ctx, w);
    }
    return rc < 0 ? rc : w->post_done(p, ctx);
}

static int read_once(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source, struct wxr *w, parse_entry_fn done)
{
    void *payload = p->payload;
    parse_dispose(p);
    parse_init(p, source, done, payload);
    p->kind = FEED_WXR;
    p->is_export = true;
    p->wxr = w;
    return read_xml_feed(p, ctx, source);
}

int read_wxr(struct parse *p, mimeo_ctx *ctx, const struct feed_source *source)
{
    struct wxr w = {.post_done = p->entry_done, .payload = p->payload};
    struct spool spool;
    int rc = spool_init(&spool, ctx, source);
    if (rc == 0)
        rc = read_once(p, ctx, &spool.source, &w, first_done);
    if (rc == 0 && w.file_count > 0)
        qsort(w.files, w.file_count, sizeof(*w.files), by_id);
    if (rc == 0)
        rc = spool_again(&spool, ctx);
    w.settled = true;
    if (rc == 0)
        rc = read_once(p, ctx, &spool.source, &w, second_done);
    spool_dispose(&spool);
    free(w.files);
    free(w.persons);
    free(w.terms);
    arena_dispose(&w.memory);
    return rc;
}
