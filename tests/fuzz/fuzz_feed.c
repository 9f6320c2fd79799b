/* A feed of any kind: whatever goes in, every part is one JSON object or words. */
#include <jansson.h>
#include <stdlib.h>

#include "base/text.h"
#include "feed/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int check(mimeo_ctx *ctx, struct view part, void *payload)
{
    (void)ctx;
    (void)payload;
    if (part.len < 9 || !utf8_valid(view_of(part.ptr + 9, part.len - 9)))
        abort();
    if (part.ptr[0] == 'x')
        return 0;
    json_t *entry = json_loadb((const char *)part.ptr + 9, part.len - 9, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(entry) || !json_is_string(json_object_get(entry, "id")))
        abort();
    json_decref(entry);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    struct feed_source source = {.head = view_of(data, len), .fd = -1, .where = "fuzz", .url = "https://fuzz.example/feed"};
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    (void)feed_read_all(ctx, &source, check, NULL);
    return 0;
}
