/* What stands at an address, as a file that is open. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "import/cutter.h"
#include "import/fetch.h"
#include "net/address.h"

static int name_file(struct input_file *f, mimeo_ctx *ctx, const struct input_file *like, const char *url,
                     const struct fetched *got)
{
    f->where = address_display(url);
    f->url = strdup(got->url);
    f->content_type = strdup(got->content_type);
    if (f->where == NULL || f->url == NULL || f->content_type == NULL)
        return ctx_error_nomem(ctx);
    if (like->pictures == NULL)
        return picture_source_network(&f->pictures, ctx, like->fetcher, f->url);
    f->pictures = picture_source_hold(like->pictures);
    return 0;
}

int fetch_file(struct input_file *out, mimeo_ctx *ctx, const struct input_file *like, const char *url, const char *from)
{
    struct input_file f = {.window.fd = -1, .fetcher = like->fetcher, .follow = like->follow, .named = like->named,
                           .captured = ctx_now(ctx)};
    struct fetched got;
    char *shown = address_display(url);
    if (shown == NULL)
        return ctx_error_nomem(ctx);
    int rc = fetcher_get(&got, like->fetcher, ctx, url, from, FETCH_PAGE);
    if (rc < 0) {
        rc = ctx_error_prefix(ctx, rc, "%s", shown);
        free(shown);
        return rc;
    }
    free(shown);
    rc = window_init_bytes(&f.window, buf_view(&got.bytes), LIMIT_INPUT_LINE) < 0 ? ctx_error_nomem(ctx)
                                                                                  : name_file(&f, ctx, like, url, &got);
    fetched_dispose(&got);
    if (rc < 0)
        input_file_dispose(&f);
    else
        *out = f;
    return rc;
}
