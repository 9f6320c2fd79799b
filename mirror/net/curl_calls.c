#include "net/curl_calls.h"

#include <pthread.h>

#include "base/load.h"

#define CURL_LIBRARY "libcurl.so.4"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct curl_calls calls;
static const char *fault; /* NULL: all is there */

static void load(void)
{
#define CURL_CALL(name) {#name, &calls.name##_},
    static const struct load_name names[] = {CURL_CALLS(CURL_CALL)};
#undef CURL_CALL
    fault = load_library(CURL_LIBRARY, names, sizeof(names) / sizeof(names[0]));
    if (fault == NULL && calls.curl_global_init_(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        fault = "curl_global_init";
}

const struct curl_calls *curl_calls(mimeo_ctx *ctx)
{
    pthread_once(&once, load);
    if (fault == NULL)
        return &calls;
    ctx_error(ctx, MIMEO_EFAIL, "libcurl cannot be used (%s is missing or fails): install libcurl4", fault);
    return NULL;
}
