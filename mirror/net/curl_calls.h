/*
 * libcurl, loaded at its first use (base/load.h).
 */
#ifndef NET_CURL_CALLS_H
#define NET_CURL_CALLS_H

#include <curl/curl.h>

#include "base/context.h"

/* Each by its own name and type. */
#define CURL_CALLS(X)                                                                                                  \
    X(curl_global_init)                                                                                                \
    X(curl_easy_init) X(curl_easy_setopt) X(curl_easy_getinfo) X(curl_easy_cleanup)                                    \
    X(curl_multi_init) X(curl_multi_add_handle) X(curl_multi_remove_handle) X(curl_multi_perform) X(curl_multi_poll)   \
    X(curl_multi_info_read) X(curl_multi_cleanup)                                                                      \
    X(curl_slist_append) X(curl_slist_free_all)

struct curl_calls {
#define CURL_CALL(name) __typeof__(name) *name##_;
    CURL_CALLS(CURL_CALL)
#undef CURL_CALL
};

/* Loaded and initialised, once for the process; NULL, and the message says why (a package is missing). */
const struct curl_calls *curl_calls(mimeo_ctx *ctx);

#endif
