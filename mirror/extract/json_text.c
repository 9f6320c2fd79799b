/*
 * JSON text (RFC 8259) to jansson's values.
 *
 * jansson's own parser takes its input a character at a time through three layers; for
 * articles, which are long strings, that was more than half of the time of an import.
 * So the tokens are ours (base/json.h).  Strict: no key twice, nothing behind the value.  Numbers
 * are checked but only integers keep their value, since no field of an article is a fraction.
 */
#include "extract/json_text.h"

#include "base/json.h"

struct parser {
    struct cursor c;
    struct buf text;   /* the string at hand, unescaped */
    size_t values;
    const char *fault; /* words for what is wrong at c, or NULL on no memory */
};

static json_t *parse_value(struct parser *p, int depth);

static json_t *fail(struct parser *p, const char *fault)
{
    if (p->fault == NULL)
        p->fault = fault;
    return NULL;
}

/* Behind the opening quote, into p->text. */
static bool take_string(struct parser *p)
{
    buf_clear(&p->text);
    return json_take_string(&p->c, &p->text, &p->fault);
}

static json_t *parse_string(struct parser *p)
{
    return take_string(p) ? json_stringn_nocheck(buf_str(&p->text), p->text.len) : NULL;
}

static json_t *parse_number(struct parser *p)
{
    struct json_number n;
    if (!json_take_number(&p->c, &n, &p->fault))
        return NULL;
    if (!n.whole)
        return json_real(0.0);
    return json_integer(n.negative ? -(json_int_t)n.value : (json_int_t)n.value);
}

static json_t *parse_array(struct parser *p, int depth)
{
    json_t *array = json_array();
    json_skip_space(&p->c);
    if (array == NULL || cursor_skip(&p->c, "]"))
        return array;
    int more;
    do {
        json_t *value = parse_value(p, depth);
        more = value == NULL || json_array_append_new(array, value) < 0 ? -1 : json_next_item(&p->c, ']', &p->fault);
    } while (more > 0);
    if (more == 0)
        return array;
    json_decref(array);
    return NULL;
}

static bool parse_member(struct parser *p, json_t *object, int depth)
{
    json_skip_space(&p->c);
    if (!cursor_skip(&p->c, "\""))
        return fail(p, "a key in quotes is missing") != NULL;
    if (!take_string(p))
        return false;
    json_t *key = json_stringn_nocheck(buf_str(&p->text), p->text.len);
    if (key == NULL)
        return false;
    json_skip_space(&p->c);
    json_t *value = NULL;
    if (json_object_get(object, json_string_value(key)) != NULL)
        fail(p, "a key is there twice");
    else if (!cursor_skip(&p->c, ":"))
        fail(p, "':' is missing");
    else
        value = parse_value(p, depth);
    bool good = value != NULL &&
                json_object_set_new_nocheck(object, json_string_value(key), value) == 0;
    json_decref(key);
    return good;
}

static json_t *parse_object(struct parser *p, int depth)
{
    json_t *object = json_object();
    json_skip_space(&p->c);
    if (object == NULL || cursor_skip(&p->c, "}"))
        return object;
    int more;
    do
        more = parse_member(p, object, depth) ? json_next_item(&p->c, '}', &p->fault) : -1;
    while (more > 0);
    if (more == 0)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *parse_value(struct parser *p, int depth)
{
    if (depth > JSON_TEXT_DEPTH)
        return fail(p, "it is nested too deep");
    if (++p->values > JSON_TEXT_VALUES)
        return fail(p, "it has too many values");
    json_skip_space(&p->c);
    if (cursor_skip(&p->c, "\""))
        return parse_string(p);
    if (cursor_skip(&p->c, "{"))
        return parse_object(p, depth + 1);
    if (cursor_skip(&p->c, "["))
        return parse_array(p, depth + 1);
    if (cursor_skip(&p->c, "true"))
        return json_true();
    if (cursor_skip(&p->c, "false"))
        return json_false();
    if (cursor_skip(&p->c, "null"))
        return json_null();
    return p->c.left == 0 ? fail(p, "a value is missing") : parse_number(p);
}

int json_text_parse(json_t **out, mimeo_ctx *ctx, const char *where, struct view text)
{
    struct parser p = {.c = cursor_of(text)};
    buf_init(&p.text, text.len);
    json_t *value = parse_value(&p, 0);
    json_skip_space(&p.c);
    if (value != NULL && p.c.left > 0) {
        fail(&p, "something follows the value");
        json_decref(value);
        value = NULL;
    }
    buf_dispose(&p.text);
    if (value != NULL) {
        *out = value;
        return 0;
    }
    return p.fault == NULL ? ctx_error_nomem(ctx)
                           : ctx_error(ctx, MIMEO_EMALFORMED, "%s: not JSON: byte %zu: %s", where,
                                       text.len - p.c.left + 1, p.fault);
}
