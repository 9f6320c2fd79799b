/* A page that lies beside somebody's mirror: is it the one that this mimeo was built with? */
#include <mimeo/page.h>

#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

#define PAGE_MAX (16 * MIB) /* with packs inside it is longer, and another page anyway */

int mimeo_page_is(mimeo_ctx *ctx, const char *directory, const char *name)
{
    size_t len;
    const unsigned char *page = mimeo_page(&len);
    struct file_bytes f;
    if (page == NULL)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "this mimeo was built without the page");
    int dir = dir_open(ctx, directory);
    int rc = dir < 0 ? dir : file_load_at(&f, ctx, dir, name, PAGE_MAX, false);
    if (dir >= 0)
        close(dir);
    if (rc < 0)
        return rc;
    bool same = view_equal(f.view, view_of(page, len));
    file_unload(&f);
    return same;
}
