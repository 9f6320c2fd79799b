#include "archive/archive_calls.h"

#include <pthread.h>

#include "base/load.h"

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))
#define NAME_AND_SLOT(name) {#name, &calls.name##_},

static int missing(mimeo_ctx *ctx, const char *what, const char *fault, const char *package)
{
    return ctx_error(ctx, MIMEO_EFAIL, "%s (%s is missing or fails): install %s", what, fault, package);
}

/* The loader, what it loads and what became of it, for one library. */
#define LOADED(prefix, CALLS, soname, what, package)                         \
    static pthread_once_t prefix##_once = PTHREAD_ONCE_INIT;                 \
    static struct prefix##_calls prefix##_slots;                             \
    static const char *prefix##_fault;                                       \
    static void prefix##_load(void)                                          \
    {                                                                        \
        struct prefix##_calls calls;                                         \
        const struct load_name names[] = {CALLS(NAME_AND_SLOT)};             \
        prefix##_fault = load_library(soname, names, COUNT(names));          \
        if (prefix##_fault == NULL)                                          \
            prefix##_slots = calls;                                          \
    }                                                                        \
    const struct prefix##_calls *prefix##_calls(mimeo_ctx *ctx)              \
    {                                                                        \
        pthread_once(&prefix##_once, prefix##_load);                         \
        if (prefix##_fault == NULL)                                          \
            return &prefix##_slots;                                          \
        missing(ctx, what, prefix##_fault, package);                         \
        return NULL;                                                         \
    }

LOADED(brotli, BROTLI_CALLS, "libbrotlidec.so.1", "brotli cannot be unpacked", "libbrotli1")
LOADED(zstd, ZSTD_CALLS, "libzstd.so.1", "zstd cannot be unpacked", "libzstd1")
LOADED(lzma, LZMA_CALLS, "liblzma.so.5", "xz cannot be unpacked", "liblzma5")
LOADED(md5, MD5_CALLS, "libmd.so.0", "an MD5 cannot be checked", "libmd0")
