/* Texts of pages: lines and their story.  The child is left out: what is in it is what counts. */
#include <stdlib.h>

#include "extract/charset.h"
#include "extract/text_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    struct text_lines lines;
    struct text_story story;
    struct buf text;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (charset_to_utf8(&text, ctx, view_of(data, len), NULL, CHARSET_TEXT, NULL) < 0)
        abort();
    if (text_lines_cut(&lines, ctx, "text", buf_view(&text)) == 0) {
        if (text_story_find(&story, &lines) && (story.from >= story.to || story.to > lines.count))
            abort();
        text_lines_dispose(&lines);
    }
    text_page_sniff(view_of(data, len));
    buf_dispose(&text);
    return 0;
}
