/* Archives, cut into their pages. */
#include "import/cutter.h"

int cutter_archive(struct cutter **out, mimeo_ctx *ctx, struct input_file *f)
{
    (void)out;
    int rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: is an archive", f->where);
    input_file_dispose(f);
    return rc;
}
