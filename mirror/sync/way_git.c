/*
 * Git: branches fetched into a scratch repository (sync/fetch.h), which together with what the library
 * holds makes a store.
 *
 * A fetch cannot be resumed, so a long history comes in slices: the tags that each hundredth bundle has, from
 * the oldest, then main.  After each slice the library holds it, and the next run goes on there.  Pictures come last:
 * text never waits for them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "sync/fetch.h"
#include "sync/way.h"

#define SETTLED "settled" /* a number, in the work directory */

struct git_visit {
    char *scratch;
    bool listed;
    struct remote_refs refs;
    size_t next_tag;
    bool main_done, media_done;
};

static bool serves(const struct address *address)
{
    return address->kind != ADDRESS_PATH;
}

/* ---- what the scratch repository may leave out ---- */

/* The bundles that the library held when the scratch repository last let go of its blobs.  Should the library have
 * fewer now, they must be asked for again, and git would not send them: it was told that we have them. */
static int read_settled(uint64_t *out, const struct approach *a, mimeo_ctx *ctx)
{
    struct file_bytes f;
    *out = 0;
    int dir = dir_open(ctx, a->work);
    int rc = dir < 0 ? dir : file_load_at(&f, ctx, dir, SETTLED, 64, false);
    if (dir >= 0)
        close(dir);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    struct cursor c = cursor_of(f.view);
    struct view line;
    if (!cursor_line(&c, &line) || !parse_decimal(line, LIMIT_SEQ, out))
        *out = LIMIT_SEQ; /* spoilt: start again */
    file_unload(&f);
    return 0;
}

static int write_settled(const struct approach *a, mimeo_ctx *ctx)
{
    char line[32];
    int dir = dir_open(ctx, a->work);
    if (dir < 0)
        return dir;
    snprintf(line, sizeof(line), "%llu\n", (unsigned long long)a->held_seq);
    int rc = file_write_atomic(ctx, dir, SETTLED, view_of_str(line), 0600);
    close(dir);
    return rc;
}

static int make_visit(struct git_visit **out, struct approach *a, mimeo_ctx *ctx)
{
    struct git_visit *v = calloc(1, sizeof(*v));
    if (v == NULL || (v->scratch = path_join(a->work, "git")) == NULL) {
        free(v);
        return ctx_error_nomem(ctx);
    }
    a->state = v;
    *out = v;
    return 0;
}

static int begin(struct git_visit **out, struct approach *a, mimeo_ctx *ctx)
{
    struct git_visit *v;
    uint64_t settled;
    int rc = make_visit(&v, a, ctx);
    if (rc < 0)
        return rc;
    *out = v;
    rc = read_settled(&settled, a, ctx);
    return rc == 0 && (a->afresh || settled > a->held_seq) ? fetch_reset(ctx, v->scratch) : rc;
}

/* ---- fetching ---- */

static int list(struct git_visit *v, struct approach *a, mimeo_ctx *ctx)
{
    int rc = fetch_refs(&v->refs, ctx, a->text, a->network);
    if (rc < 0)
        return rc;
    v->listed = true;
    if (!v->refs.has_main)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no branch 'main': no mirror, or an empty one");
    while (!a->afresh && v->next_tag < v->refs.tag_count && v->refs.tags[v->next_tag] <= a->held_seq)
        v->next_tag++;
    return 0;
}

/* A scratch repository is a cache: where it is spoilt it is made again, once. */
static int fetch(struct git_visit *v, struct approach *a, mimeo_ctx *ctx, const char *ref, const char *branch)
{
    struct fetch_result r;
    int rc = fetch_branch(&r, ctx, v->scratch, a->text, ref, branch, a->network);
    if (rc == MIMEO_EFORGED) {
        rc = fetch_reset(ctx, v->scratch);
        if (rc == 0)
            rc = fetch_branch(&r, ctx, v->scratch, a->text, ref, branch, a->network);
    }
    if (rc == 0) {
        a->network_bytes += r.bytes;
        a->behind = r.outcome == FETCH_OLDER;
    }
    return rc;
}

/* 1 where a branch was fetched, 0 where there is no more. */
static int fetch_slice(struct git_visit *v, struct approach *a, mimeo_ctx *ctx)
{
    char ref[64];
    int rc;
    if (v->next_tag < v->refs.tag_count) {
        snprintf(ref, sizeof(ref), "refs/tags/b%llu", (unsigned long long)v->refs.tags[v->next_tag++]);
        rc = fetch(v, a, ctx, ref, "main");
        /* Whoever moved or damaged a tag shall not keep us from the branch. */
        if (rc == MIMEO_ENOTFOUND || rc == MIMEO_EFORGED || rc == MIMEO_EMALFORMED)
            v->next_tag = v->refs.tag_count;
        else
            return rc < 0 ? rc : 1;
    }
    if (!v->main_done) {
        rc = fetch(v, a, ctx, "refs/heads/main", "main");
        v->main_done = rc == 0;
        return rc < 0 ? rc : 1;
    }
    if (!v->media_done && v->refs.has_media && !a->no_media) {
        rc = fetch(v, a, ctx, "refs/heads/media", "media");
        v->media_done = rc == 0;
        return rc < 0 ? rc : 1;
    }
    return 0;
}

/* The scratch repository may have been moved. */
static int reopen(struct store **out, struct git_visit *v, struct approach *a, mimeo_ctx *ctx)
{
    char *scratch = path_join(a->work, "git");
    if (scratch == NULL)
        return ctx_error_nomem(ctx);
    free(v->scratch);
    v->scratch = scratch;
    a->again = false;
    int rc = store_open_git_over(out, ctx, v->scratch, a->held);
    return rc < 0 ? rc : 1;
}

static int next(struct store **out, struct approach *a, mimeo_ctx *ctx)
{
    struct git_visit *v = a->state;
    if (a->again)
        return reopen(out, v, a, ctx);
    int rc = v == NULL ? begin(&v, a, ctx) : 0;
    if (rc == 0 && !v->listed)
        rc = list(v, a, ctx);
    if (rc == 0)
        rc = fetch_slice(v, a, ctx);
    if (rc == 1)
        rc = store_open_git_over(out, ctx, v->scratch, a->held);
    else
        return rc;
    return rc < 0 ? rc : 1;
}

static int settle(struct approach *a, mimeo_ctx *ctx, bool good)
{
    const struct git_visit *v = a->state;
    if (!good)
        return fetch_undo(ctx, v->scratch);
    int rc = write_settled(a, ctx);
    return rc == 0 ? fetch_slim(ctx, v->scratch) : rc;
}

static void end(struct approach *a)
{
    struct git_visit *v = a->state;
    if (v == NULL)
        return;
    if (v->listed)
        remote_refs_dispose(&v->refs);
    free(v->scratch);
    free(v);
    a->state = NULL;
}

/* A pack that came whole may have no branch yet, and then there is nothing to take. */
static int recover(struct store **out, struct approach *a, mimeo_ctx *ctx)
{
    struct git_visit *v;
    int rc = make_visit(&v, a, ctx);
    if (rc < 0 || fetch_is_settled(v->scratch))
        return rc;
    rc = store_open_git_over(out, ctx, v->scratch, a->held);
    if (rc == 0)
        return 1;
    rc = fetch_undo(ctx, v->scratch);
    return rc == MIMEO_EFORGED || rc == MIMEO_ENOTFOUND ? fetch_reset(ctx, v->scratch) : rc;
}

const struct way way_git = {"git", serves, next, settle, end, recover};
