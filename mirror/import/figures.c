/*
 * The pictures of an article: had from its source (import/pictures.h), cleaned, handed on, and
 * listed in its record in the order in which the body shows them.
 *
 * A picture that cannot be had costs a warning, never the article.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "import/draft.h"

void draft_drop_pictures(struct draft *d)
{
    for (size_t i = 0; i < d->picture_count; i++)
        free(d->pictures[i].file);
    free(d->pictures);
    free(d->media);
    d->pictures = NULL;
    d->media = NULL;
    d->picture_count = 0;
}

/* The entry for `file`, made where there is none; NULL on no memory or over the cap (told apart
 * by *full). */
static struct draft_picture *picture_entry(struct draft *d, struct view file, bool *full)
{
    *full = false;
    for (size_t i = 0; i < d->picture_count; i++) {
        if (view_equal_str(file, d->pictures[i].file))
            return &d->pictures[i];
    }
    if (d->picture_count == DRAFT_PICTURES) {
        *full = true;
        return NULL;
    }
    if (d->pictures == NULL &&
        (d->pictures = calloc(DRAFT_PICTURES, sizeof *d->pictures)) == NULL)
        return NULL;
    struct draft_picture *p = &d->pictures[d->picture_count];
    *p = (struct draft_picture){.file = strndup((const char *)file.ptr, file.len)};
    if (p->file == NULL)
        return NULL;
    d->picture_count++;
    return p;
}

/* ---- names */

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* An address, whole; false where it is not one of the web's. */
static bool address_of_src(char out[DRAFT_NAME_MAX + 1], struct view src, const char *base_url)
{
    struct buf url;
    buf_init(&url, DRAFT_NAME_MAX);
    bool good = view_starts_with(src, "cid:") /* a part of the same MHTML file */
                    ? buf_append_view(&url, src) == 0
                    : clean_url(&url, src, base_url) && view_starts_with(buf_view(&url), "http");
    if (good)
        snprintf(out, DRAFT_NAME_MAX + 1, "%s", buf_str(&url));
    buf_dispose(&url);
    return good;
}

/* What a picture is asked for by: an address where the src is one, or where the item came from one; else the name of
 * a file, percent-decoded.  False where it can be neither. */
static bool name_of_src(char out[DRAFT_NAME_MAX + 1], struct view src, const char *item_url)
{
    size_t len = 0;
    if (picture_name_is_remote(src) || item_url != NULL)
        return address_of_src(out, src, item_url == NULL ? "https://none.invalid/" : item_url);
    for (size_t i = 0; i < src.len; i++) {
        int high = -1, low = -1;
        if (src.ptr[i] == '%' && i + 2 < src.len) {
            high = hex_digit(src.ptr[i + 1]);
            low = hex_digit(src.ptr[i + 2]);
        }
        bool coded = high >= 0 && low >= 0;
        char c = coded ? (char)(high << 4 | low) : (char)src.ptr[i];
        if (c == 0 || len == DRAFT_NAME_MAX)
            return false;
        out[len++] = c;
        i += coded ? 2 : 0;
    }
    out[len] = 0;
    return len > 0;
}

/* ---- the `images` field */

static int take_words(struct draft *d, const json_t *image, const char *field, size_t max,
                      const char **out)
{
    const json_t *value = json_object_get(image, field);
    char name[32];
    snprintf(name, sizeof name, "images.%s", field);
    if (value == NULL || json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return draft_refuse(d, "field '%s' must be a string", name);
    return draft_line(d, out, name,
                      view_of(json_string_value(value), json_string_length(value)), max);
}

static int list_image(struct draft *d, const json_t *image)
{
    const json_t *file = json_is_object(image) ? json_object_get(image, "file") : image;
    if (json_is_null(image))
        return 0;
    if (!json_is_string(file))
        return draft_refuse(d, "field 'images' must be a list of file names, or of objects with 'file'");
    struct view name = view_of(json_string_value(file), json_string_length(file));
    if (name.len == 0 || name.len > DRAFT_NAME_MAX || memchr(name.ptr, 0, name.len) != NULL)
        return draft_refuse(d, "field 'images': a file name must have 1 to %d bytes",
                            DRAFT_NAME_MAX);
    bool full;
    char src[DRAFT_NAME_MAX + 1];
    bool of_page = d->item->format == INPUT_PAGE || d->item->url != NULL || picture_name_is_remote(name);
    if (of_page && name_of_src(src, name, d->item->url)) /* as it stood in an attribute; else a file's plain name */
        name = view_of_str(src);
    struct draft_picture *p = picture_entry(d, name, &full);
    if (p == NULL)
        return full ? draft_refuse(d, "field 'images' names more than %d pictures", DRAFT_PICTURES)
                    : ctx_error_nomem(d->ctx);
    p->listed = true;
    if (!json_is_object(image))
        return 0;
    int rc = take_words(d, image, "alt", LIMIT_ALT, &p->alt);
    if (rc == 0)
        rc = take_words(d, image, "caption", LIMIT_SUMMARY, &p->caption);
    if (rc == 0)
        rc = take_words(d, image, "credit", LIMIT_LIST_ITEM, &p->credit);
    return rc;
}

int draft_images(struct draft *d, const json_t *images)
{
    if (images == NULL)
        return 0;
    if (!json_is_array(images))
        return list_image(d, images);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(images); i++)
        rc = list_image(d, json_array_get(images, i));
    return rc;
}

/* ---- opening and cleaning */

/* Errors that end the import; the others cost the picture. */
static bool is_fatal(int rc) { return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED; }

static void note_what_it_was(struct draft *d, struct draft_picture *p, const struct picture_made *made)
{
    p->info = made->info;
    p->before = made->before;
    if (made->frames_lost > 0)
        draft_warn(d, "picture '%s': of the animation only the first frame is published (%u more would take too long on a "
                      "slow line)", p->file, made->frames_lost);
}

static int clean_and_hand_on(struct draft *d, struct draft_picture *p)
{
    struct buf raw = {0}, clean = {0};
    struct picture_made made;
    int rc = picture_source_get(&raw, d->ctx, d->item->pictures, p->file);
    if (rc == 0)
        rc = picture_prepare(&clean, &made, d->ctx, buf_view(&raw), &d->options->want);
    buf_dispose(&raw);
    if (rc < 0 && !is_fatal(rc)) {
        draft_warn(d, "picture '%s' left out: %s", p->file, mimeo_ctx_message(d->ctx));
        rc = 0;
    } else if (rc == 0) {
        note_what_it_was(d, p, &made);
        p->hash = hash_of(buf_view(&clean));
        p->bytes = clean.len;
        rc = d->options->picture(d->ctx, &p->hash, &p->info, buf_view(&clean),
                                 d->options->payload);
        p->usable = rc == 0;
    }
    buf_dispose(&clean);
    return rc;
}

static size_t usable_count(const struct draft *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->picture_count; i++)
        count += d->pictures[i].usable;
    return count;
}

/* Once for each name, however often it stands in the article. */
static int try_picture(struct draft *d, struct draft_picture *p)
{
    if (p->tried || d->options->picture == NULL)
        return 0;
    p->tried = true;
    if (usable_count(d) == LIMIT_ARTICLE_MEDIA) {
        draft_warn(d, "picture '%s' left out: an article has at most %d", p->file,
                   LIMIT_ARTICLE_MEDIA);
        return 0;
    }
    return clean_and_hand_on(d, p);
}

/* ---- in the body */

/* The words beside a picture, where they are not given and fit. */
static int set_words(struct draft *d, const char **out, const char *what, const char *file,
                     struct view v, size_t max)
{
    char why[80];
    struct buf line;
    if (*out != NULL || v.len == 0)
        return 0;
    buf_init(&line, v.len + 1);
    const char *fault = line_clean(&line, v, why, sizeof why);
    int rc = 0;
    if (fault != NULL || line.len > max)
        draft_warn(d, "the %s of picture '%s' stays out of the catalog: %s", what, file,
                   fault != NULL ? fault : "it is too long");
    else if (line.len > 0 &&
             (*out = record_string(&d->article->record, buf_view(&line))) == NULL)
        rc = ctx_error_nomem(d->ctx);
    buf_dispose(&line);
    return rc;
}

int draft_clean_picture(struct clean_picture *out, mimeo_ctx *ctx, struct view src,
                        struct view alt, void *payload)
{
    struct draft *d = payload;
    char file[DRAFT_NAME_MAX + 1];
    bool full;
    (void)ctx; /* the draft's own */
    if (d->options->picture == NULL)
        return 0;
    if (!name_of_src(file, src, d->item->url)) {
        draft_warn(d, "picture '%.*s' left out: that names no file, and no address on the web",
                   (int)(src.len > 100 ? 100 : src.len), (const char *)src.ptr);
        return 0;
    }
    struct draft_picture *p = picture_entry(d, view_of_str(file), &full);
    if (p == NULL && !full)
        return ctx_error_nomem(d->ctx);
    if (p == NULL) {
        draft_warn(d, "picture '%s' left out: more than %d are named", file, DRAFT_PICTURES);
        return 0;
    }
    int rc = try_picture(d, p);
    if (rc < 0 || !p->usable)
        return rc;
    p->shown = true;
    hash_format(out->hash, &p->hash);
    out->width = p->info.width;
    out->height = p->info.height;
    rc = set_words(d, &p->alt, "description", file, alt, LIMIT_ALT);
    return rc < 0 ? rc : 1;
}

/* ---- around the body */

static void write_figure(struct buf *out, const struct draft_picture *p)
{
    char hash[HASH_HEX_LEN + 1];
    hash_format(hash, &p->hash);
    buf_appendf(out, "<figure><img src=\"%s\"", hash);
    if (p->alt != NULL) {
        buf_append_str(out, " alt=\"");
        html_escape(out, view_of_str(p->alt));
        buf_append_byte(out, '"');
    }
    buf_appendf(out, " width=\"%u\" height=\"%u\">", p->info.width, p->info.height);
    if (p->caption != NULL || p->credit != NULL) {
        buf_append_str(out, "<figcaption>");
        if (p->caption != NULL)
            html_escape(out, view_of_str(p->caption));
        if (p->caption != NULL && p->credit != NULL)
            buf_append_byte(out, ' ');
        if (p->credit != NULL) {
            buf_append_str(out, "<small>");
            html_escape(out, view_of_str(p->credit));
            buf_append_str(out, "</small>");
        }
        buf_append_str(out, "</figcaption>");
    }
    buf_append_str(out, "</figure>");
}

/* Under whatever name: a page shows its lead picture under one address and announces it under another. */
static bool is_shown(const struct draft *d, const struct hash *hash)
{
    for (size_t i = 0; i < d->picture_count; i++) {
        if (d->pictures[i].shown && hash_equal(&d->pictures[i].hash, hash))
            return true;
    }
    return false;
}

/* The listed pictures that the body lacks: one before the text, the rest behind it. */
static int add_figures(struct draft *d)
{
    struct buf whole;
    bool first = true;
    buf_init(&whole, LIMIT_BODY_BLOCK);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < d->picture_count; i++) {
        struct draft_picture *p = &d->pictures[i];
        if (!p->listed || p->shown)
            continue;
        rc = try_picture(d, p);
        if (rc < 0 || !p->usable || is_shown(d, &p->hash))
            continue;
        write_figure(&whole, p);
        if (first)
            buf_append_view(&whole, buf_view(&d->article->body));
        p->shown = true;
        first = false;
    }
    if (rc == 0 && buf_status(&whole) < 0)
        rc = draft_refuse(d, "the body is larger than %zu KiB with its pictures",
                          LIMIT_BODY_BLOCK / KIB);
    if (rc < 0 || first) {
        buf_dispose(&whole);
        return rc;
    }
    buf_dispose(&d->article->body);
    d->article->body = whole;
    return 0;
}

static const struct draft_picture *picture_by_hash(const struct draft *d, const struct hash *hash)
{
    for (size_t i = 0; i < d->picture_count; i++) {
        if (d->pictures[i].usable && hash_equal(&d->pictures[i].hash, hash))
            return &d->pictures[i];
    }
    return NULL;
}

static bool is_listed(const struct record *r, const struct hash *hash)
{
    for (size_t i = 0; i < r->media_count; i++) {
        if (hash_equal(&r->media[i].hash, hash))
            return true;
    }
    return false;
}

/* Read from the canonical body itself, where ` src="` is in no text and no other
 * attribute's value since quotes are escaped there: so the record lists what is shown. */
static void list_media(struct draft *d, struct record *r)
{
    static const char mark[] = " src=\"";
    struct view left = buf_view(&d->article->body);
    for (;;) {
        const uint8_t *at = left.len == 0 ? NULL
                                          : memmem(left.ptr, left.len, mark, sizeof mark - 1);
        if (at == NULL)
            return;
        size_t past = (size_t)(at - left.ptr) + sizeof mark - 1;
        left = view_of(left.ptr + past, left.len - past);
        struct hash hash;
        if (left.len < HASH_HEX_LEN || !hash_parse(view_of(left.ptr, HASH_HEX_LEN), &hash) ||
            is_listed(r, &hash) || r->media_count == LIMIT_ARTICLE_MEDIA)
            continue;
        const struct draft_picture *p = picture_by_hash(d, &hash);
        if (p == NULL)
            continue;
        d->article->media_before[r->media_count] = p->before;
        r->media[r->media_count++] = (struct record_media){
            .hash = hash, .type = picture_media_type(p->info.type), .bytes = p->bytes,
            .width = p->info.width, .height = p->info.height,
            .alt = p->alt, .caption = p->caption, .credit = p->credit};
    }
}

int draft_place_pictures(struct draft *d)
{
    struct record *r = &d->article->record;
    int rc = d->options->picture == NULL ? 0 : add_figures(d);
    if (rc < 0 || usable_count(d) == 0)
        return rc;
    d->media = r->media = calloc(LIMIT_ARTICLE_MEDIA, sizeof *r->media);
    if (d->media == NULL)
        return ctx_error_nomem(d->ctx);
    list_media(d, r);
    return 0;
}

/* ---- captions */

int draft_caption(struct draft *d, struct view hex, struct view caption)
{
    struct hash hash;
    if (!hash_parse(hex, &hash))
        return 0;
    for (size_t i = 0; i < d->picture_count; i++) {
        struct draft_picture *p = &d->pictures[i];
        if (p->usable && hash_equal(&p->hash, &hash))
            return set_words(d, &p->caption, "caption", p->file, caption, LIMIT_SUMMARY);
    }
    return 0;
}
