/* From the options of the public calls to those of a batch. */
#include "library/importing.h"

#include "extract/rules.h"
#include "picture/shrink.h"

#define IMAGE_WIDTH_MIN 16
#define FOLLOW_MAX 100

static int set_images(struct article_options *out, mimeo_ctx *ctx, const struct mimeo_input_options *given)
{
    if (given->image_width != 0 && (given->image_width < IMAGE_WIDTH_MIN || given->image_width > SHRINK_SIDE))
        return ctx_error(ctx, MIMEO_EUSAGE, "a picture's width is %d to %d pixels", IMAGE_WIDTH_MIN, SHRINK_SIDE);
    if (given->image_quality > 100)
        return ctx_error(ctx, MIMEO_EUSAGE, "a picture's quality is 1 to 100");
    if (given->images == MIMEO_IMAGES_NONE)
        out->picture = NULL;
    out->want = (struct picture_want){given->images == MIMEO_IMAGES_SMALL, given->image_width, (int)given->image_quality};
    return 0;
}

int importing_init(struct importing *out, mimeo_ctx *ctx, const struct mimeo_input_options *given,
                   article_picture_fn picture, void *payload)
{
    struct importing made = {.batch = {.input.pictures = given->pictures,
                                       .article = {.lang = given->lang, .picture = picture, .payload = payload}}};
    if (given->format != NULL && !input_format_parse(given->format, &made.batch.input.format))
        return input_format_refuse(ctx, given->format);
    int rc = set_images(&made.batch.article, ctx, given);
    if (rc == 0)
        rc = fetcher_new(&made.fetcher, ctx, &given->fetch);
    if (rc == 0 && given->rules != NULL)
        rc = page_rules_load(&made.rules, ctx, given->rules);
    if (rc < 0) {
        fetcher_free(made.fetcher);
        return rc;
    }
    made.batch.article.rules = made.rules;
    made.batch.input.fetcher = made.fetcher;
    if (given->fetch.follow)
        made.batch.input.follow = given->fetch.follow_max > 0 ? given->fetch.follow_max : FOLLOW_MAX;
    *out = made;
    return 0;
}

void importing_dispose(struct importing *i)
{
    fetcher_free(i->fetcher);
    page_rules_free(i->rules);
}
