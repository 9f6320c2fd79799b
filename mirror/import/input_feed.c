/* Feeds, cut into their entries. */
#include "import/cutter.h"

int cutter_feed(struct cutter **out, mimeo_ctx *ctx, struct input_file *f)
{
    (void)out;
    int rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: is a feed", f->where);
    input_file_dispose(f);
    return rc;
}
