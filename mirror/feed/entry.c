/*
 * Entries: filling one, and writing it as the JSON object that import/article.h describes.
 *
 * What a reader would get wrong: caps are kept here (tags, lines, lengths), since a field that passes one would refuse the
 * whole article, and a feed's tags are nobody's fault; what is not text at all still is refused there.
 */
#include "feed/entry.h"

#include <string.h>

#include "feed/entry_body.h"
#include "feed/entry_json.h"
#include "feed/flatten.h"
#include "feed/guid.h"

#define TITLE_MAX 500 /* of LIMIT_TITLE bytes: a longer one is a text in the wrong place */
#define BEGINNING_MAX 100
#define NOTE_MAX 1000

/* ---- filling */

struct view view_trim(struct view v)
{
    while (v.len > 0 && (v.ptr[0] == ' ' || v.ptr[0] == '\t' || v.ptr[0] == '\n')) {
        v.ptr++;
        v.len--;
    }
    while (v.len > 0 && (v.ptr[v.len - 1] == ' ' || v.ptr[v.len - 1] == '\t' || v.ptr[v.len - 1] == '\n'))
        v.len--;
    return v;
}

const char *entry_keep(struct entry *e, struct view v)
{
    v = view_trim(v);
    return v.len == 0 || v.len > FEED_WORDS_MAX ? NULL : arena_string(&e->memory, v);
}

void entry_add(const char *list[LIMIT_LIST], size_t *count, const char *value)
{
    if (value == NULL || *count == LIMIT_LIST)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i], value) == 0)
            return;
    list[(*count)++] = value;
}

static void clear_text(struct feed_text *t)
{
    struct buf kept = t->bytes;
    if (kept.cap > MIB)
        buf_dispose(&kept);
    if (kept.max == 0)
        buf_init(&kept, FEED_TEXT_MAX);
    buf_clear(&kept);
    *t = (struct feed_text){.bytes = kept};
}

void entry_clear(struct entry *e)
{
    struct feed_text title = e->title, description = e->description, content = e->content, excerpt = e->excerpt,
                     comment = e->comment;
    clear_text(&title);
    clear_text(&description);
    clear_text(&content);
    clear_text(&excerpt);
    clear_text(&comment);
    arena_dispose(&e->memory);
    *e = (struct entry){.title = title, .description = description, .content = content, .excerpt = excerpt, .comment = comment};
}

void entry_dispose(struct entry *e)
{
    buf_dispose(&e->title.bytes);
    buf_dispose(&e->description.bytes);
    buf_dispose(&e->content.bytes);
    buf_dispose(&e->excerpt.bytes);
    buf_dispose(&e->comment.bytes);
    arena_dispose(&e->memory);
}

/* ---- writing */

static int put_title(struct buf *out, const struct entry *e, const struct entry_body *b)
{
    if (e->title.present)
        return member_flat(out, "title", buf_view(&e->title.bytes), e->title.kind, TITLE_MAX);
    return member_flat(out, "title", buf_view(&b->text), TEXT_PLAIN, BEGINNING_MAX); /* short posts have none */
}

static int put_lists(struct buf *out, const struct parse *p)
{
    const struct entry *e = &p->entry;
    int rc = e->byline_count > 0 ? member_list(out, "bylines", e->bylines, e->byline_count)
                                 : member_list(out, "bylines", p->authors, p->author_count);
    if (rc == 0 && e->section != NULL)
        rc = member_flat(out, "section", view_of_str(e->section), TEXT_HTML, LIMIT_LIST_ITEM);
    return rc == 0 ? member_list(out, "tags", e->tags, e->tag_count) : rc;
}

static void put_times(struct buf *out, const struct parse *p, const char *lang)
{
    const struct entry *e = &p->entry;
    /* Atom's "updated" says when an entry last changed, and nothing of when it first came. */
    const char *published[] = {e->published, e->wp.date, e->date, p->kind == FEED_ATOM ? NULL : e->modified};
    const char *modified[] = {e->modified, e->wp.modified};
    member_time(out, "published", published, sizeof(published) / sizeof(published[0]), lang);
    member_time(out, "modified", modified, sizeof(modified) / sizeof(modified[0]), lang);
}

static int put_article(struct buf *out, bool *summary_only, const struct parse *p, const struct entry_body *b)
{
    const struct entry *e = &p->entry;
    char tag[36];
    const char *lang = entry_body_language(tag, b, p) ? tag : NULL;
    int rc = put_title(out, e, b);
    member_line(out, "lang", view_of_str(lang));
    if (rc == 0)
        rc = put_lists(out, p);
    put_times(out, p, lang);
    if (rc == 0)
        rc = entry_body_put_summary(out, b, e);
    member_line(out, "html", buf_view(&b->html));
    if (rc == 0)
        rc = member_pictures(out, e, buf_view(&b->html));
    *summary_only = entry_body_is_summary(b, e);
    if (*summary_only) {
        member_name(out, "summary_only");
        buf_append_str(out, "true");
    }
    return rc;
}

static int put_entry(struct buf *out, bool *summary_only, mimeo_ctx *ctx, const struct parse *p)
{
    struct entry_body body;
    int rc = entry_body_make(&body, ctx, p);
    if (rc == 0)
        rc = put_article(out, summary_only, p, &body);
    entry_body_dispose(&body);
    return rc;
}

static int put_deleted(struct buf *out, const struct entry *e)
{
    member_line(out, "action", VIEW_OF_LITERAL("retract"));
    return e->comment.present ? member_flat(out, "note", buf_view(&e->comment.bytes), e->comment.kind, NOTE_MAX) : 0;
}

static bool names_nothing(const struct entry *e) { return e->guid == NULL && e->link == NULL && e->original_link == NULL; }

static const char *reason_to_skip(const struct entry *e)
{
    if (e->skip != NULL)
        return e->skip;
    if (e->cut)
        return "the feed ends, or is broken, within it";
    if (e->too_large)
        return "its text is larger than 16 MiB";
    if (names_nothing(e))
        return "it has neither an id nor a link, so it would be another article each time";
    if (!e->deleted && !e->title.present && !e->content.present && !e->description.present)
        return "it has neither a title nor a text";
    return NULL;
}

/* "'Title': a draft". */
static int give_reason(struct buf *reason, const struct entry *e, const char *why)
{
    if (e->title.present) {
        buf_append_byte(reason, '\'');
        flatten(reason, buf_view(&e->title.bytes), e->title.kind, 120);
        buf_append_str(reason, "': ");
    }
    return buf_append_str(reason, why);
}

int entry_write(struct buf *out, struct buf *reason, bool *summary_only, mimeo_ctx *ctx, struct parse *p)
{
    const struct entry *e = &p->entry;
    const char *why = reason_to_skip(e);
    int rc = 0;
    *summary_only = false;
    if (why == NULL) {
        buf_append_byte(out, '{');
        entry_put_names(out, e);
        rc = e->deleted ? put_deleted(out, e) : put_entry(out, summary_only, ctx, p);
        buf_append_byte(out, '}');
        rc = rc == 0 ? buf_status(out) : rc;
    }
    if (rc == MIMEO_EMALFORMED)
        why = "it is larger than can be kept";
    if (why != NULL)
        rc = give_reason(reason, e, why);
    return rc < 0 ? ctx_error_nomem(ctx) : 0;
}
