/*
 * Front matter: a small YAML mapping between two lines "---" at the very top of a text.
 *
 * It becomes the JSON object that a record of JSON Lines would be.  YAML can say more than
 * is wanted of it: anchors and aliases grow without bound (the "billion laughs"), and tags
 * ask for types of some language; both are refused.  Every scalar is a string, whatever it
 * looks like, so a title of 1984 or a date stay what was written; only null is null.
 */
#include <string.h>
#include <yaml.h>

#include "import/draft.h"

struct builder {
    mimeo_ctx *ctx;
    const char *where;
    yaml_parser_t parser;
    size_t events;
    struct {
        json_t *value; /* owned by the one above; the first by the builder */
        char *key;     /* waiting for its value */
    } stack[FRONT_MATTER_DEPTH];
    size_t depth;
    json_t *root;
};

static int refuse(struct builder *b, size_t line, const char *fault)
{
    /* The mapping begins on the second line of the text. */
    return ctx_error(b->ctx, MIMEO_EMALFORMED, "%s: front matter, line %zu: %s", b->where, line + 2,
                     fault);
}

/* Put `value` (a reference that is taken) where the innermost container wants it. */
static int place(struct builder *b, json_t *value, size_t line)
{
    if (value == NULL)
        return ctx_error_nomem(b->ctx);
    if (b->depth == 0) {
        b->root = value;
        return 0;
    }
    json_t *parent = b->stack[b->depth - 1].value;
    if (json_is_array(parent))
        return json_array_append_new(parent, value) < 0 ? ctx_error_nomem(b->ctx) : 0;
    char *key = b->stack[b->depth - 1].key;
    b->stack[b->depth - 1].key = NULL;
    int rc = 0;
    if (key == NULL) {
        json_decref(value);
        return refuse(b, line, "a key must be a plain word");
    }
    if (json_object_get(parent, key) != NULL) {
        json_decref(value);
        rc = ctx_error(b->ctx, MIMEO_EMALFORMED, "%s: front matter, line %zu: '%.40s' is there twice",
                       b->where, line + 2, key);
    } else if (json_object_set_new(parent, key, value) < 0) {
        rc = ctx_error_nomem(b->ctx);
    }
    free(key);
    return rc;
}

static int open_container(struct builder *b, json_t *value, size_t line)
{
    if (b->depth == FRONT_MATTER_DEPTH) {
        json_decref(value);
        return refuse(b, line, "it is nested too deep");
    }
    int rc = place(b, value, line);
    if (rc == 0) {
        b->stack[b->depth].key = NULL;
        b->stack[b->depth++].value = value;
    }
    return rc;
}

static bool is_null_word(const char *value, size_t len)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == len && memcmp(words[i], value, len) == 0)
            return true;
    }
    return false;
}

static int take_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length, line = event->start_mark.line;
    if (memchr(value, 0, len) != NULL)
        return refuse(b, line, "a value holds U+0000");
    if (b->depth == 0)
        return refuse(b, line, "it must be lines of 'field: value'");
    bool wants_key = json_is_object(b->stack[b->depth - 1].value) &&
                     b->stack[b->depth - 1].key == NULL;
    if (wants_key) {
        b->stack[b->depth - 1].key = strndup(value, len);
        return b->stack[b->depth - 1].key == NULL ? ctx_error_nomem(b->ctx) : 0;
    }
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return place(b, plain && is_null_word(value, len) ? json_null() : json_stringn(value, len),
                 line);
}

static bool event_has_anchor(const yaml_event_t *e)
{
    return (e->type == YAML_SCALAR_EVENT && e->data.scalar.anchor != NULL) ||
           (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.anchor != NULL) ||
           (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.anchor != NULL);
}

static bool event_has_tag(const yaml_event_t *e)
{
    return (e->type == YAML_SCALAR_EVENT && e->data.scalar.tag != NULL) ||
           (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.tag != NULL) ||
           (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.tag != NULL);
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
    size_t line = event->start_mark.line;
    if (event->type == YAML_ALIAS_EVENT || event_has_anchor(event))
        return refuse(b, line, "anchors and aliases (& and *) are not taken: write the value out, "
                               "or put it in quotes");
    if (event_has_tag(event))
        return refuse(b, line, "tags (!) are not taken: put the value in quotes");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        if (b->depth == 0)
            return refuse(b, line, "it must be lines of 'field: value'");
        return open_container(b, json_array(), line);
    case YAML_MAPPING_START_EVENT:
        return open_container(b, json_object(), line);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return 0;
    case YAML_DOCUMENT_START_EVENT:
        return b->root == NULL ? 0 : refuse(b, line, "there is more than one document");
    default:
        return 0;
    }
}

static int build(struct builder *b)
{
    for (bool end = false; !end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return b->parser.error == YAML_MEMORY_ERROR
                       ? ctx_error_nomem(b->ctx)
                       : refuse(b, b->parser.problem_mark.line,
                                b->parser.problem == NULL ? "it is not YAML" : b->parser.problem);
        end = event.type == YAML_STREAM_END_EVENT;
        int rc = ++b->events > FRONT_MATTER_EVENTS
                     ? refuse(b, event.start_mark.line, "it has too many values")
                     : take_event(b, &event);
        yaml_event_delete(&event);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int parse_yaml(json_t **out, mimeo_ctx *ctx, const char *where, struct view yaml)
{
    struct builder b = {.ctx = ctx, .where = where};
    if (!yaml_parser_initialize(&b.parser))
        return ctx_error_nomem(ctx);
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, yaml.ptr, yaml.len);
    int rc = build(&b);
    for (size_t i = 0; i < FRONT_MATTER_DEPTH; i++)
        free(b.stack[i].key);
    yaml_parser_delete(&b.parser);
    if (rc == 0 && b.root == NULL && (b.root = json_object()) == NULL)
        rc = ctx_error_nomem(ctx);
    if (rc < 0) {
        json_decref(b.root);
        return rc;
    }
    *out = b.root;
    return 0;
}

/* "---" or, where `closing`, "..." too, with nothing but white space behind. */
static bool is_fence(struct view line, bool closing)
{
    while (line.len > 0 && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' ' ||
                            line.ptr[line.len - 1] == '\t'))
        line.len--;
    return view_equal_str(line, "---") || (closing && view_equal_str(line, "..."));
}

int front_matter_parse(json_t **out, struct view *rest, mimeo_ctx *ctx, const char *where,
                       struct view text)
{
    struct cursor c = cursor_of(text);
    struct view line;
    if (!cursor_line(&c, &line) || !is_fence(line, false)) {
        *out = NULL;
        *rest = text;
        return 0;
    }
    const uint8_t *begin = c.ptr;
    for (bool last = false; !last;) {
        const uint8_t *at = c.ptr;
        if ((size_t)(at - begin) > FRONT_MATTER_MAX)
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s: the front matter is longer than %zu KiB",
                             where, FRONT_MATTER_MAX / KIB);
        last = !cursor_line(&c, &line);
        if (last)
            cursor_take(&c, c.left, &line);
        if (is_fence(line, true)) {
            int rc = parse_yaml(out, ctx, where, view_of(begin, (size_t)(at - begin)));
            if (rc == 0)
                *rest = view_of(c.ptr, c.left);
            return rc;
        }
    }
    return ctx_error(ctx, MIMEO_EMALFORMED,
                     "%s: begins with '---', but no second '---' ends the front matter", where);
}
