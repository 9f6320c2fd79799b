/* The feed that a page's head names: none, or an absolute address of the web that is its own normal form. */
#include <stdlib.h>
#include <string.h>

#include "import/feed_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const bases[] = {NULL, "https://courier.example/a/page.html"};
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        char feed[URL_MAX], again[URL_MAX];
        if (!feed_link_find(feed, view_of(data, len), bases[i]))
            continue;
        if (strncmp(feed, "http://", 7) != 0 && strncmp(feed, "https://", 8) != 0)
            abort();
        if (!url_normal(again, view_of_str(feed)) || strcmp(again, feed) != 0)
            abort();
    }
    return 0;
}
