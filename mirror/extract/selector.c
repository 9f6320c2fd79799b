/*
 * What a reader would get wrong: "a b > c" is matched from its end, and a step back may have many ways, which would
 * multiply.  Where one way ran out of ancestors, every way further out does so too: that is told apart (NEVER).
 */
#include "extract/selector.h"

#include <string.h>
#include <strings.h>

#define STEPS 8      /* of one selector: "a b > c" has three */
#define CONDITIONS 8 /* on one element */

struct condition {
    enum { HAS, IS, BEGINS, ENDS, HOLDS, WORD } op;
    char *name;  /* of the attribute, small letters */
    struct view value;
};

struct step {
    enum dom_tag tag;
    char *name; /* of a tag that has no number; NULL: any, or `tag` */
    bool any;
    bool direct; /* stands directly below the step before */
    size_t count;
    struct condition conditions[CONDITIONS];
};

struct selector {
    struct selector *next; /* after a comma */
    size_t count;
    struct step steps[STEPS];
};

struct parser {
    struct arena *arena;
    struct cursor c;
    const char *fault;
};

/* ---- parsing */

static bool is_white(uint8_t b) { return b == ' ' || b == '\t'; }

static bool is_name(uint8_t b)
{
    return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b == '-' || b == '_' || b >= 0x80;
}

static uint8_t peek(const struct parser *p) { return p->c.left > 0 ? *p->c.ptr : 0; }

static void skip(struct parser *p, size_t len)
{
    p->c.ptr += len;
    p->c.left -= len;
}

static bool skip_white(struct parser *p)
{
    bool some = false;
    for (; p->c.left > 0 && is_white(*p->c.ptr); some = true)
        skip(p, 1);
    return some;
}

static bool fail(struct parser *p, const char *fault)
{
    if (p->fault == NULL)
        p->fault = fault;
    return false;
}

static bool take_name(struct parser *p, struct view *out)
{
    size_t len = 0;
    while (len < p->c.left && is_name(p->c.ptr[len]))
        len++;
    *out = view_of(p->c.ptr, len);
    skip(p, len);
    return len > 0;
}

static char *small(struct parser *p, struct view v)
{
    char *s = arena_string(p->arena, v);
    for (size_t i = 0; s != NULL && i < v.len; i++)
        if (s[i] >= 'A' && s[i] <= 'Z')
            s[i] = (char)(s[i] | 0x20);
    return s;
}

static bool kept(struct parser *p, struct view *out, struct view v)
{
    char *s = arena_string(p->arena, v);
    *out = view_of(s, v.len);
    return s != NULL;
}

static bool take_value(struct parser *p, struct view *out)
{
    uint8_t quote = peek(p);
    struct view v;
    if (quote == '"' || quote == '\'') {
        skip(p, 1);
        if (!cursor_until(&p->c, quote, &v))
            return fail(p, "a quote is not closed");
    } else if (!take_name(p, &v)) {
        return fail(p, "a value is missing behind '='");
    }
    return kept(p, out, v);
}

static bool take_attribute(struct parser *p, struct condition *out)
{
    struct view name;
    static const char ops[] = "^$*~";
    skip_white(p);
    if (!take_name(p, &name))
        return fail(p, "an attribute's name is missing behind '['");
    out->name = small(p, name);
    out->op = HAS;
    skip_white(p);
    const char *op = peek(p) == 0 ? NULL : strchr(ops, peek(p));
    if (op != NULL)
        skip(p, 1);
    if (peek(p) == '=') {
        out->op = op == NULL ? IS : op == ops ? BEGINS : op == ops + 1 ? ENDS : op == ops + 2 ? HOLDS : WORD;
        skip(p, 1);
        skip_white(p);
        if (!take_value(p, &out->value))
            return false;
    } else if (op != NULL) {
        return fail(p, "'=' is missing");
    }
    skip_white(p);
    if (peek(p) != ']')
        return fail(p, "']' is missing");
    skip(p, 1);
    return out->name != NULL;
}

static bool take_condition(struct parser *p, struct condition *out)
{
    uint8_t mark = peek(p);
    struct view name;
    skip(p, 1);
    if (mark == '[')
        return take_attribute(p, out);
    if (!take_name(p, &name))
        return fail(p, mark == '#' ? "a name is missing behind '#'" : "a name is missing behind '.'");
    out->op = mark == '#' ? IS : WORD;
    out->name = small(p, mark == '#' ? VIEW_OF_LITERAL("id") : VIEW_OF_LITERAL("class"));
    return out->name != NULL && kept(p, &out->value, name);
}

static bool take_step(struct parser *p, struct step *out)
{
    struct view name;
    out->any = true;
    bool some = peek(p) == '*';
    if (some) {
        skip(p, 1);
    } else if (take_name(p, &name)) {
        some = true;
        out->any = false;
        out->tag = dom_tag_of(name);
        if (out->tag == DOM_OTHER && (out->name = small(p, name)) == NULL)
            return false;
    }
    while (peek(p) == '#' || peek(p) == '.' || peek(p) == '[') {
        if (out->count == CONDITIONS)
            return fail(p, "too many conditions on one element");
        if (!take_condition(p, &out->conditions[out->count]))
            return false;
        out->count++;
        some = true;
    }
    if (peek(p) == ':')
        return fail(p, "what begins with ':' is not known here");
    return some || fail(p, "an element is missing");
}

static bool take_steps(struct parser *p, struct selector *out)
{
    bool direct = false;
    for (;;) {
        if (out->count == STEPS)
            return fail(p, "too many steps");
        out->steps[out->count].direct = direct;
        if (!take_step(p, &out->steps[out->count]))
            return false;
        out->count++;
        bool white = skip_white(p);
        if (p->c.left == 0 || peek(p) == ',')
            return true;
        direct = peek(p) == '>';
        if (direct)
            skip(p, 1);
        else if (!white)
            return fail(p, "a character that has no meaning here");
        skip_white(p);
    }
}

struct selector *selector_parse(struct arena *a, struct view text, const char **fault)
{
    struct parser p = {.arena = a, .c = cursor_of(text)};
    struct selector *first = NULL, **at = &first;
    bool more = true;
    while (more && p.fault == NULL) {
        skip_white(&p);
        *at = arena_alloc(a, sizeof **at);
        if (*at == NULL || !take_steps(&p, *at)) {
            *fault = p.fault;
            return NULL;
        }
        at = &(*at)->next;
        more = peek(&p) == ',';
        if (more)
            skip(&p, 1);
    }
    return first;
}

/* ---- matching */

static bool value_matches(const struct condition *c, struct view v)
{
    if (c->op != IS && c->value.len == 0)
        return false;
    switch (c->op) {
    case IS: return view_equal(v, c->value);
    case BEGINS: return v.len >= c->value.len && memcmp(v.ptr, c->value.ptr, c->value.len) == 0;
    case ENDS: return v.len >= c->value.len && memcmp(v.ptr + v.len - c->value.len, c->value.ptr, c->value.len) == 0;
    case HOLDS: return v.len > 0 && memmem(v.ptr, v.len, c->value.ptr, c->value.len) != NULL;
    default: return false;
    }
}

static bool condition_holds(const struct condition *c, const struct dom_node *n)
{
    if (!dom_has_attribute(n, c->name))
        return false;
    if (c->op == HAS)
        return true;
    if (c->op == WORD)
        return c->value.len > 0 && dom_has_word(n, c->name, (const char *)c->value.ptr);
    return value_matches(c, dom_attribute(n, c->name));
}

static bool step_matches(const struct step *s, const struct dom_node *n)
{
    if (n->tag == DOM_TEXT || (!s->any && n->tag != s->tag))
        return false;
    if (!s->any && s->name != NULL &&
        (n->text.len != strlen(s->name) || strncasecmp((const char *)n->text.ptr, s->name, n->text.len) != 0))
        return false;
    for (size_t i = 0; i < s->count; i++)
        if (!condition_holds(&s->conditions[i], n))
            return false;
    return true;
}

enum match { NO, YES, NEVER };

/* Do steps 0 … last end at n? */
static enum match steps_match(const struct selector *s, size_t last, const struct dom_node *n)
{
    if (!step_matches(&s->steps[last], n))
        return NO;
    if (last == 0)
        return YES;
    for (const struct dom_node *up = n->parent; up != NULL; up = up->parent) {
        enum match m = steps_match(s, last - 1, up);
        if (m != NO || s->steps[last].direct)
            return m;
    }
    return NEVER;
}

bool selector_matches(const struct selector *s, const struct dom_node *n)
{
    for (; s != NULL; s = s->next)
        if (steps_match(s, s->count - 1, n) == YES)
            return true;
    return false;
}
