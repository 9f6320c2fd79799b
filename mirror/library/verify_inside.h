/*
 * Inside of verifying (include/mimeo/mirror.h): one run, and telling what it finds.
 */
#ifndef LIBRARY_VERIFY_INSIDE_H
#define LIBRARY_VERIFY_INSIDE_H

#include "library/erasure.h"
#include "library/head.h"
#include "library/mirror.h"

struct verification {
    mimeo_mirror *m;
    mimeo_ctx *ctx;
    const struct mimeo_verify_options *options;
    struct mimeo_verify_result *result;
    struct erasure_claims zeroed; /* blocks of zeros that no catalog explained yet */
    struct header_walk walk;
    char copy_of[STORE_NAME_MAX]; /* the last further copy's name in a pack, and which of that name it was */
    size_t copy;
    bool cut_short; /* the head says that more bundles were to come, or they came while this ran */
};

void verify_tell(struct verification *v, const char *object, uint64_t seq, enum mimeo_verdict verdict, const char *message);
void verify_remark(struct verification *v, const char *object, const char *message);
/* By a code, with the context's words. */
void verify_tell_ctx(struct verification *v, const char *object, uint64_t seq, int code);
/* Codes that are not about the object but about this machine. */
bool verify_is_our_trouble(int code);
/* Was the bundle there when the mirror was opened? */
bool verify_holds(const mimeo_mirror *m, uint64_t seq);

/* ---- the files beside the bundles (verify_files.c) ---- */

/* Counted: the chain was judged at opening. */
void verify_charters(struct verification *v);
int verify_texts(struct verification *v);
/* The head file, and whether an update was cut short. */
int verify_head(struct verification *v);
int verify_dictionaries(struct verification *v);
int verify_media(struct verification *v);
int verify_strays(struct verification *v);

#endif
