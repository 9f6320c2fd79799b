/*
 * Sentences set large in the middle of a text that has them anyway.  They are dropped where the same words stand in the
 * text itself: what is quoted once is a quote.
 */
#include "extract/prune.h"

#include <string.h>

#include "base/limits.h"

#define SHORTEST 25 /* letters: fewer may well come again */
#define LONGEST 400
#define QUOTES 24   /* of a page that are looked at */

static bool is_set_apart(const struct body_page *b, const struct dom_node *n)
{
    const struct facts *f = facts_of(&b->facts, n);
    if (n->tag == DOM_TEXT || f->gone || f->chars < SHORTEST || f->chars > LONGEST || f->pictures > 0)
        return false;
    if (n->tag == DOM_BLOCKQUOTE || n->tag == DOM_ASIDE || n->tag == DOM_FIGURE)
        return true;
    struct view class = dom_attribute(n, "class");
    return dom_is_block(n->tag) && class.len > 0 &&
           (memmem(class.ptr, class.len, "pull", 4) != NULL || memmem(class.ptr, class.len, "quote", 5) != NULL);
}

/* Letters and digits alone: the two are often set with other quotation marks, and one of them without its full stop. */
static void squeeze(struct buf *out, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        bool ascii_letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == 0xE2 && v.len - i > 2 && v.ptr[i + 1] == 0x80)
            i += 2; /* general punctuation */
        else if (c == 0xC2 && v.len - i > 1)
            i += 1;
        else if (ascii_letter || c >= 0x80)
            buf_append_byte(out, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
}

static void squeeze_all(struct buf *out, const struct body_page *b, const struct dom_node *top)
{
    buf_clear(out);
    for (const struct dom_node *n = top; n != NULL; n = dom_next(n, top))
        if (n->tag == DOM_TEXT && !facts_of(&b->facts, n)->gone)
            squeeze(out, n->text);
}

static bool stands_twice(struct view all, struct view quote)
{
    const uint8_t *first = quote.len == 0 ? NULL : memmem(all.ptr, all.len, quote.ptr, quote.len);
    if (first == NULL)
        return false;
    size_t from = (size_t)(first - all.ptr) + quote.len;
    return memmem(all.ptr + from, all.len - from, quote.ptr, quote.len) != NULL;
}

void prune_pull_quotes(struct body_page *b)
{
    struct buf all, quote;
    int left = QUOTES;
    buf_init(&all, 4 * MIB);
    buf_init(&quote, 4 * LONGEST);
    for (struct dom_node *n = dom_next(b->root, b->root), *next; n != NULL && left > 0; n = next) {
        next = dom_next(n, b->root);
        if (!is_set_apart(b, n))
            continue;
        if (left-- == QUOTES)
            squeeze_all(&all, b, b->root);
        squeeze_all(&quote, b, n);
        next = dom_after(n, b->root);
        if (stands_twice(buf_view(&all), buf_view(&quote))) {
            facts_drop(&b->facts, n, DROP_TWICE);
            squeeze_all(&all, b, b->root);
        }
    }
    buf_dispose(&all);
    buf_dispose(&quote);
}
