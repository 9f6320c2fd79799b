/*
 * From an item to an article: see import/article.h.
 *
 * The importers fill a draft; what is common to all formats is settled here, last of all a
 * trial run of the record writer, so that what is wrong with an article is said now and with
 * its place in the newsroom's file, not when it is signed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/draft.h"
#include "import/feed_link.h"

static int import_format(struct draft *d)
{
    switch (d->item->format) {
    case INPUT_JSONL: return jsonl_import(d);
    case INPUT_MARKDOWN: return markdown_import(d);
    case INPUT_PAGE:
    case INPUT_TEXT_PAGE: return page_import(d);
    case INPUT_HTML: return html_import(d);
    case INPUT_TEXT: return text_import(d);
    case INPUT_FEED:
    case INPUT_ARCHIVE:
    case INPUT_AUTO: break;
    }
    return draft_refuse(d, "its format is not known");
}

/* No picture, and nothing but white space between tags.  In a canonical body a bracket is
 * always a tag's. */
static bool shows_nothing(struct view body)
{
    bool tag = false;
    for (size_t i = 0; i < body.len; i++) {
        uint8_t c = body.ptr[i];
        if (c == '<' || c == '>')
            tag = c == '<';
        else if (!tag && c != ' ' && c != '\n' && c != '\t')
            return false;
    }
    return body.len == 0 || memmem(body.ptr, body.len, "<img ", 5) == NULL;
}

/* Plain text and figures are written straight; should they ever not be what the cleaner
 * would write, it writes them. */
static int settle_body(struct draft *d)
{
    struct article *a = d->article;
    struct buf again;
    if (clean_is_canonical(buf_view(&a->body)))
        return 0;
    buf_init(&again, LIMIT_BODY_BLOCK);
    int rc = clean_to_html(&again, d->ctx, buf_view(&a->body), NULL);
    if (rc < 0) {
        buf_dispose(&again);
        return ctx_error_prefix(d->ctx, rc, "%s: body", d->item->where);
    }
    buf_dispose(&a->body);
    a->body = again;
    return 0;
}

static int require_title_and_body(struct draft *d)
{
    struct article *a = d->article;
    if (a->record.action == RECORD_RETRACT)
        return 0;
    bool page = d->item->format == INPUT_PAGE || d->item->format == INPUT_TEXT_PAGE;
    bool nothing = a->record.title == NULL || shows_nothing(buf_view(&a->body));
    if (page && nothing)
        return ctx_error(d->ctx, MIMEO_ENOTFOUND, "%s: no article was found in it", d->item->where);
    if (d->item->of_feed && nothing) /* a headline with a link: nobody's mistake */
        return ctx_error(d->ctx, MIMEO_ENOTFOUND, "%s: %s", d->item->where,
                         a->record.title == NULL ? "has no title" : "has a title, but nothing to read");
    if (a->record.title == NULL)
        return draft_refuse(d, "has no title: give it a 'title'");
    if (shows_nothing(buf_view(&a->body)))
        return draft_refuse(d, "has no body: give it a 'body' of HTML or a 'text'");
    return 0;
}

/* The record as large as it can become when it is numbered and placed. */
static int try_record(struct draft *d)
{
    struct buf line;
    struct record trial = d->article->record;
    trial.revision = UINT32_MAX;
    if (trial.action != RECORD_RETRACT) {
        trial.has_body = true;
        trial.body_len = (uint32_t)d->article->body.len;
        trial.body_offset = (uint32_t)(LIMIT_BODY_BLOCK - d->article->body.len);
        trial.body_block = LIMIT_BLOCKS - 1;
    }
    if (!trial.has_published) {
        trial.has_published = true;
        trial.published = 0;
    }
    buf_init(&line, LIMIT_RECORD + 1);
    int rc = record_write(&line, d->ctx, d->item->where, &trial);
    buf_dispose(&line);
    return rc;
}

/* Many pictures with long words can pass the cap of a record.  The body has the words, so
 * the record can do without. */
static int fit_record(struct draft *d)
{
    struct record *r = &d->article->record;
    int rc = try_record(d);
    if (rc != MIMEO_EMALFORMED || r->media_count == 0)
        return rc;
    for (size_t i = 0; i < r->media_count; i++)
        r->media[i].caption = r->media[i].alt = NULL;
    rc = try_record(d);
    if (rc == 0)
        draft_warn(d, "the words of its %zu pictures stay out of the catalog, which they would "
                      "overfill; the body has them", r->media_count);
    return rc;
}

static int finish(struct draft *d)
{
    int rc = draft_settle_language(d);
    if (rc == 0)
        rc = draft_id(d);
    if (d->article->record.action == RECORD_RETRACT) {
        buf_clear(&d->article->body); /* a stub shows its title and its note */
        d->article->record.words = 0;
    } else if (rc == 0) {
        rc = draft_place_pictures(d);
    }
    if (rc == 0)
        rc = settle_body(d);
    if (rc == 0)
        rc = require_title_and_body(d);
    if (rc == 0)
        rc = fit_record(d);
    return rc;
}

static void take_back_media(struct draft *d)
{
    struct record *r = &d->article->record;
    if (d->media != NULL && r->media == d->media) {
        r->media = NULL;
        r->media_count = 0;
    }
}

/* While drafted, the media are the draft's; a copy of the record owns all. */
static int settle_memory(struct draft *d)
{
    struct record *r = &d->article->record, copy = {0};
    if (d->media == NULL)
        return 0;
    int rc = record_copy(&copy, d->ctx, r);
    if (rc < 0)
        return rc;
    take_back_media(d);
    record_dispose(r);
    *r = copy;
    return 0;
}

void article_dispose(struct article *a)
{
    if (a == NULL)
        return;
    record_dispose(&a->record);
    buf_dispose(&a->body);
    buf_dispose(&a->warnings);
    buf_dispose(&a->explain);
    buf_dispose(&a->text);
    free(a->site);
    memset(a, 0, sizeof *a);
}

/* Who named a front page wants what it leads to. */
static void name_feed(struct draft *d)
{
    char said[CTX_MESSAGE_MAX], feed[URL_MAX];
    const struct input_item *item = d->item;
    if (item->format != INPUT_PAGE || !item->named || !feed_link_find(feed, buf_view(&item->bytes), item->url))
        return;
    snprintf(said, sizeof said, "%s", mimeo_ctx_message(d->ctx));
    ctx_error(d->ctx, MIMEO_ENOTFOUND, "%s; its feed is %s: publish that", said, feed);
}

int article_import(struct article *out, mimeo_ctx *ctx, const struct input_item *item,
                   const struct article_options *options)
{
    static const struct article_options defaults;
    struct article article = {.record.action = RECORD_PUBLISH};
    struct draft d = {.ctx = ctx, .item = item, .article = &article,
                      .options = options == NULL ? &defaults : options};
    buf_init(&article.body, LIMIT_BODY_BLOCK);
    buf_init(&article.warnings, DRAFT_WARNINGS_MAX);
    buf_init(&article.explain, DRAFT_EXPLAIN_MAX);
    buf_init(&article.text, 2 * LIMIT_BODY_BLOCK);
    if (item->note != NULL)
        draft_warn(&d, "%s", item->note);
    int rc = import_format(&d);
    if (rc == 0)
        rc = finish(&d);
    if (rc == MIMEO_ENOTFOUND)
        name_feed(&d);
    if (rc == 0)
        rc = settle_memory(&d);
    if (rc == 0 && d.options->trial)
        rc = article_text(&article.text, ctx, &article);
    take_back_media(&d);
    draft_drop_pictures(&d);
    if (rc < 0) {
        article_dispose(&article);
        return rc;
    }
    *out = article;
    return 0;
}
