/* Pages, one a line of JSON: {"file": …, "article": the object} or {"file": …, "error": …}.  --explain: with what was dropped. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "extract/page.h"

static void print(const char *file, const char *field, struct view value, bool json)
{
    struct buf line;
    buf_init(&line, 64 * MIB);
    buf_append_str(&line, "{\"file\":");
    json_append_string(&line, view_of_str(file));
    buf_appendf(&line, ",\"%s\":", field);
    if (json)
        buf_append_view(&line, value);
    else
        json_append_string(&line, value);
    printf("%s}\n", buf_str(&line));
    buf_dispose(&line);
}

static void extract(mimeo_ctx *ctx, const char *file, bool explain)
{
    struct buf page = {0}, out = {0};
    struct page_options options = {.explain = explain};
    int rc = file_read(&page, ctx, file, 64 * MIB);
    if (rc == 0) {
        struct page_source source = {.bytes = buf_view(&page), .where = file};
        rc = page_extract(&out, ctx, &source, &options);
    }
    if (rc == 0)
        print(file, "article", buf_view(&out), true);
    else
        print(file, "error", view_of_str(mimeo_ctx_message(ctx)), false);
    buf_dispose(&out);
    buf_dispose(&page);
}

int main(int argc, char **argv)
{
    mimeo_ctx *ctx;
    bool explain = argc > 1 && strcmp(argv[1], "--explain") == 0;
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    for (int i = explain ? 2 : 1; i < argc; i++)
        extract(ctx, argv[i], explain);
    mimeo_ctx_free(ctx);
    return 0;
}
