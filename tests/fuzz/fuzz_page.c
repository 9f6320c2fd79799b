/* A page, without the child that page_extract runs it in: what comes out is UTF-8, and the sums of facts stay sums. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/body.h"
#include "extract/charset.h"
#include "extract/explain.h"
#include "extract/meta.h"
#include "extract/no_article.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good)
{
    if (!good)
        abort();
}

/* No sum is more than the parent's, which an unsigned difference gone wrong would be. */
static void check_sums(const struct body_page *b)
{
    for (size_t i = 0; i < b->facts.count; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        const struct facts *f = &b->facts.of[i];
        if (n == NULL || n->parent == NULL || f->gone)
            continue;
        const struct facts *up = facts_of(&b->facts, n->parent);
        require(f->chars <= up->chars && f->links <= f->chars && f->pictures <= up->pictures);
    }
}

static void judge(mimeo_ctx *ctx, struct dom *d, bool lenient)
{
    struct body_page b;
    struct buf out;
    require(body_gather(&b, ctx, d, NULL, lenient) == 0);
    b.url = "https://pier.example/a/b";
    b.title = "A title of some length";
    require(body_choose(&b, ctx) == 0);
    if (b.root != NULL)
        require(body_prune(&b, ctx) == 0);
    check_sums(&b);
    no_article_in(&b, "title", b.url);
    buf_init(&out, 64 * MIB);
    if (b.root != NULL && body_write(&out, ctx, &b) == 0)
        require(utf8_valid(buf_view(&out)));
    buf_clear(&out);
    if (explain_body(&out, &b) == 0)
        require(utf8_valid(buf_view(&out)));
    buf_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mimeo_ctx *ctx;
    struct buf text;
    struct dom *d;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    require(charset_to_utf8(&text, ctx, view_of(data, size), NULL, CHARSET_HTML, NULL) == 0);
    if (dom_parse(&d, ctx, buf_view(&text)) == 0) {
        struct page_source source = {.where = "page", .url = "https://pier.example/a/b"};
        struct page_taken taken = {0};
        json_t *object = json_object();
        require(page_meta(object, ctx, d, &source, &taken) == 0);
        json_decref(object);
        judge(ctx, d, size % 2 == 1);
        dom_free(d);
    }
    buf_dispose(&text);
    return 0;
}
