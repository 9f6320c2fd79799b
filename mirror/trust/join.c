/*
 * Joining.  Skip links nest: no link from between n and lipmaa(n) lands below lipmaa(n).  So the
 * links still open on a walk down are O(log n), and a path that cannot take a skip link has no
 * other way round it.
 */
#include "trust/join.h"

#include <string.h>

/* More than the longest path at LIMIT_SEQ; a fetch that lies cannot make it longer. */
#define PATH_MAX_STEPS 512

static void expect(struct join *j, uint64_t seq, const struct hash *hash)
{
    size_t at = 0;
    while (at < j->count && j->expected[at].seq > seq)
        at++;
    if ((at < j->count && j->expected[at].seq == seq) || j->count == JOIN_MAX)
        return;
    memmove(&j->expected[at + 1], &j->expected[at], (j->count - at) * sizeof(j->expected[0]));
    j->expected[at] = (struct join_expectation){seq, *hash};
    j->count++;
}

static void drop_first(struct join *j, size_t n)
{
    memmove(&j->expected[0], &j->expected[n], (j->count - n) * sizeof(j->expected[0]));
    j->count -= n;
}

void join_init(struct join *j, uint64_t head_seq, const struct hash *head_hash)
{
    j->count = 0;
    expect(j, head_seq, head_hash);
}

enum joined join_step(struct join *j, const struct header *h)
{
    size_t passed = 0;
    while (passed < j->count && j->expected[passed].seq > h->seq)
        passed++;
    drop_first(j, passed);
    if (j->count == 0 || j->expected[0].seq != h->seq)
        return UNJOINED;
    /* The expectation stays: a second header of this seq is judged by it too. */
    if (!hash_equal(&j->expected[0].hash, &h->hash))
        return NOT_ANCESTOR;
    if (h->seq > 1) {
        expect(j, h->seq - 1, &h->prev);
        expect(j, lipmaa(h->seq), &h->skip);
    }
    return JOINED;
}

bool join_expects(const struct join *j, uint64_t seq, struct hash *out)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->expected[i].seq == seq) {
            *out = j->expected[i].hash;
            return true;
        }
    return false;
}

bool header_names(const struct header *h, uint64_t seq, struct hash *out)
{
    if (h->seq <= 1 || (seq != h->seq - 1 && seq != lipmaa(h->seq)))
        return false;
    *out = seq == h->seq - 1 ? h->prev : h->skip;
    return true;
}

/* As join_path_witness, with `at` to walk with: it is the witness where the result is 0. */
static int walk(struct header *at, mimeo_ctx *ctx, uint64_t seq, const struct hash *hash, join_fetch_fn fetch,
                void *payload)
{
    const uint64_t top = at->seq;
    for (int steps = 0; at->seq > seq && steps < PATH_MAX_STEPS; steps++) {
        uint64_t next = lipmaa(at->seq);
        struct hash want = at->skip;
        if (next < seq) {
            next = at->seq - 1;
            want = at->prev;
        }
        if (next == seq)
            return hash_equal(&want, hash);
        int rc = ctx_check_cancel(ctx);
        if (rc == 0)
            rc = fetch(at, ctx, next, &want, payload);
        if (rc < 0)
            return rc;
        if (rc == 0 || at->seq != next)
            return ctx_error(ctx, MIMEO_EINCOMPLETE,
                             "bundle %llu is not held, and only through it does bundle %llu lead to bundle %llu",
                             (unsigned long long)next, (unsigned long long)top, (unsigned long long)seq);
    }
    return at->seq == seq && hash_equal(&at->hash, hash);
}

int join_path_witness(struct header *witness, mimeo_ctx *ctx, const struct header *from, uint64_t seq,
                      const struct hash *hash, join_fetch_fn fetch, void *payload)
{
    struct header at = *from;
    int rc = walk(&at, ctx, seq, hash, fetch, payload);
    if (rc == 0)
        *witness = at;
    return rc;
}

int join_path(mimeo_ctx *ctx, const struct header *from, uint64_t seq, const struct hash *hash,
              join_fetch_fn fetch, void *payload)
{
    struct header at = *from;
    return walk(&at, ctx, seq, hash, fetch, payload);
}
