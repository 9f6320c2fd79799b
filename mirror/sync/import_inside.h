/* Inside of importing (mimeo/import.h): one run. */
#ifndef SYNC_IMPORT_INSIDE_H
#define SYNC_IMPORT_INSIDE_H

#include <mimeo/import.h>

#include "base/context.h"
#include "trust/hash.h"

struct importing {
    mimeo_ctx *ctx;
    char *library; /* path */
    const struct mimeo_import_options *options;
    struct mimeo_import_result *result;
    mimeo_gathering *gathering;
    int code; /* the gravest so far */
    char message[CTX_MESSAGE_MAX];
    bool expected;     /* the publisher with the digits was met */
    size_t unexpected; /* others that were met */
    struct hash *met;  /* publishers of this run */
    size_t met_count;
};
/* Something went wrong that does not end the run. */
void import_note(struct importing *im, int code, const char *message);

#endif
