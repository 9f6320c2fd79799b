/* A robots.txt, and a path behind its last line: whatever stands there, an answer comes, and soon. */
#include <stdlib.h>
#include <string.h>

#include "import/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    struct robots r;
    const uint8_t *last = len == 0 ? NULL : memrchr(data, '\n', len);
    size_t cut = last == NULL ? 0 : (size_t)(last - data);
    char path[256] = "/";
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    for (size_t i = cut + 1, at = 1; i < len && at < sizeof path - 1; i++)
        if (data[i] != 0)
            path[at++] = (char)data[i];
    if (robots_parse(&r, ctx, view_of(data, cut), "mimeo") < 0)
        abort();
    if (r.delay_ms > 1000 * ROBOTS_DELAY_MAX || r.count > ROBOTS_RULES)
        abort();
    (void)robots_allow(&r, path);
    robots_dispose(&r);
    return 0;
}
