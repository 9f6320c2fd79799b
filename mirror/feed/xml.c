/* Tags and text: see feed/xml.h. */
#include "feed/xml.h"

#include <string.h>

#include "extract/dom_token.h"

#define TEXT_PIECE (64 * KIB)
#define LOOK_AHEAD 64  /* more than any of "<![CDATA[", "]]>", a reference */
#define REFERENCE_MAX 32 /* longer than any */
#define WINDOW_MAX (XML_TAG_MAX + 2 * MIB)
#define INSTRUCTION_MAX KIB /* one that is longer has lost its "?>" */

void xml_init(struct xml *x, struct decode *decode)
{
    *x = (struct xml){.decode = decode};
    buf_init(&x->window, WINDOW_MAX);
    buf_init(&x->scratch, WINDOW_MAX);
}

void xml_dispose(struct xml *x)
{
    buf_dispose(&x->window);
    buf_dispose(&x->scratch);
}

/* ---- the window */

static struct view ahead(const struct xml *x)
{
    return x->window.len == 0 ? view_of(NULL, 0) : view_of(x->window.ptr + x->at, x->window.len - x->at);
}

/* Have at least `len` bytes ahead, or all there are. */
static int want(struct xml *x, mimeo_ctx *ctx, size_t len)
{
    int rc = 1;
    while (!x->ended && rc == 1 && ahead(x).len < len) {
        if (x->at > 0) {
            memmove(x->window.ptr, x->window.ptr + x->at, ahead(x).len);
            x->window.len -= x->at;
            x->at = 0;
        }
        rc = decode_more(x->decode, ctx, &x->window);
        x->ended = rc == 0;
    }
    return rc < 0 ? rc : 0;
}

static bool begins(const struct xml *x, const char *literal) { return view_starts_with(ahead(x), literal); }

/* Pass over everything up to and with `literal`; without it, all. */
static int skip_past(struct xml *x, mimeo_ctx *ctx, const char *literal)
{
    size_t len = strlen(literal);
    for (;;) {
        int rc = want(x, ctx, TEXT_PIECE);
        struct view v = ahead(x);
        const uint8_t *found = rc < 0 || v.len == 0 ? NULL : memmem(v.ptr, v.len, literal, len);
        if (rc < 0)
            return rc;
        if (found != NULL) {
            x->at += (size_t)(found - v.ptr) + len;
            return 0;
        }
        if (x->ended) {
            x->at = x->window.len;
            return 0;
        }
        x->at += v.len >= len ? v.len - len + 1 : 0;
    }
}

/* ---- what is passed over */

/* "<!DOCTYPE … [ … ]>": by bytes, with an eye on brackets, quotes and comments; nothing of it is kept. */
static int skip_declaration(struct xml *x, mimeo_ctx *ctx)
{
    size_t depth = 0;
    uint8_t quote = 0;
    for (;;) {
        int rc = want(x, ctx, LOOK_AHEAD);
        if (rc < 0 || ahead(x).len == 0)
            return rc;
        if (quote == 0 && begins(x, "<!--")) {
            if ((rc = skip_past(x, ctx, "-->")) < 0)
                return rc;
            continue;
        }
        uint8_t c = x->window.ptr[x->at++];
        if (quote != 0) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            depth++;
        } else if (c == ']') {
            depth -= depth > 0;
        } else if (c == '>' && depth == 0) {
            return 0;
        }
    }
}

static int skip_instruction(struct xml *x, mimeo_ctx *ctx)
{
    int rc = want(x, ctx, INSTRUCTION_MAX);
    if (rc < 0)
        return rc;
    struct view v = ahead(x);
    const uint8_t *end = memmem(v.ptr, v.len < INSTRUCTION_MAX ? v.len : INSTRUCTION_MAX, "?>", 2);
    return skip_past(x, ctx, end != NULL ? "?>" : ">");
}

/* ---- tags */

static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\n'; }

static bool is_name_start(uint8_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == ':' || c >= 0x80;
}

static bool ends_name(uint8_t c) { return is_space(c) || c == '>' || c == '/' || c == '=' || c == '<'; }

/* Where the tag at the front ends: past its '>'; 0 where it has none within the cap.  A '<' in a quoted value shows that the
 * quote was never closed: then the first '>' ends it. */
static size_t tag_end(struct view v, bool trust_quotes)
{
    uint8_t quote = 0, before = 0; /* the last that was no space */
    for (size_t i = 1; i < v.len && i < XML_TAG_MAX; i++) {
        uint8_t c = v.ptr[i];
        if (quote != 0 && c == '<')
            return tag_end(v, false);
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (trust_quotes && (c == '"' || c == '\'') && before == '=')
            quote = c;
        else if (c == '>')
            return i + 1;
        else if (c == '<')
            return i; /* "<a <b>": it was left open */
        before = is_space(c) ? before : c;
    }
    return 0;
}

/* Have the whole tag in the window: its length, or 0 where it is none. */
static int whole_tag(struct xml *x, mimeo_ctx *ctx, size_t *len)
{
    size_t wanted = 4 * KIB;
    for (;;) {
        int rc = want(x, ctx, wanted);
        if (rc < 0)
            return rc;
        *len = tag_end(ahead(x), true);
        if (*len > 0 || x->ended || ahead(x).len >= XML_TAG_MAX)
            return 0;
        wanted = 2 * ahead(x).len; /* so that the search from the start stays linear */
    }
}

static struct view take_name(struct cursor *c)
{
    const uint8_t *start = c->ptr;
    while (c->left > 0 && !ends_name(*c->ptr)) {
        c->ptr++;
        c->left--;
    }
    return view_of(start, (size_t)(c->ptr - start));
}

static void pass_spaces(struct cursor *c)
{
    while (c->left > 0 && is_space(*c->ptr)) {
        c->ptr++;
        c->left--;
    }
}

static struct view take_value(struct cursor *c)
{
    struct view value = {NULL, 0};
    uint8_t quote;
    if (c->left > 0 && (*c->ptr == '"' || *c->ptr == '\'')) {
        cursor_u8(c, &quote);
        if (!cursor_until(c, quote, &value))
            cursor_take(c, c->left, &value);
        return value;
    }
    const uint8_t *start = c->ptr;
    while (c->left > 0 && !is_space(*c->ptr)) {
        c->ptr++;
        c->left--;
    }
    return view_of(start, (size_t)(c->ptr - start));
}

/* Values are decoded into the scratch, which is made large enough first, so that views of it stay good. */
static struct view decoded(struct xml *x, struct view v)
{
    size_t start = x->scratch.len;
    if (memchr(v.ptr, '&', v.len) == NULL)
        return v;
    dom_decode(&x->scratch, v);
    return view_of(x->scratch.ptr + start, x->scratch.len - start);
}

static void take_attributes(struct xml *x, struct cursor c)
{
    x->attribute_count = 0;
    for (;;) {
        pass_spaces(&c);
        struct xml_attribute a = {.name = take_name(&c)};
        if (a.name.len == 0) { /* a stray character */
            uint8_t stray;
            if (!cursor_u8(&c, &stray))
                return;
            continue;
        }
        pass_spaces(&c);
        if (cursor_skip(&c, "=")) {
            pass_spaces(&c);
            struct view raw = take_value(&c);
            a.value = raw.len > 0 ? decoded(x, raw) : raw;
        }
        if (x->attribute_count < XML_ATTRIBUTES)
            x->attributes[x->attribute_count++] = a;
    }
}

/* 1 where there was a tag, 0 where the '<' is text. */
static int take_tag(struct xml *x, mimeo_ctx *ctx, enum xml_event *event)
{
    size_t len;
    int rc = whole_tag(x, ctx, &len);
    if (rc < 0 || len == 0)
        return rc;
    struct view v = view_of(ahead(x).ptr, len);
    x->at += len;
    if (v.ptr[len - 1] == '>')
        v.len--;
    bool closes = v.ptr[1] == '/';
    struct cursor c = cursor_of(view_of(v.ptr + 1 + closes, v.len - 1 - closes));
    x->name = take_name(&c);
    *event = closes ? XML_CLOSE : XML_OPEN;
    if (closes)
        return 1;
    x->empty = c.left > 0 && c.ptr[c.left - 1] == '/';
    c.left -= x->empty;
    if (buf_reserve(&x->scratch, c.left) < 0)
        return ctx_error_nomem(ctx);
    take_attributes(x, c);
    return 1;
}

/* ---- text */

/* The length of text that can be given now: no further than a '<', and no reference cut in two. */
static size_t text_len(const struct xml *x, struct view v, const char *stop)
{
    size_t len = v.len < TEXT_PIECE ? v.len : TEXT_PIECE;
    const uint8_t *found = memmem(v.ptr, len, stop, strlen(stop));
    if (found != NULL)
        return (size_t)(found - v.ptr);
    if (len == v.len && x->ended)
        return len;
    for (size_t back = 1; back < LOOK_AHEAD && back < len; back++) {
        uint8_t c = v.ptr[len - back];
        if ((c == '&' || c == ']') && back < REFERENCE_MAX)
            return len - back;
    }
    return len;
}

static int take_text(struct xml *x, mimeo_ctx *ctx, size_t at_least)
{
    int rc = want(x, ctx, TEXT_PIECE);
    if (rc < 0)
        return rc;
    struct view v = ahead(x);
    size_t len = at_least + text_len(x, view_of(v.ptr + at_least, v.len - at_least), "<");
    x->text = view_of(v.ptr, len);
    x->at += len;
    if (memchr(x->text.ptr, '&', len) == NULL)
        return 0;
    buf_clear(&x->scratch);
    if (dom_decode(&x->scratch, x->text) < 0)
        return ctx_error_nomem(ctx);
    x->text = buf_view(&x->scratch);
    return 0;
}

/* Inside "<![CDATA[".  1 with text, 0 at its end. */
static int take_cdata(struct xml *x, mimeo_ctx *ctx)
{
    int rc = want(x, ctx, TEXT_PIECE);
    if (rc < 0)
        return rc;
    struct view v = ahead(x);
    if (v.len == 0 || begins(x, "]]>")) {
        x->in_cdata = false;
        x->at += v.len == 0 ? 0 : 3;
        return 0;
    }
    size_t len = text_len(x, v, "]]>");
    x->text = view_of(v.ptr, len > 0 ? len : 1);
    x->at += x->text.len;
    return 1;
}

/* What begins with '<': 1 and *event, 0 and nothing yet, or -1: it is text. */
static int take_markup(struct xml *x, mimeo_ctx *ctx, enum xml_event *event, bool *is_text)
{
    uint8_t next = ahead(x).len > 1 ? ahead(x).ptr[1] : 0;
    *is_text = false;
    if (begins(x, "<![CDATA[")) {
        x->at += 9;
        x->in_cdata = true;
        return 0;
    }
    if (begins(x, "<!--")) {
        x->at += 4;
        return skip_past(x, ctx, "-->");
    }
    if (next == '!' && ahead(x).len > 2 && is_name_start(ahead(x).ptr[2])) {
        x->at += 2;
        return skip_declaration(x, ctx);
    }
    if (next == '?')
        return skip_instruction(x, ctx);
    bool closes = next == '/' && ahead(x).len > 2 && is_name_start(ahead(x).ptr[2]);
    int rc = closes || (next != 0 && is_name_start(next)) ? take_tag(x, ctx, event) : 0;
    *is_text = rc == 0;
    return rc;
}

int xml_next(struct xml *x, mimeo_ctx *ctx, enum xml_event *event)
{
    buf_clear(&x->scratch);
    for (;;) {
        bool is_text = true;
        int rc = want(x, ctx, LOOK_AHEAD);
        if (rc < 0)
            return rc;
        if (x->in_cdata) {
            rc = take_cdata(x, ctx);
            if (rc == 0)
                continue;
            *event = XML_TEXT;
            return rc < 0 ? rc : 0;
        }
        if (ahead(x).len == 0) {
            *event = XML_END;
            return 0;
        }
        bool bracket = ahead(x).ptr[0] == '<';
        if (bracket && ((rc = take_markup(x, ctx, event, &is_text)) != 0))
            return rc < 0 ? rc : 0;
        if (!is_text)
            continue;
        *event = XML_TEXT;
        return take_text(x, ctx, bracket);
    }
}
