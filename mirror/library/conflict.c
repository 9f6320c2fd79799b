/*
 * Keeping proofs of conflict.  What a reader would get wrong: that a path contradicts is known from hashes alone,
 * while a proof needs the signed notes; their signatures may have been spoiled by the mirror, so every proof is
 * checked as a stranger would check it before it is kept.
 */
#include "library/conflict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/head.h"

#define SEARCHES_MAX 8 /* paths walked for proofs in one opened mirror: a hostile one could be all rivals */
#define COPIES_MAX 16  /* further copies looked at when a pack is opened */

/* ---- notes that are held somewhere ---- */

/* `bytes` as a note of the header `want`: copied out. */
static int take_if(struct buf *out, mimeo_ctx *ctx, struct view bytes, const struct hash *want)
{
    struct note *note = calloc(1, sizeof(*note));
    if (note == NULL)
        return ctx_error_nomem(ctx);
    int rc = note_parse(note, ctx, "a header", bytes, LIMIT_HEADER) == 0 && hash_equal(&note->text_hash, want);
    if (rc == 1) {
        buf_init(out, LIMIT_HEADER);
        if (buf_append_view(out, bytes) < 0)
            rc = ctx_error_nomem(ctx);
    }
    free(note);
    return rc;
}

static int take_known(struct buf *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct hash *want)
{
    if (!m->has_known || !hash_equal(&m->known.hash, want))
        return 0;
    return trust_head_read(out, &m->trust, ctx, &m->pin.publisher);
}

static int take_head_file(struct buf *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct hash *want)
{
    struct stored s;
    if (store_get_head(&s, m->store, ctx) < 0)
        return 0;
    int rc = take_if(out, ctx, s.view, want);
    store_release(&s);
    return rc;
}

static int take_bundle(struct buf *out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq, const struct hash *want)
{
    struct stored s;
    struct prefix prefix;
    if (store_get_bundle_front(&s, m->store, ctx, seq) < 0)
        return 0;
    int rc = 0;
    if (prefix_parse(&prefix, ctx, "a bundle", s.view) == 0 && prefix.kind == OBJECT_BUNDLE &&
        s.view.len >= PREFIX_LEN + prefix.header_len)
        rc = take_if(out, ctx, view_of(s.view.ptr + PREFIX_LEN, prefix.header_len), want);
    store_release(&s);
    return rc;
}

/* The note of a header known by its hash, from wherever it is held: 1 and *out (initialised here), or not. */
static int find_note(struct buf *out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq, const struct hash *want)
{
    int rc = take_known(out, m, ctx, want);
    bool alone = !store_is_concurrent(m->store);
    if (alone)
        pthread_mutex_lock(&m->store_lock);
    if (rc == 0)
        rc = take_head_file(out, m, ctx, want);
    if (rc == 0)
        rc = take_bundle(out, m, ctx, seq, want);
    if (alone)
        pthread_mutex_unlock(&m->store_lock);
    return rc;
}

/* ---- keeping ---- */

/* For a pinned publisher, and by charters that its pin bears. */
static bool may_keep(const mimeo_mirror *m)
{
    return pin_is_kept(&m->pin) && !pin_contradicts(&m->pin, &m->chain);
}

/* Hand over what a proof_write made: rc is its code.  True where it is a proof. */
static bool keep(mimeo_mirror *m, mimeo_ctx *ctx, int rc, const struct hash *id, const struct buf *proof)
{
    if (rc < 0)
        return false; /* the notes do not make one: spoiled signatures, withdrawn keys */
    rc = trust_charters_write(&m->trust, ctx, &m->chain);
    if (rc == 0)
        rc = trust_proof_write(&m->trust, ctx, &m->chain, id, buf_view(proof));
    if (rc < 0)
        snprintf(m->remark, sizeof(m->remark), "the proof of the conflict cannot be kept: %s",
                 mimeo_ctx_message(ctx));
    return true;
}

static bool keep_headers(mimeo_mirror *m, mimeo_ctx *ctx, struct view a, struct view b)
{
    struct buf proof;
    struct hash id;
    buf_init(&proof, PROOF_MAX);
    bool kept = keep(m, ctx, proof_write_headers(&proof, &id, ctx, &m->chain, a, b), &id, &proof);
    buf_dispose(&proof);
    return kept;
}

void conflict_keep(mimeo_mirror *m, mimeo_ctx *ctx, struct view a, struct view b)
{
    if (may_keep(m))
        keep_headers(m, ctx, a, b);
}

void conflict_keep_charters(mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct buf proof;
    struct hash id;
    if (!may_keep(m) || m->chain.rival.len == 0)
        return;
    buf_init(&proof, PROOF_MAX);
    keep(m, ctx, proof_write_charters(&proof, &id, ctx, &m->chain, buf_view(&m->chain.rival)), &id, &proof);
    buf_dispose(&proof);
}

/* `known` against the header (seq, hash), where that is held. */
static bool keep_against(mimeo_mirror *m, mimeo_ctx *ctx, struct view known, uint64_t seq, const struct hash *hash)
{
    struct buf other;
    if (find_note(&other, m, ctx, seq, hash) != 1)
        return false;
    bool kept = keep_headers(m, ctx, known, buf_view(&other));
    buf_dispose(&other);
    return kept;
}

bool conflict_keep_path(mimeo_mirror *m, mimeo_ctx *ctx, const struct header *from, const struct header *h)
{
    struct buf note;
    if (!may_keep(m) || from->seq < h->seq || m->searches == SEARCHES_MAX)
        return false;
    m->searches++;
    bool kept = false;
    struct header *witness = calloc(1, sizeof(*witness));
    if (witness != NULL &&
        join_path_witness(witness, ctx, from, h->seq, &h->hash, mirror_fetch_header, m) == 0 &&
        find_note(&note, m, ctx, h->seq, &h->hash) == 1) {
        struct hash other = witness->hash;
        bool below = witness->seq > h->seq && header_names(witness, h->seq, &other);
        kept = keep_against(m, ctx, buf_view(&note), h->seq, &other) ||
               (below && keep_against(m, ctx, buf_view(&note), witness->seq, &witness->hash));
        buf_dispose(&note);
    }
    free(witness);
    return kept;
}

/* ---- further copies in a pack ---- */

static int judge_copy(mimeo_mirror *m, mimeo_ctx *ctx, const char *name, struct view front)
{
    struct prefix prefix;
    int rc = prefix_parse(&prefix, ctx, name, front);
    if (rc < 0 || prefix.kind != OBJECT_BUNDLE || front.len < PREFIX_LEN + prefix.header_len)
        return 0;
    struct view second = view_of(front.ptr + PREFIX_LEN, prefix.header_len);
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    struct stored s;
    enum header_standing standing = HEADER_BY_ANCESTRY;
    rc = note == NULL || h == NULL ? ctx_error_nomem(ctx) : header_parse(h, note, ctx, name, second);
    if (rc == 0)
        rc = header_judge(&standing, ctx, name, h, note, &m->chain);
    bool signed_by_them = rc == 0 && standing == HEADER_GOOD;
    rc = rc == MIMEO_ENOMEM ? rc : 0;
    if (signed_by_them && store_get_bundle_front(&s, m->store, ctx, h->seq) == 0) {
        struct buf proof;
        struct hash id;
        buf_init(&proof, PROOF_MAX);
        if (prefix_parse(&prefix, ctx, name, s.view) == 0 && s.view.len >= PREFIX_LEN + prefix.header_len &&
            proof_write_headers(&proof, &id, ctx, &m->chain,
                                view_of(s.view.ptr + PREFIX_LEN, prefix.header_len), second) == 0) {
            rc = 1;
            if (may_keep(m))
                keep(m, ctx, 0, &id, &proof);
        }
        buf_dispose(&proof);
        store_release(&s);
    }
    free(note);
    free(h);
    return rc;
}

static int judge_charter_copy(mimeo_mirror *m, mimeo_ctx *ctx, const char *name, struct view bytes)
{
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, name, bytes);
    if (rc == 0) {
        bool was = m->chain.conflicted;
        rc = c->version <= m->chain.count ? charter_chain_add(&m->chain, ctx, c, NULL) : 0;
        charter_dispose(c);
        if (rc == MIMEO_ECONFLICT && !was)
            conflict_keep_charters(m, ctx);
    }
    free(c);
    return rc == MIMEO_ECONFLICT ? 1 : rc == MIMEO_ENOMEM ? rc : 0;
}

int conflict_check_copy(mimeo_mirror *m, mimeo_ctx *ctx, const char *name, size_t n)
{
    struct stored s;
    uint64_t seq;
    int rc = store_get_copy(&s, m->store, ctx, name, n);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0;
    rc = store_parse_bundle_name(name, &seq) ? judge_copy(m, ctx, name, s.view)
                                             : judge_charter_copy(m, ctx, name, s.view);
    store_release(&s);
    return rc;
}

struct copies {
    mimeo_mirror *m;
    mimeo_ctx *ctx;
    char last[STORE_NAME_MAX];
    size_t n, looked;
};

static int look_at_copy(const char *name, const struct stray *stray, void *payload)
{
    struct copies *c = payload;
    if (stray != &stray_second_copy || c->looked == COPIES_MAX)
        return 0;
    c->n = strcmp(name, c->last) == 0 ? c->n + 1 : 0;
    snprintf(c->last, sizeof(c->last), "%s", name);
    c->looked++;
    int rc = conflict_check_copy(c->m, c->ctx, name, c->n);
    if (rc == 1)
        mirror_worsen(c->m, MIMEO_CONFLICTED,
                      "two different objects '%s' are in this pack, and this publisher's keys signed both. Ask the "
                      "publisher by another way which is genuine", name);
    return rc < 0 ? rc : 0;
}

int conflict_check_copies(mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (store_kind(m->store) != STORE_PACK)
        return 0; /* a directory has one file of a name */
    struct copies c = {.m = m, .ctx = ctx};
    return store_each_stray(m->store, ctx, look_at_copy, &c);
}

/* ---- what stands ---- */

int conflict_load_standing(mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct proof_standing s;
    if (!pin_is_kept(&m->pin))
        return 0;
    int rc = trust_proof_standing(&s, &m->trust, ctx, &m->chain);
    if (rc < 0)
        return rc;
    m->stands = rc == 1;
    if (m->stands)
        snprintf(m->standing, sizeof(m->standing),
                 s.kind == PROOF_CHARTERS
                     ? "two different charters %llu are signed by this publisher's root keys; you stay with the first "
                       "that you saw, and nothing later is believed. 'mimeo trust proofs' shows the proof; ask the "
                       "publisher by another way"
                     : "two histories are signed with this publisher's key, and part at bundle %llu or before; you stay with "
                       "the one that you saw first. 'mimeo trust proofs' shows the proof; ask the publisher by "
                       "another way which is genuine",
                 (unsigned long long)s.number);
    return 0;
}
