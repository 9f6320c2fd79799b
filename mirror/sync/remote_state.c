/*
 * What the other side has: asked with one question, and looked at where its history is not ours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/copy.h"
#include "sync/nursery.h"
#include "sync/push.h"

#define REFS_MAX ((size_t)4 << 20)            /* bytes of the answer: 60,000 tags */
#define LOOK_MAX ((uint64_t)2 << 30)          /* of a server that sends all of its newest commit */

/* ---- the question ---- */

static bool is_id(struct view v)
{
    uint8_t bytes[PUSH_ID_LEN / 2];
    return parse_hex(v, bytes, sizeof(bytes));
}

static void copy_text(char *out, size_t len, struct view v)
{
    size_t n = v.len < len ? v.len : len - 1;
    memcpy(out, v.ptr, n);
    out[n] = '\0';
}

static int add_tag(struct push_refs *refs, mimeo_ctx *ctx, uint64_t seq, struct view id)
{
    if ((refs->tag_count & (refs->tag_count + 1)) == 0) { /* room for twice as many */
        struct push_tag *grown = realloc(refs->tags, 2 * (refs->tag_count + 1) * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        refs->tags = grown;
    }
    struct push_tag *tag = &refs->tags[refs->tag_count++];
    tag->seq = seq;
    copy_text(tag->id, sizeof(tag->id), id);
    return 0;
}

/* "<id>\t<ref>" or "ref: <ref>\tHEAD" */
static int read_line(struct remote_state *s, mimeo_ctx *ctx, struct view line)
{
    static const char tags[] = "refs/tags/b", heads[] = "ref: refs/heads/";
    struct cursor c = cursor_of(line);
    struct view left;
    uint64_t seq;
    if (!cursor_until(&c, '\t', &left))
        return 0;
    struct view ref = view_of(c.ptr, c.left);
    if (view_equal_str(ref, "HEAD") && view_starts_with(left, heads)) {
        copy_text(s->shows, sizeof(s->shows), view_of(left.ptr + strlen(heads), left.len - strlen(heads)));
        return 0;
    }
    if (!is_id(left))
        return 0;
    if (view_equal_str(ref, "HEAD"))
        s->has_head = true;
    else if (view_equal_str(ref, "refs/heads/main"))
        copy_text(s->refs.main, sizeof(s->refs.main), left);
    else if (view_equal_str(ref, "refs/heads/media"))
        copy_text(s->refs.media, sizeof(s->refs.media), left);
    else if (view_starts_with(ref, tags) && parse_decimal(view_of(ref.ptr + strlen(tags), ref.len - strlen(tags)), LIMIT_SEQ, &seq))
        return add_tag(&s->refs, ctx, seq, left);
    return 0;
}

int remote_ask(struct remote_state *out, mimeo_ctx *ctx, struct git *g, const char *what, int seconds)
{
    struct program_result r;
    struct remote_state s = {.refs = {.tags = NULL}};
    const char *args[] = {"ls-remote", "--symref", GIT_REMOTE, "HEAD", "refs/heads/main", "refs/heads/media", "refs/tags/b*",
                          NULL};
    int rc = git_run_capped(&r, g, seconds, args, REFS_MAX, 0);
    if (rc == MIMEO_ETIMEOUT)
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "%s: no answer within %d seconds", what, seconds);
    if (rc < 0)
        return rc;
    if (r.status != 0)
        rc = git_failed(ctx, what, &r);
    else if (r.cut_short)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: has more tags than a mirror can have", what);
    struct cursor c = cursor_of(buf_view(&r.out));
    struct view line;
    while (rc == 0 && cursor_line(&c, &line))
        rc = read_line(&s, ctx, line);
    program_result_dispose(&r);
    if (rc < 0)
        remote_state_dispose(&s);
    else
        *out = s;
    return rc;
}

void remote_state_dispose(struct remote_state *s)
{
    push_refs_dispose(&s->refs);
}

/* ---- a look at its head ---- */

static int run(struct program_result *out, mimeo_ctx *ctx, struct git *g, const char *what, const char *const *args, size_t output)
{
    int rc = git_run_capped(out, g, git_question_seconds(g) * 4, args, output, LOOK_MAX);
    return rc == MIMEO_ETIMEOUT ? ctx_error(ctx, MIMEO_EUNREACHABLE, "%s: no answer in time", what) : rc;
}

/* Only the newest commit, and no blobs where the other side can leave them out. */
static int fetch_tip(mimeo_ctx *ctx, struct git *g, const char *what, const char *ref, const char *id)
{
    struct program_result r;
    const char *init[] = {"init", "--quiet", "--bare", NULL};
    const char *fetch[] = {"fetch", "--quiet", "--depth", "1", "--filter=blob:none", "--no-tags", GIT_REMOTE, ref, NULL};
    const char *parse[] = {"rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}", NULL};
    int rc = run(&r, ctx, g, what, init, 4096);
    if (rc < 0)
        return rc;
    program_result_dispose(&r);
    rc = run(&r, ctx, g, what, fetch, 65536);
    if (rc < 0)
        return rc;
    if (r.status != 0)
        rc = git_failed(ctx, what, &r);
    program_result_dispose(&r);
    if (rc == 0)
        rc = run(&r, ctx, g, what, parse, 4096);
    if (rc < 0)
        return rc;
    if (r.status != 0 || strncmp(buf_str(&r.out), id, PUSH_ID_LEN) != 0)
        rc = ctx_error(ctx, MIMEO_EBUSY, "%s: changed while it was looked at: run it again", what);
    program_result_dispose(&r);
    return rc;
}

static int read_head(struct program_result *out, mimeo_ctx *ctx, struct git *g, const char *what)
{
    const char *cat[] = {"cat-file", "blob", "FETCH_HEAD:head", NULL};
    struct program_result r;
    int rc = run(&r, ctx, g, what, cat, LIMIT_HEADER);
    if (rc < 0)
        return rc;
    if (r.status != 0 || r.cut_short) {
        program_result_dispose(&r);
        return ctx_error(ctx, MIMEO_EEXISTS, "%s has a branch main that is no mirror's: name an empty repository, or empty that "
                         "one", what);
    }
    *out = r;
    return 0;
}

static int look(mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, struct git *g, const char *ref, const char *id, uint64_t *seq)
{
    struct program_result head;
    int rc = fetch_tip(ctx, g, what, ref, id);
    if (rc == 0)
        rc = read_head(&head, ctx, g, what);
    if (rc < 0)
        return rc;
    rc = copy_judge(seq, ctx, ours, what, buf_view(&head.out));
    program_result_dispose(&head);
    return rc;
}

int remote_judge(mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, const struct git_options *options, const char *ref,
                 const char *id, uint64_t *seq)
{
    struct nursery place;
    int rc = nursery_open(&place, ctx, ours->trust.path);
    if (rc < 0)
        return rc;
    struct git_options o = *options;
    struct git *g = NULL;
    o.git_dir = place.path;
    o.own = false;
    rc = git_open(&g, ctx, &o);
    if (rc == 0)
        rc = look(ctx, ours, what, g, ref, id, seq);
    git_close(g);
    nursery_close(&place); /* what was found out counts, whatever becomes of it */
    return rc;
}
