/*
 * A record of JSON: one object an article.
 */
#include "extract/json_text.h"
#include "import/draft.h"

static int parse_object(json_t **out, struct draft *d)
{
    json_t *object;
    int rc = json_text_parse(&object, d->ctx, d->item->where, buf_view(&d->item->bytes));
    if (rc < 0)
        return rc;
    if (!json_is_object(object)) {
        json_decref(object);
        return draft_refuse(d, "a record must be an object: {\"title\": …}");
    }
    *out = object;
    return 0;
}

static struct view view_of_json(const json_t *string)
{
    return view_of(json_string_value(string), json_string_length(string));
}

static int take_paragraphs(struct draft *d, const json_t *list)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        const json_t *paragraph = json_array_get(list, i);
        if (!json_is_string(paragraph))
            return draft_refuse(d, "field 'body': paragraph %zu must be a string", i + 1);
        rc = draft_body_paragraph(d, view_of_json(paragraph));
    }
    return rc;
}

static int take_body(struct draft *d, const json_t *object)
{
    const json_t *body = json_object_get(object, "body");
    if (body == NULL || json_is_null(body))
        body = json_object_get(object, "html");
    const json_t *text = json_object_get(object, "text");
    bool none = body == NULL || json_is_null(body);
    if (none && (text == NULL || json_is_null(text)))
        return 0;
    if (none)
        return json_is_string(text) ? draft_body_text(d, view_of_json(text))
                                    : draft_refuse(d, "field 'text' must be a string");
    if (json_is_array(body))
        return take_paragraphs(d, body);
    if (!json_is_string(body))
        return draft_refuse(d, "field 'body' must be a string of HTML or a list of paragraphs");
    return draft_body_html(d, view_of_json(body));
}

int object_import(struct draft *d, const json_t *object)
{
    int rc = draft_fields(d, object);
    return rc == 0 ? take_body(d, object) : rc;
}

int jsonl_import(struct draft *d)
{
    json_t *object = NULL;
    int rc = parse_object(&object, d);
    if (rc < 0)
        return rc;
    d->lenient = d->item->of_feed;
    rc = object_import(d, object);
    json_decref(object);
    return rc;
}
