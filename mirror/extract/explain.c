/* What was kept and what dropped. */
#include "extract/explain.h"

#include "base/json.h"
#include "base/limits.h"

#define ENTRIES 400
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
        [DROP_WORDS] = "its words are those of furniture", [DROP_RECURS] = "stands on other pages too",
        [DROP_RULE] = "by a rule", [DROP_OUTSIDE] = "not within the body",
    };
    return words[why];
}

static int put_path(struct buf *out, const struct dom_node *n)
{
    struct buf path;
    buf_init(&path, 4 * KIB);
    for (int i = 0; i <= PARENTS && n != NULL; i++, n = n->parent) {
        if (i > 0)
            buf_append_str(&path, " < ");
        dom_describe(&path, n);
    }
    int rc = json_append_string(out, buf_view(&path));
    buf_dispose(&path);
    return rc;
}

static int put_text(struct buf *out, const struct dom_node *n)
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
    int rc = json_append_string(out, v);
    buf_dispose(&text);
    return rc;
}

static void put_entry(struct buf *out, const struct dom_node *n, const struct facts *f, bool kept)
{
    buf_append_str(out, out->len > 1 ? ",\n{\"path\": " : "{\"path\": ");
    put_path(out, n);
    buf_appendf(out, ", \"chars\": %u, \"kept\": %s, \"reason\": \"%s\", \"text\": ", (unsigned)f->chars,
                kept ? "true" : "false", explain_reason(kept ? KEPT : (enum drop_reason)f->reason));
    put_text(out, n);
    buf_append_byte(out, '}');
}

int explain_body(struct buf *out, const struct body_page *b)
{
    int entries = 0;
    buf_append_byte(out, '[');
    if (b->root != NULL)
        put_entry(out, b->root, facts_of(&b->facts, b->root), true);
    for (size_t i = 0; i < b->facts.count && entries < ENTRIES && buf_status(out) == 0; i++) {
        const struct facts *f = &b->facts.of[i];
        if (b->facts.nodes[i] == NULL || f->reason == KEPT || f->reason == DROP_NO_TEXT || f->chars == 0)
            continue;
        put_entry(out, b->facts.nodes[i], f, false);
        entries++;
    }
    buf_append_byte(out, ']');
    return buf_status(out);
}
