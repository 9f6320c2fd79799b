/* Zips: reading the list of entries ends, and each lies within the file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/zip_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(const struct zip_stretch *e, void *payload)
{
    const size_t *size = payload;
    if (e->offset > *size || e->len > *size - e->offset)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mimeo_ctx *ctx;
    struct zip_stretch first;
    int fd = memfd_create("zip", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || mimeo_ctx_new(&ctx) < 0)
        abort();
    zip_each(fd, size, ctx, "zip", check, &size);
    if (zip_first(&first, fd, size) && (first.offset > size || first.len > size - first.offset))
        abort();
    mimeo_ctx_free(ctx);
    close(fd);
    return 0;
}
