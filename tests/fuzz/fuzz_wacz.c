/* WACZ: any zip is walked through, whatever its names and lengths say. */
#include "fuzz/archive_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return archive_walk(data, size, ARCHIVE_WACZ);
}
