/* Key files' text.  The checksum is made right for half of the inputs, so that the lines
 * behind it are reached. */
#include <string.h>

#include "base/context.h"
#include "base/limits.h"
#include "trust/hash.h"
#include "trust/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse_with_sum(mimeo_ctx *ctx, const uint8_t *data, size_t size)
{
    struct keyfile_info info;
    struct buf b;
    char hex[HASH_HEX_LEN + 1];
    struct hash h = hash_of(view_of(data, size));
    hash_format(hex, &h);
    buf_init(&b, 8 * KIB);
    buf_append(&b, data, size);
    buf_appendf(&b, "sum %.8s\n", hex);
    if (buf_status(&b) == 0)
        keyfile_parse(&info, ctx, "k", buf_view(&b));
    buf_dispose(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct keyfile_info info;
    if (mimeo_ctx_new(&ctx) < 0)
        return 0;
    keyfile_parse(&info, ctx, "k", view_of(data, size));
    parse_with_sum(ctx, data, size);
    mimeo_ctx_free(ctx);
    return 0;
}
