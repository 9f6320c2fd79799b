/*
 * Fetching mirrors into the library, the addresses they are fetched from, and pushing a mirror to
 * others.  These calls and mimeo/publish.h's remote checks are the only ones that may open a connection, and
 * only to the addresses given here, in the link, in the signed mirror list, or added by the user.
 */
#ifndef MIMEO_SYNC_H
#define MIMEO_SYNC_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/mirror.h>
#include <mimeo/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the network may be used.  A zeroed one: directly, with the deadlines of the manual. */
struct mimeo_network {
    const char *proxy;   /* "socks5h://127.0.0.1:9050", "http://…"; NULL: none.  What cannot go through it is refused */
    const char *ca_file; /* PEM; NULL: the system's authorities */
    int connect_seconds; /* 0: 30 */
    int stall_seconds;   /* without a byte; 0: 60 */
    int total_seconds;   /* of one connection; 0: 6 hours */
    uint64_t max_bytes;  /* of one fetch; 0: 64 GiB */
    bool no_private;     /* refuse addresses within the reader's machine and network, also where a name leads there */
    bool no_input;       /* ssh may ask for nothing */
};

/* ---- into the library ---- */

enum mimeo_sync_outcome {
    MIMEO_SYNC_NEW,        /* bundles came */
    MIMEO_SYNC_UNCHANGED,  /* this address has nothing that is not held */
    MIMEO_SYNC_BEHIND,     /* it has an older state than is known */
    MIMEO_SYNC_FAILED,     /* not reached, or nothing of it could be used: `message` */
    MIMEO_SYNC_CONFLICTED  /* it shows another history: the proof is kept */
};
/* What came of one address. */
struct mimeo_sync_event {
    const char *publisher; /* ID; "" where it could not be told */
    const char *petname;
    const char *address;   /* "": what came is of an earlier run, which was killed before it took it */
    const char *way;       /* "git", "files" … */
    enum mimeo_sync_outcome outcome;
    int code;              /* of a failure */
    const char *message;   /* why, and what was wrong with what came; "" for nothing */
    uint64_t bundles, media, bytes; /* taken into the library */
    uint64_t network_bytes;         /* over the line, as far as it is known */
};
struct mimeo_sync_options {
    struct mimeo_network network;
    bool no_media;         /* text alone */
    bool all_mirrors;      /* ask each mirror, not only until one has what is new */
    bool repair;           /* check what is held to the last block, and fetch again what is damaged */
    void (*event)(const struct mimeo_sync_event *event, void *payload);
    void *payload;
};
struct mimeo_sync_result {
    char publisher[MIMEO_HEX_LEN + 1]; /* clone: whose it is */
    uint64_t publishers;   /* that were asked for */
    uint64_t updated, unreached;
    uint64_t bundles, media, bytes;
    uint64_t faults;       /* objects refused */
};

struct mimeo_clone_options {
    struct mimeo_sync_options sync;
    const char *expect;    /* digits that the publisher must have */
    const char *petname;
};
/* Fetch the mirror `what` (a path, a URL, a mimeo: link) into the library, and pin its publisher: verified by the
 * link or by `expect`, else at first use.  The address is remembered.  Nothing is kept of what did not verify. */
MIMEO_API int mimeo_clone(mimeo_ctx *ctx, const char *library, const char *what,
                          const struct mimeo_clone_options *options, struct mimeo_sync_result *result);
/* Bring what is held of `who` (NULL: of everybody) up to date from its mirrors, the one that last worked first.
 * The gravest failure of a publisher is returned after all were tried. */
MIMEO_API int mimeo_sync(mimeo_ctx *ctx, const char *library, const char *who,
                         const struct mimeo_sync_options *options, struct mimeo_sync_result *result);

/* ---- addresses ---- */

struct mimeo_mirror_info {
    const char *publisher, *petname;
    const char *address;
    bool added;            /* by this reader; else by the publisher's newest header */
    bool usable;           /* false: private, from a header, and so never asked */
    int64_t last_good, last_bad; /* 0: never */
    const char *way;       /* that worked last; "" */
};
MIMEO_API int mimeo_mirrors_each(mimeo_ctx *ctx, const char *library, const char *who,
                                 int (*fn)(const struct mimeo_mirror_info *info, void *payload), void *payload);
MIMEO_API int mimeo_mirrors_add(mimeo_ctx *ctx, const char *library, const char *who, const char *address);
MIMEO_API int mimeo_mirrors_remove(mimeo_ctx *ctx, const char *library, const char *who, const char *address);

/* ---- to others ---- */

enum mimeo_push_outcome { MIMEO_PUSHED, MIMEO_PUSH_UNCHANGED, MIMEO_PUSH_FAILED };
struct mimeo_push_event {
    const char *remote;    /* as named */
    enum mimeo_push_outcome outcome;
    int code;
    const char *message;   /* why it failed; a warning, of the host's limits, say; "" for nothing */
    bool rewrote;          /* an erasure or a cut: its history was replaced */
};
/* A file of the page that reads mirrors (mimeo/page.h), for directories that a host serves. */
struct mimeo_push_file {
    const char *name;
    const unsigned char *bytes;
    size_t len;
};
struct mimeo_push_options {
    struct mimeo_network network;
    const char *library;
    bool no_media;
    bool no_input;         /* git may ask for no password */
    const struct mimeo_push_file *page_files;
    size_t page_file_count;
    bool with_reader;      /* they are put into each directory, in place of what is there by these names; else it is said
                              where another is there */
    void (*event)(const struct mimeo_push_event *event, void *payload);
    void *payload;
};
struct mimeo_push_result {
    uint64_t remotes, pushed, unchanged, failed;
};
/* Push the mirror at `path` (a publisher's directory, or what the library holds of a publisher, whole) to each of
 * `remotes`: a URL, a remote's name in the git configuration, a bare repository, or a directory or stick that takes
 * the files.  No remotes: those of the git configuration.  0 where it ran to its end: each remote has its event;
 * MIMEO_EUNREACHABLE or the gravest code where one failed. */
MIMEO_API int mimeo_push(mimeo_ctx *ctx, const char *path, const char *const *remotes, size_t count,
                         const struct mimeo_push_options *options, struct mimeo_push_result *result);

#ifdef __cplusplus
}
#endif
#endif
