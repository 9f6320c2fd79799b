/*
 * The parent's side of fetching: a child does it all, and is killed where it does not come to an end.
 *
 * What a reader would get wrong: the deadlines of the line are the carriers', in the child, with words for what was waited
 * for.  Those here are the second net: for a resolver that hangs, and for libgit2 itself, which can spin.
 */
#include "sync/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "sync/fetch_git.h"

#define CHILD_MEMORY (4096 * MIB) /* of address space: libgit2 maps an index whole */
#define OUTPUT_MAX (8 * (FETCH_TAGS_MAX + 16))
#define GRACE_SECONDS 30 /* for the child's own deadlines to be told first */
#define WORK_SECONDS 3600
#define REMOVE_DEPTH 8
#define ENTRIES_MAX 1000000

static int said_of(mimeo_ctx *ctx, const struct child_fate *fate, const struct fetch_job *job)
{
    const char *host = job->address == NULL ? "" : job->address->host;
    switch (fate->end) {
    case CHILD_CANCELLED: return MIMEO_ECANCELLED;
    case CHILD_DEADLINE: return ctx_error(ctx, MIMEO_ETIMEOUT, "%s took longer than its deadline: run again to go on", host);
    case CHILD_STALLED: return ctx_error(ctx, MIMEO_ETIMEOUT, "nothing more came of %s", host);
    default: break;
    }
    if (fate->signal == SIGBUS) /* libgit2 writes through a map */
        return ctx_error(ctx, MIMEO_EIO, "cannot write what comes: is the disk full? free some space and run again");
    return ctx_error(ctx, MIMEO_EFORGED, "what came broke the reader of git packs (signal %d)", fate->signal);
}

static int run(struct buf *out, mimeo_ctx *ctx, struct fetch_job *job,
               int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload))
{
    struct deadlines d = network_deadlines(job->network);
    int64_t wait = d.connect_ms > d.stall_ms ? d.connect_ms : d.stall_ms;
    bool line = job->address != NULL;
    struct child_limits limits = {.memory = child_memory(CHILD_MEMORY),
                                  .output = OUTPUT_MAX,
                                  .wall_seconds = line ? (int)(d.total_ms / 1000) + GRACE_SECONDS : WORK_SECONDS,
                                  .stall_seconds = line ? (int)(wait / 1000) + GRACE_SECONDS : 0,
                                  .file_bytes = d.max_bytes};
    limits.seconds = limits.wall_seconds;
    struct child_fate fate;
    int code = 0;
    int rc = child_try(&fate, &code, out, ctx, &limits, fn, job);
    if (rc < 0)
        return rc;
    return fate.end == CHILD_ANSWERED ? code : said_of(ctx, &fate, job);
}

static int odd_answer(struct buf *out, mimeo_ctx *ctx)
{
    buf_dispose(out);
    return ctx_error(ctx, MIMEO_EFORGED, "what came broke the reader of git packs");
}

/* ---- listing ---- */

static bool take_branch(struct cursor *c, bool *has, struct git_id *id)
{
    uint8_t flag;
    struct view bytes;
    if (!cursor_u8(c, &flag) || flag > 1 || !cursor_take(c, GIT_ID_LEN, &bytes))
        return false;
    *has = flag == 1;
    memcpy(id->bytes, bytes.ptr, GIT_ID_LEN);
    return true;
}

static bool take_refs(struct remote_refs *out, struct view answer)
{
    struct cursor c = cursor_of(answer);
    struct remote_refs r = {0};
    if (!take_branch(&c, &r.has_main, &r.main) || !take_branch(&c, &r.has_media, &r.media) || c.left % 8 != 0 ||
        c.left / 8 > FETCH_TAGS_MAX)
        return false;
    r.tags = calloc(c.left / 8 + 1, sizeof(*r.tags));
    while (r.tags != NULL && cursor_u64be(&c, &r.tags[r.tag_count]))
        r.tag_count++;
    *out = r;
    return true;
}

int fetch_refs(struct remote_refs *out, mimeo_ctx *ctx, const char *url, const struct mimeo_network *network)
{
    struct address address;
    struct buf answer;
    int rc = address_parse(&address, ctx, url);
    if (rc < 0)
        return rc;
    struct fetch_job job = {.address = &address, .network = network};
    rc = run(&answer, ctx, &job, fetch_refs_child);
    if (rc == 0 && !take_refs(out, buf_view(&answer)))
        rc = odd_answer(&answer, ctx);
    else if (rc == 0) {
        buf_dispose(&answer);
        rc = out->tags == NULL ? ctx_error_nomem(ctx) : 0;
    }
    address_dispose(&address);
    return rc;
}

void remote_refs_dispose(struct remote_refs *r)
{
    if (r == NULL)
        return;
    free(r->tags);
    *r = (struct remote_refs){0};
}

/* ---- fetching ---- */

static bool take_result(struct fetch_result *out, struct view answer)
{
    struct cursor c = cursor_of(answer);
    struct fetch_result r;
    struct view id;
    uint8_t outcome;
    if (!cursor_u64be(&c, &r.bytes) || !cursor_u8(&c, &outcome) || outcome > FETCH_OLDER ||
        !cursor_take(&c, GIT_ID_LEN, &id) || c.left > 0)
        return false;
    r.outcome = (enum fetch_outcome)outcome;
    memcpy(r.tip.bytes, id.ptr, GIT_ID_LEN);
    *out = r;
    return true;
}

static bool is_branch(const char *name)
{
    return strcmp(name, scratch_branches[0]) == 0 || strcmp(name, scratch_branches[1]) == 0;
}

int fetch_branch(struct fetch_result *out, mimeo_ctx *ctx, const char *git_dir, const char *url, const char *remote_ref,
                 const char *local_branch, const struct mimeo_network *network)
{
    struct address address;
    struct buf answer;
    if (!is_branch(local_branch))
        return ctx_error(ctx, MIMEO_EUSAGE, "there is no local branch '%s'", local_branch);
    int rc = address_parse(&address, ctx, url);
    if (rc < 0)
        return rc;
    struct fetch_job job = {git_dir, &address, network, remote_ref, local_branch};
    rc = run(&answer, ctx, &job, fetch_branch_child);
    if (rc < 0)
        scratch_sweep(git_dir); /* a child that was killed leaves half a pack */
    if (rc == 0 && !take_result(out, buf_view(&answer)))
        rc = odd_answer(&answer, ctx);
    else if (rc == 0)
        buf_dispose(&answer);
    address_dispose(&address);
    return rc;
}

static int tidy(mimeo_ctx *ctx, const char *git_dir, int (*fn)(struct buf *out, mimeo_ctx *ctx, void *payload))
{
    struct fetch_job job = {.git_dir = git_dir};
    struct buf answer;
    int rc = run(&answer, ctx, &job, fn);
    if (rc == 0)
        buf_dispose(&answer);
    return rc;
}

int fetch_slim(mimeo_ctx *ctx, const char *git_dir)
{
    return tidy(ctx, git_dir, fetch_slim_child);
}

int fetch_undo(mimeo_ctx *ctx, const char *git_dir)
{
    return tidy(ctx, git_dir, fetch_undo_child);
}

bool fetch_is_settled(const char *git_dir)
{
    return scratch_is_settled(git_dir);
}

/* ---- removing ---- */

struct removal {
    mimeo_ctx *ctx;
    int dir, depth;
};

static int remove_entry(const char *name, unsigned char d_type, void *payload)
{
    struct removal *r = payload;
    (void)d_type;
    if (unlinkat(r->dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if ((errno != EISDIR && errno != EPERM) || r->depth == REMOVE_DEPTH)
        return ctx_error_errno(r->ctx, MIMEO_EIO, "cannot remove '%s'", name);
    struct removal below = {r->ctx, dir_open_beneath(r->ctx, r->dir, name), r->depth + 1};
    if (below.dir < 0)
        return below.dir;
    int rc = dir_each(r->ctx, below.dir, ENTRIES_MAX, remove_entry, &below);
    close(below.dir);
    if (rc == 0 && unlinkat(r->dir, name, AT_REMOVEDIR) < 0)
        rc = ctx_error_errno(r->ctx, MIMEO_EIO, "cannot remove '%s'", name);
    return rc;
}

int fetch_reset(mimeo_ctx *ctx, const char *git_dir)
{
    struct removal r = {ctx, dir_open(ctx, git_dir), 0};
    if (r.dir < 0)
        return r.dir == MIMEO_ENOTFOUND ? 0 : r.dir;
    int rc = dir_each(ctx, r.dir, ENTRIES_MAX, remove_entry, &r);
    close(r.dir);
    if (rc == 0 && rmdir(git_dir) < 0)
        rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot remove '%s'", git_dir);
    return rc;
}
