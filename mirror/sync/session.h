/*
 * Inside of syncing: one publisher at work in the library, and what comes of one address.
 */
#ifndef SYNC_SESSION_H
#define SYNC_SESSION_H

#include "library/holding.h"
#include "library/mirror.h"
#include "sync/way.h"

/* What came of an address. */
struct visit_result {
    enum mimeo_sync_outcome outcome;
    int code;              /* 0, or why it failed */
    char message[CTX_MESSAGE_MAX];
    const char *way;       /* "" where no way was found */
    uint64_t bundles, media, bytes, network_bytes, faults;
    uint64_t articles;     /* records published or revised in the bundles that came, where they are counted */
    uint64_t shown_seq;    /* the newest head that it showed and proved */
    uint64_t held_seq;     /* the head of what is held after it; 0 where something below that is missing */
};

struct session {
    mimeo_ctx *ctx;
    const char *library; /* path */
    const struct mimeo_sync_options *options;
    struct hash publisher;
    char hex[HASH_HEX_LEN + 1];
    char petname[MIMEO_PETNAME_MAX + 1];
    char *work, *held;   /* work/<id>, publishers/<id> */
    int lock;
    struct arrived arrived; /* since the session began: what `list --new` shows */
    void (*fault)(const struct mimeo_fault *fault, void *payload); /* each object that was refused; NULL: none hears */
    void (*uncited)(const struct hash *h, void *payload); /* as in library/take.h; NULL: none hears */
    void *payload; /* of both */
    bool count_articles; /* of what comes */
    struct visit_result found; /* of a run that was killed: taken when the session began */
};
/* Make the publisher's work directory and take its lock (10 s, MIMEO_EBUSY).  The publisher is pinned.  What a killed run
 * fetched and never judged is taken into the library, or thrown away. */
int session_open(struct session *s, mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                 const struct mimeo_sync_options *options);
void session_close(struct session *s);

/* Take from the address what the library lacks, bring the catalog to it, and remember how the address fared.  `added`: the
 * reader gave it; one that is only signed must not lead into the reader's own network. */
void session_visit(struct session *s, const char *address, bool added, struct visit_result *out);
/* The same with an approach that was begun to find out whose the mirror is: it is taken, and ended. */
void session_visit_begun(struct session *s, const struct way *way, struct approach *begun, struct visit_result *out);
/* Take from a store that is here already, which is closed: nothing is remembered of where it came from. */
void session_take(struct session *s, struct store *store, struct visit_result *out);
/* The event of a visit, and its share of the result. */
void session_tell(const struct session *s, const char *address, const struct visit_result *r,
                  struct mimeo_sync_result *result);
/* The same of what was found when the session began, where that is anything: the address is "". */
bool session_tell_found(const struct session *s, struct mimeo_sync_result *result);

/* The header that the library's newest bundle of this publisher has: 1 and *out, 0 where nothing is held. */
int session_head(struct header *out, const struct session *s);

#endif
