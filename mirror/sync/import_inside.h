/* Inside of importing (mimeo/import.h): one run. */
#ifndef SYNC_IMPORT_INSIDE_H
#define SYNC_IMPORT_INSIDE_H

#include <mimeo/import.h>

#include "sync/session.h"

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
    struct met {       /* publishers of this run, and what of each arrived so far */
        struct hash publisher;
        struct arrived arrived;
    } *met;
    size_t met_count;
};
/* Something went wrong that does not end the run. */
void import_note(struct importing *im, int code, const char *message);
/* Pictures of a pack that no article cites that is held, and in which parts they came. */
struct uncited {
    const struct store *store; /* of the try at hand */
    uint64_t count;
    struct {
        uint64_t place, count;
    } parts[64]; /* more are not told apart */
    size_t part_count;
};
void import_uncited(const struct hash *h, struct uncited *u);
/* Tell which parts of exports are lacking, of those that the n-th of what was gathered has parts of.  The publisher's lock is held. */
int import_parts(struct importing *im, size_t n, const struct session *session, const struct uncited *uncited);

#endif
