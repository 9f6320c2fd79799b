/*
 * The text of an article's body alone, as `mimeo extract --text` shows it: without what stands under pictures.
 */
#include "article/clean.h"
#include "import/article.h"

static void drop_captions_below(struct node *n)
{
    struct node **link = &n->first_child;
    n->last_child = NULL;
    while (*link != NULL) {
        if ((*link)->tag == TAG_FIGCAPTION) {
            *link = (*link)->next;
            continue;
        }
        n->last_child = *link;
        link = &(*link)->next;
    }
}

int article_text(struct buf *out, mimeo_ctx *ctx, const struct article *a)
{
    struct tree *tree;
    int rc = clean_html(&tree, ctx, buf_view(&a->body), NULL);
    if (rc < 0)
        return rc;
    const struct node *root = tree_root(tree), *at = root;
    bool entering = true;
    drop_captions_below(tree_root(tree));
    while (tree_walk(root, &at, &entering)) {
        if (entering && at->tag != TAG_TEXT)
            drop_captions_below((struct node *)(uintptr_t)at);
    }
    rc = clean_text(out, tree);
    tree_free(tree);
    return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx) : rc;
}
