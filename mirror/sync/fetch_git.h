/* Inside of sync/fetch*.c: what runs in the child. */
#ifndef SYNC_FETCH_GIT_H
#define SYNC_FETCH_GIT_H

#include "net/http.h"
#include "net/wire.h"
#include "store/git_calls.h"
#include "sync/fetch.h"
#include "sync/fetch_scratch.h"

#define FETCH_ADVERTISED_MAX (4 * MIB)

/* One way to a git repository: what libgit2's smart transport speaks through. */
struct carrier {
    git_smart_subtransport parent;
    git_smart_subtransport_stream stream;
    git_smart_subtransport_definition definition;
    mimeo_ctx *ctx;
    const struct address *address;
    const struct mimeo_network *network;
    int code;             /* of the first failure of the line, whose words are in the context; libgit2 has none */
    bool ended;           /* the other side closed */
    bool listing;         /* references are read, not the pack */
    uint64_t listed, received, max_bytes;
    struct buf front;     /* of the list, until its capabilities are whole */
    size_t front_taken;
    bool front_done;
    struct http_session *http;
    char *base;           /* of http: the repository's address after redirects */
    struct buf request;   /* of http: what is to be sent */
    bool sent;
    struct wire wire;
    bool wire_open;
};
/* `address` and `network` outlive it. */
int carrier_init(struct carrier *c, mimeo_ctx *ctx, const struct address *address, const struct mimeo_network *network);
void carrier_dispose(struct carrier *c);
/* For git_remote_callbacks.transport; the payload is the carrier. */
int carrier_transport(git_transport **out, git_remote *owner, void *payload);
/* Why libgit2 failed while it did `what`. */
int carrier_error(struct carrier *c, const char *what);
/* In the list of references a server offers "thin-pack"; it becomes a word that nobody knows. */
bool carrier_hide_thin_pack(struct buf *front);

/* Let `repo` have one reference, for negotiating, or none (`id` NULL); it moves no branch any more. */
int fetch_offer(mimeo_ctx *ctx, git_repository *repo, const struct git_id *id);

struct fetch_job {
    const char *git_dir;
    const struct address *address;
    const struct mimeo_network *network;
    const char *remote_ref, *local_branch;
};
/* For child_try: each appends its result, which the functions below take apart again. */
int fetch_refs_child(struct buf *out, mimeo_ctx *ctx, void *job);
int fetch_branch_child(struct buf *out, mimeo_ctx *ctx, void *job);
int fetch_slim_child(struct buf *out, mimeo_ctx *ctx, void *job);
int fetch_undo_child(struct buf *out, mimeo_ctx *ctx, void *job);

#endif
