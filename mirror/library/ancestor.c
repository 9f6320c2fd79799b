/*
 * The header of an older bundle, by the links that lead to it: what stands there by number alone proves nothing.
 */
#include "library/mirror.h"

#include <stdlib.h>

static int missing(mimeo_ctx *ctx, uint64_t seq)
{
    return ctx_error(ctx, MIMEO_EINCOMPLETE,
                     "bundle %llu is missing or damaged here, and the links of newer ones lead through it: restore it "
                     "from a copy", (unsigned long long)seq);
}

int mirror_ancestor(struct hash *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct header *from, uint64_t seq)
{
    struct hash want = from->hash;
    struct header *at = malloc(sizeof(*at)), *found = malloc(sizeof(*found));
    int rc = at == NULL || found == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        *at = *from;
    while (rc == 0 && at->seq > seq) {
        uint64_t jump = lipmaa(at->seq);
        bool far = jump >= seq && jump > 0;
        uint64_t next = far ? jump : at->seq - 1;
        want = far ? at->skip : at->prev;
        if (next == seq)
            break;
        rc = mirror_fetch_header(found, ctx, next, &want, m);
        if (rc == 0)
            rc = missing(ctx, next);
        if (rc > 0) {
            *at = *found;
            rc = 0;
        }
    }
    free(at);
    free(found);
    if (rc == 0)
        *out = want;
    return rc;
}

int mirror_header_note(struct header *out, struct buf *note, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                       const struct hash *hash)
{
    struct stored s;
    struct prefix prefix;
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    int rc = mirror_fetch_header(out, ctx, seq, hash, m);
    if (rc <= 0)
        return rc < 0 ? rc : missing(ctx, seq);
    rc = store_get_bundle_front(&s, m->store, ctx, seq);
    if (rc < 0)
        return rc;
    rc = prefix_parse(&prefix, ctx, name, s.view);
    if (rc == 0 && s.view.len < PREFIX_LEN + prefix.header_len)
        rc = missing(ctx, seq);
    buf_init(note, LIMIT_HEADER);
    if (rc == 0 && buf_append_view(note, view_of(s.view.ptr + PREFIX_LEN, prefix.header_len)) < 0)
        rc = ctx_error_nomem(ctx);
    store_release(&s);
    if (rc < 0)
        buf_dispose(note);
    return rc;
}
