/*
 * What the page does without, and what it says or does instead.
 */
#include "article/clean.h"
#include "store/backend.h"

/* No git repositories: there is no way to name one here. */
int git_branch_open(struct backend **out, mimeo_ctx *ctx, const char *git_dir, const char *branch)
{
    (void)out;
    (void)branch;
    return ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' is a git repository, which a page does not open", git_dir);
}

/* No HTML parser: a body that is not already as mimeo writes it was not written by mimeo, and is not shown. */
int clean_to_html(struct buf *out, mimeo_ctx *ctx, struct view html, const struct clean_options *options)
{
    (void)out;
    (void)html;
    (void)options;
    return ctx_error(ctx, MIMEO_EMALFORMED, "the text of this article is not in the form that mimeo writes: it is not shown here");
}
