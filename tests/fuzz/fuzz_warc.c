/* WARC and ARC, packed or not: any bytes are walked through. */
#include "fuzz/archive_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    archive_walk(data, size, ARCHIVE_ARC);
    return archive_walk(data, size, ARCHIVE_WARC);
}
