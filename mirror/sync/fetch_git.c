/*
 * Listing and fetching by libgit2, in the child.
 *
 * What a reader would get wrong: libgit2 asks for nothing whose commit it finds in its object database, be its trees
 * there or not; and it asks for no more than the one reference, so no tag, HEAD or note comes along.
 */
#include "sync/fetch_git.h"

#include <stdlib.h>
#include <string.h>

#define TAGS "refs/tags/b"

/* libgit2 reports once an object. */
static int on_transfer(const git_indexer_progress *p, void *payload)
{
    struct carrier *c = payload;
    if (p->received_objects < p->total_objects)
        ctx_progress(c->ctx, "fetching", c->received, 0, "bytes");
    else
        ctx_progress(c->ctx, "indexing", p->indexed_objects, p->total_objects, "objects");
    return 0;
}

static void set_callbacks(git_remote_callbacks *callbacks, struct carrier *c)
{
    callbacks->transport = carrier_transport;
    callbacks->transfer_progress = on_transfer;
    callbacks->payload = c;
}

static int connect_to(git_remote *remote, struct carrier *c)
{
    git_remote_connect_options options;
    git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    set_callbacks(&options.callbacks, c);
    return git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options) < 0
               ? carrier_error(c, "cannot list what is there")
               : 0;
}

/* ---- listing ---- */

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* "refs/tags/b100": 100. */
static bool tag_number(const char *name, uint64_t *out)
{
    struct cursor c = cursor_of(view_of_str(name));
    return cursor_skip(&c, TAGS) && parse_decimal(view_of(c.ptr, c.left), LIMIT_SEQ, out);
}

static int append_tags(struct buf *out, mimeo_ctx *ctx, const git_remote_head **heads, size_t count)
{
    uint64_t *tags = calloc(count + 1, sizeof(*tags));
    size_t n = 0, kept = 0;
    if (tags == NULL)
        return ctx_error_nomem(ctx);
    for (size_t i = 0; i < count; i++)
        n += tag_number(heads[i]->name, &tags[n]);
    qsort(tags, n, sizeof(*tags), compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || tags[i] != tags[i - 1])
            tags[kept++] = tags[i];
    size_t from = kept > FETCH_TAGS_MAX ? kept - FETCH_TAGS_MAX : 0; /* the newest */
    for (size_t i = from; i < kept; i++)
        buf_append_u64be(out, tags[i]);
    free(tags);
    return buf_status(out) < 0 ? ctx_error_nomem(ctx) : 0;
}

static const git_remote_head *find_head(const git_remote_head **heads, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(heads[i]->name, name) == 0)
            return heads[i];
    return NULL;
}

static void append_branch(struct buf *out, const git_remote_head *head)
{
    static const git_oid none;
    buf_append_byte(out, head != NULL);
    buf_append(out, head == NULL ? none.id : head->oid.id, GIT_ID_LEN);
}

int fetch_refs_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct fetch_job *job = payload;
    struct carrier c;
    git_remote *remote = NULL;
    const git_remote_head **heads = NULL;
    size_t count = 0;
    int rc = git_library_init(ctx);
    if (rc == 0)
        rc = carrier_init(&c, ctx, job->address, job->network);
    if (rc < 0)
        return rc;
    if (git_remote_create_detached(&remote, "mirror:") < 0)
        rc = scratch_error(ctx, "cannot begin to fetch");
    if (rc == 0)
        rc = connect_to(remote, &c);
    if (rc == 0 && git_remote_ls(&heads, &count, remote) < 0)
        rc = carrier_error(&c, "cannot list what is there");
    if (rc == 0) {
        append_branch(out, find_head(heads, count, "refs/heads/main"));
        append_branch(out, find_head(heads, count, "refs/heads/media"));
        rc = append_tags(out, ctx, heads, count);
    }
    git_remote_free(remote);
    carrier_dispose(&c);
    return rc;
}

/* ---- fetching ---- */

struct fetching {
    mimeo_ctx *ctx;
    const struct fetch_job *job;
    struct scratch scratch;
    struct carrier carrier;
    git_remote *remote;
    struct git_id head, kept, tip;
    bool has_head, has_kept;
};

static bool same_id(const struct git_id *a, const struct git_id *b)
{
    return memcmp(a->bytes, b->bytes, GIT_ID_LEN) == 0;
}

static int get_ref(struct git_id *out, bool *has, struct fetching *f, enum scratch_ref kind)
{
    int rc = scratch_get(out, &f->scratch, f->ctx, kind, f->job->local_branch);
    *has = rc == 0;
    return rc == MIMEO_ENOTFOUND ? 0 : rc;
}

/* Is the commit's object here?  An object of another kind is not it. */
static bool is_held(struct fetching *f, const struct git_id *id)
{
    git_odb *odb = NULL;
    git_oid oid;
    size_t len;
    git_object_t type = GIT_OBJECT_INVALID;
    memcpy(oid.id, id->bytes, GIT_ID_LEN);
    bool held = git_repository_odb(&odb, f->scratch.repo) == 0 && git_odb_refresh(odb) == 0 &&
                git_odb_read_header(&len, &type, odb, &oid) == 0;
    git_odb_free(odb);
    return held && type == GIT_OBJECT_COMMIT;
}

static int find_tip(struct fetching *f)
{
    const git_remote_head **heads = NULL, *head;
    size_t count = 0;
    int rc = connect_to(f->remote, &f->carrier);
    if (rc < 0)
        return rc;
    if (git_remote_ls(&heads, &count, f->remote) < 0)
        return carrier_error(&f->carrier, "cannot list what is there");
    head = find_head(heads, count, f->job->remote_ref);
    if (head == NULL)
        return ctx_error(f->ctx, MIMEO_ENOTFOUND, "%s has no '%s'", f->job->address->host, f->job->remote_ref);
    memcpy(f->tip.bytes, head->oid.id, GIT_ID_LEN);
    return 0;
}

static int download(struct fetching *f)
{
    git_fetch_options options;
    char *ref = strdup(f->job->remote_ref);
    git_strarray refs = {&ref, 1};
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    set_callbacks(&options.callbacks, &f->carrier);
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.prune = GIT_FETCH_NO_PRUNE;
    options.update_fetchhead = 0;
    int rc = ref == NULL ? ctx_error_nomem(f->ctx) : 0;
    if (rc == 0 && git_remote_download(f->remote, &refs, &options) < 0)
        rc = carrier_error(&f->carrier, "what came is damaged");
    free(ref);
    if (rc == 0 && !is_held(f, &f->tip))
        rc = ctx_error(f->ctx, MIMEO_EFORGED, "%s did not send the commit that it names", f->job->address->host);
    return rc;
}

static bool is_older(struct fetching *f)
{
    git_oid kept, tip;
    memcpy(kept.id, f->kept.bytes, GIT_ID_LEN);
    memcpy(tip.id, f->tip.bytes, GIT_ID_LEN);
    return f->has_kept && git_graph_descendant_of(f->scratch.repo, &kept, &tip) == 1;
}

static int move_branch(struct fetching *f, const struct git_id *id)
{
    if (f->has_head && same_id(&f->head, id))
        return 0;
    return scratch_set(&f->scratch, f->ctx, SCRATCH_HEAD, f->job->local_branch, id);
}

static int fetch(struct fetching *f, enum fetch_outcome *outcome)
{
    int rc = get_ref(&f->head, &f->has_head, f, SCRATCH_HEAD);
    if (rc == 0)
        rc = get_ref(&f->kept, &f->has_kept, f, SCRATCH_KEPT);
    if (rc == 0)
        rc = fetch_offer(f->ctx, f->scratch.repo, f->has_head ? &f->head : f->has_kept ? &f->kept : NULL);
    if (rc == 0 && git_remote_create_anonymous(&f->remote, f->scratch.repo, "mirror:") < 0)
        rc = scratch_error(f->ctx, "cannot begin to fetch");
    if (rc == 0)
        rc = find_tip(f);
    if (rc < 0)
        return rc;
    *outcome = f->has_kept && same_id(&f->kept, &f->tip) ? FETCH_SAME : FETCH_NEW;
    bool held = is_held(f, &f->tip);
    if (held && is_older(f)) {
        *outcome = FETCH_OLDER;
        return move_branch(f, &f->kept);
    }
    rc = held ? 0 : download(f);
    if (rc == 0)
        rc = scratch_each_tree(&f->scratch, f->ctx, &f->tip, NULL, NULL);
    return rc == 0 ? move_branch(f, &f->tip) : rc;
}

int fetch_branch_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    struct fetching f = {.ctx = ctx, .job = payload};
    enum fetch_outcome outcome = FETCH_NEW;
    int rc = scratch_open(&f.scratch, ctx, f.job->git_dir, true);
    if (rc < 0)
        return rc;
    rc = carrier_init(&f.carrier, ctx, f.job->address, f.job->network);
    if (rc == 0)
        rc = fetch(&f, &outcome);
    git_remote_free(f.remote);
    uint64_t received = f.carrier.http == NULL ? f.carrier.received : http_received(f.carrier.http);
    carrier_dispose(&f.carrier);
    scratch_close(&f.scratch);
    if (rc < 0)
        return rc;
    buf_append_u64be(out, received);
    buf_append_byte(out, (uint8_t)outcome);
    buf_append(out, f.tip.bytes, GIT_ID_LEN);
    return buf_status(out) < 0 ? ctx_error_nomem(ctx) : 0;
}
