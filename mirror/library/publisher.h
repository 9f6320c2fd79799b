/*
 * A publishing session: one's own mirror, locked, with its key, journal and catalog.
 *
 * The order that makes it safe to be killed at any moment (RULES R10, FORMAT.md section 8):
 *
 *     pending file (the unsigned bundle, fsynced) → journal (its hash, fsynced) → signature
 *     → git objects, refs, work tree → catalog → pending file removed
 *
 * A run that finds a pending file whose hash the journal names finishes it first; one whose
 * journal is ahead of the mirror without it refuses, since signing that number again would make
 * two histories.
 */
#ifndef LIBRARY_PUBLISHER_H
#define LIBRARY_PUBLISHER_H

#include <mimeo/publish.h>

#include "library/catalog.h"
#include "library/mirror.h"
#include "store/commit.h"
#include "trust/journal.h"
#include "trust/keyfile.h"

#define NEXT_BY_DEFAULT (7 * 86400)

struct mimeo_publisher {
    mimeo_mirror *mirror;
    struct mirror_writer *writer;
    struct catalog *catalog;
    struct bundle_writer *bundle;
    struct secret_key *key;    /* NULL in a dry run */
    char *key_path;
    int key_lock;              /* descriptor of the lock beside the key; -1: none */
    char *path, *library;      /* as given; library may be NULL */
    bool dry_run;
    int64_t next_by;
    char **mirrors;            /* NULL-ended: the mirror list of the next header */

    struct header head;        /* of the newest bundle; seq 0 before the first */
    struct buf head_note;
    uint64_t edition_media, edition_media_bytes; /* first cited by the bundle being filled */
    bool edition_has_restated; /* the erasures of the last 90 days are in it */
    bool issued;               /* opening finished the issue of a charter that a killed run had begun */
    uint64_t cut_off;          /* the session stands at a cut: the seq of the head that is cut off; 0: it does not */
};

/* Asking copies elsewhere whether another machine has published (RULES R10), which is for a layer above: one copy by its
 * address, or with `address` NULL each remote of the repository's configuration, unless the options say offline.  Adds
 * to *agreed those that show a state of ours.  MIMEO_ECONFLICT, … where nothing may be signed. */
typedef int (*publisher_ask_fn)(size_t *agreed, mimeo_ctx *ctx, mimeo_mirror *ours, const char *address,
                                const struct mimeo_publisher_options *options);
/* Open a session.  `issue` (NULL: none) is a charter that its next bundle will bring, taken on success; without one, what a
 * cut left to be published again is published first.  `ask` NULL: only copies at paths are looked at. */
int publisher_open(struct mimeo_publisher **out, mimeo_ctx *ctx, const char *path,
                   const struct mimeo_publisher_options *options, struct charter *issue, publisher_ask_fn ask);

/* Look at one's own mirror again, after bundles were added. */
int publisher_reopen_mirror(struct mimeo_publisher *p, mimeo_ctx *ctx);

/* ---- spool: cleaned pictures, until the bundle that cites them is committed ---- */
int spool_put(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct hash *h, struct view bytes);
/* Remove all of it (nothing pending needs it). */
int spool_clear(struct mimeo_publisher *p, mimeo_ctx *ctx);
void spool_name(char out[HASH_HEX_LEN + 16], const struct hash *h);

/* ---- editions (edition.c) ---- */

/* Put an article in the bundle being filled and in the catalog; sign and commit the bundle first
 * where it is full.  `as_of` is the catalog's; 0: now. */
int edition_add(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct record *r, struct view body,
                const struct digest *digest, int64_t as_of, bool alone, struct mimeo_publish_result *result);
/* Sign and commit what the bundle writer holds; `even_empty` makes a heartbeat of nothing. */
int edition_finish(struct mimeo_publisher *p, mimeo_ctx *ctx, bool even_empty,
                   struct mimeo_publish_result *result);
/* Sign `text` and commit the bundle made of it and `payload`.  Used by edition_finish, and for a
 * pending bundle that a killed run left. */
int edition_sign_and_commit(struct mimeo_publisher *p, mimeo_ctx *ctx, struct view text,
                            struct view payload);
/* The pending bundle: 1 and its two parts (in `file`), 0 where there is none. */
int pending_read(struct buf *file, struct view *text, struct view *payload, struct mimeo_publisher *p,
                 mimeo_ctx *ctx);
int pending_remove(struct mimeo_publisher *p, mimeo_ctx *ctx);

/* ---- issuing charters (issue.c) ----
 *
 * Before the bundle that brings a charter is written to the pending file, the charter itself is, beside it:
 *
 *     charter-to-issue → pending → journal → signature → commit → both removed
 *
 * A pending bundle that names a charter which the mirror lacks is finished with that file. */

/* Take a charter into the session's chain; where it cuts, the session stands at its last good bundle from then on.
 * MIMEO_EUSAGE, MIMEO_EFORGED, MIMEO_ECONFLICT. */
int issue_take_charter(struct mimeo_publisher *p, mimeo_ctx *ctx, struct charter *c);
/* Take what a killed run was about to issue, where its bundle may have been signed: 1; else it is removed: 0. */
int issue_take_pending(struct mimeo_publisher *p, mimeo_ctx *ctx);
int issue_write_charter(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c);
int issue_remove_charter(struct mimeo_publisher *p, mimeo_ctx *ctx);

/* ---- what a cut took away (stash.c) ----
 *
 * Bundles that are to be published again after a cut, and their pictures, are copied to .git/mimeo/cut/ before the
 * mirror forgets them, in a mirror's own layout, with a plan:
 *
 *     mimeo cut 1
 *     charter <hash>
 *     again <seq>        one a bundle, ascending
 *
 * While the plan is there, each session goes on with it. */
int stash_write(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c, const uint64_t *seqs, size_t count);
/* Publish what the plan says and is not published yet; then the stash is removed.  A plan whose charter never came
 * into the mirror is removed. */
int stash_resume(struct mimeo_publisher *p, mimeo_ctx *ctx, struct mimeo_publish_result *result);
int stash_remove(struct mimeo_publisher *p, mimeo_ctx *ctx);

#endif
