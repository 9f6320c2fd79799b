/* What a page says of itself: any bytes as a page, and (behind a first byte that is odd) as a block of JSON-LD. */
#include <stdlib.h>

#include "base/text.h"
#include "extract/charset.h"
#include "extract/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const json_t *object)
{
    const char *field;
    json_t *value;
    char why[80];
    json_object_foreach((json_t *)(uintptr_t)object, field, value)
        if (json_is_string(value) &&
            text_line_fault(view_of(json_string_value(value), json_string_length(value)), why, sizeof why) != NULL)
            abort();
}

static void run(mimeo_ctx *ctx, struct view utf8)
{
    struct dom *dom;
    struct page_taken taken;
    struct page_source source = {.bytes = utf8, .where = "page", .url = utf8.len % 2 == 0 ? "https://a.example/2024/04/03/x" : NULL};
    json_t *object = json_object();
    if (object == NULL)
        abort();
    if (dom_parse(&dom, ctx, utf8) == 0) {
        if (page_meta(object, ctx, dom, &source, &taken) < 0)
            abort();
        check(object);
        dom_free(dom);
    }
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    struct buf text, page;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (len == 0 || charset_to_utf8(&text, ctx, view_of(data + 1, len - 1), "text/html; charset=utf-8", CHARSET_HTML, NULL) < 0)
        return 0;
    buf_init(&page, text.len + 200);
    if ((data[0] & 1) != 0)
        buf_append_str(&page, "<h1>A title</h1><script type=application/ld+json>");
    buf_append_view(&page, buf_view(&text));
    run(ctx, buf_view(&page));
    buf_dispose(&page);
    buf_dispose(&text);
    return 0;
}
