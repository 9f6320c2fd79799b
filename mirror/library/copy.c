/*
 * Judging a copy.  What a reader would get wrong: a copy whose head is not ours is never overwritten on
 * the strength of its number; only a header in our own history, or one that the root keys cut off, is.
 */
#include "library/copy.h"

#include <stdlib.h>

#include "library/conflict.h"

/* Beyond the cut of our newest charter, and signed by somebody who did not know of it. */
static bool is_cut_off(const mimeo_mirror *ours, const struct header *h)
{
    const struct charter *newest = charter_chain_newest(&ours->chain);
    return newest->is_cut && h->seq > newest->from_seq && h->newest_version < newest->version;
}

/* 1 where our history has this header, 0 where it has another in its place. */
static int in_history(mimeo_ctx *ctx, mimeo_mirror *ours, const struct header *h)
{
    if (h->seq == ours->head.seq)
        return hash_equal(&h->hash, &ours->head.hash);
    return join_path(ctx, &ours->head, h->seq, &h->hash, mirror_fetch_header, ours);
}

/* Our own header of that number beside theirs. */
static void keep_proof(mimeo_ctx *ctx, mimeo_mirror *ours, uint64_t seq, struct view theirs)
{
    struct stored s;
    struct prefix prefix;
    if (store_get_bundle_front(&s, ours->store, ctx, seq) < 0)
        return;
    if (prefix_parse(&prefix, ctx, "our own bundle", s.view) == 0 && s.view.len >= PREFIX_LEN + prefix.header_len)
        conflict_keep(ours, ctx, view_of(s.view.ptr + PREFIX_LEN, prefix.header_len), theirs);
    store_release(&s);
}

static int judge_place(mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, const struct header *h, bool signed_well,
                       struct view head)
{
    if (is_cut_off(ours, h))
        return 0;
    if (h->seq > ours->head.seq)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "%s has bundle %llu and this ends with %llu: another machine has published, or this directory is "
                         "an old copy; bring it up to date first", what, (unsigned long long)h->seq,
                         (unsigned long long)ours->head.seq);
    int in = in_history(ctx, ours, h);
    if (in != 0)
        return in < 0 ? in : 0;
    if (signed_well)
        keep_proof(ctx, ours, h->seq, head);
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "%s has another bundle %llu than this directory: two histories are signed; publish nothing more, and "
                     "settle it with the root keys", what, (unsigned long long)h->seq);
}

static int judge(uint64_t *seq, mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, struct view head, struct header *h,
                 struct note *note)
{
    enum header_standing standing = HEADER_BY_ANCESTRY;
    int rc = header_parse(h, note, ctx, what, head);
    if (rc == MIMEO_ENEWER)
        return ctx_error(ctx, rc, "%s has a head that a newer mimeo made: leave it to that one", what);
    if (rc < 0)
        return ctx_error(ctx, rc, "%s is no mirror: its 'head' is no signed header", what);
    if (!hash_equal(&h->publisher, &ours->chain.publisher))
        return ctx_error(ctx, MIMEO_EEXISTS, "%s is another publisher's mirror: name an empty repository", what);
    rc = header_judge(&standing, ctx, what, h, note, &ours->chain);
    if (rc == MIMEO_EINCOMPLETE)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "%s names charter %u, which is not here: another machine has issued it, or this directory is an "
                         "old copy; bring it up to date first", what, h->newest_version);
    if (rc < 0 && rc != MIMEO_EREVOKED)
        return rc;
    rc = judge_place(ctx, ours, what, h, rc == 0 && standing == HEADER_GOOD, head);
    if (rc == 0)
        *seq = h->seq;
    return rc;
}

int copy_judge(uint64_t *seq, mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, struct view head)
{
    struct header *h = calloc(1, sizeof(*h));
    struct note *note = calloc(1, sizeof(*note));
    int rc = h == NULL || note == NULL ? ctx_error_nomem(ctx) : judge(seq, ctx, ours, what, head, h, note);
    free(h);
    free(note);
    return rc;
}
