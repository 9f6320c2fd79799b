/*
 * Charters: who may sign for a publisher, and how that is changed by root keys on machines that never meet.
 *
 *     propose   on any machine with the mirror: a file with all that a signer needs to judge
 *     sign      on each root key's machine: a signature in a file of its own; needs no mirror and no network
 *     combine   the charter, once all signatures are there
 *     issue     on the publishing machine: the bundle that brings it to readers
 *
 * What is told of a proposal is read from the very text that is signed.
 */
#ifndef MIMEO_CHARTER_H
#define MIMEO_CHARTER_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/key.h>
#include <mimeo/publish.h>
#include <mimeo/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIMEO_CHARTER_KEYS 32
#define MIMEO_CHARTER_SIGNERS 64

/* What one charter says.  Keys are public ones, in hex, ascending. */
struct mimeo_charter {
    unsigned version;
    char publisher[MIMEO_HEX_LEN + 1];
    char digits[MIMEO_DIGITS_LEN + 1];  /* of the publisher */
    char hash[MIMEO_HEX_LEN + 1];       /* of this charter's text */
    uint64_t from_seq;                  /* governs the bundles after this one */
    bool cut;                           /* … and of those up to it only the ancestors of from_hash are good */
    char from_hash[MIMEO_HEX_LEN + 1];
    char name[201], site[513];          /* site "": none */
    unsigned root_threshold, publish_threshold;
    size_t root_count, publish_count, signer_count;
    char roots[MIMEO_CHARTER_KEYS][MIMEO_HEX_LEN + 1];
    char publishers[MIMEO_CHARTER_KEYS][MIMEO_HEX_LEN + 1];
    char signers[MIMEO_CHARTER_SIGNERS][MIMEO_HEX_LEN + 1];
    const char *extras;                 /* lines that this mimeo does not know (`x-…`), each with its LF; "" for none */
};

/* Each charter of a mirror, from the first; `before` is NULL for it.  Nonzero from fn stops and is returned. */
MIMEO_API int mimeo_charter_each(mimeo_ctx *ctx, const char *path, const char *library,
                                 int (*fn)(const struct mimeo_charter *charter, const struct mimeo_charter *before,
                                           void *payload),
                                 void *payload);

/* ---- proposals ---- */

typedef struct mimeo_proposal mimeo_proposal;

/* A key is given as 64 hex digits, as a line of `mimeo key show`, or as a file with one of these or a key file;
 * one of the charter before also by its first 8 or more digits.  Lists are NULL-ended, or NULL. */
struct mimeo_proposal_options {
    bool first;                 /* a new publisher: there is no mirror yet */
    const char *name, *site;    /* NULL: as it is; site "-": none */
    const char *const *add_roots, *const *remove_roots, *const *add_keys, *const *remove_keys;
    unsigned root_threshold, publish_threshold; /* 0: as it is (first: 1 where there is one key) */
    bool has_from;
    uint64_t from;              /* governs from the next one on; else: from the mirror's next bundle on */
    bool cut;                   /* bundle `from` is the last good one */
    const char *const *signers; /* NULL: where there is no choice */
};
/* What the mirror at `path` (first: NULL) would be governed by next.  MIMEO_EUSAGE says what would lock the
 * publisher out, and who has to sign where that is to be chosen. */
MIMEO_API int mimeo_proposal_new(mimeo_proposal **out, mimeo_ctx *ctx, const char *path, const char *library,
                                 const struct mimeo_proposal_options *options);
/* MIMEO_EMALFORMED: changed on the way, or none.  MIMEO_EFORGED: it could never become a charter. */
MIMEO_API int mimeo_proposal_open(mimeo_proposal **out, mimeo_ctx *ctx, const char *file);
MIMEO_API int mimeo_proposal_save(const mimeo_proposal *p, mimeo_ctx *ctx, const char *file); /* a new file */
MIMEO_API void mimeo_proposal_free(mimeo_proposal *p);

struct mimeo_proposal_state {
    const struct mimeo_charter *next;    /* what is proposed; the proposal's */
    const struct mimeo_charter *before;  /* the charter that it follows; NULL: it is the first */
    uint64_t head_seq;                   /* the newest bundle that the proposer knew; 0: first charter */
    int64_t head_time;
    uint64_t last_good_seq;              /* of a cut, else 0 */
    int64_t last_good_time;
    size_t old_roots_signing, new_roots_signing; /* of the signers: root keys of the charter before, and of this one */
    const char *unsound;                 /* why nobody should sign this; "" where nothing is wrong */
};
MIMEO_API void mimeo_proposal_get_state(const mimeo_proposal *p, struct mimeo_proposal_state *out);
/* What a signer must not overlook, gravest first; NULL past the last. */
MIMEO_API const char *mimeo_proposal_warning(const mimeo_proposal *p, size_t n);
/* A newer charter of this publisher is known (in this library, or at the mirror `path` where it is not NULL): the
 * version, and 0 where none is. */
MIMEO_API int mimeo_proposal_newer(unsigned *version, const mimeo_proposal *p, mimeo_ctx *ctx, const char *path,
                                   const char *library);

struct mimeo_proposal_sign_options {
    const char *key;   /* a root key's file */
    struct mimeo_passphrase_source passphrase;
    bool instead;      /* although this key signed another charter of this version */
};
/* Sign into a new file.  A note beside the key remembers what it signed: for another text of the same version
 * MIMEO_ECONFLICT, since two charters of one version end the publisher.  An unsound proposal: MIMEO_EUSAGE. */
MIMEO_API int mimeo_proposal_sign(const mimeo_proposal *p, mimeo_ctx *ctx, const char *file,
                                  const struct mimeo_proposal_sign_options *options);

struct mimeo_combine_result {
    size_t needed, missing;
    char missing_keys[MIMEO_CHARTER_SIGNERS][MIMEO_HEX_LEN + 1];
};
/* Put the signatures to the text, into a new file.  Each is verified; with too few MIMEO_EINCOMPLETE, and *result says
 * whose are missing. */
MIMEO_API int mimeo_proposal_combine(const mimeo_proposal *p, mimeo_ctx *ctx, const char *file,
                                     const char *const *signature_files, size_t count,
                                     struct mimeo_combine_result *result);

/* ---- issuing ---- */

/* A bundle that a charter cuts off. */
struct mimeo_cut_bundle {
    uint64_t seq;
    int64_t time;
    uint64_t records, pictures;
    bool erases;              /* it orders an erasure, and has again what stood beside the erased */
    const char *titles[3];    /* of the first records; NULL where there are fewer */
};
struct mimeo_issue_options {
    struct mimeo_publisher_options publisher; /* the key is one of the new charter, where that governs the next bundle */
    bool dry_run;             /* tell what would be cut off, sign nothing */
    bool republish_all;       /* publish again what is beyond the cut: all of it, or these */
    const uint64_t *republish;
    size_t republish_count;
    void (*beyond)(const struct mimeo_cut_bundle *bundle, bool again, void *payload); /* hears of each, oldest first */
    void *payload;
};
struct mimeo_issue_result {
    unsigned version;
    bool cut;
    uint64_t last_good, cut_off;   /* of a cut: its S, and how many bundles were beyond it */
    struct mimeo_publish_result published;
};
/* Bring a charter (a file that combine wrote) into the publisher's own mirror at `path`: a bundle names it.  After a
 * cut the mirror goes on from the last good bundle.  Killed at any moment, the mirror is as before or as after; the
 * next run of a publishing command finishes it.  MIMEO_EUSAGE, MIMEO_ECONFLICT, MIMEO_EFORGED. */
MIMEO_API int mimeo_charter_issue(mimeo_ctx *ctx, const char *path, const char *charter_file,
                                  const struct mimeo_issue_options *options, struct mimeo_issue_result *result);

#ifdef __cplusplus
}
#endif
#endif
