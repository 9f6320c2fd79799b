/*
 * The publisher's side: making a mirror, and adding signed bundles to it.
 */
#ifndef MIMEO_PUBLISH_H
#define MIMEO_PUBLISH_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/input.h>
#include <mimeo/key.h>
#include <mimeo/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mimeo_init_options {
    const char *charter;           /* a first charter that was collected (mimeo/charter.h); NULL: made here, with two keys */
    const char *name;              /* what the publisher calls itself; with a charter, NULL like the next two */
    const char *site;              /* NULL: none */
    const char *root_key;          /* a new file for the root key, outside of the mirror */
    const char *publish_key;       /* a new file; NULL: $XDG_CONFIG_HOME/mimeo/keys/<ID's first 16 digits>.key.
                                      With a charter: one of its publishing keys, which is there */
    struct mimeo_passphrase_source root_passphrase, publish_passphrase;
    const char *const *mirrors;    /* addresses for the header, NULL-ended; NULL: none */
    int64_t next_by;               /* seconds; 0: 7 days */
    const char *library;           /* where the new publisher is pinned as one's own */
};
struct mimeo_init_result {
    char publisher[MIMEO_HEX_LEN + 1];
    char digits[MIMEO_DIGITS_LEN + 1];
    char publish_key[4096];
};
/* Make two keys, charter 1, a repository at `path` and bundle 1, which is empty.
 * MIMEO_EEXISTS where the directory is not empty or a key file is there.  With a charter no key is made, and none
 * is removed on failure; a key that signed a bundle before gives MIMEO_ECONFLICT. */
MIMEO_API int mimeo_init(mimeo_ctx *ctx, const char *path, const struct mimeo_init_options *options,
                         struct mimeo_init_result *result);

typedef struct mimeo_publisher mimeo_publisher;

struct mimeo_publisher_options {
    const char *key;                      /* NULL: found by the publisher's ID, as init put it */
    struct mimeo_passphrase_source passphrase;
    const char *const *check_mirrors;     /* copies whose heads must not be ahead of ours, paths or addresses that git
                                             understands; NULL-ended */
    bool offline;                         /* do not ask the remotes of the git configuration whether another machine
                                             has published.  Else each is asked, within 20 seconds, for its newest
                                             commit: MIMEO_ECONFLICT where it is ahead, or has another history */
    const char *proxy;                    /* for that; as in struct mimeo_network */
    void (*remark)(const char *message, void *payload); /* "'origin' could not be asked: …" */
    void *remark_payload;
    const char *library;
    bool dry_run;                         /* sign nothing, write nothing, need no key */
    int64_t next_by;                      /* seconds; 0: what the head promised, else 7 days */
    const char *const *mirrors;           /* new mirror list; NULL: the head's */
    int level, threads;                   /* deflate; 0: 6, one a processor */
};
/* Open one's own mirror for publishing (asking its remotes first, but in a dry run): takes its lock and finishes what a killed run left. */
MIMEO_API int mimeo_publisher_open(mimeo_publisher **out, mimeo_ctx *ctx, const char *path,
                                   const struct mimeo_publisher_options *options);
MIMEO_API void mimeo_publisher_free(mimeo_publisher *p);

enum mimeo_outcome {
    MIMEO_ADDED, MIMEO_REVISED, MIMEO_UNCHANGED, MIMEO_RETRACTED,
    MIMEO_SKIPPED,  /* was retracted before: publishing does not bring it back */
    MIMEO_KEPT,     /* what is published is newer than this copy, and stays: `message` says what tells so */
    MIMEO_REFUSED   /* not an article: `message` says why */
};
struct mimeo_publish_event {
    enum mimeo_outcome outcome;
    const char *where;      /* "news.jsonl:17" */
    const char *id, *title; /* "" where refused */
    uint32_t revision;
    uint64_t words, bytes;  /* of the body */
    size_t pictures;
    const char *message;    /* reason, or warnings a line each; "" for none */
};
struct mimeo_publish_options {
    struct mimeo_input_options input;
    bool sensitive;         /* each article in blocks of its own, so that it can be erased alone */
    const char *revise_id;  /* `revise`: the one article of the input gets this id, which must exist */
    bool older;             /* copies older than what is published replace it too */
    const char *note;       /* the correction note of revised articles */
    void (*event)(const struct mimeo_publish_event *event, void *payload);
    void *payload;
};
struct mimeo_publish_result {
    uint64_t added, revised, unchanged, retracted, skipped, kept, refused;
    uint64_t unreached;            /* of the refused: addresses that could not be fetched */
    uint64_t bundles;              /* signed (dry run: that would be) */
    uint64_t first_seq, last_seq;
    uint64_t bytes;                /* of these bundles */
    uint64_t pictures, picture_bytes; /* that no article had before */
    uint64_t picture_input_bytes;     /* of the same, as they came */
    uint64_t warnings;
    uint64_t input_bytes;
};
/* Publish files, directories or "-" (standard input).  Refused articles are told and passed over:
 * the call still gives 0, and result->refused counts them.  Each bundle is durable before the next begins. */
MIMEO_API int mimeo_publish(mimeo_publisher *p, mimeo_ctx *ctx, const char *const *paths,
                            size_t count, const struct mimeo_publish_options *options,
                            struct mimeo_publish_result *result);
/* An empty bundle: the promise to publish is kept and renewed. */
MIMEO_API int mimeo_heartbeat(mimeo_publisher *p, mimeo_ctx *ctx, struct mimeo_publish_result *result);

struct mimeo_retract_options {
    const char *reason;  /* shown to readers; NULL: none */
    bool erase;          /* to protect people: ask holders to erase the text (FORMAT.md section 7) */
};
MIMEO_API int mimeo_retract(mimeo_publisher *p, mimeo_ctx *ctx, const char *const *ids, size_t count,
                            const struct mimeo_retract_options *options,
                            struct mimeo_publish_result *result);

#ifdef __cplusplus
}
#endif
#endif
