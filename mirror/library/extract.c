/* Extraction on trial: see mimeo/extract.h. */
#include <string.h>

#include <mimeo/extract.h>

#include "library/article_view.h"
#include "library/importing.h"

struct extraction {
    const struct mimeo_extract_options *options;
    struct mimeo_extract_result *result;
};

static int pass_picture(mimeo_ctx *ctx, const struct hash *hash, const struct picture_info *info, struct view bytes,
                        void *payload)
{
    const struct mimeo_extract_options *o = payload;
    char hex[HASH_HEX_LEN + 1];
    (void)ctx;
    (void)info;
    if (o->picture == NULL)
        return 0;
    hash_format(hex, hash);
    return o->picture(hex, bytes.ptr, bytes.len, o->payload);
}

static int tell(struct extraction *x, const struct mimeo_extract_event *e)
{
    if (e->code == 0)
        x->result->articles++;
    else if (e->skipped)
        x->result->skipped++;
    else
        x->result->refused++;
    x->result->unreached += e->code == MIMEO_EUNREACHABLE || e->code == MIMEO_ETIMEOUT;
    return x->options->event == NULL ? 0 : x->options->event(e, x->options->payload);
}

static int tell_article(struct extraction *x, mimeo_ctx *ctx, const struct batch_item *i)
{
    static const struct header none;
    struct article *a = i->article;
    struct article_view view;
    int rc = article_view_init(&view, ctx, &a->record, &none, false);
    if (rc < 0)
        return rc;
    if (a->no_id)
        view.article.id = "";
    struct mimeo_extract_event e = {.where = i->where,
                                    .stem = i->item->stem == NULL ? "" : i->item->stem,
                                    .message = buf_str(&a->warnings),
                                    .article = &view.article,
                                    .html = buf_str(&a->body),
                                    .text = buf_str(&a->text),
                                    .site = a->site == NULL ? "" : a->site,
                                    .explain = buf_str(&a->explain)};
    rc = tell(x, &e);
    article_view_dispose(&view);
    return rc;
}

static int take_item(mimeo_ctx *ctx, const struct batch_item *i, void *payload)
{
    struct extraction *x = payload;
    if (i->article != NULL)
        return tell_article(x, ctx, i);
    struct mimeo_extract_event e = {.code = i->code,
                                    .skipped = i->skipped,
                                    .where = i->where,
                                    .stem = "",
                                    .message = mimeo_ctx_message(ctx),
                                    .html = "",
                                    .text = "",
                                    .site = "",
                                    .explain = ""};
    return tell(x, &e);
}

int mimeo_extract(mimeo_ctx *ctx, const char *const *paths, size_t count, const struct mimeo_extract_options *options,
                  struct mimeo_extract_result *result)
{
    struct extraction x = {options, result};
    struct importing importing;
    memset(result, 0, sizeof(*result));
    int rc = importing_init(&importing, ctx, &options->input, pass_picture, (void *)(uintptr_t)options);
    if (rc < 0)
        return rc;
    importing.batch.doing = "extracting";
    importing.batch.article.explain = options->explain;
    importing.batch.article.trial = true;
    importing.batch.threads = options->threads;
    rc = batch_run(ctx, paths, count, &importing.batch, take_item, &x);
    importing_dispose(&importing);
    return rc;
}
