/* The front of a list of references: however it is cut into reads, the same bytes are changed, and no others. */
#include <stdlib.h>
#include <string.h>

#include "sync/fetch_git.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole, pieces;
    bool done = false;
    buf_init(&whole, size);
    buf_init(&pieces, size);
    if (buf_append(&whole, data, size) < 0)
        abort();
    carrier_hide_thin_pack(&whole);
    for (size_t i = 0; i < size; i++) {
        buf_append(&pieces, data + i, 1);
        done = done || carrier_hide_thin_pack(&pieces);
    }
    if (!view_equal(buf_view(&whole), buf_view(&pieces)))
        abort();
    for (size_t i = 0; i < size; i++)
        if (whole.ptr[i] != data[i] && (data[i] == 0 || strchr("thin-pack", data[i]) == NULL))
            abort();
    buf_dispose(&whole);
    buf_dispose(&pieces);
    return 0;
}
