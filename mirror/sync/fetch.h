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

struct fetch_result {
    uint64_t bytes;      /* received */
    struct git_id tip;
};
/* Fetch `remote_ref` ("refs/heads/main", "refs/heads/media", "refs/tags/b100") into the bare repository `git_dir` (made
 * where it is missing), and let `local_branch` ("main", "media") name its commit there, whatever it named before.
 * What local branches reach is not asked for again.  Progress goes to the context.  Errors as above, and MIMEO_EFORGED for a
 * pack that is damaged, MIMEO_EIO for a full disk.  At any failure or kill the branches stand as before. */
int fetch_branch(struct fetch_result *out, mimeo_ctx *ctx, const char *git_dir, const char *url, const char *remote_ref,
                 const char *local_branch, const struct mimeo_network *network);
/* Keep what the next fetch needs (all commits of both branches, and the trees of their tips) in one small pack, and
 * remove everything else: the bundles are in the library now.  At any failure or kill nothing needed is gone. */
int fetch_slim(mimeo_ctx *ctx, const char *git_dir);

#endif
