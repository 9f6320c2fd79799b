/*
 * Plain text: the first line that says something is the title, unless front matter has
 * one; what follows is paragraphs divided by empty lines.
 */
#include <string.h>

#include "import/draft.h"

static int take_title(struct draft *d, struct view *text)
{
    struct cursor c = cursor_of(*text);
    struct buf line;
    int rc = 0;
    buf_init(&line, LIMIT_HTML);
    while (rc == 0 && line.len == 0 && c.left > 0) {
        struct view v;
        char why[80];
        if (!cursor_line(&c, &v))
            cursor_take(&c, c.left, &v);
        const char *fault = line_clean(&line, v, why, sizeof why);
        if (fault != NULL)
            rc = draft_refuse(d, "the first line %s", fault);
    }
    const char *given = d->article->record.title;
    if (rc == 0 && line.len > 0 && (given == NULL || view_equal_str(buf_view(&line), given))) {
        rc = draft_title(d, buf_view(&line));
        *text = view_of(c.ptr, c.left);
    }
    buf_dispose(&line);
    return rc;
}

int text_import(struct draft *d)
{
    json_t *fields = NULL;
    struct view text = buf_view(&d->item->bytes);
    int rc = front_matter_parse(&fields, &text, d->ctx, d->item->where, text);
    if (rc == 0 && fields != NULL)
        rc = draft_fields(d, fields);
    if (rc == 0)
        rc = take_title(d, &text);
    if (rc == 0)
        rc = draft_body_text(d, text);
    json_decref(fields);
    return rc;
}
