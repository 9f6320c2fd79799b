/*
 * Taking what one mirror has and a directory lacks: each object verified, then written, the head last.
 * Sync, import and pushing to a stick are this and nothing else.
 *
 * Bundles go in from the oldest to the newest, each written atomically, so that a kill at any moment
 * leaves a directory that verifies: all bundles up to some number.  A bundle that is held is left alone,
 * unless it is damaged, or revoked by a cut that the newest charter made.  Erasures are carried out before
 * the text would touch the disk: what the new catalogs order is known before the first bundle is written,
 * and an old copy that still has the text never brings it back.
 */
#ifndef LIBRARY_TAKE_H
#define LIBRARY_TAKE_H

#include "library/mirror.h"

struct take_options {
    bool no_media;
    mode_t mode; /* of files: 0600 in the library, 0644 on a stick */
    bool check_held; /* hash what is held too, and replace what is damaged; else a held bundle is trusted to be whole */
    /* A bundle is in place and durable (or was written again: an erasure), its bytes checked to the last block:
     * `held` has them, with verdict MIMEO_GOOD or MIMEO_UNJOINED, until this returns.  May be NULL. */
    int (*taken)(struct held_bundle *held, void *payload);
    /* Before anything held is made zero or removed: what was made from it has to go first, so that a kill between the
     * two leaves the order undone, and the next run does both.  May be NULL. */
    int (*erasing)(void *payload);
    /* A picture of a pack that no article cites that is held and joined: damaged, or of bundles that did not come.  May be NULL. */
    void (*uncited)(const struct hash *h, void *payload);
    /* An object of `from` that was refused, with why.  May be NULL. */
    void (*fault)(const struct mimeo_fault *fault, void *payload);
    void *payload;
};
struct take_result {
    uint64_t bundles, media, dictionaries, charters, bytes; /* written */
    uint64_t erased;   /* blocks and media that an order made zero or removed here */
    uint64_t replaced; /* bundles that a cut revoked */
    uint64_t faults;   /* objects refused */
    uint64_t unjoined; /* genuine, no path to them: taken all the same, labelled when shown */
};

/* `from` was opened (mirror_open_store) with the trust of the library, whose pin of the publisher stands; its verdict
 * is none of damaged chains, conflict or rollback of charters.  `dir` is made where it is missing; what is in it must be
 * the same publisher's (MIMEO_EUSAGE).  The caller holds the lock.  0 where it ran to its end, whatever was refused. */
int take(mimeo_ctx *ctx, mimeo_mirror *from, const char *dir, const char *library, const struct take_options *options,
         struct take_result *result);

#endif
