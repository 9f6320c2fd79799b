/* The id of an article that names none: of its address, else of its file's name (article/id.h). */
#include "article/id.h"
#include "import/draft.h"

int draft_id(struct draft *d)
{
    struct record *r = &d->article->record;
    struct buf id;
    if (r->id != NULL)
        return 0;
    buf_init(&id, LIMIT_ARTICLE_ID);
    if (r->url != NULL)
        article_id_of_url(&id, view_of_str(r->url));
    else if (d->item->stem != NULL)
        article_id_of_name(&id, view_of_str(d->item->stem));
    int rc = 0;
    d->article->no_id = id.len == 0;
    if (id.len == 0 && d->options->trial)
        buf_append_str(&id, "article");
    if (id.len == 0)
        rc = draft_refuse(d, "has neither 'id' nor 'url': give it an 'id' that stays the same");
    else if ((r->id = record_string(r, buf_view(&id))) == NULL)
        rc = ctx_error_nomem(d->ctx);
    buf_dispose(&id);
    return rc;
}
