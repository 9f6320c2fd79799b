/* Front matter: any bytes give an object, nothing, or a refusal. */
#include <stdlib.h>

#include "import/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mimeo_ctx *ctx;
    json_t *object = NULL;
    struct view rest;
    if (ctx == NULL && mimeo_ctx_new(&ctx) < 0)
        abort();
    if (front_matter_parse(&object, &rest, ctx, "fuzz", view_of(data, len)) == 0 &&
        rest.len > len)
        abort();
    json_decref(object);
    return 0;
}
