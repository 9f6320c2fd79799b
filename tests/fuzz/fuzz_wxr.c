/* A post's content as an export of WordPress has it: shortcodes, lines and all. */
#include <stdlib.h>

#include "base/text.h"
#include "feed/wxr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wxr_file files[] = {{12, "https://a.example/12.jpg", "alt", NULL}, {13, "https://a.example/13.jpg", NULL, "words"}};
    struct wxr export = {.files = files, .file_count = 2};
    struct buf out;
    bool valid = utf8_valid(view_of(data, len));
    buf_init(&out, 2 * FEED_TEXT_MAX);
    int rc = wp_content(&out, &export, view_of(data, len));
    if (valid && rc == 0 && !utf8_valid(buf_view(&out)))
        abort();
    buf_dispose(&out);
    return 0;
}
