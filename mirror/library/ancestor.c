/*
 * Headers by the links that lead to them: what stands there by number alone proves nothing.  In packs a header may be held
 * without its bundle.
 */
#include "library/mirror.h"

#include <stdlib.h>

/* ---- headers that links name ---- */

#define COPIES_MAX 16 /* bare headers of one seq that are looked at: anybody can add false ones */

/* 1 where the note is the header that a link names.  Its text hash was named by a header that holds, so it needs no
 * signature check here; one that does not parse, or is another, is as good as none. */
static int take_note(struct header *out, struct buf *kept, mimeo_ctx *ctx, struct view bytes, uint64_t seq,
                     const struct hash *want)
{
    struct note *note = malloc(sizeof(*note));
    if (note == NULL)
        return ctx_error_nomem(ctx);
    int rc = header_parse(out, note, ctx, "a header", bytes) == 0 && out->seq == seq && hash_equal(&out->hash, want);
    free(note);
    if (rc == 1 && kept != NULL) {
        buf_init(kept, LIMIT_HEADER);
        if (buf_append_view(kept, bytes) < 0) {
            buf_dispose(kept);
            rc = ctx_error_nomem(ctx);
        }
    }
    return rc;
}

static int fetch_from_bundle(struct header *out, struct buf *kept, struct store *s, mimeo_ctx *ctx, uint64_t seq,
                             const struct hash *want)
{
    struct stored front;
    struct prefix prefix;
    int rc = store_get_bundle_front(&front, s, ctx, seq);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    if (prefix_parse(&prefix, ctx, "a bundle", front.view) == 0 && prefix.kind == OBJECT_BUNDLE &&
        front.view.len >= PREFIX_LEN + prefix.header_len)
        rc = take_note(out, kept, ctx, view_of(front.view.ptr + PREFIX_LEN, prefix.header_len), seq, want);
    store_release(&front);
    return rc;
}

static int fetch_bare(struct header *out, struct buf *kept, struct store *s, mimeo_ctx *ctx, uint64_t seq,
                      const struct hash *want)
{
    int rc = 0;
    for (size_t n = 0; rc == 0 && n < COPIES_MAX; n++) {
        struct stored note;
        rc = store_get_header(&note, s, ctx, seq, n);
        if (rc < 0)
            return rc == MIMEO_ENOTFOUND ? 0 : rc;
        rc = take_note(out, kept, ctx, note.view, seq, want);
        store_release(&note);
    }
    return rc;
}

static bool is_lost(int rc)
{
    return rc <= 0 && rc != MIMEO_ENOMEM && rc != MIMEO_ECANCELLED;
}

/* 1 and *out where this store has the header, in its bundle or alone. */
static int fetch_from(struct header *out, struct buf *kept, struct store *s, mimeo_ctx *ctx, uint64_t seq,
                      const struct hash *want)
{
    int rc = fetch_from_bundle(out, kept, s, ctx, seq, want);
    if (store_kind(s) != STORE_PACK || !is_lost(rc))
        return rc;
    int bare = fetch_bare(out, kept, s, ctx, seq, want);
    return bare == 0 ? rc : bare;
}

int mirror_fetch_note(struct header *out, struct buf *note, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                      const struct hash *want)
{
    bool alone = !store_is_concurrent(m->store);
    if (alone)
        pthread_mutex_lock(&m->store_lock);
    int rc = fetch_from(out, note, m->store, ctx, seq, want);
    if (alone)
        pthread_mutex_unlock(&m->store_lock);
    return is_lost(rc) && m->beside != NULL ? fetch_from(out, note, m->beside, ctx, seq, want) : rc;
}

int mirror_fetch_header(struct header *out, mimeo_ctx *ctx, uint64_t seq, const struct hash *want,
                        void *payload)
{
    mimeo_mirror *m = payload;
    if (m->has_known && m->known.seq == seq && hash_equal(&m->known.hash, want)) {
        *out = m->known;
        return 1;
    }
    return mirror_fetch_note(out, NULL, m, ctx, seq, want);
}

/* ---- further down ---- */

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
    int rc = mirror_fetch_note(out, note, m, ctx, seq, hash);
    return rc == 0 ? missing(ctx, seq) : rc < 0 ? rc : 0;
}
