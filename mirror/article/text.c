/*
 * The plain text of a clean tree, and its words.
 *
 * White space is collapsed outside of <pre>, as a browser shows it; what stands between two
 * pieces of text is kept as one "due" break and written only when more text comes, so nothing
 * begins or ends with one.
 */
#include "article/clean.h"
#include "article/words.h"

enum due { DUE_NOTHING, DUE_SPACE, DUE_TAB, DUE_LINE, DUE_BLANK_LINE };

struct writer {
    struct buf *out;
    size_t begin;       /* of the text in `out` */
    enum due due;
    size_t preformatted;
};

static void ask(struct writer *w, enum due due)
{
    w->due = due > w->due ? due : w->due;
}

static void put_due(struct writer *w)
{
    static const char *const breaks[] = {"", " ", "\t", "\n", "\n\n"};
    if (w->out->len > w->begin)
        buf_append_str(w->out, breaks[w->due]);
    w->due = DUE_NOTHING;
}

static bool is_white(uint8_t b) { return b == ' ' || b == '\n' || b == '\t'; }

static void put_flowing(struct writer *w, struct view v)
{
    for (size_t i = 0, run; i < v.len; i = run) {
        for (run = i; run < v.len && !is_white(v.ptr[run]); run++)
            ;
        if (run > i) {
            put_due(w);
            buf_append(w->out, v.ptr + i, run - i);
        } else {
            ask(w, DUE_SPACE);
            run++;
        }
    }
}

static void put_kept(struct writer *w, struct view v)
{
    if (v.len > 0)
        put_due(w);
    if (v.len > 0)
        buf_append_view(w->out, v);
}

static bool has_before(const struct node *n)
{
    return n->parent->first_child != n;
}

/* Lists, tables and what is in them: a line each, but for the first, which has what is asked for
 * by the block around it. */
static void take_edge(struct writer *w, const struct node *n, bool entering)
{
    switch (n->tag) {
    case TAG_BR: ask(w, DUE_LINE); break;
    case TAG_LI: case TAG_DT: case TAG_DD: case TAG_TR: case TAG_FIGCAPTION: case TAG_CAPTION:
        ask(w, DUE_LINE);
        break;
    case TAG_THEAD: case TAG_TBODY: case TAG_TFOOT: case TAG_COL: case TAG_COLGROUP: break;
    case TAG_TD: case TAG_TH:
        if (entering && has_before(n))
            ask(w, DUE_TAB);
        break;
    case TAG_UL: case TAG_OL: case TAG_DL:
        ask(w, n->parent->tag == TAG_LI ? DUE_LINE : DUE_BLANK_LINE);
        break;
    default:
        if (tag_is_block(n->tag))
            ask(w, DUE_BLANK_LINE);
        break;
    }
}

/* What is in a cell stays on the line of its row. */
int clean_text(struct buf *out, const struct tree *t)
{
    const struct node *root = tree_root((struct tree *)(uintptr_t)t), *n = root;
    struct writer w = {.out = out, .begin = out->len};
    size_t cells = 0;
    bool entering = true;
    while (tree_walk(root, &n, &entering) && buf_status(out) == 0) {
        if (n->tag == TAG_PRE)
            w.preformatted = entering ? w.preformatted + 1 : w.preformatted - 1;
        if (n->tag == TAG_TEXT && w.preformatted > 0 && cells == 0)
            put_kept(&w, n->text);
        else if (n->tag == TAG_TEXT)
            put_flowing(&w, n->text);
        else if (cells == 0 || n->tag == TAG_TR || n->tag == TAG_TD || n->tag == TAG_TH)
            take_edge(&w, n, entering);
        else if (n->tag == TAG_BR || tag_is_block(n->tag))
            ask(&w, DUE_SPACE);
        if (n->tag == TAG_TD || n->tag == TAG_TH)
            cells = entering ? cells + 1 : cells - 1;
    }
    return buf_status(out);
}

size_t clean_word_count(const struct tree *t)
{
    const struct node *root = tree_root((struct tree *)(uintptr_t)t), *n = root;
    struct word_count counter = {0};
    bool entering = true;
    while (tree_walk(root, &n, &entering)) {
        if (n->tag == TAG_TEXT)
            word_count_add(&counter, n->text);
        else if (tag_is_block(n->tag) || n->tag == TAG_BR || n->tag == TAG_IMG)
            counter.inside = false;
    }
    return counter.words;
}
