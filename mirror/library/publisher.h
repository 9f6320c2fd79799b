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
};

/* Asking copies elsewhere whether another machine has published (RULES R10), which is for a layer above: one copy by its
 * address, or with `address` NULL each remote of the repository's configuration, unless the options say offline.  Adds
 * to *agreed those that show a state of ours.  MIMEO_ECONFLICT, … where nothing may be signed. */
typedef int (*publisher_ask_fn)(size_t *agreed, mimeo_ctx *ctx, mimeo_mirror *ours, const char *address,
                                const struct mimeo_publisher_options *options);
/* mimeo_publisher_open with it; `ask` NULL: only copies at paths are looked at. */
int publisher_open(struct mimeo_publisher **out, mimeo_ctx *ctx, const char *path,
                   const struct mimeo_publisher_options *options, publisher_ask_fn ask);

/* Look at one's own mirror again, after bundles were added. */
int publisher_reopen_mirror(struct mimeo_publisher *p, mimeo_ctx *ctx);

/* ---- spool: cleaned pictures, until the bundle that cites them is committed ---- */
int spool_put(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct hash *h, struct view bytes);
/* Remove all of it (nothing pending needs it). */
int spool_clear(struct mimeo_publisher *p, mimeo_ctx *ctx);
void spool_name(char out[HASH_HEX_LEN + 16], const struct hash *h);

/* ---- editions (edition.c) ---- */

/* Put an article in the bundle being filled and in the catalog; sign and commit the bundle first
 * where it is full. */
int edition_add(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct record *r, struct view body,
                const struct digest *digest, bool alone, struct mimeo_publish_result *result);
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

#endif
