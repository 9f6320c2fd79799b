/*
 * Initials: "<span class=drop-cap>N</span> <span>ow it</span>" is the word "Now", whatever white space stands between,
 * since a style sheet moves the letter away.
 *
 * What a reader would get wrong: a letter that is a word by itself ("A lamp", "И вот") is left as the page has it.
 */
#include <string.h>

#include <utf8proc.h>

#include "base/text.h"
#include "extract/prune.h"

static bool is_initial(const struct dom_node *n)
{
    static const char *const marks[] = {"drop-cap", "dropcap", "drop_cap", "initial-letter", "initialletter", "first-letter",
                                        "firstletter", "first_letter", "dropped-cap", "initial-cap"};
    struct view class = dom_attribute(n, "class");
    for (size_t i = 0; class.len > 0 && i < sizeof marks / sizeof marks[0]; i++)
        if (memmem(class.ptr, class.len, marks[i], strlen(marks[i])) != NULL)
            return true;
    return false;
}

static bool is_a_word(uint32_t letter)
{
    static const uint32_t words[] = {'A', 'I', 'O', 'E', 'Y', 'U', 'Z', 'V', 'K', 'S', 0xC0, 0xC8, 0xC9, 0xD3, 0x418, 0x410,
                                     0x41E, 0x423, 0x42F, 0x412, 0x421, 0x41A, 0x406, 0x404, 0x49};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (letter == words[i])
            return true;
    return false;
}

/* One capital and nothing else. */
static bool is_capital(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t letter, more;
    if (!utf8_next(&c, &letter) || c.left > 0 || utf8_next(&c, &more))
        return false;
    return utf8proc_category((utf8proc_int32_t)letter) == UTF8PROC_CATEGORY_LU && !is_a_word(letter);
}

/* The text that goes on behind the letter, without what is blank between; NULL where a block begins first. */
static struct dom_node *join(struct body_page *b, const struct dom_node *letter)
{
    for (struct dom_node *n = dom_next(letter, b->root); n != NULL; n = dom_next(n, b->root)) {
        if (n->tag != DOM_TEXT && (dom_is_block(n->tag) || n->tag == DOM_BR))
            return NULL;
        if (n->tag != DOM_TEXT)
            continue;
        if (facts_of(&b->facts, n)->chars > 0)
            return n;
        n->text.len = 0;
    }
    return NULL;
}

static void join_initial(struct body_page *b, const struct dom_node *letter)
{
    struct dom_node *rest = join(b, letter);
    uint32_t code;
    size_t white = 0;
    if (rest == NULL)
        return;
    while (white < rest->text.len && rest->text.ptr[white] <= ' ')
        white++;
    struct cursor c = cursor_of(view_of(rest->text.ptr + white, rest->text.len - white));
    if (white > 0 && utf8_next(&c, &code) && utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_LL)
        rest->text = view_of(rest->text.ptr + white, rest->text.len - white);
}

void prune_initials(struct body_page *b)
{
    for (struct dom_node *n = dom_next(b->root, b->root); n != NULL; n = dom_next(n, b->root))
        if (n->tag == DOM_TEXT && n->text.len <= 4 && n->parent != b->root && !facts_of(&b->facts, n)->gone &&
            is_initial(n->parent) && is_capital(n->text))
            join_initial(b, n);
}
