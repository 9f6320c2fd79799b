/* What was kept and what dropped. */
#include "extract/explain.h"

#include "base/json.h"
#include "base/limits.h"

#define LINES 400
#define PARENTS 3
#define SHOWN 60 /* bytes of text */

const char *explain_reason(enum drop_reason why)
{
    static const char *const words[] = {
        [KEPT] = "the body", [DROP_NO_TEXT] = "holds no text to read", [DROP_HIDDEN] = "is hidden",
        [DROP_NAVIGATION] = "navigation", [DROP_COMMENTS] = "comments", [DROP_SHARING] = "sharing",
        [DROP_RELATED] = "other articles", [DROP_PROMOTION] = "promotion", [DROP_ADVERTISING] = "advertising",
        [DROP_CONSENT] = "asks for consent", [DROP_AUTHOR] = "author and date", [DROP_TAGS] = "tags",
        [DROP_MEDIA] = "captions and controls", [DROP_FRAME] = "the page's frame",
        [DROP_TITLE] = "repeats the title or what stands with it", [DROP_LINKS] = "mostly links",
        [DROP_WORDS] = "its words are those of furniture", [DROP_TWICE] = "says the same again", [DROP_RECURS] = "stands on other pages too",
        [DROP_RULE] = "by a rule", [DROP_OUTSIDE] = "not within the body",
    };
    return words[why];
}

static void put_path(struct buf *line, const struct dom_node *n)
{
    for (int i = 0; i <= PARENTS && n != NULL; i++, n = n->parent) {
        if (i > 0)
            buf_append_str(line, " < ");
        dom_describe(line, n);
    }
}

static void put_text(struct buf *line, const struct dom_node *n)
{
    struct buf text;
    buf_init(&text, 4 * KIB); /* it says no more once it is full */
    dom_text(&text, n);
    struct view v = buf_view(&text);
    if (v.len > SHOWN) {
        v.len = SHOWN;
        while (v.len > 0 && (v.ptr[v.len] & 0xC0) == 0x80)
            v.len--;
    }
    if (v.len > 0)
        buf_append_view(line, v);
    buf_dispose(&text);
}

static void put_line(struct buf *out, const struct dom_node *n, const struct facts *f, bool kept)
{
    struct buf line;
    buf_init(&line, 4 * KIB);
    buf_append_str(&line, kept ? "kept     " : "dropped  ");
    put_path(&line, n);
    buf_appendf(&line, "  (%u letters): %s: ", (unsigned)f->chars, explain_reason(kept ? KEPT : (enum drop_reason)f->reason));
    put_text(&line, n);
    if (out->ptr[out->len - 1] != '[')
        buf_append_str(out, ",\n");
    json_append_string(out, buf_view(&line));
    buf_dispose(&line);
}

int explain_body(struct buf *out, const struct body_page *b)
{
    int lines = 0;
    buf_append_byte(out, '[');
    if (b->root != NULL && buf_status(out) == 0)
        put_line(out, b->root, facts_of(&b->facts, b->root), true);
    for (size_t i = 0; i < b->facts.count && lines < LINES && buf_status(out) == 0; i++) {
        const struct facts *f = &b->facts.of[i];
        if (b->facts.nodes[i] == NULL || f->reason == KEPT || f->reason == DROP_NO_TEXT || f->chars == 0)
            continue;
        put_line(out, b->facts.nodes[i], f, false);
        lines++;
    }
    buf_append_byte(out, ']');
    return buf_status(out);
}
