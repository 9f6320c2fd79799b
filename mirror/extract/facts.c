/* One pass down a page for what is inherited, one up for what sums up. */
#include "extract/facts.h"

#include <string.h>

/* ---- text */

/* Sentence marks beyond ASCII: full stops and commas of other scripts. */
static void count_mark(const uint8_t *at, size_t left, uint32_t *stops, uint32_t *commas)
{
    static const struct {
        const char *bytes;
        bool stop;
    } marks[] = {
        {"\xe3\x80\x82", true}, {"\xe3\x80\x81", false}, {"\xef\xbc\x8c", false}, {"\xef\xbc\x81", true},
        {"\xef\xbc\x9f", true}, {"\xef\xbc\x9b", false}, {"\xd8\x8c", false}, {"\xd8\x9f", true},
        {"\xd8\x9b", false}, {"\xdb\x94", true}, {"\xe0\xa5\xa4", true}, {"\xe1\x8d\xa2", true},
        {"\xe1\x81\x8b", true}, {"\xe1\x81\x8a", false}, {"\xd6\x89", true}, {"\xe1\x9f\x94", true},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t len = strlen(marks[i].bytes);
        if (left >= len && memcmp(at, marks[i].bytes, len) == 0) {
            *(marks[i].stop ? stops : commas) += 1;
            return;
        }
    }
}

#define PROSE 60     /* letters of a paragraph */
#define LOOK_BACK 64 /* siblings */

static bool is_space(uint8_t b) { return b == ' ' || (b >= '\t' && b <= '\r'); }

static bool ends_sentence(const uint8_t *at, size_t left)
{
    return left < 2 || is_space(at[1]) || at[1] == '"' || at[1] == '\'' || at[1] == ')' || at[1] == 0xE2 || at[1] == 0xC2;
}

void text_measure(struct view v, uint32_t *chars, uint32_t *stops, uint32_t *commas)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t b = v.ptr[i];
        if (b < 0x80) {
            *chars += !is_space(b);
            if (b == ',' || b == ';')
                (*commas)++;
            else if ((b == '.' || b == '!' || b == '?') && ends_sentence(v.ptr + i, v.len - i))
                (*stops)++;
        } else if (b >= 0xC0) {
            bool nbsp = b == 0xC2 && v.len - i > 1 && v.ptr[i + 1] == 0xA0;
            *chars += nbsp ? 0 : b >= 0xE3 && b < 0xF0 ? 3 : 1;
            if (b == 0xE3 || b == 0xEF || b == 0xD8 || b == 0xDB || b == 0xE0 || b == 0xE1 || b == 0xD6)
                count_mark(v.ptr + i, v.len - i, stops, commas);
        }
    }
}

/* ---- what is gone whatever it says */

static bool has_no_text(const struct dom_node *n)
{
    switch (n->tag) {
    case DOM_SCRIPT: case DOM_STYLE: case DOM_TEMPLATE: case DOM_BUTTON: case DOM_SELECT: case DOM_TEXTAREA:
    case DOM_INPUT: case DOM_DATALIST: case DOM_DIALOG: case DOM_TITLE: case DOM_META: case DOM_LINK:
    case DOM_CANVAS: case DOM_MAP: case DOM_NOFRAMES: case DOM_NOEMBED: case DOM_PROGRESS: case DOM_METER:
    case DOM_HEAD: case DOM_OPTION: case DOM_AUDIO: case DOM_RP:
        return true;
    default: return false;
    }
}

static bool style_hides(struct view style)
{
    char flat[256];
    size_t len = 0;
    for (size_t i = 0; i < style.len && len + 1 < sizeof flat; i++)
        if (!is_space(style.ptr[i]))
            flat[len++] = (char)(style.ptr[i] >= 'A' && style.ptr[i] <= 'Z' ? style.ptr[i] | 0x20 : style.ptr[i]);
    flat[len] = 0;
    return strstr(flat, "display:none") != NULL || strstr(flat, "visibility:hidden") != NULL;
}

/* A paragraph, not just a line. */
static bool is_prose(const struct dom_node *n)
{
    uint32_t chars = 0, stops = 0, commas = 0;
    if (n->tag != DOM_P)
        return false;
    for (const struct dom_node *in = n; in != NULL && chars < PROSE; in = dom_next(in, n))
        if (in->tag == DOM_TEXT)
            text_measure(in->text, &chars, &stops, &commas);
    return chars >= PROSE;
}

/* The rest of a text that opens at a click: paragraphs and no heading, field or picture, behind some that are shown. */
static bool is_rest(const struct dom_node *n)
{
    size_t before = 0, in = 0, looked = 0;
    if (n->tag != DOM_DIV && n->tag != DOM_SECTION && n->tag != DOM_SPAN)
        return false;
    for (const struct dom_node *other = n->prev; other != NULL && before < 2 && looked < LOOK_BACK; other = other->prev, looked++)
        before += is_prose(other);
    for (const struct dom_node *child = n->first; child != NULL; child = child->next) {
        if (child->tag != DOM_TEXT && child->tag != DOM_P && child->tag != DOM_UL && child->tag != DOM_BLOCKQUOTE)
            return false;
        in += is_prose(child);
    }
    return before >= 2 && in >= 2;
}

/* An answer that opens below its question: nothing but paragraphs. */
static bool opens(const struct dom_node *n)
{
    bool prose = false;
    for (const struct dom_node *child = n->first; child != NULL; child = child->next) {
        if (child->tag != DOM_TEXT && child->tag != DOM_P && child->tag != DOM_UL && child->tag != DOM_OL)
            return false;
        prose = prose || is_prose(child);
    }
    return prose;
}

static bool is_hidden(const struct dom_node *n)
{
    bool hidden = false;
    for (uint32_t i = 0; i < n->attribute_count && !hidden; i++) {
        const struct dom_attribute *a = &n->attributes[i];
        if (a->name.len == 6 && view_equal_str(a->name, "hidden"))
            hidden = true;
        else if (a->name.len == 5 && view_equal_str(a->name, "style") && a->value.len > 10)
            hidden = style_hides(a->value);
        else if (a->name.len == 11 && view_equal_str(a->name, "aria-hidden"))
            hidden = view_equal_str(a->value, "true") && !opens(n); /* from those who listen, not from those who see */
    }
    return hidden && n->tag != DOM_BODY && n->tag != DOM_IMG && !is_rest(n);
}

/* ---- gathering */

static void inherit(struct page_facts *p, struct dom_node *n, const uint8_t *forced, bool hidden_too)
{
    struct facts *f = facts_of(p, n);
    const struct facts *up = n->parent == NULL ? &(struct facts){0} : facts_of(p, n->parent);
    f->gone = up->gone;
    f->in_link = up->in_link || n->tag == DOM_A;
    f->in_heading = up->in_heading || dom_is_heading(n->tag);
    f->uncounted = up->uncounted || n->tag == DOM_FIGCAPTION || (n->tag == DOM_NOSCRIPT && !hidden_too);
    f->owner = n->tag != DOM_TEXT && dom_is_block(n->tag) ? n->index : up->owner;
    f->forced = forced != NULL && forced[n->index] != 0;
    bool question = n->tag == DOM_BUTTON && n->parent != NULL && dom_is_heading(n->parent->tag);
    if (has_no_text(n) && !question)
        f->reason = DROP_NO_TEXT;
    else if (n->attribute_count > 0 && !f->forced && !hidden_too && is_hidden(n))
        f->reason = DROP_HIDDEN;
    f->gone = f->gone || f->reason != KEPT;
}

static void measure(struct page_facts *p, struct dom_node *n)
{
    struct facts *f = facts_of(p, n);
    f->pictures = n->tag == DOM_IMG;
    f->titles = n->tag == DOM_H1;
    if (n->tag != DOM_TEXT || f->gone || f->uncounted)
        return;
    text_measure(n->text, &f->chars, &f->stops, &f->commas);
    f->links = f->in_link ? f->chars : 0;
}

static void add(struct facts *to, const struct facts *f)
{
    to->chars += f->chars;
    to->links += f->links;
    to->stops += f->stops;
    to->commas += f->commas;
    to->good += f->good;
    to->pictures += f->pictures;
    to->titles += f->titles;
}

int facts_gather(struct page_facts *out, mimeo_ctx *ctx, struct dom *d, const uint8_t *forced, bool hidden_too)
{
    struct page_facts p = {.dom = d, .count = dom_count(d)};
    p.nodes = dom_alloc(d, p.count * sizeof(struct dom_node *));
    p.of = dom_alloc(d, p.count * sizeof(struct facts));
    p.runs = dom_alloc(d, p.count * sizeof(struct text_run));
    if (p.nodes == NULL || p.of == NULL || p.runs == NULL)
        return ctx_error_nomem(ctx);
    for (struct dom_node *n = dom_root(d); n != NULL; n = dom_next(n, dom_root(d))) {
        p.nodes[n->index] = n;
        inherit(&p, n, forced, hidden_too);
        measure(&p, n);
    }
    for (size_t i = p.count; i-- > 1;)
        if (p.nodes[i] != NULL && p.nodes[i]->parent != NULL && !p.of[i].gone)
            add(facts_of(&p, p.nodes[i]->parent), &p.of[i]);
    *out = p;
    return 0;
}

static void subtract(struct facts *from, const struct facts *f)
{
    from->chars -= f->chars;
    from->links -= f->links;
    from->stops -= f->stops;
    from->commas -= f->commas;
    from->good -= f->good;
    from->pictures -= f->pictures;
    from->titles -= f->titles;
}

void facts_drop(struct page_facts *p, struct dom_node *n, enum drop_reason why)
{
    struct facts *f = facts_of(p, n);
    if (f->gone || (f->forced && why != DROP_RULE))
        return;
    for (const struct dom_node *up = n->parent; up != NULL; up = up->parent)
        subtract(facts_of(p, up), f);
    f->reason = (uint8_t)why;
    for (struct dom_node *in = n; in != NULL; in = dom_next(in, n))
        facts_of(p, in)->gone = true;
}

/* ---- runs */

uint32_t run_weight(const struct text_run *r)
{
    double density = r->chars == 0 ? 1 : (double)r->links / r->chars;
    if (r->chars < 20 || density > 0.5)
        return 0;
    double weight = r->chars * (1 - density);
    if (r->stops + r->commas == 0)
        weight *= r->chars > 80 ? 0.5 : 0.2;
    return (uint32_t)weight;
}

uint64_t run_hash(const struct page_facts *p, const struct text_run *r)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = p->nodes[i];
        if (n == NULL || n->tag != DOM_TEXT || p->of[i].gone)
            continue;
        for (size_t k = 0; k < n->text.len; k++)
            if (n->text.ptr[k] > ' ')
                h = (h ^ n->text.ptr[k]) * 0x100000001b3u;
    }
    return h;
}

static void end_run(struct page_facts *p, struct text_run *r)
{
    if (r->chars > 0)
        p->runs[p->run_count++] = *r;
    *r = (struct text_run){0};
}

static void sum_good(struct page_facts *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->of[i].good = 0;
    for (size_t i = 0; i < p->run_count; i++) {
        const struct text_run *r = &p->runs[i];
        if (!facts_of(p, r->owner)->in_heading)
            facts_of(p, r->owner)->good += run_weight(r);
    }
    for (size_t i = p->count; i-- > 1;)
        if (p->nodes[i] != NULL && p->nodes[i]->parent != NULL && !p->of[i].gone)
            facts_of(p, p->nodes[i]->parent)->good += p->of[i].good;
}

int facts_cut_runs(struct page_facts *p, mimeo_ctx *ctx)
{
    struct text_run r = {0};
    int breaks = 0; /* two of them end a paragraph where nobody marked it */
    p->run_count = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct dom_node *n = p->nodes[i];
        if (n == NULL || p->of[i].gone)
            continue;
        if (n->tag != DOM_TEXT) {
            breaks += n->tag == DOM_BR;
            if (dom_is_block(n->tag) || breaks > 1)
                end_run(p, &r);
            continue;
        }
        if (p->of[i].chars > 0)
            breaks = 0;
        if (r.owner != p->nodes[p->of[i].owner])
            end_run(p, &r);
        if (r.owner == NULL)
            r.first = n;
        r.owner = p->nodes[p->of[i].owner];
        r.last = n;
        r.chars += p->of[i].chars;
        r.links += p->of[i].links;
        r.stops += p->of[i].stops;
        r.commas += p->of[i].commas;
    }
    end_run(p, &r);
    sum_good(p);
    return ctx_check_cancel(ctx);
}
