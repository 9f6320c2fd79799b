/*
 * Is a body already as tree_write would give it?  One pass with a stack of tags; no tree, no
 * parser.  It reads the serializer's form alone and asks the rules that the cleaner goes by
 * (article/nest.h, values.h).
 *
 * What a reader would get wrong: a wrong "no" costs time, a wrong "yes" is a hole, so where a rule
 * is hard to follow from here, the answer is no.
 */
#include <string.h>

#include "article/clean.h"
#include "article/nest.h"
#include "article/tree_build.h"
#include "article/values.h"
#include "base/limits.h"

#define DEPTH (NEST_BLOCKS + NEST_INLINES + 2)

struct level {
    enum tag tag;
    bool any;     /* has content */
    bool in_line; /* what a container or line holds last is text, or in a line with text */
};

struct check {
    struct cursor c;
    struct level stack[DEPTH]; /* stack[0] is the root */
    size_t depth, inlines;
    struct buf value, again;
};

/* ---- characters */

/* The character that the entity at the cursor stands for; "" where there is none. */
static const char *take_entity(struct cursor *c)
{
    static const struct {
        const char *entity, *character;
    } entities[] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", "\xC2\xA0"},
    };
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (cursor_skip(c, entities[i].entity))
            return entities[i].character;
    }
    return "";
}

/* Pass escaped characters up to `stop` or the end; `out` (or NULL) gets what they stand for. */
/* What never stands for itself in text: the first byte of U+00A0 too. */
static const bool may_be_special[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, [0xC2] = true};

/* Bytes up to the next special one. */
static size_t plain_len(struct view v)
{
    size_t len = 0;
    while (len < v.len && (!may_be_special[v.ptr[len]] ||
                           (v.ptr[len] == 0xC2 && !(v.len - len > 1 && v.ptr[len + 1] == 0xA0))))
        len++;
    return len;
}

static bool take_escaped(struct cursor *c, uint8_t stop, struct buf *out)
{
    const uint8_t *begin = c->ptr;
    while (c->left > 0 && *c->ptr != stop) {
        struct view run;
        cursor_take(c, plain_len(view_of(c->ptr, c->left)), &run); /* `stop` is special too */
        if (out != NULL && run.len > 0)
            buf_append_view(out, run);
        if (c->left == 0 || *c->ptr == stop)
            break;
        const char *character = take_entity(c);
        if (*character == 0)
            return false;
        if (out != NULL)
            buf_append_str(out, character);
    }
    return text_is_clean(view_of(begin, (size_t)(c->ptr - begin)));
}

/* ---- places */

static struct level *top_of(struct check *k)
{
    return &k->stack[k->depth];
}

/* The container or line around what is inline. */
static struct level *line_of(struct check *k)
{
    return &k->stack[k->depth - k->inlines];
}

static bool takes_inline(const struct level *parent)
{
    enum shape shape = nest_shape(parent->tag);
    return shape == SHAPE_FLOW || shape == SHAPE_LINE || shape == SHAPE_INLINE;
}

static bool takes_block(const struct level *parent, enum tag tag)
{
    enum shape shape = nest_shape(parent->tag);
    if (parent->tag == TAG_COLGROUP)
        return tag == TAG_COL;
    return (shape == SHAPE_FLOW || shape == SHAPE_PARTS) &&
           nest_implied(parent->tag, tag) == TAG_TEXT &&
           (tag != TAG_FIGCAPTION || parent->tag == TAG_FIGURE);
}

static bool inline_may_stand(struct check *k, enum tag tag)
{
    if (!takes_inline(top_of(k)) || k->inlines == NEST_INLINES)
        return false;
    if (tag == TAG_RT || tag == TAG_RP)
        return top_of(k)->tag == TAG_RUBY;
    for (size_t i = k->depth; tag == TAG_A && i > k->depth - k->inlines; i--) {
        if (k->stack[i].tag == TAG_A)
            return false;
    }
    return true;
}

static void note_content(struct check *k)
{
    top_of(k)->any = true;
    line_of(k)->in_line = true;
}

static bool open_element(struct check *k, enum tag tag)
{
    struct level *parent = top_of(k);
    bool good;
    switch (nest_shape(tag)) {
    case SHAPE_INLINE_VOID:
        note_content(k);
        return takes_inline(parent);
    case SHAPE_BLOCK_VOID:
        parent->any = true;
        parent->in_line = false;
        return takes_block(parent, tag);
    case SHAPE_INLINE:
        good = inline_may_stand(k, tag);
        k->inlines++;
        break;
    case SHAPE_LINE: good = takes_block(parent, tag); break;
    default: good = k->depth < NEST_BLOCKS && takes_block(parent, tag); break;
    }
    if (good)
        k->stack[++k->depth] = (struct level){.tag = tag};
    return good;
}

static bool close_element(struct check *k, enum tag tag)
{
    struct level *l = top_of(k);
    if (k->depth == 0 || l->tag != tag || !(l->any || nest_keeps_empty(tag)))
        return false;
    k->depth--;
    k->inlines -= nest_shape(tag) == SHAPE_INLINE;
    top_of(k)->any = true;
    if (nest_shape(tag) != SHAPE_INLINE)
        top_of(k)->in_line = false;
    return true;
}

/* ---- pieces */

static bool take_name(struct cursor *c, struct view *out)
{
    size_t len = 0;
    while (len < c->left && ((c->ptr[len] >= 'a' && c->ptr[len] <= 'z') ||
                             (c->ptr[len] >= '0' && c->ptr[len] <= '9')))
        len++;
    return cursor_take(c, len, out);
}

static bool take_attribute(struct check *k, enum tag tag, enum attribute_name *name)
{
    struct view word;
    if (!take_name(&k->c, &word) || !cursor_skip(&k->c, "=\""))
        return false;
    *name = attribute_of_name(word);
    buf_clear(&k->value);
    buf_clear(&k->again);
    return *name < ATTR_COUNT && take_escaped(&k->c, '"', &k->value) &&
           cursor_skip(&k->c, "\"") && buf_status(&k->value) == 0 &&
           value_clean(&k->again, tag, *name, buf_view(&k->value), NULL) &&
           view_equal(buf_view(&k->value), buf_view(&k->again));
}

/* The rest of a start tag, behind its name. */
static bool take_attributes(struct check *k, enum tag tag)
{
    bool has[ATTR_COUNT] = {false};
    int last = -1;
    while (cursor_skip(&k->c, " ")) {
        enum attribute_name name;
        if (!take_attribute(k, tag, &name) || (int)name <= last)
            return false;
        last = (int)name;
        has[name] = true;
    }
    return cursor_skip(&k->c, ">") && (tag != TAG_A || has[ATTR_HREF]) &&
           (tag != TAG_IMG || has[ATTR_SRC]);
}

static bool take_tag(struct check *k)
{
    struct view name;
    bool closing = cursor_skip(&k->c, "/");
    if (!take_name(&k->c, &name))
        return false;
    enum tag tag = tag_of_name(name);
    if (tag == TAG_TEXT)
        return false;
    if (closing)
        return cursor_skip(&k->c, ">") && close_element(k, tag);
    if (!take_attributes(k, tag) || !open_element(k, tag))
        return false;
    /* A line end that begins the text is written twice: see tree_write. */
    if (tag == TAG_PRE && cursor_skip(&k->c, "\n"))
        return k->c.left > 0 && *k->c.ptr == '\n';
    return true;
}

static bool take_text(struct check *k)
{
    const uint8_t *begin = k->c.ptr;
    if (!takes_inline(top_of(k)) || !take_escaped(&k->c, '<', NULL))
        return false;
    bool idle = text_is_white(view_of(begin, (size_t)(k->c.ptr - begin))) &&
                !line_of(k)->in_line && line_of(k)->tag != TAG_PRE;
    note_content(k);
    return !idle;
}

bool clean_is_canonical(struct view html)
{
    struct check k = {.c = cursor_of(html)};
    bool good = html.len <= LIMIT_HTML;
    buf_init(&k.value, LIMIT_HTML);
    buf_init(&k.again, LIMIT_HTML);
    k.stack[0].tag = TAG_ROOT;
    while (good && k.c.left > 0)
        good = cursor_skip(&k.c, "<") ? take_tag(&k) : take_text(&k);
    buf_dispose(&k.value);
    buf_dispose(&k.again);
    return good && k.depth == 0;
}
