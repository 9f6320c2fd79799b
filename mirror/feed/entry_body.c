/* The text of an entry: see feed/entry_body.h. */
#include "feed/entry_body.h"

#include <stdio.h>
#include <string.h>

#include "extract/language.h"
#include "feed/entry_json.h"
#include "feed/flatten.h"
#include "feed/tidy.h"

#define SUMMARY_MAX 1000
#define SHORT_BODY 1000 /* bytes: what is shorter and not even divided into paragraphs is a teaser */
#define SHORT_CUT 2500  /* and this, where it breaks off */
#define LANGUAGE_SAMPLE 2000 /* bytes of text that tell its language */
#define HTML_MAX (2 * FEED_TEXT_MAX)

/* ---- which text */

static int tidy(struct entry_body *b, mimeo_ctx *ctx, const struct parse *p, struct view html)
{
    const struct entry *e = &p->entry;
    const char *base = e->base != NULL ? e->base : e->link != NULL ? e->link : p->link != NULL ? p->link : p->url;
    return tidy_html(&b->html, &b->cut, ctx, html, base);
}

/* Lines without a block's tag: paragraphs first. */
static int divide(struct entry_body *b, mimeo_ctx *ctx, const struct parse *p, struct view html)
{
    struct buf divided;
    buf_init(&divided, HTML_MAX);
    int rc = paragraphs(&divided, html, TEXT_HTML);
    if (rc == 0)
        rc = tidy(b, ctx, p, buf_view(&divided));
    buf_dispose(&divided);
    return rc;
}

/* The content, unless that is but a picture or a link beside a text that was put where descriptions go. */
static const struct feed_text *fullest(const struct entry *e)
{
    bool poor = e->content.present && e->description.present && e->content.bytes.len * 2 < e->description.bytes.len;
    return e->content.present && !poor ? &e->content : &e->description;
}

static int make_html(struct entry_body *b, mimeo_ctx *ctx, const struct parse *p)
{
    const struct entry *e = &p->entry;
    const struct feed_text *t = fullest(e);
    struct view v = buf_view(&t->bytes);
    b->is_content = e->content.present;
    if (!t->present)
        return 0;
    if (t->kind == TEXT_PLAIN && !html_has_blocks(v))
        return paragraphs(&b->html, v, TEXT_PLAIN);
    if (!html_has_tags(v))
        return paragraphs(&b->html, v, TEXT_HTML);
    return html_has_blocks(v) ? tidy(b, ctx, p, v) : divide(b, ctx, p, v);
}

int entry_body_make(struct entry_body *out, mimeo_ctx *ctx, const struct parse *p)
{
    *out = (struct entry_body){0};
    buf_init(&out->html, HTML_MAX);
    buf_init(&out->text, HTML_MAX);
    int rc = make_html(out, ctx, p);
    if (rc == 0)
        rc = flatten(&out->text, buf_view(&out->html), TEXT_HTML, out->html.len + 16);
    return rc;
}

void entry_body_dispose(struct entry_body *b)
{
    buf_dispose(&b->html);
    buf_dispose(&b->text);
}

/* ---- how much of an article */

static bool ends_with(struct view v, const char *end)
{
    size_t len = strlen(end);
    return v.len >= len && memcmp(v.ptr + v.len - len, end, len) == 0;
}

/* "… ", "[...]", "(…)": somebody cut it here. */
static bool breaks_off(struct view text)
{
    while (text.len > 0 && strchr(" ])", text.ptr[text.len - 1]) != NULL)
        text.len--;
    return ends_with(text, "\xE2\x80\xA6") || ends_with(text, "...");
}

static size_t count_of(struct view v, const char *literal)
{
    size_t count = 0;
    while (v.len > 0) {
        const uint8_t *found = memmem(v.ptr, v.len, literal, strlen(literal));
        if (found == NULL)
            return count;
        size_t done = (size_t)(found - v.ptr) + strlen(literal);
        v = view_of(v.ptr + done, v.len - done);
        count++;
    }
    return count;
}

bool entry_body_is_summary(const struct entry_body *b, const struct entry *e)
{
    struct view text = buf_view(&b->text);
    if ((b->cut || breaks_off(text)) && text.len < SHORT_CUT)
        return true;
    return !b->is_content &&
           (e->content_elsewhere || (text.len < SHORT_BODY && count_of(buf_view(&b->html), "</p>") < 2));
}

static bool is_beginning(struct view summary, struct view text)
{
    if (!breaks_off(summary))
        return false;
    while (summary.len > 0 && strchr(" .\xE2\x80\xA6[]()", summary.ptr[summary.len - 1]) != NULL)
        summary.len--;
    return summary.len == 0 || (summary.len <= text.len && memcmp(summary.ptr, text.ptr, summary.len) == 0);
}

int entry_body_put_summary(struct buf *out, const struct entry_body *b, const struct entry *e)
{
    const struct feed_text *t = e->excerpt.present ? &e->excerpt : &e->description;
    struct buf summary;
    if (!t->present || !b->is_content || t == fullest(e))
        return 0;
    buf_init(&summary, 4 * SUMMARY_MAX);
    int rc = flatten(&summary, buf_view(&t->bytes), t->kind, SUMMARY_MAX);
    if (rc == 0 && !is_beginning(buf_view(&summary), buf_view(&b->text)))
        member_line(out, "summary", buf_view(&summary));
    buf_dispose(&summary);
    return rc;
}

/* ---- language */

/* No more than `max` bytes of it, and whole characters. */
static struct view beginning(struct view v, size_t max)
{
    if (v.len <= max)
        return v;
    while (max > 0 && (v.ptr[max] & 0xC0) == 0x80)
        max--;
    return view_of(v.ptr, max);
}

bool entry_body_language(char out[36], const struct entry_body *b, const struct parse *p)
{
    const char *said[] = {p->entry.lang, parse_lang(p), p->lang};
    struct view text = beginning(buf_view(&b->text), LANGUAGE_SAMPLE);
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        if (said[i] != NULL && language_tag(out, view_of_str(said[i])) && language_fits(text, out))
            return true;
    const char *found = language_of_text(text);
    if (found == NULL)
        return false;
    snprintf(out, 36, "%s", found);
    return true;
}
