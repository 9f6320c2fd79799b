/* Finding libcurl and its functions.  It is never unloaded: its own libraries would not stand that. */
#include "net/curl_calls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#define CURL_LIBRARY "libcurl.so.4"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct curl_calls calls;
static const char *fault; /* NULL: all is there */

static void find(void *library, const char *name, void *out, size_t size)
{
    void *at = dlsym(library, name);
    if (at == NULL)
        fault = name;
    memcpy(out, &at, size); /* ISO C has no cast from an object's pointer to a function's */
}

static void load(void)
{
    void *library = dlopen(CURL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fault = CURL_LIBRARY;
        return;
    }
#define CURL_CALL(name) find(library, #name, &calls.name##_, sizeof(calls.name##_));
    CURL_CALLS(CURL_CALL)
#undef CURL_CALL
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
