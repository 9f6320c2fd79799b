/*
 * Furniture of feeds: see feed/tidy.h.
 *
 * What a reader would get wrong: an entry is an article's text and little else, so here nothing is dropped because it looks
 * weak, as is done with pages (extract/prune.c); only what names itself, is all link, or says one of a few sentences at the end.
 */
#include "feed/tidy.h"

#include <string.h>
#include <utf8proc.h>

#include "base/text.h"
#include "extract/body.h"
#include "extract/furniture_words.h"
#include "feed/parse.h"
#include "feed/tidy_words.h"

#define LINE_LONGEST 600 /* bytes of a line that is looked at */
#define LAST_RUNS 40     /* from the end */
#define KEEP_SHARE 0.5   /* of the text: what its makers name cannot be more of it */

/* ---- lines */

static void fold_text(struct buf *line, struct view text)
{
    struct cursor c = cursor_of(text);
    uint32_t code;
    while (line->len <= LINE_LONGEST && utf8_next(&c, &code)) {
        bool space = code <= ' ' || code == 0xA0;
        if (space && line->len > 0 && line->ptr[line->len - 1] != ' ')
            buf_append_byte(line, ' ');
        if (!space)
            buf_append_utf8(line, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
    }
}

/* What is left of nodes first to last, as one folded line; empty where that is long. */
static struct view fold(struct buf *line, const struct body_page *b, const struct dom_node *first, const struct dom_node *last)
{
    buf_clear(line);
    for (uint32_t i = first->index; i <= last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && !b->facts.of[i].gone)
            fold_text(line, n->text);
    }
    return line->len > LINE_LONGEST ? view_of(NULL, 0) : view_trim(buf_view(line));
}

/* A box that holds nothing any more, and those around it. */
static void drop_empty(struct body_page *b, struct dom_node *box, enum drop_reason why)
{
    for (; box != NULL && box != b->root && facts_of(&b->facts, box)->chars == 0 && facts_of(&b->facts, box)->pictures == 0; box = box->parent)
        if (!facts_of(&b->facts, box)->gone)
            facts_drop(&b->facts, box, why);
}

static void drop_run(struct body_page *b, const struct text_run *r, enum drop_reason why)
{
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && !b->facts.of[i].gone)
            facts_drop(&b->facts, n, why);
    }
    drop_empty(b, r->owner, why);
}

/* ---- judging */

/* "Text … <a>Continue reading</a>": the link alone. */
static bool drop_link_at_end(struct buf *line, struct body_page *b, const struct text_run *r)
{
    for (uint32_t i = r->last->index; i > r->first->index; i--) {
        struct dom_node *n = b->facts.nodes[i];
        if (n == NULL || n->tag != DOM_A || b->facts.of[i].gone)
            continue;
        const struct dom_node *end = n;
        while (end->last != NULL)
            end = end->last;
        if (!leads_to_rest(fold(line, b, n, end)))
            return false;
        facts_drop(&b->facts, n, DROP_RELATED);
        return true;
    }
    return false;
}

/* Judges a run near the end.  True where it was dropped. */
static bool judge(struct buf *line, bool *cut, struct body_page *b, const struct text_run *r)
{
    double links = r->chars == 0 ? 0 : (double)r->links / r->chars;
    struct view text = fold(line, b, r->first, r->last);
    if (text.len == 0)
        return false;
    if (links > 0.2 && says_where_first(text)) {
        drop_run(b, r, DROP_WORDS);
        return true;
    }
    if (links > 0.9 && leads_to_rest(text)) {
        drop_run(b, r, DROP_RELATED);
        *cut = true;
        return true;
    }
    if (links > 0.9 && furniture_of(text) != NOT_FURNITURE) {
        drop_run(b, r, DROP_SHARING);
        return true;
    }
    return false;
}

/* "Related articles" with nothing but links below it, to the end. */
static size_t related_from(struct buf *line, const struct body_page *b, size_t first, size_t count)
{
    size_t from = count;
    for (size_t i = count; i > first; i--) {
        const struct text_run *r = &b->facts.runs[i - 1];
        if (facts_of(&b->facts, r->first)->gone)
            continue;
        if (from < count && furniture_of(fold(line, b, r->first, r->last)) == FURNITURE_HEAD)
            return i - 1;
        if (r->chars > 0 && (double)r->links / r->chars < 0.9)
            return count;
        from = i - 1;
    }
    return count;
}

static void judge_end(struct body_page *b, bool *cut)
{
    size_t count = b->facts.run_count, first = count > LAST_RUNS ? count - LAST_RUNS : 0;
    struct buf line;
    buf_init(&line, LINE_LONGEST + 64);
    for (size_t i = count; i > first; i--) {
        const struct text_run *r = &b->facts.runs[i - 1];
        bool last = true;
        for (size_t k = i; k < count; k++)
            last = last && facts_of(&b->facts, b->facts.runs[k].first)->gone;
        bool dropped = judge(&line, cut, b, r);
        if (!dropped && last && drop_link_at_end(&line, b, r))
            *cut = true;
    }
    for (size_t i = related_from(&line, b, first, count); i < count; i++)
        drop_run(b, &b->facts.runs[i], DROP_RELATED);
    buf_dispose(&line);
}

static bool is_named(const struct dom_node *n)
{
    static const char *const classes[] = {"feedflare", "sharedaddy", "jp-relatedposts", "addtoany_share_save_container",
                                          "addtoany_content", "blogger-post-footer", "yarpp", "yarpp-related", "sfsi_widget",
                                          "heateor_sss_sharing_container", "mailmunch-forms-after-post", "wp-block-jetpack-sharing",
                                          "simplesocialbuttons", "post-views", "pvc_clear", "share-buttons", "print-no",
                                          "wp-block-jetpack-subscriptions", "ssba", "post-ratings", "awac-wrapper", "zem_rp_wrap"};
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (dom_has_class(n, classes[i]))
            return true;
    return false;
}

static void drop_named(struct body_page *b, bool *cut)
{
    for (size_t i = 0; i < b->facts.count; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (n == NULL || n->tag == DOM_TEXT || b->facts.of[i].gone)
            continue;
        bool more = dom_has_class(n, "more-link") || dom_has_class(n, "read-more");
        bool pixel = n->tag == DOM_IMG && counts_readers(dom_attribute(n, "src"));
        if (!pixel && !is_named(n) && !(more && n->tag == DOM_A))
            continue;
        facts_drop(&b->facts, n, pixel ? DROP_ADVERTISING : DROP_SHARING);
        drop_empty(b, n->parent, DROP_SHARING);
        *cut = *cut || more;
    }
}

static int judge_all(struct body_page *b, mimeo_ctx *ctx, struct dom *d, bool *cut, const char *base)
{
    int rc = body_gather(b, ctx, d, NULL, true);
    uint32_t all = rc == 0 ? facts_of(&b->facts, dom_body(d))->chars : 0;
    if (rc == 0)
        rc = body_gather(b, ctx, d, NULL, false);
    b->root = dom_body(d);
    /* Names that would take most of it are wrong. */
    if (rc == 0 && facts_of(&b->facts, b->root)->chars < all * KEEP_SHARE)
        rc = body_gather(b, ctx, d, NULL, true);
    b->root = dom_body(d);
    b->url = base;
    if (rc < 0)
        return rc;
    drop_named(b, cut);
    rc = facts_cut_runs(&b->facts, ctx);
    if (rc == 0)
        judge_end(b, cut);
    return rc;
}

/* The page's body is written as a block of its own, which says nothing here. */
static struct view inner(struct view v)
{
    size_t open = strlen("<div>"), close_len = strlen("</div>");
    bool boxed = view_starts_with(v, "<div>") && v.len >= open + close_len &&
                 memcmp(v.ptr + v.len - close_len, "</div>", close_len) == 0 &&
                 memmem(v.ptr, v.len, "</div><div>", open + close_len) == NULL; /* broken lines may have divided it */
    return boxed ? view_of(v.ptr + open, v.len - open - close_len) : v;
}

int tidy_html(struct buf *out, bool *cut, mimeo_ctx *ctx, struct view html, const char *base)
{
    struct body_page b;
    struct dom *d;
    struct buf made;
    bool found = false;
    buf_init(&made, out->max);
    int rc = dom_parse(&d, ctx, html);
    if (rc == 0) {
        rc = judge_all(&b, ctx, d, &found, base);
        if (rc == 0)
            rc = body_write(&made, ctx, &b);
        dom_free(d);
    }
    struct view tidy = inner(buf_view(&made));
    if (rc == 0 && view_trim(tidy).len > 0) {
        *cut = *cut || found;
        rc = buf_append_view(out, tidy);
    } else {
        rc = buf_append_view(out, html);
    }
    buf_dispose(&made);
    return rc;
}
