/*
 * Choosing the head.  Candidates are the `head` file and the newest bundle that holds; what a
 * reader would get wrong: the highest number is not the head.  A header counts only where links
 * lead from it down to what was verified before, or to the floor of the link that pinned the
 * publisher.
 */
#include "library/head.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many headers above the known head are tried for a path before the known one is kept. */
#define CANDIDATES_MAX 64

void mirror_worsen(mimeo_mirror *m, enum mimeo_verdict verdict, const char *format, ...)
{
    if (verdict <= m->verdict)
        return;
    m->verdict = verdict;
    va_list args;
    va_start(args, format);
    vsnprintf(m->reason, sizeof(m->reason), format, args);
    va_end(args);
}

/* ---- candidates ---- */

struct candidate {
    struct header header;
    struct buf note;
};

static void candidate_free(struct candidate *c)
{
    if (c == NULL)
        return;
    buf_dispose(&c->note);
    free(c);
}

/* A charter that was issued since may exclude what was known: then the H of its cut takes the place.  The newest such
 * cut counts, and charters without one may have followed it.  What was known and is an ancestor of that H is reached
 * through it; what is not, is excluded. */
static bool known_is_cut_off(const mimeo_mirror *m, struct hash *hash, uint64_t *seq)
{
    for (uint32_t v = (uint32_t)m->chain.count; v > m->known.newest_version; v--) {
        const struct charter *c = charter_chain_get(&m->chain, v);
        if (!c->is_cut)
            continue;
        *hash = c->from_hash;
        *seq = c->from_seq;
        return true;
    }
    return false;
}

/* By a withdrawn key, or under a cut: good where what was verified before, or the cut's H in its place, is this header
 * or descends from it. */
static bool is_proven(mimeo_mirror *m, mimeo_ctx *ctx, const struct header *h)
{
    struct hash hash;
    uint64_t seq;
    if (!m->has_known)
        return false;
    struct header *from = malloc(sizeof(*from));
    if (from == NULL)
        return false;
    *from = m->known;
    bool held = !known_is_cut_off(m, &hash, &seq) || mirror_fetch_header(from, ctx, seq, &hash, m) == 1;
    bool proven = held && (hash_equal(&from->hash, &h->hash) ||
                           (from->seq > h->seq && join_path(ctx, from, h->seq, &h->hash, mirror_fetch_header, m) == 1));
    free(from);
    return proven;
}

/* Parse and judge a header note.  0 and *out where it holds and its keys are in force. */
static int candidate_of(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, const char *what,
                        struct view bytes)
{
    struct candidate *c = calloc(1, sizeof(*c));
    struct note *note = calloc(1, sizeof(*note));
    int rc = c == NULL || note == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = header_parse(&c->header, note, ctx, what, bytes);
    enum header_standing standing = HEADER_GOOD;
    if (rc == 0)
        rc = header_judge(&standing, ctx, what, &c->header, note, &m->chain);
    else if (rc == MIMEO_ENEWER)
        rc = header_judge_newer(ctx, what, note, &m->chain);
    if (rc == 0 && standing != HEADER_GOOD && !is_proven(m, ctx, &c->header))
        rc = ctx_error(ctx, MIMEO_EREVOKED,
                       "%s: signed with a key that the publisher has withdrawn since", what);
    if (rc == 0) {
        buf_init(&c->note, LIMIT_HEADER);
        if (buf_append_view(&c->note, note->bytes) < 0)
            rc = ctx_error_nomem(ctx);
    }
    free(note);
    if (rc < 0) {
        candidate_free(c);
        return rc;
    }
    *out = c;
    return 0;
}

static int candidate_of_file(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct stored s;
    int rc = store_get_head(&s, m->store, ctx);
    if (rc < 0)
        return rc;
    rc = candidate_of(out, m, ctx, "head", s.view);
    store_release(&s);
    return rc;
}

static int candidate_of_bundle(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq)
{
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    struct stored s;
    int rc = store_get_bundle_front(&s, m->store, ctx, seq);
    if (rc < 0)
        return rc;
    struct prefix prefix;
    rc = prefix_parse(&prefix, ctx, name, s.view);
    if (rc == 0 && (prefix.kind != OBJECT_BUNDLE || s.view.len < PREFIX_LEN + prefix.header_len))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: is no whole bundle: get it again", name);
    if (rc == 0)
        rc = candidate_of(out, m, ctx, name, view_of(s.view.ptr + PREFIX_LEN, prefix.header_len));
    store_release(&s);
    if (rc == 0 && (*out)->header.seq != seq) {
        candidate_free(*out);
        *out = NULL;
        rc = ctx_error(ctx, MIMEO_EFORGED, "%s: holds another bundle than its name says", name);
    }
    return rc;
}

/* The newest bundle held whose header holds, at most `max`; NULL where none. */
static int newest_bundle(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t max)
{
    for (size_t i = m->seq_count; i-- > 0;) {
        if (m->seqs[i] > max)
            continue;
        int rc = candidate_of_bundle(out, m, ctx, m->seqs[i]);
        if (rc == 0 || rc == MIMEO_ENOMEM || rc == MIMEO_EIO)
            return rc;
        if ((rc = ctx_check_cancel(ctx)) < 0)
            return rc;
    }
    return 0;
}

int mirror_fetch_header(struct header *out, mimeo_ctx *ctx, uint64_t seq, const struct hash *want,
                        void *payload)
{
    mimeo_mirror *m = payload;
    if (m->has_known && m->known.seq == seq && hash_equal(&m->known.hash, want)) {
        *out = m->known;
        return 1;
    }
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    struct stored s;
    int rc = store_get_bundle_front(&s, m->store, ctx, seq);
    if (rc == MIMEO_ENOTFOUND)
        return 0;
    if (rc < 0)
        return rc;
    /* Its text hash was named by a header that holds, so it needs no signature check here; one
     * that does not parse, or is another, is as good as none. */
    struct note *note = calloc(1, sizeof(*note));
    struct prefix prefix;
    rc = note == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0 && (prefix_parse(&prefix, ctx, name, s.view) < 0 || prefix.kind != OBJECT_BUNDLE ||
                    s.view.len < PREFIX_LEN + prefix.header_len ||
                    header_parse(out, note, ctx, name,
                                 view_of(s.view.ptr + PREFIX_LEN, prefix.header_len)) < 0))
        rc = 0;
    else if (rc == 0)
        rc = out->seq == seq && hash_equal(&out->hash, want);
    free(note);
    store_release(&s);
    return rc;
}

/* ---- what was known before ---- */

static int load_known(mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct buf b;
    int rc = trust_head_read(&b, &m->trust, ctx, &m->pin.publisher);
    if (rc <= 0)
        return rc;
    struct note *note = calloc(1, sizeof(*note));
    rc = note == NULL ? ctx_error_nomem(ctx)
                      : header_parse(&m->known, note, ctx, "the head kept in trust/", buf_view(&b));
    if (rc == 0)
        m->has_known = true;
    free(note);
    buf_dispose(&b);
    return rc;
}

/* What a new head has to reach: the known head, or a cut's H in its place, or the link's floor. */
static bool goal_of(const mimeo_mirror *m, uint64_t *seq, struct hash *hash)
{
    if (m->has_known) {
        if (!known_is_cut_off(m, hash, seq)) {
            *seq = m->known.seq;
            *hash = m->known.hash;
        }
        return true;
    }
    if (m->pin.state != MIMEO_PIN_NONE && m->pin.floor_seq > 0) {
        *seq = m->pin.floor_seq;
        *hash = m->pin.floor_header;
        return true;
    }
    return false;
}

static void take_head(mimeo_mirror *m, struct candidate *c)
{
    buf_dispose(&m->head_note);
    m->head = c->header;
    m->head_note = c->note;
    m->has_head = true;
    free(c);
}

/* A rival of what is known at the same seq: keep the pair as proof. */
static void keep_proof(mimeo_mirror *m, mimeo_ctx *ctx, struct view second)
{
    if (!pin_is_kept(&m->pin) || !m->has_known)
        return;
    struct buf first;
    if (trust_head_read(&first, &m->trust, ctx, &m->pin.publisher) <= 0)
        return;
    if (trust_conflict_write(&m->trust, ctx, &m->pin.publisher, buf_view(&first), second) < 0)
        snprintf(m->remark, sizeof(m->remark), "the proof of the conflict cannot be kept: %s",
                 mimeo_ctx_message(ctx));
    buf_dispose(&first);
}

static void say_conflict(mimeo_mirror *m, uint64_t seq)
{
    mirror_worsen(m, MIMEO_CONFLICTED,
                  "two different bundles %llu are signed with this publisher's key; the first that you "
                  "saw stays the head. Ask the publisher by another way which is genuine",
                  (unsigned long long)seq);
}

/* A fork was proven below `c`: the header held at the goal's seq, if it is another, is the proof. */
static void prove_fork(mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq)
{
    struct candidate *rival = NULL;
    if (m->has_known && candidate_of_bundle(&rival, m, ctx, seq) == 0 &&
        !hash_equal(&rival->header.hash, &m->known.hash))
        keep_proof(m, ctx, buf_view(&rival->note));
    candidate_free(rival);
    say_conflict(m, seq);
}

/* Does `c` lead to the goal?  1, 0 (it forks off), or MIMEO_EINCOMPLETE. */
static int leads_to(const struct candidate *c, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                    const struct hash *hash)
{
    if (c->header.seq == seq)
        return hash_equal(&c->header.hash, hash);
    return join_path(ctx, &c->header, seq, hash, mirror_fetch_header, m);
}

/* No path from the newest: perhaps from one between it and the goal. */
static int best_below(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t below,
                      uint64_t seq, const struct hash *hash)
{
    for (int tries = 0; tries < CANDIDATES_MAX && below > seq; tries++) {
        struct candidate *c = NULL;
        int rc = newest_bundle(&c, m, ctx, below - 1);
        if (rc < 0 || c == NULL)
            return rc;
        if (c->header.seq < seq) {
            candidate_free(c);
            return 0;
        }
        if (leads_to(c, m, ctx, seq, hash) == 1) {
            *out = c;
            return 0;
        }
        below = c->header.seq;
        candidate_free(c);
    }
    return 0;
}

static void say_unjoined(mimeo_mirror *m, uint64_t from, uint64_t to)
{
    mirror_worsen(m, MIMEO_UNJOINED,
                  "newer bundles are here, up to %llu, but not those that join them to bundle %llu, "
                  "which you have verified: get the ones between",
                  (unsigned long long)from, (unsigned long long)to);
}

/* Weigh the candidate against the goal.  Takes it. */
static int weigh(mimeo_mirror *m, mimeo_ctx *ctx, struct candidate *c, uint64_t seq,
                 const struct hash *hash)
{
    if (c->header.seq < seq) {
        /* A pack is a part that somebody handed on; it does not claim to be all there is. */
        if (m->role == MIRROR_HELD)
            mirror_worsen(m, MIMEO_INCOMPLETE, "bundles %llu to %llu are known of and not held: 'mimeo sync' gets them",
                          (unsigned long long)c->header.seq + 1, (unsigned long long)seq);
        else if (store_kind(m->store) == STORE_PACK)
            snprintf(m->remark, sizeof(m->remark), "a part: up to bundle %llu, and bundle %llu is known",
                     (unsigned long long)c->header.seq, (unsigned long long)seq);
        else
            mirror_worsen(m, MIMEO_ROLLBACK,
                          "an old copy: it ends with bundle %llu, and bundle %llu is known; somebody may be "
                          "holding the newer ones back", (unsigned long long)c->header.seq,
                          (unsigned long long)seq);
        take_head(m, c);
        m->anchor = m->has_known ? &m->known : &m->head;
        return 0;
    }
    int leads = leads_to(c, m, ctx, seq, hash);
    if (leads == 1) {
        take_head(m, c);
        m->anchor = &m->head;
        return 0;
    }
    if (leads < 0 && leads != MIMEO_EINCOMPLETE) {
        candidate_free(c);
        return leads;
    }
    uint64_t top = c->header.seq;
    if (leads == 0) {
        if (top == seq)
            keep_proof(m, ctx, buf_view(&c->note));
        prove_fork(m, ctx, seq);
    } else {
        say_unjoined(m, top, seq);
    }
    struct candidate *below = NULL;
    int rc = leads == 0 ? 0 : best_below(&below, m, ctx, top, seq, hash);
    if (rc < 0) {
        candidate_free(c);
        return rc;
    }
    if (below != NULL) {
        candidate_free(c);
        take_head(m, below);
        m->anchor = &m->head;
    } else if (m->has_known) {
        candidate_free(c);
        m->anchor = &m->known;
    } else {
        take_head(m, c); /* nothing better is held: shown, never remembered */
        m->anchor = &m->head;
    }
    return 0;
}

/* The head file and the newest bundle: one candidate, and what is wrong with the other. */
static int pick(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct candidate *file = NULL, *bundle = NULL;
    int rc = candidate_of_file(&file, m, ctx);
    if (rc == MIMEO_ENOMEM)
        return rc;
    if (rc < 0 && rc != MIMEO_ENOTFOUND)
        mirror_worsen(m, mimeo_verdict_of_code(rc), "%s", mimeo_ctx_message(ctx));
    rc = newest_bundle(&bundle, m, ctx, UINT64_MAX);
    if (rc < 0) {
        candidate_free(file);
        return rc;
    }
    if (file != NULL && bundle != NULL && file->header.seq == bundle->header.seq &&
        !hash_equal(&file->header.hash, &bundle->header.hash))
        say_conflict(m, file->header.seq);
    bool take_bundle = file == NULL || (bundle != NULL && bundle->header.seq > file->header.seq);
    candidate_free(take_bundle ? file : bundle);
    *out = take_bundle ? bundle : file;
    return 0;
}

static void check_floor_charter(mimeo_mirror *m)
{
    if (m->pin.state == MIMEO_PIN_NONE || m->pin.floor_version == 0)
        return;
    const struct charter *c = charter_chain_get(&m->chain, m->pin.floor_version);
    if (c == NULL)
        mirror_worsen(m, MIMEO_ROLLBACK,
                      "charter %u, which the link names, is not here: this copy is from before the "
                      "publisher's keys changed; get a newer one", m->pin.floor_version);
    else if (!hash_equal(&c->hash, &m->pin.floor_charter))
        mirror_worsen(m, MIMEO_CONFLICTED,
                      "charter %u is another than the link names: two sets of keys claim this publisher; "
                      "ask the publisher by another way", m->pin.floor_version);
}

static void check_late(mimeo_mirror *m, mimeo_ctx *ctx)
{
    m->late = m->anchor != NULL && ctx_now(ctx) > m->anchor->next_by;
    if (m->late)
        mirror_worsen(m, MIMEO_LATE, "%s", mimeo_verdict_words(MIMEO_LATE));
}

/* What the reader has verified is remembered, for pinned publishers alone. */
int mirror_remember(mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (!pin_is_kept(&m->pin) || m->verdict > MIMEO_UNJOINED)
        return 0;
    bool head_moved = m->anchor == &m->head && m->has_head &&
                      (!m->has_known || !hash_equal(&m->known.hash, &m->head.hash));
    /* Without a path to the floor the head is shown and not remembered. */
    if (m->verdict == MIMEO_UNJOINED && !m->has_known)
        head_moved = false;
    int rc = trust_charters_write(&m->trust, ctx, &m->chain);
    if (rc == 0 && head_moved)
        rc = trust_head_write(&m->trust, ctx, &m->pin.publisher, buf_view(&m->head_note));
    return rc;
}

static void remember_or_remark(mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (m->role != MIRROR_FETCHED && mirror_remember(m, ctx) < 0)
        snprintf(m->remark, sizeof(m->remark),
                 "what was verified cannot be remembered, so an older copy will not be noticed: %s",
                 mimeo_ctx_message(ctx));
}

int head_choose(mimeo_mirror *m, mimeo_ctx *ctx)
{
    int rc = pin_is_kept(&m->pin) ? load_known(m, ctx) : 0;
    if (rc < 0)
        return rc;
    check_floor_charter(m);

    struct candidate *c = NULL;
    rc = pick(&c, m, ctx);
    if (rc < 0)
        return rc;
    uint64_t seq;
    struct hash hash;
    if (c == NULL) {
        m->anchor = m->has_known ? &m->known : NULL;
        mirror_worsen(m, MIMEO_INCOMPLETE, "there is no bundle here that holds");
    } else if (goal_of(m, &seq, &hash)) {
        rc = weigh(m, ctx, c, seq, &hash);
    } else {
        take_head(m, c);
        m->anchor = &m->head;
    }
    if (rc < 0)
        return rc;
    check_late(m, ctx);
    remember_or_remark(m, ctx);
    return 0;
}
