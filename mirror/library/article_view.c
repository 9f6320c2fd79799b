/* NULL becomes "" here, once, so that no front end has to think of it. */
#include "library/article_view.h"

#include <stdlib.h>

static const char *or_empty(const char *s)
{
    return s == NULL ? "" : s;
}

static void fill_media(struct mimeo_media *out, const struct record_media *m)
{
    hash_format(out->hash, &m->hash);
    out->type = m->type;
    out->bytes = m->bytes;
    out->width = m->width;
    out->height = m->height;
    out->alt = or_empty(m->alt);
    out->caption = or_empty(m->caption);
    out->credit = or_empty(m->credit);
}

int article_view_init(struct article_view *out, mimeo_ctx *ctx, const struct record *r,
                      const struct header *header, bool joined)
{
    struct mimeo_media *media = NULL;
    if (r->media_count > 0 && (media = calloc(r->media_count, sizeof(*media))) == NULL)
        return ctx_error_nomem(ctx);
    for (size_t i = 0; i < r->media_count; i++)
        fill_media(&media[i], &r->media[i]);
    *out = (struct article_view){
        .media = media,
        .article = {
            .id = r->id,
            .action = (enum mimeo_action)r->action,
            .revision = r->revision,
            .title = or_empty(r->title),
            .subtitle = or_empty(r->subtitle),
            .section = or_empty(r->section),
            .summary = or_empty(r->summary),
            .lang = or_empty(r->lang),
            .dir = or_empty(r->dir),
            .url = or_empty(r->url),
            .note = or_empty(r->note),
            .bylines = r->bylines,
            .byline_count = r->byline_count,
            .tags = r->tags,
            .tag_count = r->tag_count,
            .has_published = r->has_published,
            .has_modified = r->has_modified,
            .published = r->published,
            .modified = r->modified,
            .words = r->words,
            .media = media,
            .media_count = r->media_count,
            .has_body = r->has_body,
            .seq = header->seq,
            .bundle_time = header->time,
            .joined = joined,
        },
    };
    return 0;
}

void article_view_dispose(struct article_view *v)
{
    if (v == NULL)
        return;
    free(v->media);
    v->media = NULL;
}
