/* A file of rules, and below a line "%%" a page that they are for. */
#include <stdlib.h>
#include <string.h>

#include "extract/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void apply(mimeo_ctx *ctx, const struct page_rules *r, struct view html)
{
    struct dom *d;
    uint8_t *marks;
    json_t *object = json_object();
    if (object != NULL && dom_parse(&d, ctx, html) == 0) {
        if (page_rules_mark(&marks, r, ctx, d, "https://www.pier.example/2026/1") < 0 ||
            page_rules_fields(object, r, ctx, d, "https://www.pier.example/2026/1") < 0)
            abort();
        for (size_t i = 0; marks != NULL && i < dom_count(d); i++)
            if (marks[i] > RULE_BODY)
                abort();
        dom_free(d);
    }
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mimeo_ctx *ctx;
    struct page_rules *r;
    const uint8_t *split = size == 0 ? NULL : memmem(data, size, "\n%%\n", 4);
    size_t len = split == NULL ? size : (size_t)(split - data) + 1;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (page_rules_read(&r, ctx, "rules", view_of(data, len)) < 0)
        return 0;
    if (split != NULL)
        apply(ctx, r, view_of(split + 4, size - len - 3));
    page_rules_free(r);
    return 0;
}
