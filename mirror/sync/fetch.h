/*
 * Fetching from a git repository, by libgit2 in a child process with deadlines: 1.5.1 has none of its own.
 * What arrives goes into a bare repository of ours (the scratch repository) and is believed by nobody: the
 * library opens it as a store and verifies everything.
 *
 * libgit2 speaks the smart protocol over carriers of ours (net/): HTTP(S) by libcurl, ssh by a child ssh(1) so that the
 * user's configuration and known hosts count, git:// by a socket.  The carriers take "thin-pack" out of what the server
 * offers: the scratch repository keeps no blobs between fetches, so a pack must stand alone.
 */
#ifndef SYNC_FETCH_H
#define SYNC_FETCH_H

#include <mimeo/sync.h>

#include "base/context.h"
#include "store/git_objects.h"

#define FETCH_TAGS_MAX 10000

struct remote_refs {
    bool has_main, has_media;
    struct git_id main, media;
    uint64_t *tags;      /* the n of each tag "b<n>", ascending; free() it */
    size_t tag_count;
};
/* What the server offers: one connection.  MIMEO_EUNREACHABLE (no address, refused, reset, TLS, HTTP status: which one is
 * in the message), MIMEO_ETIMEOUT, MIMEO_EMALFORMED (no git repository, an advertisement over its limit of 4 MiB),
 * MIMEO_ENOTFOUND (no such repository). */
int fetch_refs(struct remote_refs *out, mimeo_ctx *ctx, const char *url, const struct mimeo_network *network);
void remote_refs_dispose(struct remote_refs *r);

/* Against what fetch_slim kept last, which is what the library has taken. */
enum fetch_outcome {
    FETCH_NEW,  /* the branch names something else now: verify it, take it, call fetch_slim (or fetch_undo) */
    FETCH_SAME, /* it is what was kept */
    FETCH_OLDER /* an ancestor of what was kept: the address is behind.  The branch stays at what was kept */
};
struct fetch_result {
    uint64_t bytes;      /* received */
    struct git_id tip;   /* what the address offers */
    enum fetch_outcome outcome;
};
/* Fetch `remote_ref` ("refs/heads/main", "refs/heads/media", "refs/tags/b100") into the bare repository `git_dir` (made
 * where it is missing), and let `local_branch` ("main", "media") name its commit there, whatever it named before.
 * All trees of the commit that belong to a mirror are there then.  What was kept of this branch is not asked for
 * again.  Progress goes to the context.  The caller holds a lock on `git_dir`.  Errors as above, and MIMEO_EFORGED for a
 * pack that is damaged or a scratch repository that is (fetch_reset and fetch again: it is a cache), MIMEO_EINCOMPLETE
 * where the server left out what it should have sent (fetch_undo), MIMEO_EIO for a full disk, MIMEO_EUSAGE for an
 * address that may not be asked so, or a path, which is a store and no address.  At any failure or kill the branches
 * stand as before.
 * Memory of the child: about 20 MiB and 0.3 KiB an object (a bundle has five), so a history of more than 20,000 bundles is
 * fetched in steps, tag by tag. */
int fetch_branch(struct fetch_result *out, mimeo_ctx *ctx, const char *git_dir, const char *url, const char *remote_ref,
                 const char *local_branch, const struct mimeo_network *network);
/* What both branches name is in the library now (so call it before the other branch is fetched): keep what the next fetch needs (all commits of both branches, and the
 * trees of their tips) in one small pack, and remove everything else.  At any failure or kill nothing needed is gone. */
int fetch_slim(mimeo_ctx *ctx, const char *git_dir);
/* What came was refused: the branches name again what fetch_slim kept last, and all that came since is removed, so that
 * a hostile mirror leaves nothing behind that could stand in an honest one's way. */
int fetch_undo(mimeo_ctx *ctx, const char *git_dir);
/* Nothing is in it but what fetch_slim kept: false after a run that was killed between fetch_branch and fetch_slim or
 * fetch_undo, or where something is damaged. */
bool fetch_is_settled(const char *git_dir);
/* Remove the whole repository; where there is none, fine. */
int fetch_reset(mimeo_ctx *ctx, const char *git_dir);

#endif
