/* One Markdown file. */
#include "import_one.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    return import_one(INPUT_MARKDOWN, data, len);
}
