/*
 * Furniture by what it says: each short run of text is folded to small letters and looked up (furniture_words.c).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "base/text.h"
#include "extract/furniture_words.h"
#include "extract/prune.h"

#define BEFORE 200       /* characters of article that stand before its comments */
#define LOOK_AHEAD 3000  /* nodes behind such a line that may hold a heading */

/* ---- runs */

static bool is_small(const struct body_page *b, const struct dom_node *n)
{
    return facts_of(&b->facts, n)->good <= facts_of(&b->facts, b->root)->good * PRUNE_SHARE;
}

/* In small letters, white space as one space between words. */
static void fold(struct buf *line, struct view text, bool *due)
{
    struct cursor c = cursor_of(text);
    uint32_t code;
    while (line->len <= PRUNE_LINE && utf8_next(&c, &code)) {
        if (code <= ' ' || code == 0xA0) {
            *due = line->len > 0;
            continue;
        }
        if (*due)
            buf_append_byte(line, ' ');
        *due = false;
        buf_append_utf8(line, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
    }
}

struct view prune_start(struct buf *line, const struct body_page *b, const struct text_run *r)
{
    bool due = false;
    buf_clear(line);
    for (uint32_t i = r->first->index; i <= r->last->index && line->len <= PRUNE_LINE; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && !b->facts.of[i].gone)
            fold(line, n->text, &due);
    }
    return buf_view(line);
}

struct view prune_fold(struct buf *line, const struct body_page *b, const struct text_run *r)
{
    struct view v = prune_start(line, b, r);
    return v.len > PRUNE_LINE ? (struct view){0} : v;
}

/* The outermost element within root that has nothing but this run. */
static struct dom_node *box_of(const struct body_page *b, const struct text_run *r)
{
    struct dom_node *n = r->owner;
    if (n == b->root || facts_of(&b->facts, n)->chars != r->chars)
        return NULL;
    while (n->parent != b->root && facts_of(&b->facts, n->parent)->chars == r->chars)
        n = n->parent;
    return n;
}

void prune_run(struct body_page *b, const struct text_run *r, enum drop_reason why)
{
    struct dom_node *box = box_of(b, r);
    if (box != NULL && facts_of(&b->facts, box)->pictures == 0) {
        facts_drop(&b->facts, box, why);
        return;
    }
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && b->facts.nodes[b->facts.of[i].owner] == r->owner)
            facts_drop(&b->facts, n, why);
    }
}

static bool is_prose(const struct body_page *b, const struct dom_node *n)
{
    const struct facts *f = facts_of(&b->facts, n);
    return f->chars > 60 && link_density(f) < 0.3;
}

/* Its section stood in the box with it, and was dropped before. */
static bool lost_text(const struct body_page *b, const struct dom_node *box)
{
    for (const struct dom_node *n = dom_next(box, box); n != NULL; n = dom_next(n, box))
        if (facts_of(&b->facts, n)->gone && facts_of(&b->facts, n)->chars > 0)
            return true;
    return false;
}

static void drop_following(struct body_page *b, struct dom_node *head)
{
    for (struct dom_node *n = head->next; n != NULL; n = n->next) {
        const struct facts *f = facts_of(&b->facts, n);
        if (f->gone || f->chars == 0)
            continue;
        if (dom_is_heading(n->tag) || is_prose(b, n) || (f->links == 0 && f->chars > 30))
            return;
        facts_drop(&b->facts, n, DROP_RELATED);
    }
}

static void drop_head(struct body_page *b, const struct text_run *r)
{
    struct dom_node *box = box_of(b, r);
    if (box == NULL) {
        prune_run(b, r, DROP_RELATED);
        return;
    }
    const struct facts *up = facts_of(&b->facts, box->parent);
    bool first = true;
    for (const struct dom_node *n = box->prev; n != NULL && first; n = n->prev)
        first = facts_of(&b->facts, n)->chars == 0;
    if (box->parent != b->root && first && is_small(b, box->parent) && b->hints[box->parent->index].body != HINT_STRONG &&
        (link_density(up) > 0.2 || up->good == 0)) {
        facts_drop(&b->facts, box->parent, DROP_RELATED);
        return;
    }
    if (!lost_text(b, box))
        drop_following(b, box);
    facts_drop(&b->facts, box, DROP_RELATED);
}

/* All that comes after this run within root. */
static void drop_rest(struct body_page *b, const struct text_run *r)
{
    struct dom_node *box = box_of(b, r), *n = box == NULL ? r->owner : box;
    for (; n != b->root; n = n->parent)
        for (struct dom_node *after = n->next; after != NULL; after = after->next)
            facts_drop(&b->facts, after, DROP_COMMENTS);
    prune_run(b, r, DROP_COMMENTS);
}

/* "5 min read": a number and what it counts, nothing else. */
static bool is_reading_time(struct view line)
{
    static const char *const units[] = {"min", "мин", "хв", "dk", "dakika", "دقيقة", "دقیقه", "分"};
    size_t at = 0;
    while (at < line.len && line.ptr[at] >= '0' && line.ptr[at] <= '9')
        at++;
    if (at == 0 || at > 3 || line.len > 32)
        return false;
    at += at < line.len && line.ptr[at] == ' ';
    struct view rest = view_of(line.ptr + at, line.len - at);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (view_starts_with(rest, units[i]))
            return true;
    return false;
}

/* Then a line such as "comments (5 posted)" ends one of several pieces, not all of it. */
static bool heading_follows(const struct body_page *b, const struct text_run *r)
{
    int look = LOOK_AHEAD;
    for (const struct dom_node *n = dom_after(r->last, b->root); n != NULL && look-- > 0; n = dom_next(n, b->root))
        if (dom_is_heading(n->tag) && !facts_of(&b->facts, n)->gone && facts_of(&b->facts, n)->chars > 0)
            return true;
    return false;
}

/* "7 comments": without the number. */
static struct view without_count(struct view line)
{
    size_t at = 0;
    while (at < line.len && ((line.ptr[at] >= '0' && line.ptr[at] <= '9') || line.ptr[at] == ',' || line.ptr[at] == '.' ||
                             line.ptr[at] == '('))
        at++;
    at += at > 0 && at + 1 < line.len && (line.ptr[at] == 'k' || line.ptr[at] == 'm') && line.ptr[at + 1] == ' ';
    if (at == 0 || at == line.len || line.ptr[at] != ' ')
        return line;
    return view_of(line.ptr + at + 1, line.len - at - 1);
}

/* The title again, or most of it: sites cut it, or end it with their name. */
static bool is_title(struct view line, struct view title)
{
    size_t same = 0;
    while (same < line.len && same < title.len && line.ptr[same] == title.ptr[same])
        same++;
    return line.len >= 8 && same == line.len && line.len * 10 >= title.len * 6;
}

/* A link that stands between paragraphs and in none: "Read full article". */
static bool is_bare_link(const struct body_page *b, const struct text_run *r)
{
    enum dom_tag tag = r->owner->tag;
    return r->links == r->chars && r->chars < 60 && (tag == DOM_DIV || tag == DOM_SECTION || tag == DOM_ARTICLE) &&
           !facts_of(&b->facts, r->owner)->in_link && facts_of(&b->facts, r->owner)->stops > 1;
}

static void judge_run(struct body_page *b, const struct text_run *r, struct view line, struct view title, uint32_t before)
{
    if (before < BEFORE && is_title(line, title)) {
        prune_run(b, r, DROP_TITLE);
        return;
    }
    double density = r->chars == 0 ? 0 : (double)r->links / r->chars;
    switch (furniture_of(without_count(line))) {
    case FURNITURE_HEAD: drop_head(b, r); break;
    case FURNITURE_END:
        if (before >= BEFORE && (facts_of(&b->facts, r->owner)->in_heading ||
                                 (facts_of(&b->facts, b->root)->good <= 2 * before && !heading_follows(b, r))))
            drop_rest(b, r);
        else if (r->chars < 40)
            prune_run(b, r, DROP_COMMENTS);
        break;
    case FURNITURE_LINE:
        if (r->chars <= 80 || density > 0.3)
            prune_run(b, r, DROP_WORDS);
        break;
    case FURNITURE_LEAD:
        if (density > 0.3)
            prune_run(b, r, DROP_WORDS);
        break;
    case FURNITURE_INVITATION: prune_run(b, r, DROP_PROMOTION); break;
    case NOT_FURNITURE:
        if (is_reading_time(line))
            prune_run(b, r, DROP_AUTHOR);
        else if (is_bare_link(b, r))
            prune_run(b, r, DROP_LINKS);
        break;
    }
}

/* ---- the same few words in front of one link and another: "READ ALSO | …", whatever the language */

/* A hash of the text before the run's links, 0 where there is none or much, or where text follows the links. */
static uint32_t lead_of(const struct body_page *b, const struct text_run *r)
{
    uint32_t h = 2166136261u, letters = 0;
    bool linked = false;
    if (r->links * 3 < r->chars || r->links == r->chars)
        return 0;
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        if (n == NULL || n->tag != DOM_TEXT || b->facts.of[i].gone || b->facts.of[i].chars == 0)
            continue;
        if (!b->facts.of[i].in_link && linked)
            return 0;
        linked = linked || b->facts.of[i].in_link;
        for (size_t k = 0; !linked && k < n->text.len; k++)
            if (n->text.ptr[k] > ' ') {
                h = (h ^ n->text.ptr[k]) * 16777619u;
                letters++;
            }
    }
    return linked && letters > 2 && letters < 60 ? h : 0;
}

static void prune_leads(struct body_page *b)
{
    enum { SEEN = 256 };
    bool seen[SEEN] = {false}, again[SEEN] = {false};
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < b->facts.run_count; i++) {
            const struct text_run *r = &b->facts.runs[i];
            uint32_t lead = dom_within(r->owner, b->root) && !facts_of(&b->facts, r->first)->gone ? lead_of(b, r) : 0;
            uint32_t slot = (lead ^ lead >> 15) % SEEN;
            bool item = r->owner->tag == DOM_LI || r->owner->tag == DOM_TD || r->owner->tag == DOM_DD;
            if (lead == 0 || item)
                continue;
            if (pass == 0) {
                again[slot] = again[slot] || seen[slot];
                seen[slot] = true;
            } else if (again[slot])
                prune_run(b, r, DROP_RELATED);
        }
}

/* ---- what stands at the edges: names, dates and counts before the first sentence and behind the last */

static bool is_sentence(const struct text_run *r) { return r->chars >= 60 && r->stops > 0 && r->links * 2 < r->chars; }

static bool holds_digit(const struct body_page *b, const struct text_run *r)
{
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        for (size_t k = 0; n != NULL && n->tag == DOM_TEXT && k < n->text.len; k++)
            if (n->text.ptr[k] >= '0' && n->text.ptr[k] <= '9')
                return true;
    }
    return false;
}

/* "By boat." is an answer. */
static bool is_by_line(struct view line, const char *author)
{
    static const char *const fronts[] = {"by ", "by:", "von ", "par ", "por ", "di ", "автор", "written by", "text:", "author:",
                                         "reporter:", "story by", "words by", "نویسنده", "بقلم", "记者", "作者", "文/", "글 "};
    if (line.len > 0 && strchr(".!?", line.ptr[line.len - 1]) != NULL)
        return false;
    if (author != NULL && line.len == strlen(author) && strncasecmp((const char *)line.ptr, author, line.len) == 0)
        return true;
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
        if (view_starts_with(line, fronts[i]))
            return true;
    return false;
}

/* What is left of a line whose name or date went before: "Political correspondent". */
static bool is_beside_author(const struct body_page *b, const struct text_run *r)
{
    if (r->chars > 40 || r->stops > 0)
        return false;
    for (const struct dom_node *n = r->first; n != b->root && n != r->owner; n = n->parent)
        for (const struct dom_node *before = n->prev; before != NULL && !dom_is_block(before->tag); before = before->prev)
            if (b->facts.of[before->index].reason == DROP_AUTHOR || b->facts.of[before->index].reason == DROP_TITLE)
                return true;
    return false;
}

/* Whose text is all in time elements. */
static bool is_time(const struct body_page *b, const struct text_run *r)
{
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i], *up = n;
        if (n == NULL || n->tag != DOM_TEXT || b->facts.of[i].gone || b->facts.of[i].chars == 0)
            continue;
        while (up != r->owner && up->tag != DOM_TIME)
            up = up->parent;
        if (up->tag != DOM_TIME)
            return false;
    }
    return true;
}

/* A text laid out with line breaks may stand in one cell of a table: then that is no item. */
static bool is_item(const struct body_page *b, const struct text_run *r)
{
    if (r->owner == b->root)
        return false;
    return r->owner->tag == DOM_LI || r->owner->tag == DOM_TD || r->owner->tag == DOM_TH || r->owner->tag == DOM_DD ||
           r->owner->tag == DOM_DT || r->owner->tag == DOM_PRE || r->owner->tag == DOM_BLOCKQUOTE;
}

static void prune_edges(struct body_page *b)
{
    struct buf line;
    size_t first = b->facts.run_count, last = 0;
    buf_init(&line, PRUNE_LINE + 64);
    for (size_t i = 0; i < b->facts.run_count; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (dom_within(r->owner, b->root) && !facts_of(&b->facts, r->first)->gone && is_sentence(r)) {
            first = first < i ? first : i;
            last = i;
        }
    }
    for (size_t i = 0; i < b->facts.run_count && first < b->facts.run_count; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (!dom_within(r->owner, b->root) || facts_of(&b->facts, r->first)->gone || r->chars > 70 ||
            facts_of(&b->facts, r->owner)->in_heading)
            continue;
        if (i < first && (is_by_line(prune_fold(&line, b, r), b->author) || is_beside_author(b, r)))
            prune_run(b, r, DROP_AUTHOR);
        if (is_item(b, r))
            continue;
        bool linked = r->links * (i < first ? 3 : 2) > r->chars, dated = i < first && r->stops == 0 && holds_digit(b, r);
        bool edge = (i < first || i > last) && r->stops <= 1 && (linked || dated);
        if (edge || is_time(b, r))
            prune_run(b, r, DROP_AUTHOR);
    }
    buf_dispose(&line);
}

/* ---- what is said twice: a teaser before a wall and the whole behind it, a paragraph for phones and one for others */

#define TWICE_MIN 60   /* letters: shorter lines may well come again */
#define TWICE_MAX 4096 /* runs that are remembered */

/* In another box, all of whose text is repeated: one who writes a line twice writes it among others. */
static bool all_repeated(const struct body_page *b, const bool *again, size_t i)
{
    const struct dom_node *box = b->facts.runs[i].owner->parent;
    for (size_t k = i; k-- > 0 && b->facts.runs[k].owner->parent == box;)
        if (!again[k] && b->facts.runs[k].chars >= TWICE_MIN)
            return false;
    for (size_t k = i; k < b->facts.run_count && b->facts.runs[k].owner->parent == box; k++)
        if (!again[k] && b->facts.runs[k].chars >= TWICE_MIN)
            return false;
    return true;
}

static void find_repeated(const struct body_page *b, bool *again, uint64_t *seen, const struct dom_node **boxes)
{
    for (size_t i = 0; i < b->facts.run_count; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (r->chars < TWICE_MIN || !dom_within(r->owner, b->root) || facts_of(&b->facts, r->first)->gone)
            continue;
        uint64_t h = run_hash(&b->facts, r);
        size_t slot = h % TWICE_MAX; /* the last of two that meet is kept */
        again[i] = seen[slot] == h && boxes[slot] != r->owner->parent;
        seen[slot] = h;
        boxes[slot] = r->owner->parent;
    }
}

static int prune_twice(struct body_page *b, mimeo_ctx *ctx)
{
    bool *again = calloc(b->facts.run_count + 1, sizeof *again);
    uint64_t *seen = calloc(TWICE_MAX, sizeof *seen);
    const struct dom_node **boxes = calloc(TWICE_MAX, sizeof *boxes);
    int rc = again == NULL || seen == NULL || boxes == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        find_repeated(b, again, seen, boxes);
    for (size_t i = 0; rc == 0 && i < b->facts.run_count; i++)
        if (again[i] && all_repeated(b, again, i))
            prune_run(b, &b->facts.runs[i], DROP_TWICE);
    free(again);
    free(seen);
    free(boxes);
    return rc;
}

int prune_words(struct body_page *b, mimeo_ctx *ctx)
{
    struct buf line, title;
    uint32_t before = 0;
    bool due = false;
    buf_init(&line, PRUNE_LINE + 64);
    buf_init(&title, PRUNE_LINE + 64);
    fold(&title, view_of_str(b->title), &due);
    for (size_t i = 0; i < b->facts.run_count; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (!dom_within(r->owner, b->root) || facts_of(&b->facts, r->first)->gone)
            continue;
        if (r->chars < PRUNE_LINE)
            judge_run(b, r, prune_fold(&line, b, r), buf_view(&title), before);
        before += run_weight(r);
    }
    buf_dispose(&line);
    buf_dispose(&title);
    prune_leads(b);
    prune_edges(b);
    return prune_twice(b, ctx);
}
